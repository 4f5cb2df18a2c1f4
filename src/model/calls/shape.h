/* What the callbacks of model.h take and give, by their names in check.h. */
#ifndef DIRICHLET_MODEL_SHAPE_H
#define DIRICHLET_MODEL_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "dirichlet/check.h"

/* x holds several points of a sample. */
static inline bool callback_has_points(dirichlet_callback callback)
{
    return callback == DIRICHLET_CALLBACK_FORWARD || callback == DIRICHLET_CALLBACK_PARAMETER_VJP;
}

static inline bool callback_is_product(dirichlet_callback callback)
{
    return callback == DIRICHLET_CALLBACK_JVP || callback == DIRICHLET_CALLBACK_VJP ||
           callback == DIRICHLET_CALLBACK_PRODUCT_NORMS;
}

/* Length of a direction or cotangent; 0: there are none. */
static inline int64_t callback_given_size(dirichlet_callback callback, int64_t inputs,
                                          int64_t outputs)
{
    if (callback == DIRICHLET_CALLBACK_JVP)
        return inputs;
    return callback_is_product(callback) || callback == DIRICHLET_CALLBACK_PARAMETER_VJP ? outputs
                                                                                         : 0;
}

/* Elements of a row of output; 0: there is none. */
static inline int64_t callback_output_size(dirichlet_callback callback, int64_t inputs,
                                           int64_t outputs)
{
    switch (callback) {
    case DIRICHLET_CALLBACK_FORWARD:
    case DIRICHLET_CALLBACK_JVP: return outputs;
    case DIRICHLET_CALLBACK_VJP: return inputs;
    case DIRICHLET_CALLBACK_ENERGIES:
    case DIRICHLET_CALLBACK_PRODUCT_NORMS: return 1;
    default: return 0;
    }
}

#endif
