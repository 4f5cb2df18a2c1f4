#include "dense/activation.h"

#include <math.h>
#include <stddef.h>

#define SQRT_HALF 0.70710678118654752440
#define INVERSE_SQRT_TWO_PI 0.39894228040143267794
/* gelu_tanh: z/2 (1 + tanh(s (z + c z^3))), s = sqrt(2/pi). */
#define GELU_TANH_SLOPE 0.79788456080286535588
#define GELU_TANH_CUBIC 0.044715

/* Value and derivatives at one point. */
struct jet {
    double value;
    double derivative;
    double second;
};

typedef struct jet (*dense_jet_function)(double z, double parameter);

static struct jet relu(double z, double parameter)
{
    (void)parameter;
    return (struct jet){z > 0.0 ? z : 0.0, z > 0.0 ? 1.0 : 0.0, 0.0};
}

static struct jet leaky_relu(double z, double slope)
{
    return (struct jet){z > 0.0 ? z : slope * z, z > 0.0 ? 1.0 : slope, 0.0};
}

static struct jet elu(double z, double scale)
{
    if (z > 0.0)
        return (struct jet){z, 1.0, 0.0};
    const double slope = scale * exp(z);
    return (struct jet){scale * expm1(z), slope, slope};
}

/* Both tails of Phi come from erfc, which keeps its relative accuracy there. */
static struct jet gelu(double z, double parameter)
{
    (void)parameter;
    const double phi = 0.5 * erfc(-SQRT_HALF * z);
    const double density = INVERSE_SQRT_TWO_PI * exp(-0.5 * z * z);
    /* Where the density is 0, so is what it is multiplied by, also if z^2 overflows. */
    const double second = density > 0.0 ? (2.0 - z * z) * density : 0.0;
    return (struct jet){z * phi, phi + z * density, second};
}

/* With e = exp(-|z|) <= 1 nothing overflows and no tail cancels; a'' = a' (1 - 2 a). */
static struct jet sigmoid(double z, double parameter)
{
    (void)parameter;
    const double e = exp(-fabs(z));
    const double large = 1.0 / (1.0 + e);
    const double slope = e * large * large;
    return (struct jet){z >= 0.0 ? large : e * large, slope,
                        copysign(slope * (1.0 - e) * large, -z)};
}

/* z s(u) with s the sigmoid and u an odd function of z with derivatives du and ddu. */
static struct jet gated(double z, double u, double du, double ddu)
{
    const struct jet s = sigmoid(u, 0.0);
    if (!(s.derivative > 0.0)) /* s is flat there, also if a power of z overflows */
        return (struct jet){z * s.value, s.value, 0.0};
    return (struct jet){z * s.value, s.value + z * s.derivative * du,
                        2.0 * s.derivative * du + z * (s.second * du * du + s.derivative * ddu)};
}

/* (1 + tanh u) / 2 = sigmoid(2 u), which keeps the negative tail. */
static struct jet gelu_tanh(double z, double parameter)
{
    const double square = GELU_TANH_CUBIC * z * z;
    const double slope = 2.0 * GELU_TANH_SLOPE;
    (void)parameter;
    return gated(z, slope * z * (1.0 + square), slope * (1.0 + 3.0 * square),
                 slope * 6.0 * GELU_TANH_CUBIC * z);
}

static struct jet silu(double z, double parameter)
{
    (void)parameter;
    return gated(z, z, 1.0, 0.0);
}

static struct jet softplus(double z, double parameter)
{
    const double positive = z > 0.0 ? z : 0.0;
    const struct jet s = sigmoid(z, parameter);
    return (struct jet){positive + log1p(exp(-fabs(z))), s.value, s.derivative};
}

/* With e = exp(-2 |z|): tanh |z| = (1 - e) / (1 + e), which cancels only near 0, and the
 * derivative 4 e / (1 + e)^2, where 1 - tanh^2 would cancel far from 0. */
static struct jet hyperbolic_tangent(double z, double parameter)
{
    (void)parameter;
    const double e = exp(-2.0 * fabs(z));
    const double inverse = 1.0 / (1.0 + e);
    const double value = e < 0.5 ? copysign((1.0 - e) * inverse, z) : tanh(z);
    const double slope = 4.0 * e * inverse * inverse;
    return (struct jet){value, slope, -2.0 * value * slope};
}

static struct jet sine(double z, double parameter)
{
    (void)parameter;
    const double value = sin(z);
    return (struct jet){value, cos(z), -value};
}

struct activation_entry {
    dirichlet_activation kind;
    dense_jet_function jet;   /* NULL: identity */
    double default_parameter; /* 0: it has none */
};

static const struct activation_entry table[] = {
    {DIRICHLET_ACTIVATION_IDENTITY, NULL, 0.0},
    {DIRICHLET_ACTIVATION_RELU, relu, 0.0},
    {DIRICHLET_ACTIVATION_LEAKY_RELU, leaky_relu, 0.01},
    {DIRICHLET_ACTIVATION_ELU, elu, 1.0},
    {DIRICHLET_ACTIVATION_GELU, gelu, 0.0},
    {DIRICHLET_ACTIVATION_GELU_TANH, gelu_tanh, 0.0},
    {DIRICHLET_ACTIVATION_SILU, silu, 0.0},
    {DIRICHLET_ACTIVATION_SOFTPLUS, softplus, 0.0},
    {DIRICHLET_ACTIVATION_TANH, hyperbolic_tangent, 0.0},
    {DIRICHLET_ACTIVATION_SIGMOID, sigmoid, 0.0},
    {DIRICHLET_ACTIVATION_SIN, sine, 0.0},
};

static const struct activation_entry *find(dirichlet_activation kind)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].kind == kind)
            return &table[i];
    return NULL;
}

dirichlet_status dense_activation_read(dirichlet_activation kind, double parameter,
                                       const char *layer, struct dense_activation *out,
                                       struct message *message)
{
    const struct activation_entry *entry = find(kind);
    if (entry == NULL)
        return message_fail(message, DIRICHLET_E_CONSTANT, "%s.activation is %d: no such constant",
                            layer, (int)kind);
    if (!(parameter >= 0.0) || !isfinite(parameter))
        return message_fail(message, DIRICHLET_E_RANGE,
                            "%s.activation_parameter is %g: it must be finite and >= 0", layer,
                            parameter);
    if (parameter > 0.0 && !(entry->default_parameter > 0.0))
        return message_fail(message, DIRICHLET_E_RANGE,
                            "%s.activation_parameter is %g: this activation has none, set 0", layer,
                            parameter);
    out->kind = kind;
    out->parameter = parameter > 0.0 ? parameter : entry->default_parameter;
    return DIRICHLET_OK;
}

bool dense_activation_is_identity(struct dense_activation activation)
{
    return activation.kind == DIRICHLET_ACTIVATION_IDENTITY;
}

enum dense_bend dense_activation_bend(struct dense_activation activation)
{
    switch (activation.kind) {
    case DIRICHLET_ACTIVATION_IDENTITY: return DENSE_BEND_NONE;
    case DIRICHLET_ACTIVATION_RELU:
    case DIRICHLET_ACTIVATION_LEAKY_RELU: return DENSE_BEND_KINK;
    default: return DENSE_BEND_SMOOTH;
    }
}

/* relu is so cheap that a call for every element would show: this loop vectorizes. */
static void apply_relu(int64_t count, double *z, double *derivatives, double *bends)
{
    for (int64_t i = 0; bends != NULL && i < count; i++)
        bends[i] = 0.0;
    for (int64_t i = 0; derivatives != NULL && i < count; i++)
        derivatives[i] = z[i] > 0.0 ? 1.0 : 0.0;
    for (int64_t i = 0; i < count; i++)
        z[i] = (z[i] > 0.0 ? z[i] : 0.0) + 0.0 * z[i];
}

/* 0 z is 0 for every finite z and NaN otherwise. */
void dense_activation_apply(struct dense_activation activation, int64_t count, double *z,
                            double *derivatives, double *bends)
{
    const dense_jet_function function = find(activation.kind)->jet;
    if (function == NULL)
        return;
    if (function == relu) {
        apply_relu(count, z, derivatives, bends);
        return;
    }
    for (int64_t i = 0; i < count; i++) {
        const struct jet jet = function(z[i], activation.parameter);
        z[i] = jet.value + 0.0 * z[i];
        if (derivatives != NULL)
            derivatives[i] = jet.derivative;
        if (bends != NULL)
            bends[i] = jet.second;
    }
}
