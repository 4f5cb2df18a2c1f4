/* Networks that cancel: some hidden units come in pairs with the same inputs, of which the second
 * takes back the first but for a part delta of one or of both, and all others have about the weight
 * of what is left. Then the squares of the terms are 1 / delta^2 times as large as the energy, and
 * whatever computes it by products of squares loses as many digits, unless its guard sees it. The
 * pairs stand anywhere: in the first, a middle or the last part of the units of any hidden layer.
 */
#ifndef DIRICHLET_ACCURACY_CANCELLING_BODY_H
#define DIRICHLET_ACCURACY_CANCELLING_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "control_case_body.h"
#include "core/arithmetic/real.h"
#include "dense/network/network_body.h"
#include "dense/plan/energy_plan.h"
#include "dense/plan/gradient_plan.h"
#include "dense_case_body.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"
#include "judgement_body.h"
#include "random.h"
#include "reference.h"
#include "reference_activation.h"

/* What the source files say of their type; these, where this is read alone. */
#ifndef BASE
#define BASE 1e-14
#define SPREAD 1.5
#define NORM_FACTOR 5.0
#define GRADIENT_FACTOR 5.0
#endif

/* Where the pairs stand: units first, ..., last - 1 of a hidden layer. */
struct pairs {
    int64_t layer; /* 1 to depth - 1 */
    int64_t first;
    int64_t last;
    double delta;
    bool differ; /* the inputs of a pair differ too: then no Gram matrix is singular */
};

/* Relative errors over what is allowed. */
struct errors {
    double energy; /* samples by the public call and by every plan */
    double sum;    /* likewise */
    double norm;   /* of J^T u */
    double value;  /* of the penalty, by every plan */
    double gradient;
    int64_t planned;
    int64_t redone; /* plans and calls that did something again */
    int64_t cases;
};

static double *plain_weight(const struct built_case *built, int64_t l, int64_t o, int64_t i)
{
    return &built->plain[l].weights[o * built->plain[l].inputs + i];
}

static void set_weight(struct built_case *built, int64_t l, int64_t o, int64_t i, double weight)
{
    const PRECISION(dirichlet_dense_layer) *view = &built->views[l];
    *plain_weight(built, l, o, i) = (double)(real)weight;
    built->arrays[l][o * view->output_stride + i * view->input_stride] = (real)weight;
}

static void set_bias(struct built_case *built, int64_t l, int64_t o, double bias)
{
    const PRECISION(dirichlet_dense_layer) *view = &built->views[l];
    if (view->bias == NULL)
        return;
    built->plain[l].bias[o] = bias;
    built->arrays[l][view->bias - built->arrays[l] + o * view->bias_stride] = (real)bias;
}

/* Unit j + 1 becomes unit j, with its outputs taken back. */
static void pair_units(struct built_case *built, const struct pairs *pairs, int64_t j)
{
    const int64_t below = pairs->layer - 1;
    uint64_t state = (uint64_t)j;
    for (int64_t i = 0; i < built->plain[below].inputs; i++) {
        const double weight = *plain_weight(built, below, j, i);
        const double other = *plain_weight(built, below, j + 1, i);
        set_weight(built, below, j + 1, i, weight + (pairs->differ ? pairs->delta * other : 0.0));
    }
    if (built->plain[below].bias != NULL)
        set_bias(built, below, j + 1, built->plain[below].bias[j]);
    for (int64_t o = 0; o < built->plain[pairs->layer].outputs; o++) {
        const double weight = *plain_weight(built, pairs->layer, o, j);
        const double rest = pairs->differ ? random_normal(&state) : 1.0;
        set_weight(built, pairs->layer, o, j + 1, -(1.0 + pairs->delta * rest) * weight);
    }
}

static void make_cancel(struct built_case *built, const struct pairs *pairs)
{
    const struct reference_layer *above = &built->plain[pairs->layer];
    int64_t end = pairs->first;
    for (; end + 1 < pairs->last; end += 2)
        pair_units(built, pairs, end);
    for (int64_t j = 0; j < above->inputs; j++)
        for (int64_t o = 0; o < above->outputs; o++)
            if (j < pairs->first || j >= end)
                set_weight(built, pairs->layer, o, j,
                           pairs->delta * *plain_weight(built, pairs->layer, o, j));
}

/* A few points, each of which stands for many samples, and what is true of them. */
enum { POINTS = 3, VECTORS = 8 };

struct subject {
    const struct dense_case *c;
    struct built_case built;
    PRECISION(dirichlet_dense) * network;
    struct reference exact[POINTS];
    int64_t samples;
    real *x;          /* (samples, d) */
    real *u;          /* (samples, VECTORS, k) */
    double *energies; /* (samples) */
    double *norms;    /* (samples, VECTORS) */
    quad sum;         /* of all samples */
    double allowed;   /* relative error of an energy */
};

static void compute_point(const struct subject *s, const struct reference_layer *layers,
                          int64_t point, struct reference *exact)
{
    double *x = allocate(s->c->widths[0], sizeof *x);
    for (int64_t i = 0; i < s->c->widths[0]; i++)
        x[i] = (double)s->x[point * s->c->widths[0] + i];
    reference_compute(exact, layers, s->c->depth, x);
    free(x);
}

/* The least workspace that a network can have, as its error says. */
static size_t least_workspace(const struct built_case *built, int64_t depth)
{
    dirichlet_error error = {.struct_size = sizeof error};
    PRECISION(dirichlet_dense) *network = NULL;
    const dirichlet_dense_options options = {.struct_size = sizeof options, .workspace_bytes = 1};
    (void)PRECISION(dirichlet_dense_create)(built->views, depth, &options, &network, &error);
    return (size_t)error.least_bytes;
}

static void make_subject(const struct dense_case *c, const struct pairs *pairs, bool tight,
                         struct subject *s)
{
    const int64_t d = c->widths[0];
    const int64_t k = c->widths[c->depth];
    uint64_t state = ~c->seed;
    *s = (struct subject){.c = c,
                          .samples = c->samples,
                          .allowed = BASE + SPREAD * (double)REAL_EPSILON / pairs->delta};
    build_case(c, &s->built);
    make_cancel(&s->built, pairs);
    s->x = allocate(s->samples * d, sizeof(real));
    s->u = allocate(s->samples * VECTORS * k, sizeof(real));
    s->energies = allocate(s->samples, sizeof(double));
    s->norms = allocate(s->samples * VECTORS, sizeof(double));
    for (int64_t i = 0; i < s->samples * d; i++)
        s->x[i] = i < POINTS * d ? (real)random_normal(&state) : s->x[i - POINTS * d];
    for (int64_t i = 0; i < s->samples * VECTORS * k; i++)
        s->u[i] =
            i < POINTS * VECTORS * k ? (real)random_normal(&state) : s->u[i - POINTS * VECTORS * k];
    for (int64_t point = 0; point < POINTS; point++)
        compute_point(s, s->built.plain, point, &s->exact[point]);
    for (int64_t i = 0; i < s->samples; i++)
        s->sum += s->exact[i % POINTS].energy;
    const dirichlet_dense_options options = {.struct_size = sizeof options,
                                             .workspace_bytes =
                                                 tight ? least_workspace(&s->built, c->depth) : 0};
    require(
        PRECISION(dirichlet_dense_create)(s->built.views, c->depth, &options, &s->network, NULL),
        "create");
}

static void free_subject(struct subject *s)
{
    PRECISION(dirichlet_dense_destroy)(s->network);
    for (int64_t point = 0; point < POINTS; point++)
        reference_free(&s->exact[point]);
    free(s->x);
    free(s->u);
    free(s->energies);
    free(s->norms);
    free_case(s->c, &s->built);
}

static void compare_energies(const struct subject *s, double *worst)
{
    for (int64_t i = 0; i < s->samples; i++) {
        const quad exact = s->exact[i % POINTS].energy;
        note(worst, (double)(quad_abs((quad)s->energies[i] - exact) / exact) / s->allowed);
    }
}

static void compare_sum(const struct subject *s, double sum, double *worst)
{
    note(worst, (double)(quad_abs((quad)sum - s->sum) / s->sum) / s->allowed);
}

/* ||J^T u||^2, relative to what it is for most u. */
static void compare_norms(const struct subject *s, double *worst)
{
    const int64_t d = s->c->widths[0];
    const int64_t k = s->c->widths[s->c->depth];
    for (int64_t row = 0; row < POINTS * VECTORS; row++) {
        const struct reference *exact = &s->exact[row / VECTORS];
        const real *u = s->u + row * k;
        quad square = 0;
        quad length = 0;
        for (int64_t o = 0; o < k; o++)
            length += (quad)u[o] * (quad)u[o];
        for (int64_t i = 0; i < d; i++) {
            quad sum = 0;
            for (int64_t o = 0; o < k; o++)
                sum += exact->jacobian[o * d + i] * (quad)u[o];
            square += sum * sum;
        }
        const quad typical = exact->energy * length / (quad)k;
        const quad size = square > typical ? square : typical;
        for (int64_t again = row; again < s->samples * VECTORS; again += POINTS * VECTORS)
            note(worst, (double)(quad_abs((quad)s->norms[again] - square) / size) /
                            (NORM_FACTOR * s->allowed));
    }
}

static void try_calls(struct subject *s, struct errors *errors)
{
    double sum = NAN;
    require(PRECISION(dirichlet_dense_energies)(s->network, s->samples, s->x, s->energies),
            "energies");
    errors->redone += s->network->plan.direct_samples > 0;
    compare_energies(s, &errors->energy);
    require(PRECISION(dirichlet_dense_energy_sum)(s->network, s->samples, s->x, &sum), "sum");
    compare_sum(s, sum, &errors->sum);
    require(PRECISION(dirichlet_dense_product_norms)(s->network, s->samples, VECTORS, s->x, s->u,
                                                     s->norms),
            "norms");
    errors->redone += s->network->plan.direct_samples > 0;
    compare_norms(s, &errors->norm);
}

/* The workspace has room for the plan with a few samples: tiles, where it is tight. */
static void try_plan(struct subject *s, dirichlet_dense_plan plan, struct errors *errors)
{
    double sum = NAN;
    plan.struct_size = sizeof plan;
    if (!dense_plan_count(&s->network->shape, POINTS + 1, &plan))
        return;
    require(PRECISION(dense_make_room)(s->network, &plan), "make_room");
    (void)dense_plan_count(&s->network->shape, s->samples, &plan);
    PRECISION(dense_energy_sum_by)(s->network, &plan, s->samples, s->x, &sum);
    errors->redone += s->network->plan.direct_samples > 0 || s->network->plan.sum != plan.sum;
    errors->planned++;
    compare_sum(s, sum, &errors->sum);
    if (plan.sum != 0)
        return;
    PRECISION(dense_energies_by)(s->network, &plan, s->samples, s->x, s->energies);
    compare_energies(s, &errors->energy);
}

static void try_gradient_plan(struct subject *s, dirichlet_dense_plan plan,
                              const struct plain_parameters *v, quad along, struct errors *errors)
{
    struct parameters gradient;
    struct dense_energy_gradient total = {0};
    plan.struct_size = sizeof plan;
    plan.sum = plan.gradient = 1;
    plan.rows = s->c->widths[plan.pivot];
    plan.samples = POINTS + 1;
    if (!dense_plan_is_of_gradient(&s->network->shape, &plan))
        return;
    require(PRECISION(dense_make_room)(s->network, &plan), "make_room");
    plan.samples = s->samples;
    make_parameters(s->c, &gradient);
    for (int64_t l = 0; l < s->c->depth; l++) {
        const PRECISION(dirichlet_dense_gradient) *view = &gradient.views[l];
        s->network->gradients[l] =
            (struct dense_gradient){view->weights, view->output_stride, view->input_stride,
                                    view->bias,    view->bias_stride,   NULL};
    }
    double value = NAN;
    require(
        PRECISION(dense_penalty_by)(s->network, &plan, s->samples, s->x, STRENGTH, &total, &value),
        "dense_penalty_by");
    errors->planned++;
    errors->redone += s->network->plan.direct_samples > 0;
    compare_sum(s, value * (double)s->samples, &errors->value);
    note(&errors->gradient,
         error_along(s->c, &gradient, v, along) / (GRADIENT_FACTOR * s->allowed));
    free_parameters(s->c, &gradient);
}

/* The derivative of the mean energy along v, times STRENGTH. */
static quad derivative_along(const struct subject *s, const struct plain_parameters *v)
{
    quad difference = 0;
    for (int side = 0; side < 2; side++)
        for (int64_t point = 0; point < POINTS; point++) {
            struct reference_layer layers[REFERENCE_LARGEST_DEPTH];
            struct reference shifted;
            const int64_t times = (s->samples - point + POINTS - 1) / POINTS;
            shift_layers(s->c, &s->built, v, side == 0 ? STEP : -STEP, layers);
            compute_point(s, layers, point, &shifted);
            difference += (side == 0 ? times : -times) * shifted.energy;
            reference_free(&shifted);
        }
    return STRENGTH * difference / (2 * STEP) / (quad)s->samples;
}

static void try_every_plan(struct subject *s, bool gradients, struct errors *errors)
{
    static const dirichlet_dense_end ends[] = {DIRICHLET_DENSE_END_NONE, DIRICHLET_DENSE_END_DIRECT,
                                               DIRICHLET_DENSE_END_GRAM};
    struct plain_parameters v;
    uint64_t state = s->c->seed + 17;
    make_plain(s->c, &v);
    draw_direction(s->c, &state, &v);
    const quad along = gradients ? derivative_along(s, &v) : 0;
    for (int64_t pivot = 0; pivot <= s->c->depth; pivot++)
        for (int end = 0; end < 9; end++) {
            dirichlet_dense_plan plan = {
                .pivot = pivot, .lower_end = ends[end % 3], .upper_end = ends[end / 3]};
            for (plan.sum = 0; plan.sum < 2; plan.sum++)
                try_plan(s, plan, errors);
            if (gradients)
                try_gradient_plan(s, plan, &v, along, errors);
        }
    free_plain(s->c, &v);
}

static bool is_at_a_kink(const struct subject *s)
{
    bool answer = false;
    for (int64_t point = 0; point < POINTS; point++)
        answer = answer || !(s->exact[point].margin > KINK_MARGIN);
    return answer;
}

static void measure_case(const struct dense_case *c, const struct pairs *pairs, bool tight,
                         bool gradients, struct errors *errors)
{
    struct subject s;
    make_subject(c, pairs, tight, &s);
    if (!is_at_a_kink(&s)) {
        errors->cases++;
        try_calls(&s, errors);
        try_every_plan(&s, gradients, errors);
    }
    free_subject(&s);
}

#endif
