/* The public functions of regularizer.h in single precision. */
#include "core/arithmetic/real_f32.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/interface/arena.h"
#include "core/blas/blas.h"
#include "core/statistics/counter.h"
#include "core/vector/dot.h"
#include "core/arithmetic/exact_sum.h"
#include "core/arithmetic/extremes.h"
#include "core/interface/memory.h"
#include "core/matrix/operator_norm.h"
#include "core/matrix/spectral_options.h"
#include "core/matrix/strides.h"
#include "core/arithmetic/vector.h"
#include "core/interface/versioned_struct.h"
#include "dirichlet/regularizer.h"
#include "model/model.h"
#include "regularizer/checks.h"

#define VECTOR(name) PRECISION(regularizer_##name)
#include "core/vector/vector_loops_body.h"
#include "regularizer/loops_body.h"
#include "model/spoil_body.h"
#include "regularizer/parameters_body.h"
#include "regularizer/norm_body.h"
#include "regularizer/spectral_penalty_body.h"
#include "regularizer/operator_norm_body.h"
#include "regularizer/jacobian_norms_body.h"
#include "regularizer/step_body.h"
#include "regularizer/energy_penalty_body.h"
#include "regularizer/flatness_body.h"
