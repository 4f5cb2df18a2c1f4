/* What a call needs of the workspace. */
#ifndef DIRICHLET_DENSE_CALL_NEEDS_BODY_H
#define DIRICHLET_DENSE_CALL_NEEDS_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dense/plan/gradient_plan.h"
#include "dirichlet/dense.h"

/* What the arrays depend on, beside the sizes that are chosen. */
struct needs {
    int64_t samples;       /* of the call */
    int64_t per_sample;    /* rows carried for each */
    int64_t carried_width; /* largest of a carried row; 0: none is carried */
    size_t carried_size;
    int64_t kept;   /* sum of the inputs of all layers and the outputs, or 0 */
    bool tangents;  /* and as many tangents */
    bool bends;     /* second derivatives of the smooth layers */
    bool gradients; /* sums for each parameter */
    bool losses;    /* arrays for a loss of the outputs */
    bool returns;   /* the rows of the plan come back as derivatives of the energy */
    const dirichlet_dense_plan *plan;
};

/* The inputs of every layer, and the outputs. */
static inline int64_t sum_of_widths(const dense_network *network)
{
    const struct dense_layer *last = &network->layers[network->layer_count - 1];
    return last->inputs_before + last->inputs + last->outputs;
}

static inline bool is_quadratic(const dense_network *network, const struct needs *needs)
{
    return needs->plan != NULL && !needs->returns &&
           dense_plan_is_quadratic(&network->shape, needs->plan);
}

static inline bool counts_patterns(const dense_network *network, const struct needs *needs)
{
    return is_quadratic(network, needs) && needs->plan->sum != 0;
}

/* Lanes share the pieces of one tile after the other: what is prepared for a tile is much. */
static inline bool has_common_tiles(const dense_network *network, const struct needs *needs)
{
    return is_quadratic(network, needs) && !counts_patterns(network, needs);
}

static inline bool meets(const dense_network *network, const struct needs *needs)
{
    return needs->plan != NULL && dense_plan_meets(&network->shape, needs->plan) &&
           !(needs->returns ? dense_gradient_plan_is_quadratic(&network->shape, needs->plan)
                            : is_quadratic(network, needs));
}

#endif
