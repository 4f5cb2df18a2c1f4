/* The norm of a matrix against Jacobi rotations in long double: inside its bounds, always; right
 * to the tolerance wherever it says so. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/matrix/operator_norm.h"
#include "support/check.h"
#include "support/singular.h"

static const struct operator_norm_limits usual = {OPERATOR_NORM_TOLERANCE,
                                                  OPERATOR_NORM_ITERATIONS};

/* The worst of a test, which prints it. */
struct figures {
    double error; /* relative, of the value where converged */
    double width; /* relative, of the bracket likewise */
    int64_t iterations;
    int64_t cases;
};

static void print_figures(const char *name, const struct figures *figures)
{
    print_message("%s: %lld cases, error %.1e, width %.1e, up to %lld factorizations\n", name,
                  (long long)figures->cases, figures->error, figures->width,
                  (long long)figures->iterations);
}

static double next_number(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(int64_t)(*state ^ *state >> 29) * 0x1p-63;
}

static double *take(int64_t count)
{
    double *numbers = calloc((size_t)count, sizeof *numbers);
    CHECK(numbers != NULL);
    return numbers;
}

static double *random_matrix(int64_t rows, int64_t columns, uint64_t seed)
{
    double *a = take(rows * columns);
    uint64_t state = seed;
    for (int64_t i = 0; i < rows * columns; i++)
        a[i] = next_number(&state);
    return a;
}

static struct operator_norm norm_of(int64_t rows, int64_t columns, struct matrix_f64 a,
                                    struct operator_norm_limits limits, double *vector)
{
    int64_t doubles = 0;
    CHECK(operator_norm_work(rows, columns, &doubles));
    double *work = take(doubles);
    const struct operator_norm norm = operator_norm_f64(rows, columns, a, limits, vector, work);
    free(work);
    return norm;
}

/* The bounds hold, converged or not; where converged they are as close as was asked. */
static void check_norm(const struct operator_norm *norm, double truth, double tolerance,
                       struct figures *figures, const char *what)
{
    const double slack = 4.0 * DBL_EPSILON * truth; /* of the comparison itself */
    CHECK_IN(norm->lower <= truth + slack && truth <= norm->upper + slack,
             "%s: %.17g not in %.17g %.17g", what, truth, norm->lower, norm->upper);
    CHECK_IN(norm->lower <= norm->value && norm->value <= norm->upper, "%s: value", what);
    figures->cases++;
    if (norm->iterations > figures->iterations)
        figures->iterations = norm->iterations;
    if (!norm->converged)
        return;
    const double error = fabs(norm->value - truth) / truth;
    const double width = (norm->upper - norm->lower) / truth;
    CHECK_IN(error <= tolerance, "%s: %.17g, not %.17g", what, norm->value, truth);
    CHECK_IN(width <= 1.001 * tolerance, "%s: width %g", what, width);
    figures->error = fmax(figures->error, error);
    figures->width = fmax(figures->width, width);
}

/* ||A^T u|| of the unit vector that came with it, or ||A v||. */
static double length_of_image(int64_t rows, int64_t columns, const double *a, const double *vector)
{
    const bool left = rows <= columns;
    long double square = 0.0L;
    for (int64_t j = 0; j < (left ? columns : rows); j++) {
        long double sum = 0.0L;
        for (int64_t i = 0; i < (left ? rows : columns); i++)
            sum += (long double)vector[i] * (left ? a[i * columns + j] : a[j * columns + i]);
        square += sum * sum;
    }
    return (double)sqrtl(square);
}

static void check_matrix(int64_t rows, int64_t columns, const double *a, struct figures *figures,
                         const char *what)
{
    const double truth = (double)largest_singular_value(rows, columns, a);
    double *vector = take(rows < columns ? rows : columns);
    const struct matrix_f64 view = {a, columns, 1};
    const struct operator_norm norm = norm_of(rows, columns, view, usual, vector);
    CHECK_IN(norm.converged, "%s: %lld x %lld", what, (long long)rows, (long long)columns);
    check_norm(&norm, truth, usual.tolerance, figures, what);
    const double length = length_of_image(rows, columns, a, vector);
    CHECK_IN(fabs(length - truth) <= 2.0 * usual.tolerance * truth, "%s: vector %.17g of %.17g",
             what, length, truth);
    const struct operator_norm again = norm_of(rows, columns, view, usual, vector);
    CHECK_IN(again.converged && again.iterations <= 1, "%s: %lld from its own vector", what,
             (long long)again.iterations);
    free(vector);
}

static void random_matrices(void **state)
{
    static const int64_t sizes[] = {1, 2, 3, 8, 31, 65, 120, 200};
    struct figures figures = {0};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
            double *a = random_matrix(sizes[i], sizes[j], 100 * i + j);
            check_matrix(sizes[i], sizes[j], a, &figures, "random");
            free(a);
        }
    print_figures("random", &figures);
}

/* Reflections from both sides: the singular values stay, but for rounding. */
static void reflect(int64_t n, double *a, uint64_t seed)
{
    double *v = random_matrix(n, 1, seed);
    double square = 0.0;
    for (int64_t i = 0; i < n; i++)
        square += v[i] * v[i];
    for (int64_t side = 0; side < 2; side++)
        for (int64_t i = 0; i < n; i++) {
            double *line = side == 0 ? a + i * n : a + i;
            const int64_t step = side == 0 ? 1 : n;
            double sum = 0.0;
            for (int64_t j = 0; j < n; j++)
                sum += v[j] * line[j * step];
            for (int64_t j = 0; j < n; j++)
                line[j * step] -= 2.0 * sum / square * v[j];
        }
    free(v);
}

/* `leading` values within `gap` of 1, the others spread below. */
static double *clustered(int64_t n, int64_t leading, double gap, uint64_t seed)
{
    double *a = take(n * n);
    for (int64_t i = 0; i < n; i++)
        a[i * n + i] = i < leading ? 1.0 - gap * (double)i / (double)leading
                                   : 0.99 * (double)(n - i) / (double)n;
    reflect(n, a, seed);
    reflect(n, a, seed + 1);
    return a;
}

static void clusters(void **state)
{
    static const int64_t sizes[] = {2, 3, 10, 50, 120};
    struct figures figures = {0};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int exponent = 0; exponent <= 16; exponent++)
            for (int64_t leading = 2; leading <= sizes[i]; leading *= 3) {
                const double gap = exponent == 16 ? 0.0 : pow(10.0, -exponent);
                double *a = clustered(sizes[i], leading, gap, (uint64_t)exponent);
                check_matrix(sizes[i], sizes[i], a, &figures, "cluster");
                free(a);
            }
    print_figures("clusters", &figures);
}

static struct operator_norm eigenvalue_of(int64_t n, const double *b, double error,
                                          struct operator_norm_limits limits, double *vector)
{
    int64_t doubles = 0;
    CHECK(eigenvalue_work(n, &doubles));
    double *work = take(doubles);
    double *copy = take(n * n);
    memcpy(copy, b, (size_t)(n * n) * sizeof *copy);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = i + 1; j < n; j++)
            copy[i * n + j] = NAN; /* not to be read */
    const struct operator_norm norm = largest_eigenvalue(n, copy, error, limits, vector, work);
    free(copy);
    free(work);
    return norm;
}

/* Starts exactly orthogonal to the leading vector, from which no power of B gets away. */
static void orthogonal_starts(void **state)
{
    struct figures figures = {0};
    (void)state;
    for (int64_t n = 2; n <= 80; n += 13)
        for (int exponent = 0; exponent <= 15; exponent++) {
            double *b = take(n * n);
            double *vector = take(n);
            for (int64_t i = 0; i < n; i++)
                b[i * n + i] = i == n / 2 ? 1.0 + pow(10.0, -exponent) : 1.0 / (double)(1 + i);
            vector[0] = 1e-200;
            const struct operator_norm norm = eigenvalue_of(n, b, 0.0, usual, vector);
            CHECK(norm.converged);
            check_norm(&norm, 1.0 + pow(10.0, -exponent), usual.tolerance, &figures, "orthogonal");
            free(vector);
            free(b);
        }
    print_figures("orthogonal starts", &figures);
}

/* Any start at all gives the same norm. */
static void useless_starts(void **state)
{
    static const double starts[] = {0.0, NAN, INFINITY, -INFINITY, 1e308, 5e-324, 1.0};
    struct figures figures = {0};
    double *a = random_matrix(30, 40, 7);
    const double truth = (double)largest_singular_value(30, 40, a);
    (void)state;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        double vector[30] = {0};
        for (int j = 0; j < 30; j++)
            vector[j] = j % 3 == 0 ? starts[i] : 0.0;
        const struct operator_norm norm =
            norm_of(30, 40, (struct matrix_f64){a, 40, 1}, usual, vector);
        CHECK(norm.converged);
        check_norm(&norm, truth, usual.tolerance, &figures, "start");
    }
    free(a);
    print_figures("useless starts", &figures);
}

static void rank_one(void **state)
{
    struct figures figures = {0};
    (void)state;
    for (int64_t n = 1; n <= 150; n = 2 * n + 1)
        for (int64_t m = 1; m <= 150; m = 3 * m) {
            double *u = random_matrix(n, 1, (uint64_t)n);
            double *v = random_matrix(m, 1, (uint64_t)(m + 1));
            double *a = take(n * m);
            for (int64_t i = 0; i < n * m; i++)
                a[i] = u[i / m] * v[i % m];
            check_matrix(n, m, a, &figures, "rank one");
            free(u);
            free(v);
            free(a);
        }
    print_figures("rank one", &figures);
}

static void zeros(void **state)
{
    (void)state;
    for (int64_t n = 1; n < 100; n = 3 * n + 1) {
        double *a = take(n * 2 * n);
        double *vector = take(n);
        const struct operator_norm norm =
            norm_of(n, 2 * n, (struct matrix_f64){a, 2 * n, 1}, usual, vector);
        CHECK(norm.value == 0.0 && norm.lower == 0.0 && norm.upper == 0.0 && norm.converged);
        CHECK(norm.iterations == 0);
        free(vector);
        free(a);
    }
}

/* Scaling by a power of two changes no bit, so far as the result is a normal number. */
static void magnitudes(void **state)
{
    double *a = random_matrix(20, 30, 3);
    double *scaled = take(20 * 30);
    double vector[20] = {0};
    const struct operator_norm one = norm_of(20, 30, (struct matrix_f64){a, 30, 1}, usual, vector);
    (void)state;
    for (int exponent = -1000; exponent <= 1015; exponent += 65) {
        for (int i = 0; i < 20 * 30; i++)
            scaled[i] = ldexp(a[i], exponent);
        memset(vector, 0, sizeof vector);
        const struct operator_norm norm =
            norm_of(20, 30, (struct matrix_f64){scaled, 30, 1}, usual, vector);
        CHECK_IN(norm.converged && norm.value == ldexp(one.value, exponent) &&
                     norm.lower == ldexp(one.lower, exponent) &&
                     norm.upper == ldexp(one.upper, exponent),
                 "2^%d: %.17g", exponent, norm.value);
    }
    free(scaled);
    free(a);
}

static void ends_of_the_range(void **state)
{
    const double huge[4] = {DBL_MAX, DBL_MAX, -DBL_MAX, DBL_MAX};
    const double tiny[4] = {5e-324, 0.0, 0.0, 5e-324};
    const double mixed[4] = {1e300, 1e-300, 1e-300, 1e300};
    double vector[2] = {0};
    (void)state;
    struct operator_norm norm = norm_of(2, 2, (struct matrix_f64){huge, 2, 1}, usual, vector);
    CHECK(norm.lower == DBL_MAX && norm.upper == INFINITY && !norm.converged);
    norm = norm_of(2, 2, (struct matrix_f64){tiny, 2, 1}, usual, vector);
    CHECK(norm.lower <= 5e-324 && norm.upper >= 5e-324 && norm.upper <= DBL_MIN);
    const double least[4] = {5e-324, 5e-324, 0.0, 0.0};
    norm = norm_of(2, 2, (struct matrix_f64){least, 2, 1}, usual, vector);
    CHECK(norm.upper > 5e-324); /* the root of 2, in units of which there is only 1 */
    norm = eigenvalue_of(2, tiny, 0.0, usual, vector);
    CHECK(norm.lower <= 5e-324 && norm.upper >= 5e-324 && norm.upper <= DBL_MIN);
    norm = eigenvalue_of(2, mixed, INFINITY, usual, vector);
    CHECK(isnan(norm.lower) && isnan(norm.upper) && !norm.converged);
    norm = norm_of(2, 2, (struct matrix_f64){mixed, 2, 1}, usual, vector);
    CHECK(norm.converged && fabs(norm.value - 1e300) <= 1e290);
}

static void not_finite(void **state)
{
    static const double wild[] = {NAN, INFINITY, -INFINITY};
    (void)state;
    for (size_t w = 0; w < sizeof wild / sizeof *wild; w++)
        for (int at = 0; at < 12; at++) {
            double a[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
            double vector[3] = {1, 2, 3};
            a[at] = wild[w];
            struct operator_norm norm = norm_of(3, 4, (struct matrix_f64){a, 4, 1}, usual, vector);
            CHECK(isnan(norm.value) && isnan(norm.lower) && isnan(norm.upper) && !norm.converged);
            CHECK(vector[0] == 0.0 && vector[1] == 0.0 && vector[2] == 0.0);
            norm = norm_of(3, 4, (struct matrix_f64){a, 1, 3}, usual, vector);
            CHECK(isnan(norm.value) && !norm.converged);
        }
    const double b[4] = {NAN, 0, 0, 1};
    double vector[2] = {0};
    const struct operator_norm norm = eigenvalue_of(2, b, 0.0, usual, vector);
    CHECK(isnan(norm.value) && isnan(norm.upper) && !norm.converged);
}

/* Whatever the limit, the bounds hold and `converged` is true of the value. */
static void few_iterations(void **state)
{
    struct figures figures = {0};
    int64_t stopped = 0;
    (void)state;
    for (int64_t n = 2; n <= 120; n = 2 * n + 3)
        for (int exponent = 1; exponent <= 15; exponent += 2) {
            double *a = clustered(n, n / 2 + 1, pow(10.0, -exponent), (uint64_t)n);
            const double truth = (double)largest_singular_value(n, n, a);
            for (int64_t limit = 0; limit < 8; limit++) {
                const struct operator_norm_limits limits = {1e-10, limit};
                double *vector = take(n);
                const struct operator_norm norm =
                    norm_of(n, n, (struct matrix_f64){a, n, 1}, limits, vector);
                CHECK(norm.iterations <= limit);
                check_norm(&norm, truth, limits.tolerance, &figures, "limit");
                stopped += !norm.converged;
                free(vector);
            }
            free(a);
        }
    print_message("%lld did not converge\n", (long long)stopped);
    CHECK(stopped > 10);
    print_figures("few iterations", &figures);
}

/* A tolerance beyond what rounding allows ends without a false claim. */
static void tolerances(void **state)
{
    static const double tolerances[] = {0.5, 1e-1, 1e-3, 1e-6, 1e-9, 1e-12, 1e-13, 1e-15, 1e-18};
    (void)state;
    for (size_t t = 0; t < sizeof tolerances / sizeof *tolerances; t++) {
        struct figures figures = {0};
        int64_t converged = 0;
        for (int64_t n = 1; n <= 100; n = 2 * n + 1) {
            double *a = random_matrix(n, n + 5, (uint64_t)n);
            double *vector = take(n);
            const struct operator_norm_limits limits = {tolerances[t], 200};
            const struct operator_norm norm =
                norm_of(n, n + 5, (struct matrix_f64){a, n + 5, 1}, limits, vector);
            check_norm(&norm, (double)largest_singular_value(n, n + 5, a), tolerances[t], &figures,
                       "tolerance");
            converged += norm.converged;
            free(vector);
            free(a);
        }
        print_message("tolerance %.0e: %lld of %lld converged, ", tolerances[t],
                      (long long)converged, (long long)figures.cases);
        print_figures("tolerances", &figures);
        CHECK(converged == figures.cases || tolerances[t] < 1e-12);
        CHECK(converged == 0 || tolerances[t] > 1e-17);
    }
}

/* What B is known up to widens the bounds and is respected by `converged`. */
static void inexact_matrices(void **state)
{
    const double b[4] = {2.0, 0.0, 1.0, 2.0};
    (void)state;
    for (int exponent = -14; exponent <= 0; exponent++) {
        const double error = pow(10.0, exponent);
        double vector[2] = {0};
        const struct operator_norm norm = eigenvalue_of(2, b, error, usual, vector);
        CHECK(norm.lower <= 3.0 - error && norm.upper >= 3.0 + error);
        CHECK(norm.converged ? exponent <= -10 : exponent >= -10);
        CHECK(fabs(norm.value - 3.0) <= 1e-9);
    }
}

/* A matrix of either type in every layout, with other numbers between its own. */
static void layouts(void **state)
{
    static const int64_t strides[][2] = {{9, 1}, {12, 1}, {1, 7}, {1, 10}, {40, 3}, {3, 50}};
    double *a = random_matrix(7, 9, 5);
    for (int i = 0; i < 63; i++)
        a[i] = (float)a[i];
    const double truth = (double)largest_singular_value(7, 9, a);
    int64_t doubles = 0;
    struct figures figures = {0};
    (void)state;
    CHECK(operator_norm_work(7, 9, &doubles));
    double *work = take(doubles);
    for (size_t s = 0; s < sizeof strides / sizeof *strides; s++) {
        double wide[500];
        float narrow[500];
        double vector[7] = {0};
        for (int i = 0; i < 500; i++)
            wide[i] = narrow[i] = 1e30F;
        for (int64_t i = 0; i < 63; i++) {
            const int64_t at = i / 9 * strides[s][0] + i % 9 * strides[s][1];
            wide[at] = a[i];
            narrow[at] = (float)a[i];
        }
        struct operator_norm norm = operator_norm_f64(
            7, 9, (struct matrix_f64){wide, strides[s][0], strides[s][1]}, usual, vector, work);
        check_norm(&norm, truth, usual.tolerance, &figures, "layout");
        CHECK(norm.converged);
        const struct matrix_f32 view = {narrow, strides[s][0], strides[s][1]};
        memset(vector, 0, sizeof vector);
        norm = operator_norm_f32(7, 9, view, usual, vector, work);
        check_norm(&norm, truth, usual.tolerance, &figures, "layout of floats");
        CHECK(norm.converged);
        const struct matrix_f32 turned = {narrow, strides[s][1], strides[s][0]};
        norm = operator_norm_f32(9, 7, turned, usual, vector, work);
        check_norm(&norm, truth, usual.tolerance, &figures, "layout, turned");
        CHECK(norm.converged && norm.iterations <= 1);
    }
    free(work);
    free(a);
    print_figures("layouts", &figures);
}

/* Sums over many more columns than a panel has. */
static void long_rows(void **state)
{
    struct figures figures = {0};
    (void)state;
    for (int64_t columns = 127; columns < 20000; columns = 3 * columns + 1) {
        double *a = random_matrix(6, columns, (uint64_t)columns);
        check_matrix(6, columns, a, &figures, "wide");
        check_matrix(columns, 6, a, &figures, "tall");
        free(a);
    }
    print_figures("long rows", &figures);
}

static void work_sizes(void **state)
{
    int64_t doubles = -1;
    (void)state;
    CHECK(operator_norm_work(3, 5, &doubles) && doubles >= 2 * 9 + 3);
    CHECK(eigenvalue_work(3, &doubles) && doubles >= 9);
    CHECK(!operator_norm_work(INT32_MAX, INT32_MAX, &doubles));
    CHECK(!eigenvalue_work(INT32_MAX, &doubles));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_matrices),   cmocka_unit_test(clusters),
        cmocka_unit_test(orthogonal_starts), cmocka_unit_test(useless_starts),
        cmocka_unit_test(rank_one),          cmocka_unit_test(zeros),
        cmocka_unit_test(magnitudes),        cmocka_unit_test(ends_of_the_range),
        cmocka_unit_test(not_finite),        cmocka_unit_test(few_iterations),
        cmocka_unit_test(tolerances),        cmocka_unit_test(inexact_matrices),
        cmocka_unit_test(layouts),           cmocka_unit_test(long_rows),
        cmocka_unit_test(work_sizes),
    };
    return check_report("unit.operator_norm", cmocka_run_group_tests(tests, NULL, NULL));
}
