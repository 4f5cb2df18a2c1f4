/* Callbacks that fail, each call in turn, for every method, side and precision, and a
 * progress callback that cancels at each of its calls: the status, the user's own code,
 * the state and the outputs as before, and a second try that gives the same bits. */
#include <string.h>

#include "support/check.h"
#include "support/subject.h"

#define ROWS 40

static long points = 0;

/* Few samples and directions a call, so that there are many calls. */
static void make(struct subject *subject, int a, int32_t precision)
{
    subject_make(&arrangements[a], precision, subject);
    subject->sine.max_samples = 16;
    subject->sine.max_directions = 2;
    subject->sine.code = 2000000000 + a;
    subject->sine.single = 1; /* finite differences then look once more */
    subject->options.on_nonfinite =
        precision == 64 ? DIRICHLET_NONFINITE_FAIL : DIRICHLET_NONFINITE_SKIP;
}

static dirichlet_estimator *begun(struct subject *subject)
{
    dirichlet_estimator *estimator = NULL;
    CHECK(subject_create(subject, &estimator) == DIRICHLET_OK);
    CHECK(subject_update(subject, estimator, 0, 10, NULL, NULL) == DIRICHLET_OK);
    subject->sine.calls = 0;
    return estimator;
}

static void fill(double energies[ROWS])
{
    for (int i = 0; i < ROWS; i++)
        energies[i] = -11.0;
}

static bool filled(const double energies[ROWS])
{
    for (int i = 0; i < ROWS; i++)
        if (!(energies[i] == -11.0))
            return false;
    return true;
}

static int32_t code_of(const dirichlet_estimator *estimator)
{
    dirichlet_error error = {.struct_size = sizeof error};
    CHECK(dirichlet_estimator_last_error(estimator, &error) == DIRICHLET_OK);
    CHECK(strcmp(error.message, dirichlet_estimator_message(estimator)) == 0);
    return error.callback_code;
}

static const char *const callback_names[] = {"forward", "jvp", "vjp", "energies", "product_norms"};

static bool names_a_callback(const char *message, int32_t callbacks)
{
    for (int i = 0; i < 5; i++) {
        char name[32];
        snprintf(name, sizeof name, "model.%s returned", callback_names[i]);
        if (strstr(message, name) != NULL)
            return (callbacks & 1 << i) != 0;
    }
    return false;
}

static void every_call(void **state)
{
    (void)state;
    static struct subject subject;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int32_t precision = 32; precision <= 64; precision += 32) {
            double wanted_energies[ROWS];
            double energies[ROWS];
            make(&subject, a, precision);
            dirichlet_estimator *estimator = begun(&subject);
            const struct bytes before = bytes_of(estimator);
            CHECK(subject_update(&subject, estimator, 10, ROWS, NULL, wanted_energies) ==
                  DIRICHLET_OK);
            const struct bytes wanted = bytes_of(estimator);
            const int64_t calls = subject.sine.calls;
            CHECK(calls >= 3);
            dirichlet_estimator_destroy(estimator);
            for (int64_t at = 1; at <= calls; at++) {
                estimator = begun(&subject);
                subject.sine.fail_at = at;
                fill(energies);
                CHECK(subject_update(&subject, estimator, 10, ROWS, NULL, energies) ==
                      DIRICHLET_E_CALLBACK);
                CHECK(subject.sine.calls == at && filled(energies));
                CHECK(code_of(estimator) == subject.sine.code);
                CHECK(names_a_callback(dirichlet_estimator_message(estimator), subject.callbacks));
                const struct bytes after = bytes_of(estimator);
                CHECK_IN(bytes_equal(&before, &after), "%s, call %d", arrangements[a].name,
                         (int)at);
                subject.sine.fail_at = 0;
                CHECK(subject_update(&subject, estimator, 10, ROWS, NULL, energies) ==
                      DIRICHLET_OK);
                const struct bytes again = bytes_of(estimator);
                CHECK_IN(bytes_equal(&wanted, &again), "%s, call %d", arrangements[a].name,
                         (int)at);
                CHECK(memcmp(energies, wanted_energies, sizeof energies) == 0);
                dirichlet_estimator_destroy(estimator);
                points++;
            }
        }
}

/* The same inside the one call; the message goes to the caller's struct. */
static void one_call(void **state)
{
    (void)state;
    static struct subject subject;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++) {
        double energies[ROWS];
        dirichlet_result result;
        make(&subject, a, 64);
        for (int64_t at = 1;; at++) {
            subject.sine.calls = 0;
            subject.sine.fail_at = at;
            fill(energies);
            memset(&result, 0x3b, sizeof result);
            result.struct_size = sizeof result;
            const dirichlet_result before = result;
            const dirichlet_status status =
                subject_measure(&subject, ROWS, NULL, &result, energies);
            if (status == DIRICHLET_OK) {
                CHECK(subject.sine.calls == at - 1 && at > 3);
                break;
            }
            CHECK(status == DIRICHLET_E_CALLBACK && filled(energies));
            CHECK(memcmp(&before, &result, sizeof before) == 0);
            CHECK(names_a_callback(subject.error.message, subject.callbacks));
            CHECK(subject.error.callback_code == subject.sine.code);
            points++;
        }
    }
}

struct cancel {
    int64_t calls;
    int64_t at;
};

static int32_t cancel(const dirichlet_progress *progress, void *user)
{
    struct cancel *plan = user;
    CHECK(progress->struct_size == sizeof *progress && progress->samples > 0);
    return ++plan->calls == plan->at ? 4711 : 0;
}

static void every_progress(void **state)
{
    (void)state;
    static struct subject subject;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int32_t precision = 32; precision <= 64; precision += 32) {
            struct cancel plan = {0, 0};
            double energies[ROWS];
            make(&subject, a, precision);
            subject.options.progress = cancel;
            subject.options.progress_user = &plan;
            dirichlet_estimator *estimator = begun(&subject);
            const struct bytes before = bytes_of(estimator);
            plan.calls = 0;
            for (plan.at = 1;; plan.at++, plan.calls = 0) {
                fill(energies);
                const dirichlet_status status =
                    subject_update(&subject, estimator, 10, ROWS, NULL, energies);
                if (status == DIRICHLET_OK)
                    break;
                CHECK(status == DIRICHLET_E_CANCELLED && filled(energies));
                CHECK(plan.calls == plan.at);
                CHECK(code_of(estimator) == 4711);
                const struct bytes after = bytes_of(estimator);
                CHECK(bytes_equal(&before, &after));
                points++;
            }
            CHECK(plan.at > 3);
            const struct bytes cancelled = bytes_of(estimator);
            dirichlet_estimator_destroy(estimator);
            plan.at = 0;
            estimator = begun(&subject);
            CHECK(subject_update(&subject, estimator, 10, ROWS, NULL, energies) == DIRICHLET_OK);
            const struct bytes straight = bytes_of(estimator);
            CHECK(bytes_equal(&cancelled, &straight));
            dirichlet_estimator_destroy(estimator);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_call), cmocka_unit_test(one_call),
                                       cmocka_unit_test(every_progress)};
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    printf("callback failure points: %ld\n", points);
    return check_report("fault.callbacks", failures);
}
