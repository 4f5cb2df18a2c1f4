/* The functions of random.h in double precision. */
#include "core/arithmetic/real_f64.h"

#include <math.h>
#include <stdint.h>

#include "core/statistics/counter.h"
#include "core/arithmetic/extremes.h"
#include "core/interface/memory.h"
#include "core/matrix/strides.h"
#include "random/initialization.h"
#include "random/noise.h"
#include "random/options.h"

#include "random/initialize_body.h"
#include "random/noise_body.h"
