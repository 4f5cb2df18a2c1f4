/* Regularizers on the caller's threads in double precision. */
#include "core/arithmetic/real_f64.h"

#include "lanes_tests_body.h"

int main(void)
{
    return run_lanes_tests("unit.regularizer_lanes_f64");
}
