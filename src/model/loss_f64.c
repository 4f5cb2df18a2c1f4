#include "model/loss.h"

#include <math.h>
#include <string.h>

#include "core/interface/memory.h"
#include "core/arithmetic/real_f64.h"
#include "core/interface/versioned_struct.h"

#include "model/spoil_body.h"
#include "model/loss_body.h"
