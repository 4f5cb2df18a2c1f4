#include "core/matrix/operator_norm.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/vector.h"
#include "core/interface/memory.h"
#include "core/matrix/cholesky.h"
#include "core/statistics/counter.h"
#include "core/vector/dot.h"

/* Products with B before the first factorization, of a start that is not known to be good. */
#define POWER_STEPS 12
/* Products with the inverse of s I - B for each that has been factored. */
#define INVERSE_STEPS 3
/* The random starts are the same in every call. */
#define START_SEED UINT64_C(0x6e6f726d)

struct search {
    int64_t n;
    const double *b;
    double *factor; /* (n, n) */
    double *x;      /* (n): the present unit vector */
    double *bx;     /* (n): B x */
    double *best;   /* (n): the vector of the largest quotient so far */
    double error;
    double trace;
    double frobenius; /* ||B||_F, which is at least ||B||_2 */
    double quotient;  /* <x, B x> */
    double residual;  /* ||B x - quotient x|| */
    double value;     /* the largest quotient */
    double attained;  /* what it is at least, rounding aside */
    double lower;
    double upper;
    uint32_t draws;
};

/* y = B x by the lower triangle. */
DIRICHLET_VECTORIZED
static void operator_norm_multiply(int64_t n, const double *b, const double *restrict x,
                                   double *restrict y)
{
    for (int64_t i = 0; i < n; i++) {
        const double *row = b + i * n;
        const double factor = x[i];
        y[i] = dot_of_doubles(row, x, i + 1);
        for (int64_t j = 0; j < i; j++)
            y[j] += factor * row[j];
    }
}

/* x = (L L^T)^-1 x. */
DIRICHLET_VECTORIZED
static void operator_norm_solve(int64_t n, const double *l, double *x)
{
    for (int64_t i = 0; i < n; i++) {
        const double *row = l + i * n;
        x[i] = (x[i] - dot_of_doubles(row, x, i)) / row[i];
    }
    for (int64_t i = n - 1; i >= 0; i--) {
        const double *row = l + i * n;
        const double factor = x[i] / row[i];
        x[i] = factor;
        for (int64_t j = 0; j < i; j++)
            x[j] -= factor * row[j];
    }
}

/* The lower triangle of s I - B. */
DIRICHLET_VECTORIZED
static void operator_norm_shift(int64_t n, const double *b, double s, double *shifted)
{
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < i; j++)
            shifted[i * n + j] = -b[i * n + j];
        shifted[i * n + i] = s - b[i * n + i];
    }
}

static void scale(int64_t n, double factor, double *x)
{
    for (int64_t i = 0; i < n; i++)
        x[i] *= factor;
}

/* False where there is no direction to keep. */
static bool normalize(int64_t n, double *x)
{
    const double square = dot_of_doubles(x, x, n);
    if (!(square > DBL_MIN) || !(square <= DBL_MAX))
        return false;
    scale(n, 1.0 / sqrt(square), x);
    return true;
}

/* x = (x + r) / 2 with r random, ||r|| about 1: whatever x was orthogonal to, this is not. */
static void disturb(struct search *search)
{
    const struct counter_stream stream = {START_SEED, 0, search->draws++};
    counter_normals(&stream, 0, search->n, search->bx);
    const double factor = 0.5 / sqrt((double)search->n);
    for (int64_t i = 0; i < search->n; i++)
        search->x[i] = 0.5 * search->x[i] + factor * search->bx[i];
    if (normalize(search->n, search->x))
        return;
    memset(search->x, 0, (size_t)search->n * sizeof(double));
    search->x[0] = 1.0;
}

/* What x tells. Its quotient is rounded by at most 2 n operations on terms whose sum is at most
 * || |B| ||_2 <= ||B||_F (Higham 2002, section 3.1). */
static void look(struct search *search)
{
    const int64_t n = search->n;
    const double rounding = (double)(n + 4) * DBL_EPSILON * search->frobenius;
    operator_norm_multiply(n, search->b, search->x, search->bx);
    search->quotient = dot_of_doubles(search->x, search->bx, n);
    double square = 0.0;
    for (int64_t i = 0; i < n; i++) {
        const double rest = search->bx[i] - search->quotient * search->x[i];
        square += rest * rest;
    }
    search->residual = sqrt(square);
    if (search->quotient > search->value) {
        search->value = search->quotient;
        memcpy(search->best, search->x, (size_t)n * sizeof(double));
    }
    search->attained = fmax(search->attained, search->quotient - rounding);
    search->lower = fmax(search->lower, search->attained);
}

/* Does the Cholesky factor of s I - B exist? Either way a bound follows. */
static bool try_shift(struct search *search, double s)
{
    const int64_t n = search->n;
    const double rounding = cholesky_error(n) * ((double)n * s - search->trace) + DBL_EPSILON * s;
    operator_norm_shift(n, search->b, s, search->factor);
    const bool exists = cholesky_factor(n, n, 0.0, NULL, search->factor);
    if (exists)
        search->upper = fmin(search->upper, s + rounding);
    else
        search->lower = fmax(search->lower, s - rounding);
    return exists;
}

/* The most that rounding takes from a bracket, near its middle. */
static double rounding_of(const struct search *search)
{
    return cholesky_error(search->n) * ((double)search->n * search->upper - search->trace) +
           search->error;
}

/* By the vector, which is then one of that norm. */
static bool is_close(const struct search *search, double tolerance)
{
    return search->upper + search->error <= (1.0 + tolerance) * (search->attained - search->error);
}

static bool is_at_its_limit(const struct search *search)
{
    return search->upper - search->lower <= 4.0 * rounding_of(search);
}

/* Where to look for the least upper bound. There is an eigenvalue within the residual r of the
 * quotient q, most likely the largest, which exceeds q by r^2 over the gap to the others (Kato and
 * Temple; Parlett, The Symmetric Eigenvalue Problem, 1980, section 10.5): first with a gap of
 * q / 100, then without; and at least twice as far from q as it is known to be. Never beyond the
 * middle of the bracket, and the middle after three failures, so that four trials halve it. */
static double next_shift(const struct search *search, double tolerance, int64_t failures)
{
    const double middle = search->lower + 0.5 * (search->upper - search->lower);
    const double r = search->residual;
    const double q = search->quotient;
    const double excess = failures == 0 ? fmin(r, 100.0 * r * (r / q)) : r;
    const double guess = q + fmax(fmax(excess, 0.25 * tolerance * q), 2.0 * (search->lower - q));
    return failures > 2 || !(guess < middle) ? middle : guess;
}

static void step_with_inverse(struct search *search)
{
    for (int i = 0; i < INVERSE_STEPS; i++) {
        operator_norm_solve(search->n, search->factor, search->x);
        if (!normalize(search->n, search->x))
            disturb(search);
    }
    look(search);
}

static void step_with_powers(struct search *search, double tolerance)
{
    for (int i = 0; i < POWER_STEPS && !(search->residual <= tolerance * search->quotient); i++) {
        memcpy(search->x, search->bx, (size_t)search->n * sizeof(double));
        if (!normalize(search->n, search->x))
            disturb(search);
        look(search);
    }
}

static int64_t run(struct search *search, struct operator_norm_limits limits)
{
    int64_t iterations = 0;
    int64_t failures = 0;
    look(search);
    step_with_powers(search, limits.tolerance);
    while (iterations < limits.max_iterations && !is_close(search, limits.tolerance) &&
           !is_at_its_limit(search)) {
        iterations++;
        if (try_shift(search, next_shift(search, limits.tolerance, failures))) {
            failures = 0;
            step_with_inverse(search);
        } else if (++failures > 1) {
            disturb(search);
        }
    }
    return iterations;
}

/* A first bracket: the elements of the diagonal are Rayleigh quotients. */
static void measure(struct search *search)
{
    const int64_t n = search->n;
    double square = 0.0;
    for (int64_t i = 0; i < n; i++) {
        const double *row = search->b + i * n;
        square += 2.0 * dot_of_doubles(row, row, i) + row[i] * row[i];
        search->trace += row[i];
        search->lower = fmax(search->lower, row[i]);
    }
    search->frobenius = sqrt(square) * (1.0 + (double)(n + 4) * DBL_EPSILON);
    search->upper = search->frobenius;
}

/* NaN if there is one. */
static double largest_entry(int64_t n, const double *b)
{
    double largest = 0.0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j <= i; j++) {
            const double size = fabs(b[i * n + j]);
            if (size > largest || isnan(size))
                largest = size;
        }
    return largest;
}

static void scale_triangle(int64_t n, int exponent, double *b)
{
    const double factor = ldexp(1.0, exponent);
    for (int64_t i = 0; i < n; i++)
        scale(i + 1, factor, b + i * n);
}

/* x 2^exponent as a lower or an upper bound, where that is not a normal number. */
static double scaled_down(double x, int exponent)
{
    const double scaled = ldexp(x, exponent);
    return scaled < DBL_MIN ? 0.0 : fmin(scaled, DBL_MAX);
}

static double scaled_up(double x, int exponent)
{
    const double scaled = ldexp(x, exponent);
    return x > 0.0 ? fmax(scaled, DBL_MIN) : scaled;
}

static struct operator_norm bracket(double value, double lower, double upper, int exponent,
                                    double tolerance)
{
    struct operator_norm norm = {.lower = scaled_down(lower, exponent),
                                 .upper = scaled_up(upper, exponent)};
    norm.value = fmin(fmax(ldexp(value, exponent), norm.lower), norm.upper);
    norm.converged = norm.upper <= (1.0 + tolerance) * norm.lower && norm.upper <= DBL_MAX;
    return norm;
}

/* The start that is asked for, or a random one. */
static void start(struct search *search)
{
    const size_t bytes = (size_t)search->n * sizeof(double);
    memcpy(search->x, search->best, bytes);
    if (!normalize(search->n, search->x)) {
        memset(search->x, 0, bytes);
        disturb(search);
    }
    memcpy(search->best, search->x, bytes);
}

struct operator_norm largest_eigenvalue(int64_t n, double *b, double error,
                                        struct operator_norm_limits limits, double *vector,
                                        double *work)
{
    int exponent = 0;
    const double largest = largest_entry(n, b);
    struct search search = {.n = n, .b = b, .best = vector};
    if (!(largest <= DBL_MAX) || !(error <= DBL_MAX)) {
        memset(vector, 0, (size_t)n * sizeof(double));
        return (struct operator_norm){.value = NAN, .lower = NAN, .upper = NAN};
    }
    (void)frexp(largest, &exponent);
    exponent = exponent < -1022 ? -1022 : exponent;
    scale_triangle(n, -exponent, b);
    search.error = ldexp(error, -exponent);
    search.factor = work;
    search.x = work + n * n;
    search.bx = search.x + n;
    measure(&search);
    start(&search);
    const int64_t iterations = search.upper > 0.0 ? run(&search, limits) : 0;
    struct operator_norm norm = bracket(search.value, search.lower - search.error,
                                        search.upper + search.error, exponent, limits.tolerance);
    norm.iterations = iterations;
    return norm;
}

struct operator_norm root_of_eigenvalue(struct operator_norm eigenvalue, int exponent,
                                        double tolerance)
{
    if (isnan(eigenvalue.upper))
        return eigenvalue;
    const double lower = sqrt(eigenvalue.lower) * (1.0 - DBL_EPSILON);
    const double upper = sqrt(eigenvalue.upper) * (1.0 + DBL_EPSILON);
    struct operator_norm norm = bracket(sqrt(eigenvalue.value), lower, upper, exponent, tolerance);
    norm.iterations = eigenvalue.iterations;
    return norm;
}

bool eigenvalue_work(int64_t n, int64_t *doubles)
{
    int64_t bytes = 0;
    if (!size_of_array(n, n + 2, 1, sizeof(double), &bytes))
        return false;
    *doubles = bytes / (int64_t)sizeof(double);
    return true;
}

/* The panel is gone when the eigenvalue is sought. */
bool operator_norm_work(int64_t rows, int64_t columns, int64_t *doubles)
{
    const int64_t n = smaller(rows, columns);
    int64_t bytes = 0;
    if (!size_of_array(n, n + larger(n + 2, GRAM_PANEL), 1, sizeof(double), &bytes))
        return false;
    *doubles = bytes / (int64_t)sizeof(double);
    return true;
}
