/* Regularizers on the caller's threads in single precision. */
#include "core/arithmetic/real_f32.h"

#include "lanes_tests_body.h"

int main(void)
{
    return run_lanes_tests("unit.regularizer_lanes_f32");
}
