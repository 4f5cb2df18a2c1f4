#include "dense/gradient_plan.h"

#include "core/extremes.h"

/* There, back, and the gradient of the matrix on the way. */
#define PRODUCTS_OF_A_STEP 3.0

/* The symmetric product runs at two thirds of the rate of the others (measured). */
#define SYMMETRIC_COST 1.5

static double product(int64_t a, int64_t b, int64_t c)
{
    return (double)a * (double)b * (double)c;
}

static double forward_flops(const struct dense_shape *shape)
{
    double flops = 0.0;
    for (int64_t l = 0; l < shape->layer_count; l++)
        flops += 2.0 * product(1, shape->widths[l], shape->widths[l + 1]);
    return flops;
}

/* The matrices between the pivot and the outermost one. */
static double inner_flops(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    const int64_t first = plan->pivot > 0 ? 1 : 0;
    const int64_t last = plan->pivot > 0 ? shape->layer_count : shape->layer_count - 1;
    double flops = 0.0;
    for (int64_t l = first; l < last; l++)
        flops += 2.0 * product(plan->rows, shape->widths[l], shape->widths[l + 1]);
    return PRODUCTS_OF_A_STEP * flops;
}

/* Count what a plan takes, whose pivot, rows and one end are set. */
static void count(const struct dense_shape *shape, int64_t samples, dirichlet_dense_plan *plan)
{
    const bool down = plan->pivot > 0;
    const int64_t inner = shape->widths[down ? 1 : shape->layer_count - 1];
    const int64_t outer = shape->widths[down ? 0 : shape->layer_count];
    const dirichlet_dense_end end = down ? plan->lower_end : plan->upper_end;
    const double square = product(plan->rows, inner, inner);
    plan->struct_size = sizeof *plan;
    plan->samples = samples;
    plan->sum = 1;
    plan->sample_flops = forward_flops(shape) + inner_flops(shape, plan);
    if (end == DIRICHLET_DENSE_END_GRAM) {
        plan->sample_flops += 2.0 * square + square;
        plan->call_flops = product(inner, inner, outer) + 2.0 * product(inner, inner, outer);
    } else {
        plan->sample_flops += PRODUCTS_OF_A_STEP * 2.0 * product(plan->rows, inner, outer);
    }
}

/* In operations at the rate of a product. */
static double cost_of(const struct dense_shape *shape, const dirichlet_dense_plan *plan)
{
    const bool down = plan->pivot > 0;
    const int64_t inner = shape->widths[down ? 1 : shape->layer_count - 1];
    const int64_t outer = shape->widths[down ? 0 : shape->layer_count];
    const bool gram =
        plan->lower_end == DIRICHLET_DENSE_END_GRAM || plan->upper_end == DIRICHLET_DENSE_END_GRAM;
    const double more = SYMMETRIC_COST - 1.0;
    const double sample = gram ? more * product(plan->rows, inner, inner) : 0.0;
    const double call = gram ? more * product(inner, inner, outer) : 0.0;
    return plan->call_flops + call + (double)plan->samples * (plan->sample_flops + sample);
}

static dirichlet_dense_plan plan_from(const struct dense_shape *shape, int64_t samples,
                                      int64_t probes, bool down, dirichlet_dense_end end)
{
    dirichlet_dense_plan plan = {.pivot = down ? shape->layer_count : 0};
    plan.rows = probes > 0 ? probes : shape->widths[plan.pivot];
    if (down)
        plan.lower_end = end;
    else
        plan.upper_end = end;
    count(shape, samples, &plan);
    return plan;
}

dirichlet_dense_plan dense_gradient_plan_direct(const struct dense_shape *shape, int64_t samples,
                                                int64_t probes)
{
    const dirichlet_dense_plan down =
        plan_from(shape, samples, probes, true, DIRICHLET_DENSE_END_DIRECT);
    const dirichlet_dense_plan up =
        plan_from(shape, samples, probes, false, DIRICHLET_DENSE_END_DIRECT);
    return probes == 0 && cost_of(shape, &up) < cost_of(shape, &down) ? up : down;
}

dirichlet_dense_plan dense_gradient_plan_choose(const struct dense_shape *shape, int64_t samples,
                                                int64_t probes, dense_plan_room *room,
                                                const void *user)
{
    dirichlet_dense_plan best = dense_gradient_plan_direct(shape, samples, probes);
    for (int down = 0; down < 2; down++) {
        if (down == 0 && (probes > 0 || shape->scaled_output))
            continue;
        const dirichlet_dense_plan plan =
            plan_from(shape, samples, probes, down != 0, DIRICHLET_DENSE_END_GRAM);
        if (cost_of(shape, &plan) < cost_of(shape, &best) && room(&plan, user) > 0)
            best = plan;
    }
    return best;
}
