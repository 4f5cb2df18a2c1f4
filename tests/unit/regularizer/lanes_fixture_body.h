/* Regularizers of the threaded model on lent threads, and all that comes of them. */
#ifndef DIRICHLET_UNIT_LANES_FIXTURE_BODY_H
#define DIRICHLET_UNIT_LANES_FIXTURE_BODY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "support/check.h"
#include "support/pool.h"
#include "support/threaded_model.h"

#define ROWS 100
#define MOST_INPUTS 400
#define MOST_TOLD 1024

struct lanes_fixture {
    struct threaded model;
    int32_t callbacks;
    int64_t rows;
    int64_t stride; /* 0: the inputs */
    bool weighted;
    bool indexed;
    int64_t probes;
    size_t workspace_bytes;
    int64_t cancel_at; /* 0: never, -1: no progress */
    real x[ROWS * (MOST_INPUTS + 1)];
    double weights[ROWS];
    int64_t indices[ROWS];
};

struct outcome {
    dirichlet_status status;
    dirichlet_error error;
    dirichlet_jacobian_norms norms;
    dirichlet_penalty_result penalty;
    double energies[ROWS]; /* or norms */
    double deviations[ROWS];
    double gradient[THREADED_MOST];
    int64_t told;
    dirichlet_progress progress[MOST_TOLD];
};

static void make_lanes(struct lanes_fixture *f, int64_t inputs, int64_t outputs, int32_t callbacks)
{
    memset(f, 0, sizeof *f);
    threaded_make(inputs, outputs, &f->model);
    f->callbacks = callbacks | THREADED_PREPARE;
    f->rows = ROWS;
    f->cancel_at = -1;
    PRECISION(sine_data)(ROWS * (MOST_INPUTS + 1), 3, f->x);
    sine_data_f64(ROWS, 4, f->weights);
    for (int64_t i = 0; i < ROWS; i++) {
        f->weights[i] = i % 8 == 7 ? 0.0 : 1.25 + f->weights[i];
        f->indices[i] = i < 40 ? 1000 - 3 * i : 2000 + i + i / 20;
    }
}

static real *row_at(struct lanes_fixture *f, int64_t row)
{
    return f->x + row * (f->stride == 0 ? f->model.inputs : f->stride);
}

struct listening {
    const struct lanes_fixture *f;
    struct outcome *outcome;
};

static int32_t listen(const dirichlet_progress *progress, void *user)
{
    const struct listening *listening = user;
    struct outcome *outcome = listening->outcome;
    CHECK(pthread_equal(pthread_self(), listening->f->model.maker) && outcome->told < MOST_TOLD);
    outcome->progress[outcome->told++] = *progress;
    return outcome->told == listening->f->cancel_at ? 4321 : 0;
}

typedef void lanes_call(struct lanes_fixture *f, const dirichlet_parallel *parallel,
                        struct outcome *outcome);

static void call_norms(struct lanes_fixture *f, const dirichlet_parallel *parallel,
                       struct outcome *outcome)
{
    struct listening listening = {f, outcome};
    const PRECISION(dirichlet_model) model = PRECISION(threaded_model)(&f->model, f->callbacks);
    const dirichlet_jacobian_norms_options options = {.struct_size = sizeof options,
                                                      .workspace_bytes = f->workspace_bytes,
                                                      .first_sample = 11,
                                                      .parallel = parallel,
                                                      .progress = f->cancel_at >= 0 ? listen : NULL,
                                                      .progress_user = &listening};
    outcome->status = PRECISION(dirichlet_jacobian_norms)(
        &model, f->rows, f->x, &options, outcome->energies, &outcome->norms, &outcome->error);
}

static void call_penalty(struct lanes_fixture *f, const dirichlet_parallel *parallel,
                         struct outcome *outcome)
{
    struct listening listening = {f, outcome};
    const PRECISION(dirichlet_model) model = PRECISION(threaded_model)(&f->model, f->callbacks);
    const PRECISION(dirichlet_batch) batch = {.struct_size = sizeof batch,
                                              .samples = f->rows,
                                              .row_stride = f->stride,
                                              .x = f->x,
                                              .weights = f->weighted ? f->weights : NULL,
                                              .indices = f->indexed ? f->indices : NULL,
                                              .energies = outcome->energies,
                                              .deviations = outcome->deviations};
    const dirichlet_energy_penalty_options options = {.struct_size = sizeof options,
                                                      .workspace_bytes = f->workspace_bytes,
                                                      .probes = f->probes,
                                                      .seed = 5,
                                                      .parallel = parallel,
                                                      .progress = f->cancel_at >= 0 ? listen : NULL,
                                                      .progress_user = &listening};
    outcome->status = PRECISION(dirichlet_energy_penalty_batch)(&model, &batch, &options, 0.75,
                                                                &outcome->penalty, &outcome->error);
    memcpy(outcome->gradient, f->model.gradient, sizeof outcome->gradient);
}

/* On the threads of `pool`; NULL: on the calling one. */
static void run_lanes(struct lanes_fixture *f, lanes_call *call, struct pool *pool, int64_t lanes,
                      struct outcome *outcome)
{
    dirichlet_parallel parallel = {.struct_size = sizeof parallel};
    memset(outcome, 0, sizeof *outcome);
    outcome->error.struct_size = sizeof outcome->error;
    outcome->norms.struct_size = sizeof outcome->norms;
    outcome->penalty.struct_size = sizeof outcome->penalty;
    threaded_forget(&f->model);
    if (pool != NULL)
        parallel = pool_lend(pool, lanes);
    call(f, pool != NULL ? &parallel : NULL, outcome);
    CHECK(f->model.calls == 0 && f->model.gradients_abroad == 0 && f->model.unprepared == 0);
    CHECK(f->model.concurrent != 0 || f->model.abroad == 0);
}

/* Several numbers of lanes, every kind of pool; returns the calls that these have had. */
static int64_t compare_lanes(struct lanes_fixture *f, lanes_call *call, const char *name,
                             struct outcome *none)
{
    static struct outcome outcome;
    int64_t calls = 0;
    run_lanes(f, call, NULL, 1, none);
    for (int i = 0; i < POOLS_LENT; i++) {
        struct pool pool = {.kind = pools_lent[i].kind};
        const int64_t lanes = pools_lent[i].lanes;
        run_lanes(f, call, &pool, lanes, &outcome);
        CHECK_IN(memcmp(none, &outcome, sizeof outcome) == 0, "%s, %d lanes, %s: %d %s, not %d %s",
                 name, (int)lanes, pool_name(pool.kind), outcome.status, outcome.error.message,
                 none->status, none->error.message);
        CHECK(lanes > 1 || pool.calls == 0);
        calls += pool.calls;
    }
    return calls;
}

static void expect_outcome(const struct outcome *outcome, const char *name, dirichlet_status status)
{
    CHECK_IN(outcome->status == status && outcome->error.status == status, "%s: %d %s", name,
             outcome->status, outcome->error.message);
}

/* A failed call has written nothing. */
static void expect_nothing(const struct outcome *outcome, const char *name, dirichlet_status status)
{
    expect_outcome(outcome, name, status);
    for (int64_t i = 0; i < ROWS; i++)
        CHECK(outcome->energies[i] == 0.0 && outcome->deviations[i] == 0.0);
    CHECK(outcome->norms.norm == 0.0 && outcome->penalty.value == 0.0);
}

#endif
