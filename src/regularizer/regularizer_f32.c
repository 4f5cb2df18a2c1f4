/* The public functions of regularizer.h in single precision. */
#include "core/arithmetic/real_f32.h"
#define VECTOR(name) PRECISION(regularizer_##name)

#include "regularizer/energy/penalty_body.h"
#include "regularizer/flatness_body.h"
#include "regularizer/jacobian/norms_body.h"
#include "regularizer/norm_body.h"
#include "regularizer/operator_norm_body.h"
#include "regularizer/spectral_penalty_body.h"
