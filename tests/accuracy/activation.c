/* Accuracy of the activations and their derivatives, from the smallest to the largest numbers,
 * in units of eps (|f(z)| + |z f'(z)|): what rounding z and the result once would cost. The second
 * derivative stands in gradients beside the first, which therefore counts in its unit; its
 * reference is a difference of the first one. */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "dense/activation.h"
#include "random.h"
#include "reference.h"

#define POINTS 20000
#define BOUND 8.0

static const struct {
    const char *name;
    dirichlet_activation kind;
    double parameter; /* as given */
    double meaning;   /* as used: 0 means the default */
} activations[] = {
    {"relu", DIRICHLET_ACTIVATION_RELU, 0.0, 0.0},
    {"leaky_relu", DIRICHLET_ACTIVATION_LEAKY_RELU, 0.0, 0.01},
    {"elu", DIRICHLET_ACTIVATION_ELU, 0.0, 1.0},
    {"elu 1.7", DIRICHLET_ACTIVATION_ELU, 1.7, 1.7},
    {"gelu", DIRICHLET_ACTIVATION_GELU, 0.0, 0.0},
    {"gelu_tanh", DIRICHLET_ACTIVATION_GELU_TANH, 0.0, 0.0},
    {"silu", DIRICHLET_ACTIVATION_SILU, 0.0, 0.0},
    {"softplus", DIRICHLET_ACTIVATION_SOFTPLUS, 0.0, 0.0},
    {"tanh", DIRICHLET_ACTIVATION_TANH, 0.0, 0.0},
    {"sigmoid", DIRICHLET_ACTIVATION_SIGMOID, 0.0, 0.0},
    {"sin", DIRICHLET_ACTIVATION_SIN, 0.0, 0.0},
};

#define COUNT (sizeof activations / sizeof activations[0])

/* Every third point is of moderate size, where the curves bend; the others of any size. */
static double draw(int64_t i, uint64_t *state)
{
    const double sign = random_uniform(state) < 0.5 ? -1.0 : 1.0;
    if (i % 3 == 0)
        return sign * 40.0 * random_uniform(state);
    if (i % 3 == 1)
        return sign * pow(10.0, -8.0 + 12.0 * random_uniform(state));
    return sign * pow(10.0, -300.0 + 600.0 * random_uniform(state));
}

/* Error in units of what is unavoidable; below the smallest normal number nothing is. */
static double ratio(double computed, quad exact, quad bend)
{
    const quad scale = quad_abs(exact) + quad_abs(bend);
    const double error = (double)quad_abs((quad)computed - exact);
    const double unit = (double)scale * DBL_EPSILON + DBL_MIN;
    return error / unit;
}

/* Beyond this z a step as small as the next one is lost. */
#define LARGEST_DIFFERENCED 1e6

static double second_ratio(dirichlet_activation kind, quad p, double z, double computed)
{
    const quad step = (quad)1e-9;
    quad slope[5];
    quad value = 0;
    if (!isfinite(computed))
        return INFINITY;
    if (!(fabs(z) <= LARGEST_DIFFERENCED) || fabs(z) <= 2e-9)
        return 0.0;
    for (int i = 0; i < 5; i++)
        reference_activation(kind, p, (quad)z + (i - 2) * step, &value, &slope[i]);
    const quad second = (8 * (slope[3] - slope[1]) - (slope[4] - slope[0])) / (12 * step);
    const quad third = (slope[3] - 2 * slope[2] + slope[1]) / (step * step);
    return ratio(computed, second, quad_abs(slope[2]) + quad_abs((quad)z * third));
}

static double larger(double a, double b)
{
    return isnan(b) ? INFINITY : (a > b ? a : b);
}

static bool measure(size_t which)
{
    struct dense_activation activation;
    double worst[3] = {0.0, 0.0, 0.0};
    uint64_t state = 1;
    if (dense_activation_read(activations[which].kind, activations[which].parameter, "",
                              &activation, NULL) != DIRICHLET_OK)
        return false;
    for (int64_t i = 0; i < POINTS; i++) {
        const double z = draw(i, &state);
        const quad step = (quad)1e-12;
        const quad p = (quad)activations[which].meaning;
        double computed[3] = {z, NAN, NAN};
        quad exact[2];
        quad beside[2];
        dense_activation_apply(activation, 1, &computed[0], &computed[1], &computed[2]);
        reference_activation(activation.kind, p, (quad)z, &exact[0], &exact[1]);
        reference_activation(activation.kind, p, (quad)z * (1 + step), &beside[0], &beside[1]);
        for (int j = 0; j < 2; j++)
            worst[j] =
                larger(worst[j], ratio(computed[j], exact[j], (beside[j] - exact[j]) / step));
        worst[2] = larger(worst[2], second_ratio(activation.kind, p, z, computed[2]));
    }
    const bool good = worst[0] <= BOUND && worst[1] <= BOUND && worst[2] <= BOUND;
    printf("%-10s value %5.2f  derivative %5.2f  second %5.2f  %s\n", activations[which].name,
           worst[0], worst[1], worst[2], good ? "ok" : "FAILED");
    return good;
}

int main(void)
{
    bool good = true;
    printf("Largest error in eps (|f| + |z f'|), against " REFERENCE_NAME ", bound %g\n", BOUND);
    for (size_t which = 0; which < COUNT; which++)
        good = measure(which) && good;
    return good ? 0 : 1;
}
