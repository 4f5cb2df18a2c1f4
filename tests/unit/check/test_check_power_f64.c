#include "core/arithmetic/real_f64.h"

#include "power_body.h"

static void power(void **state)
{
    (void)state;
    measure("f64, tanh", NET_TANH, 1e-8, 1e-12);
    measure("f64, sine", NET_SINE, 1e-8, 1e-12);
    measure("f64, relu", NET_RELU, 1e-11, 1e-12);
    measure("f64, clamp", NET_CLAMP, 1e-11, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(power)};
    return check_report("unit.check_power_f64", cmocka_run_group_tests(tests, NULL, NULL));
}
