/* How the exact energies of a network are computed: the order of the chain
 *
 *     J = D_L W_L D_{L-1} W_{L-1} ... D_1 W_1
 *
 * W shared by all samples, D diagonal and of each sample. A pivot width n_p is chosen,
 * and the n_p rows or columns that start there are carried through the other factors. */
#ifndef DIRICHLET_DENSE_ENERGY_PLAN_H
#define DIRICHLET_DENSE_ENERGY_PLAN_H

#include <stdint.h>

enum dense_pivot {
    DENSE_PIVOT_OUTPUT, /* k rows, downward to the input */
    DENSE_PIVOT_INPUT   /* d columns, upward to the output */
};

struct dense_energy_plan {
    enum dense_pivot pivot;
    int64_t rows;      /* carried for each sample: the pivot width */
    int64_t narrowest; /* smallest width a carried row is multiplied into */
    double flops;      /* of the matrix products, for each sample, forward pass aside */
};

/* widths[0] = d, widths[l] = outputs of layer l; layer_count + 1 of them. The cheapest
 * plan by counted operations, the output side if equal. */
struct dense_energy_plan dense_energy_plan_choose(const int64_t *widths, int64_t layer_count);

#endif
