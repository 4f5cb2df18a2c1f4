#include "core/arithmetic/real_f32.h"

#include "support/conditional_model_body.h"
