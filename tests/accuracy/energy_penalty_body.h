/* dirichlet_energy_penalty against the derivatives of the energies themselves, taken in
 * quadruple precision by central differences of a network that shares nothing with the
 * library. A step as the only argument is used in place of the automatic one. */
#ifndef DIRICHLET_ACCURACY_ENERGY_PENALTY_BODY_H
#define DIRICHLET_ACCURACY_ENERGY_PENALTY_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dense_case_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/model.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "reference.h"
#include "reference_activation.h"

/* What the source files say of their type; these, where this is read alone. */
#ifndef VALUE_BOUND
#define VALUE_BOUND 2e-9
#define GRADIENT_BOUND 5e-9
#endif

#define SAMPLES 3
#define MOST_PARAMETERS 4096

struct trainer {
    PRECISION(dirichlet_dense) * network;
    PRECISION(dirichlet_dense_gradient) views[REFERENCE_LARGEST_DEPTH];
    real gradient[MOST_PARAMETERS];
    int64_t parameters;
};

struct figures {
    double value;    /* relative error of R */
    double gradient; /* of its gradient, in the Euclidean norm */
};

static int32_t network_forward(int64_t first, int64_t samples, int64_t points, const real *x,
                               real *y, void *user)
{
    const struct trainer *trainer = user;
    (void)first;
    return PRECISION(dirichlet_dense_forward)(trainer->network, samples * points, x, y);
}

static int32_t add_parameter_vjp(int64_t first, int64_t samples, int64_t points, const real *x,
                                 const real *cotangents, void *user)
{
    struct trainer *trainer = user;
    (void)first;
    int64_t depth = 0;
    while (depth < REFERENCE_LARGEST_DEPTH && trainer->views[depth].struct_size != 0)
        depth++;
    return PRECISION(dirichlet_dense_parameter_vjp)(trainer->network, samples * points, x,
                                                    cotangents, 1.0, trainer->views, depth);
}

static void must(dirichlet_status status, const char *message)
{
    if (status == DIRICHLET_OK)
        return;
    printf("failed: %s\n", message);
    exit(1);
}

/* Gradients packed layer by layer: weights (outputs, inputs), then biases. */
static void make_trainer(const struct dense_case *c, struct built_case *built,
                         struct trainer *trainer)
{
    dirichlet_error error = {.struct_size = sizeof error};
    memset(trainer, 0, sizeof *trainer);
    for (int64_t l = 0; l < c->depth; l++) {
        PRECISION(dirichlet_dense_gradient) *view = &trainer->views[l];
        *view = (PRECISION(dirichlet_dense_gradient)){.struct_size = sizeof *view,
                                                      .weights =
                                                          trainer->gradient + trainer->parameters,
                                                      .output_stride = c->widths[l],
                                                      .input_stride = 1,
                                                      .bias_stride = 1};
        trainer->parameters += c->widths[l] * c->widths[l + 1];
        view->bias = c->biases ? trainer->gradient + trainer->parameters : NULL;
        trainer->parameters += c->biases ? c->widths[l + 1] : 0;
    }
    must(PRECISION(dirichlet_dense_create)(built->views, c->depth, NULL, &trainer->network, &error),
         error.message);
}

static quad mean_energy(const struct dense_case *c, const struct built_case *built, const double *x)
{
    quad sum = 0;
    for (int64_t i = 0; i < SAMPLES; i++) {
        struct reference reference;
        reference_compute(&reference, built->plain, c->depth, x + i * c->widths[0]);
        sum += reference.energy;
        reference_free(&reference);
    }
    return sum / SAMPLES;
}

static quad derivative(const struct dense_case *c, const struct built_case *built, const double *x,
                       double *parameter)
{
    const double kept = *parameter;
    const double above = kept + 0x1p-24;
    const double below = kept - 0x1p-24;
    *parameter = above;
    quad difference = mean_energy(c, built, x);
    *parameter = below;
    difference -= mean_energy(c, built, x);
    *parameter = kept;
    return difference / ((quad)above - (quad)below);
}

/* ||g - reference|| / ||reference||. */
static double gradient_error(const struct dense_case *c, const struct built_case *built,
                             const double *x, const struct trainer *trainer)
{
    quad squares = 0;
    quad errors = 0;
    const real *g = trainer->gradient;
    for (int64_t l = 0; l < c->depth; l++) {
        const int64_t weights = c->widths[l] * c->widths[l + 1];
        const int64_t count = weights + (c->biases ? c->widths[l + 1] : 0);
        for (int64_t i = 0; i < count; i++) {
            double *parameter =
                i < weights ? built->plain[l].weights + i : built->plain[l].bias + (i - weights);
            const quad wanted = derivative(c, built, x, parameter);
            const quad error = (quad)*g++ - wanted;
            squares += wanted * wanted;
            errors += error * error;
        }
    }
    return (double)quad_sqrt(errors / squares);
}

static struct figures measure_case(const struct dense_case *c, double step)
{
    static struct trainer trainer;
    struct built_case built;
    struct figures figures;
    double x[SAMPLES * 64];
    real points[SAMPLES * 64];
    dirichlet_error error = {.struct_size = sizeof error};
    dirichlet_penalty_result result = {.struct_size = sizeof result};
    uint64_t state = c->seed + 1;
    const PRECISION(dirichlet_model) model = {.struct_size = sizeof model,
                                              .inputs = c->widths[0],
                                              .outputs = c->widths[c->depth],
                                              .ignores_first = 1,
                                              .forward = network_forward,
                                              .parameter_vjp = add_parameter_vjp,
                                              .user = &trainer};
    const dirichlet_energy_penalty_options options = {
        .struct_size = sizeof options, .probes = c->widths[0], .step = step};
    build_case(c, &built);
    make_trainer(c, &built, &trainer);
    for (int64_t i = 0; i < SAMPLES * c->widths[0]; i++) {
        x[i] = random_real(&state, 1.0);
        points[i] = (real)x[i];
    }
    must(PRECISION(dirichlet_energy_penalty)(&model, SAMPLES, points, &options, 1.0, &result,
                                             &error),
         error.message);
    const quad energy = mean_energy(c, &built, x);
    figures.value = (double)(quad_abs((quad)result.value - energy) / energy);
    figures.gradient = gradient_error(c, &built, x, &trainer);
    PRECISION(dirichlet_dense_destroy)(trainer.network);
    free_case(c, &built);
    return figures;
}

static const struct {
    dirichlet_activation kind;
    const char *name;
} smooth[] = {{DIRICHLET_ACTIVATION_TANH, "tanh"},          {DIRICHLET_ACTIVATION_GELU, "gelu"},
              {DIRICHLET_ACTIVATION_SOFTPLUS, "softplus"},  {DIRICHLET_ACTIVATION_SILU, "silu"},
              {DIRICHLET_ACTIVATION_SIGMOID, "sigmoid"},    {DIRICHLET_ACTIVATION_SIN, "sin"},
              {DIRICHLET_ACTIVATION_GELU_TANH, "gelu_tanh"}};
#define KINDS ((int)(sizeof smooth / sizeof *smooth))

/* Networks of 1 to 4 layers; a single one with an activation, since it is linear otherwise. */
static struct dense_case case_of(int kind, int64_t depth, uint64_t seed)
{
    static const int64_t widths[] = {12, 9, 7, 8};
    struct dense_case c = {.depth = depth,
                           .activation = smooth[kind].kind,
                           .last_activation =
                               depth == 1 ? smooth[kind].kind : DIRICHLET_ACTIVATION_IDENTITY,
                           .layout = OUT_BY_IN,
                           .biases = true,
                           .seed = seed};
    memcpy(c.widths, widths, (size_t)depth * sizeof *widths);
    c.widths[depth] = 4;
    return c;
}

static int measure_penalties(double step)
{
    struct figures worst = {0.0, 0.0};
    int failures = 0;
    long cases = 0;
    for (int kind = 0; kind < KINDS; kind++)
        for (int64_t depth = 1; depth <= 4; depth++) {
            const struct dense_case c = case_of(kind, depth, (uint64_t)(100 * kind + depth));
            const struct figures f = measure_case(&c, step);
            printf("%-9s %d layers: value off by %.2e, gradient by %.2e\n", smooth[kind].name,
                   (int)depth, f.value, f.gradient);
            worst.value = fmax(worst.value, f.value);
            worst.gradient = fmax(worst.gradient, f.gradient);
            failures += !(f.value <= VALUE_BOUND) + !(f.gradient <= GRADIENT_BOUND);
            cases++;
        }
    printf("%ld networks, reference in %s: value off by at most %.2e (bound %.0e), gradient by at "
           "most %.2e (bound %.0e)\n",
           cases, REFERENCE_NAME, worst.value, VALUE_BOUND, worst.gradient, GRADIENT_BOUND);
    return failures == 0 && cases > 0 ? 0 : 1;
}

int main(int count, char **arguments)
{
    return measure_penalties(count > 1 ? atof(arguments[1]) : 0.0);
}

#endif
