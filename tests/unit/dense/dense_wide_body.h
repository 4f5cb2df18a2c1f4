/* Networks of given widths, and all calls on them. */
#ifndef DIRICHLET_UNIT_DENSE_WIDE_BODY_H
#define DIRICHLET_UNIT_DENSE_WIDE_BODY_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/arithmetic/real.h"
#include "dense_fixture_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/loss.h"
#include "dirichlet/status.h"
#include "support/check.h"

/* A network of given widths with all weights and biases from one array. */
struct wide_network {
    real *numbers;
    layer_view layers[8];
    int64_t depth;
    int64_t widths[9];
};

static void make_wide(struct wide_network *w, const int64_t *widths, int64_t depth,
                      dirichlet_activation activation)
{
    int64_t count = 0;
    for (int64_t l = 0; l < depth; l++)
        count += widths[l + 1] * (widths[l] + 1);
    w->numbers = malloc((size_t)count * sizeof(real));
    CHECK(w->numbers != NULL);
    fill(w->numbers, count, 99);
    w->depth = depth;
    real *next = w->numbers;
    w->widths[0] = widths[0];
    for (int64_t l = 0; l < depth; l++) {
        const int64_t weights = widths[l] * widths[l + 1];
        for (int64_t i = 0; i < weights; i++)
            next[i] = (real)((double)next[i] / sqrt((double)widths[l]));
        w->widths[l + 1] = widths[l + 1];
        w->layers[l] = plain_layer(widths[l], widths[l + 1], next, next + weights,
                                   l == depth - 1 ? DIRICHLET_ACTIVATION_IDENTITY : activation);
        next += weights + widths[l + 1];
    }
}

/* Call everything; the arrays are as large as m = 3 directions need. */
struct call_results {
    real *x, *v, *u, *y, *jv, *jtu;
    double *energies, *norms;
    real *gradients; /* of everything added up, layer by layer; NULL: not wanted */
};

#define CALL_DIRECTIONS 3

static real *take_reals(int64_t count)
{
    real *values = calloc((size_t)count, sizeof(real));
    CHECK(values != NULL);
    return values;
}

static struct call_results make_results(int64_t n, int64_t d, int64_t k)
{
    struct call_results r = {.x = take_reals(n * d),
                             .v = take_reals(n * CALL_DIRECTIONS * d),
                             .u = take_reals(n * CALL_DIRECTIONS * k),
                             .y = take_reals(n * k),
                             .jv = take_reals(n * CALL_DIRECTIONS * k),
                             .jtu = take_reals(n * CALL_DIRECTIONS * d),
                             .energies = calloc((size_t)n, sizeof(double)),
                             .norms = calloc((size_t)(n * CALL_DIRECTIONS), sizeof(double))};
    CHECK(r.energies != NULL && r.norms != NULL);
    fill(r.x, n * d, 1);
    fill(r.v, n * CALL_DIRECTIONS * d, 2);
    fill(r.u, n * CALL_DIRECTIONS * k, 3);
    return r;
}

static void free_results(struct call_results *r)
{
    void *blocks[] = {r->x, r->v, r->u, r->y, r->jv, r->jtu, r->energies, r->norms, r->gradients};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        free(blocks[i]);
}

/* All calls on samples [first, first + n). */
static void call_all(network_handle *network, const struct call_results *r, int64_t first,
                     int64_t n)
{
    const int64_t m = CALL_DIRECTIONS;
    const int64_t d = PRECISION(dirichlet_dense_inputs)(network);
    const int64_t k = PRECISION(dirichlet_dense_outputs)(network);
    const real *x = r->x + first * d;
    const real *u = r->u + first * m * k;
    CHECK(PRECISION(dirichlet_dense_forward)(network, n, x, r->y + first * k) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_jvp)(network, n, m, x, r->v + first * m * d,
                                         r->jv + first * m * k) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_vjp)(network, n, m, x, u, r->jtu + first * m * d) ==
          DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_energies)(network, n, x, r->energies + first) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_product_norms)(network, n, m, x, u, r->norms + first * m) ==
          DIRICHLET_OK);
}

/* Gradient views over one array of numbers, in the order of the layers. */
static int64_t view_gradients(const struct wide_network *w, real *numbers, gradient_view *views)
{
    int64_t used = 0;
    for (int64_t l = 0; l < w->depth; l++) {
        const int64_t inputs = w->widths[l];
        const int64_t outputs = w->widths[l + 1];
        views[l] = (gradient_view){.struct_size = sizeof *views,
                                   .weights = numbers + used,
                                   .output_stride = inputs,
                                   .input_stride = 1,
                                   .bias = NULL,
                                   .bias_stride = 1};
        used += inputs * outputs;
        if (w->layers[l].bias != NULL)
            views[l].bias = numbers + used;
        used += outputs;
    }
    return used;
}

/* The sum of all penalties' gradients, which is the same whatever the tiles. */
static void add_all_gradients(network_handle *network, const struct wide_network *w,
                              const struct call_results *r, int64_t n)
{
    gradient_view views[8];
    gradient_view directions[8];
    tangent_view tangents[8];
    int64_t *labels = calloc((size_t)n, sizeof *labels);
    CHECK(labels != NULL);
    const PRECISION(dirichlet_loss) loss = {
        .struct_size = sizeof loss, .kind = DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY, .labels = labels};
    const dirichlet_dense_penalty_options probing = {.struct_size = sizeof probing, .probes = 2};
    (void)view_gradients(w, r->gradients, views);
    (void)view_gradients(w, w->numbers, directions);
    view_tangents(directions, w->depth, tangents);
    for (int64_t l = 0; l < w->depth; l++)
        tangents[l].bias = NULL;
    CHECK(penalty_of(network, n, r->x, NULL, 1.0, views, w->depth, NULL) == DIRICHLET_OK);
    CHECK(penalty_of(network, n, r->x, &probing, 1.0, views, w->depth, NULL) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_loss_gradient)(network, n, r->x, &loss, 1.0, views, w->depth,
                                                   NULL) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_loss_hvp)(network, n, r->x, &loss, tangents, 1.0, views,
                                              w->depth) == DIRICHLET_OK);
    free(labels);
}

static int64_t count_numbers(const struct wide_network *w)
{
    int64_t count = 0;
    for (int64_t l = 0; l < w->depth; l++)
        count += w->widths[l + 1] * (w->widths[l] + 1);
    return count;
}

#endif
