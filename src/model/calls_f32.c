#include "core/arithmetic/real_f32.h"

#include "model/calls_body.h"
