/* Tables of callbacks of one precision: `real` and PRECISION(name). Exported functions of Go know
 * no const, and take the handle for the number that it is. */
#ifndef GODIRICHLET_MODEL_BODY_H
#define GODIRICHLET_MODEL_BODY_H

#include "table.h"

#include "_cgo_export.h"

#ifndef PRECISION
#define real double
#define PRECISION(name) name##_f64
#endif

static int32_t DIRICHLET_CALL forward(int64_t first, int64_t samples, int64_t points, const real *x,
                                      real *y, void *user)
{
    return godirichletForward((uintptr_t)user, first, samples, points, (void *)x, y);
}

static int32_t DIRICHLET_CALL jvp(int64_t first, int64_t samples, int64_t directions, const real *x,
                                  const real *v, real *jv, void *user)
{
    return godirichletJVP((uintptr_t)user, first, samples, directions, (void *)x, (void *)v, jv);
}

static int32_t DIRICHLET_CALL vjp(int64_t first, int64_t samples, int64_t directions, const real *x,
                                  const real *u, real *jtu, void *user)
{
    return godirichletVJP((uintptr_t)user, first, samples, directions, (void *)x, (void *)u, jtu);
}

static int32_t DIRICHLET_CALL energies(int64_t first, int64_t samples, const real *x, double *of,
                                       void *user)
{
    return godirichletEnergies((uintptr_t)user, first, samples, (void *)x, of);
}

static int32_t DIRICHLET_CALL product_norms(int64_t first, int64_t samples, int64_t directions,
                                            const real *x, const real *u, double *norms, void *user)
{
    return godirichletProductNorms((uintptr_t)user, first, samples, directions, (void *)x,
                                   (void *)u, norms);
}

static int32_t DIRICHLET_CALL parameter_vjp(int64_t first, int64_t samples, int64_t points,
                                            const real *x, const real *cotangents, void *user)
{
    return godirichletParameterVJP((uintptr_t)user, first, samples, points, (void *)x,
                                   (void *)cotangents);
}

static int32_t DIRICHLET_CALL prepare(int64_t first, int64_t samples, const real *x, void *user)
{
    return godirichletPrepare((uintptr_t)user, first, samples, (void *)x);
}

typedef PRECISION(dirichlet_model) table;

const table *PRECISION(godirichlet_table)(const godirichlet_model *model, table *filled)
{
    if (model->table != NULL)
        return model->table;
    *filled = (table){
        .struct_size = sizeof *filled,
        .inputs = model->inputs,
        .outputs = model->outputs,
        .max_samples = model->max_samples,
        .max_directions = model->max_directions,
        .ignores_first = model->ignores_first,
        .concurrent = model->concurrent,
        .forward = model->forward ? forward : NULL,
        .jvp = model->jvp ? jvp : NULL,
        .vjp = model->vjp ? vjp : NULL,
        .energies = model->energies ? energies : NULL,
        .product_norms = model->product_norms ? product_norms : NULL,
        .parameter_vjp = model->parameter_vjp ? parameter_vjp : NULL,
        .prepare = model->prepare ? prepare : NULL,
        .user = (void *)model->functions,
    };
    if (model->network != NULL)
        PRECISION(dirichlet_dense_model)(model->network, filled);
    return filled;
}

#endif
