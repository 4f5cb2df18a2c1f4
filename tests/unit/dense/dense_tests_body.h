/* All tests of dense.h; a program for each precision includes this after core/real_*.h. */
#ifndef DIRICHLET_UNIT_DENSE_TESTS_BODY_H
#define DIRICHLET_UNIT_DENSE_TESTS_BODY_H

#include <stddef.h>

#include "dense_activations_body.h"
#include "dense_batch_body.h"
#include "dense_calls_body.h"
#include "dense_counted_sums_body.h"
#include "dense_create_body.h"
#include "dense_given_body.h"
#include "dense_gradient_body.h"
#include "dense_guards_body.h"
#include "dense_loss_body.h"
#include "dense_memory_body.h"
#include "dense_penalty_body.h"
#include "dense_plans_body.h"
#include "dense_progress_body.h"
#include "dense_ranges_body.h"
#include "dense_spectral_body.h"
#include "dense_transfer_body.h"
#include "dense_transfer_calls_body.h"
#include "dense_values_body.h"
#include "support/check.h"

static int run_dense_tests(const char *name)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_null),
        cmocka_unit_test(test_create_counts),
        cmocka_unit_test(test_create_shapes),
        cmocka_unit_test(test_create_strides),
        cmocka_unit_test(test_create_overflow),
        cmocka_unit_test(test_create_without_grams),
        cmocka_unit_test(test_create_activations),
        cmocka_unit_test(test_create_struct_sizes),
        cmocka_unit_test(test_create_options),
        cmocka_unit_test(test_create_extents_of_one),
        cmocka_unit_test(test_calls_without_handle),
        cmocka_unit_test(test_calls_with_null_arrays),
        cmocka_unit_test(test_calls_with_wrong_counts),
        cmocka_unit_test(test_calls_without_samples),
        cmocka_unit_test(test_model_table),
        cmocka_unit_test(test_gradient_arguments),
        cmocka_unit_test(test_gradient_views),
        cmocka_unit_test(test_gradient_of_old_struct),
        cmocka_unit_test(test_gradient_adds),
        cmocka_unit_test(test_gradient_parts),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_budgets),
        cmocka_unit_test(test_budget_of_wide_outputs),
        cmocka_unit_test(test_budgets_of_gradients),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_layouts),
        cmocka_unit_test(test_first_layers),
        cmocka_unit_test(test_weights_are_borrowed),
        cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_huge_values),
        cmocka_unit_test(test_kinks),
        cmocka_unit_test(test_activation_parameters),
        cmocka_unit_test(test_slopes_of_units),
        cmocka_unit_test(test_range_of_parameters),
        cmocka_unit_test(test_derivatives_at_kinks),
        cmocka_unit_test(test_inputs_of_zero),
        cmocka_unit_test(test_sums_with_parameters),
        cmocka_unit_test(test_slopes_are_borrowed),
        cmocka_unit_test(test_older_layers),
        cmocka_unit_test(test_plan_arguments),
        cmocka_unit_test(test_plan_of_a_call),
        cmocka_unit_test(test_plan_of_norms),
        cmocka_unit_test(test_every_plan),
        cmocka_unit_test(test_plans_with_dead_units),
        cmocka_unit_test(test_guard),
        cmocka_unit_test(test_plans_of_extreme_weights),
        cmocka_unit_test(test_plans_that_overflow),
        cmocka_unit_test(test_sum_by_counts_of_many_samples),
        cmocka_unit_test(test_sum_by_counts_of_steep_slopes),
        cmocka_unit_test(test_plans_with_nan),
        cmocka_unit_test(test_plans_of_small_times_large),
        cmocka_unit_test(test_penalty_of_small_times_large),
        cmocka_unit_test(test_plans_with_equal_units),
        cmocka_unit_test(test_triangle_that_lacks_columns),
        cmocka_unit_test(test_guard_at_its_limits),
        cmocka_unit_test(test_guard_of_tiny_energies),
        cmocka_unit_test(test_dead_samples_are_not_done_again),
        cmocka_unit_test(test_guard_of_counts),
        cmocka_unit_test(test_guard_of_norms),
        cmocka_unit_test(test_guard_of_rows),
        cmocka_unit_test(test_narrow_quadratic_form),
        cmocka_unit_test(test_sums_keep_small_terms),
        cmocka_unit_test(test_sum_that_overflows),
        cmocka_unit_test(test_bias_that_is_not_finite),
        cmocka_unit_test(test_every_gradient_plan),
        cmocka_unit_test(test_norms_of_small_times_large),
        cmocka_unit_test(test_lipschitz_of_zero_and_infinity),
        cmocka_unit_test(test_transfer_at_the_ends),
        cmocka_unit_test(test_penalty_arguments),
        cmocka_unit_test(test_penalty_adds),
        cmocka_unit_test(test_penalty_values),
        cmocka_unit_test(test_penalty_is_unbiased),
        cmocka_unit_test(test_penalty_that_cancels),
        cmocka_unit_test(test_penalty_of_vanishing_terms),
        cmocka_unit_test(test_penalty_out_of_range),
        cmocka_unit_test(test_penalty_of_nan),
        cmocka_unit_test(test_penalty_of_infinite_input),
        cmocka_unit_test(test_transfer_out_of_range),
        cmocka_unit_test(test_penalty_plan_in_words),
        cmocka_unit_test(test_loss_arguments),
        cmocka_unit_test(test_flatness_arguments),
        cmocka_unit_test(test_loss_stops),
        cmocka_unit_test(test_loss_left_out),
        cmocka_unit_test(test_loss_calls_its_network),
        cmocka_unit_test(test_loss_gradient_is_vjp),
        cmocka_unit_test(test_loss_of_huge_outputs),
        cmocka_unit_test(test_flatness_of_some_layers),
        cmocka_unit_test(test_transfer_that_cancels),
        cmocka_unit_test(test_lipschitz_out_of_range),
        cmocka_unit_test(test_flatness_memory),
        cmocka_unit_test(test_spectral_arguments),
        cmocka_unit_test(test_spectral_norms),
        cmocka_unit_test(test_spectral_layouts),
        cmocka_unit_test(test_spectral_of_first_layers),
        cmocka_unit_test(test_lipschitz_of_activations),
        cmocka_unit_test(test_lipschitz_bound),
        cmocka_unit_test(test_spectral_limits),
        cmocka_unit_test(test_spectral_not_finite),
        cmocka_unit_test(test_spectral_of_extreme_weights),
        cmocka_unit_test(test_spectral_memory),
        cmocka_unit_test(test_transfer_arguments),
        cmocka_unit_test(test_transfer_of_one_array),
        cmocka_unit_test(test_transfer_parts),
        cmocka_unit_test(test_transfer_theorem),
        cmocka_unit_test(test_transfer_of_equal_sides),
        cmocka_unit_test(test_transfer_of_dead_units),
        cmocka_unit_test(test_transfer_not_finite),
        cmocka_unit_test(test_transfer_batches),
        cmocka_unit_test(test_penalty_batches),
        cmocka_unit_test(test_penalty_short_batch),
        cmocka_unit_test(test_penalty_batch_arguments),
        cmocka_unit_test(test_penalty_methods),
        cmocka_unit_test(test_dense_description),
        cmocka_unit_test(test_dense_last_error),
        cmocka_unit_test(test_given_zero),
        cmocka_unit_test(test_given_slopes),
        cmocka_unit_test(test_progress_of_spectral_norms),
        cmocka_unit_test(test_progress_of_transfer),
    };
    return check_report(name, cmocka_run_group_tests(tests, NULL, NULL));
}

#endif
