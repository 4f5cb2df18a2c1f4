#include "core/arithmetic/real_f64.h"

#include "support/conditional_model_body.h"
