#include "core/arithmetic/real_f32.h"

#include "model/batch_body.h"
#include "model/model_body.h"
