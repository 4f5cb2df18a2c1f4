#include "core/statistics/student.h"

#include <math.h>

#define HALF_PI 1.57079632679489661923
#define SQRT_2 1.41421356237309504880
#define TWO_OVER_SQRT_PI 1.12837916709551257390

/* z with P(|Z| > z) = tail, by Newton's method on log erfc(z / sqrt 2). Since
 * erfc(y) <= exp(-y^2), it starts at or above the root, and the function being concave
 * and falling, it comes down to the root without passing it. */
static double normal_two_sided(double tail)
{
    const double target = log(tail);
    double y = sqrt(-target);
    for (int i = 0; i < 200; i++) {
        const double survival = erfc(y);
        const double slope = TWO_OVER_SQRT_PI * exp(-y * y) / survival;
        const double step = (log(survival) - target) / slope;
        y += step;
        if (!(fabs(step) > 1e-15 * (1.0 + y)))
            break;
    }
    return SQRT_2 * y;
}

/* G. W. Hill, Algorithm 396: Student's t-quantiles, Comm. ACM 13 (1970) 619. */
static double hill_quantile(double tail, double n)
{
    const double a = 1.0 / (n - 0.5);
    const double b = 48.0 / (a * a);
    double c = ((20700.0 * a / b - 98.0) * a - 16.0) * a + 96.36;
    const double d = ((94.5 / (b + c) - 3.0) / b + 1.0) * sqrt(a * HALF_PI) * n;
    double y = pow(d * tail, 2.0 / n);
    if (y > 0.05 + a) { /* inverse expansion about the normal distribution */
        const double x = -normal_two_sided(tail);
        y = x * x;
        if (n < 5.0)
            c += 0.3 * (n - 4.5) * (x + 0.6);
        c += (((0.05 * d * x - 5.0) * x - 7.0) * x - 2.0) * x + b;
        y = (((((0.4 * y + 6.3) * y + 36.0) * y + 94.5) / c - y - 3.0) / b + 1.0) * x;
        y = expm1(a * y * y);
    } else {
        y = ((1.0 / (((n + 6.0) / (n * y) - 0.089 * d - 0.822) * (n + 2.0) * 3.0) +
              0.5 / (n + 4.0)) *
                 y -
             1.0) *
                (n + 1.0) / (n + 2.0) +
            1.0 / y;
    }
    return sqrt(n * y);
}

double student_two_sided(double confidence, double freedom)
{
    const double tail = 1.0 - confidence;
    if (freedom > 1e7)
        return normal_two_sided(tail);
    if (freedom < 1.5) /* Cauchy: conservative between 1 and 1.5 */
        return 1.0 / tan(tail * HALF_PI);
    if (fabs(freedom - 2.0) < 1e-9)
        return sqrt(2.0 / (tail * (2.0 - tail)) - 2.0);
    return hill_quantile(tail, freedom);
}
