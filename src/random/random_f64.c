/* The functions of random.h in double precision. */
#include "core/arithmetic/real_f64.h"

#include "random/initialize_body.h"
#include "random/noise_body.h"
