#include "core/arithmetic/real_f64.h"

#include "model/model_body.h"
