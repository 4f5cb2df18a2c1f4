/* How the weights of one layer are drawn. */
#ifndef DIRICHLET_RANDOM_INITIALIZATION_H
#define DIRICHLET_RANDOM_INITIALIZATION_H

#include <stdint.h>

#include "core/interface/message.h"
#include "dirichlet/random.h"
#include "dirichlet/status.h"

struct initialization {
    dirichlet_distribution distribution;
    uint64_t key;
    uint64_t layer;
    double deviation;  /* of a weight */
    double bias_bound; /* biases are uniform on +- this */
};

/* Check the options (NULL: defaults) for a layer with inputs and outputs >= 1. `largest` is that
 * of the precision. */
dirichlet_status initialization_read(const dirichlet_initialization_options *given, int64_t layer,
                                     int64_t inputs, int64_t outputs, double largest,
                                     struct initialization *out, struct message *message);

/* Weights of `output` from the inputs first .. first + count - 1, first even. */
void initialization_draw(const struct initialization *initialization, int64_t output, int64_t first,
                         int64_t count, double *weights);

double initialization_bias(const struct initialization *initialization, int64_t output);

#endif
