#include "core/operator_norm.h"

#include "core/real_f32.h"

#include <string.h>

#include "core/extremes.h"

#define MATRIX struct matrix_f32
#include "core/operator_norm_body.h"
