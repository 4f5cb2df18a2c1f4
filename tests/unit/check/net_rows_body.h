/* A row of the network of net.h, forwards and backwards; body for both precisions. */
#ifndef DIRICHLET_TESTS_CHECK_NET_ROWS_BODY_H
#define DIRICHLET_TESTS_CHECK_NET_ROWS_BODY_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "net.h"

/* What a row of a call needs to know. */
struct row {
    double time;
    bool single; /* the only one of its call */
    real z[NET_LAYERS][NET_WIDTH];
    real a[NET_LAYERS + 1][NET_WIDTH];
};

static const real *weights_of(const struct net *net, int64_t layer)
{
    const real *at = net->parameters.PRECISION(of);
    for (int64_t l = 0; l < layer; l++)
        at += net->width[l + 1] * (net->width[l] + 1);
    return at;
}

static real activate(enum net_activation activation, real z)
{
    switch (activation) {
    case NET_RELU: return z > 0 ? z : 0;
    case NET_LEAKY: return z > 0 ? z : z / 8;
    case NET_CLAMP: return z > 1 ? 1 : z < -1 ? -1 : z;
    case NET_ABS: return z < 0 ? -z : z;
    case NET_TANH: return (real)tanh((double)z);
    case NET_SIGMOID: return (real)(1 / (1 + exp(-(double)z)));
    case NET_SWISH: return (real)((double)z / (1 + exp(-(double)z)));
    case NET_SINE: return (real)sin((double)z);
    default: return z;
    }
}

static real slope_at(enum net_activation activation, real z)
{
    const double s = 1 / (1 + exp(-(double)z));
    const double t = tanh((double)z);
    switch (activation) {
    case NET_RELU: return z > 0 ? 1 : 0;
    case NET_LEAKY: return z > 0 ? 1 : (real)0.125;
    case NET_CLAMP: return z > 1 || z < -1 ? 0 : 1;
    case NET_ABS: return z < 0 ? -1 : 1;
    case NET_TANH: return (real)(1 - t * t);
    case NET_SIGMOID: return (real)(s * (1 - s));
    case NET_SWISH: return (real)(s + (double)z * s * (1 - s));
    case NET_SINE: return (real)cos((double)z);
    default: return 1;
    }
}

/* The upper bits of a number (Veltkamp 1968). */
static real rounded(const struct net *net, real value)
{
    if (net->digits == 0 || fabs((double)value) > 1e250)
        return value;
    const double shifted = (exp2(53 - net->digits) + 1) * (double)value;
    return (real)(shifted - (shifted - (double)value));
}

static real sum_row(const struct net *net, const real *w, const real *a, int64_t count,
                    bool backwards)
{
    real sum = 0;
    for (int64_t i = 0; i < count; i++) {
        const int64_t at = backwards ? count - 1 - i : i;
        sum += w[at] * a[at];
    }
    return rounded(net, sum);
}

static void row_forward(const struct net *net, const real *x, bool bias, struct row *row)
{
    for (int64_t i = 0; i < net->inputs; i++)
        row->a[0][i] = rounded(net, x[i]);
    for (int64_t l = 0; l < net->layers; l++) {
        const int64_t in = net->width[l];
        const int64_t out = net->width[l + 1];
        const real *w = weights_of(net, l);
        for (int64_t j = 0; j < out; j++) {
            real z = sum_row(net, w + j * in, row->a[l], in, net->reorder && row->single);
            z += bias ? w[out * in + j] : 0;
            z += l == 0 ? (real)row->time : 0;
            if (net->grid > 0.0)
                z = (real)(rint((double)z / net->grid) * net->grid);
            row->z[l][j] = rounded(net, z);
            row->a[l + 1][j] = activate(net->activation[l], row->z[l][j]);
        }
    }
    for (int64_t j = 0; j < net->outputs; j++)
        row->a[net->layers][j] = rounded(net, row->a[net->layers][j] * (real)net->output_scale);
}

static void row_jvp(const struct net *net, const struct row *row, const real *v, real *jv)
{
    real now[NET_WIDTH];
    real next[NET_WIDTH];
    memcpy(now, v, (size_t)net->inputs * sizeof(real));
    if (net->fault == JVP_LEAVES_INPUT)
        now[net->inputs - 1] = 0;
    for (int64_t l = 0; l < net->layers; l++) {
        const int64_t in = net->width[l];
        enum net_activation activation = net->activation[l];
        if (net->fault == JVP_OTHER_ACTIVATION && l == 0)
            activation = activation == NET_TANH ? NET_SIGMOID : NET_TANH;
        for (int64_t j = 0; j < net->width[l + 1]; j++)
            next[j] =
                slope_at(activation, row->z[l][j]) *
                sum_row(net, weights_of(net, l) + j * in, now, in, net->reorder && row->single);
        memcpy(now, next, sizeof now);
    }
    for (int64_t j = 0; j < net->outputs; j++)
        jv[j] = rounded(net, now[j] * (real)net->output_scale);
}

/* The cotangents of every layer's z to delta, and of x to jtu if it is not NULL. */
static void row_vjp(const struct net *net, const struct row *row, const real *u,
                    real delta[][NET_WIDTH], real *jtu)
{
    real now[NET_WIDTH];
    for (int64_t j = 0; j < net->outputs; j++)
        now[j] = u[j] * (real)net->output_scale;
    if (net->fault == VJP_LEAVES_OUTPUT)
        now[net->outputs - 1] = 0;
    for (int64_t l = net->layers - 1; l >= 0; l--) {
        const int64_t in = net->width[l];
        const int64_t out = net->width[l + 1];
        const real *w = weights_of(net, l);
        for (int64_t j = 0; j < out; j++)
            delta[l][j] = net->fault == VJP_NO_SLOPE && l == 0
                              ? now[j]
                              : now[j] * slope_at(net->activation[l], row->z[l][j]);
        for (int64_t i = 0; i < in; i++) {
            real sum = 0;
            for (int64_t j = 0; j < out; j++) {
                const int64_t at = net->reorder && row->single ? out - 1 - j : j;
                const bool wrong = net->fault == VJP_TRANSPOSED_INDEX && l == 1 && in == out;
                sum += w[wrong ? i * in + at : at * in + i] * delta[l][at];
            }
            now[i] = rounded(net, sum);
        }
    }
    if (jtu != NULL)
        memcpy(jtu, now, (size_t)net->inputs * sizeof(real));
}

#endif
