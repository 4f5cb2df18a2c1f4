#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "clones.h"
#include "core/counter.h"
#include "core/dot.h"
#include "core/real_f64.h"
#include "core/normal.h"
#include "core/vector.h"

#define VECTOR(name) PRECISION(trial_##name)
#include "core/vector_loops_body.h"
#include "estimator/frame_body.h"
#include "regularizer/loops_body.h"

#define SUFFIX _f64
#include "clones_body.h"
