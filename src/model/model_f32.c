#include "model/model.h"

#include "core/arithmetic/real_f32.h"
#include "core/interface/versioned_struct.h"
#include "model/model_body.h"
