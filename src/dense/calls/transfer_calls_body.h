/* The public call about the transfer theorem. What it needs beside the workspace is taken for the
 * duration of the call. */
#ifndef DIRICHLET_DENSE_TRANSFER_CALLS_BODY_H
#define DIRICHLET_DENSE_TRANSFER_CALLS_BODY_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "core/interface/arena.h"
#include "core/interface/listener.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "core/matrix/operator_norm.h"
#include "dense/calls/calls_body.h"
#include "dense/calls/spectral_calls_body.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/network_body.h"
#include "dense/workspace/chains_body.h"
#include "dense/workspace/needs_body.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"

static bool need_transfer(const dense_network *network, int64_t *largest)
{
    bool fits = need_norms_of_layers(network, largest);
    for (int64_t l = 0; l + 1 < network->layer_count; l++)
        fits = fits && need_norm(network->inputs, network->layers[l].outputs, largest);
    return fits;
}

static void lay_out_transfer(struct arena *arena, const dense_network *network,
                             struct norm_scratch *scratch, struct dense_transfer *transfer)
{
    lay_out_norms(arena, network, scratch);
    transfer->norms = arena_take(arena, network->layer_count, 1, 1, sizeof(double));
    transfer->reaches = arena_take(arena, network->layer_count, 1, 1, sizeof(double));
    transfer->lengths = arena_take(arena, network->layer_count, 1, 1, sizeof(double));
    for (int i = 0; i < 2; i++) {
        transfer->up[i] =
            arena_take(arena, network->inputs, network->extents.widest_output, 1, sizeof(double));
        transfer->down[i] =
            arena_take(arena, network->outputs, network->extents.widest, 1, sizeof(double));
    }
    transfer->work = scratch->work;
    transfer->vector = scratch->vector;
}

/* The sides are sums of k d and of up to k n_l squares. Rounding changes a sum of n by at most n u
 * of it, u half of DBL_EPSILON, and its root by half of that: every T_l is less by as much. */
static double raised_for_sums(const dense_network *network)
{
    const double terms = (double)network->outputs *
                         ((double)network->inputs + (double)network->extents.widest_output);
    return 1.0 + 0.25 * DBL_EPSILON * terms;
}

/* The left side over the right one. */
static void find_ratios(const dense_network *network, const struct dense_transfer *transfer,
                        int64_t samples, double *largest)
{
    for (int64_t s = 0; s < samples; s++) {
        const double *factors = transfer->factors + s * network->layer_count;
        double sum = 0.0;
        for (int64_t l = 0; l < network->layer_count; l++)
            sum += factors[l] * factors[l];
        const double left = transfer->input_side[s] * sum;
        const double right = transfer->parameter_side[s];
        transfer->ratios[s] = sum == 0.0 || left == 0.0 ? 0.0 : left / right;
        *largest = fmax(*largest, transfer->ratios[s]);
    }
}

static dirichlet_status tell_of_ratios(const struct listener *listener, int64_t done, int64_t total,
                                       double largest)
{
    const dirichlet_progress progress = {.samples = done, .total = total, .value = largest};
    return listener_tell(listener, progress);
}

static dirichlet_status run_transfer(dense_network *network, const struct norm_scratch *scratch,
                                     struct dense_transfer *transfer,
                                     const struct listener *listener, int64_t samples,
                                     const real *x)
{
    double largest = 0.0;
    const struct operator_norm_limits limits = {OPERATOR_NORM_TOLERANCE, OPERATOR_NORM_ITERATIONS};
    const struct dense_chain *chain = chain_in_double(network);
    const struct needs needs = needs_of_kept(network, chain, samples);
    const double raised = raised_for_sums(network);
    for (int64_t l = 0; l < network->layer_count; l++)
        transfer->norms[l] = raised * norm_of_layer(&network->layers[l], limits, scratch).upper;
    begin_chain(network, chain, &needs);
    for (int64_t first = 0; first < samples; first += network->workspace.sizes.tile) {
        const int64_t tile = tile_at(network, first, samples);
        chain->forward(network, tile, x + first * network->inputs);
        PRECISION(dense_transfer_tile)(network, transfer, tile);
        find_ratios(network, transfer, tile, &largest);
        transfer->input_side += tile;
        transfer->parameter_side += tile;
        transfer->factors += tile * network->layer_count;
        transfer->ratios += tile;
        const dirichlet_status status = tell_of_ratios(listener, first + tile, samples, largest);
        if (status != DIRICHLET_OK)
            return status;
    }
    return DIRICHLET_OK;
}

/* Results are ours until all has succeeded. */
static void lay_out_results(struct arena *arena, const dense_network *network, int64_t samples,
                            struct dense_transfer *transfer)
{
    transfer->input_side = arena_take(arena, samples, 1, 1, sizeof(double));
    transfer->parameter_side = arena_take(arena, samples, 1, 1, sizeof(double));
    transfer->factors = arena_take(arena, samples, network->layer_count, 1, sizeof(double));
    transfer->ratios = arena_take(arena, samples, 1, 1, sizeof(double));
}

static void copy_results(double *to, const double *from, int64_t count)
{
    if (to != NULL)
        memcpy(to, from, (size_t)count * sizeof *to);
}

static void hand_out_transfer(const dense_network *network, int64_t samples,
                              const struct dense_transfer *found,
                              const dirichlet_dense_transfer_result *wanted,
                              dirichlet_dense_transfer_result *result)
{
    dirichlet_dense_transfer_result out = *wanted;
    out.samples = samples;
    copy_results(wanted->input_side, found->input_side, samples);
    copy_results(wanted->parameter_side, found->parameter_side, samples);
    copy_results(wanted->factors, found->factors, samples * network->layer_count);
    copy_results(wanted->ratios, found->ratios, samples);
    (void)versioned_struct_write(&out, sizeof out, result, result->struct_size, "result", NULL);
}

static dirichlet_status read_transfer(dense_network *network,
                                      const dirichlet_dense_transfer_options *options,
                                      const dirichlet_dense_transfer_result *result,
                                      struct listener *listener,
                                      dirichlet_dense_transfer_result *wanted)
{
    dirichlet_dense_transfer_options copy = {0};
    struct message *message = &network->message;
    dirichlet_status status = DIRICHLET_OK;
    if (result == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "result is NULL");
    status = versioned_struct_read(wanted, sizeof *wanted, result, result->struct_size, "result",
                                   message);
    if (status == DIRICHLET_OK && options != NULL)
        status = versioned_struct_read(&copy, sizeof copy, options, options->struct_size, "options",
                                       message);
    listener->progress = copy.progress;
    listener->user = copy.progress_user;
    return status;
}

/* Everything has been checked. */
static dirichlet_status measure_transfer(dense_network *network, int64_t samples, const real *x,
                                         const struct listener *listener,
                                         const dirichlet_dense_transfer_result *wanted,
                                         dirichlet_dense_transfer_result *result)
{
    struct dense_transfer transfer = {0};
    struct norm_scratch scratch = {0};
    struct dense_memory memory = {0};
    struct arena arena = {0};
    const bool fits = need_transfer(network, &scratch.largest);
    lay_out_transfer(&arena, network, &scratch, &transfer);
    lay_out_results(&arena, network, samples, &transfer);
    dirichlet_status status = take_scratch(network, fits, &arena, &memory);
    if (status != DIRICHLET_OK)
        return status;
    arena = (struct arena){memory.block, 0, false};
    lay_out_transfer(&arena, network, &scratch, &transfer);
    lay_out_results(&arena, network, samples, &transfer);
    const struct dense_transfer found = transfer;
    network->busy = true;
    status = run_transfer(network, &scratch, &transfer, listener, samples, x);
    network->busy = false;
    if (status == DIRICHLET_OK)
        hand_out_transfer(network, samples, &found, wanted, result);
    give_scratch(network, memory);
    return status;
}

static dirichlet_status call_transfer(dense_network *network, int64_t samples, const real *x,
                                      const dirichlet_dense_transfer_options *options,
                                      dirichlet_dense_transfer_result *result)
{
    struct listener listener = {.environment = network->allocator.caller,
                                .message = &network->message};
    dirichlet_dense_transfer_result wanted = {0};
    const struct array_argument arrays[] = {{"x", x, 1, network->inputs, sizeof *x}};
    dirichlet_status status = check_call(network, samples, 1, arrays, 1);
    if (status == DIRICHLET_OK)
        status = read_transfer(network, options, result, &listener, &wanted);
    if (status != DIRICHLET_OK)
        return status;
    if (samples == 0) {
        wanted.samples = 0;
        return versioned_struct_write(&wanted, sizeof wanted, result, result->struct_size, "result",
                                      &network->message);
    }
    return measure_transfer(network, samples, x, &listener, &wanted, result);
}

#endif
