/* body for both precisions. */
#ifndef DIRICHLET_BENCH_OVERHEAD_BODY_H
#define DIRICHLET_BENCH_OVERHEAD_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "core/arithmetic/real.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/estimator.h"
#include "dirichlet/model.h"
#include "dirichlet/status.h"
#include "overhead.h"

#define LAYERS 3
#define BATCH 256
#define BATCHES 4
#define RUNS 15

static const int64_t sizes[LAYERS + 1] = {784, 300, 100, 10};

/* The user's side: a network, its weights and the time spent in callbacks. */
struct trainer {
    PRECISION(dirichlet_dense) * network;
    real *weights[LAYERS];
    double inside;
};

static void require_ok(dirichlet_status status, const char *what)
{
    if (status == DIRICHLET_OK)
        return;
    fprintf(stderr, "%s: %s\n", what, dirichlet_status_string(status));
    exit(2);
}

static int32_t timed_vjp(int64_t first, int64_t samples, int64_t directions, const real *x,
                         const real *u, real *jtu, void *user)
{
    (void)first;
    struct trainer *trainer = user;
    const double begin = cpu_seconds_now();
    const dirichlet_status status =
        PRECISION(dirichlet_dense_vjp)(trainer->network, samples, directions, x, u, jtu);
    trainer->inside += cpu_seconds_now() - begin;
    return status;
}

static int32_t timed_jvp(int64_t first, int64_t samples, int64_t directions, const real *x,
                         const real *v, real *jv, void *user)
{
    (void)first;
    struct trainer *trainer = user;
    const double begin = cpu_seconds_now();
    const dirichlet_status status =
        PRECISION(dirichlet_dense_jvp)(trainer->network, samples, directions, x, v, jv);
    trainer->inside += cpu_seconds_now() - begin;
    return status;
}

static int32_t timed_forward(int64_t first, int64_t samples, int64_t points, const real *x, real *y,
                             void *user)
{
    (void)first;
    struct trainer *trainer = user;
    const double begin = cpu_seconds_now();
    const dirichlet_status status =
        PRECISION(dirichlet_dense_forward)(trainer->network, samples * points, x, y);
    trainer->inside += cpu_seconds_now() - begin;
    return status;
}

/* Any numbers of the right size do: uniform on (-1/2, 1/2) times the scale. */
static real *fill(int64_t count, double scale)
{
    real *list = malloc((size_t)count * sizeof *list);
    uint32_t state = 1;
    if (list == NULL)
        exit(2);
    for (int64_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        list[i] = (real)(scale * ((double)state / 4294967296.0 - 0.5));
    }
    return list;
}

static void make_trainer(struct trainer *trainer)
{
    PRECISION(dirichlet_dense_layer) layers[LAYERS] = {{0}};
    for (int l = 0; l < LAYERS; l++) {
        trainer->weights[l] = fill(sizes[l] * sizes[l + 1], sqrt(24.0 / (double)sizes[l]));
        layers[l].struct_size = sizeof layers[l];
        layers[l].inputs = sizes[l];
        layers[l].outputs = sizes[l + 1];
        layers[l].weights = trainer->weights[l];
        layers[l].output_stride = sizes[l];
        layers[l].input_stride = 1;
        layers[l].activation =
            l + 1 < LAYERS ? DIRICHLET_ACTIVATION_RELU : DIRICHLET_ACTIVATION_IDENTITY;
    }
    require_ok(PRECISION(dirichlet_dense_create)(layers, LAYERS, NULL, &trainer->network, NULL),
               "create a network");
}

static void free_trainer(struct trainer *trainer)
{
    PRECISION(dirichlet_dense_destroy)(trainer->network);
    for (int l = 0; l < LAYERS; l++)
        free(trainer->weights[l]);
}

struct overhead PRECISION(measure_overhead)(const struct overhead_case *test)
{
    struct trainer trainer = {0};
    double times[RUNS];
    double outside[RUNS];
    double fractions[RUNS];
    const dirichlet_estimator_options options = {
        .struct_size = sizeof options, .method = test->method, .probes = test->probes};
    make_trainer(&trainer);
    const PRECISION(dirichlet_model) model = {.struct_size = sizeof model,
                                              .inputs = sizes[0],
                                              .outputs = sizes[LAYERS],
                                              .forward = timed_forward,
                                              .jvp = timed_jvp,
                                              .vjp = timed_vjp,
                                              .user = &trainer};
    real *x = fill(BATCH * sizes[0], 1.0);
    dirichlet_estimator *estimator = NULL;
    require_ok(PRECISION(dirichlet_estimator_create)(&model, &options, &estimator, NULL),
               "create an estimator");
    for (int run = -2; run < RUNS; run++) { /* the first two warm up */
        trainer.inside = 0.0;
        const double begin = cpu_seconds_now();
        for (int batch = 0; batch < BATCHES; batch++)
            require_ok(PRECISION(dirichlet_estimator_update)(estimator, BATCH, x, NULL, NULL),
                       "update");
        const double all = cpu_seconds_now() - begin;
        times[run < 0 ? 0 : run] = all / (BATCH * BATCHES);
        outside[run < 0 ? 0 : run] = (all - trainer.inside) / (BATCH * BATCHES);
        fractions[run < 0 ? 0 : run] = (all - trainer.inside) / all;
    }
    dirichlet_estimator_destroy(estimator);
    free_trainer(&trainer);
    free(x);
    const struct overhead result = {median(times, RUNS), median(outside, RUNS),
                                    median(fractions, RUNS)};
    return result;
}

#endif
