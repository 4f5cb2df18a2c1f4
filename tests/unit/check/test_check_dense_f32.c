#include "core/arithmetic/real_f32.h"

#include "dense_body.h"

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(dense_networks),
                                       cmocka_unit_test(derivatives_that_underflow),
                                       cmocka_unit_test(narrow_layers)};
    return check_report("unit.check_dense_f32", cmocka_run_group_tests(tests, NULL, NULL));
}
