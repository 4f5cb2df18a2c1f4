/* The energy penalty of a batch: weights, indices and rows that do not stand next to each other. */
#ifndef DIRICHLET_DENSE_BATCH_PENALTY_CALLS_BODY_H
#define DIRICHLET_DENSE_BATCH_PENALTY_CALLS_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "core/interface/arena.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "dense/calls/calls_body.h"
#include "dense/calls/energy_penalty_calls_body.h"
#include "dense/network/layers_body.h"
#include "dense/network/network_body.h"
#include "dirichlet/batch.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"
#include "model/batch.h"

typedef PRECISION(dirichlet_batch) public_batch;

/* What a call needs of its own: copies. */
struct batch_copies {
    double *roots; /* (n), or NULL: no weights */
    real *x;       /* (n, d), or NULL: the caller's */
    struct dense_memory memory;
};

/* Its row stride, once read, is never 0. */
static dirichlet_status check_batch_sizes(dense_network *network, public_batch *batch)
{
    struct message *message = &network->message;
    int64_t bytes = 0;
    if (batch->groups != NULL || batch->energies != NULL || batch->deviations != NULL)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "batch.groups, energies and deviations must be NULL here");
    const dirichlet_status status = batch_read_stride(&batch->row_stride, network->inputs, message);
    if (status != DIRICHLET_OK)
        return status;
    if (!size_of_array(batch->samples, batch->row_stride, 1, sizeof(real), &bytes))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "samples is %lld: x cannot be that large", (long long)batch->samples);
    return DIRICHLET_OK;
}

static dirichlet_status check_batch_numbers(dense_network *network, const public_batch *batch)
{
    struct message *message = &network->message;
    dirichlet_status status = batch_check_weights(batch->weights, batch->samples, message);
    if (status == DIRICHLET_OK)
        status = batch_check_indices(batch->indices, batch->samples, message);
    if (status == DIRICHLET_OK)
        status = batch_check_sum(batch_sum_of_weights(batch->weights, batch->samples), message);
    return status;
}

/* On an arena without memory: how much it takes. */
static void lay_out_copies(const dense_network *network, const public_batch *batch,
                           struct arena *arena, struct batch_copies *copies)
{
    if (batch->weights != NULL)
        copies->roots = arena_take(arena, batch->samples, 1, 1, sizeof(double));
    if (batch->row_stride > network->inputs)
        copies->x = arena_take(arena, batch->samples, network->inputs, 1, sizeof(real));
}

static dirichlet_status take_copies(dense_network *network, const public_batch *batch,
                                    struct batch_copies *copies)
{
    struct arena arena = {0};
    lay_out_copies(network, batch, &arena, copies);
    if (arena.overflow)
        return message_fail(&network->message, DIRICHLET_E_OVERFLOW,
                            "samples is %lld: x cannot be that large", (long long)batch->samples);
    copies->memory.bytes = arena.used;
    if (arena.used == 0)
        return DIRICHLET_OK;
    copies->memory.block = allocator_take(&network->allocator, (size_t)arena.used);
    if (copies->memory.block == NULL)
        return message_fail(&network->message, DIRICHLET_E_MEMORY, "no memory for %lld samples",
                            (long long)batch->samples);
    arena = (struct arena){.base = copies->memory.block};
    lay_out_copies(network, batch, &arena, copies);
    return DIRICHLET_OK;
}

/* Weights relative to the largest: roots of them are numbers of either precision. */
static void weigh(const public_batch *batch, struct batch_copies *copies,
                  struct dense_energy_gradient *total)
{
    double largest = 0.0;
    for (int64_t i = 0; i < batch->samples; i++)
        largest = fmax(largest, batch->weights[i]);
    for (int64_t i = 0; i < batch->samples; i++) {
        const double weight = batch->weights[i] / largest;
        copies->roots[i] = sqrt(weight);
        total->weight += weight;
    }
    total->roots = copies->roots;
}

static void gather_rows(const dense_network *network, const public_batch *batch, real *x)
{
    for (int64_t i = 0; i < batch->samples; i++)
        memcpy(x + i * network->inputs, batch->x + i * batch->row_stride,
               (size_t)network->inputs * sizeof *x);
}

static dirichlet_status run_batch(dense_network *network, const public_batch *batch, int64_t probes,
                                  double strength, struct dense_energy_gradient *total,
                                  dirichlet_penalty_result *result)
{
    struct batch_copies copies = {0};
    dirichlet_status status = take_copies(network, batch, &copies);
    if (status != DIRICHLET_OK)
        return status;
    if (copies.x != NULL)
        gather_rows(network, batch, copies.x);
    if (copies.roots != NULL && (probes > 0 || last_with_slopes(network) != NULL))
        weigh(batch, &copies, total);
    total->indices = batch->indices;
    status = run_penalty(network, batch->samples, copies.x != NULL ? copies.x : batch->x, probes,
                         strength, total, result);
    allocator_give(&network->allocator, copies.memory.block, (size_t)copies.memory.bytes);
    return status;
}

static dirichlet_status call_batch_penalty(dense_network *network, const public_batch *given,
                                           const dirichlet_dense_penalty_options *options,
                                           double strength, const public_gradient *gradients,
                                           int64_t gradient_count, dirichlet_penalty_result *result)
{
    struct dense_energy_gradient total = {.probes = false};
    public_batch batch;
    int64_t probes = 0;
    dirichlet_status status = PRECISION(batch_read)(given, &batch, &network->message);
    if (status == DIRICHLET_OK)
        status = check_penalty(network, batch.samples, batch.x, result);
    if (status == DIRICHLET_OK)
        status = check_batch_sizes(network, &batch);
    if (status == DIRICHLET_OK)
        status = check_batch_numbers(network, &batch);
    if (status == DIRICHLET_OK)
        status = read_penalty(network, batch.samples, options, strength, &probes, &total);
    if (status == DIRICHLET_OK)
        status = read_gradients(network, gradients, gradient_count);
    if (status == DIRICHLET_OK)
        status = run_batch(network, &batch, probes, strength, &total, result);
    return status;
}

#endif
