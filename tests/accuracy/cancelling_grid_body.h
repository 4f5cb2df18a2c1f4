/* The cases: networks whose hidden layers are wider than a panel of a quadratic form or a block of
 * its sum, or whose outermost matrices have triangles, or that meet at any of their layers; pairs
 * in every part of every hidden layer; more samples than a tile. */
#ifndef DIRICHLET_ACCURACY_CANCELLING_GRID_BODY_H
#define DIRICHLET_ACCURACY_CANCELLING_GRID_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cancelling_body.h"
#include "dense_case_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/version.h"
#include "judgement_body.h"
#include "reference_activation.h"

/* What the source files say of their type; these, where this is read alone. */
#ifndef DELTAS
#define DELTAS 1e-2, 1e-4, 1e-7
#endif

static const double deltas[] = {DELTAS};

struct shape {
    const char *name;
    int64_t depth;
    int64_t widths[5];
    int64_t samples;
    int64_t parts;  /* into which a hidden layer is cut, one of which has the pairs */
    bool gradients; /* beside the energies */
};

static const struct shape shapes[] = {
    {"panels", 2, {20, 270, 16}, 40, 4, true},
    {"blocks", 2, {17, 1060, 16}, 140, 4, false},
    {"lower end", 2, {160, 142, 18}, 43, 4, true},
    {"upper end", 2, {18, 142, 160}, 43, 4, true},
    {"meeting", 3, {24, 34, 37, 22}, 9, 2, true},
    {"bottleneck", 4, {46, 40, 17, 42, 45}, 9, 2, true},
};

#define SHAPE_COUNT (sizeof shapes / sizeof shapes[0])

static const dirichlet_activation kinds[] = {DIRICHLET_ACTIVATION_LEAKY_RELU,
                                             DIRICHLET_ACTIVATION_TANH, DIRICHLET_ACTIVATION_RELU,
                                             DIRICHLET_ACTIVATION_SOFTPLUS};

static void widen_errors(struct errors *total, const struct errors *e)
{
    note(&total->energy, e->energy);
    note(&total->sum, e->sum);
    note(&total->norm, e->norm);
    note(&total->value, e->value);
    note(&total->gradient, e->gradient);
    total->planned += e->planned;
    total->redone += e->redone;
    total->cases += e->cases;
}

static void print_line(const char *name, const struct pairs *pairs, const struct errors *e)
{
    printf("%-10s %5lld %5lld %5lld %8.0e %9.1e %9.1e %9.1e %9.1e %9.1e %6lld %6lld\n", name,
           (long long)pairs->layer, (long long)pairs->first, (long long)pairs->last, pairs->delta,
           e->energy, e->sum, e->norm, e->value, e->gradient, (long long)e->planned,
           (long long)e->redone);
}

static void run(const struct shape *shape, const struct pairs *pairs, uint64_t number,
                struct errors *total)
{
    struct errors errors = {0};
    struct dense_case c = {.depth = shape->depth,
                           .activation = kinds[number % 4],
                           .parameter = number % 4 == 0 ? 0.2 : 0.0,
                           .layout = (enum layout)(number / 2 % LAYOUT_COUNT),
                           .biases = number % 5 != 0,
                           .samples = shape->samples,
                           .seed = 7919 * number + 13};
    for (int64_t l = 0; l <= shape->depth; l++)
        c.widths[l] = shape->widths[l];
    measure_case(&c, pairs, number % 3 == 1, shape->gradients, &errors);
    print_line(shape->name, pairs, &errors);
    widen_errors(total, &errors);
}

static struct errors measure_all(void)
{
    struct errors total = {0};
    const struct pairs none = {0};
    uint64_t number = 0;
    printf("Errors over what is allowed, against " REFERENCE_NAME ", BLAS %s\n",
           dirichlet_blas_name());
    printf("%-10s %5s %5s %5s %8s %9s %9s %9s %9s %9s %6s %6s\n", "network", "layer", "first",
           "last", "delta", "energies", "sums", "norms", "value", "gradient", "plans", "redone");
    for (size_t i = 0; i < SHAPE_COUNT; i++)
        for (int64_t layer = 1; layer < shapes[i].depth; layer++)
            for (int64_t part = 0; part < shapes[i].parts; part++)
                for (size_t d = 0; d < sizeof deltas / sizeof deltas[0]; d++, number++) {
                    const int64_t width = shapes[i].widths[layer];
                    const struct pairs pairs = {layer, width * part / shapes[i].parts,
                                                width * (part + 1) / shapes[i].parts, deltas[d],
                                                part % 2 == 1};
                    run(&shapes[i], &pairs, number, &total);
                }
    print_line("all", &none, &total);
    return total;
}

/* Exit status of the program. */
static int judge(const struct errors *total)
{
    bool good = within("energies", total->energy, 1.0);
    good = within("sums", total->sum, 1.0) && good;
    good = within("norms", total->norm, 1.0) && good;
    good = within("value", total->value, 1.0) && good;
    good = within("gradient", total->gradient, 1.0) && good;
    good = within("cases", 48.0 / (double)total->cases, 1.0) && good;
    return within("redone", 200.0 / (double)total->redone, 1.0) && good ? 0 : 1;
}

#endif
