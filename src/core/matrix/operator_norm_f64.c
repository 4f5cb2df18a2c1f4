#include "core/arithmetic/real_f64.h"

#include "core/matrix/operator_norm_body.h"
