/* The estimator's own time: what it spends outside the callbacks of a 784-300-100-10
 * network in batches of 256 samples, as a fraction of all of it. With --check the program
 * fails where that is more than 3 %.
 *
 * The other methods are printed, not judged. They have work of their own that is not small
 * beside so small a network: the normal numbers of sphere, gaussian and orthogonal, the
 * frames of orthogonal and hutchpp, the points of finite differences. docs/reference/accuracy.md
 * has figures.
 *
 * Times are those of the calling thread's CPU, so that a busy machine does not count;
 * give the BLAS one thread. */
#include <stdio.h>
#include <string.h>

#include "overhead.h"

#define MOST_OVERHEAD 0.03

int main(int count, char **arguments)
{
    static const struct overhead_case cases[] = {
        {DIRICHLET_METHOD_EXACT, 0, 1},    {DIRICHLET_METHOD_RADEMACHER, 4, 1},
        {DIRICHLET_METHOD_UNIT, 4, 1},     {DIRICHLET_METHOD_SPHERE, 4, 0},
        {DIRICHLET_METHOD_GAUSSIAN, 4, 0}, {DIRICHLET_METHOD_ORTHOGONAL, 4, 0},
        {DIRICHLET_METHOD_HUTCHPP, 9, 0},  {DIRICHLET_METHOD_FINITE_DIFFERENCE, 4, 0}};
    const int check = count > 1 && strcmp(arguments[1], "--check") == 0;
    int failed = 0;
    printf("784-300-100-10 ReLU, batches of 256, products on %s\n"
           "method             precision  us a sample      outside the callbacks\n",
           dirichlet_blas_name());
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int single = 1; single >= 0; single--) {
            const struct overhead seen =
                single ? measure_overhead_f32(&cases[i]) : measure_overhead_f64(&cases[i]);
            const int good = seen.fraction <= MOST_OVERHEAD || !cases[i].judged;
            printf("%-18s %-9s %12.2f %10.2f us %7.2f %%%s\n",
                   dirichlet_method_name(cases[i].method), single ? "single" : "double",
                   1e6 * seen.seconds, 1e6 * seen.outside, 100.0 * seen.fraction,
                   good ? "" : "  FAILED: more than 3 %");
            failed += !good;
        }
    return check && failed > 0 ? 1 : 0;
}
