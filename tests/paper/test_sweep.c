/* Tables of runs that are made up: who is asked for what, what is said about it, what is
 * written. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "support/check.h"
#include "sweep.h"

static const double levels[] = {0, 0.5, 2};

enum { VALUE, OTHER };

/* The value falls with the level, but for the seed `odd` between the last two; the other is missing
 * at the last level. */
struct story {
    uint64_t odd;
    uint64_t failing;
};

static int tell(void *context, double level, uint64_t seed, struct pool_worker *worker, double *row,
                struct problem *problem)
{
    const struct story *story = context;
    if (seed == story->failing)
        return problem_set(problem, "no run for seed %d", (int)seed);
    row[VALUE] = (double)seed - level;
    if (seed == story->odd && level == 2)
        row[VALUE] = (double)seed - 0.25;
    row[OTHER] = level == 2 ? (double)NAN : level;
    return pool_report(worker, 1.0, problem);
}

/* The same, a whole seed at once. */
static int tell_all(void *context, const struct sweep *sweep, int seed, struct pool_worker *worker,
                    struct problem *problem)
{
    for (int l = 0; l < sweep->level_count; l++)
        if (tell(context, sweep->levels[l], sweep->seed + (uint64_t)seed, worker,
                 sweep_row(sweep, l, seed), problem) != 0)
            return -1;
    return 0;
}

static struct sweep make_sweep(struct story *story)
{
    return (struct sweep){.name = "k",
                          .title = "a knob",
                          .level_count = 3,
                          .levels = levels,
                          .seed_count = 2,
                          .seed = 10,
                          .column_count = 2,
                          .columns = {{"value", "the value"}, {"other", ""}},
                          .measure = tell,
                          .context = story};
}

static void run(struct sweep *sweeps, int count, int threads)
{
    const struct options options = {.threads = threads};
    struct problem problem = {"", 0};
    CHECK_IN(sweep_run_all(sweeps, count, &options, &problem) == 0, "%s", problem.text);
}

static void values_are_where_they_belong(void **state)
{
    (void)state;
    struct story story = {0, 0};
    for (int threads = 1; threads <= 3; threads++) {
        struct sweep sweep = make_sweep(&story);
        run(&sweep, 1, threads);
        for (int l = 0; l < 3; l++)
            for (int s = 0; s < 2; s++)
                CHECK(sweep_value(&sweep, l, s, VALUE) == 10 + s - levels[l]);
        const struct summary summary = sweep_summary(&sweep, 1, VALUE);
        CHECK(summary.mean == 10.0 && summary.least == 9.5 && summary.greatest == 10.5);
        CHECK(sweep_summary(&sweep, 2, OTHER).count == 0);
        sweep_free(&sweep);
    }
}

static void a_seed_at_once(void **state)
{
    (void)state;
    struct story story = {0, 0};
    for (int threads = 1; threads <= 3; threads++) {
        struct sweep sweeps[] = {make_sweep(&story), make_sweep(&story), make_sweep(&story)};
        sweeps[0].follow = tell_all;
        sweeps[2].follow = tell_all;
        run(sweeps, 3, threads);
        for (int i = 0; i < 3; i++) {
            for (int l = 0; l < 3; l++)
                for (int s = 0; s < 2; s++)
                    CHECK(sweep_value(&sweeps[i], l, s, VALUE) == 10 + s - levels[l]);
            sweep_free(&sweeps[i]);
        }
    }
    story.failing = 11;
    struct sweep sweep = make_sweep(&story);
    sweep.follow = tell_all;
    const struct options options = {.threads = 2};
    struct problem problem = {"", 0};
    CHECK(sweep_run_all(&sweep, 1, &options, &problem) == -1);
    CHECK_IN(strcmp(problem.text, "no run for seed 11") == 0, "%s", problem.text);
}

static void agreement(void **state)
{
    (void)state;
    struct story stories[] = {{0, 0}, {11, 0}};
    struct sweep sweeps[] = {make_sweep(&stories[0]), make_sweep(&stories[1])};
    run(sweeps, 2, 2);
    printf("Spearman %g and %g; with an odd seed %g and %g\n", sweep_spearman(&sweeps[0], 0, VALUE),
           sweep_spearman(&sweeps[0], 1, VALUE), sweep_spearman(&sweeps[1], 0, VALUE),
           sweep_spearman(&sweeps[1], 1, VALUE));
    CHECK(fabs(sweep_spearman(&sweeps[1], 1, VALUE) + 0.5) <= 1e-14);
    CHECK(sweep_agrees(&sweeps[0], VALUE, -1, 1.0));
    CHECK(!sweep_agrees(&sweeps[0], VALUE, 1, 0.9));
    CHECK(!sweep_agrees(&sweeps[1], VALUE, -1, 0.9));
    CHECK(sweep_agrees(&sweeps[1], VALUE, -1, 0.5));
    CHECK(!sweep_agrees(&sweeps[0], OTHER, 1, 0.5)); /* no correlation of two levels */
    for (int i = 0; i < 2; i++)
        sweep_free(&sweeps[i]);
}

static void csv(void **state)
{
    (void)state;
    const char *expected = "knob,level,seed,value,other,third\n"
                           "k,0,10,10,0,\n"
                           "k,0,11,11,0,\n"
                           "k,0.5,10,9.5,0.5,\n"
                           "k,0.5,11,10.5,0.5,\n"
                           "k,2,10,8,,\n"
                           "k,2,11,9,,\n"
                           "m,0,10,10,,0\n"
                           "m,0,11,11,,0\n"
                           "m,0.5,10,9.5,,0.5\n"
                           "m,0.5,11,10.5,,0.5\n"
                           "m,2,10,8,,\n"
                           "m,2,11,9,,\n";
    struct story story = {0, 0};
    struct sweep sweeps[] = {make_sweep(&story), make_sweep(&story)};
    struct problem problem = {"", 0};
    struct bytes bytes;
    sweeps[1].name = "m";
    strcpy(sweeps[1].columns[OTHER].name, "third");
    run(sweeps, 2, 2);
    CHECK(sweep_write_csv(sweeps, 2, "sweep.csv", &problem) == 0);
    CHECK(file_read("sweep.csv", 4096, NULL, &bytes, &problem) == 0);
    printf("%.*s", (int)bytes.size, (const char *)bytes.data);
    CHECK(bytes.size == strlen(expected) && memcmp(bytes.data, expected, bytes.size) == 0);
    bytes_free(&bytes);
    CHECK(sweep_write_csv(sweeps, 2, "no/such/folder.csv", &problem) == -1);
    for (int i = 0; i < 2; i++)
        sweep_free(&sweeps[i]);
}

static void long_csv(void **state)
{
    (void)state;
    const char *expected = "knob,level,seed,quantity,value\n"
                           "k,0,10,value,10\nk,0,10,other,0\n"
                           "k,0,11,value,11\nk,0,11,other,0\n"
                           "k,0.5,10,value,9.5\nk,0.5,10,other,0.5\n"
                           "k,0.5,11,value,10.5\nk,0.5,11,other,0.5\n"
                           "k,2,10,value,8\n"
                           "k,2,11,value,9\n";
    struct story story = {0, 0};
    struct sweep sweep = make_sweep(&story);
    struct problem problem = {"", 0};
    struct bytes bytes;
    run(&sweep, 1, 1);
    CHECK(sweep_write_long_csv(&sweep, 1, "long.csv", &problem) == 0);
    CHECK(file_read("long.csv", 4096, NULL, &bytes, &problem) == 0);
    CHECK_IN(bytes.size == strlen(expected) && memcmp(bytes.data, expected, bytes.size) == 0,
             "%.*s", (int)bytes.size, (const char *)bytes.data);
    bytes_free(&bytes);
    CHECK(sweep_write_long_csv(&sweep, 1, "no/such/folder.csv", &problem) == -1);
    sweep_free(&sweep);
}

static void a_failing_run(void **state)
{
    (void)state;
    struct story story = {0, 11};
    struct sweep sweep = make_sweep(&story);
    const struct options options = {.threads = 2};
    struct problem problem = {"", 0};
    CHECK(sweep_run_all(&sweep, 1, &options, &problem) == -1);
    CHECK_IN(strcmp(problem.text, "no run for seed 11") == 0, "%s", problem.text);
    CHECK(sweep.table == NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_are_where_they_belong),
                                       cmocka_unit_test(a_seed_at_once),
                                       cmocka_unit_test(agreement),
                                       cmocka_unit_test(csv),
                                       cmocka_unit_test(long_csv),
                                       cmocka_unit_test(a_failing_run)};
    return check_report("paper.sweep", cmocka_run_group_tests(tests, NULL, NULL));
}
