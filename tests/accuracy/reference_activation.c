#include "reference_activation.h"

#include <stddef.h>

/* Of libquadmath, whose header only gcc finds. */
#ifdef DIRICHLET_HAVE_QUADMATH
quad expq(quad);
quad expm1q(quad);
quad log1pq(quad);
quad erfcq(quad);
quad tanhq(quad);
quad sinq(quad);
quad cosq(quad);
quad atanq(quad);
#define QUAD(function) function##q
#else
#include <math.h>
#define QUAD(function) function##l
#endif

static quad sqrt_two_over_pi(void)
{
    return quad_sqrt(1 / (2 * QUAD(atan)(1)));
}

static quad logistic(quad z)
{
    return 1 / (1 + QUAD(exp)(-z));
}

/* d logistic / dz = logistic(z) logistic(-z). */
static quad logistic_slope(quad z)
{
    return logistic(z) * logistic(-z);
}

static quad logistic_bend(quad z)
{
    return -QUAD(tanh)(z / 2) * logistic_slope(z);
}

/* A value and two derivatives. */
static void set(quad *jet, quad value, quad derivative, quad second)
{
    jet[0] = value;
    jet[1] = derivative;
    jet[2] = second;
}

static void gelu(quad z, quad *jet)
{
    const quad phi = QUAD(erfc)(-z * quad_sqrt((quad)1 / 2)) / 2;
    const quad density = QUAD(exp)(-z * z / 2) * sqrt_two_over_pi() / 2;
    set(jet, z * phi, phi + z * density, (2 - z * z) * density);
}

/* z logistic(v) for v(z) with derivatives dv and ddv. */
static void gated(quad z, quad v, quad dv, quad ddv, quad *jet)
{
    set(jet, z * logistic(v), logistic(v) + z * logistic_slope(v) * dv,
        2 * logistic_slope(v) * dv + z * (logistic_bend(v) * dv * dv + logistic_slope(v) * ddv));
}

/* 0.5 z (1 + tanh u) = z logistic(2 u). */
static void gelu_tanh(quad z, quad *jet)
{
    const quad cubic = (quad)44715 / 1000000;
    const quad twice = 2 * sqrt_two_over_pi();
    gated(z, twice * (z + cubic * z * z * z), twice * (1 + 3 * cubic * z * z),
          twice * 6 * cubic * z, jet);
}

/* z t with t = tanh(w), w = log(1 + e^z), w' = logistic(z). */
static void mish(quad z, quad *jet)
{
    const quad w = z > 0 ? z + QUAD(log1p)(QUAD(exp)(-z)) : QUAD(log1p)(QUAD(exp)(z));
    const quad t = QUAD(tanh)(w);
    const quad slope = 4 * logistic_slope(2 * w) * logistic(z);
    const quad second = slope * (logistic(-z) - 2 * t * logistic(z));
    set(jet, z * t, t + z * slope, 2 * slope + z * second);
}

/* (10507009873554804934193349852946 / 10^31) times 1, or 1.6732632423543772848170429916717. */
static quad selu_scale(void)
{
    return (quad)1050700987355480493 / (quad)1e18 + (quad)4193349852946 / ((quad)1e18 * (quad)1e13);
}

static quad selu_alpha(void)
{
    return (quad)1673263242354377284 / (quad)1e18 + (quad)8170429916717 / ((quad)1e18 * (quad)1e13);
}

static void exponential(quad scale, quad z, quad *jet)
{
    set(jet, scale * QUAD(expm1)(z), scale * QUAD(exp)(z), scale * QUAD(exp)(z));
}

static void softsign(quad z, quad *jet)
{
    const quad inverse = 1 / (1 + quad_abs(z));
    const quad bend = 2 * inverse * inverse * inverse;
    set(jet, z * inverse, inverse * inverse, z > 0 ? -bend : (z < 0 ? bend : 0));
}

static void hard_sigmoid(quad z, quad *jet)
{
    if (quad_abs(z) < 3)
        set(jet, (z + 3) / 6, (quad)1 / 6, 0);
    else
        set(jet, z > 0 ? 1 : 0, 0, 0);
}

static void hard_swish(quad z, quad *jet)
{
    if (quad_abs(z) < 3)
        set(jet, z * (z + 3) / 6, (2 * z + 3) / 6, (quad)1 / 3);
    else
        set(jet, z > 0 ? z : 0, z > 0 ? 1 : 0, 0);
}

static void unscaled(const struct reference_activation *a, quad z, quad *jet)
{
    const quad p = (quad)a->parameter;
    const quad given = a->parameter != 0.0 ? p : 1;
    set(jet, z, 1, 0);
    switch (a->kind) {
    case DIRICHLET_ACTIVATION_RELU: set(jet, z > 0 ? z : 0, z > 0 ? 1 : 0, 0); break;
    case DIRICHLET_ACTIVATION_LEAKY_RELU:
        if (!(z > 0))
            set(jet, (p != 0 ? p : (quad)0.01) * z, p != 0 ? p : (quad)0.01, 0);
        break;
    case DIRICHLET_ACTIVATION_PRELU:
        if (!(z > 0))
            set(jet, p * z, p, 0);
        break;
    case DIRICHLET_ACTIVATION_RELU_SQUARED:
        set(jet, z > 0 ? z * z : 0, z > 0 ? 2 * z : 0, z > 0 ? 2 : 0);
        break;
    case DIRICHLET_ACTIVATION_CLAMP:
        if (!(z > p) || !(z < (quad)a->second))
            set(jet, z > p ? (quad)a->second : p, 0, 0);
        break;
    case DIRICHLET_ACTIVATION_HARD_SIGMOID: hard_sigmoid(z, jet); break;
    case DIRICHLET_ACTIVATION_HARD_SWISH: hard_swish(z, jet); break;
    case DIRICHLET_ACTIVATION_ELU:
        if (!(z > 0))
            exponential(given, z, jet);
        break;
    case DIRICHLET_ACTIVATION_SELU:
        if (z > 0)
            set(jet, selu_scale() * z, selu_scale(), 0);
        else
            exponential(selu_scale() * selu_alpha(), z, jet);
        break;
    case DIRICHLET_ACTIVATION_GELU: gelu(z, jet); break;
    case DIRICHLET_ACTIVATION_GELU_TANH: gelu_tanh(z, jet); break;
    case DIRICHLET_ACTIVATION_SILU: gated(z, z, 1, 0, jet); break;
    case DIRICHLET_ACTIVATION_MISH: mish(z, jet); break;
    case DIRICHLET_ACTIVATION_SOFTPLUS:
        set(jet, z > 0 ? z + QUAD(log1p)(QUAD(exp)(-z)) : QUAD(log1p)(QUAD(exp)(z)), logistic(z),
            logistic_slope(z));
        break;
    case DIRICHLET_ACTIVATION_TANH:
        set(jet, QUAD(tanh)(z), 4 * logistic_slope(2 * z), 8 * logistic_bend(2 * z));
        break;
    case DIRICHLET_ACTIVATION_SOFTSIGN: softsign(z, jet); break;
    case DIRICHLET_ACTIVATION_SIGMOID:
        set(jet, logistic(z), logistic_slope(z), logistic_bend(z));
        break;
    case DIRICHLET_ACTIVATION_SIN: set(jet, QUAD(sin)(z), QUAD(cos)(z), -QUAD(sin)(z)); break;
    default: break;
    }
}

static quad scale_of(double given)
{
    return given == 0.0 ? 1 : (quad)given;
}

void reference_activation_at(const struct reference_activation *a, quad z, quad *jet)
{
    const quad s = scale_of(a->input_scale);
    const quad c = scale_of(a->output_scale);
    unscaled(a, s * z, jet);
    set(jet, c * jet[0], c * s * jet[1], c * s * s * jet[2]);
}

int reference_activation_kinks(const struct reference_activation *a, quad kinks[2])
{
    const quad s = scale_of(a->input_scale);
    kinks[0] = kinks[1] = 0;
    switch (a->kind) {
    case DIRICHLET_ACTIVATION_RELU:
    case DIRICHLET_ACTIVATION_LEAKY_RELU:
    case DIRICHLET_ACTIVATION_PRELU:
    case DIRICHLET_ACTIVATION_RELU_SQUARED:
    case DIRICHLET_ACTIVATION_SELU: return 1;
    /* With p = 1 its derivative is continuous: no mask to get wrong. */
    case DIRICHLET_ACTIVATION_ELU: return a->parameter != 0.0 && a->parameter != 1.0 ? 1 : 0;
    case DIRICHLET_ACTIVATION_CLAMP:
        kinks[0] = (quad)a->parameter / s;
        kinks[1] = (quad)a->second / s;
        return 2;
    case DIRICHLET_ACTIVATION_HARD_SIGMOID:
    case DIRICHLET_ACTIVATION_HARD_SWISH:
        kinks[0] = -3 / s;
        kinks[1] = 3 / s;
        return 2;
    default: return 0;
    }
}
