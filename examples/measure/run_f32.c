#define REAL float
#define REAL_NAME "float32"
#define NAME(name) name##_f32
#define TENSOR_REAL TENSOR_F32
#include "run_body.h"
