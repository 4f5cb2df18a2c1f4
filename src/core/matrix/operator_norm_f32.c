#include "core/matrix/operator_norm.h"

#include "core/arithmetic/real_f32.h"

#include <string.h>

#include "core/arithmetic/extremes.h"

#define MATRIX struct matrix_f32
#include "core/matrix/operator_norm_body.h"
