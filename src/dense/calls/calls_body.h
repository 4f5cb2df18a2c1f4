/* The public calls: arguments checked, then tile by tile. */
#ifndef DIRICHLET_DENSE_CALLS_BODY_H
#define DIRICHLET_DENSE_CALLS_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/compensated.h"
#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/layers_body.h"
#include "dense/network/network_body.h"
#include "dense/rows/narrow_body.h"
#include "dense/tiles/parts_body.h"
#include "dense/tiles/tiles_body.h"
#include "dense/workspace/chains_body.h"
#include "dense/workspace/needs_body.h"
#include "dense/workspace/workspace_body.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"

/* An array of a call. */
struct array_argument {
    const char *name;
    const void *data;
    int64_t vectors; /* a sample */
    int64_t width;   /* of each */
    size_t element_size;
};

static dirichlet_status check_array(const struct array_argument *array, int64_t samples,
                                    struct message *message)
{
    int64_t bytes = 0;
    if (array->data == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "%s is NULL", array->name);
    if (!size_of_array(samples, array->vectors, array->width, array->element_size, &bytes))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "%s: %lld samples of %lld x %lld elements exceed the address space",
                            array->name, (long long)samples, (long long)array->vectors,
                            (long long)array->width);
    return DIRICHLET_OK;
}

/* A call from a callback would take the workspace away from the call in progress. */
static dirichlet_status check_free(dense_network *network)
{
    if (network->busy)
        return message_fail(&network->message, DIRICHLET_E_BUSY,
                            "the network is in use: a callback or a pool must not call it");
    return DIRICHLET_OK;
}

static dirichlet_status check_call(dense_network *network, int64_t samples, int64_t directions,
                                   const struct array_argument *arrays, int count)
{
    struct message *message = &network->message;
    dirichlet_status status = check_free(network);
    if (status != DIRICHLET_OK)
        return status;
    if (samples < 0)
        return message_fail(message, DIRICHLET_E_RANGE, "samples is %lld: it must be >= 0",
                            (long long)samples);
    if (directions < 1)
        return message_fail(message, DIRICHLET_E_RANGE, "directions is %lld: it must be >= 1",
                            (long long)directions);
    for (int i = 0; i < count && samples > 0 && status == DIRICHLET_OK; i++)
        status = check_array(&arrays[i], samples, message);
    return status;
}

static void add_term(struct running_sum *running, double term)
{
    add_with_rest(&running->sum, &running->lost, term);
}

static double total_of(const struct running_sum *running)
{
    return isfinite(running->sum) ? running->sum + running->lost : running->sum;
}

static void begin_chain(dense_network *network, const struct dense_chain *chain,
                        const struct needs *needs)
{
    begin_call(network, needs);
    chain->begin(network);
}

/* Vectors of every sample through a chain, in a call that has begun. */
struct product_call {
    const struct dense_chain *chain;
    dense_chain_function *function;
    const real *x;
    struct array_argument vectors;
    struct array_argument results;
    void *out;
};

static dirichlet_status forward_of_tile(dense_network *view, int64_t slot, int64_t first,
                                        int64_t samples, void *call)
{
    const struct product_call *forward = call;
    const int64_t most = view->workspace.sizes.chunk;
    (void)slot;
    for (int64_t i = first; i < first + samples; i += most) {
        const struct dense_batch batch = {0, smaller(first + samples - i, most), NULL};
        const double *outputs =
            PRECISION(dense_forward_batch)(view, batch, forward->x + i * view->inputs);
        narrow(batch.samples * view->outputs, outputs, (real *)forward->out + i * view->outputs);
    }
    return DIRICHLET_OK;
}

static dirichlet_status call_forward(dense_network *network, int64_t samples, const real *x,
                                     real *y)
{
    const struct array_argument arrays[] = {{"x", x, 1, network->inputs, sizeof *x},
                                            {"y", y, 1, network->outputs, sizeof *y}};
    const dirichlet_status status = check_call(network, samples, 1, arrays, 2);
    if (status != DIRICHLET_OK || samples == 0)
        return status;
    const struct needs needs = needs_of_products(network, chain_of_cotangents(network), samples, 1);
    begin_call(network, &needs);
    struct product_call call = {.x = x, .out = y};
    const struct tiles tiles = {.samples = samples, .function = forward_of_tile, .call = &call};
    return for_tiles(network, &tiles);
}

static dirichlet_status products_of_tile(dense_network *view, int64_t slot, int64_t first,
                                         int64_t samples, void *call)
{
    const struct product_call *products = call;
    const struct array_argument *vectors = &products->vectors;
    const struct array_argument *results = &products->results;
    const int64_t vector_size = vectors->vectors * vectors->width;
    const size_t result_bytes = (size_t)(results->vectors * results->width) * results->element_size;
    (void)slot;
    products->chain->forward(view, samples, products->x + first * view->inputs);
    products->function(view, samples, vectors->vectors,
                       (const real *)vectors->data + first * vector_size,
                       (unsigned char *)products->out + (size_t)first * result_bytes);
    return DIRICHLET_OK;
}

static dirichlet_status run_tiles(dense_network *network, struct product_call *call,
                                  int64_t samples)
{
    const struct tiles tiles = {.samples = samples, .function = products_of_tile, .call = call};
    return for_tiles(network, &tiles);
}

static dirichlet_status check_products(dense_network *network, int64_t samples, int64_t directions,
                                       const real *x, struct array_argument vectors,
                                       struct array_argument results)
{
    const struct array_argument arrays[] = {
        {"x", x, 1, network->inputs, sizeof *x}, results, vectors};
    return check_call(network, samples, directions, arrays, 3);
}

/* A whole call of products: checked, laid out, tile by tile. */
static dirichlet_status run_products(dense_network *network, const struct dense_chain *chain,
                                     dense_chain_function *function, int64_t samples, const real *x,
                                     struct array_argument vectors, struct array_argument results,
                                     real *out)
{
    const int64_t directions = vectors.vectors;
    const dirichlet_status status =
        check_products(network, samples, directions, x, vectors, results);
    if (status != DIRICHLET_OK || samples == 0)
        return status;
    const struct needs needs = needs_of_products(network, chain, samples, directions);
    begin_chain(network, chain, &needs);
    struct product_call call = {chain, function, x, vectors, results, out};
    return run_tiles(network, &call, samples);
}

static dirichlet_status call_jvp(dense_network *network, int64_t samples, int64_t directions,
                                 const real *x, const real *v, real *jv)
{
    const struct array_argument vectors = {"v", v, directions, network->inputs, sizeof *v};
    const struct array_argument results = {"jv", jv, directions, network->outputs, sizeof *jv};
    const struct dense_chain *chain = chain_of_tangents(network);
    return run_products(network, chain, chain->jvp, samples, x, vectors, results, jv);
}

static dirichlet_status call_vjp(dense_network *network, int64_t samples, int64_t directions,
                                 const real *x, const real *u, real *jtu)
{
    const struct array_argument vectors = {"u", u, directions, network->outputs, sizeof *u};
    const struct array_argument results = {"jtu", jtu, directions, network->inputs, sizeof *jtu};
    const struct dense_chain *chain = chain_of_cotangents(network);
    return run_products(network, chain, chain->vjp, samples, x, vectors, results, jtu);
}

/* Gradients or tangents, one for every layer in use, to `out`. */
static dirichlet_status read_views(dense_network *network, const char *name, const void *views,
                                   int64_t count, struct dense_gradient *out)
{
    struct message *message = &network->message;
    dirichlet_status status = DIRICHLET_OK;
    if (views == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "%s is NULL", name);
    if (count != network->layer_count)
        return message_fail(message, DIRICHLET_E_SHAPE,
                            "gradient_count is %lld, the layers in use are %lld", (long long)count,
                            (long long)network->layer_count);
    for (int64_t l = 0; l < count && status == DIRICHLET_OK; l++)
        status = read_gradient(name, views, l, &network->layers[l], &out[l], message);
    return status;
}

static dirichlet_status read_gradients(dense_network *network, const public_gradient *gradients,
                                       int64_t count)
{
    return read_views(network, "gradients", gradients, count, network->gradients);
}

#endif
