/* What both grids of cases are made of: every activation, and widths. */
#ifndef DIRICHLET_ACCURACY_GRID_BODY_H
#define DIRICHLET_ACCURACY_GRID_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dense_case_body.h"
#include "dirichlet/activation.h"

static const struct {
    const char *name;
    dirichlet_activation kind;
    double parameter;
    double second;
    double input_scale;
    double output_scale;
    bool by_unit;    /* a slope for each unit, in place of the parameter */
    int64_t deepest; /* 0: of any depth */
} activations[] = {
    {"identity", DIRICHLET_ACTIVATION_IDENTITY, 0, 0, 0, 0, false, 0},
    {"relu", DIRICHLET_ACTIVATION_RELU, 0, 0, 0, 0, false, 0},
    {"leaky_relu", DIRICHLET_ACTIVATION_LEAKY_RELU, 0.2, 0, 0, 0, false, 0},
    {"elu", DIRICHLET_ACTIVATION_ELU, 1.5, 0, 0, 0, false, 0},
    {"gelu", DIRICHLET_ACTIVATION_GELU, 0, 0, 0, 0, false, 0},
    {"gelu_tanh", DIRICHLET_ACTIVATION_GELU_TANH, 0, 0, 0, 0, false, 0},
    {"silu", DIRICHLET_ACTIVATION_SILU, 0, 0, 0, 0, false, 0},
    {"softplus", DIRICHLET_ACTIVATION_SOFTPLUS, 0, 0, 0, 0, false, 0},
    {"tanh", DIRICHLET_ACTIVATION_TANH, 0, 0, 0, 0, false, 0},
    {"sigmoid", DIRICHLET_ACTIVATION_SIGMOID, 0, 0, 0, 0, false, 0},
    {"sin", DIRICHLET_ACTIVATION_SIN, 0, 0, 0, 0, false, 0},
    {"line s c", DIRICHLET_ACTIVATION_IDENTITY, 0, 0, -1.3, 0.6, false, 4},
    {"relu s c", DIRICHLET_ACTIVATION_RELU, 0, 0, -1.7, 0.6, false, 4},
    {"prelu", DIRICHLET_ACTIVATION_PRELU, -0.4, 0, 0, 0, false, 4},
    {"prelu s c", DIRICHLET_ACTIVATION_PRELU, 1.6, 0, -0.8, -1.1, false, 4},
    {"prelu units", DIRICHLET_ACTIVATION_PRELU, 0, 0, 0, 0, true, 6},
    {"relu squared", DIRICHLET_ACTIVATION_RELU_SQUARED, 0, 0, 0.8, 0, false, 3},
    {"clamp", DIRICHLET_ACTIVATION_CLAMP, -1.5, 3, 0.8, 1.1, false, 6},
    {"hard_sigmoid", DIRICHLET_ACTIVATION_HARD_SIGMOID, 0, 0, 1.2, 4, false, 3},
    {"hard_swish", DIRICHLET_ACTIVATION_HARD_SWISH, 0, 0, 0, 0, false, 4},
    {"selu", DIRICHLET_ACTIVATION_SELU, 0, 0, 0, 0, false, 4},
    {"mish", DIRICHLET_ACTIVATION_MISH, 0, 0, 0, 0, false, 4},
    {"softsign", DIRICHLET_ACTIVATION_SOFTSIGN, 0, 0, 0, 0, false, 4},
    {"swish 1.7", DIRICHLET_ACTIVATION_SILU, 0, 0, 1.702, 1 / 1.702, false, 4},
    {"logsigmoid", DIRICHLET_ACTIVATION_SOFTPLUS, 0, 0, -1, -1, false, 4},
    {"sin 3", DIRICHLET_ACTIVATION_SIN, 0, 0, 3, 0, false, 3},
};

#define ACTIVATION_COUNT (sizeof activations / sizeof activations[0])

static void set_activation(size_t which, struct dense_case *c)
{
    c->activation = activations[which].kind;
    c->parameter = activations[which].parameter;
    c->second = activations[which].second;
    c->input_scale = activations[which].input_scale;
    c->output_scale = activations[which].output_scale;
    c->by_unit = activations[which].by_unit;
}

/* The variants of an activation pass through the same chains as the activation itself: by default
 * they are shallow. */
#ifdef DIRICHLET_LONG_TESTS
#define IN_FULL true
#define DEEPEST_VARIANT 6
#else
#define IN_FULL false
#define DEEPEST_VARIANT 2
#endif

static bool is_too_deep(size_t which, int64_t depth)
{
    const int64_t deepest = activations[which].deepest;
    return deepest > 0 && (depth > deepest || depth > DEEPEST_VARIANT);
}

/* d, width of the hidden layers, k. */
struct widths {
    int64_t inputs, hidden, outputs;
};

/* Work of the reference for one sample, in multiplications: that of the hidden layers, for forward
 * pass, Jacobian and gradient. */
static double reference_work(struct widths w, int64_t depth)
{
    const double hidden = (double)w.hidden * (double)w.hidden * (double)(depth - 2);
    return depth < 2 ? 0.0 : hidden * (double)(w.inputs + 4);
}

#endif
