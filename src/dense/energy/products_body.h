/* Products of J with m given vectors a sample, for a tile. */
#ifndef DIRICHLET_DENSE_PRODUCTS_BODY_H
#define DIRICHLET_DENSE_PRODUCTS_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "dense/network/network_body.h"
#include "dense/rows/carry.h"
#include "dense/rows/ends_body.h"
#include "dense/rows/lanes_body.h"
#include "dense/rows/multiply_body.h"
#include "dense/rows/sweep_body.h"
#include "dirichlet/dense.h"

/* m vectors of every sample. */
struct vectors {
    const real *data;
    int64_t per_sample;
    enum sweep_end end;
};

/* m products or norms of every sample. */
struct results {
    void *data;
    int64_t per_sample;
};

static void load_rows(const struct vectors *vectors, int64_t width, struct block *block)
{
    block->width = width;
    for (int64_t r = 0; r < block->rows; r++) {
        const int64_t row = block->owner[r] * vectors->per_sample + block->index[r];
        const real *from = vectors->data + row * width;
        carry *out = block->values + r * width;
        for (int64_t i = 0; i < width; i++)
            out[i] = (carry)from[i];
    }
}

static void carry_tangents(const dense_network *network, const void *v, struct block *block)
{
    const struct dense_layer *layer = &network->layers[0];
    load_rows(v, network->inputs, block);
    multiply_block(network, transposed(weights_of(layer)), layer->outputs, block);
    sweep_up(network, 0, SWEEP_MATRIX, block);
}

static void carry_cotangents(const dense_network *network, const void *u, struct block *block)
{
    const struct vectors *vectors = u;
    load_rows(vectors, network->outputs, block);
    sweep_down(network, network->layer_count - 1, vectors->end, block);
}

static void store_rows(const dense_network *network, const struct block *block, void *products)
{
    const struct results *results = products;
    for (int64_t r = 0; r < block->rows; r++) {
        const int64_t row = block->owner[r] * results->per_sample + block->index[r];
        const carry poison = (carry)network->workspace.poison[block->owner[r]];
        const carry *from = block->values + r * block->width;
        real *out = (real *)results->data + row * block->width;
        for (int64_t i = 0; i < block->width; i++)
            out[i] = (real)(from[i] + poison);
    }
}

static void chain_jvp(dense_network *network, int64_t samples, int64_t directions, const real *v,
                      void *jv)
{
    const struct vectors vectors = {v, directions, SWEEP_MATRIX};
    struct results results = {jv, directions};
    run_chain(network, 0, samples, directions, carry_tangents, &vectors, store_rows, &results);
}

static void chain_vjp(dense_network *network, int64_t samples, int64_t directions, const real *u,
                      void *jtu)
{
    const struct vectors vectors = {u, directions, SWEEP_MATRIX};
    struct results results = {jtu, directions};
    run_chain(network, 0, samples, directions, carry_cotangents, &vectors, store_rows, &results);
}

static double *norm_of(const struct results *results, const struct block *block, int64_t row)
{
    return (double *)results->data + block->owner[row] * results->per_sample + block->index[row];
}

static void store_squares(const dense_network *network, const struct block *block, void *norms)
{
    for (int64_t r = 0; r < block->rows; r++)
        *norm_of(norms, block, r) = network->workspace.poison[block->owner[r]] +
                                    sum_of_squares(block->values + r * block->width, block->width);
}

/* The same; workspace.bounds becomes positive for samples with one that is not trusted. */
static void store_guarded_squares(const dense_network *network, const struct block *block,
                                  void *norms)
{
    const struct dense_workspace *w = &network->workspace;
    store_squares(network, block, norms);
    for (int64_t r = 0; r < block->rows; r++)
        if (w->poison[block->owner[r]] == 0.0 &&
            !is_trusted(*norm_of(norms, block, r), block->weighed[r], CARRY_TRIANGLE_LIMIT))
            w->bounds[block->owner[r]] = 1.0;
}

static void chain_norms(dense_network *network, int64_t samples, int64_t directions, const real *u,
                        void *norms)
{
    double *bounds = network->workspace.bounds;
    const bool triangle = network->plan.lower_end == DIRICHLET_DENSE_END_GRAM;
    struct vectors vectors = {u, directions, triangle ? SWEEP_TRIANGLE : SWEEP_MATRIX};
    struct results results = {norms, directions};
    for (int64_t s = 0; s < samples; s++)
        bounds[s] = 0.0;
    run_chain(network, 0, samples, directions, carry_cotangents, &vectors,
              triangle ? store_guarded_squares : store_squares, &results);
    vectors.end = SWEEP_MATRIX;
    for (int64_t s = 0; s < samples; s++)
        if (bounds[s] > 0.0) {
            network->plan.direct_samples++;
            run_chain(network, s, s + 1, directions, carry_cotangents, &vectors, store_squares,
                      &results);
        }
}

#endif
