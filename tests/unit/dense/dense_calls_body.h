/* Mistakes in the calls on a handle: a status, a message, outputs untouched. */
#ifndef DIRICHLET_UNIT_DENSE_CALLS_BODY_H
#define DIRICHLET_UNIT_DENSE_CALLS_BODY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dense_fixture_body.h"
#include "dirichlet/dense.h"
#include "dirichlet/model.h"
#include "dirichlet/status.h"
#include "support/check.h"
#include "support/sine_model.h"

static void expect_message(const network_handle *network, dirichlet_status status,
                           dirichlet_status expected, const char *text)
{
    const char *message = PRECISION(dirichlet_dense_message)(network);
    CHECK_IN(status == expected, "%s: status %d, message '%s'", text, (int)status, message);
    CHECK_IN(strstr(message, text) != NULL, "'%s' lacks '%s'", message, text);
}

#define UNTOUCHED 42

static void test_calls_without_handle(void **state)
{
    const real x[4] = {0};
    real out[4] = {0};
    double energies[1] = {UNTOUCHED};
    PRECISION(dirichlet_model) model = {.struct_size = sizeof model};
    (void)state;
    CHECK(PRECISION(dirichlet_dense_forward)(NULL, 1, x, out) == DIRICHLET_E_NULL);
    CHECK(PRECISION(dirichlet_dense_jvp)(NULL, 1, 1, x, x, out) == DIRICHLET_E_NULL);
    CHECK(PRECISION(dirichlet_dense_vjp)(NULL, 1, 1, x, x, out) == DIRICHLET_E_NULL);
    CHECK(PRECISION(dirichlet_dense_energies)(NULL, 1, x, energies) == DIRICHLET_E_NULL);
    CHECK(PRECISION(dirichlet_dense_product_norms)(NULL, 1, 1, x, x, energies) == DIRICHLET_E_NULL);
    CHECK(PRECISION(dirichlet_dense_parameter_vjp)(NULL, 1, x, x, 1.0, NULL, 0) ==
          DIRICHLET_E_NULL);
    CHECK(PRECISION(dirichlet_dense_model)(NULL, &model) == DIRICHLET_E_NULL);
    CHECK(PRECISION(dirichlet_dense_inputs)(NULL) == 0);
    CHECK(PRECISION(dirichlet_dense_outputs)(NULL) == 0);
    assert_string_equal(PRECISION(dirichlet_dense_message)(NULL), "");
    PRECISION(dirichlet_dense_destroy)(NULL);
    CHECK(energies[0] == UNTOUCHED);
}

static void test_calls_with_null_arrays(void **state)
{
    struct fixture f;
    network_handle *n = create_fixture(&f);
    const real in[FIXTURE_INPUTS] = {1, 1, 1, 1};
    real out[FIXTURE_INPUTS] = {UNTOUCHED, UNTOUCHED, UNTOUCHED, UNTOUCHED};
    double sum = UNTOUCHED;
    (void)state;
    assert_string_equal(PRECISION(dirichlet_dense_message)(n), "");
    expect_message(n, PRECISION(dirichlet_dense_forward)(n, 1, NULL, out), DIRICHLET_E_NULL,
                   "x is NULL");
    expect_message(n, PRECISION(dirichlet_dense_forward)(n, 1, in, NULL), DIRICHLET_E_NULL,
                   "y is NULL");
    expect_message(n, PRECISION(dirichlet_dense_jvp)(n, 1, 1, in, NULL, out), DIRICHLET_E_NULL,
                   "v is NULL");
    expect_message(n, PRECISION(dirichlet_dense_jvp)(n, 1, 1, in, in, NULL), DIRICHLET_E_NULL,
                   "jv is NULL");
    expect_message(n, PRECISION(dirichlet_dense_vjp)(n, 1, 1, in, NULL, out), DIRICHLET_E_NULL,
                   "u is NULL");
    expect_message(n, PRECISION(dirichlet_dense_vjp)(n, 1, 1, in, in, NULL), DIRICHLET_E_NULL,
                   "jtu is NULL");
    expect_message(n, PRECISION(dirichlet_dense_energies)(n, 1, NULL, &sum), DIRICHLET_E_NULL,
                   "x is NULL");
    expect_message(n, PRECISION(dirichlet_dense_energies)(n, 1, in, NULL), DIRICHLET_E_NULL,
                   "energies is NULL");
    expect_message(n, PRECISION(dirichlet_dense_product_norms)(n, 1, 1, in, NULL, &sum),
                   DIRICHLET_E_NULL, "u is NULL");
    expect_message(n, PRECISION(dirichlet_dense_product_norms)(n, 1, 1, in, in, NULL),
                   DIRICHLET_E_NULL, "norms is NULL");
    for (int i = 0; i < FIXTURE_INPUTS; i++)
        CHECK(out[i] == UNTOUCHED);
    CHECK(sum == UNTOUCHED);
    PRECISION(dirichlet_dense_destroy)(n);
}

static void test_calls_with_wrong_counts(void **state)
{
    struct fixture f;
    network_handle *n = create_fixture(&f);
    const int64_t huge = INT64_MAX / 8;
    const real in[FIXTURE_INPUTS] = {1, 1, 1, 1};
    real out[FIXTURE_INPUTS] = {UNTOUCHED, UNTOUCHED, UNTOUCHED, UNTOUCHED};
    double sum = UNTOUCHED;
    (void)state;
    expect_message(n, PRECISION(dirichlet_dense_forward)(n, -1, in, out), DIRICHLET_E_RANGE,
                   "samples is -1");
    expect_message(n, PRECISION(dirichlet_dense_energies)(n, -2, in, &sum), DIRICHLET_E_RANGE,
                   "samples is -2");
    expect_message(n, PRECISION(dirichlet_dense_jvp)(n, 1, 0, in, in, out), DIRICHLET_E_RANGE,
                   "directions is 0");
    expect_message(n, PRECISION(dirichlet_dense_vjp)(n, 0, -1, in, in, out), DIRICHLET_E_RANGE,
                   "directions is -1");
    expect_message(n, PRECISION(dirichlet_dense_product_norms)(n, 1, -4, in, in, &sum),
                   DIRICHLET_E_RANGE, "directions is -4");
    expect_message(n, PRECISION(dirichlet_dense_forward)(n, huge, in, out), DIRICHLET_E_OVERFLOW,
                   "x: ");
    expect_message(n, PRECISION(dirichlet_dense_jvp)(n, 2, huge, in, in, out), DIRICHLET_E_OVERFLOW,
                   "v: ");
    expect_message(n, PRECISION(dirichlet_dense_vjp)(n, 2, huge, in, in, out), DIRICHLET_E_OVERFLOW,
                   "u: ");
    expect_message(n, PRECISION(dirichlet_dense_jvp)(n, 1, INT64_MAX, in, in, out),
                   DIRICHLET_E_OVERFLOW, "v: ");
    expect_message(n, PRECISION(dirichlet_dense_vjp)(n, 1, INT64_MAX, in, in, out),
                   DIRICHLET_E_OVERFLOW, "u: ");
    expect_message(n, PRECISION(dirichlet_dense_product_norms)(n, 1, INT64_MAX, in, in, &sum),
                   DIRICHLET_E_OVERFLOW, "s: ");
    CHECK(PRECISION(dirichlet_dense_vjp)(n, 0, INT64_MAX, in, in, out) == DIRICHLET_OK);
    for (int i = 0; i < FIXTURE_INPUTS; i++)
        CHECK(out[i] == UNTOUCHED);
    CHECK(sum == UNTOUCHED);
    PRECISION(dirichlet_dense_destroy)(n);
}

/* With no samples nothing happens, whatever the pointers. */
static void test_calls_without_samples(void **state)
{
    struct fixture f;
    network_handle *n = create_fixture(&f);
    (void)state;
    CHECK(PRECISION(dirichlet_dense_forward)(n, 0, NULL, NULL) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_jvp)(n, 0, 1, NULL, NULL, NULL) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_vjp)(n, 0, 1, NULL, NULL, NULL) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_energies)(n, 0, NULL, NULL) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_product_norms)(n, 0, 1, NULL, NULL, NULL) == DIRICHLET_OK);
    assert_string_equal(PRECISION(dirichlet_dense_message)(n), "");
    PRECISION(dirichlet_dense_destroy)(n);
}

static void test_model_table(void **state)
{
    struct fixture f;
    network_handle *n = create_fixture(&f);
    PRECISION(dirichlet_model) model = {.struct_size = sizeof model};
    real x[2 * FIXTURE_INPUTS];
    real direct[2 * FIXTURE_INPUTS];
    real called[2 * FIXTURE_INPUTS];
    double sums[2][2];
    (void)state;
    fill(x, 2 * FIXTURE_INPUTS, 5);
    expect_message(n, PRECISION(dirichlet_dense_model)(n, NULL), DIRICHLET_E_NULL, "model is NULL");
    CHECK(PRECISION(dirichlet_dense_model)(n, &model) == DIRICHLET_OK);
    CHECK(model.struct_size == sizeof model && model.inputs == 4 && model.outputs == 2);
    CHECK(model.max_samples == 0 && model.max_directions == 0 && model.user == n);
    CHECK(PRECISION(dirichlet_dense_forward)(n, 2, x, direct) == DIRICHLET_OK);
    CHECK(model.forward(0, 2, 1, x, called, model.user) == 0);
    CHECK(memcmp(direct, called, 4 * sizeof(real)) == 0);
    memset(called, 0, sizeof called); /* two points of one sample are two rows */
    CHECK(model.forward(9, 1, 2, x, called, model.user) == 0);
    CHECK(memcmp(direct, called, 4 * sizeof(real)) == 0);
    CHECK(model.ignores_first == 1 && model.parameter_vjp == NULL);
    CHECK(model.retain == NULL && model.release == NULL);
    CHECK(PRECISION(dirichlet_dense_jvp)(n, 1, 2, x, x, direct) == DIRICHLET_OK);
    CHECK(model.jvp(0, 1, 2, x, x, called, model.user) == 0);
    CHECK(memcmp(direct, called, 4 * sizeof(real)) == 0);
    CHECK(PRECISION(dirichlet_dense_vjp)(n, 1, 2, x, x, direct) == DIRICHLET_OK);
    CHECK(model.vjp(0, 1, 2, x, x, called, model.user) == 0);
    CHECK(memcmp(direct, called, 8 * sizeof(real)) == 0);
    CHECK(PRECISION(dirichlet_dense_energies)(n, 2, x, sums[0]) == DIRICHLET_OK);
    CHECK(model.energies(0, 2, x, sums[1], model.user) == 0);
    CHECK(sums[0][0] == sums[1][0] && sums[0][1] == sums[1][1]);
    CHECK(PRECISION(dirichlet_dense_product_norms)(n, 1, 2, x, x, sums[0]) == DIRICHLET_OK);
    CHECK(model.product_norms(0, 1, 2, x, x, sums[1], model.user) == 0);
    CHECK(sums[0][0] == sums[1][0] && sums[0][1] == sums[1][1]);
    CHECK(model.forward(0, 1, 1, NULL, called, model.user) != 0);
    model.struct_size = 1;
    expect_message(n, PRECISION(dirichlet_dense_model)(n, &model), DIRICHLET_E_STRUCT_SIZE,
                   "model.struct_size is 1");
    PRECISION(dirichlet_dense_destroy)(n);
}

#endif
