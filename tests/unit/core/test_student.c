/* Student's t quantiles against values computed with 40 digits by inverting the
 * regularized incomplete beta function. */
#include <math.h>

#include "core/statistics/student.h"
#include "support/check.h"

#define LEVELS 10
static const double levels[LEVELS] = {0.5,   0.8,      0.9,         0.95,        0.99,
                                      0.999, 0.999999, 1 - 0x1p-40, 1 - 0x1p-50, 1 - 0x1p-53};

/* tolerance: the accuracy of Hill's expansion at that number of degrees of freedom. */
static const struct row {
    double freedom;
    double tolerance;
    double quantiles[LEVELS];
} rows[] = {
    {1.0,
     1e-14,
     {1, 3.07768353717525, 6.31375151467504, 12.7062047361747, 63.6567411628715, 636.619248768719,
      636619.772348751, 699970842190.266, 716770142402832, 5.73416113922266e+15}},
    {1.5,
     0.025,
     {0.872594662541571, 2.19639841756554, 3.70518082009675, 6.01666310442793, 17.8203105144628,
      82.8474467036576, 8285.3911948662, 88263180.5031325, 8966980197.16682, 35867920788.6673}},
    {1.75,
     0.006,
     {0.839968475181071, 2.01022810103354, 3.22533261042794, 4.94884784911609, 12.6828576552051,
      47.4510602703985, 2458.41564866169, 6962569.51770187, 365545084.418046, 1199478227.85168}},
    {2.0,
     1e-14,
     {0.816496580927726, 1.88561808316413, 2.91998558035373, 4.30265272974946, 9.92484320091829,
      31.5990545764436, 999.999249985466, 1048575.99999928, 33554432, 94906265.6242515}},
    {2.25,
     0.0002,
     {0.798811053068641, 1.79671422830141, 2.71032284706834, 3.87548022322067, 8.25817668095649,
      23.2291974543217, 501.253167268638, 242681.302684924, 5283812.63884398, 13314373.5347606}},
    {2.5,
     3e-05,
     {0.785013682992301, 1.73025092880718, 2.55821861413594, 3.57465484200368, 7.16372813894878,
      18.2778935281306, 290.523061595673, 75799.3611270535, 1212789.77823728, 2786259.24643825}},
    {3.0,
     1e-05,
     {0.764892328404345, 1.63774435369621, 2.35336343480182, 3.18244630528371, 5.84090930973336,
      12.9239786366875, 130.15458955711, 13434.5622899383, 135411.903493183, 270823.806999659}},
    {4.5,
     5e-06,
     {0.732866686235994, 1.50088531750856, 2.06557588887852, 2.6589123472044, 4.27282399301129,
      7.58074049937256, 36.2762359452075, 799.350126391259, 3729.87114393078, 5920.80186628995}},
    {5.0,
     5e-06,
     {0.726686843800423, 1.47588404882448, 2.01504837333302, 2.57058183563631, 4.03214298355523,
      6.86882662588111, 28.4784734628196, 461.207501713151, 1844.84742995427, 2796.26680649712}},
    {7.3,
     3e-07,
     {0.709573020456991, 1.40892231774804, 1.88293001795643, 2.3450667365477, 3.45103165562218,
      5.2832117589394, 14.8832517148762, 101.486389308731, 262.358063896228, 348.830379738545}},
    {10.0,
     2e-07,
     {0.699812061312432, 1.37218364111034, 1.81246112281168, 2.22813885198627, 3.16927267261695,
      4.58689385870264, 10.5164899568822, 43.8731252263445, 87.9027764287719, 108.242849662866}},
    {30.5,
     3e-07,
     {0.68261876876728, 1.30993131603038, 1.69637511585275, 2.04086944518632, 2.74696706370474,
      3.6395957941798, 6.09506871255265, 11.6591460194668, 15.2013259067556, 16.4055625581394}},
    {127.0,
     1e-09,
     {0.676426447011552, 1.28825310903936, 1.65694034354206, 1.97881953470285, 2.61509600842987,
      3.36878529857434, 5.14227310252878, 7.94333602389596, 9.20447767420324, 9.57564525622798}},
    {1000000.0,
     1e-13,
     {0.674489995531087, 1.28155241212994, 1.64485515072204, 1.95996635681411, 2.57583422010533,
      3.29053646124869, 4.89166896070473, 7.14364495573461, 8.04153196878427, 8.29250570347036}},
};

static void tabulated(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int j = 0; j < LEVELS; j++) {
            const double got = student_two_sided(levels[j], rows[i].freedom);
            const double wanted = rows[i].quantiles[j];
            CHECK_IN(fabs(got - wanted) <= rows[i].tolerance * wanted, "nu %g level %g: %.17g",
                     rows[i].freedom, levels[j], got);
        }
}

/* The limit of many degrees of freedom: P(|Z| <= z) = erf(z / sqrt 2). */
static void normal_limit(void **state)
{
    (void)state;
    for (int j = 0; j < LEVELS; j++) {
        const double z = student_two_sided(levels[j], INFINITY);
        const double tail = erfc(z / sqrt(2.0));
        CHECK(fabs(tail - (1.0 - levels[j])) <= 1e-13 * (1.0 - levels[j]));
        CHECK(fabs(student_two_sided(levels[j], 1e7) - z) <= 1e-5 * z);
    }
}

/* Finite, not negative, rising with the level, falling with the degrees of freedom. */
static void monotonic_and_finite(void **state)
{
    (void)state;
    for (double freedom = 1.0; freedom < 1e9; freedom *= 1.037) {
        double before = 0.0;
        for (double tail = 1.0 - 1e-9; tail > 1.1e-16; tail *= 0.9) {
            const double t = student_two_sided(1.0 - tail, freedom);
            const double next = student_two_sided(1.0 - tail, freedom * 1.2);
            CHECK_IN(isfinite(t) && t >= before, "nu %g tail %g: %g", freedom, tail, t);
            CHECK_IN(next <= t * (1.0 + 2e-3), "nu %g tail %g: %g", freedom, tail, next);
            before = t;
        }
    }
}

/* Between 1 and 1.5 degrees the interval is too wide, never too narrow. */
static void few_degrees(void **state)
{
    (void)state;
    for (double freedom = 1.0; freedom < 1.5; freedom += 0.01)
        CHECK(student_two_sided(0.95, freedom) >= student_two_sided(0.95, 1.0));
    CHECK(student_two_sided(1e-300, 5.0) >= 0.0 && student_two_sided(1e-300, 5.0) < 1e-7);
    CHECK(student_two_sided(1e-300, INFINITY) >= 0.0);
}

/* P(|T| > t) of 3, 4 and 5 degrees, which trigonometry says (Abramowitz and Stegun, 26.7.3-4). */
static double tail_of(int freedom, double t)
{
    const double s = t / sqrt(freedom + t * t);
    const double angle = atan(t / sqrt(freedom));
    const double square = freedom / (freedom + t * t);
    if (freedom == 4)
        return 1.0 - s * (1.0 + square / 2.0);
    const double part = s * sqrt(square) * (freedom == 3 ? 1.0 : 1.0 + square / 1.5);
    return 1.0 - (angle + part) * 2.0 / acos(-1.0);
}

/* Hill corrects a term below five degrees: without that the first two tails are off by 8e-7 and
 * 6e-8, with it the last by 5e-9. */
static void corrected_below_five(void **state)
{
    static const struct {
        int freedom;
        double level;
        double tolerance;
    } cases[] = {{3, 0.86, 2e-7}, {4, 0.93, 1e-8}, {5, 0.72, 5e-10}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double t = student_two_sided(cases[i].level, cases[i].freedom);
        const double difference = tail_of(cases[i].freedom, t) - (1.0 - cases[i].level);
        CHECK_IN(fabs(difference) <= cases[i].tolerance, "nu %d: %g", cases[i].freedom, difference);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tabulated), cmocka_unit_test(normal_limit),
                                       cmocka_unit_test(corrected_below_five),
                                       cmocka_unit_test(monotonic_and_finite),
                                       cmocka_unit_test(few_degrees)};
    return check_report("unit.student", cmocka_run_group_tests(tests, NULL, NULL));
}
