/* Every copy of a vectorized loop gives the same bits (core/arithmetic/vector.h). */
#include <string.h>

#include "clones.h"
#include "support/check.h"

#define TRIALS 20

struct copy {
    const char *name;
    clones_trial *f32;
    clones_trial *f64;
};

static int runs_here(const char *name)
{
#ifdef CLONES_X86
    if (strcmp(name, "avx2") == 0)
        return __builtin_cpu_supports("avx2");
    if (strcmp(name, "avx512f") == 0)
        return __builtin_cpu_supports("avx512f");
#endif
    return strcmp(name, "default") == 0; /* with itself: no call disturbs the next */
}

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state ^ *state >> 15;
}

static void compare(clones_trial *trial, clones_trial *expected, const char *name)
{
    static uint32_t bits[3 * CLONES_LONGEST + 3];
    static unsigned char seen[CLONES_OUTPUT];
    static unsigned char wanted[CLONES_OUTPUT];
    uint32_t state = 1;
    for (int64_t size = 1; size <= CLONES_LONGEST; size++)
        for (int i = 0; i < TRIALS; i++) {
            for (size_t j = 0; j < sizeof bits / sizeof *bits; j++)
                bits[j] = next(&state);
            const int64_t bytes = trial(size, bits, seen);
            CHECK(bytes > 0 && bytes <= CLONES_OUTPUT && bytes == expected(size, bits, wanted));
            CHECK_IN(memcmp(seen, wanted, (size_t)bytes) == 0, "%s, size %d", name, (int)size);
        }
}

static void copies_agree(void **state)
{
    (void)state;
    static const struct copy copies[] = {{"default", clones_default_f32, clones_default_f64},
#ifdef CLONES_X86
                                         {"avx2", clones_avx2_f32, clones_avx2_f64},
                                         {"avx512f", clones_avx512f_f32, clones_avx512f_f64}
#endif
    };
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++)
        if (runs_here(copies[i].name)) {
            compare(copies[i].f32, clones_default_f32, copies[i].name);
            compare(copies[i].f64, clones_default_f64, copies[i].name);
            print_message("%s agrees with the default\n", copies[i].name);
        } else {
            print_message("%s: not on this processor\n", copies[i].name);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(copies_agree)};
    return check_report("unit.clones", cmocka_run_group_tests(tests, NULL, NULL));
}
