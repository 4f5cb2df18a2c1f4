#include "core/arithmetic/real_f32.h"

#include "model/loss_body.h"
