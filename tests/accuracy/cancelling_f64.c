/* Networks that cancel, in double precision, against a quadruple-precision reference. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real_f64.h"
#include "dense/plan/gradient_plan.h"
#include "dense/network/network_body.h"
#include "dirichlet/dirichlet.h"
#include "random.h"
#include "reference.h"

/* What is left of the pairs. The squares of the terms are up to 1 / delta^2 times the energy. */
#define DELTAS 1e-2, 1e-4, 1e-7

/* Relative error of an energy that is allowed: BASE, and SPREAD epsilon / delta, by which the
 * slopes of two units of a pair may differ already; norms of single products and gradients have
 * fewer numbers to average over. */
#define BASE 1e-14
#define SPREAD 1.5
#define NORM_FACTOR 5.0
#define GRADIENT_FACTOR 5.0

#include "dense_case_body.h"
#include "judgement_body.h"
#include "cancelling_body.h"
#include "cancelling_grid_body.h"

int main(void)
{
    const struct errors total = measure_all();
    return judge(&total);
}
