/* Conditional models in double precision. */
#include "core/arithmetic/real_f64.h"

#include "conditional_tests_body.h"

int main(void)
{
    return run_conditional_tests("unit.conditional_f64");
}
