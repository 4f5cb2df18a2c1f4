/* The cases: every activation, 1 to 16 layers, widths 1 to 1024, every layout, with biases and
 * without, more outputs than inputs and fewer. A line for each activation and depth. */
#ifndef DIRICHLET_ACCURACY_DENSE_GRID_BODY_H
#define DIRICHLET_ACCURACY_DENSE_GRID_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "dense_case_body.h"
#include "dense_errors_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/version.h"
#include "grid_body.h"
#include "judgement_body.h"
#include "reference_activation.h"

/* d, width of the hidden layers, k. In single precision the chains of some are carried in float,
 * of others in double. */
static const struct widths small_widths[] = {
    {1, 1, 1}, {3, 1, 2}, {1, 2, 1},  {2, 3, 5},   {5, 4, 2},   {1, 8, 1},
    {7, 7, 3}, {3, 9, 8}, {1, 16, 4}, {12, 16, 1}, {20, 17, 6}, {6, 33, 20},
};

static const struct widths large_widths[] = {
    {1, 1024, 1}, {4, 1024, 2}, {2, 1000, 7}, {1, 512, 1}, {16, 256, 3},
    {3, 128, 10}, {64, 64, 10}, {24, 40, 12}, {2, 96, 2},
};

static const int64_t depths[] = {1, 2, 3, 4, 6, 8, 12, 16};

#define DEPTH_COUNT (sizeof depths / sizeof depths[0])

/* Work of the reference for one sample, in multiplications, that each case may take. */
#define LARGEST_WORK (IN_FULL ? 1e6 : 3e5)
#define LARGEST_WORK_ONCE 1e8

static void run(size_t activation, int64_t depth, struct widths w, int64_t samples, uint64_t number,
                struct errors *errors)
{
    struct dense_case c = {.depth = depth,
                           .layout = (enum layout)(number % LAYOUT_COUNT),
                           .biases = number % 5 != 0,
                           .gradient = reference_work(w, depth) <= LARGEST_WORK,
                           .samples = samples,
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

/* Deep and wide at once takes the reference up to a minute: for relu in double and, at length, for
 * tanh and in float. */
static bool is_once_wide_and_deep(size_t activation)
{
    const dirichlet_activation kind = activations[activation].kind;
    if (IN_FULL)
        return kind == DIRICHLET_ACTIVATION_RELU || kind == DIRICHLET_ACTIVATION_TANH;
    return kind == DIRICHLET_ACTIVATION_RELU && sizeof(real) == sizeof(double);
}

static bool affordable(size_t activation, int64_t depth, struct widths w)
{
    const bool once = depth == 16 && w.inputs == 1 && is_once_wide_and_deep(activation);
    return reference_work(w, depth) <= (once ? LARGEST_WORK_ONCE : LARGEST_WORK);
}

static void print_line(const char *name, int64_t depth, const struct errors *e)
{
    printf("%-12s %5lld %8.1e %8.1e %8.1e %8.1e %8.1e %8.1e %8.1e %8.1e %7lld %6lld %7lld %5lld "
           "%4lld\n",
           name, (long long)depth, e->energy, e->norm, e->forward, e->jvp, e->vjp, e->gradient,
           e->adjoint, e->plans, (long long)e->planned, (long long)e->redone, (long long)e->samples,
           (long long)e->at_kinks, (long long)e->ill_conditioned);
}

static struct errors measure_depth(size_t activation, int64_t depth)
{
    struct errors errors = {0};
    uint64_t number = 1;
    for (size_t i = 0; i < sizeof small_widths / sizeof small_widths[0]; i++)
        run(activation, depth, small_widths[i], 4, number++, &errors);
    for (size_t i = 0; i < sizeof large_widths / sizeof large_widths[0]; i++, number++)
        if (affordable(activation, depth, large_widths[i]))
            run(activation, depth, large_widths[i], 1, number, &errors);
    print_line(activations[activation].name, depth, &errors);
    return errors;
}

static struct errors measure_all(void)
{
    struct errors total = {0};
    printf("Relative errors against " REFERENCE_NAME ", BLAS %s\n", dirichlet_blas_name());
    printf("%-12s %5s %8s %8s %8s %8s %8s %8s %8s %8s %7s %6s %7s %5s %4s\n", "activation", "depth",
           "energy", "norms", "forward", "jvp", "vjp", "gradient", "adjoint", "plans", "planned",
           "redone", "samples", "kinks", "ill");
    for (size_t a = 0; a < ACTIVATION_COUNT; a++)
        for (size_t i = 0; i < DEPTH_COUNT && !is_too_deep(a, depths[i]); i++) {
            const struct errors errors = measure_depth(a, depths[i]);
            widen_errors(&total, &errors);
        }
    print_line("all", 0, &total);
    return total;
}

/* Exit status of the program. */
static int judge(const struct errors *total)
{
    const double samples = (double)total->samples;
    bool good = within("energy", total->energy, BOUND);
    good = within("norms", total->norm, BOUND) && good;
    good = within("forward", total->forward, BOUND) && good;
    good = within("jvp", total->jvp, BOUND) && good;
    good = within("vjp", total->vjp, BOUND) && good;
    good = within("gradient", total->gradient, BOUND) && good;
    good = within("adjoint", total->adjoint, BOUND) && good;
    good = within("plans", total->plans, BOUND) && good;
    good = within("redone", (double)total->redone / (double)total->planned, 0.1) && good;
    good = within("kinks", (double)total->at_kinks / samples, 0.001) && good;
    return within("ill", (double)total->ill_conditioned / samples, 0.002) && good ? 0 : 1;
}

#endif
