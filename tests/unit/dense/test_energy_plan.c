/* The choice of the order in which exact energies are computed, and its count. */
#include <string.h>

#include "dense/plan/energy_plan.h"
#include "support/check.h"

static struct dense_shape shape_of(const int64_t *widths, int64_t layer_count)
{
    return (struct dense_shape){.widths = widths, .layer_count = layer_count, .single = true};
}

static dirichlet_dense_plan choose(const int64_t *widths, int64_t layer_count, int64_t samples)
{
    const struct dense_shape shape = shape_of(widths, layer_count);
    return dense_plan_choose(&shape, samples, false, NULL, NULL);
}

/* One sample: nothing is prepared, the matrices themselves are multiplied. */
static void few_outputs(void **state)
{
    const int64_t widths[] = {784, 300, 100, 10};
    (void)state;
    const dirichlet_dense_plan plan = choose(widths, 3, 1);
    CHECK(plan.pivot == 3 && plan.rows == 10);
    CHECK(plan.lower_end == DIRICHLET_DENSE_END_DIRECT);
    CHECK(plan.upper_end == DIRICHLET_DENSE_END_NONE);
    CHECK(plan.call_flops == 0.0);
    CHECK(plan.sample_flops ==
          2.0 * 10 * (100 * 300 + 300 * 784) + 2.0 * (784 * 300 + 300 * 100 + 100 * 10));
}

static void few_inputs(void **state)
{
    const int64_t widths[] = {3, 40, 50, 1000};
    (void)state;
    const dirichlet_dense_plan plan = choose(widths, 3, 1);
    CHECK(plan.pivot == 0 && plan.rows == 3);
    CHECK(plan.upper_end == DIRICHLET_DENSE_END_DIRECT);
    CHECK(plan.lower_end == DIRICHLET_DENSE_END_NONE);
    CHECK(plan.sample_flops ==
          2.0 * 3 * (40 * 50 + 50 * 1000) + 2.0 * (3 * 40 + 40 * 50 + 50 * 1000));
}

/* Operations decide, not the number of rows: the first product is free, and here that of the
 * output side is the expensive one. */
static void more_rows_but_fewer_operations(void **state)
{
    const int64_t widths[] = {8, 10, 200, 9};
    const struct dense_shape shape = shape_of(widths, 3);
    (void)state;
    const dirichlet_dense_plan plan = dense_plan_direct(&shape, 1);
    CHECK(plan.pivot == 3 && plan.rows == 9);
}

static void one_layer(void **state)
{
    const int64_t widths[] = {4, 7};
    (void)state;
    const dirichlet_dense_plan plan = choose(widths, 1, 100);
    CHECK(plan.pivot == 1 && plan.rows == 7);
    CHECK(plan.lower_end == DIRICHLET_DENSE_END_NONE);
    CHECK(plan.upper_end == DIRICHLET_DENSE_END_NONE);
    CHECK(plan.sample_flops == 2.0 * 4 * 7 && plan.call_flops == 0.0);
}

/* Many samples pay for the triangle of the wide first matrix: n_1 (n_1 + 1) operations a row in
 * the place of 2 n_1 d. */
static void triangle_for_many_samples(void **state)
{
    const int64_t widths[] = {784, 300, 100, 10};
    (void)state;
    const dirichlet_dense_plan plan = choose(widths, 3, 1024);
    CHECK(plan.pivot == 3 && plan.lower_end == DIRICHLET_DENSE_END_GRAM && plan.sum == 0);
    CHECK(plan.sample_flops ==
          2.0 * 10 * 100 * 300 + 10.0 * 300 * 301 + 2.0 * (784 * 300 + 300 * 100 + 100 * 10));
    CHECK(plan.call_flops == 300.0 * 301 * 784 + 300.0 * 300 * 300 / 3);
}

/* The sum needs no triangle, only the Gram matrix, and pays off where the former would cost more
 * than the slower product. */
static void sum_over_the_batch(void **state)
{
    const int64_t widths[] = {2000, 200, 40, 10};
    struct dense_shape shape = shape_of(widths, 3);
    (void)state;
    shape.single = false;
    dirichlet_dense_plan plan = dense_plan_choose(&shape, 11, true, NULL, NULL);
    CHECK(plan.sum == 1 && plan.pivot == 3 && plan.lower_end == DIRICHLET_DENSE_END_GRAM);
    CHECK(plan.call_flops == 200.0 * 201 * 2000);
    plan = dense_plan_choose(&shape, 11, false, NULL, NULL);
    CHECK(plan.sum == 0 && plan.call_flops == 200.0 * 201 * 2000 + 200.0 * 200 * 200 / 3);
    plan = dense_plan_choose(&shape, 3000, true, NULL, NULL);
    CHECK(plan.sum == 0 && plan.lower_end == DIRICHLET_DENSE_END_GRAM);
}

/* Where the hidden layer's slopes have two values, the sum over the batch needs no product with
 * them. */
static void sum_by_counts(void **state)
{
    const int64_t widths[] = {784, 4096, 10};
    struct dense_shape shape = shape_of(widths, 2);
    (void)state;
    dirichlet_dense_plan plan = dense_plan_choose(&shape, 1024, true, NULL, NULL);
    CHECK(plan.pivot == 1 && plan.sum == 0);
    shape.kinked_first = true;
    plan = dense_plan_choose(&shape, 1024, true, NULL, NULL);
    CHECK(plan.pivot == 1 && plan.sum == 1 && plan.lower_end == DIRICHLET_DENSE_END_NONE);
    CHECK(plan.call_flops == 4096.0 * 4097 * (784 + 10));
    CHECK(plan.sample_flops == 2.0 * (784 * 4096 + 4096 * 10) + 1.5 * 4096 * 4097 / 64);
    plan = dense_plan_choose(&shape, 1024, false, NULL, NULL);
    CHECK(plan.sum == 0);
    plan = dense_plan_choose(&shape, DENSE_PATTERN_TILE + 1, true, NULL, NULL);
    CHECK(plan.sum == 1 && plan.call_flops == 2 * 4096.0 * 4097 * (784 + 10));
}

static void bottleneck(void **state)
{
    const int64_t widths[] = {784, 128, 32, 128, 784};
    (void)state;
    const dirichlet_dense_plan plan = choose(widths, 4, 256);
    CHECK(plan.pivot == 2 && plan.rows == 32);
    CHECK(plan.lower_end == DIRICHLET_DENSE_END_GRAM);
    CHECK(plan.upper_end == DIRICHLET_DENSE_END_GRAM);
    CHECK(plan.sample_flops == 2.0 * 32 * 128 * 129 + 2.0 * 2 * 32 * 32 * 128 + 3.0 * 32 * 32 +
                                   2.0 * 2 * (784 * 128 + 128 * 32));
}

static void quadratic_form(void **state)
{
    const int64_t widths[] = {784, 4096, 10};
    const struct dense_shape shape = shape_of(widths, 2);
    (void)state;
    const dirichlet_dense_plan plan = choose(widths, 2, 1024);
    CHECK(plan.pivot == 1 && dense_plan_is_quadratic(&shape, &plan));
    CHECK(plan.sample_flops == 4096.0 * 4097 + 2.0 * (784 * 4096 + 4096 * 10));
    CHECK(plan.call_flops == 4096.0 * 4097 * (784 + 10));
    CHECK(choose(widths, 2, 1).pivot == 2);
}

/* No quadratic form where D_1 has no entry, or where D_2 stands between. */
static void no_quadratic_form(void **state)
{
    const int64_t widths[] = {784, 400, 10};
    struct dense_shape shape = shape_of(widths, 2);
    (void)state;
    shape.flat_first = true;
    dirichlet_dense_plan plan = dense_plan_choose(&shape, 1024, false, NULL, NULL);
    CHECK(!dense_plan_is_quadratic(&shape, &plan));
    shape = shape_of(widths, 2);
    shape.scaled_output = true;
    plan = dense_plan_choose(&shape, 1024, false, NULL, NULL);
    CHECK(!dense_plan_is_quadratic(&shape, &plan));
    CHECK(plan.upper_end != DIRICHLET_DENSE_END_GRAM);
}

/* The Gram matrix of more rows than columns is singular: float does not notice, and its triangle
 * has only as many columns. */
static void singular_triangle(void **state)
{
    const int64_t widths[] = {20, 30, 17, 5};
    struct dense_shape shape = shape_of(widths, 3);
    (void)state;
    dirichlet_dense_plan plan = dense_plan_choose(&shape, 100000, false, NULL, NULL);
    CHECK(plan.pivot == 3 && plan.lower_end == DIRICHLET_DENSE_END_GRAM);
    CHECK(plan.sample_flops ==
          2.0 * 5 * 17 * 30 + 5.0 * (20 * 21 + 2 * 20 * 10) + 2.0 * (20 * 30 + 30 * 17 + 17 * 5));
    shape.single = false;
    plan = dense_plan_choose(&shape, 100000, false, NULL, NULL);
    CHECK(plan.lower_end == DIRICHLET_DENSE_END_DIRECT);
}

static int64_t refuse_triangles(const dirichlet_dense_plan *plan, const void *user)
{
    (void)user;
    return plan->lower_end != DIRICHLET_DENSE_END_GRAM &&
                   plan->upper_end != DIRICHLET_DENSE_END_GRAM
               ? 1
               : 0;
}

/* A quadratic form has to be made so many times. */
static int64_t make_it_again(const dirichlet_dense_plan *plan, const void *user)
{
    const int64_t *rounds = user;
    return plan->samples / *rounds;
}

static void rounds_cost(void **state)
{
    const int64_t widths[] = {784, 1024, 40};
    const struct dense_shape shape = shape_of(widths, 2);
    const int64_t few = 2;
    const int64_t many = 1000;
    (void)state;
    dirichlet_dense_plan plan = dense_plan_choose(&shape, 4096, false, make_it_again, &few);
    CHECK(plan.pivot == 1 && plan.call_flops == 2 * 1024.0 * 1025 * (784 + 40));
    plan = dense_plan_choose(&shape, 4096, false, make_it_again, &many);
    CHECK(plan.pivot == 2);
}

static void what_does_not_fit(void **state)
{
    const int64_t widths[] = {784, 300, 100, 10};
    const struct dense_shape shape = shape_of(widths, 3);
    (void)state;
    const dirichlet_dense_plan plan =
        dense_plan_choose(&shape, 1024, false, refuse_triangles, NULL);
    CHECK(refuse_triangles(&plan, NULL) == 1);
    CHECK(plan.sample_flops < 10.0 * 2 * 300 * 784);
}

static void impossible_plans(void **state)
{
    const int64_t widths[] = {7, 6, 5, 4};
    const struct dense_shape shape = shape_of(widths, 3);
    static const dirichlet_dense_plan plans[] = {
        {.pivot = -1},
        {.pivot = 4},
        {.pivot = 3},
        {.pivot = 3,
         .lower_end = DIRICHLET_DENSE_END_DIRECT,
         .upper_end = DIRICHLET_DENSE_END_DIRECT},
        {.pivot = 0},
        {.pivot = 1,
         .lower_end = DIRICHLET_DENSE_END_DIRECT,
         .upper_end = DIRICHLET_DENSE_END_DIRECT},
        {.pivot = 3, .lower_end = DIRICHLET_DENSE_END_DIRECT, .sum = 1},
        {.pivot = 2, .lower_end = DIRICHLET_DENSE_END_GRAM, .sum = 1},
        {.pivot = 3, .lower_end = 7},
    };
    (void)state;
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        dirichlet_dense_plan plan = plans[i];
        CHECK_IN(!dense_plan_count(&shape, 10, &plan), "plan %d", (int)i);
    }
}

static void in_words(void **state)
{
    const int64_t widths[] = {784, 300, 100, 10};
    const struct dense_shape shape = shape_of(widths, 3);
    char text[DIRICHLET_DENSE_PLAN_TEXT_SIZE];
    char cut[10];
    (void)state;
    const dirichlet_dense_plan plan = choose(widths, 3, 1024);
    dense_plan_describe(&shape, &plan, text, sizeof text);
    CHECK(strcmp(text,
                 "pivot: 10 rows of width 3 of 784-300-100-10\n"
                 "down: rows of W_3 (10 x 100)\n"
                 "  times W_2 (100 x 300)\n"
                 "  times the triangle of the Gram matrix of W_1 (300 x 784)\n"
                 "operations: 2.035e+06 a sample, 7.98e+07 a call; workspace: 0 bytes\n") == 0);
    dense_plan_describe(&shape, &plan, cut, sizeof cut);
    CHECK(strcmp(cut, "pivot: 10") == 0);
    dense_plan_describe(&shape, &plan, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_outputs),
        cmocka_unit_test(few_inputs),
        cmocka_unit_test(more_rows_but_fewer_operations),
        cmocka_unit_test(one_layer),
        cmocka_unit_test(triangle_for_many_samples),
        cmocka_unit_test(sum_over_the_batch),
        cmocka_unit_test(sum_by_counts),
        cmocka_unit_test(bottleneck),
        cmocka_unit_test(quadratic_form),
        cmocka_unit_test(no_quadratic_form),
        cmocka_unit_test(singular_triangle),
        cmocka_unit_test(what_does_not_fit),
        cmocka_unit_test(rounds_cost),
        cmocka_unit_test(impossible_plans),
        cmocka_unit_test(in_words),
    };
    return check_report("unit.energy_plan", cmocka_run_group_tests(tests, NULL, NULL));
}
