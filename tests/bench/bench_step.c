/* What a penalty costs a training step of 784-300-100-10, batch 128, float32: the median over the
 * turns of the time of a penalized step over that of a plain one, two ways.
 *
 *   plain      forward, softmax cross-entropy by the caller, parameter_vjp, update
 *   in one     loss_gradient, which does with one forward pass, and update
 *   penalty    dirichlet_dense_energy_penalty, exact or with one probe a sample
 *
 *   bench_step [--runs R] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "clock.h"

#define MOST_RUNS 1000
#define RATE 1e-6F /* so small that the network stays as it is */

enum part { FORWARD, PARAMETER_VJP, LOSS_GRADIENT, UPDATE, EXACT, PROBE, PARTS };

static const char *const names[PARTS] = {"forward", "parameter_vjp", "loss_gradient",
                                         "update",  "exact penalty", "one-probe penalty"};

struct step {
    struct bench_subject subject;
    int64_t parameters;
    int64_t *labels;
    float *outputs;
    float *cotangents;
};

static void require(int good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "bench_step: %s\n", what);
    exit(1);
}

static void cross_entropy(struct step *s)
{
    const int64_t k = 10;
    for (int64_t i = 0; i < s->subject.samples; i++) {
        const float *f = s->outputs + i * k;
        float *c = s->cotangents + i * k;
        float sum = 0.0F;
        for (int64_t j = 0; j < k; j++)
            sum += c[j] = expf(f[j]);
        for (int64_t j = 0; j < k; j++)
            c[j] = c[j] / sum - (j == s->labels[i] ? 1.0F : 0.0F);
    }
}

static dirichlet_status penalize(struct step *s, int64_t probes)
{
    const dirichlet_dense_penalty_options options = {.struct_size = sizeof options,
                                                     .probes = probes};
    return dirichlet_dense_energy_penalty_f32(s->subject.network, s->subject.samples, s->subject.x,
                                              &options, 1e-3, s->subject.gradients,
                                              s->subject.description.layers, NULL);
}

static dirichlet_status run_part(struct step *s, enum part part)
{
    struct bench_subject *b = &s->subject;
    const int64_t layers = b->description.layers;
    const dirichlet_loss_f32 loss = {.struct_size = sizeof loss,
                                     .kind = DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY,
                                     .labels = s->labels};
    switch (part) {
    case FORWARD: return dirichlet_dense_forward_f32(b->network, b->samples, b->x, s->outputs);
    case PARAMETER_VJP:
        cross_entropy(s);
        return dirichlet_dense_parameter_vjp_f32(b->network, b->samples, b->x, s->cotangents,
                                                 1.0 / (double)b->samples, b->gradients, layers);
    case LOSS_GRADIENT:
        return dirichlet_dense_loss_gradient_f32(b->network, b->samples, b->x, &loss, 1.0,
                                                 b->gradients, layers, NULL);
    case UPDATE:
        for (int64_t i = 0; i < s->parameters; i++) {
            b->numbers[i] -= RATE * b->gradient[i];
            b->gradient[i] = 0.0F;
        }
        return DIRICHLET_OK;
    default: return penalize(s, part == EXACT ? 0 : 1);
    }
}

static struct step make_step(void)
{
    struct step s = {0};
    struct bench_case c;
    require(read_bench_case("784-300-100-10-penalty", &c), "no case");
    s.subject = make_bench_subject(&c, c.samples, NULL);
    for (int64_t l = 0; l < c.layers; l++)
        s.parameters += (c.widths[l] + 1) * c.widths[l + 1];
    s.labels = calloc((size_t)c.samples, sizeof *s.labels);
    s.outputs = malloc((size_t)c.samples * 10 * sizeof *s.outputs);
    s.cotangents = malloc((size_t)c.samples * 10 * sizeof *s.cotangents);
    require(s.labels != NULL && s.outputs != NULL && s.cotangents != NULL, "no memory");
    for (int64_t i = 0; i < c.samples; i++)
        s.labels[i] = i % 10;
    return s;
}

static double times[PARTS][MOST_RUNS];

/* Every part once a turn, so that what else the machine does meets all of them. */
static void take_turn(struct step *s, int turn)
{
    for (int part = 0; part < PARTS; part++) {
        const double begin = wall_seconds_now();
        require(run_part(s, (enum part)part) == DIRICHLET_OK, names[part]);
        if (turn >= 0)
            times[part][turn] = wall_seconds_now() - begin;
    }
}

static void print_ratio(const char *name, const enum part *plain, int count, enum part penalty,
                        int runs)
{
    double ratios[MOST_RUNS];
    for (int r = 0; r < runs; r++) {
        double base = times[UPDATE][r];
        for (int i = 0; i < count; i++)
            base += times[plain[i]][r];
        ratios[r] = (base + times[penalty][r]) / base;
    }
    printf("%s: %.2f times a plain step\n", name, median(ratios, runs));
}

int main(int argument_count, char **arguments)
{
    static const enum part apart[] = {FORWARD, PARAMETER_VJP};
    static const enum part in_one[] = {LOSS_GRADIENT};
    const int given = argument_count == 3 && strcmp(arguments[1], "--runs") == 0;
    const int runs = given ? atoi(arguments[2]) : 101;
    if ((argument_count != 1 && !given) || runs < 1 || runs > MOST_RUNS) {
        fprintf(stderr, "usage: bench_step [--runs R], R from 1 to %d\n", MOST_RUNS);
        return 2;
    }
    struct step s = make_step();
    for (int turn = runs < 5 ? -1 : -5; turn < runs; turn++) /* those below 0 warm up */
        take_turn(&s, turn);
    print_ratio("exact penalty, step by forward and parameter_vjp", apart, 2, EXACT, runs);
    print_ratio("one probe, step by forward and parameter_vjp", apart, 2, PROBE, runs);
    print_ratio("exact penalty, step by loss_gradient", in_one, 1, EXACT, runs);
    print_ratio("one probe, step by loss_gradient", in_one, 1, PROBE, runs);
    for (int part = 0; part < PARTS; part++) /* at last: the median sorts them */
        printf("%-18s %7.3f ms\n", names[part], 1e3 * median(times[part], runs));
    free_bench_subject(&s.subject);
    free(s.labels);
    free(s.outputs);
    free(s.cotangents);
    return 0;
}
