/* Initial weights: layouts, precisions, known bits, expectations, errors. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "initialization.h"
#include "support/check.h"

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
                                   layout->bias_stride, NULL) == DIRICHLET_OK);
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
                                   layout->bias_stride, NULL) == DIRICHLET_OK);
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
                CHECK(dirichlet_initialize_f64(&options, 2, 5, 7, weights, 5, 1, biases, 1, NULL) ==
                      DIRICHLET_OK);
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
        CHECK(dirichlet_initialize_f64(&options, 6, 256, 3, few, 256, 1, NULL, 0, NULL) ==
              DIRICHLET_OK);
        CHECK(dirichlet_initialize_f64(&options, 6, 600, 9, many, 600, 1, NULL, 0, NULL) ==
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
        CHECK(dirichlet_initialize_f64(&options, 0, 3, 2, numbers[i], 3, 1, numbers[i] + 6, 1,
                                       NULL) == DIRICHLET_OK);
        CHECK(dirichlet_initialization_variance(&options, 3, 2, &variance[i == 2], NULL) ==
              DIRICHLET_OK);
    }
    CHECK(variance[1] == 0.0625 * variance[0]);
    for (int i = 0; i < 8; i++)
        CHECK(numbers[0][i] == numbers[1][i] && numbers[2][i] == 0.25 * numbers[1][i]);
}

/* The bits for good, a promise to whoever has a seed written down; checked once against another
 * program, written from the table of random/key.h. */
static void known_bits(void **state)
{
    (void)state;
    static const struct {
        int distribution;
        uint64_t seed;
        double weights[3];
    } known[] = {{0, 42, {-0x1.79a76f7bea02ep-2, 0x1.04e72d550f787p-1, 0x1.4108e58340108p-5}},
                 {1, 42, {-0x1.ad55bfb480a56p-2, 0x1.289b5d6cc073dp-1, 0x1.6cf7ac1dc1989p-5}},
                 {2, 42, {0x1.ad11c4d58bb8fp-4, -0x1.33cc3d4ba649bp-2, -0x1.d204a85143447p-3}},
                 {1,
                  47,
                  {-0x1.2de9062b6d9adp-4, 0x1.6c261b15471d6p-2,
                   -0x1.6e71c5fb15c26p-7}}}; /* the second was beyond the cut at first */
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        const dirichlet_initialization_options options =
            options_of(0, known[k].distribution, known[k].seed);
        double weights[3];
        CHECK(dirichlet_initialize_f64(&options, 1, 3, 1, weights, 3, 1, NULL, 0, NULL) ==
              DIRICHLET_OK);
        print_message("{%a, %a, %a}\n", weights[0], weights[1], weights[2]);
        for (int i = 0; i < 3; i++)
            CHECK(weights[i] == known[k].weights[i]);
    }
}

static void defaults_are_those_of_the_header(void **state)
{
    (void)state;
    double weights[3];
    double plain[3];
    const dirichlet_initialization_options defaults = options_of(0, 0, 0);
    const dirichlet_initialization_options torch = options_of(3, 2, 0);
    dirichlet_initialization_options brief = {.struct_size = sizeof brief};
    CHECK(dirichlet_initialize_f64(&defaults, 0, 3, 1, weights, 3, 1, NULL, 0, NULL) ==
          DIRICHLET_OK);
    CHECK(dirichlet_initialize_f64(NULL, 0, 3, 1, plain, 3, 1, NULL, 0, NULL) == DIRICHLET_OK);
    CHECK(memcmp(weights, plain, sizeof plain) == 0);
    brief.scheme = DIRICHLET_INITIALIZATION_PYTORCH;
    CHECK(dirichlet_initialize_f64(&torch, 0, 3, 1, weights, 3, 1, NULL, 0, NULL) == DIRICHLET_OK);
    CHECK(dirichlet_initialize_f64(&brief, 0, 3, 1, plain, 3, 1, NULL, 0, NULL) == DIRICHLET_OK);
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
        for (int p = 0; p < 5; p++) {
            static const double slopes[] = {0.0, 0.3, 1.0, -0.7, -2.0};
            const double passed = 0.5 * (1.0 + slopes[p] * slopes[p]);
            dirichlet_initialization_options options = options_of(s, 0, 0);
            double energy = 0.0;
            options.scale = 0.5;
            const double expected = products[s] * pow(0.25, 3) * passed * passed;
            CHECK(dirichlet_expected_energy(&options, widths, 3, slopes[p], &energy, NULL) ==
                  DIRICHLET_OK);
            CHECK_IN(fabs(energy - expected) <= 1e-14 * expected, "%d: %g", s, energy);
        }
}

/* A scale of 0 that is given makes zeros of weights, biases and what follows from them. */
static void scales_that_are_given(void **state)
{
    (void)state;
    static const int64_t widths[] = {3, 4, 2};
    dirichlet_initialization_options options = options_of(1, 2, 1);
    double weights[2][6];
    double biases[2][2];
    double variances[2];
    double energy = -1.0;
    options.bias = DIRICHLET_INITIAL_BIAS_UNIFORM;
    for (int given = 0; given < 2; given++) {
        options.scale_given = given;
        options.scale = 0.0;
        CHECK(dirichlet_initialize_f64(&options, 1, 3, 2, weights[given], 3, 1, biases[given], 1,
                                       NULL) == DIRICHLET_OK);
        CHECK(dirichlet_initialization_variance(&options, 3, 2, &variances[given], NULL) ==
              DIRICHLET_OK);
    }
    for (int i = 0; i < 6; i++)
        CHECK(weights[0][i] != 0.0 && weights[1][i] == 0.0);
    CHECK(biases[0][0] != 0.0 && biases[1][0] == 0.0 && biases[1][1] == 0.0);
    CHECK(variances[0] > 0.0 && variances[1] == 0.0);
    CHECK(dirichlet_expected_energy(&options, widths, 2, 0.0, &energy, NULL) == DIRICHLET_OK);
    CHECK(energy == 0.0);
    for (int given = 0; given < 2; given++) { /* any other one is the same both ways */
        options.scale_given = given;
        options.scale = 0.75;
        CHECK(dirichlet_initialize_f64(&options, 1, 3, 2, weights[given], 3, 1, biases[given], 1,
                                       NULL) == DIRICHLET_OK);
    }
    CHECK(memcmp(weights[0], weights[1], sizeof weights[0]) == 0);
    CHECK(memcmp(biases[0], biases[1], sizeof biases[0]) == 0);
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
static dirichlet_status call(const struct arguments *a, dirichlet_error *error)
{
    double wide[64];
    float narrow[64];
    for (int i = 0; i < 64; i++)
        wide[i] = narrow[i] = GAP;
    const dirichlet_status status = dirichlet_initialize_f64(
        &a->options, a->layer, a->inputs, a->outputs, a->no_weights ? NULL : wide, a->output_stride,
        a->input_stride, wide + 60, a->bias_stride, error);
    CHECK(dirichlet_initialize_f32(&a->options, a->layer, a->inputs, a->outputs,
                                   a->no_weights ? NULL : narrow, a->output_stride, a->input_stride,
                                   narrow + 60, a->bias_stride, NULL) == status);
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
        dirichlet_error error = DIRICHLET_INIT(dirichlet_error);                                   \
        bad.field = (value);                                                                       \
        CHECK_IN(call(&bad, &error) == (status), "%s = %s", #field, #value);                       \
        CHECK_IN(strstr(error.message, word) != NULL, "%s = %s: %s", #field, #value,               \
                 error.message);                                                                   \
    } while (0)

static void bad_arguments(void **state)
{
    (void)state;
    dirichlet_error good_error = {.struct_size = sizeof good_error, .message = "old"};
    CHECK(call(&good, &good_error) == DIRICHLET_OK && good_error.message[0] == '\0');
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
    BAD(options.scale_given, 2, DIRICHLET_E_RANGE, "options.scale_given is 2");
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
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    options.scale = 1e38;
    CHECK(dirichlet_initialize_f64(&options, 0, 1, 2, wide, 1, 1, NULL, 0, NULL) == DIRICHLET_OK);
    CHECK(isfinite(wide[0]) && fabs(wide[0]) > 1e30);
    CHECK(dirichlet_initialize_f32(&options, 0, 1, 2, narrow, 1, 1, NULL, 0, &error) ==
          DIRICHLET_E_OVERFLOW);
    CHECK(strstr(error.message, "options.scale") != NULL && narrow[0] == 1.0f && narrow[1] == 1.0f);
    /* Weights that are floats, and biases that are not. */
    options.scheme = DIRICHLET_INITIALIZATION_GLOROT;
    options.scale = 1e39;
    CHECK(dirichlet_initialize_f32(&options, 0, 1, 10000, narrow, 1, 1, NULL, 0, NULL) ==
          DIRICHLET_E_OVERFLOW);
    CHECK(dirichlet_initialize_f64(NULL, 0, INT32_MAX, INT32_MAX, wide, INT32_MAX, 1, NULL, 0,
                                   &error) == DIRICHLET_E_OVERFLOW);
    CHECK(strstr(error.message, "weights") != NULL);
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* All numbers of a layer are of their own: rows drawn in pieces, and biases beside them. */
static void no_number_twice(void **state)
{
    (void)state;
    static double weights[3 * 601 + 3];
    static double sorted[3 * 601 + 3];
    const dirichlet_distribution kinds[] = {DIRICHLET_DISTRIBUTION_NORMAL,
                                            DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL,
                                            DIRICHLET_DISTRIBUTION_UNIFORM};
    for (size_t d = 0; d < 3; d++) {
        const dirichlet_initialization_options options = {
            .struct_size = sizeof options,
            .distribution = kinds[d],
            .scheme = DIRICHLET_INITIALIZATION_PYTORCH, /* uniform on the bound of the biases */
            .bias = DIRICHLET_INITIAL_BIAS_UNIFORM};
        CHECK(dirichlet_initialize_f64(&options, 0, 601, 3, weights, 601, 1, weights + 3 * 601, 1,
                                       NULL) == DIRICHLET_OK);
        memcpy(sorted, weights, sizeof sorted);
        qsort(sorted, 3 * 601 + 3, sizeof *sorted, ascending);
        for (int i = 1; i < 3 * 601 + 3; i++) /* up to the rounding of a bound */
            CHECK_IN(sorted[i] - sorted[i - 1] > 1e-14, "distribution %d: %g twice", (int)d,
                     sorted[i]);
    }
}

static void bad_arguments_of_expectations(void **state)
{
    (void)state;
    static const int64_t widths[] = {3, 2, 0, 4};
    dirichlet_initialization_options options = options_of(0, 0, 0);
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    double value = 7.0;
#define EXPECT(call, status, word)                                                                 \
    CHECK_IN((call) == (status) && strstr(error.message, word) != NULL && value == 7.0, "%s: %s",  \
             #call, error.message)
#define VARIANCE(inputs, outputs)                                                                  \
    dirichlet_initialization_variance(&options, inputs, outputs, &value, &error)
#define ENERGY(widths, count, slope)                                                               \
    dirichlet_expected_energy(&options, widths, count, slope, &value, &error)
    EXPECT(VARIANCE(0, 1), DIRICHLET_E_RANGE, "inputs is 0");
    EXPECT(VARIANCE(1, -1), DIRICHLET_E_RANGE, "outputs is -1");
    EXPECT(dirichlet_initialization_variance(NULL, 1, 1, NULL, &error), DIRICHLET_E_NULL,
           "variance is NULL");
    EXPECT(ENERGY(NULL, 2, 0.0), DIRICHLET_E_NULL, "widths is NULL");
    EXPECT(ENERGY(widths, 0, 0.0), DIRICHLET_E_RANGE, "layer_count is 0");
    EXPECT(ENERGY(widths, INT64_MAX, 0.0), DIRICHLET_E_OVERFLOW, "layer_count");
    EXPECT(ENERGY(widths, 3, 0.0), DIRICHLET_E_RANGE, "widths[2] is 0");
    EXPECT(ENERGY(widths, 1, NAN), DIRICHLET_E_RANGE, "negative_slope");
    EXPECT(ENERGY(widths, 1, INFINITY), DIRICHLET_E_RANGE, "negative_slope is inf");
    EXPECT(ENERGY(widths, INT64_C(1) << 61, 0.0), DIRICHLET_E_OVERFLOW, "layer_count");
    EXPECT(dirichlet_expected_energy(NULL, widths, 1, 0.0, NULL, &error), DIRICHLET_E_NULL,
           "energy is NULL");
    options.scale = 1e-200; /* a variance of 0 would be that of no scale at all */
    EXPECT(VARIANCE(1, 1), DIRICHLET_E_OVERFLOW, "options.scale");
    options.scale = 1e200;
    EXPECT(VARIANCE(1, 1), DIRICHLET_E_OVERFLOW, "options.scale");
    EXPECT(ENERGY(widths, 1, 0.0), DIRICHLET_E_OVERFLOW, "energy");
    options.scheme = 7;
    EXPECT(VARIANCE(1, 1), DIRICHLET_E_CONSTANT, "options.scheme");
    EXPECT(ENERGY(widths, 1, 0.0), DIRICHLET_E_CONSTANT, "options.scheme");
}

int main(void)
{
    const struct CMUnitTest tests[] = {

        cmocka_unit_test(layouts_and_precisions_agree),
        cmocka_unit_test(a_weight_depends_on_its_place_alone),
        cmocka_unit_test(the_scale_multiplies),

        cmocka_unit_test(known_bits),
        cmocka_unit_test(defaults_are_those_of_the_header),
        cmocka_unit_test(expected_energies),
        cmocka_unit_test(scales_that_are_given),
        cmocka_unit_test(bad_arguments),
        cmocka_unit_test(beyond_a_precision),
        cmocka_unit_test(no_number_twice),
        cmocka_unit_test(bad_arguments_of_expectations)};
    return check_report("unit.initialization", cmocka_run_group_tests(tests, NULL, NULL));
}
