/* For the files of C here that call functions of both precisions. */
#ifndef GODIRICHLET_EITHER_H
#define GODIRICHLET_EITHER_H

#include <stddef.h>

#include "precision.h"

#define BY_PRECISION(function, ...)                                                                \
    (single ? function##_f32(__VA_ARGS__) : function##_f64(__VA_ARGS__))

/* Structs of the two precisions differ only in what their pointers point to: those of double are
 * filled, and stand for both. */
_Static_assert(sizeof(dirichlet_dense_layer_f32) == sizeof(dirichlet_dense_layer_f64) &&
                   sizeof(dirichlet_dense_gradient_f32) == sizeof(dirichlet_dense_gradient_f64) &&
                   sizeof(dirichlet_dense_tangent_f32) == sizeof(dirichlet_dense_tangent_f64) &&
                   sizeof(dirichlet_batch_f32) == sizeof(dirichlet_batch_f64) &&
                   sizeof(dirichlet_loss_f32) == sizeof(dirichlet_loss_f64) &&
                   sizeof(dirichlet_parameter_f32) == sizeof(dirichlet_parameter_f64),
               "structs of one layout in both precisions");

/* Element `index` of an array; NULL if there is no array, or the index is -1. */
static inline void *at(int single, const element *array, int64_t index)
{
    if (array == NULL || index < 0)
        return NULL;
    return (element *)array + index * (int64_t)(single ? sizeof(float) : sizeof(double));
}

static inline dirichlet_batch_f64 batch_of(godirichlet_batch batch)
{
    return (dirichlet_batch_f64){.struct_size = sizeof(dirichlet_batch_f64),
                                 .samples = batch.samples,
                                 .row_stride = batch.row_stride,
                                 .x = (const void *)batch.x,
                                 .weights = batch.weights,
                                 .indices = batch.indices,
                                 .groups = batch.groups,
                                 .energies = batch.energies,
                                 .deviations = batch.deviations};
}

#endif
