#include "core/arithmetic/real_f32.h"

#include <stdlib.h>

#include "forward_noise.h"
#include "models.h"

#include "forward_noise_body.h"
