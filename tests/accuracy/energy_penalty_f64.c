/* Accuracy of the energy penalty of any model in double precision. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real_f64.h"
#include "dirichlet/dirichlet.h"
#include "random.h"
#include "reference.h"

/* Largest relative errors allowed. */
#define VALUE_BOUND 2e-9
#define GRADIENT_BOUND 5e-9

#include "energy_penalty_body.h"
