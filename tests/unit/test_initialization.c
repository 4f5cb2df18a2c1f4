/* Initial weights: distributions against theory, layouts, precisions, known bits, errors. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/counter.h"
#include "dirichlet/dirichlet.h"
#include "support/check.h"

/* Largest difference from theory, in standard errors. Twelve distributions with five figures
 * each: one beyond this has a chance of about 0.4 %. */
#define MOST_STANDARD_ERRORS 4.0

static const dirichlet_initialization schemes[] = {
    DIRICHLET_INITIALIZATION_LECUN, DIRICHLET_INITIALIZATION_GLOROT, DIRICHLET_INITIALIZATION_HE,
    DIRICHLET_INITIALIZATION_PYTORCH};
static const dirichlet_distribution distributions[] = {DIRICHLET_DISTRIBUTION_NORMAL,
                                                       DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL,
                                                       DIRICHLET_DISTRIBUTION_UNIFORM};
#define SCHEMES (int)(sizeof schemes / sizeof *schemes)
#define DISTRIBUTIONS (int)(sizeof distributions / sizeof *distributions)

static dirichlet_initialization_options options_of(int scheme, int distribution, uint64_t seed)
{
    return (dirichlet_initialization_options){.struct_size =
                                                  sizeof(dirichlet_initialization_options),
                                              .scheme = schemes[scheme],
                                              .distribution = distributions[distribution],
                                              .seed = seed};
}

/* The table of the header once more. */
static double variance_of(int scheme, double inputs, double outputs)
{
    const double variances[] = {1.0 / inputs, 2.0 / (inputs + outputs), 2.0 / inputs,
                                1.0 / (3.0 * inputs)};
    return variances[scheme];
}

/* Density of the standard normal distribution at 2, and its mass between -2 and 2. */
static double density_at_cut(void)
{
    return exp(-2.0) / sqrt(2.0 * acos(-1.0));
}

static double mass_within_cut(void)
{
    return erf(sqrt(2.0));
}

/* Variance of a standard normal number between -2 and 2. */
static double variance_within_cut(void)
{
    return 1.0 - 4.0 * density_at_cut() / mass_within_cut();
}

/* E z^power of the distribution at variance 1, power even. By parts, the moments of the normal
 * one cut at +-c are m_p = (p - 1) m_{p-2} - 2 c^{p-1} phi(c) / mass. */
static double moment(dirichlet_distribution distribution, int power)
{
    double normal = 1.0;
    double cut = 1.0;
    for (int p = 2; p <= power; p += 2) {
        normal *= p - 1;
        cut = (p - 1) * cut - 2.0 * pow(2.0, p - 1) * density_at_cut() / mass_within_cut();
    }
    switch (distribution) {
    case DIRICHLET_DISTRIBUTION_NORMAL: return normal;
    case DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL:
        return cut / pow(variance_within_cut(), 0.5 * power);
    default: return pow(3.0, 0.5 * power) / (power + 1);
    }
}

/* Mass between -z and z at variance 1. */
static double mass_within(dirichlet_distribution distribution, double z)
{
    switch (distribution) {
    case DIRICHLET_DISTRIBUTION_NORMAL: return erf(z / sqrt(2.0));
    case DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL:
        return erf(z *
                   sqrt(moment(DIRICHLET_DISTRIBUTION_NORMAL, 2) -
                        4.0 * density_at_cut() / mass_within_cut()) /
                   sqrt(2.0)) /
               mass_within_cut();
    default: return z / sqrt(3.0);
    }
}

/* No |z| is larger; there is none near it for the normal distribution. */
static double largest(dirichlet_distribution distribution)
{
    switch (distribution) {
    case DIRICHLET_DISTRIBUTION_NORMAL: return 8.6;
    case DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL: return 2.0 / sqrt(variance_within_cut());
    default: return sqrt(3.0);
    }
}

#define INPUTS 301
#define OUTPUTS 500
#define WEIGHTS (INPUTS * OUTPUTS)

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* sqrt(n) times the largest distance of the distribution functions of |z| (Kolmogorov). */
static double kolmogorov(dirichlet_distribution distribution, const double *z, int count)
{
    double *sorted = malloc((size_t)count * sizeof *sorted);
    double distance = 0.0;
    CHECK(sorted != NULL);
    for (int i = 0; i < count; i++)
        sorted[i] = fabs(z[i]);
    qsort(sorted, (size_t)count, sizeof *sorted, ascending);
    for (int i = 0; i < count; i++) {
        const double mass = mass_within(distribution, sorted[i]);
        distance = fmax(distance,
                        fmax(fabs(mass - (double)i / count), fabs(mass - (double)(i + 1) / count)));
    }
    free(sorted);
    return sqrt(count) * distance;
}

/* Mean, variance, third and fourth moment of weights over their deviation: how many standard
 * errors from theory. */
static void check_moments(const char *name, dirichlet_distribution distribution, const double *z,
                          int count)
{
    double sums[5] = {0};
    double extreme = 0.0;
    for (int i = 0; i < count; i++) {
        CHECK(isfinite(z[i]));
        for (int p = 1; p <= 4; p++)
            sums[p] += pow(z[i], p);
        extreme = fmax(extreme, fabs(z[i]));
    }
    print_message("%s:", name);
    for (int p = 1; p <= 4; p++) {
        const double expected = p % 2 == 0 ? moment(distribution, p) : 0.0;
        const double error = sqrt((moment(distribution, 2 * p) - expected * expected) / count);
        const double off = (sums[p] / count - expected) / error;
        print_message(" z%d %5.2f", p, off);
        CHECK_IN(fabs(off) <= MOST_STANDARD_ERRORS, "%s: moment %d is %g", name, p,
                 sums[p] / count);
    }
    const double distance = kolmogorov(distribution, z, count);
    print_message(", Kolmogorov %.2f, largest %.6f of %.6f\n", distance, extreme,
                  largest(distribution));
    CHECK_IN(distance <= 1.95, "%s: Kolmogorov", name); /* 0.1 % */
    CHECK_IN(extreme <= largest(distribution) * (1.0 + DBL_EPSILON), "%s: bound", name);
    CHECK_IN(extreme >= 0.999 * fmin(largest(distribution), 3.9), "%s: extremes", name);
}

static void distributions_are_those_of_theory(void **state)
{
    (void)state;
    static double weights[WEIGHTS];
    for (int s = 0; s < SCHEMES; s++)
        for (int d = 0; d < DISTRIBUTIONS; d++) {
            const dirichlet_initialization_options options =
                options_of(s, d, (uint64_t)(10 * s + d));
            char name[64];
            double variance = 0.0;
            snprintf(name, sizeof name, "scheme %d, distribution %d", (int)schemes[s],
                     (int)distributions[d]);
            CHECK(dirichlet_initialize_f64(&options, 3, INPUTS, OUTPUTS, weights, INPUTS, 1, NULL,
                                           0, NULL, 0) == DIRICHLET_OK);
            CHECK(dirichlet_initialization_variance(&options, INPUTS, OUTPUTS, &variance, NULL,
                                                    0) == DIRICHLET_OK);
            const double expected = variance_of(s, INPUTS, OUTPUTS);
            CHECK_IN(fabs(variance - expected) <= 4.0 * DBL_EPSILON * expected, "%s", name);
            for (int i = 0; i < WEIGHTS; i++)
                weights[i] /= sqrt(expected);
            check_moments(name, distributions[d], weights, WEIGHTS);
        }
}

/* What the library has as a number. */
static void the_cut_is_that_of_the_formula(void **state)
{
    (void)state;
    const double formula = sqrt(variance_within_cut());
    print_message("deviation within two: %.17g\n", formula);
    CHECK(fabs(formula - 0.87962566103423978) <= 2.0 * DBL_EPSILON);
}

/* No correlation along a row, between rows, layers, seeds, or with the estimator's probes. */
static void neighbours_are_independent(void **state)
{
    (void)state;
    static double weights[4][WEIGHTS];
    dirichlet_initialization_options options = options_of(0, 0, 7);
    options.scale = sqrt(INPUTS);
    for (int i = 0; i < 3; i++) {
        options.seed = i == 2 ? 8 : 7;
        CHECK(dirichlet_initialize_f64(&options, i == 1, INPUTS, OUTPUTS, weights[i], INPUTS, 1,
                                       NULL, 0, NULL, 0) == DIRICHLET_OK);
    }
    for (int o = 0; o < OUTPUTS; o++) {
        const struct counter_stream probe = {7, (uint64_t)o, 0};
        counter_normals(&probe, 0, INPUTS, weights[3] + o * INPUTS);
    }
    const struct {
        const char *what;
        const double *other;
        int shift;
    } pairs[] = {{"next input", weights[0], 1},
                 {"next output", weights[0], INPUTS},
                 {"other layer", weights[1], 0},
                 {"other seed", weights[2], 0},
                 {"probes", weights[3], 0}};
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
        const int count = WEIGHTS - pairs[p].shift;
        double sum = 0.0;
        for (int i = 0; i < count; i++)
            sum += weights[0][i] * pairs[p].other[i + pairs[p].shift];
        print_message("%s: z %.2f\n", pairs[p].what, sum / sqrt(count));
        CHECK_IN(fabs(sum / sqrt(count)) <= MOST_STANDARD_ERRORS, "%s", pairs[p].what);
    }
}

/* Where a layer of 5 inputs and 7 outputs can be, with a bias: offsets in one array. */
#define ROOM 400
static const struct layout {
    int64_t output_stride;
    int64_t input_stride;
    int64_t bias_at;
    int64_t bias_stride;
} layouts[] = {{5, 1, 100, 1}, {1, 7, 100, 1}, {6, 1, 5, 6}, {11, 2, 300, 13}, {3, 50, 399, -1}};
#define GAP (-77.0f)

static void check_layout_f64(const dirichlet_initialization_options *options,
                             const struct layout *layout, const double *weights,
                             const double *biases)
{
    double array[ROOM];
    int touched = 0;
    const bool has_bias = layout->bias_stride > 0;
    for (int i = 0; i < ROOM; i++)
        array[i] = GAP;
    CHECK(dirichlet_initialize_f64(options, 2, 5, 7, array, layout->output_stride,
                                   layout->input_stride, has_bias ? array + layout->bias_at : NULL,
                                   layout->bias_stride, NULL, 0) == DIRICHLET_OK);
    for (int i = 0; i < ROOM; i++)
        touched += array[i] != (double)GAP;
    CHECK(touched == (has_bias ? 42 : 35));
    for (int o = 0; o < 7; o++) {
        CHECK(!has_bias || array[layout->bias_at + o * layout->bias_stride] == biases[o]);
        for (int i = 0; i < 5; i++)
            CHECK(array[o * layout->output_stride + i * layout->input_stride] ==
                  weights[5 * o + i]);
    }
}

static void check_layout_f32(const dirichlet_initialization_options *options,
                             const struct layout *layout, const double *weights,
                             const double *biases)
{
    float array[ROOM];
    int touched = 0;
    const bool has_bias = layout->bias_stride > 0;
    for (int i = 0; i < ROOM; i++)
        array[i] = GAP;
    CHECK(dirichlet_initialize_f32(options, 2, 5, 7, array, layout->output_stride,
                                   layout->input_stride, has_bias ? array + layout->bias_at : NULL,
                                   layout->bias_stride, NULL, 0) == DIRICHLET_OK);
    for (int i = 0; i < ROOM; i++)
        touched += array[i] != GAP;
    CHECK(touched == (has_bias ? 42 : 35));
    for (int o = 0; o < 7; o++) {
        CHECK(!has_bias || array[layout->bias_at + o * layout->bias_stride] == (float)biases[o]);
        for (int i = 0; i < 5; i++)
            CHECK(array[o * layout->output_stride + i * layout->input_stride] ==
                  (float)weights[5 * o + i]);
    }
}

/* The same weights wherever they go, a float being the double rounded; nothing between them. */
static void layouts_and_precisions_agree(void **state)
{
    (void)state;
    for (int s = 0; s < SCHEMES; s++)
        for (int d = 0; d < DISTRIBUTIONS; d++)
            for (size_t l = 0; l < sizeof layouts / sizeof *layouts; l++) {
                dirichlet_initialization_options options = options_of(s, d, 5);
                double weights[35];
                double biases[7];
                options.bias = DIRICHLET_INITIAL_BIAS_UNIFORM;
                CHECK(dirichlet_initialize_f64(&options, 2, 5, 7, weights, 5, 1, biases, 1, NULL,
                                               0) == DIRICHLET_OK);
                check_layout_f64(&options, &layouts[l], weights, biases);
                check_layout_f32(&options, &layouts[l], weights, biases);
            }
}

/* A weight does not depend on how many others there are. The sizes are on both sides of what
 * the library draws at a time; the variance is taken out. */
static void a_weight_depends_on_its_place_alone(void **state)
{
    (void)state;
    static double few[3 * 256];
    static double many[9 * 600];
    for (int d = 0; d < DISTRIBUTIONS; d++) {
        const dirichlet_initialization_options options = options_of(0, d, 1);
        CHECK(dirichlet_initialize_f64(&options, 6, 256, 3, few, 256, 1, NULL, 0, NULL, 0) ==
              DIRICHLET_OK);
        CHECK(dirichlet_initialize_f64(&options, 6, 600, 9, many, 600, 1, NULL, 0, NULL, 0) ==
              DIRICHLET_OK);
        for (int o = 0; o < 3; o++)
            for (int i = 0; i < 256; i++) {
                const double a = few[256 * o + i] * sqrt(256.0);
                const double b = many[600 * o + i] * sqrt(600.0);
                CHECK(fabs(a - b) <= 4.0 * DBL_EPSILON * fabs(a));
            }
    }
}

/* A scale multiplies weights and biases, to the bit if it is a power of two; 0 means 1. */
static void the_scale_multiplies(void **state)
{
    (void)state;
    double numbers[3][8];
    double variance[2];
    static const double scales[] = {0.0, 1.0, 0.25};
    dirichlet_initialization_options options = options_of(3, 1, 9);
    options.bias = DIRICHLET_INITIAL_BIAS_UNIFORM;
    for (int i = 0; i < 3; i++) {
        options.scale = scales[i];
        CHECK(dirichlet_initialize_f64(&options, 0, 3, 2, numbers[i], 3, 1, numbers[i] + 6, 1, NULL,
                                       0) == DIRICHLET_OK);
        CHECK(dirichlet_initialization_variance(&options, 3, 2, &variance[i == 2], NULL, 0) ==
              DIRICHLET_OK);
    }
    CHECK(variance[1] == 0.0625 * variance[0]);
    for (int i = 0; i < 8; i++)
        CHECK(numbers[0][i] == numbers[1][i] && numbers[2][i] == 0.25 * numbers[1][i]);
}

/* Biases: zero by default, else uniform on +- 1 / sqrt(inputs) whatever the scheme. */
static void biases(void **state)
{
    (void)state;
    static double weights[20000];
    static double bias[10000];
    dirichlet_initialization_options options = options_of(2, 0, 3);
    bias[0] = bias[1] = 5.0;
    CHECK(dirichlet_initialize_f64(&options, 1, 2, 2, weights, 2, 1, bias, 1, NULL, 0) ==
          DIRICHLET_OK);
    CHECK(bias[0] == 0.0 && bias[1] == 0.0);
    options.bias = DIRICHLET_INITIAL_BIAS_UNIFORM;
    CHECK(dirichlet_initialize_f64(&options, 1, 2, 10000, weights, 2, 1, bias, 1, NULL, 0) ==
          DIRICHLET_OK);
    for (int o = 0; o < 10000; o++)
        bias[o] *= sqrt(3.0) * sqrt(2.0);
    check_moments("biases", DIRICHLET_DISTRIBUTION_UNIFORM, bias, 10000);
}

/* The bits for good, a promise to whoever has a seed written down (checked once against another
 * program, by the table of random/key.h), and the defaults. */
static void known_bits(void **state)
{
    (void)state;
    static const double expected[3][3] = {
        {-0x1.79a76f7bea02ep-2, 0x1.04e72d550f787p-1, 0x1.4108e58340108p-5},
        {-0x1.ad55bfb480a56p-2, 0x1.289b5d6cc073dp-1, 0x1.6cf7ac1dc1989p-5},
        {0x1.ad11c4d58bb8fp-4, -0x1.33cc3d4ba649bp-2, -0x1.d204a85143447p-3}};
    double weights[3];
    double plain[3];
    for (int d = 0; d < DISTRIBUTIONS; d++) {
        const dirichlet_initialization_options options = options_of(0, d, 42);
        CHECK(dirichlet_initialize_f64(&options, 1, 3, 1, weights, 3, 1, NULL, 0, NULL, 0) ==
              DIRICHLET_OK);
        print_message("{%a, %a, %a}\n", weights[0], weights[1], weights[2]);
        for (int i = 0; i < 3; i++)
            CHECK(weights[i] == expected[d][i]);
    }
    const dirichlet_initialization_options defaults = options_of(0, 0, 0);
    const dirichlet_initialization_options torch = options_of(3, 2, 0);
    dirichlet_initialization_options brief = {.struct_size = sizeof brief};
    CHECK(dirichlet_initialize_f64(&defaults, 0, 3, 1, weights, 3, 1, NULL, 0, NULL, 0) ==
          DIRICHLET_OK);
    CHECK(dirichlet_initialize_f64(NULL, 0, 3, 1, plain, 3, 1, NULL, 0, NULL, 0) == DIRICHLET_OK);
    CHECK(memcmp(weights, plain, sizeof plain) == 0);
    brief.scheme = DIRICHLET_INITIALIZATION_PYTORCH;
    CHECK(dirichlet_initialize_f64(&torch, 0, 3, 1, weights, 3, 1, NULL, 0, NULL, 0) ==
          DIRICHLET_OK);
    CHECK(dirichlet_initialize_f64(&brief, 0, 3, 1, plain, 3, 1, NULL, 0, NULL, 0) == DIRICHLET_OK);
    CHECK(memcmp(weights, plain, sizeof plain) == 0);
}

static void expected_energies(void **state)
{
    (void)state;
    static const int64_t widths[] = {7, 20, 12, 5};
    /* n_3 prod n_{l-1} Var W_l, without the slopes. */
    const double products[] = {5.0, 5.0 * 14.0 / 27.0 * 40.0 / 32.0 * 24.0 / 17.0, 40.0,
                               5.0 / 27.0};
    for (int s = 0; s < SCHEMES; s++)
        for (int p = 0; p < 3; p++) {
            static const double slopes[] = {0.0, 0.3, 1.0};
            const double passed = 0.5 * (1.0 + slopes[p] * slopes[p]);
            dirichlet_initialization_options options = options_of(s, 0, 0);
            double energy = 0.0;
            options.scale = 0.5;
            const double expected = products[s] * pow(0.25, 3) * passed * passed;
            CHECK(dirichlet_expected_energy(&options, widths, 3, slopes[p], &energy, NULL, 0) ==
                  DIRICHLET_OK);
            CHECK_IN(fabs(energy - expected) <= 1e-14 * expected, "%d: %g", s, energy);
        }
}

struct arguments {
    dirichlet_initialization_options options;
    int64_t layer;
    int64_t inputs;
    int64_t outputs;
    int64_t output_stride;
    int64_t input_stride;
    int64_t bias_stride;
    bool no_weights;
};

/* Call both precisions; they must agree and leave the arrays alone where they fail. */
static dirichlet_status call(const struct arguments *a, char *message)
{
    double wide[64];
    float narrow[64];
    for (int i = 0; i < 64; i++)
        wide[i] = narrow[i] = GAP;
    const dirichlet_status status = dirichlet_initialize_f64(
        &a->options, a->layer, a->inputs, a->outputs, a->no_weights ? NULL : wide, a->output_stride,
        a->input_stride, wide + 60, a->bias_stride, message, DIRICHLET_MESSAGE_SIZE);
    CHECK(dirichlet_initialize_f32(&a->options, a->layer, a->inputs, a->outputs,
                                   a->no_weights ? NULL : narrow, a->output_stride, a->input_stride,
                                   narrow + 60, a->bias_stride, NULL, 0) == status);
    for (int i = 0; i < 64 && status != DIRICHLET_OK; i++)
        CHECK(wide[i] == (double)GAP && narrow[i] == GAP);
    return status;
}

static const struct arguments good = {
    .options = {.struct_size = sizeof(dirichlet_initialization_options)},
    .inputs = 4,
    .outputs = 3,
    .output_stride = 4,
    .input_stride = 1,
    .bias_stride = 1};

#define BAD(field, value, status, word)                                                            \
    do {                                                                                           \
        struct arguments bad = good;                                                               \
        char message[DIRICHLET_MESSAGE_SIZE] = "";                                                 \
        bad.field = (value);                                                                       \
        CHECK_IN(call(&bad, message) == (status), "%s = %s", #field, #value);                      \
        CHECK_IN(strstr(message, word) != NULL, "%s = %s: %s", #field, #value, message);           \
    } while (0)

static void bad_arguments(void **state)
{
    (void)state;
    char text[DIRICHLET_MESSAGE_SIZE] = "old";
    CHECK(call(&good, text) == DIRICHLET_OK && text[0] == '\0');
    BAD(layer, -1, DIRICHLET_E_RANGE, "layer is -1");
    BAD(layer, (int64_t)INT32_MAX + 1, DIRICHLET_E_RANGE, "layer");
    BAD(inputs, 0, DIRICHLET_E_RANGE, "inputs is 0");
    BAD(inputs, (int64_t)INT32_MAX + 1, DIRICHLET_E_RANGE, "inputs");
    BAD(outputs, -3, DIRICHLET_E_RANGE, "outputs is -3");
    BAD(outputs, INT64_MAX, DIRICHLET_E_RANGE, "outputs");
    BAD(no_weights, true, DIRICHLET_E_NULL, "weights is NULL");
    BAD(output_stride, 0, DIRICHLET_E_RANGE, "output_stride is 0");
    BAD(output_stride, 3, DIRICHLET_E_SHAPE, "output_stride is 3");
    BAD(input_stride, -1, DIRICHLET_E_RANGE, "input_stride is -1");
    BAD(input_stride, 4, DIRICHLET_E_SHAPE, "input_stride is 4");
    BAD(bias_stride, 0, DIRICHLET_E_RANGE, "bias_stride is 0");
    BAD(options.struct_size, 3, DIRICHLET_E_STRUCT_SIZE, "options.struct_size");
    BAD(options.scheme, 1, DIRICHLET_E_CONSTANT, "options.scheme is 1");
    BAD(options.scheme, -10, DIRICHLET_E_CONSTANT, "options.scheme");
    BAD(options.distribution, 11, DIRICHLET_E_CONSTANT, "options.distribution is 11");
    BAD(options.bias, 20, DIRICHLET_E_CONSTANT, "options.bias is 20");
    BAD(options.reserved, 1, DIRICHLET_E_RANGE, "options.reserved");
    BAD(options.scale, -1.0, DIRICHLET_E_RANGE, "options.scale is -1");
    BAD(options.scale, NAN, DIRICHLET_E_RANGE, "options.scale");
    BAD(options.scale, INFINITY, DIRICHLET_E_RANGE, "options.scale");
    BAD(options.scale, DBL_MAX, DIRICHLET_E_OVERFLOW, "options.scale");
}

/* What only one of the precisions refuses, and arrays that would not end. */
static void beyond_a_precision(void **state)
{
    (void)state;
    dirichlet_initialization_options options = options_of(0, 2, 0);
    double wide[2] = {1.0, 1.0};
    float narrow[2] = {1.0f, 1.0f};
    char message[DIRICHLET_MESSAGE_SIZE];
    options.scale = 1e38;
    CHECK(dirichlet_initialize_f64(&options, 0, 1, 2, wide, 1, 1, NULL, 0, NULL, 0) ==
          DIRICHLET_OK);
    CHECK(isfinite(wide[0]) && fabs(wide[0]) > 1e30);
    CHECK(dirichlet_initialize_f32(&options, 0, 1, 2, narrow, 1, 1, NULL, 0, message,
                                   sizeof message) == DIRICHLET_E_OVERFLOW);
    CHECK(strstr(message, "options.scale") != NULL && narrow[0] == 1.0f && narrow[1] == 1.0f);
    CHECK(dirichlet_initialize_f64(NULL, 0, INT32_MAX, INT32_MAX, wide, INT32_MAX, 1, NULL, 0,
                                   message, sizeof message) == DIRICHLET_E_OVERFLOW);
    CHECK(strstr(message, "weights") != NULL);
}

static void bad_arguments_of_expectations(void **state)
{
    (void)state;
    static const int64_t widths[] = {3, 2, 0, 4};
    dirichlet_initialization_options options = options_of(0, 0, 0);
    char message[DIRICHLET_MESSAGE_SIZE];
    double value = 7.0;
#define EXPECT(call, status, word)                                                                 \
    CHECK_IN((call) == (status) && strstr(message, word) != NULL && value == 7.0, "%s: %s", #call, \
             message)
#define VARIANCE(inputs, outputs)                                                                  \
    dirichlet_initialization_variance(&options, inputs, outputs, &value, message, sizeof message)
#define ENERGY(widths, count, slope)                                                               \
    dirichlet_expected_energy(&options, widths, count, slope, &value, message, sizeof message)
    EXPECT(VARIANCE(0, 1), DIRICHLET_E_RANGE, "inputs is 0");
    EXPECT(VARIANCE(1, -1), DIRICHLET_E_RANGE, "outputs is -1");
    EXPECT(dirichlet_initialization_variance(NULL, 1, 1, NULL, message, sizeof message),
           DIRICHLET_E_NULL, "variance is NULL");
    EXPECT(ENERGY(NULL, 2, 0.0), DIRICHLET_E_NULL, "widths is NULL");
    EXPECT(ENERGY(widths, 0, 0.0), DIRICHLET_E_RANGE, "layer_count is 0");
    EXPECT(ENERGY(widths, INT64_MAX, 0.0), DIRICHLET_E_OVERFLOW, "layer_count");
    EXPECT(ENERGY(widths, 3, 0.0), DIRICHLET_E_RANGE, "widths[2] is 0");
    EXPECT(ENERGY(widths, 1, -0.5), DIRICHLET_E_RANGE, "negative_slope is -0.5");
    EXPECT(ENERGY(widths, 1, NAN), DIRICHLET_E_RANGE, "negative_slope");
    EXPECT(dirichlet_expected_energy(NULL, widths, 1, 0.0, NULL, message, sizeof message),
           DIRICHLET_E_NULL, "energy is NULL");
    options.scale = 1e200;
    EXPECT(VARIANCE(1, 1), DIRICHLET_E_OVERFLOW, "options.scale");
    EXPECT(ENERGY(widths, 1, 0.0), DIRICHLET_E_OVERFLOW, "energy");
    options.scheme = 7;
    EXPECT(VARIANCE(1, 1), DIRICHLET_E_CONSTANT, "options.scheme");
    EXPECT(ENERGY(widths, 1, 0.0), DIRICHLET_E_CONSTANT, "options.scheme");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(distributions_are_those_of_theory),
                                       cmocka_unit_test(the_cut_is_that_of_the_formula),
                                       cmocka_unit_test(neighbours_are_independent),
                                       cmocka_unit_test(layouts_and_precisions_agree),
                                       cmocka_unit_test(a_weight_depends_on_its_place_alone),
                                       cmocka_unit_test(the_scale_multiplies),
                                       cmocka_unit_test(biases),
                                       cmocka_unit_test(known_bits),
                                       cmocka_unit_test(expected_energies),
                                       cmocka_unit_test(bad_arguments),
                                       cmocka_unit_test(beyond_a_precision),
                                       cmocka_unit_test(bad_arguments_of_expectations)};
    return check_report("unit.initialization", cmocka_run_group_tests(tests, NULL, NULL));
}
