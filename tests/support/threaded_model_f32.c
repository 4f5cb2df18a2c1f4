#include "core/arithmetic/real_f32.h"

#include "support/threaded_model_body.h"
