/* Accuracy of the dense network in double precision against a quadruple-precision reference. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/arithmetic/real_f64.h"
#include "core/blas/blas.h"
#include "dense/network/network_body.h"
#include "dirichlet/dirichlet.h"
#include "random.h"
#include "reference.h"

/* Largest relative error allowed, of energies and of everything else. */
#define BOUND 1e-13

#include "dense_case_body.h"
#include "judgement_body.h"
#include "dense_errors_body.h"
#include "grid_body.h"
#include "dense_grid_body.h"

int main(void)
{
    const struct errors total = measure_all();
    return judge(&total);
}
