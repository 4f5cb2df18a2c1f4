/* Errors of the energy penalty, of Hessian-vector products and of flatness, on one case. */
#ifndef DIRICHLET_ACCURACY_CONTROL_BODY_H
#define DIRICHLET_ACCURACY_CONTROL_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "control_case_body.h"
#include "core/arithmetic/real.h"
#include "dense/network/network_body.h"
#include "dense/plan/gradient_plan.h"
#include "dense_case_body.h"
#include "dirichlet/dense.h"
#include "dirichlet/loss.h"
#include "judgement_body.h"
#include "random.h"
#include "reference.h"
#include "reference_activation.h"

/* Largest relative errors so far. */
struct errors {
    double energy;   /* value of the penalty */
    double penalty;  /* its gradient */
    double loss;     /* value */
    double gradient; /* of the loss */
    double hvp;
    double flatness; /* gradient of ||grad Loss||^2 */
    int64_t cases;
    int64_t at_kinks; /* left out */
    int64_t plans;    /* case and plan */
    int64_t redone;   /* those of Gram matrices that were done with the matrices themselves */
};

enum { LOSSES = 3 };

/* What a case is about: its data and its losses. */
struct subject {
    const struct dense_case *c;
    const struct built_case *built;
    PRECISION(dirichlet_dense) * network;
    int64_t d, k;
    real *x;
    real *targets; /* (n, k): of the squared loss, or positive weights */
    int64_t *labels;
    int kind; /* cross-entropy by labels, by targets; squared; custom */
};

/* The custom loss: sum f^4 / 4. */
static int32_t quartic(int64_t first, int64_t samples, const real *f, double *values,
                       real *cotangents, void *user)
{
    const int64_t k = *(const int64_t *)user;
    (void)first;
    for (int64_t s = 0; s < samples; s++) {
        values[s] = 0.0;
        for (int64_t o = 0; o < k; o++) {
            const double y = (double)f[s * k + o];
            values[s] += y * y * y * y / 4.0;
            cotangents[s * k + o] = (real)(y * y * y);
        }
    }
    return 0;
}

static int32_t quartic_curvature(int64_t first, int64_t samples, const real *f,
                                 const real *tangents, real *products, void *user)
{
    const int64_t k = *(const int64_t *)user;
    (void)first;
    for (int64_t i = 0; i < samples * k; i++)
        products[i] = 3 * f[i] * f[i] * tangents[i];
    return 0;
}

static PRECISION(dirichlet_loss) loss_of(struct subject *s)
{
    PRECISION(dirichlet_loss) loss = {.struct_size = sizeof loss};
    loss.kind = s->kind == 2
                    ? DIRICHLET_LOSS_SQUARED
                    : (s->kind == 3 ? DIRICHLET_LOSS_CUSTOM : DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY);
    loss.labels = s->kind == 0 ? s->labels : NULL;
    loss.targets = s->kind == 1 || s->kind == 2 ? s->targets : NULL;
    loss.function = s->kind == 3 ? quartic : NULL;
    loss.curvature = s->kind == 3 ? quartic_curvature : NULL;
    loss.user = &s->k;
    return loss;
}

/* l(f) and dl/df in quadruple precision; *scale += what the value is a difference of. */
static quad exact_loss(const struct subject *s, int64_t sample, const quad *f, quad *cotangent,
                       quad *scale)
{
    quad value = 0;
    quad sum = 0;
    quad total = 0;
    for (int64_t o = 0; o < s->k; o++)
        sum += quad_exp(f[o]);
    for (int64_t o = 0; o < s->k; o++)
        total +=
            s->kind == 0 ? (o == s->labels[sample] ? 1 : 0) : (quad)s->targets[sample * s->k + o];
    for (int64_t o = 0; o < s->k; o++) {
        const quad target =
            s->kind == 0 ? (o == s->labels[sample] ? 1 : 0) : (quad)s->targets[sample * s->k + o];
        if (s->kind <= 1) {
            value += target * (quad_log(sum) - f[o]);
            cotangent[o] = total * quad_exp(f[o]) / sum - target;
        } else if (s->kind == 2) {
            value += (f[o] - target) * (f[o] - target) / 2;
            cotangent[o] = f[o] - target;
        } else {
            value += f[o] * f[o] * f[o] * f[o] / 4;
            cotangent[o] = f[o] * f[o] * f[o];
        }
        *scale += quad_abs(cotangent[o]) * (quad_abs(f[o]) + quad_abs(target));
    }
    return value;
}

static void compute_sample(const struct subject *s, const struct reference_layer *layers,
                           int64_t sample, struct reference *reference)
{
    double *x = allocate(s->d, sizeof *x);
    for (int64_t i = 0; i < s->d; i++)
        x[i] = (double)s->x[sample * s->d + i];
    reference_compute(reference, layers, s->c->depth, x);
    free(x);
}

/* Mean energy; *margin: the smallest of all samples. */
static quad exact_energy(const struct subject *s, const struct reference_layer *layers,
                         double *margin)
{
    quad sum = 0;
    for (int64_t i = 0; i < s->c->samples; i++) {
        struct reference reference;
        compute_sample(s, layers, i, &reference);
        sum += reference.energy;
        *margin = fmin(*margin, reference.margin);
        reference_free(&reference);
    }
    return sum / s->c->samples;
}

/* A gradient in quadruple precision. */
struct exact_gradient {
    quad *weights[REFERENCE_LARGEST_DEPTH];
    quad *biases[REFERENCE_LARGEST_DEPTH];
};

static void make_exact(const struct dense_case *c, struct exact_gradient *g)
{
    for (int64_t l = 0; l < c->depth; l++) {
        g->weights[l] = allocate(c->widths[l] * c->widths[l + 1], sizeof(quad));
        g->biases[l] = allocate(c->widths[l + 1], sizeof(quad));
    }
}

static void free_exact(const struct dense_case *c, struct exact_gradient *g)
{
    for (int64_t l = 0; l < c->depth; l++) {
        free(g->weights[l]);
        free(g->biases[l]);
    }
}

/* Mean loss and its gradient; *scale: what one rounding of f by its own size would change in the
 * loss by that part. */
static quad exact_loss_gradient(const struct subject *s, const struct reference_layer *layers,
                                struct exact_gradient *g, quad *scale)
{
    quad *cotangent = allocate(s->k, sizeof *cotangent);
    const quad each = (quad)1 / s->c->samples;
    quad sum = 0;
    *scale = 0;
    make_exact(s->c, g);
    for (int64_t i = 0; i < s->c->samples; i++) {
        struct reference reference;
        compute_sample(s, layers, i, &reference);
        sum += exact_loss(s, i, reference.inputs[s->c->depth], cotangent, scale);
        reference_add_gradient(&reference, cotangent, each, g->weights, g->biases);
        reference_free(&reference);
    }
    free(cotangent);
    *scale = *scale * each + sum * each;
    return sum * each;
}

static quad square_of(const struct dense_case *c, const struct exact_gradient *g)
{
    quad sum = 0;
    for (int64_t l = 0; l < c->depth; l++)
        for (int64_t o = 0; o < c->widths[l + 1]; o++) {
            for (int64_t i = 0; i < c->widths[l]; i++)
                sum += g->weights[l][o * c->widths[l] + i] * g->weights[l][o * c->widths[l] + i];
            sum += c->biases ? g->biases[l][o] * g->biases[l][o] : 0;
        }
    return sum;
}

/* ||p - factor (above - below)|| relative to ||factor (above - below)||; below NULL: 0. */
static double distance(const struct dense_case *c, const struct parameters *p,
                       const struct exact_gradient *above, const struct exact_gradient *below,
                       quad factor)
{
    quad difference = 0;
    quad size = 0;
    for (int64_t l = 0; l < c->depth; l++)
        for (int64_t o = 0; o < c->widths[l + 1]; o++)
            for (int64_t i = 0; i < c->widths[l] + (c->biases ? 1 : 0); i++) {
                const bool bias = i == c->widths[l];
                const int64_t at = bias ? o : o * c->widths[l] + i;
                const quad upper = bias ? above->biases[l][at] : above->weights[l][at];
                const quad lower =
                    below == NULL ? 0 : (bias ? below->biases[l][at] : below->weights[l][at]);
                const quad exact = factor * (upper - lower);
                const quad computed = bias ? (quad)p->views[l].bias[o * p->views[l].bias_stride]
                                           : (quad)*weight_of(p, l, o, i);
                difference += (computed - exact) * (computed - exact);
                size += exact * exact;
            }
    if (size == 0)
        return difference == 0 ? 0.0 : INFINITY;
    return (double)quad_sqrt(difference / size);
}

/* R(theta + h v) - R(theta - h v) over 2 h, of the energy or of ||grad Loss||^2. */
static quad derivative_along(const struct subject *s, const struct plain_parameters *v,
                             bool flatness)
{
    quad values[2];
    for (int side = 0; side < 2; side++) {
        struct reference_layer layers[REFERENCE_LARGEST_DEPTH];
        struct exact_gradient g;
        double margin = 1.0;
        quad scale = 0;
        shift_layers(s->c, s->built, v, side == 0 ? STEP : -STEP, layers);
        if (flatness) {
            (void)exact_loss_gradient(s, layers, &g, &scale);
            values[side] = square_of(s->c, &g);
            free_exact(s->c, &g);
        } else {
            values[side] = exact_energy(s, layers, &margin);
        }
    }
    return STRENGTH * (values[0] - values[1]) / (2 * STEP);
}

/* Directions, and what a gradient should be along them. */
struct derivatives {
    struct plain_parameters v[DIRECTIONS];
    quad along[DIRECTIONS];
};

static void take_derivatives(const struct subject *s, bool flatness, struct derivatives *exact)
{
    uint64_t state = s->c->seed + 17;
    for (int i = 0; i < DIRECTIONS; i++) {
        make_plain(s->c, &exact->v[i]);
        draw_direction(s->c, &state, &exact->v[i]);
        exact->along[i] = derivative_along(s, &exact->v[i], flatness);
    }
}

static void free_derivatives(const struct dense_case *c, struct derivatives *exact)
{
    for (int i = 0; i < DIRECTIONS; i++)
        free_plain(c, &exact->v[i]);
}

static void compare_gradient(const struct dense_case *c, const struct parameters *gradient,
                             const struct derivatives *exact, double *worst)
{
    for (int i = 0; i < DIRECTIONS; i++)
        note(worst, error_along(c, gradient, &exact->v[i], exact->along[i]));
}

/* The same by every plan, not only the one that would be chosen for so few samples. */
static void measure_plans(const struct subject *s, quad energy, const struct derivatives *exact,
                          struct errors *errors)
{
    static const dirichlet_dense_end ends[] = {DIRICHLET_DENSE_END_NONE, DIRICHLET_DENSE_END_DIRECT,
                                               DIRICHLET_DENSE_END_GRAM};
    for (int64_t pivot = 0; pivot <= s->c->depth; pivot++)
        for (int end = 0; end < 9; end++) {
            struct parameters gradient;
            struct dense_energy_gradient total = {0};
            const dirichlet_dense_plan plan = {.struct_size = sizeof plan,
                                               .samples = s->c->samples,
                                               .pivot = pivot,
                                               .rows = s->c->widths[pivot],
                                               .lower_end = ends[end % 3],
                                               .upper_end = ends[end / 3],
                                               .sum = 1,
                                               .gradient = 1};
            if (!dense_plan_is_of_gradient(&s->network->shape, &plan))
                continue;
            make_parameters(s->c, &gradient);
            require(PRECISION(dense_make_room)(s->network, &plan), "make_room");
            for (int64_t l = 0; l < s->c->depth; l++) {
                const PRECISION(dirichlet_dense_gradient) *view = &gradient.views[l];
                s->network->gradients[l] =
                    (struct dense_gradient){view->weights, view->output_stride, view->input_stride,
                                            view->bias, view->bias_stride, NULL};
            }
            double value = NAN;
            require(PRECISION(dense_penalty_by)(s->network, &plan, s->c->samples, s->x, STRENGTH,
                                                &total, &value),
                    "dense_penalty_by");
            errors->plans++;
            errors->redone += s->network->plan.direct_samples > 0;
            note(&errors->energy, (double)(quad_abs(value - energy) / energy));
            compare_gradient(s->c, &gradient, exact, &errors->penalty);
            free_parameters(s->c, &gradient);
        }
}

static void measure_penalty(const struct subject *s, quad energy, const struct derivatives *exact,
                            struct errors *errors)
{
    struct parameters gradient;
    dirichlet_penalty_result result = {.struct_size = sizeof result, .value = NAN};
    make_parameters(s->c, &gradient);
    require(PRECISION(dirichlet_dense_energy_penalty)(s->network, s->c->samples, s->x, NULL,
                                                      STRENGTH, gradient.views, s->c->depth,
                                                      &result),
            "energy_penalty");
    note(&errors->energy, (double)(quad_abs(result.value - energy) / energy));
    compare_gradient(s->c, &gradient, exact, &errors->penalty);
    free_parameters(s->c, &gradient);
}

static void copy_direction(const struct dense_case *c, const struct plain_parameters *v,
                           const struct parameters *p)
{
    for (int64_t l = 0; l < c->depth; l++)
        for (int64_t o = 0; o < c->widths[l + 1]; o++) {
            for (int64_t i = 0; i < c->widths[l]; i++)
                *weight_of(p, l, o, i) = (real)v->weights[l][o * c->widths[l] + i];
            if (c->biases)
                p->views[l].bias[o * p->views[l].bias_stride] = (real)v->biases[l][o];
        }
}

/* Other sizes than 1: with signs alone two classes may move alike, which no cross-entropy feels,
 * and a product of 0 has no relative error. */
static void vary_direction(const struct dense_case *c, uint64_t *state, struct plain_parameters *v)
{
    for (int64_t l = 0; l < c->depth; l++)
        for (int64_t i = 0; i < c->widths[l] * c->widths[l + 1]; i++)
            v->weights[l][i] *= (double)(real)(0.5 + random_uniform(state));
}

/* The same places, to be read. */
static void read_only(const struct dense_case *c, const struct parameters *p,
                      PRECISION(dirichlet_dense_tangent) * tangents)
{
    for (int64_t l = 0; l < c->depth; l++)
        tangents[l] =
            (PRECISION(dirichlet_dense_tangent)){.struct_size = sizeof tangents[l],
                                                 .weights = p->views[l].weights,
                                                 .output_stride = p->views[l].output_stride,
                                                 .input_stride = p->views[l].input_stride,
                                                 .bias = p->views[l].bias,
                                                 .bias_stride = p->views[l].bias_stride};
}

static void measure_hvp(struct subject *s, struct errors *errors)
{
    const PRECISION(dirichlet_loss) loss = loss_of(s);
    struct reference_layer layers[REFERENCE_LARGEST_DEPTH];
    struct exact_gradient sides[2];
    struct parameters product;
    struct parameters tangent;
    PRECISION(dirichlet_dense_tangent) tangents[REFERENCE_LARGEST_DEPTH];
    struct plain_parameters v;
    uint64_t state = s->c->seed + 3;
    quad scale = 0;
    make_parameters(s->c, &product);
    make_parameters(s->c, &tangent);
    make_plain(s->c, &v);
    draw_direction(s->c, &state, &v);
    vary_direction(s->c, &state, &v);
    copy_direction(s->c, &v, &tangent);
    read_only(s->c, &tangent, tangents);
    require(PRECISION(dirichlet_dense_loss_hvp)(s->network, s->c->samples, s->x, &loss, tangents,
                                                STRENGTH, product.views, s->c->depth),
            "loss_hvp");
    for (int side = 0; side < 2; side++) {
        shift_layers(s->c, s->built, &v, side == 0 ? STEP : -STEP, layers);
        (void)exact_loss_gradient(s, layers, &sides[side], &scale);
    }
    note(&errors->hvp, distance(s->c, &product, &sides[0], &sides[1], (quad)STRENGTH / (2 * STEP)));
    for (int side = 0; side < 2; side++)
        free_exact(s->c, &sides[side]);
    free_plain(s->c, &v);
    free_parameters(s->c, &product);
    free_parameters(s->c, &tangent);
}

static void measure_loss(struct subject *s, struct errors *errors)
{
    const PRECISION(dirichlet_loss) loss = loss_of(s);
    dirichlet_flatness result = {.struct_size = sizeof result};
    struct parameters gradient;
    struct parameters penalty;
    struct derivatives along;
    struct exact_gradient exact;
    double value = NAN;
    quad scale = 0;
    make_parameters(s->c, &gradient);
    make_parameters(s->c, &penalty);
    require(PRECISION(dirichlet_dense_loss_gradient)(s->network, s->c->samples, s->x, &loss,
                                                     STRENGTH, gradient.views, s->c->depth, &value),
            "loss_gradient");
    require(PRECISION(dirichlet_dense_flatness_penalty)(s->network, s->c->samples, s->x, &loss, 0.1,
                                                        STRENGTH, penalty.views, s->c->depth,
                                                        &result),
            "flatness_penalty");
    const quad mean = exact_loss_gradient(s, s->built->plain, &exact, &scale);
    const quad square = square_of(s->c, &exact);
    note(&errors->loss, (double)(quad_abs(value - mean) / scale));
    note(&errors->loss, (double)(quad_abs(result.loss - mean) / scale));
    note(&errors->gradient, distance(s->c, &gradient, &exact, NULL, STRENGTH));
    note(&errors->gradient, (double)(quad_abs(result.squared_gradient_norm - square) / square));
    note(&errors->gradient,
         (double)(quad_abs(result.implicit_regularizer - (quad)0.1 / 4 * square) / square));
    take_derivatives(s, true, &along);
    compare_gradient(s->c, &penalty, &along, &errors->flatness);
    free_derivatives(s->c, &along);
    free_exact(s->c, &exact);
    free_parameters(s->c, &gradient);
    free_parameters(s->c, &penalty);
}

static void make_data(struct subject *s)
{
    uint64_t state = ~s->c->seed;
    const int64_t n = s->c->samples;
    s->d = s->c->widths[0];
    s->k = s->c->widths[s->c->depth];
    s->x = allocate(n * s->d, sizeof(real));
    s->targets = allocate(n * s->k, sizeof(real));
    s->labels = allocate(n, sizeof *s->labels);
    for (int64_t i = 0; i < n * s->d; i++)
        s->x[i] = (real)random_normal(&state);
    for (int64_t i = 0; i < n * s->k; i++)
        s->targets[i] = (real)random_uniform(&state);
    for (int64_t i = 0; i < n; i++)
        s->labels[i] = (int64_t)(random_uniform(&state) * (double)s->k);
}

/* Run one case and widen *errors by it. */
static void measure_case(const struct dense_case *c, struct errors *errors)
{
    struct built_case built;
    struct subject s = {.c = c, .built = &built, .kind = (int)(c->seed % 4)};
    double margin = 1.0;
    build_case(c, &built);
    make_data(&s);
    require(PRECISION(dirichlet_dense_create)(built.views, c->depth, NULL, &s.network, NULL),
            "create");
    const quad energy = exact_energy(&s, built.plain, &margin);
    errors->cases++;
    if (!(margin > KINK_MARGIN) || energy == 0) {
        errors->at_kinks++;
    } else {
        struct derivatives exact;
        take_derivatives(&s, false, &exact);
        measure_penalty(&s, energy, &exact, errors);
        measure_plans(&s, energy, &exact, errors);
        free_derivatives(c, &exact);
        if (s.k > 1 || s.kind > 1) {
            measure_loss(&s, errors);
            measure_hvp(&s, errors);
        }
    }
    PRECISION(dirichlet_dense_destroy)(s.network);
    free(s.x);
    free(s.targets);
    free(s.labels);
    free_case(c, &built);
}

#endif
