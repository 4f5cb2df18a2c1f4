/* The model of Go as a table of C, in both precisions. */
#ifndef GODIRICHLET_TABLE_H
#define GODIRICHLET_TABLE_H

#include "model.h"

/* The table of the model: the one that it has, or *filled. */
const dirichlet_model_f32 *godirichlet_table_f32(const godirichlet_model *model,
                                                 dirichlet_model_f32 *filled);
const dirichlet_model_f64 *godirichlet_table_f64(const godirichlet_model *model,
                                                 dirichlet_model_f64 *filled);

/* Room for a table of either precision. */
typedef union godirichlet_either {
    dirichlet_model_f32 f32;
    dirichlet_model_f64 f64;
} godirichlet_either;

static inline const void *table_of(int single, const godirichlet_model *model,
                                   godirichlet_either *filled)
{
    return single ? (const void *)godirichlet_table_f32(model, &filled->f32)
                  : (const void *)godirichlet_table_f64(model, &filled->f64);
}

#endif
