/* Networks by the caller's lanes in double precision. */
#include "core/arithmetic/real_f64.h"

#include "dense_lanes_body.h"

int main(void)
{
    return run_lanes_tests("unit.dense_lanes_f64");
}
