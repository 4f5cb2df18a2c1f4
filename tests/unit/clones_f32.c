#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "clones.h"
#include "core/real_f32.h"
#include "core/normal.h"
#include "core/vector.h"
#include "estimator/vector_body.h"

#define SUFFIX _f32
#include "clones_body.h"
