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
#include "core/lent/listener.h"
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

/* A transfer's own arrays, of a lane: what all of them have in common comes from the first. */
static void lay_out_lane(struct arena *arena, const dense_network *network,
                         const struct dense_transfer *first, struct dense_transfer *transfer)
{
    const int64_t layers = network->layer_count;
    transfer->norms =
        first != NULL ? first->norms : arena_take(arena, layers, 1, 1, sizeof(double));
    transfer->reaches = arena_take(arena, layers, 1, 1, sizeof(double));
    transfer->lengths = arena_take(arena, layers, 1, 1, sizeof(double));
    for (int i = 0; i < 2; i++) {
        transfer->up[i] =
            arena_take(arena, network->inputs, network->extents.widest_output, 1, sizeof(double));
        transfer->down[i] =
            arena_take(arena, network->outputs, network->extents.widest, 1, sizeof(double));
    }
}

/* A call in progress; its tiles are forward passes, and samples are what lanes share. */
struct transfer_call {
    dense_network *network;
    int64_t lanes;
    struct norm_scratch *scratch;     /* (lanes) */
    struct dense_transfer *transfers; /* (lanes) */
    struct operator_norm *norms;      /* (layers) */
    struct dense_transfer results;    /* of all samples */
    int64_t first;                    /* sample of the tile */
};

static void lay_out_transfer(struct arena *arena, struct transfer_call *call, int64_t largest)
{
    struct dense_transfer counted = {0};
    const dense_network *network = call->network;
    call->scratch = lay_out_norms(arena, network, call->lanes, largest);
    call->transfers = arena_take(arena, call->lanes, 1, 1, sizeof *call->transfers);
    call->norms = arena_take(arena, network->layer_count, 1, 1, sizeof *call->norms);
    for (int64_t i = 0; i < call->lanes; i++) {
        struct dense_transfer *transfer = call->transfers == NULL ? &counted : &call->transfers[i];
        memset(transfer, 0, sizeof *transfer);
        lay_out_lane(arena, network, i > 0 ? call->transfers : NULL, transfer);
        if (call->scratch == NULL)
            continue;
        transfer->work = call->scratch[i].work;
        transfer->vector = call->scratch[i].vector;
    }
}

/* The sides are sums of k d and of up to k n_l squares. Rounding changes a sum of n by at most n u
 * of it, u half of DBL_EPSILON, and its root by half of that: every T_l is less by as much. */
static double raised_for_sums(const dense_network *network)
{
    const double terms = (double)network->outputs *
                         ((double)network->inputs + (double)network->extents.widest_output);
    return 1.0 + 0.25 * DBL_EPSILON * terms;
}

/* The left side over the right one, of samples first, ..., end - 1. */
static void find_ratios(const dense_network *network, const struct dense_transfer *results,
                        int64_t first, int64_t end, double *largest)
{
    for (int64_t s = first; s < end; s++) {
        const double *factors = results->factors + s * network->layer_count;
        double sum = 0.0;
        for (int64_t l = 0; l < network->layer_count; l++)
            sum += factors[l] * factors[l];
        const double left = results->input_side[s] * sum;
        const double right = results->parameter_side[s];
        results->ratios[s] = sum == 0.0 || left == 0.0 ? 0.0 : left / right;
        *largest = fmax(*largest, results->ratios[s]);
    }
}

static dirichlet_status tell_of_ratios(const struct listener *listener, int64_t done, int64_t total,
                                       double largest)
{
    const dirichlet_progress progress = {.samples = done, .total = total, .value = largest};
    return listener_tell(listener, progress);
}

static dirichlet_status find_norms(struct transfer_call *call)
{
    const dense_network *network = call->network;
    const double raised = raised_for_sums(network);
    struct norms_job job = {
        .network = call->network,
        .limits = {OPERATOR_NORM_TOLERANCE, OPERATOR_NORM_ITERATIONS},
        .scratch = call->scratch,
        .found = call->norms,
    };
    const dirichlet_status status = measure_layers(NULL, &job);
    for (int64_t l = 0; status == DIRICHLET_OK && l < network->layer_count; l++)
        call->transfers->norms[l] = raised * call->norms[l].upper;
    return status;
}

/* A sample of the tile, which all lanes see; what is gathered for a product is the lane's own. */
static dirichlet_status transfer_piece(struct lane *lane, int64_t piece, void *argument)
{
    const struct transfer_call *call = argument;
    const dense_network *network = call->network;
    struct dense_transfer *transfer = &call->transfers[lane->index];
    dense_network seen = *network;
    seen.workspace.gathered = view_of(call->network, lane)->workspace.gathered;
    transfer->input_side = call->results.input_side + call->first;
    transfer->parameter_side = call->results.parameter_side + call->first;
    transfer->factors = call->results.factors + call->first * network->layer_count;
    PRECISION(dense_transfer_sample)(&seen, transfer, piece);
    return DIRICHLET_OK;
}

static dirichlet_status run_transfer(struct transfer_call *call, const struct listener *listener,
                                     int64_t samples, const real *x)
{
    dense_network *network = call->network;
    double largest = 0.0;
    const struct dense_chain *chain = chain_in_double(network);
    const struct needs needs = needs_of_kept(network, chain, samples);
    dirichlet_status status = find_norms(call);
    if (status != DIRICHLET_OK)
        return status;
    begin_chain(network, chain, &needs);
    network->lanes_used = smaller(network->lanes_used, call->lanes);
    for (int64_t tile = 0; call->first < samples; call->first += tile) {
        tile = smaller(samples - call->first, network->workspace.sizes.tile);
        chain->forward(network, tile, x + call->first * network->inputs);
        status = run_pieces(network, tile, transfer_piece, call);
        if (status != DIRICHLET_OK)
            return status;
        find_ratios(network, &call->results, call->first, call->first + tile, &largest);
        status = tell_of_ratios(listener, call->first + tile, samples, largest);
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
    struct transfer_call call = {
        .network = network,
        .lanes = smaller(network->lane_count, larger(samples, network->layer_count))};
    struct dense_memory memory = {0};
    struct arena arena = {0};
    int64_t largest = 0;
    const bool fits = need_transfer(network, &largest);
    lay_out_transfer(&arena, &call, largest);
    lay_out_results(&arena, network, samples, &call.results);
    dirichlet_status status = take_scratch(network, fits, &arena, &memory);
    if (status != DIRICHLET_OK)
        return status;
    arena = (struct arena){memory.block, 0, false};
    lay_out_transfer(&arena, &call, largest);
    lay_out_results(&arena, network, samples, &call.results);
    network->busy = true;
    status = run_transfer(&call, listener, samples, x);
    network->busy = false;
    if (status == DIRICHLET_OK)
        hand_out_transfer(network, samples, &call.results, wanted, result);
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
