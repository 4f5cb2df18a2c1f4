/* The elementwise functions between the layers. */
#ifndef DIRICHLET_DENSE_ACTIVATION_H
#define DIRICHLET_DENSE_ACTIVATION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/message.h"
#include "dirichlet/dense.h"

struct dense_activation {
    dirichlet_activation kind;
    double parameter; /* slope of leaky_relu where z <= 0, scale of elu, never the 0 that means
                         default; 0 of the others, for relu that very slope */
};

/* Read one from a caller's layer; `layer` is its name for the message. */
dirichlet_status dense_activation_read(dirichlet_activation kind, double parameter,
                                       const char *layer, struct dense_activation *out,
                                       struct message *message);

/* What the derivative is: 1, piecewise constant, or anything. */
enum dense_bend { DENSE_BEND_NONE, DENSE_BEND_KINK, DENSE_BEND_SMOOTH };
enum dense_bend dense_activation_bend(struct dense_activation activation);

/* The identity needs no derivative and no pass over the data. */
bool dense_activation_is_identity(struct dense_activation activation);

/* Replace z by a(z), and write a'(z) and a''(z) unless `derivatives` or `bends` is NULL. At a
 * kink a'' is 0, as automatic differentiation has it.
 *
 * Always in double, for both precisions. A NaN or infinite z becomes NaN, so that no
 * saturated unit hides it: the outputs of the network then tell. */
void dense_activation_apply(struct dense_activation activation, int64_t count, double *z,
                            double *derivatives, double *bends);

#endif
