/* update_batch of conditional models: shuffled indices, row strides, runs of neighbours. */
#ifndef DIRICHLET_UNIT_CONDITIONAL_BATCH_BODY_H
#define DIRICHLET_UNIT_CONDITIONAL_BATCH_BODY_H

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

#define BATCH_GAP 3 /* numbers between rows, which nobody may read */
#define BATCH_STRIDE_MOST (CONDITIONAL_WIDTH + BATCH_GAP)

/* The samples in another order, their rows apart. */
struct shuffled {
    int64_t order[CONDITIONAL_SAMPLES];
    int64_t indices[CONDITIONAL_SAMPLES];
    double weights[CONDITIONAL_SAMPLES];
    double energies[CONDITIONAL_SAMPLES];
    int64_t stride;
    real x[CONDITIONAL_SAMPLES * BATCH_STRIDE_MOST];
};

/* Runs of `run` neighbours, in a different order; the gaps are NaN. */
static void shuffle(const struct conditional *c, int64_t run, int64_t gap, struct shuffled *s)
{
    const int64_t runs = CONDITIONAL_SAMPLES / run;
    memset(s, 0, sizeof *s);
    s->stride = c->inputs + gap;
    for (int64_t i = 0; i < CONDITIONAL_SAMPLES * s->stride; i++)
        s->x[i] = (real)NAN;
    for (int64_t i = 0; i < CONDITIONAL_SAMPLES; i++) {
        s->order[i] = i / run * 7 % runs * run + i % run;
        s->indices[i] = CONDITIONAL_FIRST + s->order[i];
        s->weights[i] = 0.5 + (double)(s->order[i] % 5);
        memcpy(s->x + i * s->stride, row_at(c, s->indices[i]), (size_t)c->inputs * sizeof(real));
    }
}

static batch_view part_of(struct shuffled *s, int64_t first, int64_t samples)
{
    const batch_view batch = {.struct_size = sizeof batch,
                              .samples = samples,
                              .row_stride = s->stride,
                              .x = s->x + first * s->stride,
                              .weights = s->weights + first,
                              .indices = s->indices + first,
                              .energies = s->energies + first};
    return batch;
}

static void feed_shuffled(struct shuffled *s, dirichlet_estimator *estimator, int64_t batch)
{
    for (int64_t first = 0; first < CONDITIONAL_SAMPLES; first += batch) {
        const int64_t left = CONDITIONAL_SAMPLES - first;
        const batch_view part = part_of(s, first, left < batch ? left : batch);
        CHECK_IN(PRECISION(dirichlet_estimator_update_batch)(estimator, &part) == DIRICHLET_OK,
                 "%s", dirichlet_estimator_message(estimator));
    }
}

/* The state of all samples in their own order, with the same weights. */
static struct bytes ordered_state(struct conditional_fixture *f)
{
    double weights[CONDITIONAL_SAMPLES];
    dirichlet_estimator *estimator = create_conditional(f);
    for (int64_t i = 0; i < CONDITIONAL_SAMPLES; i++)
        weights[i] = 0.5 + (double)(i % 5);
    CHECK(PRECISION(dirichlet_estimator_update)(estimator, CONDITIONAL_SAMPLES,
                                                row_at(&f->c, CONDITIONAL_FIRST), weights,
                                                NULL) == DIRICHLET_OK);
    const struct bytes bytes = bytes_of(estimator);
    dirichlet_estimator_destroy(estimator);
    return bytes;
}

/* In any order and any batches, with any stride: the same energies, the same state. */
static void shuffled_batches(void **state)
{
    static const int64_t batches[] = {1, 7, CONDITIONAL_SAMPLES};
    static const int64_t rows[] = {0, 1, 3};
    static struct conditional_fixture f;
    static struct shuffled s;
    (void)state;
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++) {
        make_conditional(&f, a);
        const struct bytes ordered = ordered_state(&f);
        for (int64_t run = 1; run <= 5; run += 4)
            for (int i = 0; i < 9; i++) {
                conditional_forget(&f.c);
                f.c.max_samples = rows[i / 3];
                shuffle(&f.c, run, i % 2 == 0 ? 0 : BATCH_GAP, &s);
                dirichlet_estimator *estimator = create_conditional(&f);
                feed_shuffled(&s, estimator, batches[i % 3]);
                for (int n = 0; n < CONDITIONAL_SAMPLES; n++)
                    CHECK_IN(s.energies[n] == f.wanted[s.order[n]], "%s, run %d, row %d: %.17g",
                             a->name, (int)run, n, s.energies[n]);
                expect_seen(&f.c, 0, CONDITIONAL_SAMPLES, a->name);
                const struct bytes bytes = bytes_of(estimator);
                CHECK_IN(bytes_equal(&bytes, &ordered), "%s, run %d", a->name, (int)run);
                dirichlet_estimator_destroy(estimator);
            }
    }
}

/* Neighbours share a call, and none else; rows of a model that does not look all do. */
static void rows_of_a_call(void **state)
{
    static struct conditional_fixture f;
    static struct shuffled s;
    (void)state;
    for (int64_t run = 1; run <= 6; run++)
        for (int ignores = 0; ignores < 2; ignores++) {
            if (CONDITIONAL_SAMPLES % run != 0)
                continue;
            make_conditional(&f, &arrangements[0]);
            f.c.frozen = ignores ? CONDITIONAL_FIRST : -1;
            shuffle(&f.c, run, 0, &s);
            dirichlet_estimator *estimator = create_conditional(&f);
            feed_shuffled(&s, estimator, CONDITIONAL_SAMPLES);
            CHECK(f.c.most_rows == (ignores ? CONDITIONAL_SAMPLES : run));
            CHECK(f.c.calls == (ignores ? 1 : CONDITIONAL_SAMPLES / run));
            dirichlet_estimator_destroy(estimator);
        }
}

/* The index after an update is behind the largest of it, but never goes back. */
static void index_after_batch(void **state)
{
    static struct conditional_fixture f;
    dirichlet_estimator_description description = DIRICHLET_INIT(dirichlet_estimator_description);
    const int64_t indices[] = {CONDITIONAL_FIRST + 9, CONDITIONAL_FIRST + 2};
    const int64_t negative[] = {CONDITIONAL_FIRST, -1};
    const int64_t last[] = {3, INT64_MAX};
    (void)state;
    make_conditional(&f, &arrangements[2]);
    dirichlet_estimator *estimator = create_conditional(&f);
    batch_view batch = {.struct_size = sizeof batch,
                        .samples = 1,
                        .x = row_at(&f.c, CONDITIONAL_FIRST + 9),
                        .indices = indices};
    CHECK(PRECISION(dirichlet_estimator_update_batch)(estimator, &batch) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_describe(estimator, &description) == DIRICHLET_OK);
    CHECK(description.next_sample == CONDITIONAL_FIRST + 10);
    batch.x = row_at(&f.c, CONDITIONAL_FIRST + 2);
    batch.indices = indices + 1;
    CHECK(PRECISION(dirichlet_estimator_update_batch)(estimator, &batch) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_describe(estimator, &description) == DIRICHLET_OK);
    CHECK(description.next_sample == CONDITIONAL_FIRST + 10);
    batch.indices = NULL; /* consecutive ones */
    batch.samples = 3;
    batch.x = row_at(&f.c, CONDITIONAL_FIRST + 10);
    CHECK(PRECISION(dirichlet_estimator_update_batch)(estimator, &batch) == DIRICHLET_OK);
    CHECK(f.c.strays == 0 && f.c.seen[CONDITIONAL_FIRST + 12] > 0);
    const struct bytes before = bytes_of(estimator);
    batch.samples = 2;
    batch.indices = negative;
    CHECK(PRECISION(dirichlet_estimator_update_batch)(estimator, &batch) == DIRICHLET_E_RANGE);
    CHECK(strstr(dirichlet_estimator_message(estimator), "indices[1] is -1") != NULL);
    batch.indices = last; /* no index comes after it */
    CHECK(PRECISION(dirichlet_estimator_update_batch)(estimator, &batch) != DIRICHLET_OK);
    const struct bytes after = bytes_of(estimator);
    CHECK(bytes_equal(&before, &after));
    dirichlet_estimator_destroy(estimator);
}

#endif
