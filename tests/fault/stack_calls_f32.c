#include "core/arithmetic/real_f32.h"

#include "dirichlet/dirichlet.h"
#include "fault/stack_calls.h"
#include "support/sine_model.h"

#include "fault/stack_calls_body.h"
