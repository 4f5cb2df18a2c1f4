/* All tests of regularizer.h; a program for each precision includes this after core/real_*.h. */
#ifndef DIRICHLET_UNIT_REGULARIZER_TESTS_BODY_H
#define DIRICHLET_UNIT_REGULARIZER_TESTS_BODY_H

#include <stddef.h>

#include "regularizer_batch_body.h"
#include "regularizer_conditional_body.h"
#include "regularizer_energy_body.h"
#include "regularizer_flatness_body.h"
#include "regularizer_measured_body.h"
#include "regularizer_norm_body.h"
#include "regularizer_progress_body.h"
#include "regularizer_spectral_body.h"
#include "support/check.h"

static int run_regularizer_tests(const char *name)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_norms),
        cmocka_unit_test(test_norm_differences),
        cmocka_unit_test(test_norm_without_gradient),
        cmocka_unit_test(test_norm_overflow),
        cmocka_unit_test(test_norm_arguments),
        cmocka_unit_test(test_norm_views),
        cmocka_unit_test(test_norm_of_old_struct),
        cmocka_unit_test(test_spectral_convergence),
        cmocka_unit_test(test_spectral_gradient),
        cmocka_unit_test(test_spectral_gradient_of_one_step),
        cmocka_unit_test(test_spectral_starts),
        cmocka_unit_test(test_spectral_magnitudes),
        cmocka_unit_test(test_spectral_residual),
        cmocka_unit_test(test_spectral_order),
        cmocka_unit_test(test_spectral_starts_of_twins),
        cmocka_unit_test(test_spectral_of_zeros),
        cmocka_unit_test(test_spectral_arguments),
        cmocka_unit_test(test_spectral_memory),
        cmocka_unit_test(test_operator_norms),
        cmocka_unit_test(test_operator_norm_arguments),
        cmocka_unit_test(test_jacobian_norms),
        cmocka_unit_test(test_jacobian_norms_one_by_one),
        cmocka_unit_test(test_operator_norm_from_any_memory),
        cmocka_unit_test(test_jacobian_norms_of_network),
        cmocka_unit_test(test_jacobian_norms_not_converged),
        cmocka_unit_test(test_jacobian_norm_arguments),
        cmocka_unit_test(test_jacobian_norm_faults),
        cmocka_unit_test(test_energy_exact),
        cmocka_unit_test(test_energy_unbiased),
        cmocka_unit_test(test_energy_bits),
        cmocka_unit_test(test_energy_points),
        cmocka_unit_test(test_energy_arguments),
        cmocka_unit_test(test_energy_callbacks),
        cmocka_unit_test(test_energy_poison),
        cmocka_unit_test(test_energy_memory),
        cmocka_unit_test(test_energy_too_large),
        cmocka_unit_test(test_energy_of_single_inputs),
        cmocka_unit_test(test_flatness_values),
        cmocka_unit_test(test_flatness_magnitudes),
        cmocka_unit_test(test_flatness_overflow),
        cmocka_unit_test(test_flatness_steps),
        cmocka_unit_test(test_flatness_parts),
        cmocka_unit_test(test_flatness_arguments),
        cmocka_unit_test(test_flatness_callbacks),
        cmocka_unit_test(test_flatness_memory),
        cmocka_unit_test(test_conditional_norms),
        cmocka_unit_test(test_conditional_norm_faults),
        cmocka_unit_test(test_conditional_penalty),
        cmocka_unit_test(test_conditional_penalty_batch),
        cmocka_unit_test(test_conditional_penalty_faults),
        cmocka_unit_test(test_batch_deviations),
        cmocka_unit_test(test_batch_arguments),
        cmocka_unit_test(test_progress_of_norms),
        cmocka_unit_test(test_progress_of_penalty),
        cmocka_unit_test(test_progress_of_operator),
        cmocka_unit_test(test_cancelled_operator),
        cmocka_unit_test(test_least_bytes),
    };
    return check_report(name, cmocka_run_group_tests(tests, NULL, NULL));
}

#endif
