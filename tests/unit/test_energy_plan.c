/* The choice of the side from which exact energies are computed. */
#include "dense/energy_plan.h"
#include "support/check.h"

static void few_outputs(void **state)
{
    const int64_t widths[] = {784, 300, 100, 10};
    (void)state;
    const struct dense_energy_plan plan = dense_energy_plan_choose(widths, 3);
    CHECK(plan.pivot == DENSE_PIVOT_OUTPUT);
    CHECK(plan.rows == 10);
    CHECK(plan.narrowest == 100);
    CHECK(plan.flops == 2.0 * 10 * (100 * 300 + 300 * 784));
}

static void few_inputs(void **state)
{
    const int64_t widths[] = {3, 40, 50, 1000};
    (void)state;
    const struct dense_energy_plan plan = dense_energy_plan_choose(widths, 3);
    CHECK(plan.pivot == DENSE_PIVOT_INPUT);
    CHECK(plan.rows == 3);
    CHECK(plan.narrowest == 40);
    CHECK(plan.flops == 2.0 * 3 * (40 * 50 + 50 * 1000));
}

/* Operations decide, not the number of rows: the first product is free, and here that of the
 * output side is the expensive one. */
static void more_rows_but_fewer_operations(void **state)
{
    const int64_t widths[] = {8, 10, 200, 9};
    (void)state;
    const struct dense_energy_plan plan = dense_energy_plan_choose(widths, 3);
    CHECK(plan.pivot == DENSE_PIVOT_OUTPUT);
    CHECK(plan.rows == 9);
    CHECK(plan.narrowest == 8);
    CHECK(plan.flops < 2.0 * 8 * (10 * 200 + 200 * 9));
}

static void one_layer(void **state)
{
    const int64_t widths[] = {4, 7};
    (void)state;
    const struct dense_energy_plan plan = dense_energy_plan_choose(widths, 1);
    CHECK(plan.pivot == DENSE_PIVOT_OUTPUT);
    CHECK(plan.rows == 7);
    CHECK(plan.flops == 0.0);
}

static void narrow_hidden_layer(void **state)
{
    const int64_t widths[] = {50, 20, 2, 30, 40};
    (void)state;
    CHECK(dense_energy_plan_choose(widths, 4).narrowest == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_outputs),
        cmocka_unit_test(few_inputs),
        cmocka_unit_test(more_rows_but_fewer_operations),
        cmocka_unit_test(one_layer),
        cmocka_unit_test(narrow_hidden_layer),
    };
    return check_report("unit.energy_plan", cmocka_run_group_tests(tests, NULL, NULL));
}
