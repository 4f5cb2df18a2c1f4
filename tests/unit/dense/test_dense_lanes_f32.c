/* Networks by the caller's lanes in single precision. */
#include "core/arithmetic/real_f32.h"

#include "dense_lanes_body.h"

int main(void)
{
    return run_lanes_tests("unit.dense_lanes_f32");
}
