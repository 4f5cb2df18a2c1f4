/* States as bytes: a fixed format, a round trip, and nothing in the bytes trusted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "state_bytes.h"
#include "support/check.h"
#include "support/counting_allocator.h"
#include "support/subject.h"
#include "support/table_model.h"

static dirichlet_estimator *golden_estimator(void)
{
    static struct table table = {.outputs = 2};
    const dirichlet_model_f64 model = table_energies(&table);
    const double x[] = {1.0, 2.0, 3.5, 4.25};
    const double weights[] = {1.0, 1.0, 0.5, 0.0};
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .seed = UINT64_C(0x0102030405060708),
                                                 .first_sample = 5,
                                                 .population = 10,
                                                 .confidence = 0.875};
    dirichlet_estimator *estimator = NULL;
    CHECK(dirichlet_estimator_create_f64(&model, &options, &estimator, NULL) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_update_f64(estimator, 4, x, weights, NULL) == DIRICHLET_OK);
    return estimator;
}

/* Written out by hand from the format: whoever changes it has to change FORMAT too. The
 * sums: w 2.5, w e 4.75, (w e)^2 8.0625, w e w 3.875, w^2 2.25, and zeros. 2^0 is bit 4
 * of digit 67. */
/* clang-format off */
static const unsigned char golden[] = {
    'D', 'I', 'R', 'I', 'C', 'H', 'L', 'T',                       /* magic */
    4, 0, 0, 0, 4, 0, 0, 0, 0x5c, 1, 0, 0, 0, 0, 0, 0,            /* format, oldest reader, size */
    1, 0, 0, 0, 0, 0, 0, 0, 0x7c, 0, 0, 0, 0, 0, 0, 0,            /* section of the options */
    1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,               /* inputs, outputs */
    10, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,                          /* method, side, exact */
    2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,               /* sizes of a product */
    1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,               /* directions, sketch */
    1, 0, 0, 0, 0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1,               /* products, seed */
    5, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0,              /* first sample, population */
    0, 0, 0, 0, 0, 0, 0xec, 0x3f, 8, 0, 0, 0, 0, 0, 0, 0,         /* confidence, element size */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,               /* step, forward noise */
    2, 0, 0, 0, 0, 0, 0, 0, 0xa0, 0, 0, 0, 0, 0, 0, 0,            /* section of the samples */
    9, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0,               /* next sample, products */
    0, 0, 0, 0,                                                   /* stopped */
    4, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,               /* count, positive */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,               /* skipped, unknown */
    0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0x11, 0x40,   /* min, max */
    67, 0, 0, 0, 1, 0, 0, 0, 0x28, 0, 0, 0,                       /* 2.5 */
    67, 0, 0, 0, 1, 0, 0, 0, 0x4c, 0, 0, 0,                       /* 4.75 */
    67, 0, 0, 0, 1, 0, 0, 0, 0x81, 0, 0, 0,                       /* 8.0625 */
    67, 0, 0, 0, 1, 0, 0, 0, 0x3e, 0, 0, 0,                       /* 3.875 */
    67, 0, 0, 0, 1, 0, 0, 0, 0x24, 0, 0, 0,                       /* 2.25 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,               /* 0, 0 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,               /* 0, 0 */
    0, 0, 0, 0, 0, 0, 0, 0};                                      /* hash */
/* clang-format on */

static void golden_bytes(void **state)
{
    (void)state;
    dirichlet_estimator *estimator = golden_estimator();
    const struct bytes bytes = bytes_of(estimator);
    struct bytes wanted = {.size = sizeof golden};
    memcpy(wanted.data, golden, sizeof golden);
    rehash(&wanted);
    CHECK(bytes.size == sizeof golden);
    for (size_t i = 0; i < sizeof golden; i++)
        CHECK_IN(bytes.data[i] == wanted.data[i], "byte %d: %02x not %02x", (int)i, bytes.data[i],
                 wanted.data[i]);
    dirichlet_estimator_destroy(estimator);
}

/* capacity too small: nothing written; enough: not a byte more. */
static void capacities(void **state)
{
    (void)state;
    dirichlet_estimator *estimator = golden_estimator();
    unsigned char buffer[sizeof golden + 9];
    size_t size = 0;
    CHECK(dirichlet_estimator_serialize(estimator, NULL, 0, &size) == DIRICHLET_OK);
    CHECK(size == sizeof golden);
    for (size_t capacity = 0; capacity <= sizeof buffer; capacity++) {
        memset(buffer, 0x77, sizeof buffer);
        size = 1;
        const dirichlet_status status =
            dirichlet_estimator_serialize(estimator, buffer, capacity, &size);
        CHECK(status == (capacity < sizeof golden ? DIRICHLET_E_RANGE : DIRICHLET_OK));
        CHECK(size == sizeof golden);
        for (size_t i = status == DIRICHLET_OK ? size : 0; i < sizeof buffer; i++)
            CHECK(buffer[i] == 0x77);
    }
    CHECK(dirichlet_estimator_serialize(estimator, buffer, sizeof buffer, NULL) ==
          DIRICHLET_E_NULL);
    CHECK(dirichlet_estimator_serialize(NULL, buffer, sizeof buffer, &size) == DIRICHLET_E_NULL);
    dirichlet_estimator_destroy(estimator);
}

/* The same bytes, the same result; merged into a live one, the same as its source. */
static void round_trip(void **state)
{
    (void)state;
    static struct subject subject;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int32_t precision = 32; precision <= 64; precision += 32) {
            dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
            dirichlet_estimator *made[4] = {NULL, NULL, NULL, NULL};
            subject_make(&arrangements[a], precision, &subject);
            subject.options.max_samples = 100;
            CHECK(subject_create(&subject, &made[0]) == DIRICHLET_OK);
            CHECK(subject_create(&subject, &made[2]) == DIRICHLET_OK);
            for (int empty = 1; empty >= 0; empty--) {
                if (!empty)
                    CHECK(subject_feed(&subject, made[0], 64, subject.weights, NULL) ==
                          DIRICHLET_OK);
                const struct bytes first = bytes_of(made[0]);
                CHECK_IN(read_back(&first, &made[1], &error) == DIRICHLET_OK, "%s", error.message);
                const struct bytes second = bytes_of(made[1]);
                CHECK(bytes_equal(&first, &second));
                CHECK(dirichlet_estimator_stopped(made[1]) == !empty);
                CHECK(dirichlet_estimator_clone(made[1], &made[3]) == DIRICHLET_OK);
                const struct bytes third = bytes_of(made[3]);
                CHECK(bytes_equal(&first, &third));
                dirichlet_result results[2];
                memset(results, 0, sizeof results);
                for (int i = 0; i < 2; i++) {
                    results[i].struct_size = sizeof results[i];
                    CHECK(dirichlet_estimator_result(made[i], &results[i]) ==
                          (empty ? DIRICHLET_E_NO_DATA : DIRICHLET_OK));
                }
                CHECK(memcmp(&results[0], &results[1], sizeof results[0]) == 0);
                CHECK(subject_update(&subject, made[1], 0, 1, NULL, NULL) ==
                      DIRICHLET_E_MISSING_CALLBACK);
                CHECK(dirichlet_estimator_merge(made[2], made[1]) == DIRICHLET_OK);
                CHECK(dirichlet_estimator_reset(made[1]) == DIRICHLET_OK);
                dirichlet_estimator_destroy(made[1]);
                dirichlet_estimator_destroy(made[3]);
            }
            memset(&made[1], 0, sizeof made[1]);
            const struct bytes source = bytes_of(made[0]);
            struct bytes merged = bytes_of(made[2]);
            put(&merged, STOPPED, 4, DIRICHLET_STOP_SAMPLES); /* merging stops nothing */
            rehash(&merged);
            CHECK(bytes_equal(&source, &merged));
            dirichlet_estimator_destroy(made[0]);
            dirichlet_estimator_destroy(made[2]);
        }
}

/* Sums beyond the range of a double are a state like any other. */
static void huge_energies(void **state)
{
    (void)state;
    static struct table table = {.outputs = 1};
    const dirichlet_model_f64 model = table_energies(&table);
    const double x[] = {1.7e308, 1.6e308, 1e-310, 0.0};
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_estimator *estimator = NULL;
    dirichlet_estimator *copy = NULL;
    CHECK(dirichlet_estimator_create_f64(&model, NULL, &estimator, NULL) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_update_f64(estimator, 4, x, NULL, NULL) == DIRICHLET_OK);
    dirichlet_result result = {.struct_size = sizeof result};
    CHECK(dirichlet_estimator_result(estimator, &result) == DIRICHLET_OK);
    CHECK_IN(fabs(result.value / 8.25e307 - 1.0) < 1e-15 && isfinite(result.standard_error),
             "%.17g %.17g", result.value, result.standard_error);
    const struct bytes bytes = bytes_of(estimator);
    CHECK_IN(read_back(&bytes, &copy, &error) == DIRICHLET_OK, "%s", error.message);
    dirichlet_estimator_destroy(estimator);
    dirichlet_estimator_destroy(copy);
}

static bool is_damage(dirichlet_status status)
{
    return status == DIRICHLET_E_CORRUPT || status == DIRICHLET_E_FORMAT;
}

/* Copies of exactly that size on the heap, so that a sanitizer sees a read beyond. */
static void truncations(void **state)
{
    (void)state;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_estimator *estimator = golden_estimator();
    const struct bytes whole = bytes_of(estimator);
    for (size_t size = 0; size <= whole.size; size++) {
        unsigned char *part = malloc(size > 0 ? size : 1);
        CHECK(part != NULL);
        memcpy(part, whole.data, size);
        const dirichlet_status status = try_bytes(part, size, &error);
        CHECK(size < whole.size ? is_damage(status) : status == DIRICHLET_OK);
        CHECK(size == whole.size || strstr(error.message, "buffer") != NULL);
        if (size >= SIZE + 8 && size < whole.size) { /* it says it is whole */
            struct bytes lying = {.size = size};
            memcpy(lying.data, part, size);
            put(&lying, SIZE, 8, size);
            if (size >= SIZE + 8 + 8)
                rehash(&lying);
            memcpy(part, lying.data, size);
            CHECK(try_bytes(part, size, &error) == DIRICHLET_E_CORRUPT);
        }
        free(part);
    }
    struct bytes longer = whole;
    longer.size += 3;
    CHECK(try_bytes(longer.data, longer.size, &error) == DIRICHLET_E_CORRUPT);
    put(&longer, SIZE, 8, longer.size);
    rehash(&longer);
    CHECK(try_bytes(longer.data, longer.size, &error) == DIRICHLET_E_CORRUPT);
    dirichlet_estimator_destroy(estimator);
}

/* Every other value of every byte. */
static void single_bytes(void **state)
{
    (void)state;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_estimator *estimator = golden_estimator();
    struct bytes bytes = bytes_of(estimator);
    for (size_t place = 0; place < bytes.size; place++)
        for (int flip = 1; flip < 256; flip++) {
            bytes.data[place] ^= (unsigned char)flip;
            const dirichlet_status status = try_bytes(bytes.data, bytes.size, &error);
            const int32_t format = (int32_t)get(&bytes, FORMAT, 4);
            const int32_t oldest = (int32_t)get(&bytes, OLDEST_READER, 4);
            const bool known = place >= FORMAT && (format >= 4 ? oldest <= 4 : format >= 1);
            CHECK_IN(status == (known ? DIRICHLET_E_CORRUPT : DIRICHLET_E_FORMAT),
                     "byte %d xor %d: %d", (int)place, flip, status);
            bytes.data[place] ^= (unsigned char)flip;
        }
    dirichlet_estimator_destroy(estimator);
}

/* A field, its width, what is put there, and what is to come of it. */
static const struct {
    size_t place;
    size_t width;
    uint64_t value;
    dirichlet_status status;
} hostile_cases[] = {{FORMAT, 4, 0, DIRICHLET_E_FORMAT},
                     {FORMAT, 4, 1, DIRICHLET_E_CORRUPT}, /* that of version 0.1 */
                     {FORMAT, 4, 3, DIRICHLET_E_CORRUPT}, /* that of differences */
                     {FORMAT, 4, 5, DIRICHLET_OK}, /* of a later one, for readers of this one */
                     {FORMAT, 4, 0xffffffff, DIRICHLET_E_FORMAT},
                     {OLDEST_READER, 4, 5, DIRICHLET_E_FORMAT},
                     {OLDEST_READER, 4, INT32_MAX, DIRICHLET_E_FORMAT},
                     {ELEMENT_SIZE, 4, 0, DIRICHLET_E_CORRUPT},
                     {ELEMENT_SIZE, 4, 16, DIRICHLET_E_CORRUPT},
                     {ELEMENT_SIZE, 4, 4, DIRICHLET_OK},
                     {SIZE, 8, 0, DIRICHLET_E_CORRUPT},
                     {SIZE, 8, UINT64_MAX, DIRICHLET_E_CORRUPT},
                     {INPUTS, 8, 0, DIRICHLET_E_CORRUPT},
                     {INPUTS, 8, UINT64_MAX, DIRICHLET_E_CORRUPT},
                     {INPUTS, 8, UINT64_C(1) << 63, DIRICHLET_E_CORRUPT},
                     {INPUTS, 8, INT64_MAX, DIRICHLET_OK},
                     {OUTPUTS, 8, 0, DIRICHLET_E_CORRUPT},
                     {METHOD, 4, 0, DIRICHLET_E_CORRUPT},
                     {METHOD, 4, 11, DIRICHLET_E_CORRUPT},
                     {METHOD, 4, 0xffffffff, DIRICHLET_E_CORRUPT},
                     {SIDE, 4, 5, DIRICHLET_E_CORRUPT},
                     {SIDE, 4, 0xffffffff, DIRICHLET_E_CORRUPT},
                     {EXACT, 4, 2, DIRICHLET_E_CORRUPT},
                     {EXACT, 4, 0x80000000, DIRICHLET_E_CORRUPT},
                     {DIRECTION_SIZE, 8, 0, DIRICHLET_E_CORRUPT},
                     {PRODUCT_SIZE, 8, UINT64_C(1) << 63, DIRICHLET_E_CORRUPT},
                     {DIRECTIONS, 8, 0, DIRICHLET_E_CORRUPT},
                     {SKETCH, 8, 1, DIRICHLET_E_CORRUPT},
                     {SKETCH, 8, UINT64_MAX, DIRICHLET_E_CORRUPT},
                     {PLAN_PRODUCTS, 8, 0, DIRICHLET_E_CORRUPT},
                     {SEED, 8, UINT64_MAX, DIRICHLET_OK},
                     {FIRST_SAMPLE, 8, UINT64_MAX, DIRICHLET_E_CORRUPT},
                     {POPULATION, 8, UINT64_C(1) << 63, DIRICHLET_E_CORRUPT},
                     {CONFIDENCE, 8, 0, DIRICHLET_E_CORRUPT},
                     {NEXT_SAMPLE, 8, UINT64_MAX, DIRICHLET_E_CORRUPT},
                     {NEXT_SAMPLE, 8, INT64_MAX, DIRICHLET_OK},
                     {PRODUCTS, 8, UINT64_MAX, DIRICHLET_E_CORRUPT},
                     {STOPPED, 4, 1, DIRICHLET_E_CORRUPT},
                     {STOPPED, 4, 0xffffffff, DIRICHLET_E_CORRUPT},
                     {STOPPED, 4, DIRICHLET_STOP_TOLERANCE, DIRICHLET_OK},
                     {COUNT, 8, 2, DIRICHLET_E_CORRUPT},
                     {COUNT, 8, UINT64_MAX, DIRICHLET_E_CORRUPT},
                     {COUNT, 8, 0, DIRICHLET_E_CORRUPT},
                     {POSITIVE, 8, 5, DIRICHLET_E_CORRUPT},
                     {POSITIVE, 8, 0, DIRICHLET_E_CORRUPT},
                     {POSITIVE, 8, UINT64_MAX, DIRICHLET_E_CORRUPT},
                     {SKIPPED, 8, UINT64_MAX, DIRICHLET_E_CORRUPT},
                     {UNKNOWN, 8, 4, DIRICHLET_E_CORRUPT},
                     {UNKNOWN, 8, UINT64_MAX, DIRICHLET_E_CORRUPT},
                     {SUMS, 4, UINT64_MAX, DIRICHLET_E_CORRUPT},
                     {SUMS, 4, 136, DIRICHLET_E_CORRUPT},
                     {SUMS, 4, INT32_MAX, DIRICHLET_E_CORRUPT},
                     {SUMS, 4, 135, DIRICHLET_E_CORRUPT}, /* a weight of 2^2172 */
                     {SUMS, 4, 0, DIRICHLET_E_CORRUPT},   /* a weight of 2^-2143 */
                     {SUMS + 4, 4, UINT64_MAX, DIRICHLET_E_CORRUPT},
                     {SUMS + 4, 4, 0, DIRICHLET_E_CORRUPT},
                     {SUMS + 4, 4, 70, DIRICHLET_E_CORRUPT},
                     {SUMS + 4, 4, INT32_MAX, DIRICHLET_E_CORRUPT},
                     {SUMS + 60, 4, UINT64_MAX, DIRICHLET_E_CORRUPT}, /* of the first that is 0 */
                     {SUMS + 60, 4, 137, DIRICHLET_E_CORRUPT},
                     {SUMS + 64, 4, UINT64_MAX, DIRICHLET_E_CORRUPT}};

/* Fields out of range under a hash that fits. */
static void hostile_fields(void **state)
{
    (void)state;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_estimator *estimator = golden_estimator();
    const struct bytes whole = bytes_of(estimator);
    for (size_t i = 0; i < sizeof hostile_cases / sizeof *hostile_cases; i++) {
        struct bytes bytes = whole;
        put(&bytes, hostile_cases[i].place, hostile_cases[i].width, hostile_cases[i].value);
        CHECK(get(&bytes, hostile_cases[i].place, hostile_cases[i].width) ==
              (hostile_cases[i].width == 8 ? hostile_cases[i].value
                                           : hostile_cases[i].value & UINT32_MAX));
        rehash(&bytes);
        const dirichlet_status status = try_bytes(bytes.data, bytes.size, &error);
        CHECK_IN(status == hostile_cases[i].status, "case %d: %d %s", (int)i, status,
                 error.message);
    }
    const double doubles[] = {NAN, INFINITY, -INFINITY, -1.0, 1.0, 2.0, 1e300};
    const size_t places[] = {CONFIDENCE, MIN_ENERGY, MAX_ENERGY, STEP, FORWARD_NOISE};
    for (size_t p = 0; p < 5; p++)
        for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++) {
            struct bytes bytes = whole;
            put(&bytes, places[p], 8, bits_of(doubles[i]));
            rehash(&bytes);
            /* of the last two NaN says that they are not known */
            const bool fine =
                (p == 1 && (i == 4 || i == 5)) || (p >= 2 && i >= 4) || (p >= 3 && i == 0);
            CHECK_IN(try_bytes(bytes.data, bytes.size, &error) ==
                         (fine ? DIRICHLET_OK : DIRICHLET_E_CORRUPT),
                     "place %d: %g", (int)places[p], doubles[i]);
        }
    dirichlet_estimator_destroy(estimator);
}

/* Counts that a merge or an update would take beyond their type. */
static void counts_at_their_limit(void **state)
{
    (void)state;
    static struct table table = {.outputs = 2};
    const dirichlet_model_f64 model = table_energies(&table);
    const size_t places[] = {PRODUCTS, COUNT, SKIPPED, NEXT_SAMPLE};
    const double x[4] = {1.0, 2.0, 3.0, 4.0};
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_estimator *small = golden_estimator();
    const dirichlet_estimator_options options = {
        .struct_size = sizeof options, .seed = UINT64_C(0x0102030405060708), .population = 10};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        dirichlet_estimator *large = NULL;
        dirichlet_estimator *live = NULL;
        struct bytes bytes = bytes_of(small);
        put(&bytes, places[i], 8, (uint64_t)INT64_MAX - 2);
        rehash(&bytes);
        CHECK_IN(read_back(&bytes, &large, &error) == DIRICHLET_OK, "%s", error.message);
        const struct bytes before = bytes_of(large);
        const bool merges = places[i] == NEXT_SAMPLE || places[i] == SKIPPED;
        CHECK(dirichlet_estimator_merge(large, small) ==
              (merges ? DIRICHLET_OK : DIRICHLET_E_OVERFLOW));
        const struct bytes after = bytes_of(large);
        CHECK(merges || bytes_equal(&before, &after));
        CHECK(dirichlet_estimator_create_f64(&model, &options, &live, NULL) == DIRICHLET_OK);
        CHECK(dirichlet_estimator_merge(live, large) == DIRICHLET_OK);
        const struct bytes full = bytes_of(live);
        CHECK_IN(dirichlet_estimator_update_f64(live, 4, x, NULL, NULL) == DIRICHLET_E_OVERFLOW,
                 "place %d", (int)places[i]);
        const struct bytes kept = bytes_of(live);
        CHECK(bytes_equal(&full, &kept));
        dirichlet_estimator_destroy(large);
        dirichlet_estimator_destroy(live);
    }
    dirichlet_estimator_destroy(small);
}

/* Where nothing was seen, the least and the largest energy are infinite, no other way. */
static void hostile_emptiness(void **state)
{
    (void)state;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_estimator *estimator = golden_estimator();
    CHECK(dirichlet_estimator_reset(estimator) == DIRICHLET_OK);
    const struct bytes whole = bytes_of(estimator);
    const double doubles[] = {NAN, INFINITY, -INFINITY, 1.0, -1.0};
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 5; j++) {
            struct bytes bytes = whole;
            put(&bytes, MIN_ENERGY, 8, bits_of(doubles[i]));
            put(&bytes, MAX_ENERGY, 8, bits_of(doubles[j]));
            rehash(&bytes);
            CHECK(try_bytes(bytes.data, bytes.size, &error) ==
                  (i == 1 && j == 2 ? DIRICHLET_OK : DIRICHLET_E_CORRUPT));
        }
    dirichlet_estimator_destroy(estimator);
}

/* Random damage under a hash that fits; what is let in has to behave. */
static void hostile_states(void **state)
{
    (void)state;
    static struct subject subject;
    uint64_t random = 12345;
    int let_in = 0;
    for (int trial = 0; trial < 20000; trial++) {
        dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
        dirichlet_estimator *live = NULL;
        dirichlet_estimator *hostile = NULL;
        subject_make(&arrangements[trial % ARRANGEMENT_COUNT], 64, &subject);
        subject.options.tolerance = 1e-6;
        subject.options.min_samples = 2;
        subject.options.on_nonfinite = DIRICHLET_NONFINITE_SKIP;
        CHECK(subject_create(&subject, &live) == DIRICHLET_OK);
        CHECK(subject_update(&subject, live, 0, 5, NULL, NULL) == DIRICHLET_OK);
        struct bytes bytes = bytes_of(live);
        for (int changes = trial % 4; changes >= 0; changes--) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            const size_t place =
                NEXT_SAMPLE + (size_t)(random >> 33) % (bytes.size - 8 - NEXT_SAMPLE);
            bytes.data[place] = (unsigned char)(random >> 20);
        }
        rehash(&bytes);
        if (read_back(&bytes, &hostile, &error) == DIRICHLET_OK) {
            dirichlet_result result = {.struct_size = sizeof result};
            const dirichlet_status status = dirichlet_estimator_result(hostile, &result);
            CHECK(status != DIRICHLET_OK || isfinite(result.value));
            const dirichlet_status merged = dirichlet_estimator_merge(live, hostile);
            CHECK(merged == DIRICHLET_OK || merged == DIRICHLET_E_OVERFLOW ||
                  merged == DIRICHLET_E_MISMATCH); /* without the section of its errors */
            const dirichlet_status updated = subject_update(&subject, live, 5, 20, NULL, NULL);
            CHECK(updated == DIRICHLET_OK || updated == DIRICHLET_E_OVERFLOW);
            CHECK(dirichlet_estimator_result(live, &result) != DIRICHLET_OK ||
                  isfinite(result.value));
            let_in++;
        }
        dirichlet_estimator_destroy(hostile);
        dirichlet_estimator_destroy(live);
    }
    CHECK(let_in > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_bytes),      cmocka_unit_test(capacities),
        cmocka_unit_test(round_trip),        cmocka_unit_test(huge_energies),
        cmocka_unit_test(truncations),       cmocka_unit_test(single_bytes),
        cmocka_unit_test(hostile_fields),    cmocka_unit_test(counts_at_their_limit),
        cmocka_unit_test(hostile_emptiness), cmocka_unit_test(hostile_states)};
    return check_report("unit.serialize", cmocka_run_group_tests(tests, NULL, NULL));
}
