/* The serial part of a call: its seconds with a pool that runs its tasks one after the other on the
 * calling thread, less those in tasks, over all of them. CPU time of the calling thread: a busy
 * machine does not count. How unequal the tasks are shows on real threads only, as lanes take
 * pieces until none is left: in order the first takes all of them.
 *
 * 16 lanes then take serial + parallel / 16 x longest / mean of the whole (Amdahl 1967, with the
 * longest task in place of the mean one). */
#include "serial_part.h"

#include <math.h>
#include <stdio.h>

#include "cases.h"
#include "clock.h"
#include "pool.h"

#define RUNS 5
#define SAMPLES 65536
#define PREDICTED 16

struct parts {
    double serial; /* of the whole */
    double seconds;
    int64_t calls; /* of the pool */
};

static struct parts time_in_order(const struct bench_case *description, int64_t samples)
{
    struct bench_pool *pool = start_bench_pool_in_order(PREDICTED);
    const dirichlet_parallel parallel = lend_bench_pool(pool);
    struct bench_subject subject = make_bench_subject(description, samples, &parallel);
    double whole[RUNS];
    double serial[RUNS];
    int64_t calls = 0;
    (void)bench_value(&subject);
    for (int run = 0; run < RUNS; run++) {
        clear_bench_pool(pool);
        const double begin = cpu_seconds_now();
        (void)bench_value(&subject);
        whole[run] = cpu_seconds_now() - begin;
        const struct bench_pool_record record = bench_pool_record(pool);
        serial[run] = (whole[run] - record.inside) / whole[run];
        calls = record.calls;
    }
    free_bench_subject(&subject);
    stop_bench_pool(pool);
    return (struct parts){median(serial, RUNS), median(whole, RUNS), calls};
}

/* Longest over mean of the tasks of a call, by CPU time; NaN where there are no tasks. */
static double imbalance(const struct bench_case *description, int64_t samples, int64_t lanes)
{
    struct bench_pool *pool = start_bench_pool(lanes);
    const dirichlet_parallel parallel = lend_bench_pool(pool);
    struct bench_subject subject = make_bench_subject(description, samples, &parallel);
    double ratios[RUNS];
    (void)bench_value(&subject);
    for (int run = 0; run < RUNS; run++) {
        clear_bench_pool(pool);
        (void)bench_value(&subject);
        const struct bench_pool_record record = bench_pool_record(pool);
        ratios[run] = record.mean > 0.0 ? record.longest / record.mean : NAN;
    }
    free_bench_subject(&subject);
    stop_bench_pool(pool);
    return median(ratios, RUNS);
}

int time_serial_part(int64_t samples, int64_t lanes)
{
    struct bench_case description;
    const int64_t count = samples > 0 ? samples : SAMPLES;
    (void)read_bench_case(bench_case_name(0), &description);
    const struct parts parts = time_in_order(&description, count);
    printf("%s, %lld samples: %.4g ms, %lld calls of the pool, serial part %.3f %%\n",
           description.name, (long long)count, 1e3 * parts.seconds, (long long)parts.calls,
           100.0 * parts.serial);
    if (parts.calls == 0) {
        printf("no task was sent out: %d lanes take as long as one\n", PREDICTED);
        return 0;
    }
    const double unequal = imbalance(&description, count, lanes);
    printf("longest over mean task, %lld lanes: %.3f\n", (long long)lanes, unequal);
    printf("%d lanes, predicted: %.2f times as fast\n", PREDICTED,
           1.0 / (parts.serial + (1.0 - parts.serial) / PREDICTED * unequal));
    return 0;
}
