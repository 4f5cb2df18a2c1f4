#define real float
#define PRECISION(name) name##_f32
#include "model_body.h"
