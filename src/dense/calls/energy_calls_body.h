/* The public calls about energies, and the same by a given plan. */
#ifndef DIRICHLET_DENSE_ENERGY_CALLS_BODY_H
#define DIRICHLET_DENSE_ENERGY_CALLS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "dense/calls/calls_body.h"
#include "dense/network/call_needs_body.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dense/plan/gradient_plan.h"
#include "dense/workspace/chains_body.h"
#include "dense/workspace/choose_body.h"
#include "dense/workspace/needs_body.h"
#include "dense/workspace/reserve_body.h"
#include "dense/workspace/workspace_body.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"

/* Begin a call by a plan; where its ends cannot be made, by the direct one. */
static const struct dense_chain *begin_plan(dense_network *network,
                                            const dirichlet_dense_plan *plan, int64_t samples)
{
    const struct dense_chain *chain = chain_of_plan(network, plan);
    const struct needs needs = needs_of_plan(network, chain, plan);
    network->plan = *plan;
    network->plan.direct_samples = 0;
    begin_chain(network, chain, &needs);
    if (chain->prepare(network))
        return chain;
    const dirichlet_dense_plan direct = dense_plan_direct(&network->shape, samples);
    chain = begin_plan(network, &direct, samples);
    network->plan.direct_samples = samples;
    return chain;
}

dirichlet_status PRECISION(dense_make_room)(dense_network *network,
                                            const dirichlet_dense_plan *plan)
{
    const struct dense_chain *chain = chain_of_plan(network, plan);
    const struct needs needs = plan->gradient != 0 ? needs_of_energy_gradient(network, chain, plan)
                                                   : needs_of_plan(network, chain, plan);
    struct dense_memory *memory = &network->workspace_memory;
    struct dense_sizes sizes;
    int64_t bytes = 0;
    const dirichlet_status status = choose_sizes(network, &needs, PTRDIFF_MAX, &sizes, &bytes);
    if (status != DIRICHLET_OK || bytes <= network->reserved)
        return status;
    network->reserved = bytes;
    network->room = larger(network->room, bytes);
    bytes +=
        network->views_bytes + (network->lane_count - 1) * bytes_of_lane(network, &needs, &sizes);
    if (bytes <= memory->bytes)
        return DIRICHLET_OK;
    void *block = allocator_take(&network->allocator, (size_t)bytes);
    if (block == NULL)
        return DIRICHLET_E_MEMORY;
    allocator_give(&network->allocator, memory->block, (size_t)memory->bytes);
    *memory = (struct dense_memory){block, bytes};
    place_views(network);
    return DIRICHLET_OK;
}

/* Energies of a call that has begun, or their sum. */
struct energy_call {
    const struct dense_chain *chain;
    int64_t left; /* samples that are not yet in the sum */
    const real *x;
    double *energies;
    struct running_sum sum;
    double poison;
};

/* The forward pass of a tile that all lanes see, of a quadratic form, by chunks: these have slopes
 * at the first layer alone. */
struct chunk_job {
    dense_network *network;
    const struct dense_chain *chain;
    const real *x; /* of the tile */
    int64_t samples;
};

static dirichlet_status forward_of_chunk(struct lane *lane, int64_t piece, void *argument)
{
    const struct chunk_job *job = argument;
    const struct dense_layer *layer = &job->network->layers[0];
    const struct dense_workspace *own = &view_of(job->network, lane)->workspace;
    dense_network seen = *job->network;
    const int64_t first = piece * seen.workspace.sizes.chunk;
    const size_t before = (size_t)(first * layer->slope_stride) * seen.workspace.carried_size;
    seen.workspace.forward = own->forward;
    seen.workspace.gathered = own->gathered;
    seen.workspace.doubtful += first;
    seen.workspace.poison += first;
    seen.workspace.slopes = (unsigned char *)seen.workspace.slopes + before;
    job->chain->forward(&seen, smaller(job->samples - first, seen.workspace.sizes.chunk),
                        job->x + first * seen.inputs);
    return DIRICHLET_OK;
}

static bool is_in_chunks(const dense_network *network)
{
    return network->workspace.sizes.patterns == 0 &&
           dense_plan_is_quadratic(&network->shape, &network->plan);
}

/* Before the energies of a tile. */
static void forward_for_energies(dense_network *view, const struct energy_call *call, int64_t first,
                                 int64_t samples)
{
    const real *x = call->x + first * view->inputs;
    struct chunk_job job = {view, call->chain, x, samples};
    if (is_in_chunks(view))
        (void)run_pieces(view, ceiling(samples, view->workspace.sizes.chunk), forward_of_chunk,
                         &job);
    else
        call->chain->forward(view, samples, x);
}

static dirichlet_status energies_of_tile(dense_network *view, int64_t slot, int64_t first,
                                         int64_t samples, void *call)
{
    const struct energy_call *energies = call;
    (void)slot;
    forward_for_energies(view, energies, first, samples);
    energies->chain->energies(view, samples, 1, NULL, energies->energies + first);
    return DIRICHLET_OK;
}

dirichlet_status PRECISION(dense_energies_by)(dense_network *network,
                                              const dirichlet_dense_plan *plan, int64_t samples,
                                              const real *x, double *energies)
{
    struct energy_call call = {.x = x, .energies = energies};
    struct tiles tiles = {.samples = samples, .function = energies_of_tile, .call = &call};
    call.chain = begin_plan(network, plan, samples);
    tiles.serial = is_in_chunks(network);
    return for_tiles(network, &tiles);
}

static dirichlet_status sum_of_tile(dense_network *view, int64_t slot, int64_t first,
                                    int64_t samples, void *call)
{
    const struct energy_call *energies = call;
    struct running_sum running = {0};
    forward_for_energies(view, energies, first, samples);
    energies->chain->energies(view, samples, 1, NULL, view->workspace.energies);
    for (int64_t s = 0; s < samples; s++)
        add_term(&running, view->workspace.energies[s]);
    view->workspace.sums[slot] = running;
    return DIRICHLET_OK;
}

static dirichlet_status add_up_sums(dense_network *network, int64_t slots, void *call)
{
    struct energy_call *energies = call;
    for (int64_t i = 0; i < slots; i++) {
        const struct running_sum *sum = &network->workspace.sums[i];
        add_term(&energies->sum, sum->sum);
        energies->sum.lost += sum->lost;
    }
    return DIRICHLET_OK;
}

static dirichlet_status sum_of_energies(dense_network *network, const struct dense_chain *chain,
                                        int64_t samples, const real *x, double *sum)
{
    struct energy_call call = {.chain = chain, .x = x};
    const struct tiles tiles = {.samples = samples,
                                .function = sum_of_tile,
                                .add_up = add_up_sums,
                                .call = &call,
                                .slots = network->workspace.sizes.slots,
                                .serial = is_in_chunks(network)};
    const dirichlet_status status = for_tiles(network, &tiles);
    *sum = total_of(&call.sum);
    return status;
}

static dirichlet_status total_of_tile(dense_network *view, int64_t slot, int64_t first,
                                      int64_t samples, void *argument)
{
    const struct energy_call *call = argument;
    struct running_sum poison = {0};
    const struct part_before before = enter_part(view, slot);
    call->chain->forward(view, samples, call->x + first * view->inputs);
    for (int64_t s = 0; s < samples; s++)
        poison.sum += view->workspace.poison[s];
    if (before.total != NULL)
        call->chain->clear_total(view);
    call->chain->add_to_total(view, slot * view->workspace.sizes.tile, samples);
    leave_part(view, slot, &before);
    view->workspace.sums[slot] = poison;
    return DIRICHLET_OK;
}

static dirichlet_status add_up_totals(dense_network *network, int64_t slots, void *argument)
{
    struct energy_call *call = argument;
    const struct dense_workspace *w = &network->workspace;
    const int64_t samples = smaller(call->left, slots * w->sizes.tile);
    for (int64_t i = 0; i < slots; i++) {
        call->poison += w->sums[i].sum;
        if (w->sizes.parts > 0)
            call->chain->add_total(network, w->parts[i].total);
    }
    if (w->sizes.patterns > 0)
        call->chain->count_patterns(network, samples);
    call->left -= samples;
    return network->pool;
}

/* Of patterns, as many tiles as there is room for; they share no word of 64 samples, or one comes
 * after the other. */
static struct tiles tiles_of_sum(const dense_network *network, int64_t samples, void *call)
{
    const struct dense_sizes *sizes = &network->workspace.sizes;
    struct tiles tiles = tiles_with_parts(network, samples, total_of_tile, add_up_totals, call);
    if (sizes->patterns > 0) {
        tiles.slots = smaller(sizes->slots, sizes->patterns / sizes->tile);
        tiles.serial = sizes->tile % 64 != 0;
    }
    return tiles;
}

/* *trusted: no digits were lost. */
static dirichlet_status sum_by_products(dense_network *network, const struct dense_chain *chain,
                                        int64_t samples, const real *x, double *sum, bool *trusted)
{
    struct energy_call call = {.chain = chain, .x = x, .left = samples};
    const struct tiles tiles = tiles_of_sum(network, samples, &call);
    const dirichlet_status status = for_tiles(network, &tiles);
    if (status != DIRICHLET_OK)
        return status;
    *trusted = chain->read_total(network, sum) || isnan(call.poison);
    *sum += call.poison;
    return DIRICHLET_OK;
}

dirichlet_status PRECISION(dense_energy_sum_by)(dense_network *network,
                                                const dirichlet_dense_plan *plan, int64_t samples,
                                                const real *x, double *sum)
{
    const struct dense_chain *chain = begin_plan(network, plan, samples);
    bool trusted = false;
    if (network->plan.sum == 0)
        return sum_of_energies(network, chain, samples, x, sum);
    const dirichlet_status status = sum_by_products(network, chain, samples, x, sum, &trusted);
    if (status != DIRICHLET_OK || trusted)
        return status;
    const dirichlet_dense_plan other = choose_plan(network, samples, false);
    chain = begin_plan(network, &other, samples);
    return sum_of_energies(network, chain, samples, x, sum);
}

static dirichlet_status check_energies(dense_network *network, int64_t samples, const real *x,
                                       const char *name, const double *results)
{
    const struct array_argument arrays[] = {{"x", x, 1, network->inputs, sizeof *x},
                                            {name, results, 1, 1, sizeof *results}};
    return check_call(network, samples, 1, arrays, 2);
}

static dirichlet_status call_energies(dense_network *network, int64_t samples, const real *x,
                                      double *energies)
{
    const dirichlet_status status = check_energies(network, samples, x, "energies", energies);
    if (status != DIRICHLET_OK || samples == 0)
        return status;
    const dirichlet_dense_plan plan = plan_of_call(network, samples, false);
    return PRECISION(dense_energies_by)(network, &plan, samples, x, energies);
}

static dirichlet_status call_energy_sum(dense_network *network, int64_t samples, const real *x,
                                        double *sum)
{
    const dirichlet_status status = check_energies(network, samples, x, "sum", sum);
    if (status != DIRICHLET_OK)
        return status;
    if (sum == NULL)
        return message_fail(&network->message, DIRICHLET_E_NULL, "sum is NULL");
    if (samples == 0) {
        *sum = 0.0;
        return DIRICHLET_OK;
    }
    const dirichlet_dense_plan plan = plan_of_call(network, samples, true);
    return PRECISION(dense_energy_sum_by)(network, &plan, samples, x, sum);
}

static dirichlet_status call_product_norms(dense_network *network, int64_t samples,
                                           int64_t directions, const real *x, const real *u,
                                           double *norms)
{
    const struct array_argument vectors = {"u", u, directions, network->outputs, sizeof *u};
    const struct array_argument results = {"norms", norms, directions, 1, sizeof *norms};
    const dirichlet_status status =
        check_products(network, samples, directions, x, vectors, results);
    if (status != DIRICHLET_OK || samples == 0)
        return status;
    const struct dense_chain *chain = chain_of_cotangents(network);
    network->plan = choose_norms_plan(network, samples, directions);
    struct needs needs = needs_of_norms(network, chain, &network->plan);
    begin_chain(network, chain, &needs);
    if (!chain->prepare(network)) {
        network->plan.lower_end = DIRICHLET_DENSE_END_DIRECT;
        network->plan.direct_samples = samples;
        begin_chain(network, chain, &needs);
    }
    struct product_call call = {chain, chain->norms, x, vectors, results, norms};
    return run_tiles(network, &call, samples);
}

static dirichlet_status call_energy_plan(dense_network *network, int64_t samples, int32_t sum,
                                         dirichlet_dense_plan *plan)
{
    struct message *message = &network->message;
    if (plan == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "plan is NULL");
    if (samples < 0)
        return message_fail(message, DIRICHLET_E_RANGE, "samples is %lld: it must be >= 0",
                            (long long)samples);
    if (sum != 0 && sum != 1)
        return message_fail(message, DIRICHLET_E_RANGE, "sum is %d: it must be 0 or 1", (int)sum);
    dirichlet_dense_plan chosen = choose_plan(network, samples, sum != 0);
    const struct needs needs = needs_of_plan(network, chain_of_plan(network, &chosen), &chosen);
    struct dense_sizes sizes;
    (void)choose_shared_sizes(network, &needs, &sizes, &chosen.bytes);
    return versioned_struct_write(&chosen, sizeof chosen, plan, plan->struct_size, "plan", message);
}

dirichlet_status PRECISION(dirichlet_dense_last_plan)(const dense_network *network,
                                                      dirichlet_dense_plan *plan)
{
    if (network == NULL || plan == NULL)
        return DIRICHLET_E_NULL;
    return versioned_struct_write(&network->plan, sizeof network->plan, plan, plan->struct_size,
                                  "plan", NULL);
}

static dirichlet_status describe_plan(const dense_network *network,
                                      const dirichlet_dense_plan *plan, char *text, size_t size)
{
    dirichlet_dense_plan own;
    const dirichlet_status status =
        versioned_struct_read(&own, sizeof own, plan, plan->struct_size, "plan", NULL);
    if (status != DIRICHLET_OK)
        return status;
    dirichlet_dense_plan counted = own;
    bool exists = false;
    if (own.gradient != 0)
        exists = dense_plan_is_of_gradient(&network->shape, &own);
    else if (own.norms != 0)
        exists = dense_plan_is_of_norms(&network->shape, &own);
    else
        exists = dense_plan_count(&network->shape, own.samples, &counted);
    if (!exists)
        return DIRICHLET_E_SHAPE;
    dense_plan_describe(&network->shape, &own, text, size);
    return DIRICHLET_OK;
}

#endif
