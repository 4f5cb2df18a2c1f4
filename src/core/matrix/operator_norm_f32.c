#include "core/arithmetic/real_f32.h"

#include "core/matrix/operator_norm_body.h"
