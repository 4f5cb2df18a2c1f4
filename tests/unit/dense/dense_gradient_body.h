/* dirichlet_dense_parameter_vjp: what it refuses, and that it adds. Its values are compared with
 * the definitions in tests/accuracy. */
#ifndef DIRICHLET_UNIT_DENSE_GRADIENT_BODY_H
#define DIRICHLET_UNIT_DENSE_GRADIENT_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dense_calls_body.h"
#include "dense_fixture_body.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"
#include "support/check.h"

struct gradient_fixture {
    struct fixture f;
    network_handle *network;
    gradient_view views[FIXTURE_LAYERS];
    real weights[FIXTURE_LAYERS][15];
    real biases[FIXTURE_LAYERS][5];
    real x[10 * FIXTURE_INPUTS];
    real cotangents[10 * FIXTURE_OUTPUTS];
};

static void clear_gradients(struct gradient_fixture *g, real value)
{
    for (int l = 0; l < FIXTURE_LAYERS; l++) {
        for (int i = 0; i < 15; i++)
            g->weights[l][i] = value;
        for (int i = 0; i < 5; i++)
            g->biases[l][i] = value;
    }
}

static bool touched(const real *values, int64_t count)
{
    bool answer = false;
    for (int64_t i = 0; i < count; i++)
        answer = answer || values[i] != UNTOUCHED;
    return answer;
}

static void make_gradient_fixture(struct gradient_fixture *g)
{
    g->network = create_fixture(&g->f);
    for (int l = 0; l < FIXTURE_LAYERS; l++)
        g->views[l] = (gradient_view){.struct_size = sizeof(gradient_view),
                                      .weights = g->weights[l],
                                      .output_stride = g->f.layers[l].inputs,
                                      .input_stride = 1,
                                      .bias = g->biases[l],
                                      .bias_stride = 1};
    fill(g->x, 10 * FIXTURE_INPUTS, 3);
    fill(g->cotangents, 10 * FIXTURE_OUTPUTS, 4);
    clear_gradients(g, UNTOUCHED);
}

static dirichlet_status add_gradient(struct gradient_fixture *g, int64_t first, int64_t samples,
                                     double scale)
{
    return PRECISION(dirichlet_dense_parameter_vjp)(
        g->network, samples, g->x + first * FIXTURE_INPUTS, g->cotangents + first * FIXTURE_OUTPUTS,
        scale, g->views, FIXTURE_LAYERS);
}

static void expect_gradient_refused(struct gradient_fixture *g, dirichlet_status expected,
                                    const char *text)
{
    expect_message(g->network, add_gradient(g, 0, 10, 1.0), expected, text);
    for (int l = 0; l < FIXTURE_LAYERS; l++)
        for (int i = 0; i < 15; i++)
            CHECK(g->weights[l][i] == UNTOUCHED && g->biases[l][i % 5] == UNTOUCHED);
}

static void test_gradient_arguments(void **state)
{
    struct gradient_fixture g;
    (void)state;
    make_gradient_fixture(&g);
    network_handle *n = g.network;
    expect_message(n,
                   PRECISION(dirichlet_dense_parameter_vjp)(n, 1, NULL, g.cotangents, 1.0, g.views,
                                                            FIXTURE_LAYERS),
                   DIRICHLET_E_NULL, "x is NULL");
    expect_message(
        n, PRECISION(dirichlet_dense_parameter_vjp)(n, 1, g.x, NULL, 1.0, g.views, FIXTURE_LAYERS),
        DIRICHLET_E_NULL, "cotangents is NULL");
    expect_message(n,
                   PRECISION(dirichlet_dense_parameter_vjp)(n, 1, g.x, g.cotangents, 1.0, NULL,
                                                            FIXTURE_LAYERS),
                   DIRICHLET_E_NULL, "gradients is NULL");
    expect_message(n,
                   PRECISION(dirichlet_dense_parameter_vjp)(n, 1, g.x, g.cotangents, 1.0, g.views,
                                                            FIXTURE_LAYERS - 1),
                   DIRICHLET_E_SHAPE, "gradient_count is 2");
    expect_message(n, add_gradient(&g, 0, -1, 1.0), DIRICHLET_E_RANGE, "samples is -1");
    expect_message(n, add_gradient(&g, 0, 1, (double)NAN), DIRICHLET_E_RANGE, "scale is ");
    expect_message(n, add_gradient(&g, 0, 1, (double)-INFINITY), DIRICHLET_E_RANGE,
                   "scale is -inf");
    PRECISION(dirichlet_dense_destroy)(n);
}

/* A mistake in the last view stops the call before anything is added to the first. */
static void test_gradient_views(void **state)
{
    struct gradient_fixture g;
    (void)state;
    make_gradient_fixture(&g);
    g.views[2].output_stride = 1;
    expect_gradient_refused(&g, DIRICHLET_E_SHAPE, "gradients[2].output_stride is 1");
    g.views[2].output_stride = 0;
    expect_gradient_refused(&g, DIRICHLET_E_RANGE, "gradients[2].output_stride is 0");
    g.views[2].output_stride = 5;
    g.views[2].bias_stride = -1;
    expect_gradient_refused(&g, DIRICHLET_E_RANGE, "gradients[2].bias_stride is -1");
    g.views[2].bias_stride = INT64_C(1) << 40;
    expect_gradient_refused(&g, DIRICHLET_E_RANGE, "gradients[2].bias_stride is 1099511627776");
    g.views[2].bias_stride = 1;
    g.views[2].struct_size = sizeof(size_t) + 3;
    expect_gradient_refused(&g, DIRICHLET_E_STRUCT_SIZE, "gradients[2].struct_size");
    PRECISION(dirichlet_dense_destroy)(g.network);
}

static void test_gradient_of_old_struct(void **state)
{
    struct gradient_fixture g;
    unsigned char bytes[FIXTURE_LAYERS * sizeof(gradient_view)];
    const size_t older = offsetof(gradient_view, bias);
    (void)state;
    make_gradient_fixture(&g);
    for (int l = 0; l < FIXTURE_LAYERS; l++) {
        memcpy(bytes + (size_t)l * older, &g.views[l], older);
        memcpy(bytes + (size_t)l * older, &older, sizeof older);
    }
    CHECK(PRECISION(dirichlet_dense_parameter_vjp)(g.network, 10, g.x, g.cotangents, 1.0,
                                                   (const gradient_view *)(const void *)bytes,
                                                   FIXTURE_LAYERS) == DIRICHLET_OK);
    CHECK(touched(g.weights[2], 10));
    CHECK(!touched(g.biases[2], 5));
    PRECISION(dirichlet_dense_destroy)(g.network);
}

/* Ten samples at once add what ten calls add; what was there stays. */
static void test_gradient_adds(void **state)
{
    struct gradient_fixture one;
    struct gradient_fixture ten;
    (void)state;
    make_gradient_fixture(&one);
    make_gradient_fixture(&ten);
    clear_gradients(&one, 1);
    clear_gradients(&ten, 1);
    for (int64_t s = 0; s < 10; s++)
        CHECK(add_gradient(&one, s, 1, 0.5) == DIRICHLET_OK);
    CHECK(add_gradient(&ten, 0, 10, 0.5) == DIRICHLET_OK);
    CHECK(add_gradient(&ten, 0, 0, 0.5) == DIRICHLET_OK);
    const double tolerance = 200.0 * (double)REAL_EPSILON;
    bool changed = false;
    for (int l = 0; l < FIXTURE_LAYERS; l++) {
        for (int i = 0; i < 15; i++) {
            CHECK(fabs((double)(one.weights[l][i] - ten.weights[l][i])) <= tolerance);
            changed = changed || fabs((double)ten.weights[l][i] - 1.0) > 0.01;
        }
        for (int i = 0; i < 5; i++)
            CHECK(fabs((double)(one.biases[l][i] - ten.biases[l][i])) <= tolerance);
    }
    CHECK(changed);
    /* Nothing beyond the 2 x 5 weights and 2 biases of the last layer. */
    CHECK(ten.weights[2][10] == 1 && ten.biases[2][2] == 1);
    PRECISION(dirichlet_dense_destroy)(one.network);
    PRECISION(dirichlet_dense_destroy)(ten.network);
}

/* A NULL buffer is not wanted, and does not change the others. */
static void test_gradient_parts(void **state)
{
    struct gradient_fixture all;
    struct gradient_fixture some;
    (void)state;
    make_gradient_fixture(&all);
    make_gradient_fixture(&some);
    some.views[1].weights = NULL;
    some.views[1].output_stride = -1; /* of no weights: not looked at */
    some.views[2].bias = NULL;
    some.views[2].bias_stride = -1;
    CHECK(add_gradient(&all, 0, 10, 1.0) == DIRICHLET_OK);
    CHECK(add_gradient(&some, 0, 10, 1.0) == DIRICHLET_OK);
    CHECK(memcmp(all.weights[0], some.weights[0], sizeof all.weights[0]) == 0);
    CHECK(memcmp(all.biases[1], some.biases[1], sizeof all.biases[1]) == 0);
    CHECK(memcmp(all.weights[2], some.weights[2], sizeof all.weights[2]) == 0);
    CHECK(!touched(some.weights[1], 15) && !touched(some.biases[2], 5));
    CHECK(touched(all.weights[1], 15) && touched(all.biases[2], 2));
    PRECISION(dirichlet_dense_destroy)(all.network);
    PRECISION(dirichlet_dense_destroy)(some.network);
}

#endif
