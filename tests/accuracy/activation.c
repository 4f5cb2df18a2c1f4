/* Accuracy of the activations and their two derivatives, from the smallest to the largest numbers,
 * each in units of eps (|f(z)| + |z f'(z)|), with f the value or the derivative itself: what
 * rounding z and the result once would cost. Nothing but the absolute rounding of subnormal numbers
 * is allowed beside that.
 *
 * The reference's derivatives are formulas; they are compared with differences of its values. */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "dense/activation/activation.h"
#include "random.h"
#include "reference_activation.h"

#define POINTS 20000
#define BOUND 8.0

static const struct {
    const char *name;
    struct reference_activation given;
} activations[] = {
    {"identity", {DIRICHLET_ACTIVATION_IDENTITY, 0, 0, 2.5, 0.3}},
    {"relu", {DIRICHLET_ACTIVATION_RELU, 0, 0, 0, 0}},
    {"relu scaled", {DIRICHLET_ACTIVATION_RELU, 0, 0, 30, -0.7}},
    {"leaky_relu", {DIRICHLET_ACTIVATION_LEAKY_RELU, 0, 0, 0, 0}},
    {"prelu 0", {DIRICHLET_ACTIVATION_PRELU, 0, 0, 0, 0}},
    {"prelu -0.3", {DIRICHLET_ACTIVATION_PRELU, -0.3, 0, -2, 0}},
    {"relu_squared", {DIRICHLET_ACTIVATION_RELU_SQUARED, 0, 0, 0, 0}},
    {"relu_squared s", {DIRICHLET_ACTIVATION_RELU_SQUARED, 0, 0, -0.7, 3}},
    {"clamp 0 6", {DIRICHLET_ACTIVATION_CLAMP, 0, 6, 0, 0}},
    {"clamp -1 1.5 s", {DIRICHLET_ACTIVATION_CLAMP, -1, 1.5, -0.2, 2}},
    {"hard_sigmoid", {DIRICHLET_ACTIVATION_HARD_SIGMOID, 0, 0, 0, 0}},
    {"hard_swish", {DIRICHLET_ACTIVATION_HARD_SWISH, 0, 0, 0, 0}},
    {"elu", {DIRICHLET_ACTIVATION_ELU, 0, 0, 0, 0}},
    {"elu 1.7", {DIRICHLET_ACTIVATION_ELU, 1.7, 0, 0, 0}},
    {"celu 0.4", {DIRICHLET_ACTIVATION_ELU, 0, 0, 2.5, 0.4}},
    {"selu", {DIRICHLET_ACTIVATION_SELU, 0, 0, 0, 0}},
    {"gelu", {DIRICHLET_ACTIVATION_GELU, 0, 0, 0, 0}},
    {"gelu scaled", {DIRICHLET_ACTIVATION_GELU, 0, 0, 1.3, 0.8}},
    {"gelu_tanh", {DIRICHLET_ACTIVATION_GELU_TANH, 0, 0, 0, 0}},
    {"silu", {DIRICHLET_ACTIVATION_SILU, 0, 0, 0, 0}},
    {"quick gelu", {DIRICHLET_ACTIVATION_SILU, 0, 0, 1.702, 1 / 1.702}},
    {"mish", {DIRICHLET_ACTIVATION_MISH, 0, 0, 0, 0}},
    {"mish scaled", {DIRICHLET_ACTIVATION_MISH, 0, 0, 0.9, 1.1}},
    {"softplus", {DIRICHLET_ACTIVATION_SOFTPLUS, 0, 0, 0, 0}},
    {"logsigmoid", {DIRICHLET_ACTIVATION_SOFTPLUS, 0, 0, -1, -1}},
    {"tanh", {DIRICHLET_ACTIVATION_TANH, 0, 0, 0, 0}},
    {"tanh scaled", {DIRICHLET_ACTIVATION_TANH, 0, 0, 0.6, 1.7}},
    {"softsign", {DIRICHLET_ACTIVATION_SOFTSIGN, 0, 0, 0, 0}},
    {"sigmoid", {DIRICHLET_ACTIVATION_SIGMOID, 0, 0, 0, 0}},
    {"sigmoid 2 / 2", {DIRICHLET_ACTIVATION_SIGMOID, 0, 0, 0.5, 0}},
    {"sin", {DIRICHLET_ACTIVATION_SIN, 0, 0, 0, 0}},
    {"sin 30", {DIRICHLET_ACTIVATION_SIN, 0, 0, 30, 0}},
};

#define COUNT (sizeof activations / sizeof activations[0])

/* Every fourth point is of moderate size, where the curves bend; the others of any size, subnormal
 * numbers among them. */
static double draw(int64_t i, uint64_t *state)
{
    const double sign = random_uniform(state) < 0.5 ? -1.0 : 1.0;
    if (i % 4 == 0)
        return sign * 40.0 * random_uniform(state);
    if (i % 4 == 1)
        return sign * pow(10.0, -8.0 + 12.0 * random_uniform(state));
    if (i % 4 == 2)
        return sign * pow(10.0, -323.0 + 23.0 * random_uniform(state));
    return sign * pow(10.0, -300.0 + 600.0 * random_uniform(state));
}

/* What an absolute error of the least number may become: formulas multiply it by z, or in the tail
 * of gelu_tanh by its inner derivative's square, z^4. */
static double least(double z)
{
    return DBL_TRUE_MIN * (1.0 + pow(fmin(fabs(z), 40.0), 5.0));
}

/* Error in units of what is unavoidable. What is beyond double must be infinite or NaN. */
static double ratio(double z, double computed, quad exact, quad bend)
{
    const quad scale = quad_abs(exact) + quad_abs(bend);
    const double error = (double)quad_abs((quad)computed - exact);
    if (quad_abs(exact) > (quad)DBL_MAX)
        return isfinite(computed) ? INFINITY : 0.0;
    return error / ((double)(scale * (quad)DBL_EPSILON) + least(z));
}

static double larger(double a, double b)
{
    return isnan(b) ? INFINITY : (a > b ? a : b);
}

static struct dense_activation read_activation(const struct reference_activation *given)
{
    const struct dense_activation asked = {.kind = given->kind,
                                           .parameter = given->parameter,
                                           .second = given->second,
                                           .input_scale = given->input_scale,
                                           .output_scale = given->output_scale};
    struct dense_activation activation = {0};
    if (dense_activation_read(asked, DBL_MIN, DBL_MAX, "", &activation, NULL) != DIRICHLET_OK)
        printf("refused\n");
    return activation;
}

/* Does the reference differ from its own differences, beyond what these can show? */
static double error_of_reference(const struct reference_activation *given, double z)
{
    const quad step = (quad)1e-9;
    quad jets[5][3];
    double worst = 0.0;
    for (int i = 0; i < 5; i++)
        reference_activation_at(given, (quad)z + (i - 2) * step, jets[i]);
    for (int j = 0; j < 2; j++) {
        const quad difference =
            (8 * (jets[3][j] - jets[1][j]) - (jets[4][j] - jets[0][j])) / (12 * step);
        worst = larger(worst, (double)quad_abs(difference - jets[2][j + 1]));
    }
    return worst;
}

static bool check_reference(size_t which)
{
    const struct reference_activation *given = &activations[which].given;
    double worst = 0.0;
    quad kinks[2];
    const int count = reference_activation_kinks(given, kinks);
    for (int i = 0; i < 400; i++) {
        const double z = -20.0 + 0.1 * i + 0.0437;
        bool beside = fabs(z) < 1e-3;
        for (int k = 0; k < count; k++)
            beside = beside || quad_abs((quad)z - kinks[k]) < (quad)1e-3;
        if (!beside)
            worst = larger(worst, error_of_reference(given, z));
    }
    if (!(worst <= 1e-12))
        printf("the reference of %s is %g from its differences\n", activations[which].name, worst);
    return worst <= 1e-12;
}

/* Is the rounding of s z a good part of a period? */
static bool has_lost_its_phase(const struct reference_activation *given, double z)
{
    return given->kind == DIRICHLET_ACTIVATION_SIN && given->input_scale != 0.0 && fabs(z) > 1e6;
}

static bool measure(size_t which)
{
    const struct reference_activation *given = &activations[which].given;
    const struct dense_activation activation = read_activation(given);
    double worst[3] = {0.0, 0.0, 0.0};
    uint64_t state = 1;
    if (activation.entry == NULL)
        return false;
    for (int64_t i = 0; i < POINTS; i++) {
        const double z = draw(i, &state);
        const quad step = (quad)1e-12;
        if (has_lost_its_phase(given, z))
            continue;
        double computed[3] = {z, NAN, NAN};
        quad exact[3];
        quad beside[3];
        dense_activation_apply(activation, 1, &computed[0], &computed[1], &computed[2]);
        reference_activation_at(given, (quad)z, exact);
        reference_activation_at(given, (quad)z * (1 + step), beside);
        for (int j = 0; j < 3; j++)
            worst[j] =
                larger(worst[j], ratio(z, computed[j], exact[j], (beside[j] - exact[j]) / step));
    }
    const bool good = worst[0] <= BOUND && worst[1] <= BOUND && worst[2] <= BOUND;
    printf("%-14s value %5.2f  derivative %5.2f  second %5.2f  %s\n", activations[which].name,
           worst[0], worst[1], worst[2], good ? "ok" : "FAILED");
    return good;
}

int main(void)
{
    bool good = true;
    printf("Largest error in eps (|f| + |z f'|), against " REFERENCE_NAME ", bound %g\n", BOUND);
    for (size_t which = 0; which < COUNT; which++) {
        good = check_reference(which) && good;
        good = measure(which) && good;
    }
    return good ? 0 : 1;
}
