#include "dense/plan/energy_plan.h"

/* What starting the two small products of a sample costs, in operations (measured: about a
 * microsecond each). */
#define MEETING_COST 2e5

bool dense_plan_carries_down(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    return plan->pivot >= 2 || (plan->pivot == 1 && shape->layer_count == 1);
}

bool dense_plan_carries_up(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    const int64_t last = shape->layer_count - 1;
    return plan->pivot < last || (plan->pivot == last && (last == 0 || shape->scaled_output));
}

bool dense_plan_meets(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    return plan->pivot > 0 && plan->pivot < shape->layer_count;
}

bool dense_plan_is_quadratic(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    return dense_plan_meets(shape, plan) && !dense_plan_carries_down(shape, plan) &&
           !dense_plan_carries_up(shape, plan);
}

/* Rows times the outermost matrix (inner x outer), or times the triangle in its place. */
static double end_flops(dirichlet_dense_end end, int64_t rows, int64_t inner, int64_t outer)
{
    if (end == DIRICHLET_DENSE_END_NONE)
        return 0.0;
    if (end == DIRICHLET_DENSE_END_DIRECT)
        return 2.0 * product(rows, inner, outer);
    const int64_t columns = inner < outer ? inner : outer;
    return product(rows, columns, columns + 1) + 2.0 * product(rows, columns, inner - columns);
}

/* The Gram matrix of a matrix of `inner` rows of `outer` numbers; its triangle. */
static double gram_flops(int64_t inner, int64_t outer)
{
    return product(inner, inner + 1, outer);
}

static double triangle_flops(int64_t n)
{
    return product(n, n, n) / 3.0;
}

double dense_chain_flops(const struct dense_shape *shape, int64_t from, int64_t to, int64_t rows)
{
    const int64_t *n = shape->widths;
    double flops = 0.0;
    if (from >= to)
        return 0.0;
    /* Whole numbers, so that the difference is exact: choosing among the pivots of a network of
     * many layers would take the square of their number of steps. */
    if (shape->products != NULL)
        return 2.0 * (double)rows * (shape->products[to] - shape->products[from]);
    for (int64_t l = from + 1; l <= to; l++)
        flops += 2.0 * product(rows, n[l], n[l - 1]);
    return flops;
}

static double down_flops(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    const int64_t *n = shape->widths;
    return dense_chain_flops(shape, 1, plan->pivot - 1, plan->rows) +
           end_flops(plan->lower_end, plan->rows, n[1], n[0]);
}

static double up_flops(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    const int64_t *n = shape->widths;
    const int64_t last = shape->layer_count - 1;
    return dense_chain_flops(shape, plan->pivot + 1, last, plan->rows) +
           end_flops(plan->upper_end, plan->rows, n[last], n[last + 1]);
}

double dense_forward_flops(const struct dense_shape *shape)
{
    return dense_chain_flops(shape, 0, shape->layer_count, 1);
}

/* Widths of the rows that arrive. */
static int64_t lower_width(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    return plan->lower_end == DIRICHLET_DENSE_END_GRAM ? shape->widths[1] : shape->widths[0];
}

static int64_t upper_width(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    const int64_t last = shape->layer_count - 1;
    return plan->upper_end == DIRICHLET_DENSE_END_GRAM ? shape->widths[last]
                                                       : shape->widths[last + 1];
}

/* Counting samples that pairs of units share: three operations for each pair and 64 samples. */
static double count_flops(int64_t units)
{
    return 1.5 * product(1, units, units + 1) / 64.0;
}

/* The products of the arrived rows with each other, and of those products. */
static double meeting_flops(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    const int64_t p = plan->rows;
    double flops = 3.0 * product(1, p, p);
    if (dense_plan_is_quadratic(shape, plan))
        return plan->sum != 0 ? count_flops(p) : product(1, p, p + 1);
    if (dense_plan_carries_down(shape, plan))
        flops += 2.0 * product(p, p, lower_width(shape, plan));
    if (dense_plan_carries_up(shape, plan))
        flops += 2.0 * product(p, p, upper_width(shape, plan));
    return flops;
}

/* Spent before the first sample: triangles, and the Gram matrix of a side that carries nothing. */
static double call_flops(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    const int64_t *n = shape->widths;
    const int64_t last = shape->layer_count - 1;
    const double triangle = plan->sum != 0 ? 0.0 : 1.0;
    double flops = 0.0;
    if (plan->lower_end == DIRICHLET_DENSE_END_GRAM)
        flops += gram_flops(n[1], n[0]) + triangle * triangle_flops(n[1]);
    if (plan->upper_end == DIRICHLET_DENSE_END_GRAM)
        flops += gram_flops(n[last], n[last + 1]) + triangle * triangle_flops(n[last]);
    if (!dense_plan_meets(shape, plan))
        return flops;
    if (!dense_plan_carries_down(shape, plan))
        flops += gram_flops(n[1], n[0]);
    if (!dense_plan_carries_up(shape, plan))
        flops += gram_flops(n[last], n[last + 1]);
    return flops;
}

bool dense_is_end(dirichlet_dense_end end)
{
    return end == DIRICHLET_DENSE_END_NONE || end == DIRICHLET_DENSE_END_DIRECT ||
           end == DIRICHLET_DENSE_END_GRAM;
}

/* The Gram matrix of more rows than columns is singular: its triangle has the accuracy of float,
 * not of double. */
static bool has_triangle(const struct dense_shape *shape, int64_t inner, int64_t outer)
{
    return shape->single || inner <= outer;
}

/* An end that nothing is carried to must be named so, and every other must not. */
static bool ends_fit(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    const int64_t last = shape->layer_count - 1;
    const bool down = plan->pivot >= 2;
    const bool up = plan->pivot < last;
    const int64_t *n = shape->widths;
    const bool gram_down = plan->lower_end == DIRICHLET_DENSE_END_GRAM;
    const bool gram_up = plan->upper_end == DIRICHLET_DENSE_END_GRAM;
    if (!dense_is_end(plan->lower_end) || !dense_is_end(plan->upper_end))
        return false;
    if ((gram_down && !has_triangle(shape, n[1], n[0])) ||
        (gram_up && !has_triangle(shape, n[last], n[last + 1])))
        return false;
    if (dense_plan_is_quadratic(shape, plan) && shape->flat_first)
        return false;
    return down == (plan->lower_end != DIRICHLET_DENSE_END_NONE) &&
           up == (plan->upper_end != DIRICHLET_DENSE_END_NONE) &&
           !(gram_up && shape->scaled_output);
}

/* The sum over the batch needs one triangle that everything is multiplied with last, or slopes of
 * two values. */
static bool sum_fits(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    if (dense_plan_is_quadratic(shape, plan))
        return shape->kinked_first;
    if (plan->pivot == shape->layer_count)
        return plan->lower_end == DIRICHLET_DENSE_END_GRAM;
    return plan->pivot == 0 && plan->upper_end == DIRICHLET_DENSE_END_GRAM;
}

bool dense_plan_count(const struct dense_shape *shape, int64_t samples, dirichlet_dense_plan *plan)
{
    if (plan->pivot < 0 || plan->pivot > shape->layer_count || !ends_fit(shape, plan) ||
        (plan->sum != 0 && !sum_fits(shape, plan)))
        return false;
    plan->samples = samples;
    plan->rows = shape->widths[plan->pivot];
    plan->sample_flops = dense_forward_flops(shape);
    plan->call_flops = call_flops(shape, plan);
    if (dense_plan_carries_down(shape, plan))
        plan->sample_flops += down_flops(shape, plan);
    if (dense_plan_carries_up(shape, plan))
        plan->sample_flops += up_flops(shape, plan);
    if (dense_plan_meets(shape, plan))
        plan->sample_flops += meeting_flops(shape, plan);
    return true;
}

/* The symmetric product of rows with each other runs at two thirds of the rate of the product with
 * a triangle (measured), which it stands for in a sum. */
static double symmetric_cost(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    const int64_t last = shape->layer_count - 1;
    const int64_t width = shape->widths[plan->pivot == 0 ? last : 1];
    const bool counts = dense_plan_is_quadratic(shape, plan);
    return plan->sum != 0 && !counts ? 0.5 * product(plan->rows, width, width + 1) : 0.0;
}

/* Counting takes ten times as long as its operations would in a product, for whole steps and one
 * to begin with (measured, on one thread). */
static double counting_cost(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    if (plan->sum == 0 || !dense_plan_is_quadratic(shape, plan))
        return 0.0;
    const int64_t steps = plan->samples / DENSE_PATTERN_STEP + 2;
    return 10.0 * count_flops(plan->rows) * (double)(steps * DENSE_PATTERN_STEP);
}

/* Operations in double take twice as long as those in float. */
static double cost_of(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    const bool quadratic = dense_plan_is_quadratic(shape, plan);
    const double calls = plan->call_flops * (shape->single && !quadratic ? 2.0 : 1.0);
    const double meeting = dense_plan_meets(shape, plan) && !quadratic ? MEETING_COST : 0.0;
    const double sample = plan->sample_flops + meeting + symmetric_cost(shape, plan);
    return calls + (double)plan->samples * sample + counting_cost(shape, plan);
}

static int64_t most_samples(const dirichlet_dense_plan *plan)
{
    return plan->sum != 0 ? DENSE_PATTERN_TILE : DENSE_QUADRATIC_TILE;
}

/* A choice between plans: the best so far. */
struct choice {
    const struct dense_shape *shape;
    dense_plan_room *room;
    const void *user;
    dirichlet_dense_plan best;
    double least;
};

/* Of two equally cheap plans the one with the higher pivot. */
static void consider(struct choice *choice, dirichlet_dense_plan plan)
{
    const struct dense_shape *shape = choice->shape;
    if (!dense_plan_count(shape, choice->best.samples, &plan))
        return;
    if ((plan.samples <= 1 && plan.call_flops > 0.0) || cost_of(shape, &plan) >= choice->least)
        return;
    const int64_t room =
        choice->room == NULL ? most_samples(&plan) : choice->room(&plan, choice->user);
    if (room == 0)
        return;
    if (dense_plan_is_quadratic(shape, &plan) && plan.samples > 0)
        plan.call_flops *= (double)((plan.samples - 1) / room + 1);
    const double cost = cost_of(shape, &plan);
    if (cost >= choice->least)
        return;
    choice->best = plan;
    choice->least = cost;
}

dirichlet_dense_plan dense_plan_choose(const struct dense_shape *shape, int64_t samples, bool sum,
                                       dense_plan_room *room, const void *user)
{
    static const dirichlet_dense_end ends[] = {DIRICHLET_DENSE_END_NONE, DIRICHLET_DENSE_END_DIRECT,
                                               DIRICHLET_DENSE_END_GRAM};
    struct choice choice = {shape, room, user, dense_plan_direct(shape, samples), 0.0};
    choice.least = cost_of(shape, &choice.best);
    for (int64_t pivot = shape->layer_count; pivot >= 0; pivot--)
        for (int upper = 0; upper < 3; upper++)
            for (int lower = 0; lower < 3; lower++)
                for (int whole = 0; whole <= (sum ? 1 : 0); whole++)
                    consider(&choice, (dirichlet_dense_plan){.struct_size = sizeof choice.best,
                                                             .pivot = pivot,
                                                             .upper_end = ends[upper],
                                                             .lower_end = ends[lower],
                                                             .sum = whole});
    return choice.best;
}

dirichlet_dense_plan dense_plan_direct(const struct dense_shape *shape, int64_t samples)
{
    const int64_t count = shape->layer_count;
    const dirichlet_dense_end end =
        count > 1 ? DIRICHLET_DENSE_END_DIRECT : DIRICHLET_DENSE_END_NONE;
    dirichlet_dense_plan output = {.struct_size = sizeof output, .pivot = count, .lower_end = end};
    dirichlet_dense_plan input = {.struct_size = sizeof input, .upper_end = end};
    (void)dense_plan_count(shape, samples, &output);
    (void)dense_plan_count(shape, samples, &input);
    return input.sample_flops < output.sample_flops ? input : output;
}

dirichlet_dense_plan dense_plan_of_norms(const struct dense_shape *shape, int64_t samples,
                                         int64_t directions, dense_plan_room *room,
                                         const void *user)
{
    const int64_t *n = shape->widths;
    const int64_t count = shape->layer_count;
    dirichlet_dense_plan direct = {.struct_size = sizeof direct,
                                   .samples = samples,
                                   .pivot = count,
                                   .norms = 1,
                                   .rows = directions,
                                   .lower_end = DIRICHLET_DENSE_END_DIRECT,
                                   .sample_flops = dense_forward_flops(shape)};
    for (int64_t l = count; l >= 2; l--)
        direct.sample_flops += 2.0 * product(directions, n[l], n[l - 1]);
    dirichlet_dense_plan gram = direct;
    gram.lower_end = DIRICHLET_DENSE_END_GRAM;
    direct.sample_flops += end_flops(direct.lower_end, directions, n[1], n[0]);
    gram.sample_flops += end_flops(gram.lower_end, directions, n[1], n[0]);
    gram.call_flops = call_flops(shape, &gram);
    const bool cheaper = samples > 1 && has_triangle(shape, n[1], n[0]) &&
                         cost_of(shape, &gram) < cost_of(shape, &direct);
    return cheaper && room(&gram, user) > 0 ? gram : direct;
}

bool dense_plan_is_of_norms(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    return plan->norms == 1 && plan->pivot == shape->layer_count && plan->sum == 0 &&
           plan->rows >= 1 && plan->upper_end == DIRICHLET_DENSE_END_NONE &&
           (plan->lower_end == DIRICHLET_DENSE_END_DIRECT ||
            (plan->lower_end == DIRICHLET_DENSE_END_GRAM &&
             has_triangle(shape, shape->widths[1], shape->widths[0])));
}

static int64_t extreme(int64_t a, int64_t b, bool least)
{
    return (a < b) == least ? a : b;
}

/* Smallest or largest width that a carried row has on its way. */
static int64_t extreme_width(const struct dense_shape *shape, const dirichlet_dense_plan *plan,
                             bool least)
{
    const int64_t last = shape->layer_count - 1;
    int64_t width = least ? INT64_MAX : 0;
    if (dense_plan_carries_down(shape, plan)) {
        width = extreme(width, lower_width(shape, plan), least);
        for (int64_t l = plan->pivot - 1; l >= 1; l--)
            width = extreme(width, shape->widths[l], least);
    }
    if (dense_plan_carries_up(shape, plan)) {
        width = extreme(width, upper_width(shape, plan), least);
        for (int64_t l = plan->pivot + 1; l <= last; l++)
            width = extreme(width, shape->widths[l], least);
    }
    return width;
}

int64_t dense_plan_widest(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    return extreme_width(shape, plan, false);
}

/* A quadratic form adds n_1^2 numbers, of which those of the diagonal do not average out. No
 * plan has more to average over than J has elements. */
double dense_plan_narrowest(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    const double elements = product(1, shape->widths[0], shape->widths[shape->layer_count]);
    const double carried = dense_plan_is_quadratic(shape, plan)
                               ? 4.0 * (double)plan->rows
                               : product(1, plan->rows, extreme_width(shape, plan, true));
    return carried < elements ? carried : elements;
}
