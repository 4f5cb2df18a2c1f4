#include "core/arithmetic/real_f32.h"

#include "support/sine_model_body.h"
