/* float weights, rows carried in float. */
#include "core/arithmetic/real_f32.h"
#include "dense/rows/carry_f32.h"

#include "dense/chain/chain_body.h"
