/* What an estimator says of itself: live, copied, and from bytes. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "dirichlet/estimator.h"
#include "dirichlet/version.h"
#include "state_bytes.h"
#include "support/check.h"
#include "support/sine_model.h"
#include "support/subject.h"

static dirichlet_estimator_description describe(const dirichlet_estimator *estimator)
{
    dirichlet_estimator_description description = DIRICHLET_INIT(dirichlet_estimator_description);
    CHECK(dirichlet_estimator_describe(estimator, &description) == DIRICHLET_OK);
    return description;
}

static int64_t directions_of(const struct arrangement *a)
{
    if (a->method != DIRICHLET_METHOD_EXACT)
        return a->probes == DIRICHLET_PROBES_ALL ? a->inputs : a->probes;
    if (a->callbacks == SINE_ENERGIES)
        return 0;
    return a->callbacks == SINE_JVP ? a->inputs : a->outputs;
}

static int64_t products_of(const struct arrangement *a)
{
    const int64_t least = a->inputs < a->outputs ? a->inputs : a->outputs;
    return a->callbacks == SINE_ENERGIES ? least : directions_of(a);
}

/* What the options say, and what is the same for all handles of the same state. */
static void check_common(const dirichlet_estimator_description *d, const struct arrangement *a,
                         int32_t precision, const char *how)
{
    CHECK(d->struct_size == sizeof *d);
    CHECK(d->inputs == a->inputs && d->outputs == a->outputs);
    CHECK_IN(d->products_per_sample == products_of(a), "%s, %s: %d products", a->name, how,
             (int)d->products_per_sample);
    /* of Hutch++ some of the products are no directions */
    CHECK_IN(a->method == DIRICHLET_METHOD_HUTCHPP ? d->directions > 0 && d->directions <= a->probes
                                                   : d->directions == directions_of(a),
             "%s, %s: %d directions", a->name, how, (int)d->directions);
    CHECK(d->first_sample == 7 && d->next_sample == 47 && d->population == 400);
    CHECK(d->seed == UINT64_C(0xfedcba9876543210) && d->confidence == 0.75);
    CHECK(d->groups == 3);
    CHECK(d->method == a->method && d->element_size == precision / 8);
    CHECK(d->exact == (a->method == DIRICHLET_METHOD_EXACT));
    if (a->method == DIRICHLET_METHOD_FINITE_DIFFERENCE)
        CHECK_IN(d->step == 0x1p-10 && d->forward_noise == 1e-6, "%s: %g %g", how, d->step,
                 d->forward_noise);
    CHECK(d->errors_unknown == 0);
}

static void live_copied_and_read(void **state)
{
    (void)state;
    static struct subject subject;
    static struct bytes bytes;
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++)
        for (int32_t precision = 32; precision <= 64; precision += 32) {
            dirichlet_estimator *made[3] = {NULL, NULL, NULL};
            dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
            subject_make(a, precision, &subject);
            subject.options.first_sample = 7;
            subject.options.population = 400;
            subject.options.seed = UINT64_C(0xfedcba9876543210);
            subject.options.confidence = 0.75;
            subject.options.groups = 3;
            if (a->method == DIRICHLET_METHOD_FINITE_DIFFERENCE) {
                subject.options.step = 0x1p-10;
                subject.options.forward_noise = 1e-6;
            }
            subject.options.workspace_bytes = 1 << 20;
            CHECK(subject_create(&subject, &made[0]) == DIRICHLET_OK);
            CHECK(subject_update(&subject, made[0], 0, 40, NULL, NULL) == DIRICHLET_OK);
            CHECK(dirichlet_estimator_clone(made[0], &made[1]) == DIRICHLET_OK);
            bytes = bytes_of(made[0]);
            CHECK_IN(read_back(&bytes, &made[2], &error) == DIRICHLET_OK, "%s", error.message);
            const char *how[3] = {"live", "copied", "read"};
            for (int i = 0; i < 3; i++) {
                const dirichlet_estimator_description d = describe(made[i]);
                check_common(&d, a, precision, how[i]);
                CHECK(d.has_model == (i < 2));
                CHECK((d.workspace_bytes > 0 && d.workspace_bytes <= 1 << 20) == (i < 2));
                CHECK((d.tile_samples > 0) == (i < 2));
                CHECK(d.state_format == (int32_t)get(&bytes, FORMAT, 4));
                dirichlet_estimator_destroy(made[i]);
            }
        }
}

/* Written back in the same description's terms: a table without a method, and defaults. */
static void defaults(void **state)
{
    (void)state;
    static struct subject subject;
    dirichlet_estimator *estimator = NULL;
    subject_make(&arrangements[0], 64, &subject);
    subject.options.method = DIRICHLET_METHOD_AUTO;
    subject.options.seed = 0;
    CHECK(subject_create(&subject, &estimator) == DIRICHLET_OK);
    const dirichlet_estimator_description d = describe(estimator);
    CHECK(d.method == DIRICHLET_METHOD_EXACT && d.exact == 1 && d.directions == 0);
    CHECK(d.seed == 0 && d.first_sample == 0 && d.next_sample == 0 && d.population == 0);
    CHECK(d.groups == 0 && d.confidence == 0.95);
    CHECK(d.workspace_bytes <= (int64_t)DIRICHLET_DEFAULT_WORKSPACE_BYTES);
    CHECK(dirichlet_estimator_seek(estimator, 99) == DIRICHLET_OK);
    CHECK(describe(estimator).next_sample == 99 && describe(estimator).first_sample == 0);
    dirichlet_estimator_destroy(estimator);
}

/* The tile is what comes to a callback at a time where the model sets no limit. */
static void tiles(void **state)
{
    (void)state;
    static struct subject subject;
    for (size_t budget = 2000; budget < 40000; budget += 1700) {
        dirichlet_estimator *estimator = NULL;
        subject_make(&arrangements[0], 64, &subject);
        subject.options.workspace_bytes = budget;
        CHECK(subject_create(&subject, &estimator) == DIRICHLET_OK);
        const dirichlet_estimator_description d = describe(estimator);
        CHECK(d.workspace_bytes <= (int64_t)budget);
        CHECK(subject_update(&subject, estimator, 0, SUBJECT_ROWS, NULL, NULL) == DIRICHLET_OK);
        const int64_t most = d.tile_samples < SUBJECT_ROWS ? d.tile_samples : SUBJECT_ROWS;
        CHECK_IN(subject.sine.most_samples == most, "%d at a time, said %d",
                 (int)subject.sine.most_samples, (int)d.tile_samples);
        dirichlet_estimator_destroy(estimator);
    }
}

static void wrong_descriptions(void **state)
{
    (void)state;
    static struct subject subject;
    dirichlet_estimator *estimator = NULL;
    unsigned char before[sizeof(dirichlet_estimator_description)];
    dirichlet_estimator_description d;
    subject_make(&arrangements[0], 64, &subject);
    CHECK(subject_create(&subject, &estimator) == DIRICHLET_OK);
    memset(&d, 0x5a, sizeof d);
    d.struct_size = sizeof(size_t) - 1;
    memcpy(before, &d, sizeof before);
    CHECK(dirichlet_estimator_describe(estimator, &d) == DIRICHLET_E_STRUCT_SIZE);
    CHECK(memcmp(before, &d, sizeof before) == 0);
    CHECK(dirichlet_estimator_describe(estimator, NULL) == DIRICHLET_E_NULL);
    CHECK(dirichlet_estimator_describe(NULL, &d) == DIRICHLET_E_NULL);
    /* A caller of an older version gets what it knows, and nothing behind it. */
    memset(&d, 0x5a, sizeof d);
    d.struct_size = offsetof(dirichlet_estimator_description, products_per_sample);
    CHECK(dirichlet_estimator_describe(estimator, &d) == DIRICHLET_OK);
    CHECK(d.inputs == 5 && d.outputs == 3);
    CHECK(d.products_per_sample == INT64_C(0x5a5a5a5a5a5a5a5a));
    dirichlet_estimator_destroy(estimator);
}

static void library(void **state)
{
    (void)state;
    dirichlet_capabilities c = DIRICHLET_INIT(dirichlet_capabilities);
    static struct subject subject;
    dirichlet_estimator *estimator = NULL;
    CHECK(dirichlet_describe_library(&c) == DIRICHLET_OK);
    CHECK(c.version == dirichlet_version() && c.version == DIRICHLET_VERSION);
    CHECK(DIRICHLET_VERSION_AT_LEAST(0, 2, 0) && !DIRICHLET_VERSION_AT_LEAST(1000, 0, 0));
    CHECK(c.oldest_state_format == 1 && c.newest_state_format > 3);
    CHECK(c.cblas == (strcmp(dirichlet_blas_name(), "none") != 0));
    CHECK(c.largest_parallel_lanes == INT32_MAX && c.reserved == 0);
    subject_make(&arrangements[21], 64, &subject);
    CHECK(subject_create(&subject, &estimator) == DIRICHLET_OK);
    CHECK(describe(estimator).state_format == c.newest_state_format);
    dirichlet_estimator_destroy(estimator);
    CHECK(dirichlet_describe_library(NULL) == DIRICHLET_E_NULL);
    c.struct_size = 1;
    CHECK(dirichlet_describe_library(&c) == DIRICHLET_E_STRUCT_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(live_copied_and_read), cmocka_unit_test(defaults), cmocka_unit_test(tiles),
        cmocka_unit_test(wrong_descriptions), cmocka_unit_test(library)};
    return check_report("unit.describe", cmocka_run_group_tests(tests, NULL, NULL));
}
