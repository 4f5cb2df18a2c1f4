/* double weights, rows carried in double. */
#include "core/arithmetic/real_f64.h"
#include "dense/rows/carry_f64.h"

#include "dense/chain/chain_body.h"
#include "dense/forward/forward_body.h"
#include "dense/spectral/transfer_body.h"
