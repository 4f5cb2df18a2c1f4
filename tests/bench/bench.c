/* Times exact geometric complexity of dense ReLU networks, the forward pass included. NAME is the
 * widths joined by '-'; "-penalty" behind them asks for the gradient with respect to all parameters
 * too, and "-probe" for one probe a sample instead of exact energies.
 *
 *   bench --case NAME [--samples N] [--runs R] [--json]   one case; the plan and the GEMM rate too
 *   bench --case NAME --serve      a line on the input is a turn, one run untimed and one timed;
 *                                  answers "seconds value" each
 *   bench --scaling [--json]       seconds for 256 to 65,536 samples and the exponents
 *   bench --list
 *
 * compare.py times other software beside it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "clock.h"
#include "core/blas/blas.h"

#define MOST_RUNS 1000

struct arguments {
    struct bench_case description;
    int64_t samples;
    int runs;
    int json;
    int serve;
    int scaling;
};

static int usage(void)
{
    fprintf(stderr, "usage: bench --case NAME [--samples N] [--runs R] [--json] | --case NAME "
                    "--serve | --scaling [--json] | --list\n");
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

/* Operations a second of the matrix product, for a shape of the size of those of a chain. */
static double gemm_rate(void)
{
    enum { SIZE = 1024, RUNS = 5 };
    float *numbers = calloc(3 * SIZE * SIZE, sizeof *numbers);
    double times[RUNS];
    if (numbers == NULL)
        return NAN;
    for (int64_t i = 0; i < 2 * SIZE * SIZE; i++)
        numbers[i] = (float)(i % 17) - 8.0F;
    const struct matrix_f32 a = {numbers, SIZE, 1};
    const struct matrix_f32 b = {numbers + SIZE * SIZE, SIZE, 1};
    for (int run = 0; run < RUNS; run++) {
        const double begin = wall_seconds_now();
        blas_multiply_f32(SIZE, SIZE, SIZE, 1.0F, a, b, 0.0F, numbers + 2 * SIZE * SIZE, SIZE);
        times[run] = wall_seconds_now() - begin;
    }
    free(numbers);
    return 2.0 * SIZE * SIZE * SIZE / median(times, RUNS);
}

static double operations(const struct bench_subject *subject, const dirichlet_dense_plan *plan)
{
    return plan->sample_flops * (double)subject->samples + plan->call_flops;
}

static void print_plan(struct bench_subject *subject, double seconds)
{
    dirichlet_dense_plan plan = {.struct_size = sizeof plan};
    char text[DIRICHLET_DENSE_PLAN_TEXT_SIZE] = "";
    (void)dirichlet_dense_last_plan_f32(subject->network, &plan);
    (void)dirichlet_dense_plan_text_f32(subject->network, &plan, text, sizeof text);
    const double work = operations(subject, &plan);
    const double rate = gemm_rate();
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

static void print_json(struct bench_subject *subject, double *times, int runs, double value)
{
    dirichlet_dense_plan plan = {.struct_size = sizeof plan};
    (void)dirichlet_dense_last_plan_f32(subject->network, &plan);
    printf("{\"case\": \"%s\", \"samples\": %lld, \"seconds\": %.6g, \"runs\": %d, "
           "\"flops\": %.6g, \"geometric_complexity\": %.17g, ",
           subject->description.name, (long long)subject->samples, median(times, runs), runs,
           operations(subject, &plan), value);
    printf("\"plan\": {\"pivot\": %lld, \"rows\": %lld, \"upper_end\": \"%s\", "
           "\"lower_end\": \"%s\", \"sum\": %d, \"norms\": %d, \"direct_samples\": %lld, "
           "\"bytes\": %lld}, ",
           (long long)plan.pivot, (long long)plan.rows, end_name(plan.upper_end),
           end_name(plan.lower_end), (int)plan.sum, (int)plan.norms, (long long)plan.direct_samples,
           (long long)plan.bytes);
    printf("\"gemm_flops_per_second\": %.6g, \"blas\": \"%s\"}\n", gemm_rate(),
           dirichlet_blas_name());
}

static int time_case(const struct arguments *arguments)
{
    struct bench_subject subject = make_bench_subject(&arguments->description, arguments->samples);
    double times[MOST_RUNS];
    double value = 0.0;
    warm_up(&subject);
    for (int run = 0; run < arguments->runs; run++)
        times[run] = time_run(&subject, &value);
    if (arguments->json) {
        print_json(&subject, times, arguments->runs, value);
    } else {
        const double seconds = median(times, arguments->runs);
        printf("%s: geometric complexity %.9g of %lld samples in %.4g ms\n",
               arguments->description.name, value, (long long)subject.samples, 1e3 * seconds);
        print_plan(&subject, seconds);
    }
    free_bench_subject(&subject);
    return 0;
}

static int serve(const struct arguments *arguments)
{
    struct bench_subject subject = make_bench_subject(&arguments->description, arguments->samples);
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
        subjects[i] = make_bench_subject(&description, (int64_t)256 << i);
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
        else if (strcmp(words[i], "--case") == 0 && ++i) {
            if (!read_bench_case(value, &out->description))
                return 0;
        } else if (strcmp(words[i], "--samples") == 0 && ++i)
            out->samples = atoll(value);
        else if (strcmp(words[i], "--runs") == 0 && ++i)
            out->runs = atoi(value);
        else
            return 0;
    }
    if (out->scaling)
        return 1;
    if (out->description.layers == 0)
        return 0;
    if (out->samples == 0)
        out->samples = out->description.samples;
    return out->samples > 0 && out->runs > 0 && out->runs <= MOST_RUNS;
}

int main(int count, char **words)
{
    struct arguments arguments = {.runs = 7};
    if (count == 2 && strcmp(words[1], "--list") == 0)
        return list_cases();
    if (!read_arguments(count, words, &arguments))
        return usage();
    if (arguments.scaling)
        return time_scaling(arguments.json);
    return arguments.serve ? serve(&arguments) : time_case(&arguments);
}
