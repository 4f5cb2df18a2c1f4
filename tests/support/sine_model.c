#include "support/sine_model.h"

#include <string.h>

#include "dirichlet/estimator.h"

struct sine sine_make(int64_t inputs, int64_t outputs)
{
    struct sine sine;
    memset(&sine, 0, sizeof sine);
    sine.inputs = inputs;
    sine.outputs = outputs;
    sine_data_f64(SINE_MOST, 17, sine.matrix);
    return sine;
}

#define NAMED(name) DIRICHLET_METHOD_##name
const struct arrangement arrangements[ARRANGEMENT_COUNT] = {
    {"exact, energies", NAMED(EXACT), SINE_ENERGIES, 0, 5, 3},
    {"exact, norms", NAMED(EXACT), SINE_NORMS, 0, 5, 3},
    {"exact, vjp", NAMED(EXACT), SINE_VJP, 0, 5, 3},
    {"exact, jvp", NAMED(EXACT), SINE_JVP, 0, 5, 3},
    {"rademacher, norms", NAMED(RADEMACHER), SINE_NORMS, 3, 5, 4},
    {"rademacher, vjp", NAMED(RADEMACHER), SINE_VJP, 3, 5, 4},
    {"rademacher, jvp", NAMED(RADEMACHER), SINE_JVP, 3, 5, 4},
    {"sphere, norms", NAMED(SPHERE), SINE_NORMS, 3, 5, 4},
    {"sphere, vjp", NAMED(SPHERE), SINE_VJP, 3, 5, 4},
    {"sphere, jvp", NAMED(SPHERE), SINE_JVP, 3, 5, 4},
    {"gaussian, norms", NAMED(GAUSSIAN), SINE_NORMS, 3, 5, 4},
    {"gaussian, vjp", NAMED(GAUSSIAN), SINE_VJP, 3, 5, 4},
    {"gaussian, jvp", NAMED(GAUSSIAN), SINE_JVP, 3, 5, 4},
    {"orthogonal, norms", NAMED(ORTHOGONAL), SINE_NORMS, 3, 5, 4},
    {"orthogonal, vjp", NAMED(ORTHOGONAL), SINE_VJP, 3, 5, 4},
    {"orthogonal, jvp", NAMED(ORTHOGONAL), SINE_JVP, 3, 5, 4},
    {"unit, norms", NAMED(UNIT), SINE_NORMS, 3, 5, 4},
    {"unit, vjp", NAMED(UNIT), SINE_VJP, 3, 5, 4},
    {"unit, jvp", NAMED(UNIT), SINE_JVP, 3, 5, 4},
    {"hutchpp, vjp first", NAMED(HUTCHPP), SINE_VJP | SINE_JVP, 7, 5, 4},
    {"hutchpp, jvp first", NAMED(HUTCHPP), SINE_VJP | SINE_JVP, 7, 4, 5},
    {"finite differences, coordinates", NAMED(FINITE_DIFFERENCE), SINE_FORWARD,
     DIRICHLET_PROBES_ALL, 5, 3},
    {"finite differences, signs", NAMED(FINITE_DIFFERENCE), SINE_FORWARD, 3, 5, 3}};
