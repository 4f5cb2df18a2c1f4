#include "core/operator_norm.h"

#include "core/real_f64.h"

#include <string.h>

#include "core/extremes.h"

#define MATRIX struct matrix_f64
#include "core/operator_norm_body.h"
