#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "core/arithmetic/real_f32.h"
#include "overhead.h"

#include "overhead_body.h"
