#include "model/model.h"

#include "core/real_f64.h"
#include "core/versioned_struct.h"
#include "model/model_body.h"
