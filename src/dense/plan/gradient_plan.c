#include "dense/plan/gradient_plan.h"

/* There, back, and the gradient of the matrix on the way. */
#define PRODUCTS_OF_A_STEP 3.0

/* The symmetric product runs at two thirds of the rate of the others (measured); operations are
 * counted with a factor of 1 for it, costs with this one. */
#define SYMMETRIC_COST 1.5

/* Starting the small products of a sample whose rows meet, in operations (measured: about half a
 * microsecond each). */
#define MEETING_COST 6e5

/* One way from the pivot, down or up: the widths of the rows before the outermost matrix and behind
 * it. */
struct way {
    int64_t inner;
    int64_t outer;
    dirichlet_dense_end end; /* NONE: there are no rows on it */
};

static struct way way_of(const struct dense_shape *shape, const dirichlet_dense_plan *plan,
                         bool down)
{
    const int64_t count = shape->layer_count;
    return (struct way){shape->widths[down ? 1 : count - 1], shape->widths[down ? 0 : count],
                        down ? plan->lower_end : plan->upper_end};
}

/* Beside a hidden pivot the Gram matrix stands for a side without rows, too. */
bool dense_gradient_plan_has_gram(const struct dense_shape *shape, const dirichlet_dense_plan *plan,
                                  bool down)
{
    const dirichlet_dense_end end = down ? plan->lower_end : plan->upper_end;
    return end == DIRICHLET_DENSE_END_GRAM ||
           (end == DIRICHLET_DENSE_END_NONE && dense_plan_meets(shape, plan));
}

/* The outermost matrix, for rows that meet others with the products of each sample's rows. */
static double end_flops(const struct way *way, int64_t rows, bool meets, double symmetric)
{
    const double square = product(rows, way->inner, way->inner);
    if (way->end == DIRICHLET_DENSE_END_NONE)
        return 0.0;
    if (way->end == DIRICHLET_DENSE_END_DIRECT)
        return PRODUCTS_OF_A_STEP * 2.0 * product(rows, way->inner, way->outer) +
               (meets ? 4.0 * product(rows, rows, way->outer) : 0.0);
    return meets ? 4.0 * square + 6.0 * product(rows, rows, way->inner)
                 : (2.0 + symmetric) * square;
}

/* The matrices between the pivot and the outermost one. */
static double inner_flops(const struct dense_shape *shape, int64_t first, int64_t last,
                          int64_t rows)
{
    return PRODUCTS_OF_A_STEP * dense_chain_flops(shape, first, last, rows);
}

static double sample_flops(const struct dense_shape *shape, const dirichlet_dense_plan *plan,
                           double symmetric)
{
    const struct way down = way_of(shape, plan, true);
    const struct way up = way_of(shape, plan, false);
    const bool meets = dense_plan_meets(shape, plan);
    double flops = dense_forward_flops(shape);
    if (dense_gradient_plan_is_quadratic(shape, plan))
        return flops + symmetric * product(1, plan->rows, plan->rows);
    if (down.end != DIRICHLET_DENSE_END_NONE)
        flops += inner_flops(shape, 1, plan->pivot, plan->rows) +
                 end_flops(&down, plan->rows, meets, symmetric);
    if (up.end != DIRICHLET_DENSE_END_NONE)
        flops += inner_flops(shape, plan->pivot, shape->layer_count - 1, plan->rows) +
                 end_flops(&up, plan->rows, meets, symmetric);
    return flops + (meets ? 10.0 * product(1, plan->rows, plan->rows) : 0.0);
}

/* The Gram matrices, and the gradients of the outermost matrices that come by them. */
static double call_flops(const struct dense_shape *shape, const dirichlet_dense_plan *plan,
                         double symmetric)
{
    double flops = 0.0;
    for (int down = 0; down < 2; down++) {
        const struct way way = way_of(shape, plan, down != 0);
        if (dense_gradient_plan_has_gram(shape, plan, down != 0))
            flops += (symmetric + 2.0) * product(way.inner, way.inner, way.outer);
    }
    return flops;
}

/* Count what a plan takes whose pivot, rows and ends are set. */
static void count(const struct dense_shape *shape, int64_t samples, dirichlet_dense_plan *plan)
{
    plan->struct_size = sizeof *plan;
    plan->samples = samples;
    plan->sum = 1;
    plan->gradient = 1;
    plan->sample_flops = sample_flops(shape, plan, 1.0);
    plan->call_flops = call_flops(shape, plan, 1.0);
}

bool dense_gradient_plan_is_quadratic(const struct dense_shape *shape,
                                      const dirichlet_dense_plan *plan)
{
    return dense_plan_meets(shape, plan) && plan->lower_end == DIRICHLET_DENSE_END_NONE &&
           plan->upper_end == DIRICHLET_DENSE_END_NONE;
}

/* A side with a single matrix stands still at a hidden pivot; every other side has rows. The
 * slopes of the output come behind the matrix W_L, which then has no Gram matrix, nor a side. */
static bool ends_fit(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    const int64_t count = shape->layer_count;
    const bool meets = dense_plan_meets(shape, plan);
    const bool down = meets ? plan->pivot > 1 : plan->pivot == count;
    const bool up = meets ? plan->pivot < count - 1 : plan->pivot == 0;
    if (!dense_is_end(plan->lower_end) || !dense_is_end(plan->upper_end) ||
        down != (plan->lower_end != DIRICHLET_DENSE_END_NONE) ||
        up != (plan->upper_end != DIRICHLET_DENSE_END_NONE))
        return false;
    if (shape->scaled_output && (meets || plan->upper_end == DIRICHLET_DENSE_END_GRAM))
        return false;
    return !dense_gradient_plan_is_quadratic(shape, plan) || !shape->flat_first;
}

bool dense_plan_is_of_gradient(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    return plan->gradient == 1 && plan->sum == 1 && plan->norms == 0 && plan->rows >= 1 &&
           plan->pivot >= 0 && plan->pivot <= shape->layer_count && ends_fit(shape, plan);
}

/* In operations at the rate of a product. */
static double cost_of(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    const bool meets =
        dense_plan_meets(shape, plan) && !dense_gradient_plan_is_quadratic(shape, plan);
    const double sample = sample_flops(shape, plan, SYMMETRIC_COST) + (meets ? MEETING_COST : 0.0);
    return call_flops(shape, plan, SYMMETRIC_COST) + (double)plan->samples * sample;
}

/* From the outputs or the inputs, by the matrices themselves. */
static dirichlet_dense_plan plan_from(const struct dense_shape *shape, int64_t samples,
                                      int64_t probes, bool down)
{
    dirichlet_dense_plan plan = {.pivot = down ? shape->layer_count : 0};
    plan.rows = probes > 0 ? probes : shape->widths[plan.pivot];
    if (down)
        plan.lower_end = DIRICHLET_DENSE_END_DIRECT;
    else
        plan.upper_end = DIRICHLET_DENSE_END_DIRECT;
    count(shape, samples, &plan);
    return plan;
}

dirichlet_dense_plan dense_gradient_plan_direct(const struct dense_shape *shape, int64_t samples,
                                                int64_t probes)
{
    const dirichlet_dense_plan down = plan_from(shape, samples, probes, true);
    const dirichlet_dense_plan up = plan_from(shape, samples, probes, false);
    return probes == 0 && cost_of(shape, &up) < cost_of(shape, &down) ? up : down;
}

/* A choice between plans: the best so far. */
struct choice {
    const struct dense_shape *shape;
    dense_plan_room *room;
    const void *user;
    dirichlet_dense_plan best;
};

static void consider(struct choice *choice, dirichlet_dense_plan plan)
{
    const struct dense_shape *shape = choice->shape;
    plan.sum = plan.gradient = 1;
    if (!dense_plan_is_of_gradient(shape, &plan))
        return;
    count(shape, choice->best.samples, &plan);
    if (cost_of(shape, &plan) < cost_of(shape, &choice->best) &&
        choice->room(&plan, choice->user) > 0)
        choice->best = plan;
}

dirichlet_dense_plan dense_gradient_plan_choose(const struct dense_shape *shape, int64_t samples,
                                                int64_t probes, dense_plan_room *room,
                                                const void *user)
{
    static const dirichlet_dense_end ends[] = {DIRICHLET_DENSE_END_NONE, DIRICHLET_DENSE_END_DIRECT,
                                               DIRICHLET_DENSE_END_GRAM};
    struct choice choice = {shape, room, user, dense_gradient_plan_direct(shape, samples, probes)};
    for (int64_t pivot = shape->layer_count; pivot >= 0; pivot--)
        for (int upper = 0; upper < 3 && (probes == 0 || pivot == shape->layer_count); upper++)
            for (int lower = 0; lower < 3; lower++)
                consider(&choice,
                         (dirichlet_dense_plan){.pivot = pivot,
                                                .rows = probes > 0 ? probes : shape->widths[pivot],
                                                .upper_end = ends[upper],
                                                .lower_end = ends[lower]});
    return choice.best;
}
