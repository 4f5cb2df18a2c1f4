/* Gradients of penalties against differences in quadruple precision: with R(theta) a scalar,
 * <dR/dtheta, v> = (R(theta + h v) - R(theta - h v)) / 2h + O(h^2), which at h = 1e-10 is exact to
 * more digits than double has, along directions v of random signs. */
#ifndef DIRICHLET_ACCURACY_CONTROL_CASE_BODY_H
#define DIRICHLET_ACCURACY_CONTROL_CASE_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/arithmetic/real.h"
#include "dense_case_body.h"
#include "dirichlet/dense.h"
#include "random.h"
#include "reference.h"
#include "reference_activation.h"

/* A pre-activation that is 0 to within this fraction of its terms has an uncertain sign. */
#define KINK_MARGIN 1e-9

#define STEP ((quad)1e-10)
#define DIRECTIONS 2
#define STRENGTH 0.75

/* A gradient, or a direction, in the layout of the case. */
struct parameters {
    PRECISION(dirichlet_dense_gradient) views[REFERENCE_LARGEST_DEPTH];
    real *arrays[REFERENCE_LARGEST_DEPTH];
};

static void make_parameters(const struct dense_case *c, struct parameters *p)
{
    for (int64_t l = 0; l < c->depth; l++) {
        PRECISION(dirichlet_dense_layer)
        view = {.inputs = c->widths[l], .outputs = c->widths[l + 1]};
        int64_t bias_at = 0;
        const int64_t size = lay_out_view(c->layout, &view, &bias_at);
        p->arrays[l] = allocate(size, sizeof(real));
        p->views[l] =
            (PRECISION(dirichlet_dense_gradient)){.struct_size = sizeof p->views[l],
                                                  .weights = p->arrays[l],
                                                  .output_stride = view.output_stride,
                                                  .input_stride = view.input_stride,
                                                  .bias = c->biases ? p->arrays[l] + bias_at : NULL,
                                                  .bias_stride = view.bias_stride};
    }
}

static void free_parameters(const struct dense_case *c, struct parameters *p)
{
    for (int64_t l = 0; l < c->depth; l++)
        free(p->arrays[l]);
}

static real *weight_of(const struct parameters *p, int64_t l, int64_t o, int64_t i)
{
    return p->views[l].weights + o * p->views[l].output_stride + i * p->views[l].input_stride;
}

/* The same parameters as plain arrays: a direction for the reference, or its own results. */
struct plain_parameters {
    double *weights[REFERENCE_LARGEST_DEPTH];
    double *biases[REFERENCE_LARGEST_DEPTH];
};

static void make_plain(const struct dense_case *c, struct plain_parameters *v)
{
    for (int64_t l = 0; l < c->depth; l++) {
        v->weights[l] = allocate(c->widths[l] * c->widths[l + 1], sizeof(double));
        v->biases[l] = c->biases ? allocate(c->widths[l + 1], sizeof(double)) : NULL;
    }
}

static void free_plain(const struct dense_case *c, struct plain_parameters *v)
{
    for (int64_t l = 0; l < c->depth; l++) {
        free(v->weights[l]);
        free(v->biases[l]);
    }
}

static void draw_direction(const struct dense_case *c, uint64_t *state, struct plain_parameters *v)
{
    for (int64_t l = 0; l < c->depth; l++) {
        for (int64_t i = 0; i < c->widths[l] * c->widths[l + 1]; i++)
            v->weights[l][i] = random_uniform(state) < 0.5 ? -1.0 : 1.0;
        for (int64_t o = 0; c->biases && o < c->widths[l + 1]; o++)
            v->biases[l][o] = random_uniform(state) < 0.5 ? -1.0 : 1.0;
    }
}

static void shift_layers(const struct dense_case *c, const struct built_case *built,
                         const struct plain_parameters *v, quad shift,
                         struct reference_layer *layers)
{
    for (int64_t l = 0; l < c->depth; l++) {
        layers[l] = built->plain[l];
        layers[l].shift = shift;
        layers[l].weight_direction = v->weights[l];
        layers[l].bias_direction = v->biases[l];
    }
}

/* <p, v> and ||p||^2. */
static void compare_along(const struct dense_case *c, const struct parameters *p,
                          const struct plain_parameters *v, quad *along, quad *square)
{
    *along = *square = 0;
    for (int64_t l = 0; l < c->depth; l++)
        for (int64_t o = 0; o < c->widths[l + 1]; o++) {
            for (int64_t i = 0; i < c->widths[l]; i++) {
                const quad value = (quad)*weight_of(p, l, o, i);
                *along += value * (quad)v->weights[l][o * c->widths[l] + i];
                *square += value * value;
            }
            if (!c->biases)
                continue;
            const quad value = (quad)p->views[l].bias[o * p->views[l].bias_stride];
            *along += value * (quad)v->biases[l][o];
            *square += value * value;
        }
}

/* Error of a gradient whose derivative along v is `exact`, relative to its norm: that of its
 * projection on a random direction. */
static double error_along(const struct dense_case *c, const struct parameters *p,
                          const struct plain_parameters *v, quad exact)
{
    quad along = 0;
    quad square = 0;
    compare_along(c, p, v, &along, &square);
    const quad difference = quad_abs(along - exact);
    if (square == 0)
        return difference == 0 ? 0.0 : INFINITY;
    return (double)(difference / quad_sqrt(square));
}

#endif
