#include "least_squares.h"

#include <math.h>
#include <stdlib.h>

/* gram (n, n) = rows^T rows, its lower half; rows (count, n). Four rows at a time, so that gram is
 * not read and written for each of them. */
static void add_products(int64_t count, int64_t n, const double *rows, double *gram)
{
    int64_t p = 0;
    for (int64_t i = 0; i < n * n; i++)
        gram[i] = 0.0;
    for (; p + 4 <= count; p += 4) {
        const double *a = rows + p * n;
        const double *b = a + n;
        const double *c = b + n;
        const double *d = c + n;
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j <= i; j++)
                gram[i * n + j] += a[i] * a[j] + b[i] * b[j] + c[i] * c[j] + d[i] * d[j];
    }
    for (; p < count; p++)
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j <= i; j++)
                gram[i * n + j] += rows[p * n + i] * rows[p * n + j];
}

static void add_ridge(int64_t n, double ridge, double *gram)
{
    double trace = 0.0;
    for (int64_t i = 0; i < n; i++)
        trace += gram[i * n + i];
    for (int64_t i = 0; i < n; i++)
        gram[i * n + i] += ridge * trace / (double)n;
}

/* Cholesky: the lower half a becomes L, a = L L^T. -1 if a is not positive definite. */
static int factorize(int64_t n, double *a)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j <= i; j++) {
            double sum = a[i * n + j];
            for (int64_t p = 0; p < j; p++)
                sum -= a[i * n + p] * a[j * n + p];
            if (i != j)
                a[i * n + j] = sum / a[j * n + j];
            else if (sum > 0.0)
                a[i * n + i] = sqrt(sum);
            else
                return -1;
        }
    return 0;
}

/* x (n, k) becomes (L L^T)^-1 x. */
static void substitute(int64_t n, int64_t k, const double *l, double *x)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < k; c++) {
            for (int64_t p = 0; p < i; p++)
                x[i * k + c] -= l[i * n + p] * x[p * k + c];
            x[i * k + c] /= l[i * n + i];
        }
    for (int64_t i = n - 1; i >= 0; i--)
        for (int64_t c = 0; c < k; c++) {
            for (int64_t p = i + 1; p < n; p++)
                x[i * k + c] -= l[p * n + i] * x[p * k + c];
            x[i * k + c] /= l[i * n + i];
        }
}

/* out (columns, rows) = in^T. */
static void transpose(int64_t rows, int64_t columns, const double *in, double *out)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            out[j * rows + i] = in[i * columns + j];
}

/* out (n, k) = rows^T y; rows (count, n), y (count, k). */
static void multiply(int64_t count, int64_t n, int64_t k, const double *rows, const double *y,
                     double *out)
{
    for (int64_t i = 0; i < n * k; i++)
        out[i] = 0.0;
    for (int64_t p = 0; p < count; p++)
        for (int64_t i = 0; i < n; i++)
            for (int64_t c = 0; c < k; c++)
                out[i * k + c] += rows[p * n + i] * y[p * k + c];
}

/* Fewer features than samples: (F^T F + r) C = F^T Y. Otherwise C = F^T Z, (F F^T + r) Z = Y. */
static int solve(int64_t samples, int64_t features, int64_t outputs, const double *f,
                 const double *y, double ridge, double *c, double *gram, double *turned)
{
    if (features < samples) {
        add_products(samples, features, f, gram);
        multiply(samples, features, outputs, f, y, c);
        add_ridge(features, ridge, gram);
        if (factorize(features, gram) != 0)
            return -1;
        substitute(features, outputs, gram, c);
        return 0;
    }
    double *z = turned + samples * features;
    transpose(samples, features, f, turned);
    add_products(features, samples, turned, gram);
    add_ridge(samples, ridge, gram);
    if (factorize(samples, gram) != 0)
        return -1;
    for (int64_t i = 0; i < samples * outputs; i++)
        z[i] = y[i];
    substitute(samples, outputs, gram, z);
    multiply(samples, features, outputs, f, z, c);
    return 0;
}

int least_squares(int64_t samples, int64_t features, int64_t outputs, const double *f,
                  const double *y, double ridge, double *c, struct problem *problem)
{
    const int64_t n = features < samples ? features : samples;
    double *gram = malloc((size_t)(n * n) * sizeof *gram);
    double *turned = calloc((size_t)(samples * (features + outputs)), sizeof *turned);
    int code = 0;
    if (gram == NULL || turned == NULL)
        code = problem_no_memory(problem, "least squares");
    else if (solve(samples, features, outputs, f, y, ridge, c, gram, turned) != 0)
        code = problem_set(problem, "least squares: the features depend on each other");
    free(gram);
    free(turned);
    return code;
}
