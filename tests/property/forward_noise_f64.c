#include "core/arithmetic/real_f64.h"

#include <stdlib.h>

#include "forward_noise.h"
#include "models.h"

#include "forward_noise_body.h"
