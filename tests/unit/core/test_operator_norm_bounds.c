/* The bounds of norms to the last bit: matrices of integers, whose norms are known exactly, and on
 * which each allowance for rounding is needed. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/matrix/cholesky.h"
#include "core/matrix/operator_norm.h"
#include "dense/rows/cholesky.h"
#include "support/check.h"
#include "support/quad.h"

/* Smaller than rounding allows: the search goes on until it is at its limits. */
#define LEAST_TOLERANCE 1e-18

static double *take(int64_t count)
{
    double *numbers = calloc((size_t)count, sizeof *numbers);
    CHECK(numbers != NULL);
    return numbers;
}

/* The largest eigenvalue of alpha I + v v^T, from v, with no more factorizations than `most`. */
static struct operator_norm eigenvalue_of_sum(int64_t n, double alpha, const double *v,
                                              int64_t most)
{
    const struct operator_norm_limits limits = {LEAST_TOLERANCE, most};
    int64_t doubles = 0;
    CHECK(eigenvalue_work(n, &doubles));
    double *work = take(doubles);
    double *b = take(n * n);
    double *vector = take(n);
    for (int64_t i = 0; i < n * n; i++)
        b[i] = v[i / n] * v[i % n] + (i / n == i % n ? alpha : 0.0);
    memcpy(vector, v, (size_t)n * sizeof *v);
    const struct operator_norm norm = largest_eigenvalue(n, b, 0.0, limits, vector, work);
    free(vector);
    free(b);
    free(work);
    return norm;
}

/* All elements of v are c: the eigenvalue is alpha + n c^2. Without its allowance, a shift that is
 * an ulp below it has a factor in the first half of the cases, one above has none in the others. */
static void shifts_beside_the_eigenvalue(void **state)
{
    static const struct {
        int64_t n;
        double c;
        double alpha;
    } cases[] = {{7, 382, 3801},          {7, 17050, 1845},       {7, 5858, 3047279},
                 {7, 754039, 2000495133}, {8, 740147, 420582827}, {8, 5561, 3957623},
                 {9, 58989, 35381987},    {10, 859259, 7696487},  {4, 923, 16357},
                 {4, 237653, 74496},      {5, 4729, 3626468},     {7, 31129, 1154588536},
                 {8, 254806, 24118793},   {9, 349391, 180545},    {10, 1135, 14}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double v[10];
        const double truth = cases[i].alpha + (double)cases[i].n * cases[i].c * cases[i].c;
        for (int j = 0; j < 10; j++)
            v[j] = cases[i].c;
        for (int64_t most = 0; most < 5; most++) {
            const struct operator_norm norm =
                eigenvalue_of_sum(cases[i].n, cases[i].alpha, v, most);
            CHECK_IN(norm.lower <= truth && truth <= norm.upper, "%d, %d: %.17g not in %.17g %.17g",
                     (int)i, (int)most, truth, norm.lower, norm.upper);
        }
    }
}

/* The first bounds, before any factor: the Frobenius norm, which for rank one is the norm, and the
 * quotient of the leading vector itself. */
static void first_bounds(void **state)
{
    (void)state;
    for (int64_t n = 1; n <= 30; n++)
        for (int64_t c = 1; c <= 200; c++) {
            double v[30];
            double truth = 0.0;
            for (int64_t i = 0; i < n; i++) {
                v[i] = (double)(1000 * c + 37 * i * c % 501);
                truth += v[i] * v[i];
            }
            const struct operator_norm norm = eigenvalue_of_sum(n, 0.0, v, 0);
            CHECK_IN(norm.lower <= truth && truth <= norm.upper, "%d, %d: %.17g not in %.17g %.17g",
                     (int)n, (int)c, truth, norm.lower, norm.upper);
        }
}

/* The root of a bound is a bound, though roots are rounded. */
static void roots(void **state)
{
    (void)state;
    for (int64_t i = 0; i < 2000; i++) {
        const double square = 1.0 + (double)i * 0x1p-10 + (double)i * DBL_EPSILON;
        const struct operator_norm eigenvalue = {.value = square, .lower = square, .upper = square};
        const struct operator_norm norm = root_of_eigenvalue(eigenvalue, 0, 1e-10);
        CHECK_IN((quad)norm.lower * norm.lower <= square && (quad)norm.upper * norm.upper >= square,
                 "%.17g: %.17g %.17g", square, norm.lower, norm.upper);
    }
}

/* A panel after the first is less than half an ulp of the sum, which does not notice the 199. */
static void sums_that_lose_panels(void **state)
{
    enum { PANELS = 200 };
    const int64_t columns = PANELS * GRAM_PANEL;
    const struct operator_norm_limits limits = {1e-10, 200};
    const double small = sqrt(0.49 * DBL_EPSILON / (double)GRAM_PANEL);
    int64_t doubles = 0;
    double vector[1] = {0};
    double *a = take(columns);
    (void)state;
    CHECK(operator_norm_work(1, columns, &doubles));
    double *work = take(doubles);
    a[0] = 1.0;
    for (int64_t i = GRAM_PANEL; i < columns; i++)
        a[i] = small;
    const struct operator_norm norm =
        operator_norm_f64(1, columns, (struct matrix_f64){a, columns, 1}, limits, vector, work);
    const quad square = 1 + (quad)small * small * (double)(columns - GRAM_PANEL);
    CHECK(norm.converged && norm.lower <= 1.0);
    CHECK_IN((quad)norm.upper * norm.upper >= square, "upper %.17g", norm.upper);
    free(work);
    free(a);
}

/* The eigenvalue is asked for so closely that its root is close enough, however close the bracket
 * comes to what was asked: here the first one, from the quotient of (1, 1) to the Frobenius norm.
 * The singular values are the roots of 2 and 2 second^2. */
static void tolerance_of_the_root(void **state)
{
    const struct operator_norm_limits limits = {1e-10, 200};
    int64_t doubles = 0;
    (void)state;
    CHECK(operator_norm_work(2, 2, &doubles));
    double *work = take(doubles);
    for (int64_t i = 0; i < 4000; i++) {
        const double second = sqrt(2.0 * sqrt(limits.tolerance)) * (1.0 - 1e-8 * (double)i);
        const double a[4] = {1.0, second, 1.0, -second};
        double vector[2] = {1.0, 1.0};
        const struct operator_norm norm =
            operator_norm_f64(2, 2, (struct matrix_f64){a, 2, 1}, limits, vector, work);
        CHECK_IN(norm.converged, "%d: %.17g %.17g", (int)i, norm.lower, norm.upper);
    }
    free(work);
}

/* The square of a start that is among the subnormal numbers, 1.49 of the smallest, is rounded to
 * one of them: taken for a unit vector the start would have a quotient of 1.49. One whose square
 * is infinite becomes 0, for which nothing speaks, unless another takes its place. */
static void starts_whose_squares_are_none(void **state)
{
    static const double starts[] = {2.713e-162, 1e200};
    (void)state;
    for (int i = 0; i < 2; i++) {
        const struct operator_norm_limits limits = {1e-10, 0};
        double b[4] = {1.0, 0.0, 0.0, 1.0};
        double vector[2] = {starts[i], 0.0};
        double work[8];
        const struct operator_norm norm = largest_eigenvalue(2, b, 0.0, limits, vector, work);
        CHECK_IN(norm.lower <= 1.0 && norm.value <= 1.0 + 1e-14, "%d: lower %.17g, value %.17g", i,
                 norm.lower, norm.value);
        CHECK_IN(fabs(vector[0] * vector[0] + vector[1] * vector[1] - 1.0) <= 1e-14,
                 "%d: %.17g %.17g", i, vector[0], vector[1]);
    }
}

/* No element of L L^T is further from G than their bound. */
static void errors_of_factors(void **state)
{
    double worst = 0.0;
    (void)state;
    for (int64_t n = 2; n <= 150; n = 2 * n + 1) {
        double *g = take(n * n);
        for (int64_t i = 0; i < n * n; i++)
            g[i] = 1.0 / (1.0 + fabs((double)(i / n - i % n))) + (i / n == i % n ? 2.0 : 0.0);
        double *l = take(n * n);
        memcpy(l, g, (size_t)(n * n) * sizeof *l);
        CHECK(cholesky_factor(n, n, 0.0, NULL, l));
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j <= i; j++) {
                quad rest = g[i * n + j];
                for (int64_t p = 0; p <= j; p++)
                    rest -= (quad)l[i * n + p] * l[j * n + p];
                const double error = (double)quad_abs(rest) / (3.0 * (double)n);
                CHECK_IN(error <= cholesky_error(n), "%d: %g", (int)n, error);
                worst = fmax(worst, error / cholesky_error(n));
            }
        free(l);
        free(g);
    }
    print_message("errors of a factor: %.3f of the bound\n", worst);
    CHECK(worst > 0.0);
}

/* A NaN in a Gram matrix is a difference that nothing trusts, whichever rows are right. */
static void factors_of_nan(void **state)
{
    (void)state;
    for (int at = 0; at < 9; at++) {
        double g[9] = {2.0, 0.0, 0.0, 1.0, 2.0, 0.0, 1.0, 1.0, 2.0};
        double diagonal[3];
        g[at] = NAN;
        const double difference = dense_cholesky(3, 3, 1e-10, g, diagonal);
        CHECK_IN(at / 3 < at % 3 ? difference <= 1e-10 : difference == (double)INFINITY, "%d: %g",
                 at, difference);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shifts_beside_the_eigenvalue),
        cmocka_unit_test(first_bounds),
        cmocka_unit_test(roots),
        cmocka_unit_test(sums_that_lose_panels),
        cmocka_unit_test(tolerance_of_the_root),
        cmocka_unit_test(starts_whose_squares_are_none),
        cmocka_unit_test(errors_of_factors),
        cmocka_unit_test(factors_of_nan),
    };
    return check_report("unit.operator_norm_bounds", cmocka_run_group_tests(tests, NULL, NULL));
}
