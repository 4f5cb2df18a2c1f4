#include <math.h>
#include <stdlib.h>

#include "core/arithmetic/real_f32.h"
#include "models_internal.h"

#include "models_body.h"
