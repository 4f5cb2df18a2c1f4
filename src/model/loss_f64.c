#include "core/arithmetic/real_f64.h"

#include "model/loss_body.h"
