/* Every order in which the energies of a case can be computed, not only the one that would be
 * chosen for so few samples. */
#ifndef DIRICHLET_ACCURACY_DENSE_PLANS_BODY_H
#define DIRICHLET_ACCURACY_DENSE_PLANS_BODY_H

#include <math.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/blas/blas.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dirichlet/dense.h"
#include "judgement_body.h"
#include "reference_activation.h"

static double relative(quad difference, quad size)
{
    if (size == 0)
        return difference == 0 ? 0.0 : INFINITY;
    return (double)(quad_abs(difference) / size);
}

static const dirichlet_dense_end plan_ends[] = {
    DIRICHLET_DENSE_END_NONE, DIRICHLET_DENSE_END_DIRECT, DIRICHLET_DENSE_END_GRAM};

/* Largest error over all plans; `used` counts sample and plan, `redone` those that the library
 * did again with the matrices themselves. */
struct plan_errors {
    double energy;
    int64_t used;
    int64_t redone;
};

static void try_plan(PRECISION(dirichlet_dense) * network, dirichlet_dense_plan plan, const real *x,
                     quad exact, struct plan_errors *errors)
{
    double energy = NAN;
    plan.struct_size = sizeof plan;
    if (!dense_plan_count(&network->shape, 1, &plan))
        return;
    require(PRECISION(dense_make_room)(network, &plan), "make_room");
    if (plan.sum != 0)
        PRECISION(dense_energy_sum_by)(network, &plan, 1, x, &energy);
    else
        PRECISION(dense_energies_by)(network, &plan, 1, x, &energy);
    errors->used++;
    errors->redone += network->plan.direct_samples > 0 || network->plan.sum != plan.sum;
    note(&errors->energy, relative((quad)energy - exact, exact));
}

/* Triangles of a thousand rows take the plain kernels seconds. */
#define WIDEST_ON_PLAIN_KERNELS 128

static struct plan_errors try_plans(PRECISION(dirichlet_dense) * network, const real *x, quad exact)
{
    struct plan_errors errors = {0};
    if (blas_keeps_bits() && network->extents.widest > WIDEST_ON_PLAIN_KERNELS)
        return errors;
    for (int64_t pivot = 0; pivot <= network->layer_count; pivot++)
        for (int upper = 0; upper < 3; upper++)
            for (int lower = 0; lower < 3; lower++)
                for (int32_t sum = 0; sum < 2; sum++)
                    try_plan(network,
                             (dirichlet_dense_plan){.pivot = pivot,
                                                    .upper_end = plan_ends[upper],
                                                    .lower_end = plan_ends[lower],
                                                    .sum = sum},
                             x, exact, &errors);
    return errors;
}

#endif
