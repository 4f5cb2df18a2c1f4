#define real double
#define PRECISION(name) name##_f64
#include "model_body.h"
