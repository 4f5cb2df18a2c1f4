/* The cases: every activation, 1 to 8 layers, every layout, with biases and without. */
#ifndef DIRICHLET_ACCURACY_CONTROL_GRID_BODY_H
#define DIRICHLET_ACCURACY_CONTROL_GRID_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "control_body.h"
#include "dense_case_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/version.h"
#include "grid_body.h"
#include "judgement_body.h"
#include "reference_activation.h"

/* What the source files say of their type; these, where this is read alone. */
#ifndef BOUND
#define BOUND 1e-11
#define ENERGY_BOUND 1e-13
#endif

/* Work of the reference for one sample that a case may take, in multiplications. */
#define LARGEST_WORK 2e5

/* d, width of the hidden layers, k: rows from the outputs or the inputs, with the Gram matrix
 * where the outermost matrix is long enough, in single precision in float or double. */
static const struct widths widths[] = {{1, 1, 1},  {3, 2, 2},  {2, 3, 5},  {7, 6, 1},
                                       {60, 5, 3}, {3, 6, 50}, {9, 20, 6}, {20, 70, 4}};

#define WIDTH_COUNT (sizeof widths / sizeof widths[0])

/* Wide enough for float in single precision. */
static const struct widths wide = {64, 96, 8};

#define DEEPEST_WIDE 3

/* Three wide layers take most of the time: by default those of one activation in double alone, and
 * variants of an activation are not wide at all. */
static bool is_wide_too(size_t activation, int64_t depth)
{
    const dirichlet_activation kind = activations[activation].kind;
    const bool deep = kind == DIRICHLET_ACTIVATION_TANH && sizeof(real) == sizeof(double);
    if (depth < 2 || depth > DEEPEST_WIDE)
        return false;
    return IN_FULL || (activations[activation].deepest == 0 && (deep || depth == 2));
}

static const int64_t depths[] = {1, 2, 3, 4, 5, 8};

#define DEPTH_COUNT (sizeof depths / sizeof depths[0])

static void run(size_t activation, int64_t depth, struct widths w, uint64_t number,
                struct errors *errors)
{
    struct dense_case c = {.depth = depth,
                           .layout = (enum layout)(number % LAYOUT_COUNT),
                           .biases = number % 5 != 0,
                           .samples = 1 + (int64_t)(number % 3),
                           .seed = 7919 * number + 104729 * (uint64_t)depth + activation};
    set_activation(activation, &c);
    if (number % 7 == 3)
        c.last_activation = DIRICHLET_ACTIVATION_TANH;
    for (int64_t l = 1; l < depth; l++)
        c.widths[l] = w.hidden;
    c.widths[0] = w.inputs;
    c.widths[depth] = w.outputs;
    measure_case(&c, errors);
}

static void print_line(const char *name, int64_t depth, const struct errors *e)
{
    printf("%-12s %5lld %8.1e %8.1e %8.1e %8.1e %8.1e %8.1e %6lld %5lld %6lld %6lld\n", name,
           (long long)depth, e->energy, e->penalty, e->loss, e->gradient, e->hvp, e->flatness,
           (long long)e->cases, (long long)e->at_kinks, (long long)e->plans, (long long)e->redone);
}

static void widen_errors(struct errors *total, const struct errors *e)
{
    note(&total->energy, e->energy);
    note(&total->penalty, e->penalty);
    note(&total->loss, e->loss);
    note(&total->gradient, e->gradient);
    note(&total->hvp, e->hvp);
    note(&total->flatness, e->flatness);
    total->cases += e->cases;
    total->at_kinks += e->at_kinks;
    total->plans += e->plans;
    total->redone += e->redone;
}

static struct errors measure_all(void)
{
    struct errors total = {0};
    uint64_t number = 1;
    printf("Relative errors against " REFERENCE_NAME ", BLAS %s\n", dirichlet_blas_name());
    printf("%-12s %5s %8s %8s %8s %8s %8s %8s %6s %5s %6s %6s\n", "activation", "depth", "energy",
           "penalty", "loss", "gradient", "hvp", "flatness", "cases", "kinks", "plans", "redone");
    for (size_t a = 0; a < ACTIVATION_COUNT; a++)
        for (size_t i = 0; i < DEPTH_COUNT; i++) {
            struct errors errors = {0};
            if (is_too_deep(a, depths[i]))
                continue;
            for (size_t w = 0; w < WIDTH_COUNT; w++, number++)
                if (reference_work(widths[w], depths[i]) <= LARGEST_WORK)
                    run(a, depths[i], widths[w], number, &errors);
            if (is_wide_too(a, depths[i]))
                run(a, depths[i], wide, number++, &errors);
            print_line(activations[a].name, depths[i], &errors);
            widen_errors(&total, &errors);
        }
    print_line("all", 0, &total);
    return total;
}

/* Exit status of the program. */
static int judge(const struct errors *total)
{
    bool good = within("energy", total->energy, ENERGY_BOUND);
    good = within("penalty", total->penalty, BOUND) && good;
    good = within("loss", total->loss, ENERGY_BOUND) && good;
    good = within("gradient", total->gradient, BOUND) && good;
    good = within("hvp", total->hvp, BOUND) && good;
    good = within("flatness", total->flatness, BOUND) && good;
    return within("kinks", (double)total->at_kinks / (double)total->cases, 0.02) && good ? 0 : 1;
}

#endif
