#include "core/arithmetic/real_f32.h"

#include "fuzz/structs/calls_body.h"
