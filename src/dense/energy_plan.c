#include "dense/energy_plan.h"

/* The product with the first matrix of the chain is that matrix itself: no operations. */
static struct dense_energy_plan plan_from_output(const int64_t *widths, int64_t layer_count)
{
    struct dense_energy_plan plan = {DENSE_PIVOT_OUTPUT, widths[layer_count],
                                     widths[layer_count - 1], 0.0};
    for (int64_t l = layer_count - 1; l >= 1; l--) {
        plan.flops += 2.0 * (double)plan.rows * (double)widths[l] * (double)widths[l - 1];
        if (widths[l - 1] < plan.narrowest)
            plan.narrowest = widths[l - 1];
    }
    return plan;
}

static struct dense_energy_plan plan_from_input(const int64_t *widths, int64_t layer_count)
{
    struct dense_energy_plan plan = {DENSE_PIVOT_INPUT, widths[0], widths[1], 0.0};
    for (int64_t l = 2; l <= layer_count; l++) {
        plan.flops += 2.0 * (double)plan.rows * (double)widths[l - 1] * (double)widths[l];
        if (widths[l] < plan.narrowest)
            plan.narrowest = widths[l];
    }
    return plan;
}

struct dense_energy_plan dense_energy_plan_choose(const int64_t *widths, int64_t layer_count)
{
    const struct dense_energy_plan output = plan_from_output(widths, layer_count);
    const struct dense_energy_plan input = plan_from_input(widths, layer_count);
    return input.flops < output.flops ? input : output;
}
