#include "model/loss.h"

#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/real_f64.h"
#include "core/versioned_struct.h"

#include "model/spoil_body.h"
#include "model/loss_body.h"
