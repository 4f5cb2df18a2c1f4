/* dense.h in single precision. */
#include "core/real_f32.h"

#include "dense_tests_body.h"

int main(void)
{
    return run_dense_tests("unit.dense_f32");
}
