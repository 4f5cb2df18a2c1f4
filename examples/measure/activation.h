/* An activation as --activation says it: NAME, NAME:P, clamp:P:Q, and each with scales and the
 * derivative at kinks behind it, as in sin:s=30 or relu:kink=inside. */
#ifndef EXAMPLES_MEASURE_ACTIVATION_H
#define EXAMPLES_MEASURE_ACTIVATION_H

#include <dirichlet/dirichlet.h>

#include "problem.h"

struct activation {
    dirichlet_activation kind;
    dirichlet_kink kink;
    double parameter; /* where has_number */
    double second;
    double input_scale; /* 0: 1 */
    double output_scale;
    const char *text; /* as it was given */
    int has_number;
};

/* 0, or -1 with the problem, which names the option. The text is kept. */
int activation_read(const char *option, const char *text, struct activation *activation,
                    struct problem *problem);

/* Its name alone. */
const char *activation_name(const struct activation *activation);

/* Whether it is one of those that have a default, which the library has to be told from 0. */
int activation_has_default(const struct activation *activation);

/* Whether --activation-parameter is for it: one of them, without a number of its own. */
int activation_takes_parameter(const struct activation *activation);

#endif
