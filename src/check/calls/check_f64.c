#include "core/arithmetic/real_f64.h"

#define VECTOR(name) check_##name##_f64

#include "check/calls/check_body.h"
