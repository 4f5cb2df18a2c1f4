#include "core/matrix/operator_norm.h"

#include "core/arithmetic/real_f64.h"

#include <string.h>

#include "core/arithmetic/extremes.h"

#define MATRIX struct matrix_f64
#include "core/matrix/operator_norm_body.h"
