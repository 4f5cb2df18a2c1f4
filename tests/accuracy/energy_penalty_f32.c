/* Accuracy of the energy penalty of any model in single precision. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real_f32.h"
#include "dirichlet/dirichlet.h"
#include "random.h"
#include "reference.h"

/* Largest relative errors allowed. */
#define VALUE_BOUND 1e-4
#define GRADIENT_BOUND 5e-4

#include "energy_penalty_body.h"
