/* dense.h in double precision. */
#include "core/arithmetic/real_f64.h"

#include "dense_tests_body.h"

int main(void)
{
    return run_dense_tests("unit.dense_f64");
}
