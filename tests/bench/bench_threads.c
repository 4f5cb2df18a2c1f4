/* What the BLAS's own threads cost a host that has threads too. Each of T threads of the host
 * measures a network of its own; the environment says how many threads the BLAS takes, so run it
 * twice and compare the last figures:
 *
 *   bench_threads [--case NAME] [--threads T] [--seconds S]
 *   OPENBLAS_NUM_THREADS=1 bench_threads ...
 *
 * Printed: the first measurement of the process and the median of later ones, alone; then, with
 * all threads at once, wall time divided by the number of measurements, and their spread. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "clock.h"

#define MOST_THREADS 256
#define RUNS_ALONE 31

struct worker {
    struct bench_subject subject;
    double seconds; /* to measure for */
    double value;
    long runs;
};

static int usage(void)
{
    fprintf(stderr, "usage: bench_threads [--case NAME] [--threads T] [--seconds S]\n");
    return 2;
}

static void *measure(void *argument)
{
    struct worker *worker = argument;
    const double end = wall_seconds_now() + worker->seconds;
    while (wall_seconds_now() < end) {
        worker->value = bench_value(&worker->subject);
        worker->runs++;
    }
    return NULL;
}

static void time_alone(struct worker *worker)
{
    double times[RUNS_ALONE];
    double begin = wall_seconds_now();
    (void)bench_value(&worker->subject);
    const double first = wall_seconds_now() - begin;
    for (int i = 0; i < RUNS_ALONE; i++) {
        begin = wall_seconds_now();
        worker->value = bench_value(&worker->subject);
        times[i] = wall_seconds_now() - begin;
    }
    printf("alone: first measurement %.3g ms, later %.3g ms\n", 1e3 * first,
           1e3 * median(times, RUNS_ALONE));
}

static int time_together(struct worker *workers, int count)
{
    pthread_t threads[MOST_THREADS];
    long runs = 0;
    int started = 0;
    int same = 1;
    const double begin = wall_seconds_now();
    for (; started < count; started++)
        if (pthread_create(&threads[started], NULL, measure, &workers[started]) != 0)
            break;
    for (int t = 0; t < started; t++) {
        (void)pthread_join(threads[t], NULL);
        runs += workers[t].runs;
        same = same && workers[t].value == workers[0].value;
    }
    const double seconds = wall_seconds_now() - begin;
    if (started < count)
        return fprintf(stderr, "bench_threads: cannot start %d threads\n", count) > 0;
    printf("%d threads: %.3g ms for each measurement of any thread; %s\n", count,
           1e3 * seconds / (double)runs, same ? "all values the same" : "values differ");
    return 0;
}

static int run(const struct bench_case *description, int threads, double seconds)
{
    struct worker *workers = calloc((size_t)threads, sizeof *workers);
    if (workers == NULL)
        return 1;
    printf("%s, %s, %s\n", description->name, dirichlet_blas_name(), dirichlet_blas_library());
    for (int t = 0; t < threads; t++) {
        workers[t].subject = make_bench_subject(description, description->samples, NULL);
        workers[t].seconds = seconds;
    }
    time_alone(&workers[0]);
    const int failed = time_together(workers, threads);
    for (int t = 0; t < threads; t++)
        free_bench_subject(&workers[t].subject);
    free(workers);
    return failed;
}

int main(int argc, char **argv)
{
    struct bench_case description;
    const char *name = "784-300-100-10";
    int threads = 2;
    double seconds = 2.0;
    if (argc % 2 == 0)
        return usage();
    for (int i = 1; i < argc; i += 2)
        if (strcmp(argv[i], "--case") == 0)
            name = argv[i + 1];
        else if (strcmp(argv[i], "--threads") == 0)
            threads = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--seconds") == 0)
            seconds = atof(argv[i + 1]);
        else
            return usage();
    if (!read_bench_case(name, &description) || threads < 1 || threads > MOST_THREADS ||
        !(seconds >= 0.0))
        return usage();
    return run(&description, threads, seconds);
}
