/* The elementwise functions between the layers, c a(s z). */
#ifndef DIRICHLET_DENSE_ACTIVATION_H
#define DIRICHLET_DENSE_ACTIVATION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/interface/message.h"
#include "dense/activation/jet.h"
#include "dirichlet/status.h"

/* Check and complete what a caller's layer says: its kind, kink, parameter, second and scales, 0
 * where a scale is 1, and by_unit. Numbers that count must be 0 or of a size between least and
 * most, those that the layer's precision has. `layer` is its name for the message. */
dirichlet_status dense_activation_read(struct dense_activation given, double least, double most,
                                       const char *layer, struct dense_activation *out,
                                       struct message *message);

/* What the derivative is: 1; one of two values, the same for all units; piecewise constant; or
 * anything. */
enum dense_bend { DENSE_BEND_NONE, DENSE_BEND_KINK, DENSE_BEND_STEPS, DENSE_BEND_SMOOTH };
enum dense_bend dense_activation_bend(struct dense_activation activation);

/* The identity needs no derivative and no pass over the data. */
bool dense_activation_is_identity(struct dense_activation activation);

/* Is it linear on each side of 0? Then it has these derivatives, which all are numbers. */
bool dense_activation_is_linear_by_sides(struct dense_activation activation);
struct dense_sides {
    double above;
    double below;
    double at; /* z = 0 */
};
struct dense_sides dense_activation_sides(struct dense_activation activation);

/* Value and derivatives at one z. */
struct dense_jet dense_activation_at(const struct dense_activation *activation, double z);

/* Replace z by a(z), and write a'(z) and a''(z) unless `derivatives` or `bends` is NULL. At a
 * kink a'' is that of the side that a' is taken from, or the mean.
 *
 * Always in double, for both precisions. A NaN or infinite z becomes NaN, so that no
 * saturated unit hides it: the outputs of the network then tell. */
void dense_activation_apply(struct dense_activation activation, int64_t count, double *z,
                            double *derivatives, double *bends);

#endif
