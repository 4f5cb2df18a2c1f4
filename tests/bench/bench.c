/* Times exact geometric complexity of dense ReLU networks, the forward pass included. NAME is the
 * widths joined by '-'; "-penalty" behind them asks for the gradient with respect to all parameters
 * too, and "-probe" for one probe a sample instead of exact energies.
 *
 *   bench --case NAME [--samples N] [--runs R] [--json]   one case; the plan and the GEMM rate too
 *   bench --case NAME --serve      a line on the input is a turn, one run untimed and one timed;
 *                                  answers "seconds value" each
 *   bench --scaling [--json]       seconds for 256 to 65,536 samples and the exponents
 *   bench --serial-part [--lanes N] [--samples N]     what no pool can share out (serial_part.c)
 *   bench --list
 *
 * --lanes N lends N threads to the network and to the estimator, with the BLAS on one thread;
 * --threads T puts the BLAS on T threads. What was done to the BLAS is a line on the error stream.
 *
 * The share of the GEMM rate is the operations of the plan over the seconds over the rate of sgemm
 * of 1024 x 1024 matrices on one thread: the fastest of three before the runs and of three after
 * them, since what else the machine does only slows. With N lanes it goes up to N.
 *
 * compare.py times other software beside it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "blas_threads.h"
#include "cases.h"
#include "clock.h"
#include "core/blas/blas.h"
#include "pool.h"
#include "serial_part.h"

#define MOST_RUNS 1000
#define MOST_LANES 1024

struct arguments {
    struct bench_case description;
    int64_t samples;
    int runs;
    int json;
    int serve;
    int scaling;
    int serial_part;
    int lanes;           /* 0: no pool */
    int threads;         /* of the BLAS; 0: as the environment says */
    const char *blas_at; /* what was done to its threads */
};

/* Of the runs of a case. */
struct timing {
    double median;
    double least;
    double rate; /* of the matrix product on one thread */
    double value;
    int64_t peak; /* bytes, of the process */
};

static int usage(void)
{
    fprintf(stderr,
            "usage: bench --case NAME [--samples N] [--runs R] [--json] | --case NAME --serve |\n"
            "       --scaling [--json] | --serial-part [--samples N] | --list;\n"
            "       --lanes N: N threads for the library, one for the BLAS; --threads T of the "
            "BLAS\n"
            "Share of the GEMM rate: operations of the plan / seconds / rate of sgemm of 1024 x "
            "1024 on one thread.\n");
    return 2;
}

static int list_cases(void)
{
    for (int i = 0; i < bench_case_count; i++)
        puts(bench_case_name(i));
    return 0;
}

static double time_run(struct bench_subject *subject, double *value)
{
    const int64_t calls = subject->description.calls;
    const double begin = wall_seconds_now();
    for (int64_t i = 0; i < calls; i++)
        *value = bench_value(subject);
    return (wall_seconds_now() - begin) / (double)calls;
}

/* Runs until the times settle: pages, caches, the BLAS's threads. */
static void warm_up(struct bench_subject *subject)
{
    double value = 0.0;
    for (int i = 0; i < 2; i++)
        (void)time_run(subject, &value);
}

/* Operations a second of the matrix product, for a shape of the size of those of a chain: the
 * fastest of several. */
static double gemm_rate(void)
{
    enum { SIZE = 1024, RUNS = 3 };
    float *numbers = calloc(3 * SIZE * SIZE, sizeof *numbers);
    double least = INFINITY;
    if (numbers == NULL)
        return NAN;
    for (int64_t i = 0; i < 2 * SIZE * SIZE; i++)
        numbers[i] = (float)(i % 17) - 8.0F;
    const struct matrix_f32 a = {numbers, SIZE, 1};
    const struct matrix_f32 b = {numbers + SIZE * SIZE, SIZE, 1};
    for (int run = 0; run < RUNS; run++) {
        const double begin = wall_seconds_now();
        blas_multiply_f32(SIZE, SIZE, SIZE, 1.0F, a, b, 0.0F, numbers + 2 * SIZE * SIZE, SIZE);
        least = fmin(least, wall_seconds_now() - begin);
    }
    free(numbers);
    return 2.0 * SIZE * SIZE * SIZE / least;
}

/* On one thread where the BLAS lets that be changed; then on `threads` again. */
static double one_thread_rate(const struct arguments *arguments)
{
    const int changed = arguments->threads > 1 && change_blas_threads(1);
    const double rate = gemm_rate();
    if (changed)
        (void)change_blas_threads(arguments->threads);
    return rate;
}

/* ru_maxrss is in KiB on Linux. */
static int64_t peak_bytes(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (int64_t)usage.ru_maxrss * 1024 : -1;
}

static double operations(const struct bench_subject *subject, const dirichlet_dense_plan *plan)
{
    return plan->sample_flops * (double)subject->samples + plan->call_flops;
}

static void print_plan(struct bench_subject *subject, const struct timing *timing)
{
    dirichlet_dense_plan plan = {.struct_size = sizeof plan};
    char text[DIRICHLET_DENSE_PLAN_TEXT_SIZE] = "";
    (void)dirichlet_dense_last_plan_f32(subject->network, &plan);
    (void)dirichlet_dense_plan_text_f32(subject->network, &plan, text, sizeof text);
    const double work = operations(subject, &plan);
    const double rate = timing->rate;
    const double seconds = timing->median;
    printf("%.3f GFLOP at %.1f GFLOP/s, %.0f %% of the %.1f of a matrix product; "
           "%lld samples done again\n%s",
           1e-9 * work, 1e-9 * work / seconds, 100.0 * work / seconds / rate, 1e-9 * rate,
           (long long)plan.direct_samples, text);
}

static const char *end_name(dirichlet_dense_end end)
{
    if (end == DIRICHLET_DENSE_END_NONE)
        return "none";
    return end == DIRICHLET_DENSE_END_DIRECT ? "direct" : "gram";
}

/* As the inside of a JSON string: the text has no other special character than its line ends. */
static void print_escaped(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '\n')
            fputs("\\n", stdout);
        else
            putchar(*text);
}

static void print_json_plan(struct bench_subject *subject, const dirichlet_dense_plan *plan)
{
    char text[DIRICHLET_DENSE_PLAN_TEXT_SIZE] = "";
    (void)dirichlet_dense_plan_text_f32(subject->network, plan, text, sizeof text);
    printf("\"plan\": {\"pivot\": %lld, \"rows\": %lld, \"upper_end\": \"%s\", "
           "\"lower_end\": \"%s\", \"sum\": %d, \"norms\": %d, \"direct_samples\": %lld, "
           "\"bytes\": %lld, \"text\": \"",
           (long long)plan->pivot, (long long)plan->rows, end_name(plan->upper_end),
           end_name(plan->lower_end), (int)plan->sum, (int)plan->norms,
           (long long)plan->direct_samples, (long long)plan->bytes);
    print_escaped(text);
    printf("\"}, ");
}

static void print_json(struct bench_subject *subject, const struct arguments *arguments,
                       const struct timing *timing)
{
    dirichlet_dense_plan plan = {.struct_size = sizeof plan};
    (void)dirichlet_dense_last_plan_f32(subject->network, &plan);
    const double work = operations(subject, &plan);
    const int64_t bytes = bench_bytes(subject);
    printf("{\"case\": \"%s\", \"samples\": %lld, \"seconds\": %.6g, \"runs\": %d, "
           "\"flops\": %.6g, \"geometric_complexity\": %.17g, ",
           subject->description.name, (long long)subject->samples, timing->median, arguments->runs,
           work, timing->value);
    printf("\"milliseconds\": {\"median\": %.6g, \"minimum\": %.6g}, \"lanes\": %d, "
           "\"blas_threads\": \"%s\", \"gemm_share\": %.4f, \"gemm_share_at_minimum\": %.4f, ",
           1e3 * timing->median, 1e3 * timing->least, arguments->lanes > 0 ? arguments->lanes : 1,
           arguments->blas_at, work / timing->median / timing->rate,
           work / timing->least / timing->rate);
    printf("\"memory\": {\"peak_bytes\": %lld, \"weights_and_data_bytes\": %lld, "
           "\"beside_bytes\": %lld}, ",
           (long long)timing->peak, (long long)bytes, (long long)(timing->peak - bytes));
    print_json_plan(subject, &plan);
    printf("\"gemm_flops_per_second\": %.6g, \"blas\": \"%s\"}\n", timing->rate,
           dirichlet_blas_name());
}

static struct timing time_runs(struct bench_subject *subject, const struct arguments *arguments)
{
    struct timing timing = {.least = INFINITY, .rate = one_thread_rate(arguments)};
    double times[MOST_RUNS];
    warm_up(subject);
    for (int run = 0; run < arguments->runs; run++) {
        times[run] = time_run(subject, &timing.value);
        timing.least = fmin(timing.least, times[run]);
    }
    timing.median = median(times, arguments->runs);
    timing.peak = peak_bytes();
    timing.rate = fmax(timing.rate, one_thread_rate(arguments));
    return timing;
}

static int time_case(const struct arguments *arguments, const dirichlet_parallel *parallel)
{
    struct bench_subject subject =
        make_bench_subject(&arguments->description, arguments->samples, parallel);
    const struct timing timing = time_runs(&subject, arguments);
    if (arguments->json) {
        print_json(&subject, arguments, &timing);
    } else {
        printf("%s: geometric complexity %.9g of %lld samples in %.4g ms (least %.4g), %.1f MiB "
               "beside weights and data\n",
               arguments->description.name, timing.value, (long long)subject.samples,
               1e3 * timing.median, 1e3 * timing.least,
               (double)(timing.peak - bench_bytes(&subject)) / 1048576.0);
        print_plan(&subject, &timing);
    }
    free_bench_subject(&subject);
    return 0;
}

static int serve(const struct arguments *arguments, const dirichlet_parallel *parallel)
{
    struct bench_subject subject =
        make_bench_subject(&arguments->description, arguments->samples, parallel);
    char line[64];
    warm_up(&subject);
    while (fgets(line, sizeof line, stdin) != NULL) {
        double value = 0.0;
        (void)time_run(&subject, &value);
        const double seconds = time_run(&subject, &value);
        printf("%.9g %.17g\n", seconds, value);
        fflush(stdout);
    }
    free_bench_subject(&subject);
    return 0;
}

/* Slope of log seconds over log samples, by least squares. */
static double exponent_of(const double *samples, const double *seconds, int count)
{
    double x = 0.0, y = 0.0, xx = 0.0, xy = 0.0;
    for (int i = 0; i < count; i++) {
        const double u = log(samples[i]);
        const double v = log(seconds[i]);
        x += u;
        y += v;
        xx += u * u;
        xy += u * v;
    }
    return (count * xy - x * y) / (count * xx - x * x);
}

#define POINTS 9

/* The sizes take turns, and the least time of each counts: what else the machine does only adds. */
static void time_sizes(struct bench_subject *subjects, double *seconds)
{
    enum { RUNS = 5 };
    for (int i = 0; i < POINTS; i++)
        seconds[i] = INFINITY;
    for (int run = 0; run < RUNS; run++)
        for (int i = 0; i < POINTS; i++) {
            double value = 0.0;
            (void)time_run(&subjects[i], &value);
            seconds[i] = fmin(seconds[i], time_run(&subjects[i], &value));
        }
}

/* All samples in one call, and in calls of 256: what a call prepares weighs more in small ones. */
static int time_scaling(int json)
{
    struct bench_case description;
    struct bench_subject subjects[POINTS];
    double samples[POINTS];
    double whole[POINTS];
    double batches[POINTS];
    (void)read_bench_case(bench_case_name(0), &description);
    for (int i = 0; i < POINTS; i++) {
        subjects[i] = make_bench_subject(&description, (int64_t)256 << i, NULL);
        samples[i] = (double)subjects[i].samples;
    }
    time_sizes(subjects, whole);
    for (int i = 0; i < POINTS; i++)
        subjects[i].batch = 256;
    time_sizes(subjects, batches);
    for (int i = 0; i < POINTS; i++) {
        free_bench_subject(&subjects[i]);
        if (!json)
            printf("%6.0f samples %10.4g ms, in calls of 256 %10.4g ms\n", samples[i],
                   1e3 * whole[i], 1e3 * batches[i]);
    }
    printf(json ? "{\"exponent\": %.4f, \"exponent_one_call\": %.4f}\n"
                : "exponent in calls of 256 %.4f, in one call %.4f\n",
           exponent_of(samples, batches, POINTS), exponent_of(samples, whole, POINTS));
    return 0;
}

static int read_arguments(int count, char **words, struct arguments *out)
{
    for (int i = 1; i < count; i++) {
        const char *value = i + 1 < count ? words[i + 1] : "";
        if (strcmp(words[i], "--json") == 0)
            out->json = 1;
        else if (strcmp(words[i], "--serve") == 0)
            out->serve = 1;
        else if (strcmp(words[i], "--scaling") == 0)
            out->scaling = 1;
        else if (strcmp(words[i], "--serial-part") == 0)
            out->serial_part = 1;
        else if (strcmp(words[i], "--case") == 0 && ++i) {
            if (!read_bench_case(value, &out->description))
                return 0;
        } else if (strcmp(words[i], "--samples") == 0 && ++i)
            out->samples = atoll(value);
        else if (strcmp(words[i], "--lanes") == 0 && ++i) {
            out->lanes = atoi(value);
            if (out->lanes < 1 || out->lanes > MOST_LANES)
                return 0;
        } else if (strcmp(words[i], "--threads") == 0 && ++i) {
            out->threads = atoi(value);
            if (out->threads < 1)
                return 0;
        } else if (strcmp(words[i], "--runs") == 0 && ++i)
            out->runs = atoi(value);
        else
            return 0;
    }
    if (out->scaling || out->serial_part)
        return out->samples >= 0;
    if (out->description.layers == 0)
        return 0;
    if (out->samples == 0)
        out->samples = out->description.samples;
    return out->samples > 0 && out->runs > 0 && out->runs <= MOST_RUNS;
}

/* With lanes the BLAS keeps to one thread. */
static void set_blas(struct arguments *arguments, char **words)
{
    if (arguments->lanes > 0 && arguments->threads == 0)
        arguments->threads = 1;
    arguments->blas_at = "as its environment says";
    if (arguments->threads > 0)
        arguments->blas_at = set_blas_threads(arguments->threads, words);
    if (arguments->threads > 0)
        fprintf(stderr, "BLAS on %d: %s\n", arguments->threads, arguments->blas_at);
}

static int run(const struct arguments *arguments)
{
    if (arguments->scaling)
        return time_scaling(arguments->json);
    if (arguments->serial_part)
        return time_serial_part(arguments->samples, arguments->lanes);
    if (arguments->lanes == 0)
        return arguments->serve ? serve(arguments, NULL) : time_case(arguments, NULL);
    struct bench_pool *pool = start_bench_pool(arguments->lanes);
    const dirichlet_parallel parallel = lend_bench_pool(pool);
    const int status =
        arguments->serve ? serve(arguments, &parallel) : time_case(arguments, &parallel);
    stop_bench_pool(pool);
    return status;
}

int main(int count, char **words)
{
    struct arguments arguments = {.runs = 7};
    if (count == 2 && strcmp(words[1], "--list") == 0)
        return list_cases();
    if (!read_arguments(count, words, &arguments))
        return usage();
    if (arguments.serial_part && arguments.lanes == 0)
        arguments.lanes = 2;
    set_blas(&arguments, words);
    return run(&arguments);
}
