/* Networks that cancel, in single precision, against a quadruple-precision reference. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real_f32.h"
#include "dense/plan/gradient_plan.h"
#include "dense/network/network_body.h"
#include "dirichlet/dirichlet.h"
#include "random.h"
#include "reference.h"

/* What is left of the pairs. The squares of the terms are up to 1 / delta^2 times the energy. */
#define DELTAS 3e-2, 2e-3

/* Relative error of an energy that is allowed: BASE, and SPREAD epsilon / delta. Rows that cancel
 * are off by epsilon / delta, which the many elements of J average out; norms of single products
 * and gradients have fewer of them. */
#define BASE 2e-6
#define SPREAD 0.5
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
