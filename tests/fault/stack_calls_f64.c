#include "core/arithmetic/real_f64.h"

#include "dirichlet/dirichlet.h"
#include "fault/stack_calls.h"
#include "support/sine_model.h"

#define SINE(name) name##_f64
#include "fault/stack_calls_body.h"
