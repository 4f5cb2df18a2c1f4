/* A network as a table of callbacks, for the estimator. */
#ifndef DIRICHLET_DENSE_MODEL_BODY_H
#define DIRICHLET_DENSE_MODEL_BODY_H

#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "dense/network/network_body.h"
#include "dirichlet/dense.h"
#include "dirichlet/model.h"
#include "dirichlet/status.h"

static int32_t model_forward(int64_t first, int64_t samples, int64_t points, const real *x, real *y,
                             void *user)
{
    (void)first;
    return PRECISION(dirichlet_dense_forward)(user, samples * points, x, y);
}

static int32_t model_jvp(int64_t first, int64_t samples, int64_t directions, const real *x,
                         const real *v, real *jv, void *user)
{
    (void)first;
    return PRECISION(dirichlet_dense_jvp)(user, samples, directions, x, v, jv);
}

static int32_t model_vjp(int64_t first, int64_t samples, int64_t directions, const real *x,
                         const real *u, real *jtu, void *user)
{
    (void)first;
    return PRECISION(dirichlet_dense_vjp)(user, samples, directions, x, u, jtu);
}

static int32_t model_energies(int64_t first, int64_t samples, const real *x, double *energies,
                              void *user)
{
    (void)first;
    return PRECISION(dirichlet_dense_energies)(user, samples, x, energies);
}

static int32_t model_product_norms(int64_t first, int64_t samples, int64_t directions,
                                   const real *x, const real *u, double *norms, void *user)
{
    (void)first;
    return PRECISION(dirichlet_dense_product_norms)(user, samples, directions, x, u, norms);
}

dirichlet_status PRECISION(dirichlet_dense_model)(dense_network *network,
                                                  PRECISION(dirichlet_model) * model)
{
    if (network == NULL)
        return DIRICHLET_E_NULL;
    if (model == NULL)
        return message_fail(&network->message, DIRICHLET_E_NULL, "model is NULL");
    const PRECISION(dirichlet_model) table = {
        .struct_size = sizeof table,
        .inputs = network->inputs,
        .outputs = network->outputs,
        .ignores_first = 1,
        .forward = model_forward,
        .jvp = model_jvp,
        .vjp = model_vjp,
        .energies = model_energies,
        .product_norms = model_product_norms,
        .user = network,
    };
    return versioned_struct_write(&table, sizeof table, model, model->struct_size, "model",
                                  &network->message);
}

#endif
