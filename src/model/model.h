/* Tables of callbacks, checked and copied. */
#ifndef DIRICHLET_MODEL_MODEL_H
#define DIRICHLET_MODEL_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/interface/message.h"
#include "dirichlet/model.h"
#include "dirichlet/status.h"

/* What a model offers, whatever its precision. */
struct model_offer {
    int64_t inputs;
    int64_t outputs;
    int64_t max_samples;    /* INT64_MAX: any */
    int64_t max_directions; /* INT64_MAX: any */
    bool forward;
    bool jvp;
    bool vjp;
    bool energies;
    bool product_norms;
    bool parameter_vjp;
    bool prepare;
    bool ignores_first;
    bool concurrent;
};

/* Copy a caller's table after checking every field. */
dirichlet_status model_read_f64(const dirichlet_model_f64 *given, dirichlet_model_f64 *copy,
                                struct model_offer *offer, struct message *message);
dirichlet_status model_read_f32(const dirichlet_model_f32 *given, dirichlet_model_f32 *copy,
                                struct model_offer *offer, struct message *message);

#endif
