/* Errors of every call of dense.h against the reference, on one case. */
#ifndef DIRICHLET_ACCURACY_DENSE_ERRORS_BODY_H
#define DIRICHLET_ACCURACY_DENSE_ERRORS_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/arithmetic/real.h"
#include "dense_case_body.h"
#include "dense_plans_body.h"
#include "dirichlet/dense.h"
#include "judgement_body.h"
#include "random.h"
#include "reference.h"
#include "reference_activation.h"

/* What the source files say of their type; these, where this is read alone. */
#ifndef BOUND
#define BOUND 1e-13
#endif

/* The same layers with every weight changed in its last bit, up or down. */
static void perturb(const struct dense_case *c, const struct built_case *built, uint64_t *state,
                    struct reference_layer *layers)
{
    for (int64_t l = 0; l < c->depth; l++) {
        const struct reference_layer *plain = &built->plain[l];
        const int64_t count = plain->inputs * plain->outputs;
        layers[l] = *plain;
        layers[l].weights = allocate(count, sizeof(double));
        for (int64_t i = 0; i < count; i++) {
            const double sign = random_uniform(state) < 0.5 ? -1.0 : 1.0;
            layers[l].weights[i] = plain->weights[i] * (1.0 + sign * (double)REAL_EPSILON);
        }
    }
}

static void free_perturbed(const struct dense_case *c, struct reference_layer *layers)
{
    for (int64_t l = 0; l < c->depth; l++)
        free(layers[l].weights);
}

#define DIRECTIONS 2
#define GRADIENT_SCALE 0.75

/* Largest relative errors so far; of vectors in the Euclidean norm. */
struct errors {
    double energy;
    double norm;
    double forward;
    double jvp;
    double vjp;
    double gradient;
    double adjoint;
    double plans;    /* energies by any plan */
    int64_t planned; /* sample and plan */
    int64_t redone;  /* those done again with the matrices themselves */
    int64_t samples;
    int64_t at_kinks;        /* samples left out: see KINK_MARGIN */
    int64_t ill_conditioned; /* samples left out: see is_ill_conditioned */
};

/* A pre-activation that is 0 to within this fraction of its terms has an uncertain sign, and a
 * relu there an uncertain derivative. The library's forward pass runs in double for both
 * precisions. */
#define KINK_MARGIN 1e-12

/* Adds up ||computed - exact||^2 and ||exact||^2. */
struct distance {
    quad difference;
    quad size;
};

static void add_difference(struct distance *distance, quad computed, quad exact)
{
    distance->difference += (computed - exact) * (computed - exact);
    distance->size += exact * exact;
}

/* Relative to the larger of the exact norm and a typical one, so that a product which is small
 * by chance, as a single number may be, is not asked for more digits than exist. */
static double distance_ratio(const struct distance *distance, quad typical_square)
{
    const quad size = distance->size > typical_square ? distance->size : typical_square;
    return relative(quad_sqrt(distance->difference), quad_sqrt(size));
}

static quad sum_of_squares(const real *values, int64_t count)
{
    quad sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += (quad)values[i] * (quad)values[i];
    return sum;
}

/* All arrays of the calls, for all samples of the case. */
struct arrays {
    int64_t d, k;
    real *x, *y, *v, *u, *jv, *jtu, *cotangents;
    double *energies, *norms;
};

static real *random_array(int64_t count, uint64_t *state)
{
    real *array = allocate(count, sizeof *array);
    for (int64_t i = 0; i < count; i++)
        array[i] = (real)random_normal(state);
    return array;
}

static struct arrays make_arrays(const struct dense_case *c)
{
    const int64_t n = c->samples;
    const int64_t d = c->widths[0];
    const int64_t k = c->widths[c->depth];
    uint64_t state = ~c->seed;
    return (struct arrays){
        .d = d,
        .k = k,
        .x = random_array(n * d, &state),
        .v = random_array(n * DIRECTIONS * d, &state),
        .u = random_array(n * DIRECTIONS * k, &state),
        .cotangents = random_array(n * k, &state),
        .y = allocate(n * k, sizeof(real)),
        .jv = allocate(n * DIRECTIONS * k, sizeof(real)),
        .jtu = allocate(n * DIRECTIONS * d, sizeof(real)),
        .energies = allocate(n, sizeof(double)),
        .norms = allocate(n * DIRECTIONS, sizeof(double)),
    };
}

static void free_arrays(struct arrays *a)
{
    void *blocks[] = {a->x, a->y, a->v, a->u, a->jv, a->jtu, a->norms, a->cotangents, a->energies};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        free(blocks[i]);
}

static void compare_tangent(const struct reference *exact, const struct arrays *a, int64_t row,
                            struct errors *errors)
{
    const real *v = a->v + row * a->d;
    struct distance distance = {0};
    for (int64_t o = 0; o < a->k; o++) {
        quad sum = 0;
        for (int64_t i = 0; i < a->d; i++)
            sum += exact->jacobian[o * a->d + i] * (quad)v[i];
        add_difference(&distance, (quad)a->jv[row * a->k + o], sum);
    }
    /* The mean of ||J v||^2 over all directions of v. */
    const quad typical = exact->energy * sum_of_squares(v, a->d) / (quad)a->d;
    note(&errors->jvp, distance_ratio(&distance, typical));
}

static void compare_cotangent(const struct reference *exact, const struct arrays *a, int64_t row,
                              struct errors *errors)
{
    const real *u = a->u + row * a->k;
    struct distance distance = {0};
    for (int64_t i = 0; i < a->d; i++) {
        quad sum = 0;
        for (int64_t o = 0; o < a->k; o++)
            sum += exact->jacobian[o * a->d + i] * (quad)u[o];
        add_difference(&distance, (quad)a->jtu[row * a->d + i], sum);
    }
    const quad typical = exact->energy * sum_of_squares(u, a->k) / (quad)a->k;
    note(&errors->vjp, distance_ratio(&distance, typical));
    note(&errors->norm, relative((quad)a->norms[row] - distance.size,
                                 distance.size > typical ? distance.size : typical));
}

/* <u, J v> = <J^T u, v>, relative to ||J||_F ||u|| ||v||. */
static void compare_adjoints(const struct reference *exact, const struct arrays *a, int64_t row,
                             struct errors *errors)
{
    const real *v = a->v + row * a->d;
    const real *u = a->u + row * a->k;
    quad difference = 0;
    for (int64_t o = 0; o < a->k; o++)
        difference += (quad)u[o] * (quad)a->jv[row * a->k + o];
    for (int64_t i = 0; i < a->d; i++)
        difference -= (quad)v[i] * (quad)a->jtu[row * a->d + i];
    const quad sizes = sum_of_squares(u, a->k) * sum_of_squares(v, a->d);
    note(&errors->adjoint, relative(difference, quad_sqrt(exact->energy * sizes)));
}

/* Gradient buffers in the layout of the weights, and the exact gradient beside them. */
struct gradients {
    PRECISION(dirichlet_dense_gradient) views[REFERENCE_LARGEST_DEPTH];
    quad *weights[REFERENCE_LARGEST_DEPTH];
    quad *biases[REFERENCE_LARGEST_DEPTH];
};

static void make_gradients(const struct dense_case *c, struct gradients *g)
{
    for (int64_t l = 0; l < c->depth; l++) {
        const int64_t o = c->widths[l + 1];
        const int64_t i = c->widths[l];
        PRECISION(dirichlet_dense_layer) layout = {.outputs = o, .inputs = i};
        int64_t bias_at = 0;
        real *array = allocate(lay_out_view(c->layout, &layout, &bias_at), sizeof *array);
        g->views[l] = (PRECISION(dirichlet_dense_gradient)){.struct_size = sizeof g->views[l],
                                                            .weights = array,
                                                            .output_stride = layout.output_stride,
                                                            .input_stride = layout.input_stride,
                                                            .bias = array + bias_at,
                                                            .bias_stride = layout.bias_stride};
        g->weights[l] = allocate(o * i, sizeof(quad));
        g->biases[l] = allocate(o, sizeof(quad));
    }
}

static void free_gradients(const struct dense_case *c, struct gradients *g)
{
    for (int64_t l = 0; l < c->depth; l++) {
        free(g->views[l].weights);
        free(g->weights[l]);
        free(g->biases[l]);
    }
}

static double gradient_error(const struct dense_case *c, const struct gradients *g)
{
    struct distance distance = {0};
    for (int64_t l = 0; l < c->depth; l++) {
        const PRECISION(dirichlet_dense_gradient) *view = &g->views[l];
        for (int64_t o = 0; o < c->widths[l + 1]; o++) {
            const real *row = view->weights + o * view->output_stride;
            const quad *exact = g->weights[l] + o * c->widths[l];
            add_difference(&distance, (quad)view->bias[o * view->bias_stride], g->biases[l][o]);
            for (int64_t i = 0; i < c->widths[l]; i++)
                add_difference(&distance, (quad)row[i * view->input_stride], exact[i]);
        }
    }
    return distance_ratio(&distance, 0);
}

static void compare_gradient(PRECISION(dirichlet_dense) * network, const struct dense_case *c,
                             const struct reference *exact, const struct arrays *a, int64_t s,
                             struct errors *errors)
{
    struct gradients gradients;
    quad *cotangent = allocate(a->k, sizeof *cotangent);
    for (int64_t o = 0; o < a->k; o++)
        cotangent[o] = (quad)a->cotangents[s * a->k + o];
    make_gradients(c, &gradients);
    require(PRECISION(dirichlet_dense_parameter_vjp)(network, 1, a->x + s * a->d,
                                                     a->cotangents + s * a->k, GRADIENT_SCALE,
                                                     gradients.views, c->depth),
            "parameter_vjp");
    reference_add_gradient(exact, cotangent, GRADIENT_SCALE, gradients.weights, gradients.biases);
    note(&errors->gradient, gradient_error(c, &gradients));
    free_gradients(c, &gradients);
    free(cotangent);
}

static void call_library(PRECISION(dirichlet_dense) * network, int64_t n, const struct arrays *a)
{
    require(PRECISION(dirichlet_dense_forward)(network, n, a->x, a->y), "forward");
    require(PRECISION(dirichlet_dense_energies)(network, n, a->x, a->energies), "energies");
    require(PRECISION(dirichlet_dense_jvp)(network, n, DIRECTIONS, a->x, a->v, a->jv), "jvp");
    require(PRECISION(dirichlet_dense_vjp)(network, n, DIRECTIONS, a->x, a->u, a->jtu), "vjp");
    require(PRECISION(dirichlet_dense_product_norms)(network, n, DIRECTIONS, a->x, a->u, a->norms),
            "product_norms");
}

static struct errors compare_sample(PRECISION(dirichlet_dense) * network,
                                    const struct dense_case *c, const struct reference *exact,
                                    const struct arrays *a, int64_t s)
{
    struct errors errors = {0};
    struct distance outputs = {0};
    for (int64_t o = 0; o < a->k; o++)
        add_difference(&outputs, (quad)a->y[s * a->k + o], exact->inputs[exact->depth][o]);
    note(&errors.forward, distance_ratio(&outputs, exact->terms));
    note(&errors.energy, relative((quad)a->energies[s] - exact->energy, exact->energy));
    for (int64_t row = s * DIRECTIONS; row < (s + 1) * DIRECTIONS; row++) {
        compare_tangent(exact, a, row, &errors);
        compare_cotangent(exact, a, row, &errors);
        compare_adjoints(exact, a, row, &errors);
    }
    const struct plan_errors planned = try_plans(network, a->x + s * a->d, exact->energy);
    errors.plans = planned.energy;
    errors.planned = planned.used;
    errors.redone = planned.redone;
    if (c->gradient)
        compare_gradient(network, c, exact, a, s, &errors);
    return errors;
}

static double largest_error(const struct errors *e)
{
    const double all[] = {e->energy, e->norm,     e->forward, e->jvp,
                          e->vjp,    e->gradient, e->adjoint, e->plans};
    double largest = 0.0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        note(&largest, all[i]);
    return largest;
}

static void widen_errors(struct errors *total, const struct errors *e)
{
    note(&total->energy, e->energy);
    note(&total->norm, e->norm);
    note(&total->forward, e->forward);
    note(&total->jvp, e->jvp);
    note(&total->vjp, e->vjp);
    note(&total->gradient, e->gradient);
    note(&total->adjoint, e->adjoint);
    note(&total->plans, e->plans);
    total->planned += e->planned;
    total->redone += e->redone;
    total->samples += e->samples;
    total->at_kinks += e->at_kinks;
    total->ill_conditioned += e->ill_conditioned;
}

/* Does the last bit of the weights decide about more of the exact energy than a tenth of the
 * bound? Then no algorithm that reads the weights in this precision and computes in it can be
 * expected to meet the bound. The library's result plays no part in the answer. */
static bool is_ill_conditioned(const struct dense_case *c, const struct built_case *built,
                               const struct reference *exact, const double *x)
{
    uint64_t state = c->seed;
    bool answer = false;
    for (int trial = 0; trial < 4 && !answer; trial++) {
        struct reference_layer layers[REFERENCE_LARGEST_DEPTH];
        struct reference perturbed;
        perturb(c, built, &state, layers);
        reference_compute(&perturbed, layers, c->depth, x);
        answer = relative(perturbed.energy - exact->energy, exact->energy) > BOUND / 10;
        reference_free(&perturbed);
        free_perturbed(c, layers);
    }
    return answer;
}

static void measure_sample(PRECISION(dirichlet_dense) * network, const struct dense_case *c,
                           const struct built_case *built, const struct arrays *a, int64_t s,
                           struct errors *errors)
{
    struct reference exact;
    double *x = allocate(a->d, sizeof *x);
    for (int64_t i = 0; i < a->d; i++)
        x[i] = (double)a->x[s * a->d + i];
    reference_compute(&exact, built->plain, c->depth, x);
    errors->samples++;
    if (!(exact.margin > KINK_MARGIN)) {
        errors->at_kinks++;
    } else {
        const struct errors own = compare_sample(network, c, &exact, a, s);
        if (!(largest_error(&own) <= BOUND) && is_ill_conditioned(c, built, &exact, x))
            errors->ill_conditioned++;
        else
            widen_errors(errors, &own);
    }
    reference_free(&exact);
    free(x);
}

/* Run one case and widen *errors by it. */
static void measure_case(const struct dense_case *c, struct errors *errors)
{
    struct built_case built;
    PRECISION(dirichlet_dense) *network = NULL;
    build_case(c, &built);
    struct arrays a = make_arrays(c);
    require(PRECISION(dirichlet_dense_create)(built.views, c->depth, NULL, &network, NULL),
            "create");
    call_library(network, c->samples, &a);
    for (int64_t s = 0; s < c->samples; s++)
        measure_sample(network, c, &built, &a, s, errors);
    PRECISION(dirichlet_dense_destroy)(network);
    free_arrays(&a);
    free_case(c, &built);
}

#endif
