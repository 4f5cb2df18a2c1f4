#include "core/arithmetic/real_f32.h"

#include "faults_body.h"

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_fault_is_named),
                                       cmocka_unit_test(no_fault_is_left_out)};
    return check_report("unit.check_faults_f32", cmocka_run_group_tests(tests, NULL, NULL));
}
