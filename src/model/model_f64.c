#include "model/model.h"

#include "core/arithmetic/real_f64.h"
#include "core/interface/versioned_struct.h"
#include "model/model_body.h"
