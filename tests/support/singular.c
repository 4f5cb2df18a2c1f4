#include "support/singular.h"

#include <math.h>
#include <stdlib.h>

#include "support/check.h"

static long double product(const long double *a, const long double *b, int64_t size)
{
    long double sum = 0.0L;
    for (int64_t i = 0; i < size; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Make two rows orthogonal; false if they were. */
static bool rotate(long double *a, long double *b, int64_t size)
{
    const long double aa = product(a, a, size);
    const long double bb = product(b, b, size);
    const long double ab = product(a, b, size);
    if (fabsl(ab) <= 1e-19L * sqrtl(aa * bb))
        return false;
    const long double zeta = (bb - aa) / (2.0L * ab);
    const long double tangent = copysignl(1.0L, zeta) / (fabsl(zeta) + sqrtl(1.0L + zeta * zeta));
    const long double cosine = 1.0L / sqrtl(1.0L + tangent * tangent);
    const long double sine = cosine * tangent;
    for (int64_t i = 0; i < size; i++) {
        const long double x = a[i];
        a[i] = cosine * x - sine * b[i];
        b[i] = sine * x + cosine * b[i];
    }
    return true;
}

static void make_orthogonal(long double *vectors, int64_t count, int64_t size)
{
    bool changed = true;
    for (int sweep = 0; sweep < 40 && changed; sweep++) {
        changed = false;
        for (int64_t i = 0; i < count; i++)
            for (int64_t j = i + 1; j < count; j++)
                changed = rotate(vectors + i * size, vectors + j * size, size) || changed;
    }
}

long double largest_singular_value(int64_t rows, int64_t columns, const double *a)
{
    const int64_t count = rows < columns ? rows : columns;
    const int64_t size = rows < columns ? columns : rows;
    long double *vectors = malloc((size_t)(count * size) * sizeof *vectors);
    long double largest = 0.0L;
    CHECK(vectors != NULL);
    for (int64_t i = 0; i < count; i++)
        for (int64_t j = 0; j < size; j++)
            vectors[i * size + j] = rows < columns ? a[i * columns + j] : a[j * columns + i];
    make_orthogonal(vectors, count, size);
    for (int64_t i = 0; i < count; i++)
        largest = fmaxl(largest, product(vectors + i * size, vectors + i * size, size));
    free(vectors);
    return sqrtl(largest);
}
