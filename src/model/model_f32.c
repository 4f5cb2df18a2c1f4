#include "model/model.h"

#include "core/real_f32.h"
#include "core/versioned_struct.h"
#include "model/model_body.h"
