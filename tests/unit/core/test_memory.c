/* Sizes, allocators, arenas, versioned structs, messages, statuses, version. */
#include <stdlib.h>
#include <string.h>

#include "core/interface/arena.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "dirichlet/dirichlet.h"
#include "support/check.h"
#include "support/counting_allocator.h"
#include "support/quad.h"

static const int64_t sizes[] = {0,
                                1,
                                2,
                                3,
                                INT64_C(0x7fffffff),
                                INT64_C(0x80000000),
                                INT64_C(0x100000000),
                                INT64_C(3037000499),
                                INT64_C(3037000500),
                                INT64_C(0x4000000000000000),
                                INT64_MAX - 1,
                                INT64_MAX};
#define SIZE_COUNT (sizeof sizes / sizeof *sizes)

static void products_and_sums(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++)
        for (size_t j = 0; j < SIZE_COUNT; j++) {
            const unsigned_128 a = (unsigned_128)sizes[i];
            const unsigned_128 b = (unsigned_128)sizes[j];
            int64_t out = -5;
            const bool product = size_multiply(sizes[i], sizes[j], &out);
            CHECK(product == (a * b <= INT64_MAX));
            CHECK(product ? (unsigned_128)out == a * b : out == -5);
            out = -5;
            const bool sum = size_add(sizes[i], sizes[j], &out);
            CHECK(sum == (a + b <= INT64_MAX));
            CHECK(sum ? (unsigned_128)out == a + b : out == -5);
        }
}

static void arrays(void **state)
{
    (void)state;
    const size_t elements[] = {1, 4, 8, 24};
    for (size_t i = 0; i < SIZE_COUNT; i++)
        for (size_t j = 0; j < SIZE_COUNT; j++)
            for (size_t k = 0; k < 4; k++) {
                int64_t bytes = -5;
                const unsigned_128 ab = (unsigned_128)sizes[i] * (unsigned_128)sizes[j];
                const bool fits = ab * elements[k] <= INT64_MAX;
                CHECK(size_of_array(sizes[i], sizes[j], 1, elements[k], &bytes) == fits);
                CHECK(fits ? (unsigned_128)bytes == ab * elements[k] : bytes == -5);
                bytes = -5;
                CHECK(size_of_array(1, sizes[i], sizes[j], elements[k], &bytes) == fits);
            }
}

static void allocators(void **state)
{
    (void)state;
    struct counting_allocator counts = {0};
    struct message message = {0};
    struct allocator out = {0};
    assert_int_equal(allocator_resolve(NULL, &out, &message), DIRICHLET_OK);
    void *block = allocator_take(&out, 100);
    CHECK(block != NULL);
    memset(block, 1, 100);
    allocator_give(&out, block, 100);
    allocator_give(&out, NULL, 100);
    dirichlet_allocator given = counting_hooks(&counts);
    CHECK(allocator_resolve(&given, &out, &message) == DIRICHLET_OK);
    block = allocator_take(&out, 10);
    CHECK(counts.live == 1 && counts.bytes == 10);
    allocator_give(&out, block, 10);
    CHECK(counts.live == 0 && counts.damaged == 0);
    given.allocate = NULL;
    CHECK(allocator_resolve(&given, &out, &message) == DIRICHLET_E_NULL);
    CHECK(strstr(message.text, "allocator.allocate") != NULL);
    given = counting_hooks(&counts);
    given.release = NULL;
    CHECK(allocator_resolve(&given, &out, &message) == DIRICHLET_E_NULL);
    CHECK(strstr(message.text, "allocator.release") != NULL);
    given.struct_size = 3;
    CHECK(allocator_resolve(&given, &out, &message) == DIRICHLET_E_STRUCT_SIZE);
    const dirichlet_allocator zero = {sizeof zero, NULL, NULL, NULL};
    CHECK(allocator_resolve(&zero, &out, &message) == DIRICHLET_OK &&
          out.functions.allocate != NULL);
}

/* The counting run asks for at least what the run on memory uses; arrays are aligned,
 * disjoint and inside, wherever the memory starts. */
static void arenas(void **state)
{
    (void)state;
    static unsigned char memory[20000];
    for (int offset = 0; offset < 130; offset++) {
        struct arena counting = {0};
        struct arena arena = {.base = memory + offset};
        unsigned char *end = memory + offset;
        for (int64_t n = 0; n < 20; n++) {
            CHECK(arena_take(&counting, n, 3, 2, sizeof(double)) == NULL);
            unsigned char *array = arena_take(&arena, n, 3, 2, sizeof(double));
            CHECK(array >= end && (uintptr_t)array % ARENA_ALIGNMENT == 0);
            end = array + n * 3 * 2 * (int64_t)sizeof(double);
            CHECK(end <= memory + offset + arena.used);
        }
        CHECK(counting.used == arena.used && !counting.overflow);
    }
    struct arena counting = {0};
    CHECK(arena_take(&counting, INT64_MAX / 8, 1, 1, 8) == NULL && counting.overflow);
    CHECK(counting.used == 0);
    counting.overflow = false;
    arena_take(&counting, INT64_MAX / 2, 1, 1, 1);
    CHECK(!counting.overflow);
    arena_take(&counting, INT64_MAX / 2, 1, 1, 1);
    CHECK(counting.overflow);
}

struct newer {
    size_t struct_size;
    int64_t a;
    int64_t b;
    int64_t unknown[8];
};
#define OLD_SIZE offsetof(struct newer, b)
#define OUR_SIZE offsetof(struct newer, unknown)

static void structs_read(void **state)
{
    (void)state;
    struct message message = {0};
    for (size_t size = 0; size < sizeof(struct newer) + 1; size++) {
        struct newer given = {sizeof given, 11, 22, {0}};
        struct newer ours = {99, 98, 97, {96}};
        const dirichlet_status status =
            versioned_struct_read(&ours, OUR_SIZE, &given, size, "thing", &message);
        if (size < sizeof(size_t)) {
            CHECK(status == DIRICHLET_E_STRUCT_SIZE && ours.a == 98);
            CHECK(strstr(message.text, "thing.struct_size") != NULL);
            continue;
        }
        CHECK(status == DIRICHLET_OK && ours.struct_size == OUR_SIZE);
        CHECK(size < OLD_SIZE || ours.a == 11);
        CHECK(size < OUR_SIZE || ours.b == 22);
        CHECK(size > OLD_SIZE || ours.b == 0);
        CHECK(size > sizeof(size_t) || ours.a == 0);
        CHECK(ours.unknown[0] == 96); /* beyond ours: never touched */
    }
    for (int i = 0; i < 8; i++) {
        struct newer given = {sizeof given, 11, 22, {0}};
        struct newer ours = {0};
        given.unknown[i] = INT64_C(1) << (8 * i);
        CHECK(versioned_struct_read(&ours, OUR_SIZE, &given, sizeof given, "thing", &message) ==
              DIRICHLET_E_STRUCT_SIZE);
        CHECK(strstr(message.text, "thing") != NULL && ours.a == 0);
    }
    CHECK(versioned_struct_check(SIZE_MAX, "thing", &message) == DIRICHLET_E_STRUCT_SIZE);
    CHECK(versioned_struct_check(65537, "thing", NULL) == DIRICHLET_E_STRUCT_SIZE);
    CHECK(versioned_struct_check(65536, "thing", NULL) == DIRICHLET_OK);
}

static void structs_written(void **state)
{
    (void)state;
    for (size_t size = 0; size <= sizeof(struct newer); size++) {
        const struct newer ours = {OUR_SIZE, -1, -1, {0}};
        struct newer given;
        memset(&given, 0x55, sizeof given);
        given.struct_size = size;
        const dirichlet_status status =
            versioned_struct_write(&ours, OUR_SIZE, &given, size, "thing", NULL);
        CHECK(status == (size < sizeof(size_t) ? DIRICHLET_E_STRUCT_SIZE : DIRICHLET_OK));
        CHECK(given.struct_size == size);
        const unsigned char *bytes = (const unsigned char *)&given;
        for (size_t i = sizeof(size_t); i < sizeof given; i++)
            CHECK(bytes[i] == (status == DIRICHLET_OK && i < size && i < OUR_SIZE ? 0xff : 0x55));
    }
}

static void messages(void **state)
{
    (void)state;
    struct message message = {0};
    CHECK(message_fail(NULL, DIRICHLET_E_RANGE, "x") == DIRICHLET_E_RANGE);
    CHECK(message_fail(&message, 77, "%d and %s", 5, "five") == 77);
    CHECK(strcmp(message.text, "5 and five") == 0);
    CHECK(message.status == 77 && message.sample == -1);
    CHECK(message.callback_code == 0 && message.least_bytes == 0);
    char buffer[12];
    for (size_t size = 0; size <= sizeof buffer; size++) {
        memset(buffer, 'z', sizeof buffer);
        CHECK(message_append(buffer, size, message_append(buffer, size, 0, "%d and ", 5), "five") ==
              10);
        CHECK(size == 0 ? buffer[0] == 'z' : strlen(buffer) == (size > 10 ? 10 : size - 1));
        CHECK(size == sizeof buffer || buffer[size] == 'z');
        CHECK(size == 0 || strncmp(buffer, "5 and five", size - 1) == 0);
    }
    CHECK(message_append(NULL, 0, 3, "four") == 7);
    char word[400];
    memset(word, 'w', sizeof word);
    word[sizeof word - 1] = '\0';
    message_fail(&message, 1, "%s", word);
    CHECK(strlen(message.text) == DIRICHLET_MESSAGE_SIZE - 1);
}

/* Numbers belong to one failure, and are gone with the next, or with success. */
static void handed_out(void **state)
{
    (void)state;
    struct message message = {0};
    dirichlet_error error = {.struct_size = sizeof error, .sample = 5, .message = "old"};
    CHECK(message_last_error(&message, &error) == DIRICHLET_OK);
    CHECK(error.status == DIRICHLET_OK && error.sample == -1 && error.message[0] == '\0');
    CHECK(message_with_sample(&message, 7, message_fail(&message, 30, "a")) == 30);
    CHECK(message_with_code(&message, -8, 30) == 30);
    message_hand_out(&message, 30, &error);
    CHECK(error.status == 30 && error.sample == 7 && error.callback_code == -8);
    CHECK(error.least_bytes == 0 && strcmp(error.message, "a") == 0);
    CHECK(message_with_least(&message, 1 << 20, message_fail(&message, 22, "b")) == 22);
    message_hand_out(&message, 22, &error);
    CHECK(error.sample == -1 && error.callback_code == 0 && error.least_bytes == 1 << 20);
    CHECK(message_last_error(&message, &error) == DIRICHLET_OK && error.status == 22);
    message_hand_out(&message, DIRICHLET_OK, &error);
    CHECK(error.status == DIRICHLET_OK && error.sample == -1 && error.least_bytes == 0);
    CHECK(error.message[0] == '\0');
    message_hand_out(&message, 22, NULL);
    CHECK(message_with_sample(NULL, 1, 3) == 3 && message_with_code(NULL, 1, 4) == 4);
    CHECK(message_with_least(NULL, 1, 5) == 5);
    error.struct_size = sizeof error - 1;
    CHECK(!error_is_usable(&error) && error_is_usable(NULL));
    CHECK(message_last_error(&message, &error) == DIRICHLET_E_STRUCT_SIZE);
    CHECK(message_last_error(&message, NULL) == DIRICHLET_E_NULL);
    error.struct_size = SIZE_MAX;
    CHECK(!error_is_usable(&error));
}

static void statuses(void **state)
{
    (void)state;
    const char *unknown = dirichlet_status_string(-1);
    int known = 0;
    for (dirichlet_status a = -3; a < 100; a++) {
        const char *text = dirichlet_status_string(a);
        CHECK(text != NULL && text[0] != '\0');
        known += strcmp(text, unknown) != 0;
        for (dirichlet_status b = -3; b < a; b++)
            CHECK(strcmp(text, dirichlet_status_string(b)) != 0 || strcmp(text, unknown) == 0);
    }
    assert_int_equal(known, 24);
    CHECK(strcmp(dirichlet_status_string(INT32_MIN), unknown) == 0);
    CHECK(strcmp(dirichlet_status_string(INT32_MAX), unknown) == 0);
}

static void version(void **state)
{
    (void)state;
    char text[64];
    CHECK(dirichlet_version() == 10000 * DIRICHLET_VERSION_MAJOR + 100 * DIRICHLET_VERSION_MINOR +
                                     DIRICHLET_VERSION_PATCH);
    snprintf(text, sizeof text, "%d.%d.%d", DIRICHLET_VERSION_MAJOR, DIRICHLET_VERSION_MINOR,
             DIRICHLET_VERSION_PATCH);
    CHECK(strcmp(dirichlet_version_string(), text) == 0);
    CHECK(strlen(dirichlet_blas_name()) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_and_sums), cmocka_unit_test(arrays),
        cmocka_unit_test(allocators),        cmocka_unit_test(arenas),
        cmocka_unit_test(structs_read),      cmocka_unit_test(structs_written),
        cmocka_unit_test(messages),          cmocka_unit_test(handed_out),
        cmocka_unit_test(statuses),          cmocka_unit_test(version)};
    return check_report("unit.memory", cmocka_run_group_tests(tests, NULL, NULL));
}
