/* Models that keep their contract give no alarm; body for both precisions. */
#ifndef DIRICHLET_TESTS_CHECK_SOUND_BODY_H
#define DIRICHLET_TESTS_CHECK_SOUND_BODY_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "net.h"
#include "support/check.h"

#ifdef DIRICHLET_LONG_TESTS
#define SOUND_MODELS 10000
#else
#ifndef SOUND_MODELS
#define SOUND_MODELS 300
#endif
#endif

static const int32_t sound_callbacks[] = {NET_ALL,
                                          NET_ALL | NET_PREPARE,
                                          NET_ALL,
                                          NET_FORWARD,
                                          NET_JVP,
                                          NET_VJP,
                                          NET_FORWARD | NET_JVP | NET_BACKWARD,
                                          NET_FORWARD | NET_VJP | NET_PREPARE,
                                          NET_FORWARD | NET_BACKWARD,
                                          NET_JVP | NET_NORMS | NET_ENERGIES,
                                          NET_NORMS | NET_ENERGIES,
                                          NET_ENERGIES};
#define SOUND_CALLBACKS (int64_t)(sizeof sound_callbacks / sizeof *sound_callbacks)

/* A subject: a network, its samples and what the check is told. */
struct subject {
    struct net net;
    int64_t samples;
    real x[NET_SAMPLES * NET_WIDTH];
    int32_t callbacks;
    dirichlet_check_options options;
};

static void clear_parameters(struct net *net, int64_t from, int64_t count)
{
    memset(net->parameters.PRECISION(of) + from, 0, (size_t)count * sizeof(real));
}

/* Constants, Jacobians of 0, units that are never on, no biases, all samples alike or 0. */
static void make_special(struct subject *subject, uint64_t *state)
{
    struct net *net = &subject->net;
    const int64_t last = net->width[net->layers] * (net->width[net->layers - 1] + 1);
    real *parameters = net->parameters.PRECISION(of);
    const int64_t first = net->width[1] * (net->width[0] + 1);
    switch (net_below(state, 10)) {
    case 0: clear_parameters(net, 0, net->parameter_count); break;
    case 1: clear_parameters(net, net->parameter_count - last, last - net->outputs); break;
    case 2:
        for (int64_t j = 0; j < net->width[1]; j++)
            parameters[first - 1 - j] = j % 3 == 0 ? (real)0.1 : (real)-100;
        break;
    case 3:
        clear_parameters(net, first - net->width[1], net->width[1]);
        memset(subject->x, 0, (size_t)net->inputs * sizeof(real));
        net->conditional = false;
        break;
    case 4:
        for (int64_t s = 1; s < subject->samples; s++)
            memcpy(subject->x + s * net->inputs, subject->x, (size_t)net->inputs * sizeof(real));
        break;
    case 5: memset(subject->x, 0, (size_t)(subject->samples * net->inputs) * sizeof(real)); break;
    default: break;
    }
}

static void draw_samples(struct subject *subject, uint64_t *state)
{
    const double scale = pow(10.0, net_below(state, 2) == 0 ? 0.0 : 3.0 * net_uniform(state));
    subject->samples = 1 + net_below(state, NET_SAMPLES);
    if (scale < 1.0)
        subject->net.grid = 0.0; /* within one step of the grid f is a constant, and J is not 0 */
    for (int64_t i = 0; i < subject->samples * subject->net.inputs; i++)
        subject->x[i] = (real)(scale * (net_below(state, 8) == 0 ? 0.0 : net_uniform(state)));
}

static void draw_net(struct net *net, uint64_t *state)
{
    const double scales[] = {1.0, 1.0, 1e-20, 1e20, pow(10.0, 6.0 * net_uniform(state))};
    PRECISION(net_draw)
    (net, state, 1 + net_below(state, net_below(state, 2) == 0 ? 4 : NET_WIDTH),
     1 + net_below(state, net_below(state, 2) == 0 ? 4 : NET_WIDTH));
    net->output_scale = scales[net_below(state, 5)];
    net->conditional = net_below(state, 3) == 0;
    net->reorder = net_below(state, 2) == 0;
    net->digits = net_below(state, 6) > 0 ? 0 : net_below(state, 2) == 0 ? 11 : 24;
    net->grid = net_below(state, 12) == 0 ? pow(10.0, -2.0 - (double)net_below(state, 3)) : 0.0;
    net->max_samples = net_below(state, 3) == 0 ? 1 + net_below(state, 8) : 0;
    net->max_directions = net_below(state, 3) == 0 ? 1 + net_below(state, 8) : 0;
}

static struct subject *draw_subject(uint64_t seed)
{
    struct subject *subject = calloc(1, sizeof *subject);
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15) * (seed + 1);
    struct net *net = &subject->net;
    for (int i = 0; i < 8; i++)
        (void)net_uniform(&state);
    draw_net(net, &state);
    draw_samples(subject, &state);
    make_special(subject, &state);
    net->first = net_below(&state, 2) == 0 ? 0 : net_below(&state, 1 << 30);
    subject->callbacks = sound_callbacks[net_below(&state, SOUND_CALLBACKS)];
    subject->options = (dirichlet_check_options)DIRICHLET_INIT(dirichlet_check_options);
    subject->options.seed = seed;
    subject->options.first_sample = net->first;
    if ((subject->callbacks & NET_BACKWARD) != 0 && net_below(&state, 4) > 0) {
        subject->options.parameter_count = net->parameter_count;
        subject->options.parameters = net->parameters.PRECISION(of);
        subject->options.gradient = net->gradient.PRECISION(of);
    }
    return subject;
}

static void describe(const struct subject *subject, uint64_t seed, const char *message)
{
    const struct net *net = &subject->net;
    print_error("seed %llu: %s\n  d %lld, k %lld, n %lld, layers", (unsigned long long)seed,
                message, (long long)net->inputs, (long long)net->outputs,
                (long long)subject->samples);
    for (int64_t l = 0; l < net->layers; l++)
        print_error(" %lld:%d", (long long)net->width[l + 1], (int)net->activation[l]);
    print_error(", scale %g, digits %d, callbacks %d\n", net->output_scale, (int)net->digits,
                (int)subject->callbacks);
}

/* The number of false alarms, which are told. */
static long alarms_of(uint64_t seed, int64_t *calls)
{
    struct subject *subject = draw_subject(seed);
    struct net *before = malloc(sizeof *before);
    const PRECISION(dirichlet_model) model =
        PRECISION(net_model)(&subject->net, subject->callbacks);
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_check_report report = DIRICHLET_INIT(dirichlet_check_report);
    memcpy(before, &subject->net, sizeof *before);
    const dirichlet_status status = PRECISION(dirichlet_model_check)(
        &model, subject->samples, subject->x, &subject->options, &report, &error);
    CHECK(memcmp(&before->parameters, &subject->net.parameters, sizeof before->parameters) == 0);
    CHECK(memcmp(&before->gradient, &subject->net.gradient, sizeof before->gradient) == 0);
    CHECK(subject->net.beyond_limits == 0);
    CHECK(report.calls == subject->net.calls && report.count > 0);
    *calls += report.calls;
    if (status != DIRICHLET_OK)
        describe(subject, seed, error.message);
    free(before);
    free(subject);
    return status != DIRICHLET_OK;
}

static void no_false_alarm(void **state)
{
    long alarms = 0;
    int64_t calls = 0;
    (void)state;
    for (uint64_t seed = 0; seed < SOUND_MODELS; seed++)
        alarms += alarms_of(seed, &calls);
    print_message("%d sound models, %lld calls of callbacks: %ld false alarms\n", SOUND_MODELS,
                  (long long)calls, alarms);
    /* Two in 10,000 were seen, both by a hair; none may be among the few of the default. */
    CHECK(alarms <= SOUND_MODELS / 2000);
}

#endif
