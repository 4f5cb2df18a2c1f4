/* The transfer theorem where nothing but what it allows for rounding makes it hold: networks in
 * double that are made for their sums to lose many digits, all in the same direction. The float
 * calls compute the same in double; their weights cannot say such numbers. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "core/matrix/operator_norm.h"
#include "dirichlet/dirichlet.h"
#include "support/check.h"
#include "support/quad.h"

typedef dirichlet_dense_layer_f64 layer_view;

#define MOST_LAYERS 4

/* Slopes at 0 of a silu of that output scale are -STEEP; at FAR below 0 they are almost 0, and so
 * is the value. */
#define STEEP 0x1p20
#define SCALE (-2.0 * STEEP)
#define FAR (-40.0)

static double *take(int64_t count)
{
    double *numbers = calloc((size_t)count, sizeof *numbers);
    CHECK(numbers != NULL);
    return numbers;
}

static double next_number(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*state >> 11) * 0x1p-53;
}

static layer_view linear(int64_t inputs, int64_t outputs, const double *weights)
{
    return (layer_view){.struct_size = sizeof(layer_view),
                        .inputs = inputs,
                        .outputs = outputs,
                        .weights = weights,
                        .output_stride = inputs,
                        .input_stride = 1,
                        .bias_stride = 1,
                        .activation = DIRICHLET_ACTIVATION_IDENTITY};
}

static layer_view steep(layer_view layer, const double *bias)
{
    layer.bias = bias;
    layer.activation = DIRICHLET_ACTIVATION_SILU;
    layer.output_scale = SCALE;
    return layer;
}

/* input_side sum_l T_l^2 / parameter_side, at 0. */
static double ratio_of(const layer_view *layers, int64_t count)
{
    const dirichlet_dense_options options = {.struct_size = sizeof options,
                                             .workspace_bytes = (size_t)1 << 28};
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_dense_f64 *network = NULL;
    double *x = take(layers[0].inputs);
    double factors[MOST_LAYERS];
    double input_side = NAN;
    double parameter_side = NAN;
    double squares = 0.0;
    CHECK_IN(dirichlet_dense_create_f64(layers, count, &options, &network, &error) == DIRICHLET_OK,
             "%s", error.message);
    dirichlet_dense_transfer_result result = {.struct_size = sizeof result,
                                              .input_side = &input_side,
                                              .parameter_side = &parameter_side,
                                              .factors = factors};
    CHECK(dirichlet_dense_transfer_f64(network, 1, x, NULL, &result) == DIRICHLET_OK);
    for (int64_t l = 0; l < count; l++)
        squares += factors[l] * factors[l];
    CHECK(input_side >= 0.0 && parameter_side > 0.0 && squares > 0.0); /* it may be lost */
    dirichlet_dense_destroy_f64(network);
    free(x);
    return input_side * squares / parameter_side;
}

/* Numbers that rise to a large sum and then fall to almost 0; so many are of each kind. */
static int64_t rising_of(int64_t n)
{
    return n / 5 * 2;
}

static void rise_and_fall(int64_t n, int64_t stride, uint64_t *state, double *numbers)
{
    const double up = 1.5 + 0.5 * next_number(state);
    const double down = up * (double)rising_of(n) / (double)(n - rising_of(n));
    for (int64_t i = 0; i < n; i++)
        numbers[i * stride] = i < rising_of(n) ? up : -down;
}

/* Upward: two rows r and r - GAP of many numbers whose sums, +-n GAP / 2, are lost in rounding, so
 * that dh/dx is almost 0 above them. Downward the difference of the rows is exact. The errors pass
 * steep slopes, of which the last is none, and one more layer. */
static void sums_lost_upward(void **state)
{
    enum { N = 60000, TRIALS = 20 };
    const double gap = 1024.0 * DBL_EPSILON;
    const double bias[3] = {0.0, 0.0, FAR};
    const double flatten[6] = {1.0 / STEEP, 0.0, 0.0, 0.0, 1.0 / STEEP, 0.0};
    const double last[2] = {1.0, -1.0};
    const double flatten_bias[2] = {100.0, 100.0}; /* so that the side above it counts */
    double *first = take(N);
    double *second = take(3 * N);
    uint64_t numbers = 999;
    double most = 0.0;
    (void)state;
    for (int trial = 0; trial < TRIALS; trial++) {
        double sum = 0.0; /* of numbers that differ by little */
        rise_and_fall(N, 1, &numbers, second);
        for (int64_t i = 0; i < rising_of(N); i++)
            sum += second[i] + 1.5 * second[N - 1 - i];
        second[N - 1] += 0.5 * gap * N - sum;
        for (int64_t i = 0; i < N; i++) {
            first[i] = 1.0;
            second[N + i] = second[i] - gap;
        }
        layer_view layers[4] = {linear(1, N, first), steep(linear(N, 3, second), bias),
                                linear(3, 2, flatten), linear(2, 1, last)};
        layers[2].bias = flatten_bias;
        most = fmax(most, ratio_of(layers, 4));
        CHECK_IN(most <= 1.0, "trial %d: %g", trial, most);
    }
    print_message("upward: %.3g\n", most);
    free(second);
    free(first);
}

/* Downward: two columns that differ by little, in the rising part, whose sums differ by far more,
 * since one of them is always rounded up. Upward the difference of the columns is exact. */
static void sums_lost_downward(void **state)
{
    enum { N = 100000, TRIALS = 12 };
    const double first[3] = {1.0 / STEEP, -1.0 / STEEP, 0.0};
    const double bias[3] = {0.0, 0.0, FAR};
    const double last_bias[1] = {1.0};
    double *second = take(3 * N);
    double *last = take(N);
    uint64_t numbers = 999;
    double most = 0.0;
    (void)state;
    for (int trial = 0; trial < TRIALS; trial++) {
        rise_and_fall(N, 3, &numbers, second);
        for (int64_t i = 0; i < N; i++) {
            second[3 * i + 1] = second[3 * i] + (i < rising_of(N) ? 128.0 * DBL_EPSILON : 0.0);
            last[i] = 1.0;
        }
        layer_view layers[3] = {steep(linear(1, 3, first), bias), linear(3, N, second),
                                linear(N, 1, last)};
        layers[2].bias = last_bias;
        most = fmax(most, ratio_of(layers, 3));
        CHECK_IN(most <= 1.0, "trial %d: %g", trial, most);
    }
    print_message("downward: %.3g\n", most);
    free(last);
    free(second);
}

/* A sum of so many equal squares is too large by more than any fixed margin: the theorem is an
 * equation for one row. */
static void long_sums_of_squares(void **state)
{
    static const int64_t sizes[] = {16384, 1100000};
    static const double weights[] = {1.4125, 1.4625, 1.5875, 1.7125};
    (void)state;
    for (int i = 0; i < 2; i++) {
        double *row = take(sizes[i]);
        const double bias[1] = {1.0};
        for (int w = 0; w < 60; w++) {
            if (i == 1 && w == 4)
                break;
            for (int64_t j = 0; j < sizes[i]; j++)
                row[j] = i == 1 ? weights[w] : 1.0 + w / 60.0;
            layer_view layer = linear(sizes[i], 1, row);
            layer.bias = bias;
            const double ratio = ratio_of(&layer, 1);
            CHECK_IN(ratio <= 1.0 && ratio >= 1.0 - 1e-8, "%lld of %g: 1 + %g", (long long)sizes[i],
                     row[0], ratio - 1.0);
        }
        free(row);
    }
}

/* The Lipschitz bound is no less than the product of those of the layers, though every product is
 * rounded. */
static void products_of_bounds(void **state)
{
    enum { LAYERS = 40, TRIALS = 50 };
    const struct operator_norm_limits limits = {OPERATOR_NORM_TOLERANCE, OPERATOR_NORM_ITERATIONS};
    uint64_t numbers = 5;
    int64_t doubles = 0;
    (void)state;
    CHECK(operator_norm_work(1, 1, &doubles));
    double *work = take(doubles);
    for (int trial = 0; trial < TRIALS; trial++) {
        double weights[LAYERS];
        layer_view layers[LAYERS];
        dirichlet_dense_lipschitz bound = DIRICHLET_INIT(dirichlet_dense_lipschitz);
        quad product = 1;
        dirichlet_dense_f64 *network = NULL;
        for (int l = 0; l < LAYERS; l++) {
            double vector[1] = {0};
            weights[l] = 0.5 + next_number(&numbers);
            layers[l] = linear(1, 1, &weights[l]);
            product *= operator_norm_f64(1, 1, (struct matrix_f64){&weights[l], 1, 1}, limits,
                                         vector, work)
                           .upper;
        }
        CHECK(dirichlet_dense_create_f64(layers, LAYERS, NULL, &network, NULL) == DIRICHLET_OK);
        CHECK(dirichlet_dense_spectral_norms_f64(network, NULL, NULL, &bound) == DIRICHLET_OK);
        CHECK_IN(bound.upper_bound >= product && bound.upper_bound <= product * (1.0 + 1e-13),
                 "trial %d: %.17g", trial, bound.upper_bound);
        dirichlet_dense_destroy_f64(network);
    }
    free(work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_lost_upward), cmocka_unit_test(sums_lost_downward),
        cmocka_unit_test(long_sums_of_squares), cmocka_unit_test(products_of_bounds)};
    return check_report("unit.transfer_rounding", cmocka_run_group_tests(tests, NULL, NULL));
}
