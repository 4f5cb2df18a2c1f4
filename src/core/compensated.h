/* Sums of which rounding takes nothing that shows. */
#ifndef DIRICHLET_CORE_COMPENSATED_H
#define DIRICHLET_CORE_COMPENSATED_H

#include <math.h>

/* *sum += term; *rest gathers what rounding takes: the sum is *sum + *rest (Neumaier 1974). */
static inline void add_with_rest(double *sum, double *rest, double term)
{
    const double next = *sum + term;
    *rest += fabs(*sum) >= fabs(term) ? (*sum - next) + term : (term - next) + *sum;
    *sum = next;
}

#endif
