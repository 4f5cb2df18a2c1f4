#include "core/arithmetic/real_f32.h"

#include "model/model_body.h"
