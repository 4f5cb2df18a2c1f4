/* One network in both forms: views for the library, plain doubles for the reference. */
#ifndef DIRICHLET_ACCURACY_DENSE_CASE_BODY_H
#define DIRICHLET_ACCURACY_DENSE_CASE_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/arithmetic/real.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "random.h"
#include "reference.h"

enum layout { OUT_BY_IN, IN_BY_OUT, INTERLEAVED_BIAS, DOUBLY_STRIDED, LAYOUT_COUNT };

struct dense_case {
    int64_t depth;
    int64_t widths[REFERENCE_LARGEST_DEPTH + 1];
    dirichlet_activation activation; /* of all layers but the last */
    dirichlet_activation last_activation;
    double parameter;
    double second;
    double input_scale;
    double output_scale;
    bool by_unit; /* random slopes, one for each unit, in place of the parameter */
    enum layout layout;
    bool biases;
    bool gradient; /* compare the parameter gradient too */
    int64_t samples;
    uint64_t seed;
};

struct built_case {
    struct reference_layer plain[REFERENCE_LARGEST_DEPTH];
    PRECISION(dirichlet_dense_layer) views[REFERENCE_LARGEST_DEPTH];
    real *arrays[REFERENCE_LARGEST_DEPTH];
    real *slopes[REFERENCE_LARGEST_DEPTH];
};

static void *allocate(int64_t count, size_t size)
{
    void *block = calloc((size_t)count, size);
    if (block == NULL)
        abort();
    return block;
}

/* A number both precisions of this program agree on. */
static double random_real(uint64_t *state, double scale)
{
    return (double)(real)(scale * random_normal(state));
}

/* Strides and array size of one layer; the bias comes behind the weights, or among them. */
static int64_t lay_out_view(enum layout layout, PRECISION(dirichlet_dense_layer) * view,
                            int64_t *bias_at)
{
    const int64_t o = view->outputs;
    const int64_t i = view->inputs;
    view->bias_stride = 1;
    *bias_at = o * i;
    switch (layout) {
    case OUT_BY_IN:
        view->output_stride = i;
        view->input_stride = 1;
        break;
    case IN_BY_OUT:
        view->output_stride = 1;
        view->input_stride = o;
        break;
    case INTERLEAVED_BIAS:
        view->output_stride = view->bias_stride = i + 1;
        view->input_stride = 1;
        *bias_at = i;
        break;
    default:
        view->output_stride = 2 * i + 3;
        view->input_stride = 2;
        view->bias_stride = 3;
        *bias_at = o * (2 * i + 3);
        return *bias_at + 3 * o;
    }
    return o * (i + 1);
}

/* The activation of a hidden layer; a slope is 0 now and then. */
static void build_activation(const struct dense_case *c, int64_t l, uint64_t *state,
                             struct built_case *built)
{
    PRECISION(dirichlet_dense_layer) *view = &built->views[l];
    struct reference_layer *plain = &built->plain[l];
    view->activation = plain->activation = c->activation;
    view->activation_parameter = plain->parameter = c->parameter;
    view->activation_second = plain->second = c->second;
    view->input_scale = plain->input_scale = c->input_scale;
    view->output_scale = plain->output_scale = c->output_scale;
    if (!c->by_unit)
        return;
    view->negative_slope_stride = 2;
    view->negative_slopes = built->slopes[l] = allocate(2 * view->outputs, sizeof(real));
    plain->slopes = allocate(view->outputs, sizeof(double));
    for (int64_t o = 0; o < view->outputs; o++) {
        plain->slopes[o] = o % 7 == 3 ? 0.0 : (double)(real)(2.0 * random_uniform(state) - 0.6);
        built->slopes[l][2 * o] = (real)plain->slopes[o];
    }
}

static void build_layer(const struct dense_case *c, int64_t l, uint64_t *state,
                        struct built_case *built)
{
    PRECISION(dirichlet_dense_layer) *view = &built->views[l];
    struct reference_layer *plain = &built->plain[l];
    const bool last = l == c->depth - 1;
    int64_t bias_at = 0;
    *view = (PRECISION(dirichlet_dense_layer)){.struct_size = sizeof *view,
                                               .inputs = c->widths[l],
                                               .outputs = c->widths[l + 1],
                                               .activation = c->last_activation};
    real *array = allocate(lay_out_view(c->layout, view, &bias_at), sizeof(real));
    *plain =
        (struct reference_layer){.inputs = view->inputs,
                                 .outputs = view->outputs,
                                 .weights = allocate(view->inputs * view->outputs, sizeof(double)),
                                 .bias = c->biases ? allocate(view->outputs, sizeof(double)) : NULL,
                                 .activation = c->last_activation};
    if (!last)
        build_activation(c, l, state, built);
    view->weights = built->arrays[l] = array;
    view->bias = c->biases ? array + bias_at : NULL;
    /* Values keep their size through the layers. */
    const double gain = c->activation == DIRICHLET_ACTIVATION_IDENTITY ? 1.0 : 2.0;
    const double scale = sqrt(gain / (double)view->inputs);
    for (int64_t o = 0; o < view->outputs; o++) {
        for (int64_t i = 0; i < view->inputs; i++) {
            const double weight = random_real(state, scale);
            plain->weights[o * view->inputs + i] = weight;
            array[o * view->output_stride + i * view->input_stride] = (real)weight;
        }
        if (!c->biases)
            continue;
        plain->bias[o] = random_real(state, 0.3);
        array[bias_at + o * view->bias_stride] = (real)plain->bias[o];
    }
}

static void build_case(const struct dense_case *c, struct built_case *built)
{
    uint64_t state = c->seed;
    *built = (struct built_case){0};
    for (int64_t l = 0; l < c->depth; l++)
        build_layer(c, l, &state, built);
}

static void free_case(const struct dense_case *c, struct built_case *built)
{
    for (int64_t l = 0; l < c->depth; l++) {
        free(built->plain[l].weights);
        free(built->plain[l].bias);
        free(built->arrays[l]);
        free(built->slopes[l]);
        free(built->plain[l].slopes);
    }
}

#endif
