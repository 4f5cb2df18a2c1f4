#include "core/arithmetic/real_f64.h"

#include <math.h>
#include <string.h>

#include "environment/run.h"
#include "support/dense_subject.h"
#include "support/sine_model.h"

#include "environment/shift_body.h"
#include "environment/estimator_body.h"
#include "environment/dense_body.h"
#include "environment/regularizer_body.h"
