#include "core/arithmetic/real_f32.h"

#include "core/blas/blas_plain_body.h"
