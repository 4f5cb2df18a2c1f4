/* Losses of dense.h: gradients, Hessian products, flatness. */
#ifndef DIRICHLET_UNIT_DENSE_LOSS_BODY_H
#define DIRICHLET_UNIT_DENSE_LOSS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dense_calls_body.h"
#include "dense_fixture_body.h"
#include "dense_gradient_body.h"
#include "dense_memory_body.h"
#include "dense_penalty_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/loss.h"
#include "dirichlet/memory.h"
#include "dirichlet/status.h"
#include "support/check.h"
#include "support/counting_allocator.h"

typedef PRECISION(dirichlet_loss) loss_view;

static dirichlet_status add_loss(struct gradient_fixture *g, const loss_view *loss, double *value)
{
    return PRECISION(dirichlet_dense_loss_gradient)(g->network, 10, g->x, loss, 1.0, g->views,
                                                    FIXTURE_LAYERS, value);
}

/* The number by which a callback stopped the last call. */
static int32_t stopped_by(const network_handle *network)
{
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    CHECK(PRECISION(dirichlet_dense_last_error)(network, &error) == DIRICHLET_OK);
    CHECK(error.status == DIRICHLET_E_CALLBACK);
    return error.callback_code;
}

static void expect_loss_refused(struct gradient_fixture *g, const loss_view *loss,
                                dirichlet_status expected, const char *text)
{
    dirichlet_flatness result = {.struct_size = sizeof result, .loss = -1.0};
    double value = -1.0;
    tangent_view tangents[FIXTURE_LAYERS];
    view_tangents(g->views, FIXTURE_LAYERS, tangents);
    expect_message(g->network, add_loss(g, loss, &value), expected, text);
    expect_message(g->network,
                   PRECISION(dirichlet_dense_loss_hvp)(g->network, 10, g->x, loss, tangents, 1.0,
                                                       g->views, FIXTURE_LAYERS),
                   expected, text);
    expect_message(g->network,
                   PRECISION(dirichlet_dense_flatness_penalty)(g->network, 10, g->x, loss, 0.1, 1.0,
                                                               g->views, FIXTURE_LAYERS, &result),
                   expected, text);
    expect_untouched(g);
    CHECK(value == -1.0 && result.loss == -1.0);
}

/* Stops at its `user`-th call. */
static int32_t stopping_loss(int64_t first, int64_t samples, const real *f, double *values,
                             real *cotangents, void *user)
{
    int *calls = user;
    (void)first;
    if (--*calls < 0)
        return 42;
    for (int64_t i = 0; i < samples; i++)
        values[i] = (double)f[FIXTURE_OUTPUTS * i];
    for (int64_t i = 0; i < samples * FIXTURE_OUTPUTS; i++)
        cotangents[i] = i % FIXTURE_OUTPUTS == 0;
    return 0;
}

static int32_t stopping_curvature(int64_t first, int64_t samples, const real *f,
                                  const real *tangents, real *products, void *user)
{
    (void)first, (void)samples, (void)f, (void)tangents, (void)products, (void)user;
    return 43;
}

static void test_loss_arguments(void **state)
{
    struct gradient_fixture g;
    int64_t labels[10] = {0};
    real targets[10 * FIXTURE_OUTPUTS] = {0};
    loss_view loss = labelled_loss();
    (void)state;
    make_gradient_fixture(&g);
    expect_loss_refused(&g, NULL, DIRICHLET_E_NULL, "loss is NULL");
    loss.struct_size = 3;
    expect_loss_refused(&g, &loss, DIRICHLET_E_STRUCT_SIZE, "loss.struct_size is 3");
    loss = labelled_loss();
    loss.kind = 11;
    expect_loss_refused(&g, &loss, DIRICHLET_E_CONSTANT, "loss.kind is 11");
    loss.kind = DIRICHLET_LOSS_SQUARED;
    expect_loss_refused(&g, &loss, DIRICHLET_E_SHAPE, "loss.labels are for softmax");
    loss = labelled_loss();
    loss.concurrent = 2;
    expect_loss_refused(&g, &loss, DIRICHLET_E_RANGE, "loss.concurrent is 2");
    loss = labelled_loss();
    loss.targets = targets;
    expect_loss_refused(&g, &loss, DIRICHLET_E_SHAPE, "exactly one of them");
    loss.labels = NULL;
    loss.targets = NULL;
    expect_loss_refused(&g, &loss, DIRICHLET_E_NULL, "exactly one of them");
    loss.labels = labels;
    labels[9] = FIXTURE_OUTPUTS;
    expect_loss_refused(&g, &loss, DIRICHLET_E_RANGE, "loss.labels[9] is 2: it must be 0 to 1");
    labels[9] = -1;
    expect_loss_refused(&g, &loss, DIRICHLET_E_RANGE, "loss.labels[9] is -1");
    loss.labels = NULL;
    loss.targets = targets;
    targets[3] = (real)-0.5;
    expect_loss_refused(&g, &loss, DIRICHLET_E_RANGE, "loss.targets[1][1] is -0.5");
    targets[3] = (real)NAN;
    expect_loss_refused(&g, &loss, DIRICHLET_E_RANGE, "loss.targets[1][1] is ");
    loss.kind = DIRICHLET_LOSS_SQUARED;
    expect_loss_refused(&g, &loss, DIRICHLET_E_RANGE, "loss.targets[1][1] is ");
    loss.function = stopping_loss;
    expect_loss_refused(&g, &loss, DIRICHLET_E_SHAPE, "for a custom loss only");
    loss.function = NULL;
    loss.curvature = stopping_curvature;
    expect_loss_refused(&g, &loss, DIRICHLET_E_SHAPE, "for a custom loss only");
    loss.function = stopping_loss;
    loss.kind = DIRICHLET_LOSS_CUSTOM;
    expect_loss_refused(&g, &loss, DIRICHLET_E_SHAPE, "not for a custom loss");
    loss.targets = NULL;
    loss.labels = labels;
    expect_loss_refused(&g, &loss, DIRICHLET_E_SHAPE, "not for a custom loss");
    loss.labels = NULL;
    loss.curvature = NULL;
    loss.targets = NULL;
    loss.function = NULL;
    expect_loss_refused(&g, &loss, DIRICHLET_E_MISSING_CALLBACK, "loss.function is NULL");
    PRECISION(dirichlet_dense_destroy)(g.network);
}

static void test_flatness_arguments(void **state)
{
    struct gradient_fixture g;
    const loss_view loss = labelled_loss();
    dirichlet_flatness result = {.struct_size = sizeof result};
    tangent_view tangents[FIXTURE_LAYERS];
    (void)state;
    make_gradient_fixture(&g);
    network_handle *n = g.network;
    expect_message(n,
                   PRECISION(dirichlet_dense_flatness_penalty)(n, 0, g.x, &loss, 0.1, 1.0, g.views,
                                                               FIXTURE_LAYERS, &result),
                   DIRICHLET_E_NO_DATA, "samples is 0");
    expect_message(n,
                   PRECISION(dirichlet_dense_flatness_penalty)(
                       n, 3, g.x, &loss, (double)INFINITY, 1.0, g.views, FIXTURE_LAYERS, &result),
                   DIRICHLET_E_RANGE, "learning_rate is inf");
    expect_message(n,
                   PRECISION(dirichlet_dense_flatness_penalty)(n, 3, g.x, &loss, -0.1, 1.0, g.views,
                                                               FIXTURE_LAYERS, &result),
                   DIRICHLET_E_RANGE, "learning_rate is -0.1");
    expect_message(n,
                   PRECISION(dirichlet_dense_flatness_penalty)(n, 3, g.x, &loss, 0.1, (double)NAN,
                                                               g.views, FIXTURE_LAYERS, &result),
                   DIRICHLET_E_RANGE, "strength is ");
    expect_message(n,
                   PRECISION(dirichlet_dense_flatness_penalty)(n, 3, g.x, &loss, 0.1, 1.0, NULL,
                                                               FIXTURE_LAYERS, &result),
                   DIRICHLET_E_NULL, "gradients is NULL");
    result.struct_size = 2;
    expect_message(n,
                   PRECISION(dirichlet_dense_flatness_penalty)(n, 3, g.x, &loss, 0.1, 1.0, g.views,
                                                               FIXTURE_LAYERS, &result),
                   DIRICHLET_E_STRUCT_SIZE, "result.struct_size is 2");
    expect_message(
        n,
        PRECISION(dirichlet_dense_loss_hvp)(n, 3, g.x, &loss, NULL, 1.0, g.views, FIXTURE_LAYERS),
        DIRICHLET_E_NULL, "tangents is NULL");
    const loss_view custom = {
        .struct_size = sizeof custom, .kind = DIRICHLET_LOSS_CUSTOM, .function = stopping_loss};
    view_tangents(g.views, FIXTURE_LAYERS, tangents);
    expect_message(n,
                   PRECISION(dirichlet_dense_loss_hvp)(n, 3, g.x, &custom, tangents, 1.0, g.views,
                                                       FIXTURE_LAYERS),
                   DIRICHLET_E_MISSING_CALLBACK, "loss.curvature is NULL");
    expect_untouched(&g);
    PRECISION(dirichlet_dense_destroy)(n);
}

/* A custom loss that stops the call. */
static void test_loss_stops(void **state)
{
    struct gradient_fixture g;
    int calls = 0;
    const loss_view loss = {.struct_size = sizeof loss,
                            .kind = DIRICHLET_LOSS_CUSTOM,
                            .function = stopping_loss,
                            .curvature = stopping_curvature,
                            .user = &calls};
    double value = -1.0;
    (void)state;
    make_gradient_fixture(&g);
    expect_message(g.network, add_loss(&g, &loss, &value), DIRICHLET_E_CALLBACK,
                   "loss.function returned 42");
    CHECK(stopped_by(g.network) == 42 && value == -1.0);
    expect_untouched(&g);
    calls = 1;
    expect_message(g.network,
                   PRECISION(dirichlet_dense_flatness_penalty)(g.network, 10, g.x, &loss, 0.1, 1.0,
                                                               g.views, FIXTURE_LAYERS, NULL),
                   DIRICHLET_E_CALLBACK, "loss.function returned 42");
    calls = 2;
    expect_message(g.network,
                   PRECISION(dirichlet_dense_flatness_penalty)(g.network, 10, g.x, &loss, 0.1, 1.0,
                                                               g.views, FIXTURE_LAYERS, NULL),
                   DIRICHLET_E_CALLBACK, "loss.curvature returned 43");
    CHECK(stopped_by(g.network) == 43);
    expect_untouched(&g);
    PRECISION(dirichlet_dense_destroy)(g.network);
}

/* 1/2 ||f||^2; of the last sample the callbacks leave out the part that they are told. */
enum part_left_out { NO_PART, VALUE, COTANGENTS, PRODUCTS };

static int32_t forgetful_loss(int64_t first, int64_t samples, const real *f, double *values,
                              real *cotangents, void *user)
{
    const enum part_left_out *left_out = user;
    (void)first;
    for (int64_t s = 0; s < samples; s++) {
        const real *row = f + s * FIXTURE_OUTPUTS;
        const bool last = s + 1 == samples;
        double square = 0.0;
        for (int i = 0; i < FIXTURE_OUTPUTS; i++)
            square += (double)row[i] * (double)row[i];
        if (!(last && *left_out == VALUE))
            values[s] = 0.5 * square;
        if (!(last && *left_out == COTANGENTS))
            memcpy(cotangents + s * FIXTURE_OUTPUTS, row, FIXTURE_OUTPUTS * sizeof *row);
    }
    return 0;
}

static int32_t forgetful_curvature(int64_t first, int64_t samples, const real *f,
                                   const real *tangents, real *products, void *user)
{
    const enum part_left_out *left_out = user;
    (void)first;
    (void)f;
    const int64_t written = *left_out == PRODUCTS ? samples - 1 : samples;
    memcpy(products, tangents, (size_t)(written * FIXTURE_OUTPUTS) * sizeof *tangents);
    return 0;
}

static bool gradient_is_finite(const struct gradient_fixture *g)
{
    real numbers[PENALTY_NUMBERS];
    bool finite = true;
    read_gradients_of(g, numbers);
    for (int i = 0; i < PENALTY_NUMBERS; i++)
        finite = finite && isfinite(numbers[i]);
    return finite;
}

/* What a loss leaves out is no old number of the workspace, which a right call has filled. */
static void test_loss_left_out(void **state)
{
    struct gradient_fixture g;
    enum part_left_out left_out = NO_PART;
    const loss_view loss = {.struct_size = sizeof loss,
                            .kind = DIRICHLET_LOSS_CUSTOM,
                            .function = forgetful_loss,
                            .curvature = forgetful_curvature,
                            .user = &left_out};
    (void)state;
    make_gradient_fixture(&g);
    for (int part = NO_PART; part <= PRODUCTS; part++) {
        double value = -1.0;
        clear_gradients(&g, 0);
        left_out = part == PRODUCTS ? NO_PART : (enum part_left_out)part;
        CHECK(add_loss(&g, &loss, &value) == DIRICHLET_OK);
        CHECK_IN(isfinite(value) == (part != VALUE), "%d: %g", part, value);
        CHECK_IN(gradient_is_finite(&g) == (part != COTANGENTS), "%d", part);
        left_out = (enum part_left_out)part;
        clear_gradients(&g, 0);
        CHECK(PRECISION(dirichlet_dense_flatness_penalty)(g.network, 10, g.x, &loss, 0.1, 1.0,
                                                          g.views, FIXTURE_LAYERS,
                                                          NULL) == DIRICHLET_OK);
        CHECK_IN(gradient_is_finite(&g) == (part <= VALUE), "%d", part);
    }
    PRECISION(dirichlet_dense_destroy)(g.network);
}

/* A custom loss that calls the network it is the loss of. */
static int32_t calling_loss(int64_t first, int64_t samples, const real *f, double *values,
                            real *cotangents, void *user)
{
    struct gradient_fixture *g = user;
    real outputs[10 * FIXTURE_OUTPUTS];
    double energy = -1.0;
    (void)first;
    expect_message(g->network, PRECISION(dirichlet_dense_forward)(g->network, 10, g->x, outputs),
                   DIRICHLET_E_BUSY, "the network is in use");
    CHECK(PRECISION(dirichlet_dense_energy_sum)(g->network, 10, g->x, &energy) == DIRICHLET_E_BUSY);
    for (int64_t i = 0; i < samples; i++)
        values[i] = (double)f[FIXTURE_OUTPUTS * i];
    for (int64_t i = 0; i < samples * FIXTURE_OUTPUTS; i++)
        cotangents[i] = i % FIXTURE_OUTPUTS == 0;
    return 0;
}

static void test_loss_calls_its_network(void **state)
{
    struct gradient_fixture g;
    real outputs[10 * FIXTURE_OUTPUTS];
    const loss_view loss = {.struct_size = sizeof loss,
                            .kind = DIRICHLET_LOSS_CUSTOM,
                            .function = calling_loss,
                            .user = &g};
    (void)state;
    make_gradient_fixture(&g);
    CHECK(add_loss(&g, &loss, NULL) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_forward)(g.network, 10, g.x, outputs) == DIRICHLET_OK);
    PRECISION(dirichlet_dense_destroy)(g.network);
}

/* The gradient of the loss is parameter_vjp of its cotangents. */
static void test_loss_gradient_is_vjp(void **state)
{
    struct gradient_fixture g;
    real by_loss[PENALTY_NUMBERS];
    real by_vjp[PENALTY_NUMBERS];
    real y[10 * FIXTURE_OUTPUTS];
    real targets[10 * FIXTURE_OUTPUTS];
    double expected = 0.0;
    double value = NAN;
    (void)state;
    make_gradient_fixture(&g);
    fill(targets, 10 * FIXTURE_OUTPUTS, 12);
    const loss_view loss = {
        .struct_size = sizeof loss, .kind = DIRICHLET_LOSS_SQUARED, .targets = targets};
    CHECK(PRECISION(dirichlet_dense_forward)(g.network, 10, g.x, y) == DIRICHLET_OK);
    for (int i = 0; i < 10 * FIXTURE_OUTPUTS; i++) {
        g.cotangents[i] = y[i] - targets[i];
        expected += 0.05 * (double)g.cotangents[i] * (double)g.cotangents[i];
    }
    clear_gradients(&g, 0);
    CHECK(add_gradient(&g, 0, 10, 0.1) == DIRICHLET_OK);
    read_gradients_of(&g, by_vjp);
    clear_gradients(&g, 0);
    CHECK(add_loss(&g, &loss, &value) == DIRICHLET_OK);
    read_gradients_of(&g, by_loss);
    for (int i = 0; i < PENALTY_NUMBERS; i++)
        CHECK(fabs((double)(by_loss[i] - by_vjp[i])) <= 64.0 * (double)REAL_EPSILON);
    CHECK(fabs(value - expected) <= 64.0 * (double)REAL_EPSILON * expected);
    CHECK(PRECISION(dirichlet_dense_loss_gradient)(g.network, 0, NULL, &loss, 1.0, g.views,
                                                   FIXTURE_LAYERS, &value) == DIRICHLET_OK &&
          value == 0.0);
    PRECISION(dirichlet_dense_destroy)(g.network);
}

/* Outputs so large that their differences overflow. */
static void test_loss_of_huge_outputs(void **state)
{
    const real large = sizeof(real) == sizeof(float) ? (real)1e38 : (real)1e308;
    const real weights[2] = {large, -large};
    const real x[1] = {1};
    real gradient[2] = {0, 0};
    const int64_t label = 0;
    const layer_view layer = plain_layer(1, 2, weights, NULL, DIRICHLET_ACTIVATION_IDENTITY);
    const gradient_view view = {.struct_size = sizeof view, gradient, 1, 1, NULL, 0};
    const loss_view loss = {
        .struct_size = sizeof loss, .kind = DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY, .labels = &label};
    double value = NAN;
    (void)state;
    network_handle *network = create_or_fail(&layer, 1, NULL);
    CHECK(PRECISION(dirichlet_dense_loss_gradient)(network, 1, x, &loss, 1.0, &view, 1, &value) ==
          DIRICHLET_OK);
    CHECK(value == 0.0 && gradient[0] == 0 && gradient[1] == 0);
    const loss_view none = {.struct_size = sizeof none, .kind = DIRICHLET_LOSS_SQUARED};
    CHECK(PRECISION(dirichlet_dense_loss_gradient)(network, 0, NULL, &none, 1.0, &view, 1,
                                                   &value) == DIRICHLET_OK);
    PRECISION(dirichlet_dense_destroy)(network);
}

/* What has no buffer is no parameter: not in the norm either. */
static void test_flatness_of_some_layers(void **state)
{
    struct gradient_fixture g;
    const loss_view loss = labelled_loss();
    dirichlet_flatness all = {.struct_size = sizeof all};
    dirichlet_flatness some = {.struct_size = sizeof some};
    real numbers[PENALTY_NUMBERS];
    double square = 0.0;
    double last = 0.0;
    (void)state;
    make_gradient_fixture(&g);
    clear_gradients(&g, 0);
    CHECK(add_loss(&g, &loss, NULL) == DIRICHLET_OK);
    read_gradients_of(&g, numbers);
    for (int i = 0; i < PENALTY_NUMBERS; i++) {
        square += (double)numbers[i] * (double)numbers[i];
        last += i >= 40 && i < 55 ? (double)numbers[i] * (double)numbers[i] : 0.0;
    }
    CHECK(PRECISION(dirichlet_dense_flatness_penalty)(g.network, 10, g.x, &loss, 0.4, 0.0, NULL, 0,
                                                      &all) == DIRICHLET_OK);
    CHECK(fabs(all.squared_gradient_norm - square) <= 64.0 * (double)REAL_EPSILON * square);
    CHECK(fabs(all.implicit_regularizer - 0.1 * square) <= 64.0 * (double)REAL_EPSILON * square);
    CHECK(all.exact == 1 && all.loss > 0.0);
    clear_gradients(&g, UNTOUCHED);
    g.views[0].weights = g.views[1].weights = NULL;
    g.views[0].bias = g.views[1].bias = g.views[2].bias = NULL;
    CHECK(PRECISION(dirichlet_dense_flatness_penalty)(g.network, 10, g.x, &loss, 0.4, 1.0, g.views,
                                                      FIXTURE_LAYERS, &some) == DIRICHLET_OK);
    CHECK(fabs(some.squared_gradient_norm - last) <= 64.0 * (double)REAL_EPSILON * last);
    CHECK(!touched(g.weights[0], 15) && !touched(g.biases[2], 5) && touched(g.weights[2], 10));
    PRECISION(dirichlet_dense_destroy)(g.network);
}

/* Memory for a gradient is taken and given back; where there is none, nothing changes. */
static void test_flatness_memory(void **state)
{
    struct gradient_fixture g;
    struct counting_allocator counts = {0};
    const dirichlet_allocator hooks = counting_hooks(&counts);
    const dirichlet_dense_options options = counting_options(&hooks, 0);
    const loss_view loss = labelled_loss();
    dirichlet_flatness result = {.struct_size = sizeof result, .loss = -1.0};
    (void)state;
    make_gradient_fixture(&g);
    network_handle *network = create_or_fail(g.f.layers, FIXTURE_LAYERS, &options);
    const int64_t live = counts.live;
    counting_arm(&counts, 1, 0);
    expect_message(network,
                   PRECISION(dirichlet_dense_flatness_penalty)(network, 10, g.x, &loss, 0.4, 1.0,
                                                               g.views, FIXTURE_LAYERS, &result),
                   DIRICHLET_E_MEMORY, "no memory for a gradient of ");
    expect_untouched(&g);
    CHECK(counts.failed == 1 && counts.live == live && result.loss == -1.0);
    counting_arm(&counts, 0, 0);
    CHECK(PRECISION(dirichlet_dense_flatness_penalty)(network, 10, g.x, &loss, 0.4, 1.0, g.views,
                                                      FIXTURE_LAYERS, &result) == DIRICHLET_OK);
    CHECK(counts.live == live && counts.damaged == 0 && result.loss > 0.0);
    PRECISION(dirichlet_dense_destroy)(network);
    PRECISION(dirichlet_dense_destroy)(g.network);
    CHECK(counts.live == 0);
}

#endif
