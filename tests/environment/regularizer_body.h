/* The functions of regularizer.h and random.h. */
#ifndef DIRICHLET_ENVIRONMENT_REGULARIZER_BODY_H
#define DIRICHLET_ENVIRONMENT_REGULARIZER_BODY_H

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dense_body.h"
#include "dirichlet/check.h"
#include "dirichlet/loss.h"
#include "dirichlet/memory.h"
#include "dirichlet/model.h"
#include "dirichlet/random.h"
#include "dirichlet/regularizer.h"
#include "estimator_body.h"
#include "run.h"
#include "shift_body.h"
#include "support/dense_subject.h"
#include "type.h"

static void run_norms(struct run *run, struct network_data *data)
{
    dirichlet_penalty_result value = {.struct_size = sizeof value};
    const dirichlet_allocator allocator = run_allocator(run);
    dirichlet_parameter_norm_options norm = {
        .struct_size = sizeof norm, .norm = DIRICHLET_NORM_L1, .biases = 1};
    const dirichlet_spectral_penalty_options options = {
        .struct_size = sizeof options, .iterations = 2, .allocator = &allocator};
    real vector[INPUTS] = {0};
    dirichlet_spectral_result result = {.struct_size = sizeof result};
    PRECISION(dirichlet_singular) singular = {.struct_size = sizeof singular, .vector = vector};
    const PRECISION(dirichlet_parameter) parameter = {.struct_size = sizeof parameter,
                                                      .values = data->subject.NUMBERS,
                                                      .gradient = data->gradient,
                                                      .rows = OUTPUTS,
                                                      .columns = INPUTS,
                                                      .row_stride = INPUTS,
                                                      .column_stride = 1,
                                                      .gradient_row_stride = INPUTS,
                                                      .gradient_column_stride = 1};
    for (; norm.norm <= DIRICHLET_NORM_SQUARED_L2; norm.norm += 10) {
        run_begin(run, PRECISION_NAME("dirichlet_parameter_norm"));
        run_keep_status(
            run, PRECISION(dirichlet_parameter_norm)(&parameter, 1, &norm, 0.3, &value, NULL));
        run_keep(run, &value, sizeof value);
        keep_gradient(run, data);
        run_end(run);
    }
    run_begin(run, PRECISION_NAME("dirichlet_spectral_penalty"));
    run_keep_status(run, PRECISION(dirichlet_spectral_penalty)(&parameter, 1, &singular, &options,
                                                               0.3, &value, NULL));
    run_keep(run, &value, sizeof value);
    run_keep(run, &singular.sigma, sizeof singular.sigma);
    run_keep(run, vector, sizeof vector);
    keep_gradient(run, data);
    run_end(run);
    run_begin(run, PRECISION_NAME("dirichlet_operator_norm"));
    run_keep_status(run,
                    PRECISION(dirichlet_operator_norm)(parameter.values, OUTPUTS, INPUTS, INPUTS, 1,
                                                       NULL, &allocator, &result, NULL));
    run_keep(run, &result, sizeof result);
    run_end(run);
}

static void run_energy_penalties(struct run *run, struct network_data *data, struct shift *shift)
{
    static const int64_t indices[ROWS] = {9, 3, 4, 5, 20, 8, 1};
    const double weights[ROWS] = {1.0, 0.1, 0.7, 1.0, 0.3, 0.9, 1.1};
    double numbers[2][ROWS] = {{0}};
    dirichlet_penalty_result result = {.struct_size = sizeof result};
    const PRECISION(dirichlet_model) model = model_of_shift(shift);
    const dirichlet_allocator allocator = run_allocator(run);
    const dirichlet_energy_penalty_options options = {.struct_size = sizeof options,
                                                      .probes = 2,
                                                      .allocator = &allocator,
                                                      .progress = see_progress,
                                                      .progress_user = run};
    const PRECISION(dirichlet_batch) batch = {.struct_size = sizeof batch,
                                              .samples = ROWS,
                                              .x = data->x,
                                              .weights = weights,
                                              .indices = indices,
                                              .energies = numbers[0],
                                              .deviations = numbers[1]};
    run_begin(run, PRECISION_NAME("dirichlet_energy_penalty"));
    run_keep_status(run, PRECISION(dirichlet_energy_penalty)(&model, ROWS, data->x, &options, 0.3,
                                                             &result, NULL));
    run_keep(run, &result, sizeof result);
    run_end(run);
    run_begin(run, PRECISION_NAME("dirichlet_energy_penalty_batch"));
    run_keep_status(run, PRECISION(dirichlet_energy_penalty_batch)(&model, &batch, &options, 0.3,
                                                                   &result, NULL));
    run_keep(run, &result, sizeof result);
    run_keep(run, numbers, sizeof numbers);
    run_end(run);
}

static void run_flatness(struct run *run, struct network_data *data, struct shift *shift)
{
    const dirichlet_allocator allocator = run_allocator(run);
    const dirichlet_flatness_options flatness_options = {.struct_size = sizeof flatness_options,
                                                         .allocator = &allocator};
    PRECISION(dirichlet_objective)
    objective = {.struct_size = sizeof objective,
                 .user = shift,
                 .parameters = INPUTS,
                 .gradient = shift_gradient,
                 .hvp = shift_hvp};
    dirichlet_flatness flatness = {.struct_size = sizeof flatness};
    for (int i = 0; i < 2; i++) {
        run_begin(run, PRECISION_NAME("dirichlet_flatness_penalty"));
        run_keep_status(run, PRECISION(dirichlet_flatness_penalty)(
                                 &objective, data->x, 0.1, 0.3, data->gradient, &flatness_options,
                                 &flatness, NULL));
        run_keep(run, &flatness, sizeof flatness);
        keep_gradient(run, data);
        run_end(run);
        objective.hvp = NULL;
    }
}

static void run_jacobians(struct run *run, struct network_data *data, struct shift *shift)
{
    PRECISION(dirichlet_model) model = model_of_shift(shift);
    const dirichlet_allocator allocator = run_allocator(run);
    const dirichlet_jacobian_norms_options options = {.struct_size = sizeof options,
                                                      .allocator = &allocator,
                                                      .progress = see_progress,
                                                      .progress_user = run};
    double norms[ROWS] = {0};
    dirichlet_jacobian_norms result = {.struct_size = sizeof result};
    for (int i = 0; i < 2; i++) {
        run_begin(run, PRECISION_NAME("dirichlet_jacobian_norms"));
        run_keep_status(run, PRECISION(dirichlet_jacobian_norms)(&model, ROWS, data->x, &options,
                                                                 norms, &result, NULL));
        run_keep(run, norms, sizeof norms);
        run_keep(run, &result, sizeof result);
        run_end(run);
        model.vjp = NULL;
    }
}

/* Without energies and norms, which are not those of the products; and with them, which is found.
 */
static void run_check(struct run *run, struct network_data *data, struct shift *shift)
{
    static dirichlet_check_finding findings[DIRICHLET_CHECK_MOST_FINDINGS];
    PRECISION(dirichlet_model) model = model_of_shift(shift);
    const dirichlet_allocator allocator = run_allocator(run);
    const dirichlet_check_options options = {.struct_size = sizeof options,
                                             .allocator = &allocator};
    for (int i = 0; i < 2; i++) {
        dirichlet_check_report report = {.struct_size = sizeof report,
                                         .capacity = DIRICHLET_CHECK_MOST_FINDINGS,
                                         .findings = findings};
        memset(findings, 0, sizeof findings);
        for (int f = 0; f < DIRICHLET_CHECK_MOST_FINDINGS; f++)
            findings[f].struct_size = sizeof findings[f];
        run_begin(run, PRECISION_NAME("dirichlet_model_check"));
        const dirichlet_status status =
            PRECISION(dirichlet_model_check)(&model, ROWS, data->x, &options, &report, NULL);
        run_keep(run, &status, sizeof status);
        run_keep(run, &report.count, sizeof report.count);
        run_keep(run, &report.failed, sizeof report.failed);
        run_keep(run, findings, sizeof findings);
        run_end(run);
        model.energies = NULL;
        model.product_norms = NULL;
    }
}

static void run_draws(struct run *run, int tiny)
{
    const dirichlet_distribution distributions[] = {DIRICHLET_DISTRIBUTION_NORMAL,
                                                    DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL,
                                                    DIRICHLET_DISTRIBUTION_UNIFORM};
    const double scale = tiny ? 4.0 * (double)REAL_LEAST : 1.0;
    real numbers[DENSE_NUMBERS] = {0};
    for (int i = 0; i < 3; i++) {
        const dirichlet_initialization_options options = {.struct_size = sizeof options,
                                                          .distribution = distributions[i],
                                                          .bias = DIRICHLET_INITIAL_BIAS_UNIFORM,
                                                          .scale = scale};
        run_begin(run, PRECISION_NAME("dirichlet_initialize"));
        run_keep_status(run, PRECISION(dirichlet_initialize)(&options, 2, 9, 10, numbers, 9, 1,
                                                             numbers + 90, 1, NULL));
        run_keep(run, numbers, sizeof numbers);
        run_end(run);
    }
    run_begin(run, PRECISION_NAME("dirichlet_noise_add"));
    run_keep_status(run, PRECISION(dirichlet_noise_add)(DIRICHLET_NOISE_INPUT, 1, 2, 3, 10, 10,
                                                        scale, numbers, NULL));
    run_keep(run, numbers, sizeof numbers);
    run_end(run);
}

void PRECISION(run_all)(struct run *run, int tiny)
{
    static struct network_data data;
    struct shift shift = {run, tiny ? (real)ldexp(1.0, (int)(0.51 * log2((double)REAL_LEAST)))
                                    : (real)1};
    make_network(&data, tiny);
    run_methods(run, model_of_shift(&shift), data.x);
    run_network(run, &data, &shift);
    run_norms(run, &data);
    run_energy_penalties(run, &data, &shift);
    run_flatness(run, &data, &shift);
    run_jacobians(run, &data, &shift);
    run_check(run, &data, &shift);
    run_draws(run, tiny);
}

#endif
