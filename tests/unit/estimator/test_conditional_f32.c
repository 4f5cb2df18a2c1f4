/* Conditional models in single precision. */
#include "core/arithmetic/real_f32.h"

#include "conditional_tests_body.h"

int main(void)
{
    return run_conditional_tests("unit.conditional_f32");
}
