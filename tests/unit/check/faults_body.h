/* Models that break their contract in one way are found, and the fault is named; body for both
 * precisions. */
#ifndef DIRICHLET_TESTS_CHECK_FAULTS_BODY_H
#define DIRICHLET_TESTS_CHECK_FAULTS_BODY_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "net.h"
#include "support/check.h"

/* Every activation once. In float32 kinks hide a sign of parameter_vjp in one of 24 models. */
#define ATTEMPTS 8
#define FAULTY_SAMPLES 6
#define FAULTY_FIRST 1000

struct expectation {
    enum net_fault fault;
    const char *what;
    int32_t callbacks;
    dirichlet_check_item item;
    dirichlet_callback callback;
};

#define ITEM(name) DIRICHLET_CHECK_##name
#define CALLBACK(name) DIRICHLET_CALLBACK_##name
#define WITH_PREPARE (NET_ALL | NET_PREPARE)

static const struct expectation expectations[] = {
    {JVP_LAST_ZERO, "the last direction of jvp 0", NET_ALL, ITEM(DIRECTIONS), CALLBACK(JVP)},
    {JVP_LAST_ZERO, "the last direction of jvp 0, alone", NET_JVP, ITEM(DIRECTIONS), CALLBACK(JVP)},
    {JVP_LAST_SCALED, "the last direction of jvp 1 % too large", NET_ALL, ITEM(DIRECTIONS),
     CALLBACK(JVP)},
    {JVP_LAST_SCALED, "the last direction of jvp 1 % too large, alone", NET_JVP, ITEM(DIRECTIONS),
     CALLBACK(JVP)},
    {JVP_LAST_ELEMENT, "one element of the last direction of jvp 1 % too large", NET_ALL,
     ITEM(DIRECTIONS), CALLBACK(JVP)},
    {JVP_LAST_ELEMENT, "one element of the last direction of jvp 1 % too large, alone", NET_JVP,
     ITEM(DIRECTIONS), CALLBACK(JVP)},
    {VJP_LAST_ZERO, "the last direction of vjp 0", NET_ALL, ITEM(DIRECTIONS), CALLBACK(VJP)},
    {VJP_LAST_ZERO, "the last direction of vjp 0, alone", NET_VJP, ITEM(DIRECTIONS), CALLBACK(VJP)},
    {VJP_LAST_SCALED, "the last direction of vjp 1 % too large", NET_ALL, ITEM(DIRECTIONS),
     CALLBACK(VJP)},
    {VJP_LAST_SCALED, "the last direction of vjp 1 % too large, alone", NET_VJP, ITEM(DIRECTIONS),
     CALLBACK(VJP)},
    {VJP_LAST_ELEMENT, "one element of the last direction of vjp 1 % too large", NET_ALL,
     ITEM(DIRECTIONS), CALLBACK(VJP)},
    {VJP_LAST_ELEMENT, "one element of the last direction of vjp 1 % too large, alone", NET_VJP,
     ITEM(DIRECTIONS), CALLBACK(VJP)},
    {NORMS_LAST_ZERO, "the last of the norms 0", NET_ALL, ITEM(DIRECTIONS),
     CALLBACK(PRODUCT_NORMS)},
    {NORMS_LAST_ZERO, "the last of the norms 0, alone", NET_NORMS, ITEM(DIRECTIONS),
     CALLBACK(PRODUCT_NORMS)},
    {NORMS_LAST_SCALED, "the last of the norms 1 % too large", NET_ALL, ITEM(DIRECTIONS),
     CALLBACK(PRODUCT_NORMS)},
    {FORWARD_DROPOUT, "dropout in forward", NET_ALL, ITEM(REPEAT), CALLBACK(FORWARD)},
    {VJP_DROPOUT, "dropout in vjp", NET_ALL, ITEM(REPEAT), CALLBACK(VJP)},
    {BATCH_NORM, "batch normalization in training mode", NET_ALL, ITEM(ROWS), CALLBACK(FORWARD)},
    {COMMON_SCALE, "one int8 scale for a batch", NET_ALL, ITEM(ROWS), CALLBACK(FORWARD)},
    {FORWARD_ROWS_SWAPPED, "rows in another order", NET_ALL, ITEM(ROWS), CALLBACK(FORWARD)},
    {VJP_ROWS_SWAPPED, "rows of vjp in another order", NET_ALL, ITEM(ROWS), CALLBACK(VJP)},
    {JVP_LAYOUT, "jvp as (k, m)", NET_ALL, ITEM(DIRECTIONS), CALLBACK(JVP)},
    {VJP_TRANSPOSED_INDEX, "a matrix of vjp not transposed", NET_ALL, ITEM(DERIVATIVE),
     CALLBACK(VJP)},
    {FORWARD_LAST_ROW_LEFT, "the last row not written", NET_ALL, ITEM(WRITTEN), CALLBACK(FORWARD)},
    {VJP_LAST_DIRECTION_LEFT, "the last direction not written", NET_ALL, ITEM(WRITTEN),
     CALLBACK(VJP)},
    {ENERGIES_LAST_LEFT, "the last energy not written", NET_ALL, ITEM(WRITTEN), CALLBACK(ENERGIES)},
    {FORWARD_BEYOND, "forward writes one element too many", NET_ALL, ITEM(BOUNDS),
     CALLBACK(FORWARD)},
    {JVP_BEFORE, "jvp writes before its output", NET_ALL, ITEM(BOUNDS), CALLBACK(JVP)},
    {ENERGIES_BEYOND, "energies writes one too many", NET_ALL, ITEM(BOUNDS), CALLBACK(ENERGIES)},
    {FORWARD_CHANGES_X, "forward changes x", NET_ALL, ITEM(INPUTS), CALLBACK(FORWARD)},
    {JVP_CHANGES_V, "jvp changes v", NET_ALL, ITEM(INPUTS), CALLBACK(JVP)},
    {VJP_CHANGES_U, "vjp changes u", NET_ALL, ITEM(INPUTS), CALLBACK(VJP)},
    {JVP_DOUBLE, "jvp twice too large", NET_ALL, ITEM(DERIVATIVE), CALLBACK(JVP)},
    {JVP_NEGATIVE, "jvp of the other sign", NET_ALL, ITEM(DERIVATIVE), CALLBACK(JVP)},
    {JVP_LEAVES_INPUT, "jvp without the last input", NET_ALL, ITEM(DERIVATIVE), CALLBACK(JVP)},
    {JVP_SCALE, "jvp 1 % too large", NET_ALL, ITEM(DERIVATIVE), CALLBACK(JVP)},
    {JVP_OTHER_ACTIVATION, "the derivative of another activation", NET_ALL, ITEM(DERIVATIVE),
     CALLBACK(JVP)},
    {JVP_AFFINE, "a constant added to J v", NET_ALL, ITEM(LINEAR), CALLBACK(JVP)},
    {JVP_NORMALIZES, "v normalized", NET_ALL, ITEM(LINEAR), CALLBACK(JVP)},
    {VJP_NO_BIAS, "vjp without the biases", NET_ALL, ITEM(DERIVATIVE), CALLBACK(VJP)},
    {VJP_NO_SLOPE, "vjp without an activation's derivative", NET_ALL, ITEM(DERIVATIVE),
     CALLBACK(VJP)},
    {VJP_LEAVES_OUTPUT, "vjp without the last output", NET_ALL, ITEM(DERIVATIVE), CALLBACK(VJP)},
    {VJP_ADDS, "vjp adds to its output", NET_ALL, ITEM(WRITTEN), CALLBACK(VJP)},
    {VJP_CLIPS, "vjp clips its cotangents", NET_ALL, ITEM(LINEAR), CALLBACK(VJP)},
    {VJP_FIRST_DIRECTION, "vjp takes the first direction for all", NET_ALL, ITEM(DIRECTIONS),
     CALLBACK(VJP)},
    {NORMS_NO_SQUARE, "norms and not their squares", NET_ALL, ITEM(NORMS), CALLBACK(PRODUCT_NORMS)},
    {NORMS_HALF, "half of the norms", NET_ALL, ITEM(NORMS), CALLBACK(PRODUCT_NORMS)},
    {NORMS_HALF, "half of the norms, beside jvp", NET_JVP | NET_NORMS, ITEM(NORMS),
     CALLBACK(PRODUCT_NORMS)},
    {NORMS_NEGATIVE, "negative norms", NET_ALL, ITEM(NONNEGATIVE), CALLBACK(PRODUCT_NORMS)},
    {ENERGIES_BY_SAMPLES, "energies divided by the samples of the call", NET_ALL, ITEM(ROWS),
     CALLBACK(ENERGIES)},
    {ENERGIES_BY_OUTPUTS, "energies divided by the outputs", NET_ALL, ITEM(ENERGIES),
     CALLBACK(ENERGIES)},
    {ENERGIES_HALF, "half of the energies", NET_ALL, ITEM(ENERGIES), CALLBACK(ENERGIES)},
    {ENERGIES_HALF, "half of the energies, beside jvp", NET_JVP | NET_ENERGIES, ITEM(ENERGIES),
     CALLBACK(ENERGIES)},
    {ENERGIES_HALF, "half of the energies, beside norms", NET_NORMS | NET_ENERGIES, ITEM(ENERGIES),
     CALLBACK(ENERGIES)},
    {ENERGIES_SOFTMAX, "energies of the softmax", NET_ALL, ITEM(ENERGIES), CALLBACK(ENERGIES)},
    {ENERGIES_ONE_SAMPLE, "the energy of one sample 1 % too large", NET_ALL, ITEM(ENERGIES),
     CALLBACK(ENERGIES)},
    {JVP_LAST_FORWARD, "jvp at the x of the last forward", NET_FORWARD | NET_JVP, ITEM(REPEAT),
     CALLBACK(JVP)},
    {POINTS_MIXED, "outputs as (points, samples)", NET_ALL, ITEM(POINTS), CALLBACK(FORWARD)},
    {POINTS_FIRST, "the first point for all", NET_ALL, ITEM(POINTS), CALLBACK(FORWARD)},
    {POINTS_INDEX, "points taken for samples", NET_ALL, ITEM(POINTS), CALLBACK(FORWARD)},
    {FIRST_IGNORED, "first not looked at", NET_ALL, ITEM(ROWS), CALLBACK(FORWARD)},
    {FIRST_OFF_BY_ONE, "first off by one in a batch", NET_ALL, ITEM(ROWS), CALLBACK(FORWARD)},
    {FIRST_DENIED, "ignores_first, but it does not", NET_ALL, ITEM(ROWS), CALLBACK(FORWARD)},
    {RETURNS_CODE, "returns 7", NET_ALL, ITEM(RETURN), CALLBACK(FORWARD)},
    {RETURNS_UNSUPPORTED, "returns UNSUPPORTED", NET_ALL, ITEM(RETURN), CALLBACK(FORWARD)},
    {RETURNS_RESERVED, "returns -5", NET_ALL, ITEM(RETURN), CALLBACK(FORWARD)},
    {RETURNS_OUT_OF_DOMAIN, "returns OUT_OF_DOMAIN for a sample", NET_ALL, ITEM(FINITE),
     CALLBACK(FORWARD)},
    {FORWARD_NAN, "NaN in one element", NET_ALL, ITEM(FINITE), CALLBACK(FORWARD)},
    {VJP_INFINITE, "infinity in one element", NET_ALL, ITEM(FINITE), CALLBACK(VJP)},
    {PARAMETERS_MEAN, "gradients divided by the rows", NET_ALL, ITEM(PARAMETERS),
     CALLBACK(PARAMETER_VJP)},
    {PARAMETERS_SIGN, "gradients of the other sign", NET_ALL, ITEM(PARAMETERS),
     CALLBACK(PARAMETER_VJP)},
    {PARAMETERS_OVERWRITE, "gradients written over", NET_ALL, ITEM(PARAMETERS),
     CALLBACK(PARAMETER_VJP)},
    {PARAMETERS_LAYER_LEFT, "gradients without a layer", NET_ALL, ITEM(PARAMETERS),
     CALLBACK(PARAMETER_VJP)},
    {PARAMETERS_FIRST_POINT, "gradients of the first points alone", NET_ALL, ITEM(PARAMETERS),
     CALLBACK(PARAMETER_VJP)},
    {PARAMETERS_DROPOUT, "dropout in parameter_vjp", NET_ALL, ITEM(REPEAT),
     CALLBACK(PARAMETER_VJP)},
    {PARAMETERS_CHANGES_C, "parameter_vjp changes its cotangents", NET_ALL, ITEM(INPUTS),
     CALLBACK(PARAMETER_VJP)},
    {PARAMETERS_BATCH_SCALE, "gradients by a scale of the call", NET_BACKWARD, ITEM(ROWS),
     CALLBACK(PARAMETER_VJP)},
    {PREPARE_ONCE, "prepare keeps the first x", WITH_PREPARE, ITEM(ROWS), CALLBACK(JVP)},
    {PREPARE_MIXES, "prepare keeps a part of what was", WITH_PREPARE, ITEM(REPEAT),
     CALLBACK(PREPARE)},
    {PREPARE_CHANGES_X, "prepare changes x", WITH_PREPARE, ITEM(INPUTS), CALLBACK(PREPARE)},
    {PREPARE_FAILS, "prepare returns 3", WITH_PREPARE, ITEM(RETURN), CALLBACK(PREPARE)},
    {PREPARE_FIRST_ROW, "products at the first row prepared", WITH_PREPARE, ITEM(ROWS),
     CALLBACK(JVP)}};
#define EXPECTATIONS (sizeof expectations / sizeof *expectations)

/* Some faults are none in models that ignore `first`, which get no points. */
static bool looks_at_first(enum net_fault fault)
{
    switch (fault) {
    case FIRST_IGNORED:
    case FIRST_OFF_BY_ONE:
    case FIRST_DENIED:
    case ENERGIES_ONE_SAMPLE:
    case PARAMETERS_FIRST_POINT:
    case POINTS_MIXED:
    case POINTS_FIRST:
    case POINTS_INDEX: return true;
    default: return false;
    }
}

/* Two or three layers, the second of which has as many units as the first. */
static void draw_faulty(struct net *net, real *x, uint64_t seed, const struct expectation *expected)
{
    static const int64_t directions[] = {0, 2, 3, 7};
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15) * (seed + 1);
    const enum net_activation kinds[] = {NET_RELU, NET_LEAKY,   NET_ABS,  NET_CLAMP,
                                         NET_TANH, NET_SIGMOID, NET_SINE, NET_SWISH};
    do {
        PRECISION(net_draw)(net, &state, 3 + net_below(&state, 6), 3 + net_below(&state, 6));
    } while (net->layers < 3 || net->width[1] < 8 || net->width[2] < 8 ||
             net->parameter_count + 2 * NET_WIDTH * NET_WIDTH > NET_PARAMETERS);
    net->width[2] = net->width[1];
    net->parameter_count = 0;
    for (int64_t l = 0; l < net->layers; l++) {
        const int64_t in = net->width[l];
        const int64_t out = net->width[l + 1];
        for (int64_t i = 0; i < out * (in + 1); i++)
            net->parameters.PRECISION(of)[net->parameter_count + i] =
                (real)(net_uniform(&state) * (i < out * in ? sqrt(3.0 / (double)in) : 0.3));
        net->activation[l] = l == net->layers - 1 ? NET_IDENTITY : kinds[seed % 8];
        net->parameter_count += out * (in + 1);
    }
    net->fault = expected->fault;
    net->first = FAULTY_FIRST;
    net->conditional = looks_at_first(expected->fault) || seed % 2 == 1;
    net->reorder = seed % 3 == 0;
    if (expected->fault >= JVP_LAST_ZERO) /* the last of a call, of however many */
        net->max_directions = directions[seed % 4];
    for (int64_t i = 0; i < FAULTY_SAMPLES * net->inputs; i++)
        x[i] = (real)net_uniform(&state);
}

/* A mean over the rows is a fault of rows, too: where kinks hide it from differences they tell. */
static bool is_item(const struct expectation *expected, dirichlet_check_item item)
{
    return item == expected->item ||
           (expected->fault == PARAMETERS_MEAN && item == DIRICHLET_CHECK_ROWS);
}

static bool is_named(const struct expectation *expected, const dirichlet_check_finding *found,
                     const dirichlet_error *error)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s, %s: ", dirichlet_callback_name(expected->callback),
                   dirichlet_check_item_name(found->item));
    return is_item(expected, found->item) && found->callback == expected->callback &&
           !found->holds && !(found->found <= found->allowed) &&
           strncmp(error->message, name, strlen(name)) == 0 &&
           strcmp(error->message, found->text) == 0 && error->sample == found->sample &&
           error->callback_code == found->callback_code;
}

static void check_details(const struct expectation *expected, const dirichlet_check_finding *found)
{
    if (expected->fault == ENERGIES_ONE_SAMPLE)
        CHECK(found->sample == FAULTY_FIRST + 2);
    if (expected->fault == RETURNS_CODE)
        CHECK(found->callback_code == 7);
    if (expected->fault == RETURNS_OUT_OF_DOMAIN)
        CHECK(found->callback_code == DIRICHLET_CALLBACK_OUT_OF_DOMAIN &&
              found->sample == FAULTY_FIRST + 1);
    if (expected->fault == PREPARE_ONCE)
        CHECK(strstr(found->text, "prepare keeps") != NULL);
    if (expected->fault == JVP_DOUBLE)
        CHECK(strstr(found->text, "everywhere 2 times") != NULL);
    if (expected->fault == ENERGIES_HALF)
        CHECK(strstr(found->text, "everywhere 0.5 times") != NULL);
}

static void attempt(const struct expectation *expected, uint64_t seed)
{
    static struct net net;
    static dirichlet_check_finding findings[DIRICHLET_CHECK_MOST_FINDINGS];
    real x[FAULTY_SAMPLES * NET_WIDTH];
    draw_faulty(&net, x, seed, expected);
    const PRECISION(dirichlet_model) model = PRECISION(net_model)(&net, expected->callbacks);
    dirichlet_check_report report = DIRICHLET_INIT(dirichlet_check_report);
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    const dirichlet_check_options options = {.struct_size = sizeof options,
                                             .seed = seed,
                                             .first_sample = FAULTY_FIRST,
                                             .parameter_count = net.parameter_count,
                                             .parameters = net.parameters.PRECISION(of),
                                             .gradient = net.gradient.PRECISION(of)};
    report.findings = findings;
    report.capacity = DIRICHLET_CHECK_MOST_FINDINGS;
    for (int i = 0; i < DIRICHLET_CHECK_MOST_FINDINGS; i++)
        findings[i].struct_size = sizeof *findings;
    const dirichlet_status status =
        PRECISION(dirichlet_model_check)(&model, FAULTY_SAMPLES, x, &options, &report, &error);
    CHECK_IN(status == DIRICHLET_E_CONTRACT && report.failed > 0, "%s, seed %d: not found",
             expected->what, (int)seed);
    CHECK_IN(is_named(expected, &findings[0], &error), "%s, seed %d: %s", expected->what, (int)seed,
             error.message);
    check_details(expected, &findings[0]);
    for (int64_t i = 0; i < report.count; i++)
        CHECK(findings[i].holds == (i >= report.failed));
    if (seed == 0)
        print_message("%s:\n    %s\n", expected->what, error.message);
}

static void every_fault_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXPECTATIONS; i++)
        for (uint64_t seed = 0; seed < ATTEMPTS; seed++)
            attempt(&expectations[i], seed);
    print_message("%d faults, each in %d models\n", (int)EXPECTATIONS, ATTEMPTS);
}

/* Every one has its line above. */
static void no_fault_is_left_out(void **state)
{
    (void)state;
    for (int fault = SOUND + 1; fault < NET_FAULTS; fault++) {
        bool found = false;
        for (size_t i = 0; i < EXPECTATIONS; i++)
            found = found || (int)expectations[i].fault == fault;
        CHECK_IN(found, "fault %d is not tried", fault);
    }
}

#endif
