/* The functions of estimator.h, for every method on every side. */
#ifndef DIRICHLET_ENVIRONMENT_ESTIMATOR_BODY_H
#define DIRICHLET_ENVIRONMENT_ESTIMATOR_BODY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/estimator.h"
#include "dirichlet/memory.h"
#include "dirichlet/model.h"
#include "run.h"
#include "type.h"

#define ROWS 7

static int32_t see_progress(const dirichlet_progress *progress, void *user)
{
    struct run *run = user;
    run_inside(run);
    run_keep(run, progress, sizeof *progress);
    return 0;
}

static void keep_result(struct run *run, const dirichlet_result *result)
{
    run_keep(run, result, sizeof *result);
}

static void keep_state(struct run *run, const dirichlet_estimator *estimator)
{
    static unsigned char bytes[32768];
    size_t size = 0;
    run_begin(run, "dirichlet_estimator_serialize");
    run_keep_status(run, dirichlet_estimator_serialize(estimator, bytes, sizeof bytes, &size));
    run_keep(run, bytes, size);
    run_end(run);
    dirichlet_allocator allocator = run_allocator(run);
    dirichlet_estimator *copy = NULL;
    dirichlet_result result = {.struct_size = sizeof result};
    run_begin(run, "dirichlet_estimator_deserialize");
    run_keep_status(run, dirichlet_estimator_deserialize(bytes, size, &allocator, &copy, NULL));
    run_end(run);
    run_begin(run, "dirichlet_estimator_result");
    run_keep_status(run, dirichlet_estimator_result(copy, &result));
    keep_result(run, &result);
    run_end(run);
    run_begin(run, "dirichlet_estimator_destroy");
    dirichlet_estimator_destroy(copy);
    run_end(run);
}

static void merge_clone(struct run *run, dirichlet_estimator *estimator)
{
    dirichlet_estimator *copy = NULL;
    run_begin(run, "dirichlet_estimator_clone");
    run_keep_status(run, dirichlet_estimator_clone(estimator, &copy));
    run_end(run);
    run_begin(run, "dirichlet_estimator_merge");
    run_keep_status(run, dirichlet_estimator_merge(estimator, copy));
    run_end(run);
    keep_state(run, estimator);
    run_begin(run, "dirichlet_estimator_destroy");
    dirichlet_estimator_destroy(copy);
    run_end(run);
}

static void look_at(struct run *run, dirichlet_estimator *estimator)
{
    run_begin(run, "dirichlet_estimator_stopped");
    const int32_t number = dirichlet_estimator_stopped(estimator);
    run_keep(run, &number, sizeof number);
    run_end(run);
    dirichlet_estimator_description description = {.struct_size = sizeof description};
    run_begin(run, "dirichlet_estimator_describe");
    run_keep_status(run, dirichlet_estimator_describe(estimator, &description));
    run_keep(run, &description, sizeof description);
    run_end(run);
    dirichlet_error error = {.struct_size = sizeof error};
    run_begin(run, "dirichlet_estimator_last_error");
    run_keep_status(run, dirichlet_estimator_last_error(estimator, &error));
    run_keep(run, &error, sizeof error);
    run_end(run);
    run_begin(run, "dirichlet_estimator_seek");
    run_keep_status(run, dirichlet_estimator_seek(estimator, 12));
    run_end(run);
    run_begin(run, "dirichlet_estimator_message");
    const char *text = dirichlet_estimator_message(estimator);
    run_keep(run, text, strlen(text));
    run_end(run);
    run_begin(run, "dirichlet_estimator_reset");
    run_keep_status(run, dirichlet_estimator_reset(estimator));
    run_end(run);
}

/* The samples in another order, some of them in groups, with room between the rows. */
static void run_batch(struct run *run, dirichlet_estimator *estimator, const real *x,
                      int64_t inputs)
{
    static const int64_t indices[ROWS] = {9, 3, 4, 5, 20, 8, 1};
    static const int64_t groups[ROWS] = {0, 1, -1, 1, 0, 1, 0};
    const double weights[ROWS] = {1.0, 0.1, 0.7, 1.0, 0.3, 0.9, 1.1};
    double numbers[2][ROWS] = {{0}};
    const PRECISION(dirichlet_batch) batch = {.struct_size = sizeof batch,
                                              .samples = ROWS / 2,
                                              .row_stride = 2 * inputs,
                                              .x = x,
                                              .weights = weights,
                                              .indices = indices,
                                              .groups = groups,
                                              .energies = numbers[0],
                                              .deviations = numbers[1]};
    run_begin(run, PRECISION_NAME("dirichlet_estimator_update_batch"));
    run_keep_status(run, PRECISION(dirichlet_estimator_update_batch)(estimator, &batch));
    run_keep(run, numbers, sizeof numbers);
    run_end(run);
    for (int64_t group = 0; group < 2; group++) {
        dirichlet_result result = {.struct_size = sizeof result};
        run_begin(run, "dirichlet_estimator_group_result");
        run_keep_status(run, dirichlet_estimator_group_result(estimator, group, &result));
        keep_result(run, &result);
        run_end(run);
    }
}

static void run_method(struct run *run, PRECISION(dirichlet_model) model, dirichlet_method method,
                       const real *x)
{
    const dirichlet_allocator allocator = run_allocator(run);
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .method = method,
                                                 .probes =
                                                     method == DIRICHLET_METHOD_HUTCHPP ? 4 : 2,
                                                 .tolerance = 0.3,
                                                 .min_samples = 4,
                                                 .groups = 2,
                                                 .allocator = &allocator,
                                                 .progress = see_progress,
                                                 .progress_user = run};
    const double weights[ROWS] = {1.0, 0.1, 0.7, 1.0, 0.3, 0.9, 1.1};
    double energies[ROWS] = {0};
    dirichlet_estimator *estimator = NULL;
    dirichlet_result result = {.struct_size = sizeof result};
    run_begin(run, PRECISION_NAME("dirichlet_estimator_create"));
    run_keep_status(run, PRECISION(dirichlet_estimator_create)(&model, &options, &estimator, NULL));
    run_end(run);
    run_batch(run, estimator, x, model.inputs);
    run_begin(run, PRECISION_NAME("dirichlet_estimator_update"));
    run_keep_status(run,
                    PRECISION(dirichlet_estimator_update)(estimator, ROWS, x, weights, energies));
    run_keep(run, energies, sizeof energies);
    run_end(run);
    merge_clone(run, estimator);
    look_at(run, estimator);
    run_begin(run, "dirichlet_estimator_destroy");
    dirichlet_estimator_destroy(estimator);
    run_end(run);
    run_begin(run, PRECISION_NAME("dirichlet_measure"));
    run_keep_status(run, PRECISION(dirichlet_measure)(&model, ROWS, x, weights, &options, &result,
                                                      energies, NULL));
    keep_result(run, &result);
    run_end(run);
}

/* With all callbacks, without energies and norms, and by JVPs alone, which Hutch++ cannot do. */
static void run_methods(struct run *run, PRECISION(dirichlet_model) model, const real *x)
{
    const dirichlet_method methods[] = {DIRICHLET_METHOD_EXACT,
                                        DIRICHLET_METHOD_RADEMACHER,
                                        DIRICHLET_METHOD_GAUSSIAN,
                                        DIRICHLET_METHOD_SPHERE,
                                        DIRICHLET_METHOD_ORTHOGONAL,
                                        DIRICHLET_METHOD_UNIT,
                                        DIRICHLET_METHOD_FINITE_DIFFERENCE,
                                        DIRICHLET_METHOD_HUTCHPP};
    for (int sides = 0; sides < 3; sides++) {
        const size_t count = sizeof methods / sizeof *methods - (sides == 2);
        for (size_t i = 0; i < count; i++)
            run_method(run, model, methods[i], x);
        model.energies = NULL;
        model.product_norms = NULL;
        if (sides == 1)
            model.vjp = NULL;
    }
}

#endif
