/* The functions of random.h in single precision. */
#include "core/arithmetic/real_f32.h"

#include "random/initialize_body.h"
#include "random/noise_body.h"
