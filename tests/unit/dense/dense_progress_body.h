/* What the long calls of networks tell of their progress, and that a cancelled one has written
 * nothing. */
#ifndef DIRICHLET_UNIT_DENSE_PROGRESS_BODY_H
#define DIRICHLET_UNIT_DENSE_PROGRESS_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dense_fixture_body.h"
#include "dense_memory_body.h"
#include "dense_spectral_body.h"
#include "dense_transfer_body.h"
#include "dirichlet/dense.h"
#include "dirichlet/progress.h"
#include "dirichlet/status.h"
#include "support/check.h"

#define PROGRESS_MOST 64

struct heard_progress {
    int64_t calls;
    int64_t cancel_at; /* 0: never */
    network_handle *network;
    dirichlet_progress last[PROGRESS_MOST];
};

static int32_t hear(const dirichlet_progress *progress, void *user)
{
    struct heard_progress *heard = user;
    CHECK(progress->struct_size == sizeof *progress && heard->calls < PROGRESS_MOST);
    CHECK(PRECISION(dirichlet_dense_spectral_norms)(heard->network, NULL, NULL, NULL) ==
          DIRICHLET_E_BUSY);
    heard->last[heard->calls++] = *progress;
    return heard->calls == heard->cancel_at ? 31 : 0;
}

static void expect_cancelled(const network_handle *network, dirichlet_status status)
{
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    CHECK(status == DIRICHLET_E_CANCELLED);
    CHECK(PRECISION(dirichlet_dense_last_error)(network, &error) == DIRICHLET_OK);
    CHECK(error.status == DIRICHLET_E_CANCELLED && error.callback_code == 31);
    CHECK_IN(strstr(error.message, "progress") != NULL, "%s", error.message);
}

/* Before every matrix: how many are done, and the largest lower bound so far. */
static void test_progress_of_spectral_norms(void **state)
{
    struct fixture f;
    network_handle *n = create_fixture(&f);
    struct heard_progress heard = {.network = n};
    const dirichlet_spectral_options options = {
        .struct_size = sizeof options, .progress = hear, .progress_user = &heard};
    dirichlet_spectral_result norms[NORMS_MOST];
    dirichlet_dense_lipschitz bound = {.struct_size = sizeof bound, .upper_bound = UNTOUCHED};
    double largest = NAN;
    (void)state;
    put_results(norms);
    CHECK(PRECISION(dirichlet_dense_spectral_norms)(n, &options, norms, &bound) == DIRICHLET_OK);
    CHECK(heard.calls == FIXTURE_LAYERS);
    for (int l = 0; l < FIXTURE_LAYERS; l++) {
        const dirichlet_progress *at = &heard.last[l];
        CHECK(at->samples == l && at->total == FIXTURE_LAYERS && at->skipped == 0);
        CHECK_IN(l == 0 ? isnan(at->value) : at->value == largest, "%d: %.17g, not %.17g", l,
                 at->value, largest);
        largest = fmax(largest, norms[l].lower);
    }
    for (int64_t at = 1; at <= FIXTURE_LAYERS; at++) {
        put_results(norms);
        bound.upper_bound = UNTOUCHED;
        heard.calls = 0;
        heard.cancel_at = at;
        expect_cancelled(n, PRECISION(dirichlet_dense_spectral_norms)(n, &options, norms, &bound));
        CHECK(heard.calls == at && bound.upper_bound == UNTOUCHED);
        for (int l = 0; l < FIXTURE_LAYERS; l++)
            CHECK(norms[l].norm == UNTOUCHED);
    }
    PRECISION(dirichlet_dense_destroy)(n);
}

#define PROGRESS_SAMPLES 30

static void expect_untouched_transfer(const dirichlet_dense_transfer_result *r)
{
    CHECK(r->samples == -1);
    for (int i = 0; i < PROGRESS_SAMPLES; i++)
        CHECK(r->input_side[i] == UNTOUCHED && r->ratios[i] == UNTOUCHED &&
              r->factors[i] == UNTOUCHED && r->parameter_side[i] == UNTOUCHED);
}

/* After some samples: the largest ratio of all so far. */
static void test_progress_of_transfer(void **state)
{
    struct fixture f;
    network_handle *n = create_fixture(&f);
    struct heard_progress heard = {.network = n};
    const dirichlet_dense_transfer_options options = {
        .struct_size = sizeof options, .progress = hear, .progress_user = &heard};
    struct transfer_results arrays = take_transfer(PROGRESS_SAMPLES, FIXTURE_LAYERS);
    dirichlet_dense_transfer_result r = {.struct_size = sizeof r,
                                         .samples = -1,
                                         .input_side = arrays.input_side,
                                         .parameter_side = arrays.parameter_side,
                                         .factors = arrays.factors,
                                         .ratios = arrays.ratios};
    real x[PROGRESS_SAMPLES * FIXTURE_INPUTS];
    (void)state;
    fill(x, PROGRESS_SAMPLES * FIXTURE_INPUTS, 3);
    CHECK(PRECISION(dirichlet_dense_transfer)(n, PROGRESS_SAMPLES, x, &options, &r) ==
          DIRICHLET_OK);
    CHECK(heard.calls >= 1 && heard.last[heard.calls - 1].samples == PROGRESS_SAMPLES);
    for (int64_t c = 0; c < heard.calls; c++) {
        const dirichlet_progress *at = &heard.last[c];
        double largest = 0.0;
        CHECK(at->total == PROGRESS_SAMPLES && at->skipped == 0);
        CHECK(at->samples > (c == 0 ? 0 : at[-1].samples));
        for (int64_t i = 0; i < at->samples; i++)
            largest = fmax(largest, r.ratios[i]);
        CHECK_IN(at->value == largest, "%d: %.17g, not %.17g", (int)c, at->value, largest);
    }
    const int64_t calls = heard.calls;
    for (int64_t at = 1; at <= calls; at++) {
        r.samples = -1;
        for (int i = 0; i < PROGRESS_SAMPLES; i++)
            r.input_side[i] = r.parameter_side[i] = r.factors[i] = r.ratios[i] = UNTOUCHED;
        heard.calls = 0;
        heard.cancel_at = at;
        expect_cancelled(n,
                         PRECISION(dirichlet_dense_transfer)(n, PROGRESS_SAMPLES, x, &options, &r));
        CHECK(heard.calls == at);
        expect_untouched_transfer(&r);
    }
    PRECISION(dirichlet_dense_destroy)(n);
    free_transfer(&arrays);
}

#endif
