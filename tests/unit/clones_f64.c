#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "clones.h"
#include "core/real_f64.h"
#include "core/normal.h"
#include "core/vector.h"
#include "estimator/vector_body.h"

#define SUFFIX _f64
#include "clones_body.h"
