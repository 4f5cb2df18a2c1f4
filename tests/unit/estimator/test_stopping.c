/* When an estimator stops: at the first look whose interval is narrow enough, or at the
 * cap, whatever the batches. */
#include <math.h>
#include <string.h>

#include "dirichlet/estimator.h"
#include "estimator/state/estimator.h"
#include "estimator/state/stopping.h"
#include "support/check.h"
#include "support/sine_model.h"
#include "support/table_model.h"

#define MOST 3000
#define DEFAULT_FIRST 512

static struct table table = {.outputs = 1};
static double x[MOST];

static dirichlet_estimator *make(const dirichlet_estimator_options *options)
{
    const dirichlet_model_f64 model = table_energies(&table);
    dirichlet_estimator *estimator = NULL;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    const dirichlet_status status =
        dirichlet_estimator_create_f64(&model, options, &estimator, &error);
    CHECK_IN(status == DIRICHLET_OK, "%s", error.message);
    return estimator;
}

static int setup(void **state)
{
    (void)state;
    sine_data_f64(MOST, 9, x);
    for (int i = 0; i < MOST; i++)
        x[i] = 2.0 + 1.9 * x[i];
    return 0;
}

static void feed(dirichlet_estimator *estimator, int64_t batch)
{
    for (int64_t first = 0; first < MOST; first += batch) {
        const int64_t count = MOST - first < batch ? MOST - first : batch;
        CHECK(dirichlet_estimator_update_f64(estimator, count, x + first, NULL, NULL) ==
              DIRICHLET_OK);
    }
}

static dirichlet_result result_of(const dirichlet_estimator *estimator)
{
    dirichlet_result result = {.struct_size = sizeof result};
    CHECK(dirichlet_estimator_result(estimator, &result) == DIRICHLET_OK);
    return result;
}

/* The looks are at first, and then after every further eighth. Where does the rule stop,
 * going through them with an estimator that knows of no rule? */
static int64_t first_narrow(int64_t first, double tolerance)
{
    const dirichlet_estimator_options options = {.struct_size = sizeof options};
    dirichlet_estimator *estimator = make(&options);
    int64_t seen = 0;
    int64_t stop = MOST;
    for (int64_t look = first; look <= MOST; look += look / 8 > 0 ? look / 8 : 1) {
        dirichlet_estimator_update_f64(estimator, look - seen, x + seen, NULL, NULL);
        seen = look;
        const dirichlet_result result = result_of(estimator);
        if (result.upper - result.value <= tolerance * result.value) {
            stop = look;
            break;
        }
    }
    dirichlet_estimator_destroy(estimator);
    return stop;
}

static void at_the_first_narrow_look(void **state)
{
    (void)state;
    const double tolerances[] = {10.0, 0.5, 0.2, 0.1, 0.05, 0.03, 0.025, 0.001};
    const int64_t firsts[] = {0, 2, 3, 7, 64, 1000};
    const int64_t batches[] = {1, 7, 64, MOST};
    for (size_t t = 0; t < sizeof tolerances / sizeof *tolerances; t++)
        for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++) {
            const int64_t first = firsts[f] == 0 ? DEFAULT_FIRST : firsts[f];
            const int64_t wanted = first_narrow(first, tolerances[t]);
            for (size_t b = 0; b < 4; b++) {
                const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                             .tolerance = tolerances[t],
                                                             .min_samples = firsts[f]};
                dirichlet_estimator *estimator = make(&options);
                feed(estimator, batches[b]);
                const dirichlet_result result = result_of(estimator);
                CHECK_IN(result.samples == wanted, "tolerance %g first %d batch %d: %d not %d",
                         tolerances[t], (int)firsts[f], (int)batches[b], (int)result.samples,
                         (int)wanted);
                CHECK(result.stop_reason ==
                      (wanted < MOST ? DIRICHLET_STOP_TOLERANCE : DIRICHLET_STOP_NONE));
                CHECK(dirichlet_estimator_stopped(estimator) == (wanted < MOST));
                dirichlet_estimator_destroy(estimator);
            }
        }
}

static void at_the_cap(void **state)
{
    (void)state;
    const int64_t caps[] = {1, 2, 63, 64, 65, 1023, 1024, 1025, MOST, MOST + 1};
    const int64_t batches[] = {1, 7, 64, MOST};
    for (size_t c = 0; c < sizeof caps / sizeof *caps; c++)
        for (size_t b = 0; b < 4; b++) {
            const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                         .max_samples = caps[c]};
            dirichlet_estimator *estimator = make(&options);
            feed(estimator, batches[b]);
            const dirichlet_result result = result_of(estimator);
            CHECK(result.samples == (caps[c] < MOST ? caps[c] : MOST));
            CHECK(result.stop_reason ==
                  (caps[c] <= MOST ? DIRICHLET_STOP_SAMPLES : DIRICHLET_STOP_NONE));
            dirichlet_estimator_destroy(estimator);
        }
}

/* The cap and the tolerance at the same count: the interval is narrow, so say that. */
static void both(void **state)
{
    (void)state;
    const int64_t narrow = first_narrow(128, 0.05);
    for (int64_t cap = narrow - 1; cap <= narrow + 1; cap++) {
        const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                     .tolerance = 0.05,
                                                     .min_samples = 128,
                                                     .max_samples = cap};
        dirichlet_estimator *estimator = make(&options);
        feed(estimator, 50);
        const dirichlet_result result = result_of(estimator);
        CHECK(result.samples == (cap < narrow ? cap : narrow));
        CHECK(result.stop_reason ==
              (cap < narrow ? DIRICHLET_STOP_SAMPLES : DIRICHLET_STOP_TOLERANCE));
        dirichlet_estimator_destroy(estimator);
    }
}

/* Skipped samples count neither towards the cap nor towards a look. */
static void skipped_samples(void **state)
{
    (void)state;
    static double spoilt[2 * MOST];
    for (int i = 0; i < MOST; i++) {
        spoilt[2 * i] = NAN;
        spoilt[2 * i + 1] = x[i];
    }
    const int64_t narrow = first_narrow(128, 0.05);
    const int64_t batches[] = {1, 10, 2 * MOST};
    for (size_t b = 0; b < 3; b++)
        for (int capped = 0; capped < 2; capped++) {
            const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                         .on_nonfinite = DIRICHLET_NONFINITE_SKIP,
                                                         .tolerance = capped ? 0.0 : 0.05,
                                                         .min_samples = 128,
                                                         .max_samples = capped ? 100 : 0};
            dirichlet_estimator *estimator = make(&options);
            for (int64_t i = 0; i < 2 * MOST; i += batches[b])
                CHECK(dirichlet_estimator_update_f64(estimator, batches[b], spoilt + i, NULL,
                                                     NULL) == DIRICHLET_OK);
            const dirichlet_result result = result_of(estimator);
            CHECK(result.samples == (capped ? 100 : narrow) && result.skipped == result.samples);
            dirichlet_estimator_destroy(estimator);
        }
}

/* Without two samples of positive weight there is no interval to be narrow. */
static void weightless_samples(void **state)
{
    (void)state;
    const dirichlet_estimator_options options = {
        .struct_size = sizeof options, .tolerance = 1e6, .min_samples = 2};
    const double weights[] = {0, 0, 0, 0, 1, 0, 1, 0, 0, 0};
    dirichlet_estimator *estimator = make(&options);
    CHECK(dirichlet_estimator_update_f64(estimator, 10, x, weights, NULL) == DIRICHLET_OK);
    CHECK(result_of(estimator).samples == 7);
    CHECK(result_of(estimator).stop_reason == DIRICHLET_STOP_TOLERANCE);
    dirichlet_estimator_destroy(estimator);
}

/* Products are counted to 2^63 - 1 and no further. */
static void products_at_their_end(void **state)
{
    (void)state;
    dirichlet_estimator *estimator = make(NULL);
    dirichlet_estimator *source = make(NULL);
    estimator->state.products = INT64_MAX - 2;
    CHECK(dirichlet_estimator_update_f64(source, 3, x, NULL, NULL) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_merge(estimator, source) == DIRICHLET_E_OVERFLOW);
    CHECK(dirichlet_estimator_update_f64(estimator, 3, x, NULL, NULL) == DIRICHLET_E_OVERFLOW);
    CHECK(strstr(dirichlet_estimator_message(estimator), "products") != NULL);
    CHECK(estimator->state.moments.count == 0);
    CHECK(dirichlet_estimator_update_f64(estimator, 2, x, NULL, NULL) == DIRICHLET_OK);
    dirichlet_estimator_destroy(estimator);
    dirichlet_estimator_destroy(source);
}

/* Merging stops no estimator; the next update finds out. */
static void after_a_merge(void **state)
{
    (void)state;
    dirichlet_estimator_options options = {.struct_size = sizeof options, .max_samples = 10};
    dirichlet_estimator *capped = make(&options);
    options.max_samples = 0;
    options.first_sample = 100;
    dirichlet_estimator *source = make(&options);
    dirichlet_estimator_update_f64(source, 20, x, NULL, NULL);
    CHECK(dirichlet_estimator_merge(capped, source) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_stopped(capped) == 0);
    CHECK(result_of(capped).samples == 20);
    double energies[5] = {-1, -1, -1, -1, -1};
    CHECK(dirichlet_estimator_update_f64(capped, 5, x, NULL, energies) == DIRICHLET_OK);
    CHECK(result_of(capped).samples == 20 && energies[0] == -1);
    CHECK(dirichlet_estimator_stopped(capped) == 1);
    CHECK(result_of(capped).stop_reason == DIRICHLET_STOP_SAMPLES);
    dirichlet_estimator_destroy(capped);
    dirichlet_estimator_destroy(source);
}

/* Room is never negative, and zero only where there is a reason to stop. */
static void room_at_any_count(void **state)
{
    (void)state;
    const int64_t firsts[] = {0, 2, INT64_MAX / 3, INT64_MAX - 1, INT64_MAX};
    const int64_t caps[] = {0, 1, INT64_MAX};
    int64_t counts[200];
    int count = 0;
    for (int shift = 0; shift < 63; shift++)
        for (int64_t off = -1; off < 2; off++)
            counts[count++] = (INT64_C(1) << shift) + off;
    counts[count++] = INT64_MAX / 8 * 5;
    counts[count++] = INT64_MAX - 1;
    for (size_t f = 0; f < 5; f++)
        for (size_t c = 0; c < 3; c++) {
            const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                         .tolerance = 1e-9,
                                                         .min_samples = firsts[f],
                                                         .max_samples = caps[c]};
            dirichlet_estimator *estimator = make(&options);
            for (int i = 0; i < count; i++) {
                estimator->state.moments.count = counts[i];
                const int64_t room = stopping_room(estimator, estimator->state.moments.count);
                CHECK_IN(room > 0 || (caps[c] > 0 && counts[i] >= caps[c] && room == 0),
                         "first %lld cap %lld count %lld: room %lld", (long long)firsts[f],
                         (long long)caps[c], (long long)counts[i], (long long)room);
                CHECK(room <= INT64_MAX - counts[i]);
            }
            dirichlet_estimator_destroy(estimator);
        }
}

/* Counts that a merged state may have brought to their end do not overflow. */
static void counts_at_their_end(void **state)
{
    (void)state;
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .on_nonfinite = DIRICHLET_NONFINITE_SKIP};
    const double spoilt[] = {NAN, 1.0};
    for (int which = 0; which < 3; which++)
        for (int64_t left = 0; left < 4; left++) {
            dirichlet_estimator *estimator = make(&options);
            struct state *seen = &estimator->state;
            *(which == 0   ? &seen->moments.count
              : which == 1 ? &seen->moments.skipped
                           : &seen->next_sample) = INT64_MAX - left;
            const struct state before = *seen;
            const dirichlet_status status =
                dirichlet_estimator_update_f64(estimator, 2, spoilt, NULL, NULL);
            CHECK(status == (left < 2 ? DIRICHLET_E_OVERFLOW : DIRICHLET_OK));
            CHECK(status == DIRICHLET_OK || memcmp(&before, seen, sizeof before) == 0);
            dirichlet_estimator_destroy(estimator);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(at_the_first_narrow_look),
                                       cmocka_unit_test(at_the_cap),
                                       cmocka_unit_test(both),
                                       cmocka_unit_test(skipped_samples),
                                       cmocka_unit_test(after_a_merge),
                                       cmocka_unit_test(weightless_samples),
                                       cmocka_unit_test(products_at_their_end),
                                       cmocka_unit_test(room_at_any_count),
                                       cmocka_unit_test(counts_at_their_end)};
    return check_report("unit.stopping", cmocka_run_group_tests(tests, setup, NULL));
}
