/* The functions of random.h in double precision. */
#include "core/real_f64.h"

#include <math.h>
#include <stdint.h>

#include "core/counter.h"
#include "core/extremes.h"
#include "core/memory.h"
#include "core/strides.h"
#include "random/initialization.h"
#include "random/noise.h"
#include "random/options.h"

#include "random/initialize_body.h"
#include "random/noise_body.h"
