/* What progress callbacks are told, and that a cancelled call has written nothing. */
#ifndef DIRICHLET_UNIT_REGULARIZER_PROGRESS_BODY_H
#define DIRICHLET_UNIT_REGULARIZER_PROGRESS_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/progress.h"
#include "dirichlet/regularizer.h"
#include "regularizer_energy_body.h"
#include "regularizer_fixture_body.h"
#include "regularizer_measured_body.h"
#include "support/check.h"
#include "support/sine_model.h"

#define PROGRESS_MOST 64

struct heard_progress {
    int64_t calls;
    int64_t cancel_at; /* 0: never */
    dirichlet_progress last[PROGRESS_MOST];
};

static int32_t hear(const dirichlet_progress *progress, void *user)
{
    struct heard_progress *heard_so_far = user;
    CHECK(progress->struct_size == sizeof *progress && heard_so_far->calls < PROGRESS_MOST);
    heard_so_far->last[heard_so_far->calls++] = *progress;
    return heard_so_far->calls == heard_so_far->cancel_at ? -9 : 0;
}

static void test_progress_of_norms(void **state)
{
    struct jacobian_fixture f;
    struct heard_progress progress = {0};
    double largest = 0.0;
    (void)state;
    make_jacobian(&f, JACOBIAN_INPUTS, JACOBIAN_OUTPUTS, SINE_VJP);
    f.options.progress = hear;
    f.options.progress_user = &progress;
    expect_success(jacobians_of(&f));
    CHECK(progress.calls == JACOBIAN_SAMPLES);
    for (int64_t i = 0; i < JACOBIAN_SAMPLES; i++) {
        const dirichlet_progress *at = &progress.last[i];
        largest = fmax(largest, f.norms[i]);
        CHECK(at->samples == i + 1 && at->total == JACOBIAN_SAMPLES && at->skipped == 0);
        CHECK_IN(at->value == largest, "%d: %.17g, not %.17g", (int)i, at->value, largest);
        CHECK(at->products >= (i + 1) * JACOBIAN_OUTPUTS);
        CHECK(at->products <= JACOBIAN_SAMPLES * JACOBIAN_OUTPUTS);
    }
    for (int64_t at = 1; at <= JACOBIAN_SAMPLES; at++) {
        make_jacobian(&f, JACOBIAN_INPUTS, JACOBIAN_OUTPUTS, SINE_VJP);
        const dirichlet_jacobian_norms before = f.result;
        progress = (struct heard_progress){.cancel_at = at};
        f.options.progress = hear;
        f.options.progress_user = &progress;
        expect(jacobians_of(&f), DIRICHLET_E_CANCELLED, "progress");
        CHECK(heard.callback_code == -9 && progress.calls == at);
        CHECK(memcmp(&f.result, &before, sizeof before) == 0);
        for (int64_t i = 0; i < JACOBIAN_SAMPLES; i++)
            CHECK(f.norms[i] == -1.0);
    }
}

/* The value so far is that of the first samples alone, also where a tile ends within one. */
static void check_penalty_progress(const struct heard_progress *progress, int64_t probes)
{
    static struct energy_fixture part;
    const int64_t pairs = probes > 0 ? probes : ENERGY_INPUTS; /* of a sample */
    for (int64_t i = 0; i < progress->calls; i++) {
        const dirichlet_progress *at = &progress->last[i];
        CHECK(at->total == ENERGY_SAMPLES && at->skipped == 0);
        CHECK(at->products > (i == 0 ? 0 : at[-1].products));
        CHECK(at->samples == at->products / pairs && at->samples <= ENERGY_SAMPLES);
        if (at->samples == 0) {
            CHECK_IN(isnan(at->value), "%g", at->value);
            continue;
        }
        make_energy(&part, probes);
        expect_success(energy_of(&part, 0, at->samples, 1.0));
        CHECK_IN(off_by(at->value, part.result.value, at->value) <= 1e-14,
                 "%d samples, %d products: %.17g, not %.17g", (int)at->samples, (int)at->products,
                 at->value, part.result.value);
        CHECK(probes <= 0
                  ? at->standard_error == 0.0
                  : off_by(at->standard_error, part.result.standard_error, at->value) <= 1e-14);
    }
    CHECK(progress->last[progress->calls - 1].samples == ENERGY_SAMPLES);
}

/* With room for so many pairs at a time. */
static void check_penalty_calls(int64_t probes, int64_t max_samples)
{
    static struct energy_fixture f;
    int64_t calls = 1;
    for (int64_t at = 0; at <= calls; at++) { /* the first time it is not cancelled */
        struct heard_progress progress = {.cancel_at = at};
        make_energy(&f, probes);
        f.model.max_samples = max_samples;
        f.options.progress = hear;
        f.options.progress_user = &progress;
        if (at == 0) {
            expect_success(energy_of(&f, 0, ENERGY_SAMPLES, 1.0));
            check_penalty_progress(&progress, probes);
            calls = progress.calls;
        } else {
            expect(energy_of(&f, 0, ENERGY_SAMPLES, 1.0), DIRICHLET_E_CANCELLED, "progress");
            CHECK(heard.callback_code == -9 && progress.calls == at && f.result.value == -1.0);
        }
    }
    CHECK(calls > 1);
}

static void test_progress_of_penalty(void **state)
{
    (void)state;
    for (int64_t rows = 6; rows <= 40; rows += 4) {
        check_penalty_calls(DIRICHLET_PROBES_ALL, rows);
        check_penalty_calls(2, rows);
    }
}

static void test_progress_of_operator(void **state)
{
    struct heard_progress progress = {0};
    const dirichlet_spectral_options options = {
        .struct_size = sizeof options, .progress = hear, .progress_user = &progress};
    dirichlet_spectral_result result = DIRICHLET_INIT(dirichlet_spectral_result);
    real values[30];
    (void)state;
    fill(values, 30, 4);
    expect_success(
        PRECISION(dirichlet_operator_norm)(values, 5, 6, 6, 1, &options, NULL, &result, &heard));
    CHECK(progress.calls == 1 && progress.last[0].samples == 0 && progress.last[0].total == 1);
    CHECK(isnan(progress.last[0].value) && progress.last[0].skipped == 0);
}

static void test_cancelled_operator(void **state)
{
    struct heard_progress progress = {.cancel_at = 1};
    const dirichlet_spectral_options options = {
        .struct_size = sizeof options, .progress = hear, .progress_user = &progress};
    dirichlet_spectral_result result = {.struct_size = sizeof result, .norm = -1.0};
    real values[30];
    (void)state;
    fill(values, 30, 4);
    expect(PRECISION(dirichlet_operator_norm)(values, 5, 6, 6, 1, &options, NULL, &result, &heard),
           DIRICHLET_E_CANCELLED, "progress");
    CHECK(heard.callback_code == -9 && result.norm == -1.0);
}

/* The least budget that is named is the least, of both calls that have one. */
static void test_least_bytes(void **state)
{
    struct jacobian_fixture j;
    static struct energy_fixture e;
    (void)state;
    for (int64_t limit = 0; limit < 4; limit++) {
        make_jacobian(&j, JACOBIAN_INPUTS, JACOBIAN_OUTPUTS, SINE_VJP);
        j.model.max_samples = limit;
        j.options.workspace_bytes = 1;
        expect(jacobians_of(&j), DIRICHLET_E_WORKSPACE, "at least");
        j.options.workspace_bytes = (size_t)heard.least_bytes - 1;
        expect(jacobians_of(&j), DIRICHLET_E_WORKSPACE, "at least");
        CHECK(heard.least_bytes == j.options.workspace_bytes + 1 && heard.sample == -1);
        j.options.workspace_bytes++;
        expect_success(jacobians_of(&j));
        make_energy(&e, 2);
        e.model.max_samples = limit;
        e.options.workspace_bytes = 1;
        expect(energy_of(&e, 0, 1, 1.0), DIRICHLET_E_WORKSPACE, "at least");
        e.options.workspace_bytes = (size_t)heard.least_bytes - 1;
        expect(energy_of(&e, 0, 1, 1.0), DIRICHLET_E_WORKSPACE, "at least");
        CHECK(heard.least_bytes == e.options.workspace_bytes + 1);
        e.options.workspace_bytes++;
        expect_success(energy_of(&e, 0, 1, 1.0));
        CHECK(heard.least_bytes == 0);
    }
}

#endif
