#include "core/arithmetic/real_f32.h"

#define VECTOR(name) check_##name##_f32

#include "check/calls/check_body.h"
