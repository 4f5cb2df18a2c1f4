/* The callbacks of the network of net.h; body for both precisions. */
#ifndef DIRICHLET_TESTS_CHECK_NET_BODY_H
#define DIRICHLET_TESTS_CHECK_NET_BODY_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "net.h"
#include "net_rows_body.h"

/* The time of a sample, by its index in the data set. */
static double time_of(const struct net *net, int64_t index)
{
    int64_t at = index - net->first;
    at = at < 0 ? 0 : at > NET_SAMPLES ? NET_SAMPLES : at;
    return net->conditional ? net->time[at] : 0.0;
}

static int64_t index_in_call(const struct net *net, int64_t first, int64_t s, int64_t samples)
{
    if (net->fault == FIRST_IGNORED)
        return net->first + s;
    return net->fault == FIRST_OFF_BY_ONE && samples > 1 ? first + s + 1 : first + s;
}

static void count_call(struct net *net, int64_t rows, int64_t directions)
{
    net->calls++;
    net->beyond_limits += (net->max_samples > 0 && rows > net->max_samples) ||
                          (net->max_directions > 0 && directions > net->max_directions);
}

static void count_points(struct net *net, int64_t points)
{
    net->beyond_limits += !net->conditional && net->fault != FIRST_DENIED && points != 1;
}

static bool drops(struct net *net)
{
    return net_uniform(&net->random) > 0.5;
}

static double strength_of(const struct net *net, double usual)
{
    return net->strength != 0.0 ? net->strength : usual;
}

/* The mean of the outputs over the rows of the call. */
static void normalize_batch(int64_t rows, int64_t k, real *y)
{
    for (int64_t j = 0; j < k; j++) {
        real mean = 0;
        for (int64_t r = 0; r < rows; r++)
            mean += y[r * k + j] / (real)rows;
        for (int64_t r = 0; r < rows; r++)
            y[r * k + j] -= mean;
    }
}

/* On a grid of 1/127 of the largest of the call. */
static void round_to_common(int64_t count, real *y)
{
    double largest = 0.0;
    for (int64_t i = 0; i < count; i++) {
        const double own = fabs((double)y[i]);
        largest = own > largest ? own : largest; /* on fmax gcc 12 for arm64 dies here, too */
    }
    for (int64_t i = 0; largest > 0.0 && i < count; i++)
        y[i] = (real)(rint((double)y[i] / largest * 127) / 127 * largest);
}

static int32_t spoil_forward(struct net *net, int64_t rows, int64_t points, real *x, real *y)
{
    const int64_t k = net->outputs;
    switch (net->fault) {
    case FORWARD_DROPOUT:
        for (int64_t i = 0; i < rows * k; i++)
            y[i] *= drops(net) ? 2 : 0;
        break;
    case BATCH_NORM: normalize_batch(rows, k, y); break;
    case COMMON_SCALE: round_to_common(rows * k, y); break;
    case FORWARD_BEYOND: y[rows * k] = 1; break;
    case FORWARD_CHANGES_X: x[0] += 1; break;
    case RETURNS_CODE: return 7;
    case RETURNS_UNSUPPORTED: return DIRICHLET_CALLBACK_UNSUPPORTED;
    case RETURNS_RESERVED: return -5;
    case FORWARD_NAN: y[rows * k / 2] = (real)NAN; break;
    case POINTS_FIRST:
        for (int64_t r = 0; r < rows; r++)
            memcpy(y + r * k, y + r / points * points * k, (size_t)k * sizeof(real));
        break;
    default: break;
    }
    return 0;
}

static int32_t PRECISION(net_forward)(int64_t first, int64_t samples, int64_t points, const real *x,
                                      real *y, void *user)
{
    struct net *net = user;
    struct row row;
    const int64_t rows = samples * points;
    count_call(net, rows, 1);
    count_points(net, points);
    for (int64_t r = 0; r < rows && r < NET_ROWS; r++)
        for (int64_t i = 0; i < net->inputs; i++)
            net->last[r * net->inputs + i] = (double)x[r * net->inputs + i];
    for (int64_t r = 0; r < rows; r++) {
        int64_t at = net->fault == FORWARD_ROWS_SWAPPED ? rows - 1 - r : r;
        const int64_t s = net->fault == POINTS_INDEX ? r : r / points;
        if (net->fault == POINTS_MIXED)
            at = r % points * samples + r / points;
        row.time = time_of(net, index_in_call(net, first, s, samples));
        row.single = rows == 1;
        row_forward(net, x + r * net->inputs, true, &row);
        if (net->fault == RETURNS_OUT_OF_DOMAIN && s + first == net->first + 1)
            return DIRICHLET_CALLBACK_OUT_OF_DOMAIN;
        if (net->fault != FORWARD_LAST_ROW_LEFT || r < rows - 1)
            memcpy(y + at * net->outputs, row.a[net->layers], (size_t)net->outputs * sizeof(real));
    }
    return spoil_forward(net, rows, points, (real *)(uintptr_t)x, y);
}

/* z of a sample whose products are asked for; where prepare has been there, from what it kept. */
static void row_of_sample(const struct net *net, bool prepared, bool bias, int64_t first, int64_t s,
                          int64_t samples, const real *x, struct row *row)
{
    real kept[NET_WIDTH];
    row->time = time_of(net, index_in_call(net, first, s, samples));
    row->single = samples == 1;
    for (int64_t i = 0; i < net->inputs; i++) {
        kept[i] = x[s * net->inputs + i];
        if (prepared && net->has_prepared)
            kept[i] =
                (real)net->prepared[(net->fault == PREPARE_FIRST_ROW ? 0 : s) * net->inputs + i];
        if (net->fault == JVP_LAST_FORWARD)
            kept[i] = (real)net->last[s * net->inputs + i];
    }
    row_forward(net, kept, bias, row);
}

/* Of several directions the last one of every sample: by a loop over the others, or a kernel for
 * what is left. `first` is the fault of zeros. */
static void spoil_last(const struct net *net, enum net_fault first, int64_t samples,
                       int64_t directions, int64_t size, real *products)
{
    const int kind = (int)net->fault - (int)first;
    const real factors[] = {0, (real)1.01, (real)1.01};
    if (directions < 2 || kind < 0 || kind > 2)
        return;
    for (int64_t s = 0; s < samples; s++) {
        real *last = products + ((s + 1) * directions - 1) * size;
        for (int64_t i = 0; i < (kind == 2 ? 1 : size); i++)
            last[i] *= factors[kind];
    }
}

static void spoil_jvp(struct net *net, int64_t rows, real *jv, real *v)
{
    const int64_t k = net->outputs;
    const int64_t d = net->inputs;

    for (int64_t r = 0; r < rows; r++) {
        double length = 0.0;
        for (int64_t i = 0; i < d; i++)
            length += (double)v[r * d + i] * (double)v[r * d + i];
        for (int64_t j = 0; j < k; j++) {
            real *at = jv + r * k + j;
            *at *= net->fault == JVP_DOUBLE ? 2 : net->fault == JVP_NEGATIVE ? -1 : 1;
            *at *= net->fault == JVP_SCALE ? (real)(1 + strength_of(net, 0.01)) : 1;
            *at += net->fault == JVP_AFFINE ? (real)net->output_scale : 0;
            *at /= net->fault == JVP_NORMALIZES ? (real)sqrt(length) : 1;
        }
    }
    if (net->fault == JVP_BEFORE)
        jv[-1] = 1;
    if (net->fault == JVP_CHANGES_V)
        v[rows * d - 1] *= 2;
}

static int32_t PRECISION(net_jvp)(int64_t first, int64_t samples, int64_t directions, const real *x,
                                  const real *v, real *jv, void *user)
{
    struct net *net = user;
    struct row row;
    const int64_t k = net->outputs;
    count_call(net, samples, directions);
    for (int64_t s = 0; s < samples; s++) {
        row_of_sample(net, true, true, first, s, samples, x, &row);
        for (int64_t m = 0; m < directions; m++) {
            real product[NET_WIDTH];
            row_jvp(net, &row, v + (s * directions + m) * net->inputs, product);
            for (int64_t j = 0; j < k; j++)
                jv[s * directions * k +
                   (net->fault == JVP_LAYOUT ? j * directions + m : m * k + j)] = product[j];
        }
    }
    spoil_last(net, JVP_LAST_ZERO, samples, directions, k, jv);
    spoil_jvp(net, samples * directions, jv, (real *)(uintptr_t)v);
    return 0;
}

static void spoil_vjp(struct net *net, int64_t samples, int64_t directions, real *jtu, real *u)
{
    const int64_t d = net->inputs;
    for (int64_t r = 0; r < samples * directions; r++)
        for (int64_t i = 0; i < d; i++) {
            if (net->fault == VJP_DROPOUT)
                jtu[r * d + i] *= drops(net) ? 2 : 0;
            if (net->fault == VJP_FIRST_DIRECTION)
                jtu[r * d + i] = jtu[r / directions * directions * d + i];
        }
    if (net->fault == VJP_CHANGES_U)
        u[0] /= 2;
    if (net->fault == VJP_INFINITE)
        jtu[samples * directions * d - 1] = (real)INFINITY;
}

static int32_t PRECISION(net_vjp)(int64_t first, int64_t samples, int64_t directions, const real *x,
                                  const real *u, real *jtu, void *user)
{
    struct net *net = user;
    struct row row;
    const int64_t d = net->inputs;
    const int64_t k = net->outputs;
    count_call(net, samples, directions);
    for (int64_t s = 0; s < samples; s++) {
        row_of_sample(net, true, net->fault != VJP_NO_BIAS, first, s, samples, x, &row);
        for (int64_t m = 0; m < directions; m++) {
            real delta[NET_LAYERS][NET_WIDTH];
            real product[NET_WIDTH];
            real given[NET_WIDTH];
            const int64_t own = s * directions + m;
            const int64_t at =
                net->fault == VJP_ROWS_SWAPPED ? (samples - 1 - s) * directions + m : own;
            for (int64_t j = 0; j < k; j++)
                given[j] = net->fault == VJP_CLIPS
                               ? (real)fmin(fmax((double)u[own * k + j], -0.1), 0.1)
                               : u[own * k + j];
            row_vjp(net, &row, given, delta, product);
            if (net->fault == VJP_LAST_DIRECTION_LEFT && m > 0 && m == directions - 1)
                continue;
            for (int64_t i = 0; i < d; i++)
                jtu[at * d + i] =
                    net->fault == VJP_ADDS ? jtu[at * d + i] + product[i] : product[i];
        }
    }
    spoil_last(net, VJP_LAST_ZERO, samples, directions, d, jtu);
    spoil_vjp(net, samples, directions, jtu, (real *)(uintptr_t)u);
    return 0;
}

static double squared(const real *y, int64_t count)
{
    double sum = 0.0;
    for (int64_t i = 0; i < count; i++)
        sum += (double)y[i] * (double)y[i];
    return sum;
}

static double norm_of(const struct net *net, const struct row *row, const real *u)
{
    real delta[NET_LAYERS][NET_WIDTH];
    real product[NET_WIDTH];
    row_vjp(net, row, u, delta, product);
    return squared(product, net->inputs);
}

static int32_t PRECISION(net_norms)(int64_t first, int64_t samples, int64_t directions,
                                    const real *x, const real *u, double *norms, void *user)
{
    struct net *net = user;
    struct row row;
    count_call(net, samples, directions);
    for (int64_t s = 0; s < samples; s++) {
        row_of_sample(net, true, true, first, s, samples, x, &row);
        for (int64_t m = 0; m < directions; m++) {
            const int64_t at = s * directions + m;
            norms[at] = norm_of(net, &row, u + at * net->outputs);
            norms[at] = net->fault == NORMS_NO_SQUARE ? sqrt(norms[at]) : norms[at];
            if (directions > 1 && m == directions - 1)
                norms[at] *= net->fault == NORMS_LAST_ZERO     ? 0
                             : net->fault == NORMS_LAST_SCALED ? 1.01
                                                               : 1;
            norms[at] *= net->fault == NORMS_HALF ? 0.5 : net->fault == NORMS_NEGATIVE ? -1 : 1;
        }
    }
    return 0;
}

/* Of the softmax of the outputs: its Jacobian diag p - p p^T times ours. */
static double softmax_energy(const struct net *net, const struct row *row)
{
    const int64_t k = net->outputs;
    double p[NET_WIDTH];
    double sum = 0.0;
    double energy = 0.0;
    for (int64_t j = 0; j < k; j++)
        sum += p[j] = exp((double)row->a[net->layers][j]);
    for (int64_t j = 0; j < k; j++) {
        real u[NET_WIDTH];
        for (int64_t i = 0; i < k; i++)
            u[i] = (real)(p[j] / sum * ((i == j) - p[i] / sum));
        energy += norm_of(net, row, u);
    }
    return energy;
}

static double energy_of(const struct net *net, const struct row *row)
{
    double energy = 0.0;
    for (int64_t j = 0; j < net->outputs; j++) {
        real u[NET_WIDTH] = {0};
        u[j] = 1;
        energy += norm_of(net, row, u);
    }
    return energy;
}

static int32_t PRECISION(net_energies)(int64_t first, int64_t samples, const real *x,
                                       double *energies, void *user)
{
    struct net *net = user;
    struct row row;
    count_call(net, samples, 1);
    for (int64_t s = 0; s < samples; s++) {
        row_of_sample(net, false, true, first, s, samples, x, &row);
        if (net->fault == ENERGIES_LAST_LEFT && s > 0 && s == samples - 1)
            continue;
        energies[s] =
            net->fault == ENERGIES_SOFTMAX ? softmax_energy(net, &row) : energy_of(net, &row);
        energies[s] /= net->fault == ENERGIES_BY_SAMPLES ? (double)samples : 1;
        energies[s] /= net->fault == ENERGIES_BY_OUTPUTS ? (double)net->outputs : 1;
        energies[s] /= net->fault == ENERGIES_HALF ? 2 : 1;
        if (net->fault == ENERGIES_ONE_SAMPLE && first + s == net->first + 2)
            energies[s] = 1.01 * energies[s] + (energies[s] == 0.0 ? 1.0 : 0.0);
    }
    if (net->fault == ENERGIES_BEYOND)
        energies[samples] = 1;
    return 0;
}

/* (df/dtheta)^T c of one row, times `factor`, to the gradient. */
static void row_backward(struct net *net, const struct row *row, const real *c, double factor)
{
    real delta[NET_LAYERS][NET_WIDTH];
    real *gradient = net->gradient.PRECISION(of);
    row_vjp(net, row, c, delta, NULL);
    for (int64_t l = 0; l < net->layers; l++) {
        const int64_t in = net->width[l];
        const int64_t out = net->width[l + 1];
        const double own = net->fault == PARAMETERS_LAYER_LEFT && l == net->layers - 1 ? 0 : factor;
        for (int64_t j = 0; j < out; j++) {
            for (int64_t i = 0; i < in; i++)
                gradient[j * in + i] += (real)own * delta[l][j] * row->a[l][i];
            gradient[out * in + j] += (real)own * delta[l][j];
        }
        gradient += out * (in + 1);
    }
}

static double backward_factor(struct net *net, int64_t rows, const real *c)
{
    switch (net->fault) {
    case PARAMETERS_MEAN: return 1.0 / (double)rows;
    case PARAMETERS_SIGN: return -1;
    case PARAMETERS_DROPOUT: return drops(net) ? 2 : 0;
    case PARAMETERS_BATCH_SCALE: return fabs((double)c[0]);
    default: return 1;
    }
}

static int32_t PRECISION(net_backward)(int64_t first, int64_t samples, int64_t points,
                                       const real *x, const real *c, void *user)
{
    struct net *net = user;
    struct row row;
    count_call(net, samples * points, 1);
    count_points(net, points);
    if (net->fault == PARAMETERS_OVERWRITE)
        memset(net->gradient.PRECISION(of), 0, (size_t)net->parameter_count * sizeof(real));
    for (int64_t r = 0; r < samples * points; r++) {
        row.time = time_of(net, index_in_call(net, first, r / points, samples));
        row.single = samples * points == 1;
        row_forward(net, x + r * net->inputs, true, &row);
        if (net->fault != PARAMETERS_FIRST_POINT || r % points == 0)
            row_backward(net, &row, c + r * net->outputs,
                         backward_factor(net, samples * points, c));
    }
    if (net->fault == PARAMETERS_CHANGES_C)
        *(real *)(uintptr_t)c = 0;
    return 0;
}

static int32_t PRECISION(net_prepare)(int64_t first, int64_t samples, const real *x, void *user)
{
    struct net *net = user;
    (void)first;
    count_call(net, samples, 1);
    if (net->fault == PREPARE_FAILS)
        return 3;
    if (net->fault != PREPARE_ONCE || !net->has_prepared)
        for (int64_t i = 0; i < samples * net->inputs; i++)
            net->prepared[i] =
                (double)x[i] + (net->fault == PREPARE_MIXES ? 0.25 * net->prepared[i] : 0.0);
    net->has_prepared = true;
    if (net->fault == PREPARE_CHANGES_X)
        *(real *)(uintptr_t)x = 0;
    return 0;
}

PRECISION(dirichlet_model) PRECISION(net_model)(struct net *net, int32_t callbacks)
{
    const PRECISION(dirichlet_model)
        model = {.struct_size = sizeof model,
                 .inputs = net->inputs,
                 .outputs = net->outputs,
                 .max_samples = net->max_samples,
                 .max_directions = net->max_directions,
                 .ignores_first = !net->conditional || net->fault == FIRST_DENIED,
                 .forward = callbacks & NET_FORWARD ? PRECISION(net_forward) : NULL,
                 .jvp = callbacks & NET_JVP ? PRECISION(net_jvp) : NULL,
                 .vjp = callbacks & NET_VJP ? PRECISION(net_vjp) : NULL,
                 .energies = callbacks & NET_ENERGIES ? PRECISION(net_energies) : NULL,
                 .product_norms = callbacks & NET_NORMS ? PRECISION(net_norms) : NULL,
                 .parameter_vjp = callbacks & NET_BACKWARD ? PRECISION(net_backward) : NULL,
                 .prepare = callbacks & NET_PREPARE ? PRECISION(net_prepare) : NULL,
                 .user = net};
    return model;
}

void PRECISION(net_draw)(struct net *net, uint64_t *state, int64_t inputs, int64_t outputs)
{
    memset(net, 0, sizeof *net);
    net->inputs = inputs;
    net->outputs = outputs;
    net->output_scale = 1.0;
    net->layers = 1 + net_below(state, NET_LAYERS);
    net->random = 1 + (uint64_t)net_below(state, 1 << 30);
    net->width[0] = inputs;
    for (int64_t l = 0; l < net->layers; l++) {
        net->width[l + 1] = l == net->layers - 1 ? outputs : 1 + net_below(state, NET_WIDTH);
        net->activation[l] = l == net->layers - 1 && net_below(state, 4) > 0
                                 ? NET_IDENTITY
                                 : (enum net_activation)net_below(state, NET_ACTIVATIONS);
        real *w = net->parameters.PRECISION(of) + net->parameter_count;
        const int64_t in = net->width[l];
        const int64_t out = net->width[l + 1];
        for (int64_t i = 0; i < out * (in + 1); i++)
            w[i] = (real)(net_uniform(state) * (i < out * in ? sqrt(3.0 / (double)in) : 0.3));
        net->parameter_count += out * (in + 1);
    }
    for (int64_t s = 0; s <= NET_SAMPLES; s++)
        net->time[s] = 2.0 * net_uniform(state);
}

#endif
