/* Everything of the estimator that touches numbers of the model's precision. */
#include "core/arithmetic/real_f32.h"
#define VECTOR(name) PRECISION(estimator_##name)

#include "estimator/engine/engine_body.h"
#include "estimator/engine/public_body.h"
