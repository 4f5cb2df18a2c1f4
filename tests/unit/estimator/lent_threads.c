#include "lent_threads.h"

#include <math.h>
#include <string.h>

#include "support/check.h"

void lent_set(struct lent *lent, int64_t row, int64_t column, double value)
{
    const int64_t stride = lent->stride == 0 ? lent->model.inputs : lent->stride;
    lent->wide[row * stride + column] = value;
    lent->narrow[row * stride + column] = (float)value;
}

void lent_make(const struct arrangement *arrangement, int32_t precision, struct lent *lent)
{
    memset(lent, 0, sizeof *lent);
    threaded_make(arrangement->inputs, arrangement->outputs, &lent->model);
    lent->callbacks = arrangement->callbacks | THREADED_PREPARE;
    lent->precision = precision;
    lent->options.struct_size = sizeof lent->options;
    lent->options.method = arrangement->method;
    lent->options.probes = arrangement->probes;
    lent->options.seed = 77;
    lent->rows = LENT_ROWS;
    lent->cancel_at = -1;
    sine_data_f64(LENT_ROWS * LENT_STRIDE, 5, lent->wide);
    sine_data_f32(LENT_ROWS * LENT_STRIDE, 5, lent->narrow);
    sine_data_f64(LENT_ROWS, 6, lent->weights);
    for (int64_t i = 0; i < LENT_ROWS; i++) {
        lent->weights[i] = i % 8 == 7 ? 0.0 : 1.25 + lent->weights[i];
        lent->indices[i] = i < 40 ? 1000 - 3 * i : 2000 + i + i / 20; /* some runs, and none */
        lent->groups[i] = i * i % (LENT_GROUPS + 1) - 1;
    }
}

struct listening {
    const struct lent *lent;
    struct outcome *outcome;
};

static int32_t listen(const dirichlet_progress *progress, void *user)
{
    const struct listening *listening = user;
    struct outcome *outcome = listening->outcome;
    CHECK(pthread_equal(pthread_self(), listening->lent->model.maker));
    CHECK(outcome->told < LENT_TOLD);
    outcome->progress[outcome->told++] = *progress;
    return outcome->told == listening->lent->cancel_at ? 4321 : 0;
}

static dirichlet_status update(struct lent *lent, dirichlet_estimator *estimator, int64_t first,
                               int64_t rows, struct outcome *outcome)
{
    const int64_t stride = lent->stride == 0 ? lent->model.inputs : lent->stride;
    const dirichlet_batch_f64 wide = {.struct_size = sizeof wide,
                                      .samples = rows,
                                      .row_stride = stride,
                                      .x = lent->wide + first * stride,
                                      .weights = lent->weighted ? lent->weights + first : NULL,
                                      .indices = lent->indexed ? lent->indices + first : NULL,
                                      .groups = lent->grouped ? lent->groups + first : NULL,
                                      .energies = outcome->energies + first,
                                      .deviations = outcome->deviations + first};
    const dirichlet_batch_f32 narrow = {.struct_size = sizeof narrow,
                                        .samples = rows,
                                        .row_stride = stride,
                                        .x = lent->narrow + first * stride,
                                        .weights = wide.weights,
                                        .indices = wide.indices,
                                        .groups = wide.groups,
                                        .energies = wide.energies,
                                        .deviations = wide.deviations};
    return lent->precision == 64 ? dirichlet_estimator_update_batch_f64(estimator, &wide)
                                 : dirichlet_estimator_update_batch_f32(estimator, &narrow);
}

static dirichlet_status create(struct lent *lent, dirichlet_estimator **out)
{
    const dirichlet_model_f64 wide = threaded_model_f64(&lent->model, lent->callbacks);
    const dirichlet_model_f32 narrow = threaded_model_f32(&lent->model, lent->callbacks);
    return lent->precision == 64
               ? dirichlet_estimator_create_f64(&wide, &lent->options, out, NULL)
               : dirichlet_estimator_create_f32(&narrow, &lent->options, out, NULL);
}

static void look_at(const dirichlet_estimator *estimator, struct outcome *outcome)
{
    dirichlet_estimator_description description = DIRICHLET_INIT(dirichlet_estimator_description);
    dirichlet_result result = DIRICHLET_INIT(dirichlet_result);
    CHECK(dirichlet_estimator_serialize(estimator, outcome->state, sizeof outcome->state,
                                        &outcome->size) == DIRICHLET_OK);
    (void)dirichlet_estimator_result(estimator, &result);
    outcome->samples = result.samples;
    outcome->stopped = dirichlet_estimator_stopped(estimator);
    CHECK(dirichlet_estimator_describe(estimator, &description) == DIRICHLET_OK);
    outcome->workspace = description.workspace_bytes;
}

void lent_run(struct lent *lent, struct pool *pool, int64_t lanes, struct outcome *outcome)
{
    struct listening listening = {lent, outcome};
    dirichlet_parallel parallel = {.struct_size = sizeof parallel};
    dirichlet_estimator *estimator = NULL;
    memset(outcome, 0, sizeof *outcome);
    outcome->error.struct_size = sizeof outcome->error;
    threaded_forget(&lent->model);
    if (pool != NULL)
        parallel = pool_lend(pool, lanes);
    lent->options.parallel = pool != NULL ? &parallel : NULL;
    lent->options.groups = lent->grouped ? LENT_GROUPS : 0;
    lent->options.progress = lent->cancel_at >= 0 ? listen : NULL;
    lent->options.progress_user = &listening;
    CHECK(create(lent, &estimator) == DIRICHLET_OK);
    const int64_t before = lent->rows < LENT_ROWS ? 0 : 5;
    outcome->status = update(lent, estimator, 0, before, outcome);
    if (outcome->status == DIRICHLET_OK)
        outcome->status = update(lent, estimator, before, lent->rows - before, outcome);
    (void)dirichlet_estimator_last_error(estimator, &outcome->error);
    look_at(estimator, outcome);
    dirichlet_estimator_destroy(estimator);
    lent->options.parallel = NULL;
    CHECK(lent->model.unprepared == 0 && lent->model.calls == 0);
    CHECK(lent->model.concurrent != 0 || lent->model.abroad == 0);
    if (lent->options.workspace_bytes > 0)
        CHECK_IN(outcome->workspace <= (int64_t)lent->options.workspace_bytes, "%ld bytes",
                 (long)outcome->workspace);
}

bool outcomes_equal(const struct outcome *a, const struct outcome *b)
{
    return a->status == b->status && a->told == b->told && a->size == b->size &&
           memcmp(a->progress, b->progress, sizeof a->progress) == 0 &&
           memcmp(a->energies, b->energies, sizeof a->energies) == 0 &&
           memcmp(a->deviations, b->deviations, sizeof a->deviations) == 0 &&
           memcmp(a->state, b->state, a->size) == 0 && a->samples == b->samples &&
           a->stopped == b->stopped && memcmp(&a->error, &b->error, sizeof a->error) == 0;
}

int64_t lent_compare(struct lent *lent, const char *name, struct outcome *none)
{
    static struct outcome lent_outcome;
    int64_t calls = 0;
    lent_run(lent, NULL, 1, none);
    for (int i = 0; i < POOLS_LENT; i++) {
        struct pool pool = {.kind = pools_lent[i].kind};
        const int64_t lanes = pools_lent[i].lanes;
        lent_run(lent, &pool, lanes, &lent_outcome);
        CHECK_IN(outcomes_equal(none, &lent_outcome),
                 "%s, %d bits, %d lanes, %s: status %d, %s; not %d, %s", name, (int)lent->precision,
                 (int)lanes, pool_name(pool.kind), lent_outcome.status, lent_outcome.error.message,
                 none->status, none->error.message);
        CHECK(lanes > 1 || pool.calls == 0);
        calls += pool.calls;
    }
    return calls;
}
