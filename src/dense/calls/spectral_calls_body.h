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
#include "core/lent/lanes.h"
#include "core/lent/listener.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "core/matrix/operator_norm.h"
#include "core/matrix/spectral_options.h"
#include "dense/calls/calls_body.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/network_body.h"
#include "dense/network/views_body.h"
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

static void lay_out_scratch(struct arena *arena, const dense_network *network, int64_t largest,
                            struct norm_scratch *scratch)
{
    scratch->largest = largest;
    scratch->work = arena_take(arena, scratch->largest, 1, 1, sizeof(double));
    scratch->vector = arena_take(arena, network->extents.widest, 1, 1, sizeof(double));
}

/* That of so many lanes; on an arena without memory it is only counted. */
static struct norm_scratch *lay_out_norms(struct arena *arena, const dense_network *network,
                                          int64_t lanes, int64_t largest)
{
    struct norm_scratch counted;
    struct norm_scratch *all = arena_take(arena, lanes, 1, 1, sizeof *all);
    for (int64_t i = 0; i < lanes; i++)
        lay_out_scratch(arena, network, largest, all == NULL ? &counted : &all[i]);
    return all;
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

/* What the caller wants of the norms, and whom it is told to. */
struct norms_call {
    struct operator_norm_limits limits;
    struct listener listener;
    dirichlet_spectral_result *norms;
    dirichlet_dense_lipschitz *lipschitz;
};

/* Norms of the layers before this one are there. */
static dirichlet_status tell_of_layers(const struct norms_call *call, int64_t done, int64_t total,
                                       double lower)
{
    const dirichlet_progress progress = {
        .samples = done, .total = total, .value = done > 0 ? lower : NAN};
    return listener_tell(&call->listener, progress);
}

/* Searches that are shared by lanes, each with scratch of its own. */
struct norms_job {
    dense_network *network;
    struct operator_norm_limits limits;
    const struct norm_scratch *scratch; /* (lanes) */
    struct operator_norm *found;
    int64_t first; /* layer */
};

static dirichlet_status norm_piece(struct lane *lane, int64_t piece, void *argument)
{
    const struct norms_job *job = argument;
    const int64_t l = job->first + piece;
    job->found[l] =
        norm_of_layer(&job->network->layers[l], job->limits, &job->scratch[lane->index]);
    return DIRICHLET_OK;
}

/* Lanes that there are layers for. */
static int64_t lanes_of_norms(const dense_network *network)
{
    return smaller(network->lane_count, network->layer_count);
}

/* As many layers at a time as there are lanes; before them it is told how far it has come. */
static dirichlet_status measure_layers(const struct norms_call *call, struct norms_job *job)
{
    dense_network *network = job->network;
    const int64_t count = network->layer_count;
    const int64_t lanes = lanes_of_norms(network);
    dirichlet_status status = DIRICHLET_OK;
    double lower = 0.0;
    for (; status == DIRICHLET_OK && job->first < count; job->first += lanes) {
        const int64_t layers = smaller(lanes, count - job->first);
        status = call == NULL ? DIRICHLET_OK : tell_of_layers(call, job->first, count, lower);
        if (status == DIRICHLET_OK)
            status = run_on_lanes(network, network->lane, lanes, layers, norm_piece, job);
        for (int64_t l = job->first; status == DIRICHLET_OK && l < job->first + layers; l++)
            lower = fmax(lower, job->found[l].lower);
    }
    return status;
}

static void hand_out_norms(const dense_network *network, const struct norms_call *call,
                           const struct operator_norm *found)
{
    for (int64_t l = 0; call->norms != NULL && l < network->layer_count; l++) {
        const dirichlet_spectral_result out = {.struct_size = sizeof out,
                                               .norm = found[l].value,
                                               .lower = found[l].lower,
                                               .upper = found[l].upper,
                                               .iterations = found[l].iterations,
                                               .converged = found[l].converged};
        versioned_struct_write_element(&out, sizeof out, call->norms, l);
    }
}

static void hand_out_lipschitz(const dense_network *network, const struct norms_call *call,
                               const struct operator_norm *found)
{
    dirichlet_dense_lipschitz out = {.struct_size = sizeof out, .converged = 1};
    struct wide_product bound = wide_product_of_none();
    if (call->lipschitz == NULL)
        return;
    for (int64_t l = 0; l < network->layer_count; l++) {
        multiply_above(&bound, found[l].upper);
        multiply_above(&bound, lipschitz_of(&network->layers[l]));
        out.converged = out.converged && found[l].converged;
    }
    out.upper_bound = product_above(&bound);
    (void)versioned_struct_write(&out, sizeof out, call->lipschitz, call->lipschitz->struct_size,
                                 "lipschitz", NULL);
}

/* Elements of results must be as large as the first says. */
static dirichlet_status check_norms_call(dense_network *network, const struct norms_call *call)
{
    struct message *message = &network->message;
    dirichlet_status status = DIRICHLET_OK;
    if (call->norms == NULL && call->lipschitz == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "norms and lipschitz are NULL");
    for (int64_t l = 0; call->norms != NULL && status == DIRICHLET_OK && l < network->layer_count;
         l++)
        status = versioned_struct_check_element(call->norms, l, "norms", message);
    if (status == DIRICHLET_OK && call->lipschitz != NULL)
        status = versioned_struct_check(call->lipschitz->struct_size, "lipschitz", message);
    return status;
}

/* Everything has been checked. */
static dirichlet_status run_norms(dense_network *network, const struct norms_call *call)
{
    struct norms_job job = {.network = network, .limits = call->limits};
    struct dense_memory memory = {0};
    struct arena arena = {0};
    int64_t largest = 0;
    const int64_t lanes = lanes_of_norms(network);
    const bool fits = need_norms_of_layers(network, &largest);
    (void)lay_out_norms(&arena, network, lanes, largest);
    (void)arena_take(&arena, network->layer_count, 1, 1, sizeof *job.found);
    dirichlet_status status = take_scratch(network, fits, &arena, &memory);
    if (status != DIRICHLET_OK)
        return status;
    arena = (struct arena){memory.block, 0, false};
    job.scratch = lay_out_norms(&arena, network, lanes, largest);
    job.found = arena_take(&arena, network->layer_count, 1, 1, sizeof *job.found);
    network->busy = true;
    status = measure_layers(call, &job);
    network->busy = false;
    if (status == DIRICHLET_OK) {
        hand_out_norms(network, call, job.found);
        hand_out_lipschitz(network, call, job.found);
    }
    give_scratch(network, memory);
    return status;
}

static dirichlet_status call_spectral_norms(dense_network *network,
                                            const dirichlet_spectral_options *options,
                                            dirichlet_spectral_result *norms,
                                            dirichlet_dense_lipschitz *lipschitz)
{
    struct norms_call call = {.norms = norms, .lipschitz = lipschitz};
    call.listener.environment = network->allocator.caller;
    call.listener.message = &network->message;
    dirichlet_status status = check_free(network);
    if (status == DIRICHLET_OK)
        status = check_norms_call(network, &call);
    if (status == DIRICHLET_OK)
        status = spectral_options_read(options, &call.limits, &call.listener, &network->message);
    return status == DIRICHLET_OK ? run_norms(network, &call) : status;
}

#endif
