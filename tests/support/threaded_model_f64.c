#include "core/arithmetic/real_f64.h"

#include "support/threaded_model_body.h"
