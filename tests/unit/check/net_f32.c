#include "core/arithmetic/real_f32.h"

#include "net_body.h"
