#define REAL float
#define REAL_NAME "float32"
#define NAME(name) name##_f32
#define NUMBER_REAL NUMBER_F32
#include "run_body.h"
