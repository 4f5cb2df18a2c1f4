#define REAL double
#define REAL_NAME "float64"
#define NAME(name) name##_f64
#define NUMBER_REAL NUMBER_F64
#include "run_body.h"
#include "spectral_body.h"
