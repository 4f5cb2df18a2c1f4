/* The public functions of regularizer.h in single precision. */
#include "core/real_f32.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/arena.h"
#include "core/blas.h"
#include "core/counter.h"
#include "core/dot.h"
#include "core/exact_sum.h"
#include "core/extremes.h"
#include "core/memory.h"
#include "core/operator_norm.h"
#include "core/spectral_options.h"
#include "core/strides.h"
#include "core/vector.h"
#include "core/versioned_struct.h"
#include "dirichlet/regularizer.h"
#include "model/model.h"
#include "regularizer/checks.h"

#define VECTOR(name) PRECISION(regularizer_##name)
#include "core/vector_loops_body.h"
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
