/* Everything of the estimator that touches numbers of the model's precision. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/statistics/counter.h"
#include "core/arithmetic/real_f64.h"
#include "core/arithmetic/vector.h"
#include "core/interface/versioned_struct.h"
#include "estimator/state/estimator.h"

#define VECTOR(name) PRECISION(estimator_##name)
#include "core/vector/vector_loops_body.h"
#include "estimator/directions/frame_body.h"
#include "estimator/directions/directions_body.h"
#include "model/spoil_body.h"
#include "estimator/directions/calls_body.h"
#include "estimator/differences/difference_loops_body.h"
#include "estimator/differences/finite_difference_body.h"
#include "estimator/differences/coupling_body.h"
#include "estimator/differences/line_body.h"
#include "estimator/engine/products_body.h"
#include "estimator/engine/hutchpp_body.h"
#include "estimator/engine/engine_body.h"
#include "estimator/engine/public_body.h"
