/* Value and two derivatives of each activation a(u), before scales, at any u; see the table in
 * activation.c. */
#ifndef DIRICHLET_DENSE_JET_H
#define DIRICHLET_DENSE_JET_H

#include <stdbool.h>

#include "core/arithmetic/arithmetic.h"
#include "dirichlet/activation.h"

struct dense_jet {
    double value;
    double derivative;
    double second;
};

/* An activation of a layer. */
struct dense_activation {
    dirichlet_activation kind;
    dirichlet_kink kink;
    double parameter;     /* never the 0 that means default. Where a(u) is linear on each side of 0:
                             its slope below; of elu and selu the scale there; of clamp the lower end */
    double second;        /* of clamp the upper end */
    double input_scale;   /* s, never 0 */
    double output_scale;  /* c, likewise */
    bool by_unit;         /* each unit has its own parameter */
    bool parameter_given; /* as it was asked for: 0 is 0 */
    double lower, upper;  /* kinks: between them a(u) is the entry's inner function */
    const struct dense_activation_entry *entry; /* of the table in activation.c */
};

typedef struct dense_jet dense_jet_function(double u, const struct dense_activation *activation);

/* jet_smooth.c */
dense_jet_function dense_jet_gelu, dense_jet_gelu_tanh, dense_jet_silu, dense_jet_mish,
    dense_jet_softplus, dense_jet_tanh, dense_jet_softsign, dense_jet_sigmoid, dense_jet_sin;

/* jet_kinked.c: where the activation is one function, and outside. */
dense_jet_function dense_jet_line;  /* u */
dense_jet_function dense_jet_slope; /* parameter u */
dense_jet_function dense_jet_zero;  /* 0 */
dense_jet_function dense_jet_square, dense_jet_exponential, dense_jet_selu_line, dense_jet_ends,
    dense_jet_hard_sigmoid, dense_jet_hard_sigmoid_ends, dense_jet_hard_swish,
    dense_jet_hard_swish_ends;

/* selu: lambda and lambda alpha (Klambauer et al. 2017). */
#define DENSE_SELU_SCALE 1.0507009873554804935
#define DENSE_SELU_NEGATIVE 1.7580993408473768600

#endif
