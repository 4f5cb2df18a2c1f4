#include <math.h>

#include "dense/activation/jet.h"

struct dense_jet dense_jet_line(double u, const struct dense_activation *activation)
{
    (void)activation;
    return (struct dense_jet){u, 1.0, 0.0};
}

struct dense_jet dense_jet_slope(double u, const struct dense_activation *activation)
{
    return (struct dense_jet){activation->parameter * u, activation->parameter, 0.0};
}

struct dense_jet dense_jet_zero(double u, const struct dense_activation *activation)
{
    (void)u;
    (void)activation;
    return (struct dense_jet){0.0, 0.0, 0.0};
}

struct dense_jet dense_jet_square(double u, const struct dense_activation *activation)
{
    (void)activation;
    return (struct dense_jet){u * u, 2.0 * u, 2.0};
}

/* Of elu and selu. */
struct dense_jet dense_jet_exponential(double u, const struct dense_activation *activation)
{
    const double slope = activation->parameter * exp(u);
    return (struct dense_jet){activation->parameter * expm1(u), slope, slope};
}

struct dense_jet dense_jet_selu_line(double u, const struct dense_activation *activation)
{
    (void)activation;
    return (struct dense_jet){DENSE_SELU_SCALE * u, DENSE_SELU_SCALE, 0.0};
}

/* Of clamp. */
struct dense_jet dense_jet_ends(double u, const struct dense_activation *activation)
{
    return (struct dense_jet){u <= activation->lower ? activation->lower : activation->upper, 0.0,
                              0.0};
}

struct dense_jet dense_jet_hard_sigmoid(double u, const struct dense_activation *activation)
{
    (void)activation;
    return (struct dense_jet){(u + 3.0) / 6.0, 1.0 / 6.0, 0.0};
}

struct dense_jet dense_jet_hard_sigmoid_ends(double u, const struct dense_activation *activation)
{
    return (struct dense_jet){u <= activation->lower ? 0.0 : 1.0, 0.0, 0.0};
}

struct dense_jet dense_jet_hard_swish(double u, const struct dense_activation *activation)
{
    (void)activation;
    return (struct dense_jet){u * (u + 3.0) / 6.0, (2.0 * u + 3.0) / 6.0, 1.0 / 3.0};
}

struct dense_jet dense_jet_hard_swish_ends(double u, const struct dense_activation *activation)
{
    return u <= activation->lower ? (struct dense_jet){0.0, 0.0, 0.0}
                                  : (struct dense_jet){u, 1.0, 0.0};
}
