#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "clones.h"
#include "core/statistics/counter.h"
#include "core/vector/dot.h"
#include "core/arithmetic/real_f64.h"
#include "core/statistics/normal.h"
#include "core/arithmetic/vector.h"

#define VECTOR(name) PRECISION(trial_##name)
#include "core/vector/vector_loops_body.h"
#include "estimator/directions/frame_body.h"
#include "regularizer/loops_body.h"

#define SUFFIX _f64
#include "clones_body.h"
