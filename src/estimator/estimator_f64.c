/* Everything of the estimator that touches numbers of the model's precision. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/counter.h"
#include "core/real_f64.h"
#include "core/vector.h"
#include "core/versioned_struct.h"
#include "estimator/estimator.h"

#define VECTOR(name) PRECISION(estimator_##name)
#include "core/vector_loops_body.h"
#include "estimator/frame_body.h"
#include "estimator/directions_body.h"
#include "model/spoil_body.h"
#include "estimator/calls_body.h"
#include "estimator/difference_loops_body.h"
#include "estimator/finite_difference_body.h"
#include "estimator/coupling_body.h"
#include "estimator/line_body.h"
#include "estimator/products_body.h"
#include "estimator/hutchpp_body.h"
#include "estimator/engine_body.h"
#include "estimator/public_body.h"
