/* Arguments that are wrong: the status, a message that names the argument or the field,
 * outputs and state as they were. (Those of dense networks: tests/unit/dense.) */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/check.h"
#include "support/counting_allocator.h"
#include "support/subject.h"

static struct subject subject;
static dirichlet_estimator *estimator; /* of the subject; has seen 10 samples */
static struct bytes before;

static int setup(void **state)
{
    (void)state;
    subject_make(&arrangements[5], 64, &subject);
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

static bool says(const char *word)
{
    return strstr(dirichlet_estimator_message(estimator), word) != NULL;
}

static void null_in_create(void **state)
{
    (void)state;
    dirichlet_error error = {.struct_size = sizeof error};
    const dirichlet_model_f64 wide = sine_model_f64(&subject.sine, SINE_ALL);
    const dirichlet_model_f32 narrow = sine_model_f32(&subject.sine, SINE_ALL);
    dirichlet_estimator *out = estimator;
    CHECK(dirichlet_estimator_create_f64(NULL, NULL, &out, &error) == DIRICHLET_E_NULL);
    CHECK(out == NULL && strstr(error.message, "model") != NULL);
    out = estimator;
    CHECK(dirichlet_estimator_create_f32(NULL, NULL, &out, &error) == DIRICHLET_E_NULL);
    CHECK(out == NULL && strstr(error.message, "model") != NULL);
    CHECK(dirichlet_estimator_create_f64(&wide, NULL, NULL, &error) == DIRICHLET_E_NULL);
    CHECK(strstr(error.message, "out") != NULL);
    CHECK(dirichlet_estimator_create_f32(&narrow, NULL, NULL, &error) == DIRICHLET_E_NULL);
    CHECK(strstr(error.message, "out") != NULL);
    CHECK(dirichlet_estimator_create_f64(NULL, NULL, &out, NULL) == DIRICHLET_E_NULL);
}

static void null_in_update(void **state)
{
    (void)state;
    double energies[2] = {-1.0, -1.0};
    CHECK(dirichlet_estimator_update_f64(NULL, 1, subject.wide, NULL, NULL) == DIRICHLET_E_NULL);
    CHECK(dirichlet_estimator_update_f32(NULL, 1, subject.narrow, NULL, NULL) == DIRICHLET_E_NULL);
    CHECK(dirichlet_estimator_update_f64(estimator, 2, NULL, NULL, energies) == DIRICHLET_E_NULL);
    CHECK(says("x is NULL") && unchanged() && energies[0] == -1.0);
    CHECK(dirichlet_estimator_update_f64(estimator, 0, NULL, NULL, energies) == DIRICHLET_OK);
    CHECK(unchanged() && energies[0] == -1.0);
}

static void null_elsewhere(void **state)
{
    (void)state;
    dirichlet_error error = {.struct_size = sizeof error};
    dirichlet_result result = {.struct_size = sizeof result, .value = -2.0};
    dirichlet_estimator *out = estimator;
    CHECK(dirichlet_estimator_result(NULL, &result) == DIRICHLET_E_NULL && result.value == -2.0);
    CHECK(dirichlet_estimator_result(estimator, NULL) == DIRICHLET_E_NULL);
    CHECK(dirichlet_estimator_reset(NULL) == DIRICHLET_E_NULL);
    CHECK(dirichlet_estimator_seek(NULL, 0) == DIRICHLET_E_NULL);
    CHECK(dirichlet_estimator_clone(NULL, &out) == DIRICHLET_E_NULL && out == NULL);
    CHECK(dirichlet_estimator_clone(estimator, NULL) == DIRICHLET_E_NULL);
    out = estimator;
    CHECK(dirichlet_estimator_deserialize(NULL, 100, NULL, &out, &error) == DIRICHLET_E_NULL);
    CHECK(out == NULL && strstr(error.message, "buffer") != NULL);
    CHECK(dirichlet_estimator_deserialize(before.data, before.size, NULL, NULL, &error) ==
          DIRICHLET_E_NULL);
    CHECK(strstr(error.message, "out") != NULL);
    CHECK(dirichlet_estimator_deserialize(before.data, before.size, NULL, NULL, NULL) ==
          DIRICHLET_E_NULL);
    CHECK(unchanged());
}

static void null_in_measure(void **state)
{
    (void)state;
    dirichlet_error error = {.struct_size = sizeof error};
    const dirichlet_model_f64 wide = sine_model_f64(&subject.sine, SINE_ALL);
    const dirichlet_model_f32 narrow = sine_model_f32(&subject.sine, SINE_ALL);
    dirichlet_result result = {.struct_size = sizeof result, .value = -2.0};
    CHECK(dirichlet_measure_f64(NULL, 1, subject.wide, NULL, NULL, &result, NULL, &error) ==
          DIRICHLET_E_NULL);
    CHECK(strstr(error.message, "model") != NULL);
    CHECK(dirichlet_measure_f64(&wide, 1, NULL, NULL, NULL, &result, NULL, &error) ==
          DIRICHLET_E_NULL);
    CHECK(strstr(error.message, "x is NULL") != NULL);
    CHECK(dirichlet_measure_f64(&wide, 1, subject.wide, NULL, NULL, NULL, NULL, &error) ==
          DIRICHLET_E_NULL);
    CHECK(strstr(error.message, "result") != NULL);
    CHECK(dirichlet_measure_f32(NULL, 1, subject.narrow, NULL, NULL, &result, NULL, &error) ==
          DIRICHLET_E_NULL);
    CHECK(dirichlet_measure_f32(&narrow, 1, NULL, NULL, NULL, &result, NULL, NULL) ==
          DIRICHLET_E_NULL);
    CHECK(dirichlet_measure_f32(&narrow, 1, subject.narrow, NULL, NULL, NULL, NULL, NULL) ==
          DIRICHLET_E_NULL);
    CHECK(result.value == -2.0);
}

/* 8-byte options fields, value by value. */
static void wrong_options(void **state)
{
    (void)state;
#define FIELD(name) #name, offsetof(dirichlet_estimator_options, name)
    const struct {
        const char *name;
        size_t offset;
        int64_t value;
    } counts[] = {{FIELD(probes), -2},
                  {FIELD(probes), INT64_MIN},
                  {FIELD(probes), (INT64_C(1) << 28) + 1},
                  {FIELD(probes), INT64_C(1) << 31},
                  {FIELD(probes), INT64_C(1) << 32},
                  {FIELD(probes), INT64_C(1) << 62},
                  {FIELD(first_sample), -1},
                  {FIELD(first_sample), INT64_MIN},
                  {FIELD(population), -1},
                  {FIELD(max_samples), -1},
                  {FIELD(min_samples), -1},
                  {FIELD(min_samples), 1},
                  {FIELD(groups), -1},
                  {FIELD(groups), (INT64_C(1) << 20) + 1},
                  {FIELD(groups), INT64_MAX}};
    const struct {
        const char *name;
        size_t offset;
        double value;
    } numbers[] = {
        {FIELD(tolerance), -1e-300}, {FIELD(tolerance), NAN},          {FIELD(tolerance), INFINITY},
        {FIELD(confidence), -0.5},   {FIELD(confidence), 1.0},         {FIELD(confidence), 95.0},
        {FIELD(confidence), NAN},    {FIELD(confidence), INFINITY},    {FIELD(step), -1.0},
        {FIELD(step), NAN},          {FIELD(step), INFINITY},          {FIELD(forward_noise), -1.0},
        {FIELD(forward_noise), NAN}, {FIELD(forward_noise), -INFINITY}};
#undef FIELD
    static struct subject wrong;
    const size_t count_cases = sizeof counts / sizeof *counts;
    for (size_t i = 0; i < count_cases + sizeof numbers / sizeof *numbers; i++) {
        char name[64];
        const bool whole = i < count_cases;
        dirichlet_estimator *out = estimator;
        subject_make(&arrangements[5], i % 2 == 0 ? 64 : 32, &wrong);
        if (whole)
            memcpy((char *)&wrong.options + counts[i].offset, &counts[i].value, 8);
        else
            memcpy((char *)&wrong.options + numbers[i - count_cases].offset,
                   &numbers[i - count_cases].value, 8);
        snprintf(name, sizeof name, "options.%s",
                 whole ? counts[i].name : numbers[i - count_cases].name);
        CHECK_IN(subject_create(&wrong, &out) == DIRICHLET_E_RANGE, "%s, case %d", name, (int)i);
        CHECK_IN(out == NULL && strstr(wrong.error.message, name) != NULL, "%s lacks %s",
                 wrong.error.message, name);
    }
}

static void wrong_constants(void **state)
{
    (void)state;
    static struct subject wrong;
    for (int32_t value = -3; value < 300; value++) {
        dirichlet_estimator *out = estimator;
        subject_make(&arrangements[5], 64, &wrong);
        wrong.callbacks = SINE_ALL;
        wrong.options.method = value;
        wrong.options.probes = 0;
        const bool known = strcmp(dirichlet_method_name(value), "unknown") != 0;
        CHECK(subject_create(&wrong, &out) == (known ? DIRICHLET_OK : DIRICHLET_E_CONSTANT));
        CHECK(known || (out == NULL && strstr(wrong.error.message, "options.method") != NULL));
        dirichlet_estimator_destroy(out);
        subject_make(&arrangements[5], 64, &wrong);
        wrong.options.on_nonfinite = value;
        CHECK(subject_create(&wrong, &out) ==
              (value == 0 || value == 1 ? DIRICHLET_OK : DIRICHLET_E_CONSTANT));
        CHECK(value == 0 || value == 1 ||
              strstr(wrong.error.message, "options.on_nonfinite") != NULL);
        dirichlet_estimator_destroy(out);
    }
}

/* Structs that are read: a caller's size of 0, too small, older, newer without and with
 * something in its newer part, and absurd. */
static void read_struct_sizes(void **state)
{
    (void)state;
    static unsigned char bytes[4096];
    dirichlet_model_f64 model = sine_model_f64(&subject.sine, SINE_ALL);
    const dirichlet_estimator_options options = {.struct_size = sizeof options};
    struct counting_allocator counts = {0};
    const dirichlet_allocator hooks = counting_hooks(&counts);
    const struct {
        const char *name;
        const void *whole;
        size_t size;
        size_t old;
    } structs[] = {
        {"model", &model, sizeof model, offsetof(dirichlet_model_f64, product_norms)},
        {"options", &options, sizeof options, offsetof(dirichlet_estimator_options, population)},
        {"allocator", &hooks, sizeof hooks, sizeof hooks}};
    for (int s = 0; s < 3; s++) {
        const struct {
            size_t size;
            unsigned char tail;
            bool fine;
        } cases[] = {{0, 0, false},
                     {3, 0, false},
                     {SIZE_MAX, 0, false},
                     {(size_t)1 << 30, 0, false},
                     {structs[s].old, 0, true},
                     {structs[s].size, 0, true},
                     {structs[s].size + 1, 0, true},
                     {structs[s].size + 1, 1, false},
                     {4096, 0, true},
                     {4096, 1, false}};
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
            dirichlet_error error = {.struct_size = sizeof error};
            dirichlet_estimator *out = estimator;
            memset(bytes, 0, sizeof bytes);
            memcpy(bytes, structs[s].whole, structs[s].size);
            memcpy(bytes, &cases[c].size, sizeof cases[c].size);
            if (cases[c].tail != 0)
                bytes[cases[c].size - 1] = cases[c].tail;
            dirichlet_model_f64 own_model = model;
            dirichlet_estimator_options own = options;
            const void *given = bytes;
            own.allocator = s == 2 ? given : NULL;
            const dirichlet_status status = dirichlet_estimator_create_f64(
                s == 0 ? given : &own_model, s == 1 ? given : &own, &out, &error);
            CHECK_IN(status == (cases[c].fine ? DIRICHLET_OK : DIRICHLET_E_STRUCT_SIZE),
                     "%s, case %d: %s", structs[s].name, (int)c, error.message);
            CHECK((out != NULL) == cases[c].fine);
            CHECK(cases[c].fine || strstr(error.message, structs[s].name) != NULL);
            dirichlet_estimator_destroy(out);
            if (s != 2)
                continue;
            out = estimator;
            CHECK(dirichlet_estimator_deserialize(before.data, before.size, given, &out, &error) ==
                  status);
            CHECK((out != NULL) == cases[c].fine);
            dirichlet_estimator_destroy(out);
        }
    }
    CHECK(counts.live == 0);
}

/* The struct that is written: never beyond what the caller has. */
static void written_struct_sizes(void **state)
{
    (void)state;
    static unsigned char bytes[4096];
    static unsigned char marked[4096];
    const size_t sizes[] = {0, 7, 8, 16, 31, 64, sizeof(dirichlet_result), sizeof bytes, SIZE_MAX};
    dirichlet_result whole = {.struct_size = sizeof whole};
    CHECK(dirichlet_estimator_result(estimator, &whole) == DIRICHLET_OK);
    memset(marked, 0x66, sizeof marked);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const size_t size = sizes[i];
        const bool fine = size >= sizeof size && size <= sizeof bytes;
        memcpy(bytes, marked, sizeof bytes);
        memcpy(bytes, &size, sizeof size);
        CHECK(dirichlet_estimator_result(estimator, (dirichlet_result *)(void *)bytes) ==
              (fine ? DIRICHLET_OK : DIRICHLET_E_STRUCT_SIZE));
        size_t written = fine ? size : sizeof size;
        written = written < sizeof whole ? written : sizeof whole;
        CHECK(memcmp(bytes, &size, sizeof size) == 0);
        CHECK(memcmp(bytes + sizeof size, (const unsigned char *)&whole + sizeof size,
                     written - sizeof size) == 0);
        CHECK(memcmp(bytes + written, marked, sizeof bytes - written) == 0);
        dirichlet_error error = {.struct_size = sizeof error};
        const dirichlet_model_f64 model = sine_model_f64(&subject.sine, SINE_ALL);
        CHECK(dirichlet_measure_f64(&model, 3, subject.wide, NULL, NULL,
                                    (dirichlet_result *)(void *)bytes, NULL,
                                    &error) == (fine ? DIRICHLET_OK : DIRICHLET_E_STRUCT_SIZE));
        CHECK(fine || strstr(error.message, "result.struct_size") != NULL);
    }
}

static const int64_t huge[] = {INT32_MAX, INT64_C(1) << 31, INT64_C(1) << 32, INT64_C(1) << 62,
                               INT64_MAX};

/* Counts of samples for which x, or the energies, would not fit the address space; and
 * negative ones. Nothing is read. */
static void sample_counts(void **state)
{
    (void)state;
    double energies[1] = {-1.0};
    const int64_t negative[] = {-1, INT32_MIN, INT64_MIN};
    for (int i = 0; i < 3; i++) {
        CHECK(dirichlet_estimator_update_f64(estimator, negative[i], subject.wide, NULL,
                                             energies) == DIRICHLET_E_RANGE);
        CHECK(says("samples is -") && unchanged());
        CHECK(dirichlet_estimator_seek(estimator, negative[i]) == DIRICHLET_E_RANGE);
        CHECK(says("sample_index") && unchanged());
    }
    for (int i = 3; i < 5; i++) {
        CHECK(dirichlet_estimator_update_f64(estimator, huge[i], subject.wide, subject.weights,
                                             energies) == DIRICHLET_E_OVERFLOW);
        CHECK(says("samples") && unchanged());
    }
    /* One input of one float32 a sample: x fits, 8 bytes an energy do not. */
    struct sine sine = sine_make(1, 1);
    const dirichlet_model_f32 model = sine_model_f32(&sine, SINE_ALL);
    dirichlet_estimator *narrow = NULL;
    CHECK(dirichlet_estimator_create_f32(&model, NULL, &narrow, NULL) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_update_f32(narrow, PTRDIFF_MAX / 4, subject.narrow, NULL, energies) ==
          DIRICHLET_E_OVERFLOW);
    CHECK(strstr(dirichlet_estimator_message(narrow), "energies") != NULL);
    CHECK(sine.calls == 0 && energies[0] == -1.0);
    /* Sample indices up to 2^63 - 1, no further. */
    CHECK(dirichlet_estimator_seek(narrow, INT64_MAX - 2) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_update_f32(narrow, 3, subject.narrow, NULL, NULL) ==
          DIRICHLET_E_OVERFLOW);
    CHECK(dirichlet_estimator_update_f32(narrow, 2, subject.narrow, NULL, NULL) == DIRICHLET_OK);
    dirichlet_estimator_destroy(narrow);
}

/* Models of any size, under any budget, where there is no memory: refused, each for a
 * reason of its own, without an overflow on the way. */
static void huge_models(void **state)
{
    (void)state;
    struct counting_allocator counts = {0};
    const dirichlet_allocator hooks = counting_hooks(&counts);
    const size_t budgets[] = {1, 0, (size_t)1 << 31, SIZE_MAX};
    const int64_t probes[] = {0, 3, INT64_C(1) << 28};
    int64_t seen[DIRICHLET_E_WORKSPACE + 1] = {0};
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int i = 0; i < 125 * 4; i++) {
            dirichlet_error error = {.struct_size = sizeof error};
            struct sine sine = sine_make(1, 1);
            dirichlet_model_f64 model = sine_model_f64(&sine, arrangements[a].callbacks);
            model.inputs = huge[i % 5];
            model.outputs = i % 3 == 0 ? 7 : huge[i / 5 % 5];
            model.max_samples = i % 2 == 0 ? 0 : huge[i / 7 % 5];
            const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                         .method = arrangements[a].method,
                                                         .probes = probes[i / 25 % 3],
                                                         .workspace_bytes = budgets[i / 125],
                                                         .allocator = &hooks};
            dirichlet_estimator *out = estimator;
            counting_arm(&counts, 2, 1); /* the handle is small */
            const dirichlet_status status =
                dirichlet_estimator_create_f64(&model, &options, &out, &error);
            seen[status]++;
            CHECK_IN(status == DIRICHLET_E_MEMORY || status == DIRICHLET_E_WORKSPACE ||
                         status == DIRICHLET_E_OVERFLOW || status == DIRICHLET_E_RANGE,
                     "%s, case %d: %d", arrangements[a].name, i, status);
            CHECK(out == NULL && error.message[0] != '\0' && counts.live == 0);
        }
    CHECK(seen[DIRICHLET_E_MEMORY] > 0 && seen[DIRICHLET_E_WORKSPACE] > 0);
    CHECK(seen[DIRICHLET_E_OVERFLOW] > 0 && seen[DIRICHLET_E_RANGE] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_in_create),    cmocka_unit_test(null_in_update),
        cmocka_unit_test(null_elsewhere),    cmocka_unit_test(null_in_measure),
        cmocka_unit_test(wrong_options),     cmocka_unit_test(wrong_constants),
        cmocka_unit_test(read_struct_sizes), cmocka_unit_test(written_struct_sizes),
        cmocka_unit_test(sample_counts),     cmocka_unit_test(huge_models)};
    return check_report("fault.arguments", cmocka_run_group_tests(tests, setup, teardown));
}
