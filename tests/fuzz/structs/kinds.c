/* The structs without a precision. */
#include "dirichlet/dirichlet.h"
#include "fuzz/structs/kind.h"

int64_t row_now = 1;

const int32_t methods[] = {DIRICHLET_METHOD_AUTO,
                           DIRICHLET_METHOD_EXACT,
                           DIRICHLET_METHOD_RADEMACHER,
                           DIRICHLET_METHOD_SPHERE,
                           DIRICHLET_METHOD_GAUSSIAN,
                           DIRICHLET_METHOD_ORTHOGONAL,
                           DIRICHLET_METHOD_UNIT,
                           DIRICHLET_METHOD_HUTCHPP,
                           DIRICHLET_METHOD_FINITE_DIFFERENCE,
                           -1};
const int32_t penalty_methods[] = {DIRICHLET_METHOD_AUTO, DIRICHLET_METHOD_EXACT,
                                   DIRICHLET_METHOD_RADEMACHER, -1};
static const int32_t norms[] = {DIRICHLET_NORM_L1, DIRICHLET_NORM_SQUARED_L2, -1};
static const int32_t schemes[] = {0,
                                  DIRICHLET_INITIALIZATION_LECUN,
                                  DIRICHLET_INITIALIZATION_GLOROT,
                                  DIRICHLET_INITIALIZATION_HE,
                                  DIRICHLET_INITIALIZATION_PYTORCH,
                                  -1};
static const int32_t distributions[] = {0, DIRICHLET_DISTRIBUTION_NORMAL,
                                        DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL,
                                        DIRICHLET_DISTRIBUTION_UNIFORM, -1};
static const int32_t biases[] = {DIRICHLET_INITIAL_BIAS_ZERO, DIRICHLET_INITIAL_BIAS_UNIFORM, -1};

static const struct field allocator_fields[] = {POINTER(dirichlet_allocator, allocate),
                                                POINTER(dirichlet_allocator, release),
                                                POINTER(dirichlet_allocator, user)};

static bool both_or_neither(const void *it)
{
    const dirichlet_allocator *allocator = it;
    return (allocator->allocate == NULL) == (allocator->release == NULL);
}

const struct kind kind_allocator = KIND_OF(dirichlet_allocator, allocator_fields, both_or_neither);

static const struct field parallel_fields[] = {INTEGER(dirichlet_parallel, lanes, 1, MOST_INTEGER),
                                               NEEDED(dirichlet_parallel, parallel_for),
                                               POINTER(dirichlet_parallel, user)};
const struct kind kind_parallel = KIND_OF(dirichlet_parallel, parallel_fields, NULL);

/* An error that is too small to be written to is refused. */
const struct kind kind_error = {
    "dirichlet_error", sizeof(dirichlet_error), sizeof(dirichlet_error), 0, NULL, NULL};
const struct kind kind_capabilities = FILLED(dirichlet_capabilities);

static const struct field estimator_options_fields[] = {
    SET(dirichlet_estimator_options, method, methods),
    INTEGER(dirichlet_estimator_options, on_nonfinite, 0, 1),
    INTEGER(dirichlet_estimator_options, probes, -1, 268435456),
    ANY(dirichlet_estimator_options, seed),
    INTEGER(dirichlet_estimator_options, first_sample, 0, MOST_INTEGER),
    INTEGER(dirichlet_estimator_options, population, 0, MOST_INTEGER),
    INTEGER(dirichlet_estimator_options, max_samples, 0, MOST_INTEGER),
    REAL(dirichlet_estimator_options, tolerance, 0, MOST_REAL),
    INTEGER(dirichlet_estimator_options, min_samples, 0, MOST_INTEGER),
    REAL(dirichlet_estimator_options, confidence, 0, 1),
    REAL(dirichlet_estimator_options, step, 0, MOST_REAL),
    REAL(dirichlet_estimator_options, forward_noise, 0, MOST_REAL),
    INTEGER(dirichlet_estimator_options, groups, 0, 1048576),
    ANY(dirichlet_estimator_options, workspace_bytes),
    NESTED(dirichlet_estimator_options, allocator),
    NESTED(dirichlet_estimator_options, parallel),
    POINTER(dirichlet_estimator_options, progress),
    POINTER(dirichlet_estimator_options, progress_user),
    INTEGER(dirichlet_estimator_options, reserved, 0, 0)};

static bool spread_and_level(const void *it)
{
    const dirichlet_estimator_options *options = it;
    return options->min_samples != 1 && options->confidence < 1.0;
}

const struct kind kind_estimator_options =
    KIND_OF(dirichlet_estimator_options, estimator_options_fields, spread_and_level);
const struct kind kind_result = FILLED(dirichlet_result);
const struct kind kind_estimator_description = FILLED(dirichlet_estimator_description);
const struct kind kind_penalty_result = FILLED(dirichlet_penalty_result);

static const struct field spectral_options_fields[] = {
    REAL(dirichlet_spectral_options, tolerance, 0, 1),
    INTEGER(dirichlet_spectral_options, max_iterations, 0, MOST_INTEGER),
    POINTER(dirichlet_spectral_options, progress),
    POINTER(dirichlet_spectral_options, progress_user)};

static bool below_one(const void *it)
{
    const dirichlet_spectral_options *options = it;
    return options->tolerance < 1.0;
}

const struct kind kind_spectral_options =
    KIND_OF(dirichlet_spectral_options, spectral_options_fields, below_one);
const struct kind kind_spectral_result = FILLED(dirichlet_spectral_result);

static const struct field jacobian_norms_options_fields[] = {
    ANY(dirichlet_jacobian_norms_options, workspace_bytes),
    REAL(dirichlet_jacobian_norms_options, tolerance, 0, 1),
    INTEGER(dirichlet_jacobian_norms_options, max_iterations, 0, MOST_INTEGER),
    INTEGER(dirichlet_jacobian_norms_options, first_sample, 0, MOST_INTEGER),
    NESTED(dirichlet_jacobian_norms_options, allocator),
    NESTED(dirichlet_jacobian_norms_options, parallel),
    POINTER(dirichlet_jacobian_norms_options, progress),
    POINTER(dirichlet_jacobian_norms_options, progress_user)};
const struct kind kind_jacobian_norms_options =
    KIND_OF(dirichlet_jacobian_norms_options, jacobian_norms_options_fields, NULL);
const struct kind kind_jacobian_norms = FILLED(dirichlet_jacobian_norms);

static const struct field energy_penalty_options_fields[] = {
    ANY(dirichlet_energy_penalty_options, workspace_bytes),
    INTEGER(dirichlet_energy_penalty_options, probes, -1, MOST_INTEGER),
    ANY(dirichlet_energy_penalty_options, seed),
    INTEGER(dirichlet_energy_penalty_options, first_sample, 0, MOST_INTEGER),
    REAL(dirichlet_energy_penalty_options, step, 0, MOST_REAL),
    NESTED(dirichlet_energy_penalty_options, allocator),
    NESTED(dirichlet_energy_penalty_options, parallel),
    POINTER(dirichlet_energy_penalty_options, progress),
    POINTER(dirichlet_energy_penalty_options, progress_user)};
const struct kind kind_energy_penalty_options =
    KIND_OF(dirichlet_energy_penalty_options, energy_penalty_options_fields, NULL);

static const struct field parameter_norm_options_fields[] = {
    SET(dirichlet_parameter_norm_options, norm, norms),
    INTEGER(dirichlet_parameter_norm_options, biases, 0, 1)};
const struct kind kind_parameter_norm_options =
    KIND_OF(dirichlet_parameter_norm_options, parameter_norm_options_fields, NULL);

static const struct field spectral_penalty_options_fields[] = {
    NESTED(dirichlet_spectral_penalty_options, allocator),
    INTEGER(dirichlet_spectral_penalty_options, iterations, 0, MOST_INTEGER),
    ANY(dirichlet_spectral_penalty_options, seed)};
const struct kind kind_spectral_penalty_options =
    KIND_OF(dirichlet_spectral_penalty_options, spectral_penalty_options_fields, NULL);

static const struct field flatness_options_fields[] = {
    NESTED(dirichlet_flatness_options, allocator),
    REAL(dirichlet_flatness_options, step, 0, MOST_REAL)};
const struct kind kind_flatness_options =
    KIND_OF(dirichlet_flatness_options, flatness_options_fields, NULL);
const struct kind kind_flatness = FILLED(dirichlet_flatness);

static const struct field initialization_options_fields[] = {
    SET(dirichlet_initialization_options, scheme, schemes),
    SET(dirichlet_initialization_options, distribution, distributions),
    SET(dirichlet_initialization_options, bias, biases),
    INTEGER(dirichlet_initialization_options, scale_given, 0, 1),
    ANY(dirichlet_initialization_options, seed),
    REAL(dirichlet_initialization_options, scale, 0, MOST_REAL)};
const struct kind kind_initialization_options =
    KIND_OF(dirichlet_initialization_options, initialization_options_fields, NULL);

static const struct field dense_options_fields[] = {
    ANY(dirichlet_dense_options, workspace_bytes), INTEGER(dirichlet_dense_options, layers, 0, 2),
    NESTED(dirichlet_dense_options, allocator), NESTED(dirichlet_dense_options, parallel)};
const struct kind kind_dense_options = KIND_OF(dirichlet_dense_options, dense_options_fields, NULL);

static const struct field dense_penalty_options_fields[] = {
    INTEGER(dirichlet_dense_penalty_options, probes, -1, 4294967295.0),
    ANY(dirichlet_dense_penalty_options, seed),
    INTEGER(dirichlet_dense_penalty_options, first_sample, 0, MOST_INTEGER),
    SET(dirichlet_dense_penalty_options, method, penalty_methods),
    INTEGER(dirichlet_dense_penalty_options, reserved, 0, 0)};
const struct kind kind_dense_penalty_options =
    KIND_OF(dirichlet_dense_penalty_options, dense_penalty_options_fields, NULL);

static const struct field dense_transfer_options_fields[] = {
    POINTER(dirichlet_dense_transfer_options, progress),
    POINTER(dirichlet_dense_transfer_options, progress_user)};
const struct kind kind_dense_transfer_options =
    KIND_OF(dirichlet_dense_transfer_options, dense_transfer_options_fields, NULL);

static const struct field dense_transfer_result_fields[] = {
    OUT(dirichlet_dense_transfer_result, samples),
    POINTER(dirichlet_dense_transfer_result, input_side),
    POINTER(dirichlet_dense_transfer_result, parameter_side),
    POINTER(dirichlet_dense_transfer_result, factors),
    POINTER(dirichlet_dense_transfer_result, ratios)};
const struct kind kind_dense_transfer_result =
    KIND_OF(dirichlet_dense_transfer_result, dense_transfer_result_fields, NULL);
const struct kind kind_dense_lipschitz = FILLED(dirichlet_dense_lipschitz);
const struct kind kind_dense_description = FILLED(dirichlet_dense_description);

/* Read by plan_text, which refuses what is no plan of the network. */
static const struct field dense_plan_fields[] = {
    ANY(dirichlet_dense_plan, samples),        ANY(dirichlet_dense_plan, pivot),
    ANY(dirichlet_dense_plan, rows),           ANY(dirichlet_dense_plan, upper_end),
    ANY(dirichlet_dense_plan, lower_end),      ANY(dirichlet_dense_plan, sum),
    ANY(dirichlet_dense_plan, norms),          ANY(dirichlet_dense_plan, sample_flops),
    ANY(dirichlet_dense_plan, call_flops),     ANY(dirichlet_dense_plan, bytes),
    ANY(dirichlet_dense_plan, direct_samples), ANY(dirichlet_dense_plan, gradient),
    ANY(dirichlet_dense_plan, reserved)};
const struct kind kind_dense_plan = KIND_OF(dirichlet_dense_plan, dense_plan_fields, NULL);

static const struct field check_options_fields[] = {
    ANY(dirichlet_check_options, seed),
    INTEGER(dirichlet_check_options, first_sample, 0, MOST_INTEGER),
    REAL(dirichlet_check_options, forward_noise, 0, MOST_REAL),
    INTEGER(dirichlet_check_options, parameter_count, 0, MOST_INTEGER),
    NESTED(dirichlet_check_options, allocator),
    POINTER(dirichlet_check_options, parameters),
    POINTER(dirichlet_check_options, gradient),
    INTEGER(dirichlet_check_options, reserved, 0, 0)};

static bool all_or_none(const void *it)
{
    const dirichlet_check_options *options = it;
    return (options->parameters == NULL) == (options->gradient == NULL) &&
           (options->parameters == NULL) == (options->parameter_count == 0);
}

const struct kind kind_check_options =
    KIND_OF(dirichlet_check_options, check_options_fields, all_or_none);

static const struct field check_report_fields[] = {
    INTEGER(dirichlet_check_report, capacity, 0, MOST_INTEGER),
    OUT(dirichlet_check_report, count),
    OUT(dirichlet_check_report, failed),
    OUT(dirichlet_check_report, calls),
    POINTER(dirichlet_check_report, findings),
    INTEGER(dirichlet_check_report, reserved, 0, 0)};

static bool has_room(const void *it)
{
    const dirichlet_check_report *report = it;
    return report->capacity == 0 || report->findings != NULL;
}

const struct kind kind_check_report =
    KIND_OF(dirichlet_check_report, check_report_fields, has_room);
const struct kind kind_check_finding = FILLED(dirichlet_check_finding);
