/* A small network to make mistakes with: 4 -> 3 -> 5 -> 2, tanh, relu, identity. */
#ifndef DIRICHLET_UNIT_DENSE_FIXTURE_BODY_H
#define DIRICHLET_UNIT_DENSE_FIXTURE_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"
#include "dirichlet/version.h"
#include "support/check.h"

#define FIXTURE_LAYERS 3
#define FIXTURE_INPUTS 4
#define FIXTURE_OUTPUTS 2

typedef PRECISION(dirichlet_dense) network_handle;
typedef PRECISION(dirichlet_dense_layer) layer_view;
typedef PRECISION(dirichlet_dense_gradient) gradient_view;
typedef PRECISION(dirichlet_dense_tangent) tangent_view;

struct fixture {
    layer_view layers[FIXTURE_LAYERS];
    dirichlet_dense_options options;
    real weights[FIXTURE_LAYERS][15];
    real biases[FIXTURE_LAYERS][5];
};

/* Reproducible numbers between -1 and 1 (Park and Miller 1988). */
static double next_number(uint64_t *state)
{
    *state = *state * 48271 % 2147483647;
    return (double)*state / 1073741823.5 - 1.0;
}

static void fill(real *values, int64_t count, uint64_t seed)
{
    uint64_t state = seed;
    for (int64_t i = 0; i < count; i++)
        values[i] = (real)next_number(&state);
}

static layer_view plain_layer(int64_t inputs, int64_t outputs, const real *weights,
                              const real *bias, dirichlet_activation activation)
{
    return (layer_view){.struct_size = sizeof(layer_view),
                        .inputs = inputs,
                        .outputs = outputs,
                        .weights = weights,
                        .output_stride = inputs,
                        .input_stride = 1,
                        .bias = bias,
                        .bias_stride = 1,
                        .activation = activation};
}

static void make_fixture(struct fixture *f)
{
    static const int64_t widths[] = {4, 3, 5, 2};
    static const dirichlet_activation activations[] = {
        DIRICHLET_ACTIVATION_TANH, DIRICHLET_ACTIVATION_RELU, DIRICHLET_ACTIVATION_IDENTITY};
    memset(f, 0, sizeof *f);
    f->options.struct_size = sizeof f->options;
    for (int l = 0; l < FIXTURE_LAYERS; l++) {
        fill(f->weights[l], 15, (uint64_t)(17 + l));
        fill(f->biases[l], 5, (uint64_t)(170 + l));
        f->layers[l] =
            plain_layer(widths[l], widths[l + 1], f->weights[l], f->biases[l], activations[l]);
    }
}

static network_handle *create_or_fail(const layer_view *layers, int64_t count,
                                      const dirichlet_dense_options *options)
{
    network_handle *network = NULL;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    const dirichlet_status status =
        PRECISION(dirichlet_dense_create)(layers, count, options, &network, &error);
    CHECK_IN(status == DIRICHLET_OK, "create: %s", error.message);
    CHECK(network != NULL);
    CHECK(error.message[0] == '\0');
    return network;
}

static inline network_handle *create_fixture(struct fixture *f)
{
    make_fixture(f);
    return create_or_fail(f->layers, FIXTURE_LAYERS, NULL);
}

/* Is a as close to b as the build allows? Bit for bit without a BLAS. */
static bool agrees(double a, double b, double scale)
{
    if (strcmp(dirichlet_blas_name(), "none") == 0)
        return memcmp(&a, &b, sizeof a) == 0;
    return fabs(a - b) <= 64.0 * (double)REAL_EPSILON * (fabs(b) + scale);
}

static inline void check_agreement(const real *a, const real *b, int64_t count, const char *what)
{
    double scale = 0.0;
    for (int64_t i = 0; i < count; i++)
        scale = fabs((double)b[i]) > scale ? fabs((double)b[i]) : scale;
    for (int64_t i = 0; i < count; i++)
        CHECK_IN(agrees((double)a[i], (double)b[i], scale), "%s[%lld]: %.17g and %.17g", what,
                 (long long)i, (double)a[i], (double)b[i]);
}

static inline void check_doubles(const double *a, const double *b, int64_t count, const char *what)
{
    for (int64_t i = 0; i < count; i++)
        CHECK_IN(agrees(a[i], b[i], 0.0), "%s[%lld]: %.17g and %.17g", what, (long long)i, a[i],
                 b[i]);
}

/* The same arrays as directions. */
static inline void view_tangents(const gradient_view *views, int64_t count, tangent_view *tangents)
{
    for (int64_t l = 0; l < count; l++)
        tangents[l] = (tangent_view){.struct_size = sizeof *tangents,
                                     .weights = views[l].weights,
                                     .output_stride = views[l].output_stride,
                                     .input_stride = views[l].input_stride,
                                     .bias = views[l].bias,
                                     .bias_stride = views[l].bias_stride};
}

/* The energy penalty's value as a number, which NULL says is not wanted. */
static inline dirichlet_status penalty_of(network_handle *network, int64_t samples, const real *x,
                                          const dirichlet_dense_penalty_options *options,
                                          double strength, const gradient_view *views,
                                          int64_t count, double *value)
{
    dirichlet_penalty_result result = {.struct_size = sizeof result,
                                       .value = value == NULL ? 0.0 : *value};
    const dirichlet_status status = PRECISION(dirichlet_dense_energy_penalty)(
        network, samples, x, options, strength, views, count, value == NULL ? NULL : &result);
    if (value != NULL)
        *value = result.value;
    return status;
}

#endif
