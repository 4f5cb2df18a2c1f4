#include "core/arithmetic/real_f64.h"

#include "support/sine_model_body.h"
