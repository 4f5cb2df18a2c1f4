/* Every public function gives the same bits in whatever floating-point environment it is called,
 * and leaves it, the exceptions raised before and errno as it found them. Callbacks run in it. */
#include <stdio.h>
#include <string.h>

#include "environment/run.h"
#include "support/check.h"

static struct run expected;
static struct run found;
static const char *map; /* cmake/dirichlet.map */

static void run_in(struct run *run, int environment, int tiny)
{
    memset(run, 0, sizeof *run);
    run->environment = environment;
    run_all_f64(run, tiny);
    run_all_f32(run, tiny);
    run_rest(run);
}

/* The first call whose results differ; NULL: none. */
static const char *first_difference(const struct run *a, const struct run *b)
{
    size_t start = 0;
    for (int i = 0; i < a->called_count; i++) {
        if (a->ends[i] != b->ends[i] ||
            memcmp(a->bytes + start, b->bytes + start, a->ends[i] - start) != 0)
            return a->called[i];
        start = a->ends[i];
    }
    return NULL;
}

static void check_run(const struct run *run, int tiny)
{
    const char *name = host_name(run->environment);
    const char *complaint = run->complaint == NULL ? "" : run->complaint;
    const char *differs = first_difference(&expected, run);
    printf("%-16s tiny %d: %d calls, %ld refused (%s), %ld callbacks, %zu bytes compared\n", name,
           tiny, run->called_count, run->refused, run->refused > 0 ? run->last_refused : "-",
           run->callbacks, run->size);
    CHECK_IN(run->changed == 0, "%s: %ld calls changed the environment, %s", name, run->changed,
             complaint);
    CHECK_IN(run->other_callback == 0, "%s: %ld callbacks in another environment, of %s", name,
             run->other_callback, complaint);
    CHECK_IN(run->size == expected.size && differs == NULL, "%s, tiny %d: %s gives other bits",
             name, tiny, differs == NULL ? "something" : differs);
    CHECK(run->refused <= (tiny ? 20 : 0));
    CHECK(run->live == 0 && run->callbacks > 1000);
}

static void same_bits_everywhere(void **state)
{
    (void)state;
    for (int tiny = 0; tiny < 2; tiny++) {
        run_in(&expected, 0, tiny);
        for (int i = 0; i < host_count(); i++) {
            run_in(&found, i, tiny);
            check_run(&found, tiny);
        }
    }
}

static bool was_called(const struct run *run, const char *name)
{
    for (int i = 0; i < run->called_count; i++)
        if (strcmp(run->called[i], name) == 0)
            return true;
    return false;
}

static void nothing_left_out(void **state)
{
    (void)state;
    char line[200];
    char name[100];
    int functions = 0;
    FILE *file = fopen(map, "r");
    CHECK(file != NULL);
    run_in(&expected, 0, 0);
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, " dirichlet_%80[a-z0-9_];", name) == 1) {
            char whole[120];
            (void)snprintf(whole, sizeof whole, "dirichlet_%s", name);
            CHECK_IN(was_called(&expected, whole), "%s is not called here", whole);
            functions++;
        }
    (void)fclose(file);
    printf("%d functions\n", functions);
    CHECK(functions > 80);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bits_everywhere),
        cmocka_unit_test(nothing_left_out),
    };
    if (argc != 2)
        return 2;
    map = argv[1];
    printf("subnormal numbers can%s be flushed here\n", host_flushes() ? "" : "not");
    return check_report("environment.calls",
                        cmocka_run_group_tests_name("environment.calls", tests, NULL, NULL));
}
