#include "core/arithmetic/real_f64.h"

#include "model/calls/calls_body.h"
