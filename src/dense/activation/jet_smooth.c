#include <math.h>

#include "dense/activation/jet.h"

#define SQRT_HALF 0.70710678118654752440
#define INVERSE_SQRT_TWO_PI 0.39894228040143267794
/* gelu_tanh: z/2 (1 + tanh(s (z + c z^3))), s = sqrt(2/pi). */
#define GELU_TANH_SLOPE 0.79788456080286535588
#define GELU_TANH_CUBIC 0.044715

/* Both tails of Phi come from erfc, which keeps its relative accuracy there. */
struct dense_jet dense_jet_gelu(double z, const struct dense_activation *activation)
{
    (void)activation;
    const double phi = 0.5 * erfc(-SQRT_HALF * z);
    const double density = INVERSE_SQRT_TWO_PI * exp(-0.5 * z * z);
    /* Where the density is 0, so is what it is multiplied by, also if z^2 overflows. */
    const double second = density > 0.0 ? (2.0 - z * z) * density : 0.0;
    return (struct dense_jet){z * phi, phi + z * density, second};
}

/* With e = exp(-|z|) <= 1 nothing overflows and no tail cancels. a'' = -a' tanh(z/2), where
 * tanh(|z|/2) = (1 - e) / (1 + e); near 0, where 1 - e cancels, it comes from expm1, and e too. */
static struct dense_jet sigmoid(double z)
{
    const double size = fabs(z);
    const double rest = size < 0.5 ? -expm1(-size) : 1.0 - exp(-size);
    const double e = size < 0.5 ? 1.0 - rest : exp(-size);
    const double large = 1.0 / (1.0 + e);
    const double slope = e * large * large;
    return (struct dense_jet){z >= 0.0 ? large : e * large, slope,
                              copysign(slope * rest * large, -z)};
}

struct dense_jet dense_jet_sigmoid(double z, const struct dense_activation *activation)
{
    (void)activation;
    return sigmoid(z);
}

/* z s(u) with s the sigmoid and u an odd function of z with derivatives du and ddu. */
static struct dense_jet gated(double z, double u, double du, double ddu)
{
    const struct dense_jet s = sigmoid(u);
    if (!(s.derivative > 0.0)) /* s is flat there, also if a power of z overflows */
        return (struct dense_jet){z * s.value, s.value, 0.0};
    return (struct dense_jet){z * s.value, s.value + z * s.derivative * du,
                              2.0 * s.derivative * du +
                                  z * (s.second * du * du + s.derivative * ddu)};
}

/* (1 + tanh u) / 2 = sigmoid(2 u), which keeps the negative tail. */
struct dense_jet dense_jet_gelu_tanh(double z, const struct dense_activation *activation)
{
    const double square = GELU_TANH_CUBIC * z * z;
    const double slope = 2.0 * GELU_TANH_SLOPE;
    (void)activation;
    return gated(z, slope * z * (1.0 + square), slope * (1.0 + 3.0 * square),
                 slope * 6.0 * GELU_TANH_CUBIC * z);
}

struct dense_jet dense_jet_silu(double z, const struct dense_activation *activation)
{
    (void)activation;
    return gated(z, z, 1.0, 0.0);
}

/* z t(z) with t = tanh(log(1 + n)) = 1 - 2 / D, n = e^z, D = (1 + n)^2 + 1:
 *
 *     t' = 4 n (1 + n) / D^2,   t'' = t' (1 + n / (1 + n) - 4 n (1 + n) / D)
 *
 * Above 0 in m = e^-z, so that nothing overflows: D = ((1 + m)^2 + m^2) / m^2. */
struct dense_jet dense_jet_mish(double z, const struct dense_activation *activation)
{
    (void)activation;
    const double e = exp(-fabs(z));
    const double one = 1.0 + e;
    const double large = z > 0.0 ? one * one + e * e : one * one + 1.0; /* D, D m^2 */
    const double t = z > 0.0 ? (1.0 + 2.0 * e) / large : e * (2.0 + e) / large;
    const double slope = 4.0 * e * (z > 0.0 ? e : 1.0) * one / (large * large);
    if (!(slope > 0.0)) /* t is flat there */
        return (struct dense_jet){z * t, t, 0.0};
    const double second =
        slope * (1.0 + (z > 0.0 ? 1.0 : e) / one - 4.0 * (z > 0.0 ? 1.0 : e) * one / large);
    return (struct dense_jet){z * t, t + z * slope, 2.0 * slope + z * second};
}

struct dense_jet dense_jet_softplus(double z, const struct dense_activation *activation)
{
    (void)activation;
    const double positive = z > 0.0 ? z : 0.0;
    const struct dense_jet s = sigmoid(z);
    return (struct dense_jet){positive + log1p(exp(-fabs(z))), s.value, s.derivative};
}

/* With e = exp(-2 |z|): tanh |z| = (1 - e) / (1 + e), which cancels only near 0, and the
 * derivative 4 e / (1 + e)^2, where 1 - tanh^2 would cancel far from 0. */
struct dense_jet dense_jet_tanh(double z, const struct dense_activation *activation)
{
    (void)activation;
    const double e = exp(-2.0 * fabs(z));
    const double inverse = 1.0 / (1.0 + e);
    const double value = e < 0.5 ? copysign((1.0 - e) * inverse, z) : tanh(z);
    const double slope = 4.0 * e * inverse * inverse;
    return (struct dense_jet){value, slope, -2.0 * value * slope};
}

/* z / (1 + |z|); a'' jumps at 0, where 0 is the mean. */
struct dense_jet dense_jet_softsign(double z, const struct dense_activation *activation)
{
    (void)activation;
    const double inverse = 1.0 / (1.0 + fabs(z));
    const double slope = inverse * inverse;
    const double size = 2.0 * slope * inverse;
    return (struct dense_jet){z * inverse, slope, z > 0.0 ? -size : (z < 0.0 ? size : 0.0)};
}

struct dense_jet dense_jet_sin(double z, const struct dense_activation *activation)
{
    (void)activation;
    const double value = sin(z);
    return (struct dense_jet){value, cos(z), -value};
}
