/* Batches, groups, descriptions and errors: what is wrong with them is said, with its numbers, and
 * nothing else happens. */
#include <math.h>
#include <string.h>

#include "dirichlet/regularizer.h"
#include "support/check.h"
#include "support/dense_subject.h"
#include "support/subject.h"

#define ROWS 8
#define GROUPS 3

static struct subject subject;
static dirichlet_estimator *estimator; /* of the subject, with groups; has seen 10 samples */
static struct bytes before;
static const int64_t indices[ROWS] = {20, 22, 21, 27, 23, 24, 25, 26};
static const int64_t groups[ROWS] = {0, 1, -1, 1, -7, 0, 1, 0}; /* none in group 2 */

static int setup(void **state)
{
    (void)state;
    subject_make(&arrangements[5], 64, &subject);
    subject.options.groups = GROUPS;
    CHECK(subject_create(&subject, &estimator) == DIRICHLET_OK);
    CHECK(subject_update(&subject, estimator, 0, 10, NULL, NULL) == DIRICHLET_OK);
    before = bytes_of(estimator);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    dirichlet_estimator_destroy(estimator);
    return 0;
}

static bool unchanged(void)
{
    const struct bytes after = bytes_of(estimator);
    return bytes_equal(&before, &after);
}

/* Copies of all that a batch can say, one of which a test makes wrong. */
struct filled {
    dirichlet_batch_f64 batch;
    double weights[ROWS];
    int64_t indices[ROWS];
    int64_t groups[ROWS];
    double energies[ROWS];
    double deviations[ROWS];
};

static void fill(struct filled *it)
{
    memset(it, 0, sizeof *it);
    memcpy(it->indices, indices, sizeof indices);
    memcpy(it->groups, groups, sizeof groups);
    for (int i = 0; i < ROWS; i++) {
        it->weights[i] = 1.0 + i;
        it->energies[i] = it->deviations[i] = -3.0;
    }
    it->batch = (dirichlet_batch_f64){.struct_size = sizeof it->batch,
                                      .samples = ROWS,
                                      .row_stride = subject.sine.inputs + 2,
                                      .x = subject.wide,
                                      .weights = it->weights,
                                      .indices = it->indices,
                                      .groups = it->groups,
                                      .energies = it->energies,
                                      .deviations = it->deviations};
}

static void refuse(const struct filled *it, dirichlet_status wanted, const char *word)
{
    const dirichlet_status status = dirichlet_estimator_update_batch_f64(estimator, &it->batch);
    const dirichlet_error error = last_error(estimator);
    CHECK_IN(status == wanted && error.status == wanted, "%s: %d, %s", word, status, error.message);
    CHECK_IN(strstr(error.message, word) != NULL, "%s: %s", word, error.message);
    CHECK(unchanged());
    for (int i = 0; i < ROWS; i++)
        CHECK(it->energies[i] == -3.0 && it->deviations[i] == -3.0);
}

static void wrong_batches(void **state)
{
    (void)state;
    static struct filled it;
    const int64_t strides[] = {-1, INT64_MIN, 1, subject.sine.inputs - 1};
    const double weights[] = {NAN, INFINITY, -1.0, -5e-324};
    CHECK(dirichlet_estimator_update_batch_f64(NULL, &it.batch) == DIRICHLET_E_NULL);
    CHECK(dirichlet_estimator_update_batch_f64(estimator, NULL) == DIRICHLET_E_NULL);
    CHECK(strstr(dirichlet_estimator_message(estimator), "batch") != NULL);
    for (int i = 0; i < 4; i++) {
        fill(&it);
        it.batch.row_stride = strides[i];
        refuse(&it, DIRICHLET_E_SHAPE, "row_stride");
        fill(&it);
        it.weights[i + 2] = weights[i];
        refuse(&it, i < 2 ? DIRICHLET_E_NOT_FINITE : DIRICHLET_E_RANGE, "weights[");
    }
    fill(&it);
    it.batch.samples = -1;
    refuse(&it, DIRICHLET_E_RANGE, "samples");
    fill(&it);
    it.batch.x = NULL;
    refuse(&it, DIRICHLET_E_NULL, "x");
    fill(&it);
    it.batch.samples = INT64_MAX;
    refuse(&it, DIRICHLET_E_OVERFLOW, "samples");
    fill(&it);
    it.batch.row_stride = INT64_MAX;
    refuse(&it, DIRICHLET_E_OVERFLOW, "x cannot be that large");
}

static void wrong_indices_and_groups(void **state)
{
    (void)state;
    static struct filled it;
    const int64_t wrong[] = {-1, INT64_MIN};
    const int64_t beyond[] = {GROUPS, INT64_MAX};
    for (int i = 0; i < 2; i++)
        for (int place = 0; place < ROWS; place++) {
            fill(&it);
            it.indices[place] = wrong[i];
            refuse(&it, DIRICHLET_E_RANGE, "indices[");
            fill(&it);
            it.groups[place] = beyond[i];
            refuse(&it, DIRICHLET_E_RANGE, "groups[");
        }
    fill(&it); /* one more than the largest index is the next sample's */
    it.indices[3] = INT64_MAX;
    refuse(&it, DIRICHLET_E_RANGE, "indices[");
}

static void another_precision(void **state)
{
    (void)state;
    const dirichlet_batch_f32 batch = {
        .struct_size = sizeof batch, .samples = 1, .x = subject.narrow};
    CHECK(dirichlet_estimator_update_batch_f32(estimator, &batch) == DIRICHLET_E_PRECISION);
    CHECK(unchanged());
}

/* The struct's size: refused and accepted as all others are. */
static void batch_sizes(void **state)
{
    (void)state;
    static unsigned char bytes[4096];
    static struct filled it;
    const size_t full = sizeof(dirichlet_batch_f64);
    const struct {
        size_t size;
        unsigned char tail;
        bool fine;
    } cases[] = {
        {0, 0, false},   {3, 0, false},       {SIZE_MAX, 0, false},
        {full, 0, true}, {full + 3, 0, true}, {full + 3, 1, false},
        {4096, 0, true}, {4096, 1, false},    {offsetof(dirichlet_batch_f64, weights), 0, true}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        dirichlet_estimator *copy = NULL;
        CHECK(dirichlet_estimator_clone(estimator, &copy) == DIRICHLET_OK);
        fill(&it);
        memset(bytes, 0, sizeof bytes);
        memcpy(bytes, &it.batch, full);
        memcpy(bytes, &cases[c].size, sizeof cases[c].size);
        if (cases[c].size < full && cases[c].size > sizeof(size_t))
            memset(bytes + cases[c].size, 0x5a, full - cases[c].size); /* not the caller's */
        if (cases[c].tail != 0)
            bytes[cases[c].size - 1] = cases[c].tail;
        CHECK_IN(dirichlet_estimator_update_batch_f64(copy, (void *)bytes) ==
                     (cases[c].fine ? DIRICHLET_OK : DIRICHLET_E_STRUCT_SIZE),
                 "case %d: %s", (int)c, dirichlet_estimator_message(copy));
        const struct bytes after = bytes_of(copy);
        CHECK(bytes_equal(&before, &after) == !cases[c].fine);
        dirichlet_estimator_destroy(copy);
    }
}

static void groups_of_their_own(void **state)
{
    (void)state;
    static struct filled it;
    dirichlet_estimator *copy = NULL;
    dirichlet_result result = {.struct_size = sizeof result, .value = -2.0};
    CHECK(dirichlet_estimator_clone(estimator, &copy) == DIRICHLET_OK);
    fill(&it);
    CHECK(dirichlet_estimator_update_batch_f64(copy, &it.batch) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_group_result(NULL, 0, &result) == DIRICHLET_E_NULL);
    CHECK(dirichlet_estimator_group_result(copy, 0, NULL) == DIRICHLET_E_NULL);
    const int64_t wrong[] = {-1, GROUPS, INT64_MAX, INT64_MIN};
    for (int i = 0; i < 4; i++)
        CHECK(dirichlet_estimator_group_result(copy, wrong[i], &result) == DIRICHLET_E_RANGE);
    CHECK(dirichlet_estimator_group_result(copy, 2, &result) == DIRICHLET_E_NO_DATA);
    CHECK(result.value == -2.0);
    result.struct_size = 3;
    CHECK(dirichlet_estimator_group_result(copy, 0, &result) == DIRICHLET_E_STRUCT_SIZE);
    CHECK(result.value == -2.0);
    result.struct_size = sizeof result;
    for (int64_t group = 0; group < 2; group++) {
        double sum = 0.0;
        double weights = 0.0;
        int64_t samples = 0;
        for (int i = 0; i < ROWS; i++)
            if (groups[i] == group) {
                sum += it.weights[i] * it.energies[i];
                weights += it.weights[i];
                samples++;
            }
        CHECK(dirichlet_estimator_group_result(copy, group, &result) == DIRICHLET_OK);
        CHECK(result.samples == samples && fabs(result.value * weights / sum - 1.0) <= 1e-14);
    }
    dirichlet_estimator_destroy(copy);
}

/* What lies between rows, and behind the last one, is nobody's: rows that are apart give what they
 * give side by side. */
static void gaps_are_not_read(void **state)
{
    (void)state;
    const int64_t d = subject.sine.inputs;
    const dirichlet_model_f64 model = sine_model_f64(&subject.sine, SINE_FORWARD);
    double apart[ROWS * (SUBJECT_WIDTH + 3)];
    dirichlet_penalty_result penalties[4];
    struct dense_subject dense;
    dirichlet_dense_f64 *network = NULL;
    struct bytes states[2];
    dense_subject_make(&dense);
    CHECK(d == DENSE_INPUTS);
    CHECK(dirichlet_dense_create_f64(dense.layers_f64, DENSE_LAYERS, NULL, &network, NULL) ==
          DIRICHLET_OK);
    dirichlet_dense_gradient_f64 none[DENSE_LAYERS];
    memset(none, 0, sizeof none);
    for (int l = 0; l < DENSE_LAYERS; l++)
        none[l].struct_size = sizeof none[l];
    for (int i = 0; i < ROWS * (SUBJECT_WIDTH + 3); i++)
        apart[i] = NAN;
    for (int64_t i = 0; i < ROWS; i++)
        memcpy(apart + i * (d + 3), subject.wide + i * d, (size_t)d * sizeof *apart);
    for (int far = 0; far < 2; far++) {
        const dirichlet_batch_f64 batch = {.struct_size = sizeof batch,
                                           .samples = ROWS,
                                           .row_stride = far ? d + 3 : 0,
                                           .x = far ? apart : subject.wide,
                                           .indices = indices};
        dirichlet_estimator *copy = NULL;
        memset(penalties + 2 * far, 0, 2 * sizeof *penalties);
        penalties[2 * far].struct_size = penalties[2 * far + 1].struct_size = sizeof *penalties;
        CHECK(dirichlet_estimator_clone(estimator, &copy) == DIRICHLET_OK);
        CHECK(dirichlet_estimator_update_batch_f64(copy, &batch) == DIRICHLET_OK);
        states[far] = bytes_of(copy);
        dirichlet_estimator_destroy(copy);
        CHECK(dirichlet_energy_penalty_batch_f64(&model, &batch, NULL, 1.0, &penalties[2 * far],
                                                 NULL) == DIRICHLET_OK);
        CHECK(dirichlet_dense_energy_penalty_batch_f64(network, &batch, NULL, 1.0, none,
                                                       DENSE_LAYERS,
                                                       &penalties[2 * far + 1]) == DIRICHLET_OK);
    }
    CHECK(bytes_equal(&states[0], &states[1]));
    CHECK(memcmp(penalties, penalties + 2, 2 * sizeof *penalties) == 0);
    CHECK(penalties[0].value > 0.0 && penalties[1].value > 0.0);
    dirichlet_dense_destroy_f64(network);
}

/* Nothing beyond what the caller says it has. */
static void sizes_of_results(void **state)
{
    (void)state;
    union {
        size_t size;
        unsigned char bytes[1024];
        dirichlet_estimator_description description;
        dirichlet_capabilities capabilities;
        dirichlet_result result;
    } given;
    for (size_t size = 0; size <= sizeof given.bytes; size++)
        for (int which = 0; which < 2; which++) {
            const bool fine = size >= sizeof size;
            const size_t known = which == 0 ? sizeof given.description : sizeof given.capabilities;
            memset(&given, 0x66, sizeof given);
            given.size = size;
            CHECK((which == 0 ? dirichlet_estimator_describe(estimator, &given.description)
                              : dirichlet_describe_library(&given.capabilities)) ==
                  (fine ? DIRICHLET_OK : DIRICHLET_E_STRUCT_SIZE));
            size_t written = size < known ? size : known;
            written = fine ? written : sizeof size;
            CHECK(given.size == size);
            for (size_t i = written; i < sizeof given.bytes; i++)
                CHECK(given.bytes[i] == 0x66);
        }
    CHECK(dirichlet_estimator_describe(NULL, &given.description) == DIRICHLET_E_NULL);
    CHECK(dirichlet_estimator_describe(estimator, NULL) == DIRICHLET_E_NULL);
    CHECK(dirichlet_describe_library(NULL) == DIRICHLET_E_NULL);
}

/* An error that cannot hold all of it is refused, before anything else is looked at. */
static void sizes_of_errors(void **state)
{
    (void)state;
    union {
        dirichlet_error error;
        unsigned char bytes[1024];
    } given;
    const dirichlet_model_f64 model = sine_model_f64(&subject.sine, SINE_ALL);
    const size_t sizes[] = {
        0, 7, 8, sizeof given.error - 1, SIZE_MAX, sizeof given.error, sizeof given.bytes};
    for (int i = 0; i < 7; i++)
        for (int which = 0; which < 2; which++) {
            unsigned char marked[sizeof given.bytes];
            dirichlet_estimator *out = NULL;
            const bool fine = i >= 5;
            memset(&given, 0x66, sizeof given);
            given.error.struct_size = sizes[i];
            memcpy(marked, given.bytes, sizeof marked);
            CHECK((which == 0 ? dirichlet_estimator_create_f64(&model, NULL, &out, &given.error)
                              : dirichlet_estimator_last_error(estimator, &given.error)) ==
                  (fine ? DIRICHLET_OK : DIRICHLET_E_STRUCT_SIZE));
            CHECK(which == 1 || (out != NULL) == fine);
            const size_t kept = fine ? sizeof given.error : 0;
            CHECK(memcmp(given.bytes + kept, marked + kept, sizeof marked - kept) == 0);
            dirichlet_estimator_destroy(out);
        }
}

/* What success leaves in it, and what a handle keeps. */
static void errors_say_how_it_ended(void **state)
{
    (void)state;
    dirichlet_error error = {.struct_size = sizeof error, .status = 5, .callback_code = 5};
    dirichlet_estimator *out = NULL;
    dirichlet_result result = {.struct_size = sizeof result};
    CHECK(subject_create(&subject, &out) == DIRICHLET_OK);
    CHECK(subject.error.status == DIRICHLET_OK && subject.error.message[0] == '\0');
    CHECK(subject.error.callback_code == 0 && subject.error.sample == -1);
    CHECK(subject.error.least_bytes == 0);
    CHECK(dirichlet_estimator_last_error(out, &error) == DIRICHLET_OK);
    CHECK(error.status == DIRICHLET_OK && error.callback_code == 0 && error.sample == -1);
    CHECK(error.least_bytes == 0 && error.message[0] == '\0');
    CHECK(dirichlet_estimator_seek(out, -5) == DIRICHLET_E_RANGE);
    CHECK(dirichlet_estimator_result(out, &result) == DIRICHLET_E_NO_DATA); /* out is const */
    CHECK(dirichlet_estimator_seek(out, 5) == DIRICHLET_OK);
    CHECK(last_error(out).status == DIRICHLET_E_RANGE);
    CHECK(strstr(last_error(out).message, "sample_index") != NULL);
    CHECK(dirichlet_estimator_last_error(NULL, &error) == DIRICHLET_E_NULL);
    CHECK(dirichlet_estimator_last_error(out, NULL) == DIRICHLET_E_NULL);
    dirichlet_estimator_destroy(out);
}

/* The least workspace is the least: with it the call goes, with a byte less it does not. */
static void least_workspace(void **state)
{
    (void)state;
    static struct subject small;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int32_t precision = 32; precision <= 64; precision += 32) {
            dirichlet_estimator *out = NULL;
            subject_make(&arrangements[a], precision, &small);
            small.options.workspace_bytes = 1;
            CHECK(subject_create(&small, &out) == DIRICHLET_E_WORKSPACE);
            const uint64_t least = small.error.least_bytes;
            CHECK(least > 1 && strstr(small.error.message, "workspace_bytes") != NULL);
            small.options.workspace_bytes = (size_t)least - 1;
            CHECK(subject_create(&small, &out) == DIRICHLET_E_WORKSPACE);
            CHECK(small.error.least_bytes == least);
            small.options.workspace_bytes = (size_t)least;
            CHECK(subject_create(&small, &out) == DIRICHLET_OK);
            dirichlet_estimator_destroy(out);
        }
}

static void least_workspace_of_networks(void **state)
{
    (void)state;
    struct dense_subject dense;
    dirichlet_error error = {.struct_size = sizeof error};
    dirichlet_dense_options options = {.struct_size = sizeof options, .workspace_bytes = 1};
    dirichlet_dense_f64 *network = NULL;
    dirichlet_dense_description description = {.struct_size = sizeof description};
    dense_subject_make(&dense);
    CHECK(dirichlet_dense_create_f64(dense.layers_f64, DENSE_LAYERS, &options, &network, &error) ==
          DIRICHLET_E_WORKSPACE);
    CHECK(error.status == DIRICHLET_E_WORKSPACE && error.least_bytes > 1);
    const uint64_t least = error.least_bytes;
    options.workspace_bytes = (size_t)least - 1;
    CHECK(dirichlet_dense_create_f64(dense.layers_f64, DENSE_LAYERS, &options, &network, &error) ==
          DIRICHLET_E_WORKSPACE);
    options.workspace_bytes = (size_t)least;
    CHECK(dirichlet_dense_create_f64(dense.layers_f64, DENSE_LAYERS, &options, &network, &error) ==
          DIRICHLET_OK);
    CHECK(error.status == DIRICHLET_OK && error.least_bytes == 0);
    CHECK(dirichlet_dense_describe_f64(network, &description) == DIRICHLET_OK);
    CHECK(description.workspace_bytes == (int64_t)least);
    CHECK(description.least_workspace_bytes == (int64_t)least);
    CHECK(description.inputs == DENSE_INPUTS && description.outputs == DENSE_OUTPUTS);
    CHECK(description.layers == DENSE_LAYERS);
    dirichlet_dense_destroy_f64(network);
}

static void least_workspace_of_calls(void **state)
{
    (void)state;
    const dirichlet_model_f64 model = sine_model_f64(&subject.sine, SINE_FORWARD | SINE_VJP);
    dirichlet_penalty_result result = {.struct_size = sizeof result};
    dirichlet_jacobian_norms norms = {.struct_size = sizeof norms};
    for (int which = 0; which < 2; which++) {
        uint64_t least = 1;
        for (int attempt = 0; attempt < 3; attempt++) {
            dirichlet_error error = {.struct_size = sizeof error};
            const size_t bytes = (size_t)(attempt == 0 ? 1 : attempt == 1 ? least - 1 : least);
            const dirichlet_energy_penalty_options penalty = {.struct_size = sizeof penalty,
                                                              .workspace_bytes = bytes};
            const dirichlet_jacobian_norms_options jacobian = {.struct_size = sizeof jacobian,
                                                               .workspace_bytes = bytes};
            const dirichlet_status status =
                which == 0 ? dirichlet_energy_penalty_f64(&model, ROWS, subject.wide, &penalty, 1.0,
                                                          &result, &error)
                           : dirichlet_jacobian_norms_f64(&model, ROWS, subject.wide, &jacobian,
                                                          NULL, &norms, &error);
            CHECK_IN(status == (attempt < 2 ? DIRICHLET_E_WORKSPACE : DIRICHLET_OK), "%d, %d: %s",
                     which, attempt, error.message);
            CHECK(attempt < 2 ? error.least_bytes > 1 : error.least_bytes == 0);
            least = attempt == 0 ? error.least_bytes : least;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(wrong_batches),
                                       cmocka_unit_test(wrong_indices_and_groups),
                                       cmocka_unit_test(another_precision),
                                       cmocka_unit_test(batch_sizes),
                                       cmocka_unit_test(groups_of_their_own),
                                       cmocka_unit_test(gaps_are_not_read),
                                       cmocka_unit_test(sizes_of_results),
                                       cmocka_unit_test(sizes_of_errors),
                                       cmocka_unit_test(errors_say_how_it_ended),
                                       cmocka_unit_test(least_workspace),
                                       cmocka_unit_test(least_workspace_of_networks),
                                       cmocka_unit_test(least_workspace_of_calls)};
    return check_report("fault.batches", cmocka_run_group_tests(tests, setup, teardown));
}
