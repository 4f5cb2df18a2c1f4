#include "core/arithmetic/real_f32.h"

#include "power_body.h"

static void power(void **state)
{
    (void)state;
    measure("f32, tanh", NET_TANH, 5e-3, 3e-4);
    measure("f32, sine", NET_SINE, 5e-3, 3e-4);
    measure("f32, relu", NET_RELU, 2e-3, 3e-4);
    measure("f32, clamp", NET_CLAMP, 2e-3, 3e-4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(power)};
    return check_report("unit.check_power_f32", cmocka_run_group_tests(tests, NULL, NULL));
}
