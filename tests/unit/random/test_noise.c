/* Noise on labels, inputs and targets: rates and moments against theory, fresh in every step,
 * the same however a step is cut, errors. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/statistics/counter.h"
#include "dirichlet/dirichlet.h"
#include "support/check.h"

/* Standard errors from theory, for the forty or so figures of this file. */
#define MOST_STANDARD_ERRORS 4.0

static void check_z(const char *what, double z)
{
    print_message("%s: z %.2f\n", what, z);
    CHECK_IN(fabs(z) <= MOST_STANDARD_ERRORS, "%s: z is %g", what, z);
}

#define SAMPLES 100000
#define CLASSES 7

/* chi^2 of equal chances, as a standard normal number (Wilson and Hilferty 1931). */
static double chi_squared_z(const int *counts, int cells)
{
    double total = 0.0;
    double chi_squared = 0.0;
    for (int i = 0; i < cells; i++)
        total += counts[i];
    for (int i = 0; i < cells; i++)
        chi_squared += pow(counts[i] - total / cells, 2) / (total / cells);
    const double width = 2.0 / (9.0 * (cells - 1));
    return (cbrt(chi_squared / (cells - 1)) - (1.0 - width)) / sqrt(width);
}

/* The rate of wrong labels, and where they go: to every other class alike, from each class. */
static void labels_change_at_the_rate(void **state)
{
    (void)state;
    static int64_t labels[SAMPLES];
    static const double rates[] = {0.1, 0.5, 0.9};
    for (int r = 0; r < 3; r++) {
        int counts[CLASSES][CLASSES] = {{0}};
        int64_t changed = -1;
        for (int i = 0; i < SAMPLES; i++)
            labels[i] = i % CLASSES;
        CHECK(dirichlet_noise_labels(4, r, 0, SAMPLES, CLASSES, rates[r], labels, &changed, NULL) ==
              DIRICHLET_OK);
        int64_t wrong = 0;
        for (int i = 0; i < SAMPLES; i++) {
            CHECK(labels[i] >= 0 && labels[i] < CLASSES);
            wrong += labels[i] != i % CLASSES;
            counts[i % CLASSES][labels[i]]++;
        }
        CHECK(wrong == changed);
        check_z("rate of wrong labels",
                ((double)wrong - SAMPLES * rates[r]) / sqrt(SAMPLES * rates[r] * (1.0 - rates[r])));
        for (int c = 0; c < CLASSES; c++) {
            int others[CLASSES - 1];
            for (int j = 0; j < CLASSES - 1; j++)
                others[j] = counts[c][j < c ? j : j + 1];
            check_z("other classes", chi_squared_z(others, CLASSES - 1));
        }
    }
}

static void labels_at_the_ends(void **state)
{
    (void)state;
    int64_t labels[1000];
    int64_t changed = -1;
    for (int i = 0; i < 1000; i++)
        labels[i] = i % 2;
    CHECK(dirichlet_noise_labels(0, 0, 0, 1000, 2, 0.0, labels, &changed, NULL) == DIRICHLET_OK);
    CHECK(changed == 0);
    for (int i = 0; i < 1000; i++)
        CHECK(labels[i] == i % 2);
    CHECK(dirichlet_noise_labels(0, 0, 0, 1000, 2, 1.0, labels, NULL, NULL) == DIRICHLET_OK);
    for (int i = 0; i < 1000; i++)
        CHECK(labels[i] == 1 - i % 2);
    labels[0] = INT64_MAX - 1;
    CHECK(dirichlet_noise_labels(0, 0, 0, 1, INT64_MAX, 1.0, labels, &changed, NULL) ==
          DIRICHLET_OK);
    CHECK(changed == 1 && labels[0] >= 0 && labels[0] < INT64_MAX - 1);
    CHECK(dirichlet_noise_labels(0, 0, 0, 0, 2, 1.0, NULL, &changed, NULL) == DIRICHLET_OK);
    CHECK(changed == 0);
}

/* Which labels change in one step says nothing about another step, seed or sample: agreement
 * of two independent coins of probability 1/2. */
static void labels_are_fresh(void **state)
{
    (void)state;
    static int64_t labels[4][SAMPLES];
    static const struct {
        const char *what;
        uint64_t seed;
        int64_t step;
        int64_t first;
    } cases[] = {{"", 1, 0, 0}, {"step", 1, 1, 0}, {"seed", 2, 0, 0}, {"sample", 1, 0, 1}};
    memset(labels, 0, sizeof labels);
    for (int c = 0; c < 4; c++) {
        int same = 0;
        CHECK(dirichlet_noise_labels(cases[c].seed, cases[c].step, cases[c].first, SAMPLES, 2, 0.5,
                                     labels[c], NULL, NULL) == DIRICHLET_OK);
        for (int i = 0; i < SAMPLES; i++)
            same += labels[c][i] == labels[0][i];
        if (c > 0)
            check_z(cases[c].what, (same - SAMPLES / 2) / sqrt(SAMPLES / 4.0));
    }
}

static void labels_of_any_batches(void **state)
{
    (void)state;
    static const int64_t sizes[] = {1, 7, 64, 999};
    int64_t whole[1000];
    int64_t parts[1000];
    const int64_t first = (INT64_C(1) << 33) - 500; /* the indices pass a multiple of 2^32 */
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        int64_t changed = 0;
        int64_t sum = 0;
        for (int i = 0; i < 1000; i++)
            whole[i] = parts[i] = i % 10;
        CHECK(dirichlet_noise_labels(3, UINT32_MAX, first, 1000, 10, 0.3, whole, &changed, NULL) ==
              DIRICHLET_OK);
        for (int64_t i = 0; i < 1000; i += sizes[s]) {
            const int64_t count = 1000 - i < sizes[s] ? 1000 - i : sizes[s];
            int64_t own = 0;
            CHECK(dirichlet_noise_labels(3, UINT32_MAX, first + i, count, 10, 0.3, parts + i, &own,
                                         NULL) == DIRICHLET_OK);
            sum += own;
        }
        CHECK(sum == changed && changed > 0);
        CHECK(memcmp(whole, parts, sizeof whole) == 0);
    }
}

#define ROWS 400
#define WIDTH 257
#define VALUES (ROWS * WIDTH)

static void draw(dirichlet_noise kind, uint64_t seed, int64_t step, int64_t first, double *values)
{
    for (int i = 0; i < VALUES; i++)
        values[i] = 0.0;
    CHECK(dirichlet_noise_add_f64(kind, seed, step, first, ROWS, WIDTH, 1.0, values, NULL) ==
          DIRICHLET_OK);
}

static void noise_is_normal(void **state)
{
    (void)state;
    static double values[VALUES];
    static const double moments[] = {1.0, 0.0, 1.0, 0.0, 3.0, 0.0, 15.0, 0.0, 105.0};
    static const char *const names[] = {"", "mean", "variance", "third moment", "fourth moment"};
    static const dirichlet_noise kinds[] = {DIRICHLET_NOISE_INPUT, DIRICHLET_NOISE_TARGET};
    for (int k = 0; k < 2; k++) {
        draw(kinds[k], 11, 5, 0, values);
        for (int p = 1; p <= 4; p++) {
            double sum = 0.0;
            for (int i = 0; i < VALUES; i++)
                sum += pow(values[i], p);
            check_z(names[p], (sum / VALUES - moments[p]) /
                                  sqrt((moments[2 * p] - moments[p] * moments[p]) / VALUES));
        }
    }
}

static void noise_is_fresh(void **state)
{
    (void)state;
    static double values[VALUES];
    static double other[VALUES];
    static const struct {
        const char *what;
        dirichlet_noise kind;
        uint64_t seed;
        int64_t step;
        int64_t first;
    } cases[] = {{"kind", DIRICHLET_NOISE_TARGET, 6, 3, 0},
                 {"seed", DIRICHLET_NOISE_INPUT, 7, 3, 0},
                 {"step", DIRICHLET_NOISE_INPUT, 6, 4, 0},
                 {"sample", DIRICHLET_NOISE_INPUT, 6, 3, 1},
                 {"step for sample", DIRICHLET_NOISE_INPUT, 6, 0, 3},
                 {"far sample", DIRICHLET_NOISE_INPUT, 6, 3, INT64_C(1) << 32}};
    draw(DIRICHLET_NOISE_INPUT, 6, 3, 0, values);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double sum = 0.0;
        draw(cases[c].kind, cases[c].seed, cases[c].step, cases[c].first, other);
        for (int i = 0; i < VALUES; i++)
            sum += values[i] * other[i];
        check_z(cases[c].what, sum / sqrt(VALUES));
    }
    /* Nor with a probe of the estimator of the same seed, sample and index. */
    double sum = 0.0;
    for (int i = 0; i < ROWS; i++) {
        const struct counter_stream probe = {6, (uint64_t)i, 3};
        counter_normals(&probe, 0, WIDTH, other);
        for (int j = 0; j < WIDTH; j++)
            sum += values[i * WIDTH + j] * other[j];
    }
    check_z("probes", sum / sqrt(VALUES));
}

/* Bit for bit in batches of any size, for widths around what is drawn at a time, and a float is
 * the sum in double rounded. */
static void noise_of_any_batches(void **state)
{
    (void)state;
    static const int64_t widths[] = {1, 2, 3, 255, 256, 257, 600};
    static double whole[20 * 600];
    static double parts[20 * 600];
    static float narrow[20 * 600];
    static double begin[20 * 600];
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
        for (int64_t batch = 1; batch <= 7; batch += 3) {
            const int64_t size = 20 * widths[w];
            const int64_t first = (INT64_C(1) << 32) - 5;
            for (int64_t i = 0; i < size; i++) {
                narrow[i] = (float)(3 * i % 17) - 8.0f;
                begin[i] = whole[i] = parts[i] = narrow[i];
            }
            CHECK(dirichlet_noise_add_f64(DIRICHLET_NOISE_TARGET, 1, 2, first, 20, widths[w], 0.1,
                                          whole, NULL) == DIRICHLET_OK);
            CHECK(dirichlet_noise_add_f32(DIRICHLET_NOISE_TARGET, 1, 2, first, 20, widths[w], 0.1,
                                          narrow, NULL) == DIRICHLET_OK);
            for (int64_t i = 0; i < 20; i += batch)
                CHECK(dirichlet_noise_add_f64(DIRICHLET_NOISE_TARGET, 1, 2, first + i,
                                              20 - i < batch ? 20 - i : batch, widths[w], 0.1,
                                              parts + i * widths[w], NULL) == DIRICHLET_OK);
            CHECK(memcmp(whole, parts, (size_t)size * sizeof *whole) == 0);
            for (int64_t i = 0; i < size; i++)
                CHECK(whole[i] != begin[i] && narrow[i] == (float)whole[i]);
        }
}

/* Written down for good (and checked once against another program). */
static void known_bits(void **state)
{
    (void)state;
    double values[2] = {0.0, 0.0};
    int64_t labels[8] = {0};
    static const int64_t expected[8] = {5, 0, 0, 0, 0, 4, 3, 4};
    CHECK(dirichlet_noise_add_f64(DIRICHLET_NOISE_INPUT, 42, 1, 2, 1, 2, 1.0, values, NULL) ==
          DIRICHLET_OK);
    CHECK(dirichlet_noise_labels(42, 1, 2, 8, 10, 0.5, labels, NULL, NULL) == DIRICHLET_OK);
    print_message("%a, %a;", values[0], values[1]);
    for (int i = 0; i < 8; i++)
        print_message(" %d", (int)labels[i]);
    print_message("\n");
    CHECK(values[0] == 0x1.8e6b98d068eddp-1 && values[1] == 0x1.2524e798aea7p+0);
    CHECK(memcmp(labels, expected, sizeof labels) == 0);
}

static void no_noise(void **state)
{
    (void)state;
    double values[3] = {1.5, INFINITY, NAN};
    CHECK(dirichlet_noise_add_f64(DIRICHLET_NOISE_INPUT, 0, 0, 0, 1, 3, 0.0, values, NULL) ==
          DIRICHLET_OK);
    CHECK(values[0] == 1.5 && values[1] == INFINITY && isnan(values[2]));
    CHECK(dirichlet_noise_add_f64(DIRICHLET_NOISE_INPUT, 0, 0, 0, 1, 3, 1.0, values, NULL) ==
          DIRICHLET_OK);
    CHECK(isfinite(values[0]) && values[0] != 1.5 && values[1] == INFINITY && isnan(values[2]));
    CHECK(dirichlet_noise_add_f64(DIRICHLET_NOISE_INPUT, 0, 0, 0, 0, 3, 1.0, NULL, NULL) ==
          DIRICHLET_OK);
    CHECK(dirichlet_noise_add_f32(DIRICHLET_NOISE_INPUT, 0, 0, 0, 0, 3, 1.0, NULL, NULL) ==
          DIRICHLET_OK);
}

struct arguments {
    dirichlet_noise kind;
    int64_t step;
    int64_t first_sample;
    int64_t samples;
    int64_t width;
    int64_t classes;
    double standard_deviation;
    double probability;
    int64_t label;
    bool no_array;
};

static const struct arguments good = {.kind = DIRICHLET_NOISE_INPUT,
                                      .samples = 2,
                                      .width = 2,
                                      .classes = 3,
                                      .standard_deviation = 1.0,
                                      .probability = 1.0};

static dirichlet_status call_add(const struct arguments *a, dirichlet_error *error)
{
    double wide[4] = {1.0, 2.0, 3.0, 4.0};
    float narrow[4] = {1.0f, 2.0f, 3.0f, 4.0f};
    const dirichlet_status status =
        dirichlet_noise_add_f64(a->kind, 0, a->step, a->first_sample, a->samples, a->width,
                                a->standard_deviation, a->no_array ? NULL : wide, error);
    CHECK(dirichlet_noise_add_f32(a->kind, 0, a->step, a->first_sample, a->samples, a->width,
                                  a->standard_deviation, a->no_array ? NULL : narrow,
                                  NULL) == status);
    for (int i = 0; i < 4 && status != DIRICHLET_OK; i++)
        CHECK(wide[i] == i + 1.0 && narrow[i] == (float)i + 1.0f);
    return status;
}

static dirichlet_status call_labels(const struct arguments *a, dirichlet_error *error)
{
    int64_t labels[2] = {1, a->label};
    int64_t changed = -5;
    const dirichlet_status status =
        dirichlet_noise_labels(0, a->step, a->first_sample, a->samples, a->classes, a->probability,
                               a->no_array ? NULL : labels, &changed, error);
    if (status != DIRICHLET_OK)
        CHECK(labels[0] == 1 && labels[1] == a->label && changed == -5);
    return status;
}

#define BAD(call, field, value, status, word)                                                      \
    do {                                                                                           \
        struct arguments bad = good;                                                               \
        dirichlet_error error = DIRICHLET_INIT(dirichlet_error);                                   \
        bad.field = (value);                                                                       \
        CHECK_IN(call(&bad, &error) == (status), "%s: %s = %s", #call, #field, #value);            \
        CHECK_IN(strstr(error.message, word) != NULL, "%s = %s: %s", #field, #value,               \
                 error.message);                                                                   \
    } while (0)

#define BAD_IN_BOTH(field, value, status, word)                                                    \
    do {                                                                                           \
        BAD(call_add, field, value, status, word);                                                 \
        BAD(call_labels, field, value, status, word);                                              \
    } while (0)

/* A row that is drawn in pieces has no number twice. */
static void long_rows(void **state)
{
    (void)state;
    static double row[701];
    memset(row, 0, sizeof row);
    CHECK(dirichlet_noise_add_f64(DIRICHLET_NOISE_INPUT, 3, 0, 0, 1, 701, 1.0, row, NULL) ==
          DIRICHLET_OK);
    for (int i = 0; i < 701; i++)
        for (int j = 0; j < i; j++)
            CHECK_IN(row[i] != row[j], "%d and %d", i, j);
}

/* Noise that would be infinite is refused, in each precision by its own limit. */
static void too_large_noise(void **state)
{
    (void)state;
    const struct {
        double deviation;
        dirichlet_status wide;
        dirichlet_status narrow;
    } cases[] = {{3.9e37, DIRICHLET_OK, DIRICHLET_OK},
                 {4e37, DIRICHLET_OK, DIRICHLET_E_OVERFLOW},
                 {2e307, DIRICHLET_OK, DIRICHLET_E_OVERFLOW},
                 {2.2e307, DIRICHLET_E_OVERFLOW, DIRICHLET_E_OVERFLOW},
                 {1.7e308, DIRICHLET_E_OVERFLOW, DIRICHLET_E_OVERFLOW}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double wide[2] = {1.0, 2.0};
        float narrow[2] = {1.0f, 2.0f};
        dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
        CHECK(dirichlet_noise_add_f64(DIRICHLET_NOISE_INPUT, 0, 0, 0, 1, 2, cases[i].deviation,
                                      wide, &error) == cases[i].wide);
        CHECK((strstr(error.message, "standard_deviation") != NULL) ==
              (cases[i].wide != DIRICHLET_OK));
        CHECK(dirichlet_noise_add_f32(DIRICHLET_NOISE_INPUT, 0, 0, 0, 1, 2, cases[i].deviation,
                                      narrow, NULL) == cases[i].narrow);
        CHECK(isfinite(wide[0]) && isfinite(narrow[0]));
        CHECK((wide[0] == 1.0) == (cases[i].wide != DIRICHLET_OK));
        CHECK((narrow[0] == 1.0f) == (cases[i].narrow != DIRICHLET_OK));
    }
}

static void bad_arguments(void **state)
{
    (void)state;
    dirichlet_error good_error = {.struct_size = sizeof good_error, .message = "old"};
    CHECK(call_add(&good, &good_error) == DIRICHLET_OK && good_error.message[0] == '\0');
    good_error.message[0] = 'x';
    CHECK(call_labels(&good, &good_error) == DIRICHLET_OK && good_error.message[0] == '\0');
    BAD_IN_BOTH(step, -1, DIRICHLET_E_RANGE, "step is -1");
    BAD_IN_BOTH(step, INT64_C(1) << 32, DIRICHLET_E_RANGE, "step");
    BAD_IN_BOTH(first_sample, -1, DIRICHLET_E_RANGE, "first_sample is -1");
    BAD_IN_BOTH(first_sample, INT64_MAX - 1, DIRICHLET_E_OVERFLOW, "samples");
    BAD_IN_BOTH(samples, -2, DIRICHLET_E_RANGE, "samples is -2");
    BAD_IN_BOTH(samples, INT64_MAX, DIRICHLET_E_OVERFLOW, "samples");
    BAD(call_add, no_array, true, DIRICHLET_E_NULL, "values is NULL");
    BAD(call_add, kind, 0, DIRICHLET_E_CONSTANT, "kind is 0");
    BAD(call_add, kind, 30, DIRICHLET_E_CONSTANT, "kind is 30");
    BAD(call_add, width, 0, DIRICHLET_E_RANGE, "width is 0");
    BAD(call_add, width, INT64_C(1) << 31, DIRICHLET_E_RANGE, "width");
    BAD(call_add, standard_deviation, -1.0, DIRICHLET_E_RANGE, "standard_deviation is -1");
    BAD(call_add, standard_deviation, NAN, DIRICHLET_E_RANGE, "standard_deviation");
    BAD(call_add, standard_deviation, INFINITY, DIRICHLET_E_RANGE, "standard_deviation");
    BAD(call_labels, no_array, true, DIRICHLET_E_NULL, "labels is NULL");
    BAD(call_labels, classes, 1, DIRICHLET_E_RANGE, "classes is 1");
    BAD(call_labels, probability, -0.1, DIRICHLET_E_RANGE, "probability is -0.1");
    BAD(call_labels, probability, 1.5, DIRICHLET_E_RANGE, "probability is 1.5");
    BAD(call_labels, probability, NAN, DIRICHLET_E_RANGE, "probability");
    BAD(call_labels, label, -1, DIRICHLET_E_RANGE, "labels[1] is -1");
    BAD(call_labels, label, 3, DIRICHLET_E_RANGE, "labels[1] is 3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(labels_change_at_the_rate),
                                       cmocka_unit_test(labels_at_the_ends),
                                       cmocka_unit_test(labels_are_fresh),
                                       cmocka_unit_test(labels_of_any_batches),
                                       cmocka_unit_test(noise_is_normal),
                                       cmocka_unit_test(noise_is_fresh),
                                       cmocka_unit_test(noise_of_any_batches),
                                       cmocka_unit_test(known_bits),
                                       cmocka_unit_test(no_noise),
                                       cmocka_unit_test(long_rows),
                                       cmocka_unit_test(too_large_noise),
                                       cmocka_unit_test(bad_arguments)};
    return check_report("unit.noise", cmocka_run_group_tests(tests, NULL, NULL));
}
