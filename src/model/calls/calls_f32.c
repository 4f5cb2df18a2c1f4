#include "core/arithmetic/real_f32.h"

#include "model/calls/calls_body.h"
