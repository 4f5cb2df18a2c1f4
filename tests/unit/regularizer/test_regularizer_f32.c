/* regularizer.h in single precision. */
#include "core/arithmetic/real_f32.h"

#include "regularizer_tests_body.h"

int main(void)
{
    return run_regularizer_tests("unit.regularizer_f32");
}
