#include "core/arithmetic/real_f64.h"

#include "model/batch_body.h"
#include "model/model_body.h"
