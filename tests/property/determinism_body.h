/* body for both precisions. */
#ifndef DIRICHLET_PROPERTY_DETERMINISM_BODY_H
#define DIRICHLET_PROPERTY_DETERMINISM_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "core/arithmetic/real.h"
#include "determinism.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/estimator.h"
#include "dirichlet/model.h"
#include "dirichlet/status.h"
#include "dirichlet/version.h"
#include "draws.h"
#include "models.h"

/* Something to be measured. */
struct job {
    PRECISION(dirichlet_model) model;
    dirichlet_estimator_options options;
    real *x;
    double weights[SAMPLES];
};

static dirichlet_estimator *create(const struct job *job)
{
    dirichlet_estimator *estimator = NULL;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    require_ok(
        PRECISION(dirichlet_estimator_create)(&job->model, &job->options, &estimator, &error),
        "create", error.message);
    return estimator;
}

/* Samples begin .. end - 1 in batches of the given size. */
static void feed(dirichlet_estimator *estimator, const struct job *job, int64_t begin, int64_t end,
                 int64_t batch)
{
    require_ok(dirichlet_estimator_seek(estimator, begin), "seek", "");
    for (int64_t first = begin; first < end; first += batch) {
        const int64_t count = end - first < batch ? end - first : batch;
        require_ok(PRECISION(dirichlet_estimator_update)(estimator, count,
                                                         job->x + first * job->model.inputs,
                                                         job->weights + first, NULL),
                   "update", dirichlet_estimator_message(estimator));
    }
}

static void in_batches(const struct job *job, int64_t batch, struct trace *trace)
{
    dirichlet_estimator *estimator = create(job);
    feed(estimator, job, 0, SAMPLES, batch);
    take_trace(estimator, trace);
    dirichlet_estimator_destroy(estimator);
}

/* A part as it arrives from another machine: through its bytes. */
static dirichlet_estimator *sent(const dirichlet_estimator *part)
{
    struct trace trace;
    dirichlet_estimator *received = NULL;
    take_trace(part, &trace);
    require_ok(dirichlet_estimator_deserialize(trace.bytes, trace.size, NULL, &received, NULL),
               "deserialize", "");
    return received;
}

/* In `parts` equal parts, merged in the order that `step` gives: part step i modulo parts
 * is the i-th. Every other one goes through bytes. */
static void in_parts(const struct job *job, int64_t parts, int64_t step, struct trace *trace)
{
    dirichlet_estimator *whole = NULL;
    for (int64_t i = 0; i < parts; i++) {
        const int64_t part = (step * i + step) % parts;
        dirichlet_estimator *estimator = create(job);
        feed(estimator, job, part * SAMPLES / parts, (part + 1) * SAMPLES / parts, 50);
        dirichlet_estimator *arrived = i % 2 == 1 ? sent(estimator) : estimator;
        if (whole == NULL)
            whole = arrived;
        else
            require_ok(dirichlet_estimator_merge(whole, arrived), "merge",
                       dirichlet_estimator_message(whole));
        if (arrived != estimator)
            dirichlet_estimator_destroy(estimator);
        if (arrived != whole)
            dirichlet_estimator_destroy(arrived);
    }
    take_trace(whole, trace);
    dirichlet_estimator_destroy(whole);
}

/* The least workspace that is accepted, up to a factor. */
static size_t least_workspace(struct job job)
{
    dirichlet_estimator *estimator = NULL;
    dirichlet_status status = DIRICHLET_E_WORKSPACE;
    job.options.workspace_bytes = 64;
    while (status == DIRICHLET_E_WORKSPACE) {
        job.options.workspace_bytes += job.options.workspace_bytes / 8;
        status = PRECISION(dirichlet_estimator_create)(&job.model, &job.options, &estimator, NULL);
    }
    require_ok(status, "create with little workspace", "");
    dirichlet_estimator_destroy(estimator);
    return job.options.workspace_bytes;
}

typedef void compare_function(const struct trace *expected, const struct trace *seen,
                              const char *name, const char *how);

/* Every way to cut a measurement, compared with the uncut one. */
static void compare_cuts(const struct job *given, const char *name, compare_function *compare)
{
    struct job job = *given;
    struct trace expected;
    struct trace seen;
    in_batches(&job, SAMPLES, &expected);
    in_batches(&job, 1, &seen);
    compare(&expected, &seen, name, "batches of 1");
    in_batches(&job, 7, &seen);
    compare(&expected, &seen, name, "batches of 7");
    in_batches(&job, 64, &seen);
    compare(&expected, &seen, name, "batches of 64");
    in_parts(&job, 2, 1, &seen);
    compare(&expected, &seen, name, "merged halves");
    in_parts(&job, 4, 1, &seen);
    compare(&expected, &seen, name, "merged quarters");
    in_parts(&job, 4, 3, &seen);
    compare(&expected, &seen, name, "merged quarters, backwards");
    job.model.max_samples = 5;
    in_batches(&job, SAMPLES, &seen);
    compare(&expected, &seen, name, "at most 5 samples a call");
    job.model.max_directions = 2;
    in_batches(&job, 64, &seen);
    compare(&expected, &seen, name, "at most 5 samples and 2 directions a call");
    job.model.max_samples = 1;
    job.model.max_directions = 1;
    in_batches(&job, SAMPLES, &seen);
    compare(&expected, &seen, name, "1 sample and 1 direction a call");
    job = *given;
    job.options.workspace_bytes = least_workspace(job);
    in_batches(&job, SAMPLES, &seen);
    compare(&expected, &seen, name, "the least workspace");
    job.options.workspace_bytes *= 5;
    in_batches(&job, 64, &seen);
    compare(&expected, &seen, name, "a little workspace");
}

static void fill_job(struct job *job, int64_t inputs, const struct method_case *method)
{
    struct draws draws = {17};
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .method = method->method,
                                                 .probes = method->probes,
                                                 .seed = UINT64_C(0x123456789abcdef0),
                                                 .population = 1000};
    memset(job, 0, sizeof *job);
    job->options = options;
    job->x = take(SAMPLES * inputs, sizeof *job->x);
    for (int64_t i = 0; i < SAMPLES * inputs; i++)
        job->x[i] = (real)draw_normal(&draws);
    for (int64_t i = 0; i < SAMPLES; i++)
        job->weights[i] = 0.5 + draw_uniform(&draws);
}

void PRECISION(callbacks)(void)
{
    double first[7 * 9];
    double second[6 * 7];
    struct draws draws = {5};
    struct tanh_network network = {9, 7, 6, first, second};
    draw_normals_into(&draws, 0.5, first, 7 * 9);
    draw_normals_into(&draws, 0.5, second, 6 * 7);
    for (int i = 0; i < METHOD_CASES; i++) {
        struct job job;
        fill_job(&job, network.inputs, &method_cases[i]);
        job.model = PRECISION(tanh_network)(&network, method_cases[i].offers);
        compare_cuts(&job, method_cases[i].name, expect_same);
        free(job.x);
    }
}

/* Largest difference of a method's cuts with a BLAS. */
static double largest;

static void keep_largest(const struct trace *expected, const struct trace *seen, const char *name,
                         const char *how)
{
    (void)name;
    (void)how;
    largest = fmax(largest, difference(expected, seen));
}

/* The table of a network's callbacks with only some of them. */
static PRECISION(dirichlet_model) offered(PRECISION(dirichlet_model) model, unsigned offers)
{
    if (!(offers & OFFER_FORWARD))
        model.forward = NULL;
    if (!(offers & OFFER_JVP))
        model.jvp = NULL;
    if (!(offers & OFFER_VJP))
        model.vjp = NULL;
    if (!(offers & OFFER_ENERGIES))
        model.energies = NULL;
    if (!(offers & OFFER_NORMS))
        model.product_norms = NULL;
    return model;
}

/* Differences amplify rounding by about the cube root of the precision. */
static double allowed(const struct method_case *method)
{
    const double epsilon = (double)REAL_EPSILON;
    return method->method == DIRICHLET_METHOD_FINITE_DIFFERENCE ? pow(epsilon, 2.0 / 3.0)
                                                                : 32.0 * epsilon;
}

static void compare_dense(PRECISION(dirichlet_dense) * network, const struct method_case *method)
{
    struct job job;
    char text[96];
    PRECISION(dirichlet_model) model = {.struct_size = sizeof model};
    require_ok(PRECISION(dirichlet_dense_model)(network, &model), "model of a network", "");
    fill_job(&job, model.inputs, method);
    job.model = offered(model, method->offers);
    if (strcmp(dirichlet_blas_name(), "none") == 0) {
        compare_cuts(&job, method->name, expect_same);
    } else {
        largest = 0.0;
        compare_cuts(&job, method->name, keep_largest);
        snprintf(text, sizeof text, "%s, %s: relative difference", method->name,
                 sizeof(real) == sizeof(double) ? "double" : "single");
        at_most(text, largest, allowed(method));
    }
    free(job.x);
}

#define LAYERS 3

void PRECISION(dense)(void)
{
    static const int64_t sizes[LAYERS + 1] = {20, 48, 24, 10};
    PRECISION(dirichlet_dense_layer) layers[LAYERS] = {{0}};
    PRECISION(dirichlet_dense) *network = NULL;
    real *weights[LAYERS];
    struct draws draws = {6};
    for (int l = 0; l < LAYERS; l++) {
        const int64_t count = sizes[l] * sizes[l + 1];
        weights[l] = take(count, sizeof *weights[l]);
        for (int64_t i = 0; i < count; i++)
            weights[l][i] = (real)(draw_normal(&draws) / sqrt((double)sizes[l]));
        layers[l].struct_size = sizeof layers[l];
        layers[l].inputs = sizes[l];
        layers[l].outputs = sizes[l + 1];
        layers[l].weights = weights[l];
        layers[l].output_stride = sizes[l];
        layers[l].input_stride = 1;
        layers[l].activation =
            l + 1 < LAYERS ? DIRICHLET_ACTIVATION_TANH : DIRICHLET_ACTIVATION_IDENTITY;
    }
    require_ok(PRECISION(dirichlet_dense_create)(layers, LAYERS, NULL, &network, NULL),
               "create a network", "");
    for (int i = 0; i < METHOD_CASES; i++)
        compare_dense(network, &method_cases[i]);
    PRECISION(dirichlet_dense_destroy)(network);
    for (int l = 0; l < LAYERS; l++)
        free(weights[l]);
}

#endif
