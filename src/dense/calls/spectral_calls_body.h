/* The public calls about spectral norms: those of the layers, and the transfer theorem. What they
 * need beside the workspace is taken for the duration of the call. */
#ifndef DIRICHLET_DENSE_SPECTRAL_CALLS_BODY_H
#define DIRICHLET_DENSE_SPECTRAL_CALLS_BODY_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/arithmetic/wide_product.h"
#include "core/blas/blas.h"
#include "core/interface/arena.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/matrix/operator_norm.h"
#include "core/matrix/spectral_options.h"
#include "dense/calls/calls_body.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/network_body.h"
#include "dense/spectral/lipschitz.h"
#include "dense/workspace/chains_body.h"
#include "dense/workspace/needs_body.h"
#include "dirichlet/spectral.h"
#include "dirichlet/status.h"

/* Scratch of the searches: of one matrix after the other. */
struct norm_scratch {
    int64_t largest; /* doubles of work */
    double *work;
    double *vector; /* (widest) */
};

static struct operator_norm norm_of_layer(const struct dense_layer *layer,
                                          struct operator_norm_limits limits,
                                          const struct norm_scratch *scratch)
{
    const struct PRECISION(matrix)
        weights = {layer->weights, layer->output_stride, layer->input_stride};
    memset(scratch->vector, 0,
           (size_t)smaller(layer->outputs, layer->inputs) * sizeof *scratch->vector);
    return PRECISION(operator_norm)(layer->outputs, layer->inputs, weights, limits, scratch->vector,
                                    scratch->work);
}

/* Work for a matrix of these sizes beside those before; false where it does not fit. */
static bool need_norm(int64_t rows, int64_t columns, int64_t *largest)
{
    int64_t doubles = 0;
    if (!operator_norm_work(rows, columns, &doubles))
        return false;
    *largest = larger(*largest, doubles);
    return true;
}

static bool need_norms_of_layers(const dense_network *network, int64_t *largest)
{
    bool fits = true;
    for (int64_t l = 0; l < network->layer_count; l++)
        fits = fits && need_norm(network->layers[l].outputs, network->layers[l].inputs, largest);
    return fits;
}

static void lay_out_norms(struct arena *arena, const dense_network *network,
                          struct norm_scratch *scratch)
{
    scratch->work = arena_take(arena, scratch->largest, 1, 1, sizeof(double));
    scratch->vector = arena_take(arena, network->extents.widest, 1, 1, sizeof(double));
}

static dirichlet_status take_scratch(dense_network *network, bool fits, const struct arena *counted,
                                     struct dense_memory *memory)
{
    if (!fits || counted->overflow)
        return message_fail(&network->message, DIRICHLET_E_OVERFLOW,
                            "layers: the memory of a spectral norm exceeds the address space");
    memory->bytes = counted->used;
    memory->block = allocator_take(&network->allocator, (size_t)memory->bytes);
    if (memory->block == NULL)
        return message_fail(&network->message, DIRICHLET_E_MEMORY,
                            "no memory for spectral norms, %lld bytes", (long long)memory->bytes);
    return DIRICHLET_OK;
}

static void give_scratch(const dense_network *network, struct dense_memory memory)
{
    allocator_give(&network->allocator, memory.block, (size_t)memory.bytes);
}

/* A product of upper bounds, itself one; it is 0 only if a factor is. */
static double product_above(const struct wide_product *product)
{
    const double value = wide_product_value(product);
    return product->fraction > 0.0 && value < DBL_MIN ? DBL_MIN : value;
}

/* The upper end of a norm may be infinite: 0 times it is 0 all the same. */
static void multiply_above(struct wide_product *product, double bound)
{
    if (product->fraction == 0.0 || bound == 0.0) {
        product->fraction = isnan(product->fraction) || isnan(bound) ? (double)NAN : 0.0;
        return;
    }
    wide_product_multiply(product, bound);
    wide_product_multiply(product, 1.0 + 2.0 * DBL_EPSILON);
}

static double lipschitz_of(const struct dense_layer *layer)
{
    double largest = 0.0;
    for (int64_t o = 0; o < (layer->activation.by_unit ? layer->outputs : 1); o++) {
        const double lipschitz = dense_activation_lipschitz(activation_of(layer, o));
        if (!(lipschitz <= largest))
            largest = lipschitz;
        if (isnan(largest))
            break;
    }
    return largest;
}

static void measure_layers(const dense_network *network, struct operator_norm_limits limits,
                           const struct norm_scratch *scratch, double *norms, int32_t *converged,
                           double *lipschitz_upper_bound)
{
    struct wide_product bound = wide_product_of_none();
    for (int64_t l = 0; l < network->layer_count; l++) {
        const struct dense_layer *layer = &network->layers[l];
        const struct operator_norm norm = norm_of_layer(layer, limits, scratch);
        norms[l] = norm.value;
        if (converged != NULL)
            converged[l] = norm.converged;
        multiply_above(&bound, norm.upper);
        multiply_above(&bound, lipschitz_of(layer));
    }
    if (lipschitz_upper_bound != NULL)
        *lipschitz_upper_bound = product_above(&bound);
}

static dirichlet_status call_spectral_norms(dense_network *network,
                                            const dirichlet_spectral_options *options,
                                            double *norms, int32_t *converged,
                                            double *lipschitz_upper_bound)
{
    struct operator_norm_limits limits;
    struct norm_scratch scratch = {0};
    struct dense_memory memory = {0};
    struct arena counter = {0};
    if (norms == NULL)
        return message_fail(&network->message, DIRICHLET_E_NULL, "norms is NULL");
    dirichlet_status status = spectral_options_read(options, &limits, &network->message);
    if (status != DIRICHLET_OK)
        return status;
    const bool fits = need_norms_of_layers(network, &scratch.largest);
    lay_out_norms(&counter, network, &scratch);
    status = take_scratch(network, fits, &counter, &memory);
    if (status != DIRICHLET_OK)
        return status;
    struct arena arena = {memory.block, 0, false};
    lay_out_norms(&arena, network, &scratch);
    measure_layers(network, limits, &scratch, norms, converged, lipschitz_upper_bound);
    give_scratch(network, memory);
    return DIRICHLET_OK;
}

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

static void run_transfer(dense_network *network, const struct norm_scratch *scratch,
                         struct dense_transfer *transfer, int64_t samples, const real *x)
{
    const struct operator_norm_limits limits = {OPERATOR_NORM_TOLERANCE, OPERATOR_NORM_ITERATIONS};
    const struct dense_chain *chain = chain_in_double(network);
    const struct needs needs = needs_of_gradient(network, chain, samples);
    const double raised = raised_for_sums(network);
    for (int64_t l = 0; l < network->layer_count; l++)
        transfer->norms[l] = raised * norm_of_layer(&network->layers[l], limits, scratch).upper;
    begin_chain(network, chain, &needs);
    for (int64_t first = 0; first < samples; first += network->workspace.sizes.tile) {
        const int64_t tile = tile_at(network, first, samples);
        chain->forward(network, tile, x + first * network->inputs);
        PRECISION(dense_transfer_tile)(network, transfer, tile);
        transfer->input_side += tile;
        transfer->parameter_side += tile;
        transfer->factors += tile * network->layer_count;
    }
}

static dirichlet_status call_transfer(dense_network *network, int64_t samples, const real *x,
                                      double *input_side, double *parameter_side, double *factors)
{
    struct dense_transfer transfer = {
        .input_side = input_side, .parameter_side = parameter_side, .factors = factors};
    struct norm_scratch scratch = {0};
    struct dense_memory memory = {0};
    struct arena counter = {0};
    const struct array_argument arrays[] = {
        {"x", x, 1, network->inputs, sizeof *x},
        {"input_side", input_side, 1, 1, sizeof *input_side},
        {"parameter_side", parameter_side, 1, 1, sizeof *parameter_side},
        {"factors", factors, 1, network->layer_count, sizeof *factors}};
    dirichlet_status status = check_call(network, samples, 1, arrays, 4);
    if (status != DIRICHLET_OK || samples == 0)
        return status;
    const bool fits = need_transfer(network, &scratch.largest);
    lay_out_transfer(&counter, network, &scratch, &transfer);
    status = take_scratch(network, fits, &counter, &memory);
    if (status != DIRICHLET_OK)
        return status;
    struct arena arena = {memory.block, 0, false};
    lay_out_transfer(&arena, network, &scratch, &transfer);
    run_transfer(network, &scratch, &transfer, samples, x);
    give_scratch(network, memory);
    return DIRICHLET_OK;
}

#endif
