/* The public functions that compute, each in the default floating-point environment
 * (core/interface/environment.h). */
#ifndef DIRICHLET_DENSE_PUBLIC_BODY_H
#define DIRICHLET_DENSE_PUBLIC_BODY_H

#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/interface/environment.h"
#include "dense/calls/batch_penalty_calls_body.h"
#include "dense/calls/calls_body.h"
#include "dense/calls/energy_calls_body.h"
#include "dense/calls/energy_penalty_calls_body.h"
#include "dense/calls/flatness_calls_body.h"
#include "dense/calls/loss_calls_body.h"
#include "dense/calls/spectral_calls_body.h"
#include "dense/calls/transfer_calls_body.h"
#include "dense/network/layers_body.h"
#include "dense/network/network_body.h"
#include "dirichlet/dense.h"
#include "dirichlet/loss.h"
#include "dirichlet/spectral.h"
#include "dirichlet/status.h"

dirichlet_status PRECISION(dirichlet_dense_forward)(dense_network *network, int64_t samples,
                                                    const real *x, real *y)
{
    if (network == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_begin(&network->allocator.caller, &caller);
    const dirichlet_status status = call_forward(network, samples, x, y);
    environment_end(&network->allocator.caller);
    return status;
}

dirichlet_status PRECISION(dirichlet_dense_jvp)(dense_network *network, int64_t samples,
                                                int64_t directions, const real *x, const real *v,
                                                real *jv)
{
    if (network == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_begin(&network->allocator.caller, &caller);
    const dirichlet_status status = call_jvp(network, samples, directions, x, v, jv);
    environment_end(&network->allocator.caller);
    return status;
}

dirichlet_status PRECISION(dirichlet_dense_vjp)(dense_network *network, int64_t samples,
                                                int64_t directions, const real *x, const real *u,
                                                real *jtu)
{
    if (network == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_begin(&network->allocator.caller, &caller);
    const dirichlet_status status = call_vjp(network, samples, directions, x, u, jtu);
    environment_end(&network->allocator.caller);
    return status;
}

dirichlet_status PRECISION(dirichlet_dense_parameter_vjp)(dense_network *network, int64_t samples,
                                                          const real *x, const real *cotangents,
                                                          double scale,
                                                          const public_gradient *gradients,
                                                          int64_t gradient_count)
{
    if (network == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_begin(&network->allocator.caller, &caller);
    const dirichlet_status status =
        call_parameter_vjp(network, samples, x, cotangents, scale, gradients, gradient_count);
    environment_end(&network->allocator.caller);
    return status;
}

dirichlet_status PRECISION(dirichlet_dense_energies)(dense_network *network, int64_t samples,
                                                     const real *x, double *energies)
{
    if (network == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_begin(&network->allocator.caller, &caller);
    const dirichlet_status status = call_energies(network, samples, x, energies);
    environment_end(&network->allocator.caller);
    return status;
}

dirichlet_status PRECISION(dirichlet_dense_energy_sum)(dense_network *network, int64_t samples,
                                                       const real *x, double *sum)
{
    if (network == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_begin(&network->allocator.caller, &caller);
    const dirichlet_status status = call_energy_sum(network, samples, x, sum);
    environment_end(&network->allocator.caller);
    return status;
}

dirichlet_status PRECISION(dirichlet_dense_product_norms)(dense_network *network, int64_t samples,
                                                          int64_t directions, const real *x,
                                                          const real *u, double *norms)
{
    if (network == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_begin(&network->allocator.caller, &caller);
    const dirichlet_status status = call_product_norms(network, samples, directions, x, u, norms);
    environment_end(&network->allocator.caller);
    return status;
}

dirichlet_status PRECISION(dirichlet_dense_energy_plan)(dense_network *network, int64_t samples,
                                                        int32_t sum, dirichlet_dense_plan *plan)
{
    if (network == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_begin(&network->allocator.caller, &caller);
    const dirichlet_status status = call_energy_plan(network, samples, sum, plan);
    environment_end(&network->allocator.caller);
    return status;
}

dirichlet_status PRECISION(dirichlet_dense_loss_gradient)(dense_network *network, int64_t samples,
                                                          const real *x, const loss_table *loss,
                                                          double scale,
                                                          const public_gradient *gradients,
                                                          int64_t gradient_count, double *value)
{
    if (network == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_begin(&network->allocator.caller, &caller);
    const dirichlet_status status =
        call_loss_gradient(network, samples, x, loss, scale, gradients, gradient_count, value);
    environment_end(&network->allocator.caller);
    return status;
}

dirichlet_status PRECISION(dirichlet_dense_loss_hvp)(dense_network *network, int64_t samples,
                                                     const real *x, const loss_table *loss,
                                                     const public_tangent *tangents, double scale,
                                                     const public_gradient *gradients,
                                                     int64_t gradient_count)
{
    if (network == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_begin(&network->allocator.caller, &caller);
    const dirichlet_status status =
        call_loss_hvp(network, samples, x, loss, tangents, scale, gradients, gradient_count);
    environment_end(&network->allocator.caller);
    return status;
}

dirichlet_status
PRECISION(dirichlet_dense_flatness_penalty)(dense_network *network, int64_t samples, const real *x,
                                            const loss_table *loss, double learning_rate,
                                            double strength, const public_gradient *gradients,
                                            int64_t gradient_count, dirichlet_flatness *result)
{
    if (network == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_begin(&network->allocator.caller, &caller);
    const dirichlet_status status = call_flatness_penalty(
        network, samples, x, loss, learning_rate, strength, gradients, gradient_count, result);
    environment_end(&network->allocator.caller);
    return status;
}

dirichlet_status
PRECISION(dirichlet_dense_energy_penalty)(dense_network *network, int64_t samples, const real *x,
                                          const dirichlet_dense_penalty_options *options,
                                          double strength, const public_gradient *gradients,
                                          int64_t gradient_count, dirichlet_penalty_result *result)
{
    if (network == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_begin(&network->allocator.caller, &caller);
    const dirichlet_status status = call_energy_penalty(network, samples, x, options, strength,
                                                        gradients, gradient_count, result);
    environment_end(&network->allocator.caller);
    return status;
}

dirichlet_status PRECISION(dirichlet_dense_energy_penalty_batch)(
    dense_network *network, const public_batch *batch,
    const dirichlet_dense_penalty_options *options, double strength,
    const public_gradient *gradients, int64_t gradient_count, dirichlet_penalty_result *result)
{
    if (network == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_begin(&network->allocator.caller, &caller);
    const dirichlet_status status =
        call_batch_penalty(network, batch, options, strength, gradients, gradient_count, result);
    environment_end(&network->allocator.caller);
    return status;
}

dirichlet_status PRECISION(dirichlet_dense_spectral_norms)(
    dense_network *network, const dirichlet_spectral_options *options,
    dirichlet_spectral_result *norms, dirichlet_dense_lipschitz *lipschitz)
{
    if (network == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_begin(&network->allocator.caller, &caller);
    const dirichlet_status status = call_spectral_norms(network, options, norms, lipschitz);
    environment_end(&network->allocator.caller);
    return status;
}

dirichlet_status
PRECISION(dirichlet_dense_transfer)(dense_network *network, int64_t samples, const real *x,
                                    const dirichlet_dense_transfer_options *options,
                                    dirichlet_dense_transfer_result *result)
{
    if (network == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_begin(&network->allocator.caller, &caller);
    const dirichlet_status status = call_transfer(network, samples, x, options, result);
    environment_end(&network->allocator.caller);
    return status;
}

dirichlet_status PRECISION(dirichlet_dense_plan_text)(const dense_network *network,
                                                      const dirichlet_dense_plan *plan, char *text,
                                                      size_t size)
{
    if (network == NULL || plan == NULL)
        return DIRICHLET_E_NULL;
    struct environment caller;
    environment_enter(&caller);
    const dirichlet_status status = describe_plan(network, plan, text, size);
    environment_leave(&caller);
    return status;
}

#endif
