/* Accuracy of penalties and their gradients in double precision against quadruple precision. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/arithmetic/real_f64.h"
#include "dense/plan/gradient_plan.h"
#include "dense/network/network_body.h"
#include "dirichlet/dirichlet.h"
#include "random.h"
#include "reference.h"

/* Largest relative error allowed: of gradients, and of values. */
#define BOUND 1e-11
#define ENERGY_BOUND 1e-13

#include "dense_case_body.h"
#include "judgement_body.h"
#include "control_body.h"
#include "grid_body.h"
#include "control_grid_body.h"

int main(void)
{
    const struct errors total = measure_all();
    return judge(&total);
}
