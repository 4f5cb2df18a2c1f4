#include <math.h>
#include <stdlib.h>

#include "core/arithmetic/real_f64.h"
#include "models_internal.h"

#include "models_body.h"
