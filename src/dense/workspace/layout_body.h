/* The arrays of a call in its workspace. */
#ifndef DIRICHLET_DENSE_LAYOUT_BODY_H
#define DIRICHLET_DENSE_LAYOUT_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/interface/arena.h"
#include "core/vector/shared_bits.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dense/plan/gradient_plan.h"
#include "dirichlet/dense.h"

/* Columns of a quadratic form at a time, and rows and columns of its sum (measured). */
#define PANEL ((int64_t)128)
#define BLOCK ((int64_t)512)

/* What the arrays depend on, beside the sizes that are chosen. */
struct needs {
    int64_t samples;       /* of the call */
    int64_t per_sample;    /* rows carried for each */
    int64_t carried_width; /* largest of a carried row; 0: none is carried */
    size_t carried_size;
    int64_t kept;  /* sum of the inputs of all layers and the outputs, or 0 */
    bool tangents; /* and as many tangents */
    bool bends;    /* second derivatives of the smooth layers */
    bool losses;   /* arrays for a loss of the outputs */
    bool returns;  /* the rows of the plan come back as derivatives of the energy */
    const dirichlet_dense_plan *plan;
};

/* The inputs of every layer, and the outputs. */
static int64_t sum_of_widths(const dense_network *network)
{
    const struct dense_layer *last = &network->layers[network->layer_count - 1];
    return last->inputs_before + last->inputs + last->outputs;
}

static bool is_quadratic(const dense_network *network, const struct needs *needs)
{
    return needs->plan != NULL && !needs->returns &&
           dense_plan_is_quadratic(&network->shape, needs->plan);
}

static bool counts_patterns(const dense_network *network, const struct needs *needs)
{
    return is_quadratic(network, needs) && needs->plan->sum != 0;
}

static bool meets(const dense_network *network, const struct needs *needs)
{
    return needs->plan != NULL && dense_plan_meets(&network->shape, needs->plan) &&
           !(needs->returns ? dense_gradient_plan_is_quadratic(&network->shape, needs->plan)
                            : is_quadratic(network, needs));
}

static void lay_out_end(struct arena *arena, size_t carried_size, int64_t width, int64_t depth,
                        struct dense_end *end)
{
    end->width = width;
    end->columns = smaller(width, depth);
    end->matrix = arena_take(arena, width, width, 1, carried_size);
    end->diagonal = arena_take(arena, width, 1, 1, carried_size);
}

/* A side that carries no rows to a hidden pivot has its Gram matrix for an end. */
static void lay_out_ends(struct arena *arena, const dense_network *network,
                         const struct needs *needs, struct dense_workspace *w)
{
    const dirichlet_dense_plan *plan = needs->plan;
    const bool both = meets(network, needs);
    const bool lower = plan->lower_end == DIRICHLET_DENSE_END_GRAM ||
                       (both && !dense_plan_carries_down(&network->shape, plan));
    const bool upper = plan->upper_end == DIRICHLET_DENSE_END_GRAM ||
                       (both && !dense_plan_carries_up(&network->shape, plan));
    lay_out_end(arena, needs->carried_size, lower ? network->widths[1] : 0, network->inputs,
                &w->lower);
    lay_out_end(arena, needs->carried_size, upper ? network->widths[network->layer_count - 1] : 0,
                network->outputs, &w->upper);
    const int64_t width = larger(w->lower.width, w->upper.width);
    w->gram = arena_take(arena, width, width, 1, sizeof(double));
    w->gram_diagonal = arena_take(arena, width, 1, 1, sizeof(double));
    if (plan->sum == 0)
        return;
    w->total = arena_take(arena, width, width, 1, sizeof(double));
    w->partial = arena_take(arena, width, width, 1, needs->carried_size);
}

static void lay_out_rows(struct arena *arena, const dense_network *network,
                         const struct needs *needs, struct dense_workspace *w)
{
    const bool both = meets(network, needs);
    for (int i = 0; i < (both || needs->tangents ? 4 : 2); i++)
        w->carried[i] = arena_take(arena, w->rows, needs->carried_width, 1, needs->carried_size);
    w->owner = arena_take(arena, w->rows, 1, 1, sizeof(int64_t));
    w->index = arena_take(arena, w->rows, 1, 1, sizeof(int64_t));
    for (int i = 0; i < 2; i++)
        w->weighed[i] = arena_take(arena, w->rows, 1, 1, sizeof(double));
    for (int i = 0; both && i < (needs->returns ? 4 : 2); i++)
        w->meeting[i] =
            arena_take(arena, needs->plan->rows, needs->plan->rows, 1, needs->carried_size);
}

/* An odd number of cache lines (8 words), so that the words of a unit do not fall into the same
 * places of the caches. */
static int64_t bit_stride_of(int64_t hidden)
{
    return 8 * ((hidden + 7) / 8 | 1);
}

static void lay_out_panels(struct arena *arena, const dense_network *network,
                           const struct needs *needs, struct dense_workspace *w)
{
    const int64_t hidden = network->widths[1];
    w->panel_width = smaller(hidden, PANEL);
    w->diagonal = arena_take(arena, hidden, 1, 1, needs->carried_size);
    for (int i = 0; i < 2; i++)
        w->panel[i] = arena_take(arena, hidden, w->panel_width, 1, needs->carried_size);
    w->panel[2] = arena_take(arena, w->tile, w->panel_width, 1, needs->carried_size);
}

static void lay_out_patterns(struct arena *arena, const dense_network *network,
                             const struct needs *needs, struct dense_workspace *w)
{
    const int64_t hidden = network->widths[1];
    struct dense_patterns *patterns = &w->patterns;
    w->panel_width = smaller(hidden, BLOCK);
    for (int i = 0; i < 2; i++)
        w->panel[i] = arena_take(arena, w->panel_width, w->panel_width, 1, needs->carried_size);
    patterns->stride = bit_stride_of(hidden);
    patterns->bits = arena_take(arena, patterns->capacity / 64 + SHARED_BITS_GROUP / 8,
                                patterns->stride, 1, sizeof *patterns->bits);
    patterns->active = arena_take(arena, hidden, 1, 1, sizeof(double));
    patterns->counts = arena_take(arena, w->panel_width + SHARED_BITS_GROUP, 1, 1, sizeof(int32_t));
}

static void lay_out_gradient(struct arena *arena, const dense_network *network,
                             const struct needs *needs, struct dense_workspace *w)
{
    if (needs->tangents)
        w->kept_tangent = arena_take(arena, w->tile, needs->kept, 1, w->kept_size);
    if (needs->bends) {
        w->second_derivatives =
            arena_take(arena, w->chunk, network->widest_output, 1, sizeof(double));
        w->bends = arena_take(arena, w->tile, network->bends, 1, needs->carried_size);
    }
    for (int i = 0; needs->losses && i < 4; i++)
        w->outputs[i] = arena_take(arena, w->tile, network->outputs, 1, sizeof(real));
    if (needs->losses)
        w->losses = arena_take(arena, w->tile, 1, 1, sizeof(double));
}

/* Of the rows of all steps; both sides of a hidden pivot begin with its own. */
static int64_t stage_widths(const dense_network *network, const struct needs *needs)
{
    return needs->returns ? sum_of_widths(network) + needs->plan->rows : 0;
}

static void lay_out_summing_end(struct arena *arena, size_t carried_size, int64_t width,
                                struct dense_end *end)
{
    lay_out_end(arena, carried_size, width, width, end);
    end->sum = arena_take(arena, width, width, 1, carried_size);
    end->total = arena_take(arena, width, width, 1, sizeof(double));
}

/* Rows at every step, derivatives by every slope, and the ends of an energy gradient. */
static void lay_out_returns(struct arena *arena, const dense_network *network,
                            const struct needs *needs, struct dense_workspace *w)
{
    const dirichlet_dense_plan *plan = needs->plan;
    const bool lower = dense_gradient_plan_has_gram(&network->shape, plan, true);
    const bool upper = dense_gradient_plan_has_gram(&network->shape, plan, false);
    const int64_t last = network->layer_count - 1;
    w->stages = arena_take(arena, w->rows, stage_widths(network, needs), 1, needs->carried_size);
    if (dense_plan_meets(&network->shape, plan))
        w->scratch = arena_take(arena, plan->rows, network->widest, 1, needs->carried_size);
    if (needs->bends)
        w->slope_adjoints = arena_take(arena, w->tile, network->bends, 1, needs->carried_size);
    lay_out_summing_end(arena, needs->carried_size, lower ? network->widths[1] : 0, &w->lower);
    lay_out_summing_end(arena, needs->carried_size, upper ? network->widths[last] : 0, &w->upper);
}

static void lay_out(struct arena *arena, const dense_network *network, const struct needs *needs,
                    struct dense_workspace *w)
{
    const struct dense_layer *last = &network->layers[network->layer_count - 1];
    w->carried_size = needs->carried_size;
    for (int i = 0; i < 2; i++)
        w->hidden[i] = arena_take(arena, w->chunk, network->widest, 1, sizeof(double));
    w->derivatives = arena_take(arena, w->chunk, network->widest_output, 1, sizeof(double));
    w->norms = arena_take(arena, last->outputs_before + last->outputs, 1, 1, sizeof(float));
    w->reaches = arena_take(arena, w->chunk, 3, 1, sizeof(double));
    w->doubtful = arena_take(arena, w->tile, 1, 1, sizeof(int64_t));
    w->slopes = arena_take(arena, w->tile, network->slopes, 1, needs->carried_size);
    w->poison = arena_take(arena, w->tile, 1, 1, sizeof(double));
    w->energies = arena_take(arena, w->tile, 1, 1, sizeof(double));
    w->bounds = arena_take(arena, w->tile, 1, 1, sizeof(double));
    w->gathered = arena_take(arena, w->gathered_size, 1, 1, sizeof(double));
    w->kept = arena_take(arena, w->tile, needs->kept, 1, w->kept_size);
    lay_out_gradient(arena, network, needs, w);
    if (needs->returns)
        lay_out_returns(arena, network, needs, w);
    else if (needs->plan != NULL)
        lay_out_ends(arena, network, needs, w);
    lay_out_rows(arena, network, needs, w);
    if (counts_patterns(network, needs))
        lay_out_patterns(arena, network, needs, w);
    else if (is_quadratic(network, needs))
        lay_out_panels(arena, network, needs, w);
}

#endif
