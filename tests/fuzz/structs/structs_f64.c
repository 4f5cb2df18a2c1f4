#include "core/arithmetic/real_f64.h"

#include "fuzz/structs/calls_body.h"
