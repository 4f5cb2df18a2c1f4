/* What the tests of conditional models share: the model, and what a model of each sample alone,
 * which needs no index, gives for it. */
#ifndef DIRICHLET_UNIT_CONDITIONAL_FIXTURE_BODY_H
#define DIRICHLET_UNIT_CONDITIONAL_FIXTURE_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/estimator.h"
#include "support/check.h"
#include "support/conditional_model.h"
#include "support/subject.h"

#define CONDITIONAL_SAMPLES 60
#define CONDITIONAL_FIRST 90 /* index of the first of them */

typedef PRECISION(dirichlet_model) model_table;
typedef PRECISION(dirichlet_batch) batch_view;

struct conditional_fixture {
    struct conditional c;
    int32_t callbacks;
    dirichlet_estimator_options options;
    dirichlet_error error;
    double wanted[CONDITIONAL_SAMPLES];
};

static inline const real *row_at(const struct conditional *c, int64_t index)
{
    const void *data = sizeof(real) == sizeof(double) ? (const void *)c->wide : c->narrow;
    return (const real *)data + index * c->inputs;
}

static inline dirichlet_estimator *create_conditional(struct conditional_fixture *f)
{
    const model_table model = PRECISION(conditional_model)(&f->c, f->callbacks);
    dirichlet_estimator *estimator = NULL;
    const dirichlet_status status =
        PRECISION(dirichlet_estimator_create)(&model, &f->options, &estimator, &f->error);
    CHECK_IN(status == DIRICHLET_OK, "%s", f->error.message);
    return estimator;
}

/* Samples `from`, ..., `from + count - 1` of the fixture. */
static inline dirichlet_status feed_conditional(const struct conditional_fixture *f,
                                                dirichlet_estimator *estimator, int64_t from,
                                                int64_t count, double *energies)
{
    return PRECISION(dirichlet_estimator_update)(
        estimator, count, row_at(&f->c, CONDITIONAL_FIRST + from), NULL, energies);
}

static inline void feed_in_batches(const struct conditional_fixture *f,
                                   dirichlet_estimator *estimator, int64_t batch, double *energies)
{
    for (int64_t from = 0; from < CONDITIONAL_SAMPLES; from += batch) {
        const int64_t left = CONDITIONAL_SAMPLES - from;
        CHECK_IN(feed_conditional(f, estimator, from, left < batch ? left : batch,
                                  energies + from) == DIRICHLET_OK,
                 "%s", dirichlet_estimator_message(estimator));
    }
}

/* The energy of one sample by a model that has its time built in. */
static inline double energy_alone(const struct conditional_fixture *f, int64_t index)
{
    static struct conditional_fixture alone;
    double energy = NAN;
    alone = *f;
    alone.c.frozen = index;
    alone.options.first_sample = index;
    dirichlet_estimator *estimator = create_conditional(&alone);
    CHECK(PRECISION(dirichlet_estimator_update)(estimator, 1, row_at(&alone.c, index), NULL,
                                                &energy) == DIRICHLET_OK);
    CHECK(alone.c.calls > 0 && isfinite(energy));
    dirichlet_estimator_destroy(estimator);
    return energy;
}

static inline void make_conditional(struct conditional_fixture *f,
                                    const struct arrangement *arrangement)
{
    memset(f, 0, sizeof *f);
    f->c = conditional_make(arrangement->inputs, arrangement->outputs);
    f->callbacks = arrangement->callbacks;
    f->error.struct_size = sizeof f->error;
    f->options.struct_size = sizeof f->options;
    f->options.method = arrangement->method;
    f->options.probes = arrangement->probes;
    f->options.seed = 20261130;
    f->options.first_sample = CONDITIONAL_FIRST;
    for (int64_t i = 0; i < CONDITIONAL_SAMPLES; i++)
        f->wanted[i] = energy_alone(f, CONDITIONAL_FIRST + i);
    conditional_forget(&f->c);
}

/* Rows were those of their indices, and there were some of samples from .. from + count - 1 and
 * of none but these. */
static inline void expect_seen(const struct conditional *c, int64_t from, int64_t count,
                               const char *name)
{
    CHECK_IN(c->strays == 0, "%s: %d strays", name, (int)c->strays);
    for (int64_t i = 0; i < CONDITIONAL_INDICES; i++) {
        const int64_t sample = i - CONDITIONAL_FIRST;
        CHECK_IN((c->seen[i] > 0) == (sample >= from && sample < from + count), "%s: index %d",
                 name, (int)i);
    }
}

/* NaNs are equal here. */
static inline bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static inline void expect_energies(const double *got, const double *wanted, int64_t count,
                                   const char *name)
{
    for (int64_t i = 0; i < count; i++)
        CHECK_IN(same_number(got[i], wanted[i]), "%s, sample %d: %.17g, not %.17g", name, (int)i,
                 got[i], wanted[i]);
}

/* The least workspace that the options can do with. */
static inline size_t least_workspace(struct conditional_fixture *f)
{
    const model_table model = PRECISION(conditional_model)(&f->c, f->callbacks);
    dirichlet_estimator_options options = f->options;
    dirichlet_estimator *none = NULL;
    options.workspace_bytes = 1;
    CHECK(PRECISION(dirichlet_estimator_create)(&model, &options, &none, &f->error) ==
          DIRICHLET_E_WORKSPACE);
    CHECK(none == NULL && f->error.least_bytes > 1);
    return (size_t)f->error.least_bytes;
}

#endif
