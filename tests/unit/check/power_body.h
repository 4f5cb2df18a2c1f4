/* How small a fault of a derivative may be to be found: jvp times 1 + s, found in all of so many
 * networks; body for both precisions. */
#ifndef DIRICHLET_TESTS_CHECK_POWER_BODY_H
#define DIRICHLET_TESTS_CHECK_POWER_BODY_H

#include <math.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "net.h"
#include "support/check.h"

#ifdef DIRICHLET_LONG_TESTS
#define POWER_NETS 16
#else
#define POWER_NETS 4
#endif
#define POWER_SAMPLES 8

static void draw_power(struct net *net, real *x, uint64_t seed, enum net_activation activation)
{
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15) * (seed + 1);
    for (int i = 0; i < 20; i++)
        (void)net_uniform(&state);
    PRECISION(net_draw)(net, &state, 8, 5);
    for (int64_t l = 0; l + 1 < net->layers; l++)
        net->activation[l] = activation;
    net->activation[net->layers - 1] = NET_IDENTITY;
    net->fault = JVP_SCALE;
    for (int64_t i = 0; i < POWER_SAMPLES * net->inputs; i++)
        x[i] = (real)net_uniform(&state);
}

/* Of all networks with the fault, how many are found by `item`? */
static int found_by(enum net_activation activation, int32_t callbacks, dirichlet_check_item item,
                    double strength)
{
    int found = 0;
    for (uint64_t seed = 0; seed < POWER_NETS; seed++) {
        static struct net net;
        real x[POWER_SAMPLES * NET_WIDTH];
        dirichlet_check_finding first = DIRICHLET_INIT(dirichlet_check_finding);
        dirichlet_check_report report = {
            .struct_size = sizeof report, .capacity = 1, .findings = &first};
        draw_power(&net, x, seed, activation);
        net.strength = strength;
        const PRECISION(dirichlet_model) model = PRECISION(net_model)(&net, callbacks);
        const dirichlet_status status =
            PRECISION(dirichlet_model_check)(&model, POWER_SAMPLES, x, NULL, &report, NULL);
        CHECK(status == DIRICHLET_OK || first.item == item);
        found += status == DIRICHLET_E_CONTRACT;
    }
    return found;
}

/* The least power of two that is found in all, and in half. */
static double least_found(enum net_activation activation, int32_t callbacks,
                          dirichlet_check_item item, int wanted)
{
    double strength = sizeof(real) == sizeof(float) ? 0x1p-4 : 0x1p-20;
    while (strength > 0x1p-52 && found_by(activation, callbacks, item, 0.5 * strength) >= wanted)
        strength *= 0.5;
    return strength;
}

static void measure(const char *name, enum net_activation activation, double most,
                    double most_transposed)
{
    const int32_t forward = NET_FORWARD | NET_JVP;
    const int32_t both = NET_JVP | NET_VJP;
    const double all = least_found(activation, forward, DIRICHLET_CHECK_DERIVATIVE, POWER_NETS);
    const double half =
        least_found(activation, forward, DIRICHLET_CHECK_DERIVATIVE, POWER_NETS / 2);
    const double pair = least_found(activation, both, DIRICHLET_CHECK_TRANSPOSED, POWER_NETS);
    print_message("%s: by differences %.1e in all, %.1e in half of %d networks; by vjp %.1e\n",
                  name, all, half, POWER_NETS, pair);
    CHECK_IN(all <= most, "%s: %g by differences", name, all);
    CHECK_IN(pair <= most_transposed, "%s: %g by vjp", name, pair);
}

#endif
