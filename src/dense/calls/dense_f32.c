/* The public functions of dense.h in single precision. */
#include "core/arithmetic/real_f32.h"

#include "dense/calls/calls_body.h"
#include "dense/calls/create_body.h"
#include "dense/calls/describe_body.h"
#include "dense/calls/energy_calls_body.h"
#include "dense/calls/energy_penalty_calls_body.h"
#include "dense/calls/loss_calls_body.h"
#include "dense/calls/model_body.h"
#include "dense/calls/public_body.h"
