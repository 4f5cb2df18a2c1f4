/* Mistakes in calls of the transfer theorem, and arrays that are not wanted. */
#ifndef DIRICHLET_UNIT_DENSE_TRANSFER_CALLS_BODY_H
#define DIRICHLET_UNIT_DENSE_TRANSFER_CALLS_BODY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dense_calls_body.h"
#include "dense_fixture_body.h"
#include "dense_transfer_body.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"
#include "support/check.h"

static void test_transfer_arguments(void **state)
{
    struct fixture f;
    network_handle *n = create_fixture(&f);
    const real x[FIXTURE_INPUTS] = {1, 1, 1, 1};
    double numbers[FIXTURE_LAYERS + 3];
    dirichlet_dense_transfer_result r = {.struct_size = sizeof r,
                                         .samples = -1,
                                         .input_side = numbers,
                                         .parameter_side = numbers + 1,
                                         .ratios = numbers + 2,
                                         .factors = numbers + 3};
    dirichlet_dense_transfer_options options = {.struct_size = 3};
    (void)state;
    for (int i = 0; i < FIXTURE_LAYERS + 3; i++)
        numbers[i] = UNTOUCHED;
    CHECK(PRECISION(dirichlet_dense_transfer)(NULL, 1, x, NULL, &r) == DIRICHLET_E_NULL);
    expect_message(n, PRECISION(dirichlet_dense_transfer)(n, 1, NULL, NULL, &r), DIRICHLET_E_NULL,
                   "x is NULL");
    expect_message(n, PRECISION(dirichlet_dense_transfer)(n, 1, x, NULL, NULL), DIRICHLET_E_NULL,
                   "result is NULL");
    expect_message(n, PRECISION(dirichlet_dense_transfer)(n, 1, x, &options, &r),
                   DIRICHLET_E_STRUCT_SIZE, "options.struct_size is 3");
    expect_message(n, PRECISION(dirichlet_dense_transfer)(n, -1, x, NULL, &r), DIRICHLET_E_RANGE,
                   "samples is -1");
    expect_message(n, PRECISION(dirichlet_dense_transfer)(n, INT64_MAX / 8, x, NULL, &r),
                   DIRICHLET_E_OVERFLOW, "x: ");
    r.struct_size = 2;
    expect_message(n, PRECISION(dirichlet_dense_transfer)(n, 1, x, NULL, &r),
                   DIRICHLET_E_STRUCT_SIZE, "result.struct_size is 2");
    r.struct_size = sizeof r;
    CHECK(r.samples == -1);
    CHECK(PRECISION(dirichlet_dense_transfer)(n, 0, NULL, NULL, &r) == DIRICHLET_OK);
    CHECK(r.samples == 0);
    for (int i = 0; i < FIXTURE_LAYERS + 3; i++)
        CHECK(numbers[i] == UNTOUCHED);
    PRECISION(dirichlet_dense_destroy)(n);
}

/* Each of the arrays alone is as with the others. */
static void test_transfer_of_one_array(void **state)
{
    enum { N = 3 };
    struct fixture f;
    network_handle *n = create_fixture(&f);
    struct transfer_results all = take_transfer(N, FIXTURE_LAYERS);
    double *const arrays[4] = {all.input_side, all.parameter_side, all.factors, all.ratios};
    real x[N * FIXTURE_INPUTS];
    (void)state;
    fill(x, N * FIXTURE_INPUTS, 3);
    CHECK(transfer_of(n, N, x, &all) == DIRICHLET_OK);
    for (int i = 0; i < 4; i++) {
        double own[N * FIXTURE_LAYERS];
        struct transfer_results one = {i == 0 ? own : NULL, i == 1 ? own : NULL,
                                       i == 2 ? own : NULL, i == 3 ? own : NULL};
        CHECK(transfer_of(n, N, x, &one) == DIRICHLET_OK);
        CHECK(memcmp(own, arrays[i], (size_t)N * (i == 2 ? FIXTURE_LAYERS : 1) * sizeof *own) == 0);
    }
    PRECISION(dirichlet_dense_destroy)(n);
    free_transfer(&all);
}

#endif
