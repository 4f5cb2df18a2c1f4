#include "core/arithmetic/real_f32.h"

#include "sound_body.h"

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_false_alarm)};
    return check_report("unit.check_sound_f32", cmocka_run_group_tests(tests, NULL, NULL));
}
