/* What callbacks may return beside 0: numbers of their own, and the negative ones. */
#ifndef DIRICHLET_UNIT_CONDITIONAL_RETURNS_BODY_H
#define DIRICHLET_UNIT_CONDITIONAL_RETURNS_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "conditional_fixture_body.h"
#include "core/arithmetic/real.h"
#include "dirichlet/estimator.h"
#include "support/check.h"
#include "support/conditional_model.h"
#include "support/sine_model.h"
#include "support/subject.h"

/* The callbacks by their bits, CONDITIONAL_PREPARE among them. */
static const char *const callback_names[] = {
    "model.forward",       "model.jvp",           "model.vjp",    "model.energies",
    "model.product_norms", "model.parameter_vjp", "model.prepare"};

/* One callback returns `code` at its call `at`; whether it came to that. */
static bool check_code(struct conditional_fixture *f, int callback, int32_t code, int64_t at)
{
    const dirichlet_status wanted = code == DIRICHLET_CALLBACK_UNSUPPORTED
                                        ? DIRICHLET_E_MISSING_CALLBACK
                                        : DIRICHLET_E_CALLBACK;
    double energies[CONDITIONAL_SAMPLES] = {-1.0};
    f->c.faulty = 0;
    dirichlet_estimator *estimator = create_conditional(f);
    CHECK(feed_conditional(f, estimator, 0, 5, NULL) == DIRICHLET_OK);
    const struct bytes before = bytes_of(estimator);
    f->c.faulty = 1 << callback;
    f->c.code = code;
    f->c.fail_at = at;
    const dirichlet_status status = feed_conditional(f, estimator, 5, 40, energies);
    const bool came = f->c.fail_at <= 0;
    CHECK_IN(status == (came ? wanted : DIRICHLET_OK), "%s returned %d: %d %s",
             callback_names[callback], code, status, dirichlet_estimator_message(estimator));
    const struct bytes after = bytes_of(estimator);
    if (came) {
        const dirichlet_error error = last_error(estimator);
        CHECK(bytes_equal(&before, &after) && energies[0] == -1.0);
        CHECK(error.status == wanted && error.callback_code == code && error.sample == -1);
        CHECK_IN(strstr(error.message, callback_names[callback]) != NULL, "%s", error.message);
    }
    dirichlet_estimator_destroy(estimator);
    return came;
}

/* Each callback that a method calls, at its first call and at a later one. */
static void codes(void **state)
{
    static const int32_t numbers[] = {1,  4242, INT32_MAX, DIRICHLET_CALLBACK_UNSUPPORTED,
                                      -3, -77,  INT32_MIN};
    static struct conditional_fixture f;
    int came = 0;
    (void)state;
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++) {
        make_conditional(&f, a);
        f.callbacks |= CONDITIONAL_PREPARE;
        f.c.max_samples = 3;
        for (int callback = 0; callback < 7; callback++)
            for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
                for (int64_t at = 1; at <= 4; at += 3)
                    if ((f.callbacks & (1 << callback)) != 0)
                        came += check_code(&f, callback, numbers[i], at);
    }
    CHECK(came > 7 * 2 * ARRANGEMENT_COUNT);
}

/* f is not defined at one sample, as some of the callbacks say: the update fails and names it, or
 * leaves it out. */
static void check_domain(struct conditional_fixture *f, int32_t callbacks, int64_t sample,
                         const char *name)
{
    double energies[CONDITIONAL_SAMPLES] = {-1.0};
    dirichlet_result result = DIRICHLET_INIT(dirichlet_result);
    f->c.faulty = callbacks;
    f->c.undefined = CONDITIONAL_FIRST + sample;
    f->options.on_nonfinite = DIRICHLET_NONFINITE_FAIL;
    dirichlet_estimator *estimator = create_conditional(f);
    const struct bytes before = bytes_of(estimator);
    CHECK_IN(feed_conditional(f, estimator, 0, CONDITIONAL_SAMPLES, energies) ==
                 DIRICHLET_E_NOT_FINITE,
             "%s, callbacks %d: %s", name, callbacks, dirichlet_estimator_message(estimator));
    const dirichlet_error error = last_error(estimator);
    CHECK_IN(error.sample == f->c.undefined, "%s: %d", name, (int)error.sample);
    const struct bytes after = bytes_of(estimator);
    CHECK(bytes_equal(&before, &after) && energies[0] == -1.0);
    dirichlet_estimator_destroy(estimator);
    f->options.on_nonfinite = DIRICHLET_NONFINITE_SKIP;
    estimator = create_conditional(f);
    feed_in_batches(f, estimator, 17, energies);
    for (int64_t i = 0; i < CONDITIONAL_SAMPLES; i++)
        CHECK_IN(i == sample ? isnan(energies[i]) : energies[i] == f->wanted[i],
                 "%s, callbacks %d, sample %d: %g", name, callbacks, (int)i, energies[i]);
    CHECK(f->c.strays == 0);
    (void)dirichlet_estimator_result(estimator, &result);
    CHECK(result.skipped == 1 && result.samples == CONDITIONAL_SAMPLES - 1);
    dirichlet_estimator_destroy(estimator);
}

static void out_of_domain(void **state)
{
    static const int64_t samples[] = {0, 5, CONDITIONAL_SAMPLES - 1};
    static const int64_t rows[] = {0, 1, 4};
    static struct conditional_fixture f;
    (void)state;
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++) {
        make_conditional(&f, a);
        for (int callback = 0; callback < 5; callback++)
            for (int i = 0; i < 9; i++)
                if ((f.callbacks & (1 << callback)) != 0) {
                    f.c.max_samples = rows[i % 3];
                    f.c.max_directions = i % 2;
                    check_domain(&f, 1 << callback, samples[i / 3], a->name);
                }
    }
}

/* A preparation may say so too; the products that follow have to. */
static void out_of_domain_when_prepared(void **state)
{
    static struct conditional_fixture f;
    (void)state;
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++)
        if ((a->callbacks & (SINE_JVP | SINE_VJP | SINE_NORMS)) != 0) {
            make_conditional(&f, a);
            f.callbacks |= CONDITIONAL_PREPARE;
            check_domain(&f, f.callbacks, 11, a->name);
        }
}

#endif
