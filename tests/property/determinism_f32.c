#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "core/arithmetic/real_f32.h"
#include "determinism.h"
#include "draws.h"
#include "models.h"

#include "determinism_body.h"
