/* Sections of a state: what a later version may add, and what is damage. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dirichlet/estimator.h"
#include "state_bytes.h"
#include "support/check.h"
#include "support/counting_allocator.h"
#include "support/subject.h"

#define GROUPS 3

/* Finite differences in groups have all sections there are. */
static dirichlet_estimator *with_all_sections(void)
{
    static struct subject subject;
    dirichlet_estimator *estimator = NULL;
    int64_t groups[40];
    subject_make(&arrangements[21], 64, &subject);
    subject.options.groups = GROUPS;
    CHECK(subject_create(&subject, &estimator) == DIRICHLET_OK);
    for (int i = 0; i < 40; i++)
        groups[i] = i % (GROUPS + 1) - 1;
    const dirichlet_batch_f64 batch = {
        .struct_size = sizeof batch, .samples = 40, .x = subject.wide, .groups = groups};
    CHECK(dirichlet_estimator_update_batch_f64(estimator, &batch) == DIRICHLET_OK);
    return estimator;
}

#define SECTIONS 4
struct sections {
    size_t place[SECTIONS + 1]; /* of each; behind the last */
};

static struct sections sections_of(const struct bytes *bytes)
{
    struct sections s = {{OPTIONS_SECTION}};
    for (int i = 0; i < SECTIONS; i++) {
        CHECK(get(bytes, s.place[i], 4) == (uint64_t)i + 1);
        s.place[i + 1] =
            s.place[i] + SECTION_HEAD + (size_t)get(bytes, s.place[i] + SECTION_BYTES, 8);
    }
    CHECK(s.place[SECTIONS] + 8 == bytes->size);
    return s;
}

static void finish(struct bytes *bytes)
{
    put(bytes, SIZE, 8, bytes->size);
    rehash(bytes);
}

/* So many bytes more at a place, of any contents. */
static void insert(struct bytes *bytes, size_t place, size_t count)
{
    CHECK(bytes->size + count <= sizeof bytes->data);
    memmove(bytes->data + place + count, bytes->data + place, bytes->size - place);
    memset(bytes->data + place, 0xd7, count);
    bytes->size += count;
}

static void expect_same_state(const struct bytes *changed, const struct bytes *wanted,
                              const char *what)
{
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_estimator *estimator = NULL;
    CHECK_IN(read_back(changed, &estimator, &error) == DIRICHLET_OK, "%s: %s", what, error.message);
    const struct bytes again = bytes_of(estimator);
    CHECK_IN(bytes_equal(&again, wanted), "%s", what);
    dirichlet_estimator_destroy(estimator);
}

static void unknown_sections(void **state)
{
    (void)state;
    dirichlet_estimator *estimator = with_all_sections();
    const struct bytes whole = bytes_of(estimator);
    const struct sections s = sections_of(&whole);
    static const int32_t names[] = {0, 5, 77, INT32_MAX, -1};
    static const size_t lengths[] = {0, 1, 300};
    for (int i = 0; i <= SECTIONS; i++)
        for (int n = 0; n < 5; n++)
            for (int l = 0; l < 3; l++) {
                struct bytes bytes = whole;
                insert(&bytes, s.place[i], SECTION_HEAD + lengths[l]);
                put(&bytes, s.place[i], 4, (uint32_t)names[n]);
                put(&bytes, s.place[i] + SECTION_BYTES, 8, lengths[l]);
                put(&bytes, FORMAT, 4, 9);
                finish(&bytes);
                expect_same_state(&bytes, &whole, "an unknown section");
            }
    dirichlet_estimator_destroy(estimator);
}

static void format_of_origin(void **state)
{
    (void)state;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_estimator_description d = DIRICHLET_INIT(dirichlet_estimator_description);
    dirichlet_estimator *estimator = with_all_sections();
    dirichlet_estimator *later = NULL;
    struct bytes bytes = bytes_of(estimator);
    put(&bytes, FORMAT, 4, 9);
    finish(&bytes);
    CHECK(read_back(&bytes, &later, &error) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_describe(later, &d) == DIRICHLET_OK && d.state_format == 9);
    dirichlet_estimator_destroy(later);
    put(&bytes, OLDEST_READER, 4, 5); /* something in it must not be left out */
    finish(&bytes);
    CHECK(try_bytes(bytes.data, bytes.size, &error) == DIRICHLET_E_FORMAT);
    CHECK_IN(strstr(error.message, "format 9") != NULL, "%s", error.message);
    dirichlet_estimator_destroy(estimator);
}

/* In any order; with fields behind those that are known. */
static void moved_and_longer(void **state)
{
    (void)state;
    dirichlet_estimator *estimator = with_all_sections();
    const struct bytes whole = bytes_of(estimator);
    const struct sections s = sections_of(&whole);
    for (int shift = 1; shift < SECTIONS; shift++) {
        struct bytes bytes = whole;
        size_t place = OPTIONS_SECTION;
        for (int i = 0; i < SECTIONS; i++) {
            const int from = (i + shift) % SECTIONS;
            const size_t size = s.place[from + 1] - s.place[from];
            memcpy(bytes.data + place, whole.data + s.place[from], size);
            place += size;
        }
        finish(&bytes);
        expect_same_state(&bytes, &whole, "another order");
    }
    for (int i = 0; i < SECTIONS; i++) {
        struct bytes bytes = whole;
        insert(&bytes, s.place[i + 1], 13);
        put(&bytes, s.place[i] + SECTION_BYTES, 8, s.place[i + 1] - s.place[i] - SECTION_HEAD + 13);
        finish(&bytes);
        expect_same_state(&bytes, &whole, "a longer section");
    }
    dirichlet_estimator_destroy(estimator);
}

static void expect_corrupt(const struct bytes *bytes, const char *what, int section)
{
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    const dirichlet_status status = try_bytes(bytes->data, bytes->size, &error);
    CHECK_IN(status == DIRICHLET_E_CORRUPT, "%s %d: %d %s", what, section, status, error.message);
}

static void damaged_sections(void **state)
{
    (void)state;
    dirichlet_estimator *estimator = with_all_sections();
    const struct bytes whole = bytes_of(estimator);
    const struct sections s = sections_of(&whole);
    for (int i = 0; i < SECTIONS; i++) {
        const size_t size = s.place[i + 1] - s.place[i];
        struct bytes bytes = whole;
        insert(&bytes, s.place[i], size); /* twice the same */
        memcpy(bytes.data + s.place[i], whole.data + s.place[i], size);
        finish(&bytes);
        expect_corrupt(&bytes, "section twice", i);
        const uint64_t lengths[] = {0,          size - SECTION_HEAD - 1, whole.size,
                                    UINT64_MAX, UINT64_MAX - 7,          UINT64_C(1) << 63};
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            bytes = whole;
            put(&bytes, s.place[i] + SECTION_BYTES, 8, lengths[l]);
            finish(&bytes);
            expect_corrupt(&bytes, "length of section", i);
        }
        bytes = whole;
        memmove(bytes.data + s.place[i], bytes.data + s.place[i + 1], bytes.size - s.place[i + 1]);
        bytes.size -= size;
        finish(&bytes);
        if (i < 2) /* the others are of some states alone */
            expect_corrupt(&bytes, "without section", i);
        bytes = whole;
        bytes.size = s.place[i] + SECTION_HEAD / 2 + 8;
        finish(&bytes);
        expect_corrupt(&bytes, "half a head of section", i);
    }
    struct bytes empty = {.size = OPTIONS_SECTION + 8};
    memcpy(empty.data, whole.data, OPTIONS_SECTION);
    finish(&empty);
    expect_corrupt(&empty, "no section", 0);
    dirichlet_estimator_destroy(estimator);
}

/* A number of groups that the bytes are too few for takes no memory for them. */
static void hostile_numbers_of_groups(void **state)
{
    (void)state;
    dirichlet_estimator *estimator = with_all_sections();
    const struct bytes whole = bytes_of(estimator);
    const size_t place = sections_of(&whole).place[SECTIONS - 1] + SECTION_HEAD;
    static const uint64_t numbers[] = {0,         GROUPS + 1, 1000,      1 << 20,
                                       INT32_MAX, INT64_MAX,  UINT64_MAX};
    CHECK(get(&whole, place, 8) == GROUPS);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct counting_allocator counts = {0};
        const dirichlet_allocator hooks = counting_hooks(&counts);
        dirichlet_estimator *out = NULL;
        struct bytes bytes = whole;
        put(&bytes, place, 8, numbers[i]);
        finish(&bytes);
        CHECK(dirichlet_estimator_deserialize(bytes.data, bytes.size, &hooks, &out, NULL) ==
              DIRICHLET_E_CORRUPT);
        CHECK(out == NULL && counts.live == 0 && counts.calls <= 3);
    }
    dirichlet_estimator_destroy(estimator);
}

/* No group has seen more than all have, nor energies of another kind. */
static void hostile_groups(void **state)
{
    (void)state;
    dirichlet_estimator *estimator = with_all_sections();
    const struct bytes whole = bytes_of(estimator);
    const size_t place = sections_of(&whole).place[SECTIONS - 1] + SECTION_HEAD + 8;
    static const struct {
        size_t offset; /* count, positive, skipped, unknown, min_energy, max_energy */
        uint64_t value;
    } cases[] = {{0, 41}, {0, UINT64_MAX},  {0, 0},   {8, 41},         {8, UINT64_MAX},
                 {16, 1}, {16, UINT64_MAX}, {24, 41}, {24, UINT64_MAX}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bytes bytes = whole;
        put(&bytes, place + cases[i].offset, 8, cases[i].value);
        finish(&bytes);
        expect_corrupt(&bytes, "group's field", (int)i);
    }
    const double wrong[] = {NAN, -1.0, INFINITY, 1e300};
    for (int i = 0; i < 4; i++) {
        struct bytes bytes = whole;
        put(&bytes, place + 32, 8, bits_of(wrong[i]));
        finish(&bytes);
        expect_corrupt(&bytes, "group's least energy", i);
    }
    dirichlet_estimator_destroy(estimator);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_sections),          cmocka_unit_test(format_of_origin),
        cmocka_unit_test(moved_and_longer),          cmocka_unit_test(damaged_sections),
        cmocka_unit_test(hostile_numbers_of_groups), cmocka_unit_test(hostile_groups)};
    return check_report("unit.serialize_sections", cmocka_run_group_tests(tests, NULL, NULL));
}
