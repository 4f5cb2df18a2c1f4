#include "model.h"

#include "_cgo_export.h"

/* The callbacks of both precisions. Exported functions of Go know no const, and take the handle
 * for the number that it is. */
#define CALLBACKS(real, precision)                                                                 \
    static int32_t forward_##precision(int64_t samples, const real *x, real *y, void *user)        \
    {                                                                                              \
        return godirichletForward((uintptr_t)user, samples, (void *)x, y);                         \
    }                                                                                              \
    static int32_t jvp_##precision(int64_t samples, int64_t directions, const real *x,             \
                                   const real *v, real *jv, void *user)                            \
    {                                                                                              \
        return godirichletJVP((uintptr_t)user, samples, directions, (void *)x, (void *)v, jv);     \
    }                                                                                              \
    static int32_t vjp_##precision(int64_t samples, int64_t directions, const real *x,             \
                                   const real *u, real *jtu, void *user)                           \
    {                                                                                              \
        return godirichletVJP((uintptr_t)user, samples, directions, (void *)x, (void *)u, jtu);    \
    }                                                                                              \
    static dirichlet_status create_##precision(const godirichlet_model *model,                     \
                                               const dirichlet_estimator_options *options,         \
                                               dirichlet_estimator **out, char *message)           \
    {                                                                                              \
        dirichlet_model_##precision table = {.struct_size = sizeof table};                         \
        table.inputs = model->inputs;                                                              \
        table.outputs = model->outputs;                                                            \
        table.max_samples = model->max_samples;                                                    \
        table.max_directions = model->max_directions;                                              \
        table.forward = model->forward ? forward_##precision : NULL;                               \
        table.jvp = model->jvp ? jvp_##precision : NULL;                                           \
        table.vjp = model->vjp ? vjp_##precision : NULL;                                           \
        table.user = (void *)model->functions;                                                     \
        if (model->network != NULL)                                                                \
            dirichlet_dense_model_##precision(model->network, &table);                             \
        const dirichlet_model_##precision *given = model->table != NULL ? model->table : &table;   \
        return dirichlet_estimator_create_##precision(given, options, out, message,                \
                                                      DIRICHLET_MESSAGE_SIZE);                     \
    }

CALLBACKS(float, f32)
CALLBACKS(double, f64)

dirichlet_status godirichlet_create(int single, const godirichlet_model *model,
                                    const dirichlet_estimator_options *options,
                                    dirichlet_estimator **out, char *message)
{
    return single ? create_f32(model, options, out, message)
                  : create_f64(model, options, out, message);
}
