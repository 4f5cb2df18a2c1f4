/* The estimator through its public functions: values, batches, tiles, weights, limits. */
#include <math.h>
#include <string.h>

#include "support/check.h"
#include "support/counting_allocator.h"
#include "support/subject.h"

static const int32_t precisions[] = {64, 32};

#define FOR_EVERY_SUBJECT(subject)                                                                 \
    for (int a_ = 0; a_ < ARRANGEMENT_COUNT; a_++)                                                 \
        for (int p_ = 0; p_ < 2; p_++)                                                             \
            for (int once_ = (subject_make(&arrangements[a_], precisions[p_], &(subject)), 1);     \
                 once_; once_ = 0)

static dirichlet_estimator *create(struct subject *subject)
{
    dirichlet_estimator *estimator = NULL;
    const dirichlet_status status = subject_create(subject, &estimator);
    CHECK_IN(status == DIRICHLET_OK, "%s", subject->error.message);
    CHECK(subject->error.message[0] == '\0');
    return estimator;
}

static dirichlet_result result_of(const dirichlet_estimator *estimator)
{
    dirichlet_result result = {.struct_size = sizeof result};
    CHECK(dirichlet_estimator_result(estimator, &result) == DIRICHLET_OK);
    return result;
}

/* Relative error an energy may have; no bound for a single random estimate. */
static double energy_tolerance(const struct subject *subject)
{
    const bool wide = subject->precision == 64;
    if (subject->options.method == DIRICHLET_METHOD_EXACT)
        return wide ? 1e-14 : 2e-6;
    if (subject->options.method == DIRICHLET_METHOD_FINITE_DIFFERENCE &&
        subject->options.probes == DIRICHLET_PROBES_ALL)
        return wide ? 1e-8 : 1e-3;
    return INFINITY;
}

static void values(void **state)
{
    (void)state;
    static struct subject subject;
    FOR_EVERY_SUBJECT(subject)
    {
        double energies[SUBJECT_ROWS];
        double truth = 0.0;
        dirichlet_estimator *estimator = create(&subject);
        CHECK(subject_feed(&subject, estimator, 50, NULL, energies) == DIRICHLET_OK);
        for (int64_t i = 0; i < SUBJECT_ROWS; i++) {
            const double energy = subject_energy(&subject, i);
            truth += energy / SUBJECT_ROWS;
            CHECK_IN(!(fabs(energies[i] - energy) > energy_tolerance(&subject) * energy) &&
                         isfinite(energies[i]),
                     "%s, f%d, sample %d: %.17g not %.17g", arrangements[a_].name, precisions[p_],
                     (int)i, energies[i], energy);
        }
        const dirichlet_result result = result_of(estimator);
        CHECK_IN(fabs(result.value - truth) <= 5.0 * result.standard_error_probes +
                                                   1e-3 * truth * (double)!result.exact +
                                                   1e-6 * truth,
                 "%s, f%d: %g not %g", arrangements[a_].name, precisions[p_], result.value, truth);
        CHECK(result.samples == SUBJECT_ROWS && result.method == arrangements[a_].method);
        CHECK(result.min_energy <= result.value && result.value <= result.max_energy);
        dirichlet_estimator_destroy(estimator);
    }
}

/* m = n without replacement, and k = 1: exact by one formula or another. */
static void exact_by_probes(void **state)
{
    (void)state;
    static struct subject subject;
    const struct arrangement exact[] = {
        {"orthogonal, all", DIRICHLET_METHOD_ORTHOGONAL, SINE_VJP, 4, 5, 4},
        {"orthogonal, all, jvp", DIRICHLET_METHOD_ORTHOGONAL, SINE_JVP, 5, 5, 4},
        {"unit, all", DIRICHLET_METHOD_UNIT, SINE_NORMS, 4, 5, 4},
        {"unit, all, jvp", DIRICHLET_METHOD_UNIT, SINE_JVP, 5, 5, 4},
        {"rademacher, one output", DIRICHLET_METHOD_RADEMACHER, SINE_VJP, 1, 5, 1},
        {"sphere, one output", DIRICHLET_METHOD_SPHERE, SINE_VJP, 2, 5, 1},
        {"orthogonal, one output", DIRICHLET_METHOD_ORTHOGONAL, SINE_VJP, 1, 5, 1},
        {"unit, one output", DIRICHLET_METHOD_UNIT, SINE_VJP, 1, 5, 1}};
    for (size_t i = 0; i < sizeof exact / sizeof *exact; i++)
        for (int p = 0; p < 2; p++) {
            double energies[SUBJECT_ROWS];
            subject_make(&exact[i], precisions[p], &subject);
            dirichlet_estimator *estimator = create(&subject);
            CHECK(subject_feed(&subject, estimator, 33, NULL, energies) == DIRICHLET_OK);
            const dirichlet_result result = result_of(estimator);
            CHECK(result.exact == 1 && result.standard_error_probes == 0.0);
            for (int64_t row = 0; row < SUBJECT_ROWS; row++) {
                const double energy = subject_energy(&subject, row);
                CHECK_IN(fabs(energies[row] - energy) <= (p == 0 ? 1e-13 : 2e-6) * energy,
                         "%s: %.17g not %.17g", exact[i].name, energies[row], energy);
            }
            dirichlet_estimator_destroy(estimator);
        }
}

/* The state after all rows, in batches of some size. */
static struct bytes state_after(struct subject *subject, int64_t batch, double *energies)
{
    dirichlet_estimator *estimator = create(subject);
    CHECK(subject_feed(subject, estimator, batch, subject->weights, energies) == DIRICHLET_OK);
    const struct bytes bytes = bytes_of(estimator);
    dirichlet_estimator_destroy(estimator);
    return bytes;
}

/* The least workspace, from the message that refuses one byte. */
static size_t least_workspace(struct subject *subject)
{
    dirichlet_estimator *estimator = NULL;
    subject->options.workspace_bytes = 1;
    CHECK(subject_create(subject, &estimator) == DIRICHLET_E_WORKSPACE && estimator == NULL);
    const char *number = strstr(subject->error.message, "at least ");
    CHECK(number != NULL && strstr(subject->error.message, "options.workspace_bytes is 1") != NULL);
    long long bytes = 0;
    CHECK(sscanf(number, "at least %lld", &bytes) == 1 && bytes > 0);
    subject->options.workspace_bytes = (size_t)bytes - 1;
    CHECK(subject_create(subject, &estimator) == DIRICHLET_E_WORKSPACE);
    return (size_t)bytes;
}

/* The same bits for every batch size, every tile and every limit of the model. */
static void same_bits(void **state)
{
    (void)state;
    static struct subject subject;
    const int64_t batches[] = {1, 7, 64};
    FOR_EVERY_SUBJECT(subject)
    {
        double energies[SUBJECT_ROWS];
        double again[SUBJECT_ROWS];
        const struct bytes all = state_after(&subject, SUBJECT_ROWS, energies);
        for (int b = 0; b < 3; b++) {
            const struct bytes cut = state_after(&subject, batches[b], again);
            CHECK_IN(bytes_equal(&all, &cut), "%s, f%d, batches of %d", arrangements[a_].name,
                     precisions[p_], (int)batches[b]);
            CHECK(memcmp(energies, again, sizeof energies) == 0);
        }
        const size_t least = least_workspace(&subject);
        for (size_t factor = 1; factor < 40; factor *= 3) {
            subject.options.workspace_bytes = least * factor;
            const struct bytes tiled = state_after(&subject, 100, again);
            CHECK_IN(bytes_equal(&all, &tiled), "%s, f%d, workspace %d times the least",
                     arrangements[a_].name, precisions[p_], (int)factor);
        }
        subject.options.workspace_bytes = 0;
        for (int64_t limit = 1; limit < 5; limit++) {
            subject.sine.max_samples = 2 * limit - 1;
            subject.sine.max_directions = limit;
            subject.sine.most_samples = subject.sine.most_directions = 0;
            const struct bytes limited = state_after(&subject, 100, again);
            CHECK_IN(bytes_equal(&all, &limited), "%s, f%d, limit %d", arrangements[a_].name,
                     precisions[p_], (int)limit);
            CHECK(subject.sine.most_samples <= 2 * limit - 1);
            CHECK(subject.sine.most_directions <= limit);
        }
    }
}

/* What a handle takes: the workspace asked for, less than 64 KiB more, and 8 bytes a
 * sample while energies are wanted. */
static void memory_budget(void **state)
{
    (void)state;
    static struct subject subject;
    FOR_EVERY_SUBJECT(subject)
    {
        struct counting_allocator counts = {0};
        const dirichlet_allocator hooks = counting_hooks(&counts);
        double energies[SUBJECT_ROWS];
        const size_t least = least_workspace(&subject);
        subject.options.allocator = &hooks;
        for (size_t factor = 1; factor < 100; factor *= 7) {
            subject.options.workspace_bytes = least * factor;
            dirichlet_estimator *estimator = create(&subject);
            CHECK(counts.bytes < (int64_t)(least * factor) + 65536);
            counting_arm(&counts, 0, 0);
            CHECK(subject_update(&subject, estimator, 0, 50, NULL, NULL) == DIRICHLET_OK);
            CHECK(counts.calls == 0);
            CHECK(subject_update(&subject, estimator, 0, 50, NULL, energies) == DIRICHLET_OK);
            CHECK(counts.calls == 1);
            dirichlet_estimator_destroy(estimator);
            CHECK(counts.live == 0 && counts.damaged == 0);
        }
    }
}

static void weighted(void **state)
{
    (void)state;
    static struct subject subject;
    subject_make(&arrangements[0], 64, &subject);
    double energies[SUBJECT_ROWS];
    double sum = 0.0;
    double total = 0.0;
    dirichlet_estimator *estimator = create(&subject);
    CHECK(subject_feed(&subject, estimator, 9, subject.weights, energies) == DIRICHLET_OK);
    for (int i = 0; i < SUBJECT_ROWS; i++) {
        sum += subject.weights[i] * energies[i];
        total += subject.weights[i];
    }
    const dirichlet_result result = result_of(estimator);
    CHECK(fabs(result.value - sum / total) <= 1e-14 * result.value);
    CHECK(fabs(result.weight_sum - total) <= 1e-14 * total);
    CHECK(result.samples == SUBJECT_ROWS);
    dirichlet_estimator_reset(estimator);
    memset(subject.weights, 0, sizeof subject.weights);
    CHECK(subject_feed(&subject, estimator, 9, subject.weights, NULL) == DIRICHLET_OK);
    dirichlet_result none = {.struct_size = sizeof none, .value = -7.0};
    CHECK(dirichlet_estimator_result(estimator, &none) == DIRICHLET_E_NO_DATA);
    CHECK(none.value == -7.0);
    dirichlet_estimator_destroy(estimator);
}

static void wrong_weights(void **state)
{
    (void)state;
    static struct subject subject;
    const struct {
        double weight;
        dirichlet_status status;
    } cases[] = {{-1.0, DIRICHLET_E_RANGE},
                 {-5e-324, DIRICHLET_E_RANGE},
                 {NAN, DIRICHLET_E_NOT_FINITE},
                 {INFINITY, DIRICHLET_E_NOT_FINITE},
                 {-INFINITY, DIRICHLET_E_NOT_FINITE}};
    subject_make(&arrangements[0], 64, &subject);
    dirichlet_estimator *estimator = create(&subject);
    CHECK(subject_update(&subject, estimator, 0, 10, NULL, NULL) == DIRICHLET_OK);
    const struct bytes before = bytes_of(estimator);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int64_t place = 0; place < SUBJECT_ROWS; place += 53) {
            char name[32];
            const double kept = subject.weights[place];
            subject.weights[place] = cases[i].weight;
            CHECK(subject_update(&subject, estimator, 0, SUBJECT_ROWS, subject.weights, NULL) ==
                  cases[i].status);
            snprintf(name, sizeof name, "weights[%d]", (int)place);
            CHECK(strstr(dirichlet_estimator_message(estimator), name) != NULL);
            subject.weights[place] = kept;
            const struct bytes after = bytes_of(estimator);
            CHECK(bytes_equal(&before, &after));
        }
    /* Each weight is fine, their sum is none. */
    subject.weights[0] = subject.weights[1] = 1.7e308;
    subject.options.on_nonfinite = DIRICHLET_NONFINITE_SKIP;
    for (int i = 0; i < SUBJECT_WIDTH; i++)
        for (int row = 0; row < 2; row++)
            subject_set(&subject, row, i, acos(0.0)); /* energies of almost 0 */
    CHECK(subject_update(&subject, estimator, 0, 2, subject.weights, NULL) == DIRICHLET_E_OVERFLOW);
    CHECK(strstr(dirichlet_estimator_message(estimator), "weights") != NULL);
    const struct bytes after = bytes_of(estimator);
    CHECK(bytes_equal(&before, &after));
    dirichlet_estimator_destroy(estimator);
}

/* The most samples that a callback is given at a time. */
static int32_t count_energies(int64_t first, int64_t samples, const double *x, double *energies,
                              void *user)
{
    (void)first;
    int64_t *most = user;
    *most = samples > *most ? samples : *most;
    for (int64_t i = 0; i < samples; i++)
        energies[i] = x[i] * x[i];
    return 0;
}

static int32_t count_products(int64_t first, int64_t samples, int64_t directions, const double *x,
                              const double *v, double *jv, void *user)
{
    (void)first;
    int64_t *most = user;
    (void)x;
    *most = samples > *most ? samples : *most;
    memcpy(jv, v, (size_t)(samples * directions) * sizeof *jv);
    return 0;
}

/* Energies of the model's own come by the 4096, products by the 1024, and fewer where the
 * model takes fewer. */
static void largest_tiles(void **state)
{
    (void)state;
    static double x[5000];
    for (int own = 0; own < 2; own++)
        for (int64_t limit = 0; limit <= 7; limit += 7) {
            int64_t most = 0;
            dirichlet_model_f64 model = {.struct_size = sizeof model,
                                         .inputs = 1,
                                         .outputs = 1,
                                         .max_samples = limit,
                                         .user = &most};
            dirichlet_result result = {.struct_size = sizeof result};
            if (own)
                model.energies = count_energies;
            else
                model.jvp = count_products;
            CHECK(dirichlet_measure_f64(&model, 5000, x, NULL, NULL, &result, NULL, NULL) ==
                  DIRICHLET_OK);
            CHECK(most == (limit > 0 ? limit : own ? 4096 : 1024));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),       cmocka_unit_test(exact_by_probes),
        cmocka_unit_test(same_bits),    cmocka_unit_test(memory_budget),
        cmocka_unit_test(weighted),     cmocka_unit_test(wrong_weights),
        cmocka_unit_test(largest_tiles)};
    return check_report("unit.estimator", cmocka_run_group_tests(tests, NULL, NULL));
}
