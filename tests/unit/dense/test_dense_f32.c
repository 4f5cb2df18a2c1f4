/* dense.h in single precision. */
#include "core/arithmetic/real_f32.h"

#include "dense_tests_body.h"
#include "dense_float_kinks.h"

int main(void)
{
    const struct CMUnitTest kinks[] = {
        cmocka_unit_test(test_float_kinks), cmocka_unit_test(test_tiny_numbers),
        cmocka_unit_test(test_inherited_errors), cmocka_unit_test(test_ends_of_float)};
    const int failed = cmocka_run_group_tests(kinks, NULL, NULL);
    return run_dense_tests("unit.dense_f32") != 0 || failed != 0;
}
