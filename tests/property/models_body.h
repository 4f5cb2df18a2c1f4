/* The models' callbacks; body for both precisions. */
#ifndef DIRICHLET_PROPERTY_MODELS_BODY_H
#define DIRICHLET_PROPERTY_MODELS_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/arithmetic/real.h"
#include "dirichlet/estimator.h"
#include "dirichlet/model.h"
#include "dirichlet/status.h"
#include "models.h"
#include "models_internal.h"

static int32_t map_vjp(int64_t first, int64_t samples, int64_t directions, const real *x,
                       const real *u, real *jtu, void *user)
{
    (void)first;
    const struct scaled_map *map = user;
    for (int64_t row = 0; row < samples * directions; row++) {
        const double scale = (double)x[row / directions * map->inputs];
        for (int64_t j = 0; j < map->inputs; j++) {
            double sum = 0.0;
            for (int64_t i = 0; i < map->outputs; i++)
                sum += (double)u[row * map->outputs + i] * map->matrix[i * map->inputs + j];
            jtu[row * map->inputs + j] = (real)(scale * sum);
        }
    }
    return 0;
}

static int32_t map_jvp(int64_t first, int64_t samples, int64_t directions, const real *x,
                       const real *v, real *jv, void *user)
{
    (void)first;
    const struct scaled_map *map = user;
    for (int64_t row = 0; row < samples * directions; row++) {
        const double scale = (double)x[row / directions * map->inputs];
        for (int64_t i = 0; i < map->outputs; i++) {
            double sum = 0.0;
            for (int64_t j = 0; j < map->inputs; j++)
                sum += (double)v[row * map->inputs + j] * map->matrix[i * map->inputs + j];
            jv[row * map->outputs + i] = (real)(scale * sum);
        }
    }
    return 0;
}

static int32_t map_norms(int64_t first, int64_t samples, int64_t directions, const real *x,
                         const real *u, double *norms, void *user)
{
    (void)first;
    const struct scaled_map *map = user;
    for (int64_t row = 0; row < samples * directions; row++) {
        const double scale = (double)x[row / directions * map->inputs];
        norms[row] = 0.0;
        for (int64_t j = 0; j < map->inputs; j++) {
            double sum = 0.0;
            for (int64_t i = 0; i < map->outputs; i++)
                sum += (double)u[row * map->outputs + i] * map->matrix[i * map->inputs + j];
            norms[row] += scale * scale * sum * sum;
        }
    }
    return 0;
}

static int32_t map_energies(int64_t first, int64_t samples, const real *x, double *energies,
                            void *user)
{
    (void)first;
    const struct scaled_map *map = user;
    const double energy = squared_frobenius(map->matrix, map->outputs * map->inputs);
    for (int64_t row = 0; row < samples; row++) {
        const double scale = (double)x[row * map->inputs];
        energies[row] = scale * scale * energy;
    }
    return 0;
}

PRECISION(dirichlet_model) PRECISION(scaled_map)(struct scaled_map *map, unsigned offers)
{
    PRECISION(dirichlet_model) model = {.struct_size = sizeof model};
    model.inputs = map->inputs;
    model.outputs = map->outputs;
    model.jvp = offers & OFFER_JVP ? map_jvp : NULL;
    model.vjp = offers & OFFER_VJP ? map_vjp : NULL;
    model.energies = offers & OFFER_ENERGIES ? map_energies : NULL;
    model.product_norms = offers & OFFER_NORMS ? map_norms : NULL;
    model.user = map;
    return model;
}

/* tanh(W_1 x), and its slopes 1 - tanh^2 where wanted. */
static void hidden_layer(const struct tanh_network *network, const real *x, double *hidden,
                         double *slopes)
{
    for (int64_t i = 0; i < network->hidden; i++) {
        double sum = 0.0;
        for (int64_t j = 0; j < network->inputs; j++)
            sum += network->first[i * network->inputs + j] * (double)x[j];
        hidden[i] = tanh(sum);
        if (slopes != NULL)
            slopes[i] = 1.0 - hidden[i] * hidden[i];
    }
}

static int32_t tanh_forward(int64_t first, int64_t samples, int64_t points, const real *x, real *y,
                            void *user)
{
    (void)first;
    samples *= points;
    const struct tanh_network *network = user;
    double hidden[TANH_MOST_HIDDEN];
    for (int64_t row = 0; row < samples; row++) {
        hidden_layer(network, x + row * network->inputs, hidden, NULL);
        for (int64_t o = 0; o < network->outputs; o++) {
            double sum = 0.0;
            for (int64_t i = 0; i < network->hidden; i++)
                sum += network->second[o * network->hidden + i] * hidden[i];
            y[row * network->outputs + o] = (real)sum;
        }
    }
    return 0;
}

static int32_t tanh_jvp(int64_t first, int64_t samples, int64_t directions, const real *x,
                        const real *v, real *jv, void *user)
{
    (void)first;
    const struct tanh_network *network = user;
    double hidden[TANH_MOST_HIDDEN];
    double slopes[TANH_MOST_HIDDEN];
    for (int64_t row = 0; row < samples * directions; row++) {
        const real *tangent = v + row * network->inputs;
        hidden_layer(network, x + row / directions * network->inputs, hidden, slopes);
        for (int64_t i = 0; i < network->hidden; i++) {
            double sum = 0.0;
            for (int64_t j = 0; j < network->inputs; j++)
                sum += network->first[i * network->inputs + j] * (double)tangent[j];
            hidden[i] = slopes[i] * sum;
        }
        for (int64_t o = 0; o < network->outputs; o++) {
            double sum = 0.0;
            for (int64_t i = 0; i < network->hidden; i++)
                sum += network->second[o * network->hidden + i] * hidden[i];
            jv[row * network->outputs + o] = (real)sum;
        }
    }
    return 0;
}

/* J^T u of one sample, in double. */
static void tanh_pull_back(const struct tanh_network *network, const real *x, const real *u,
                           double *product)
{
    double hidden[TANH_MOST_HIDDEN];
    double slopes[TANH_MOST_HIDDEN];
    hidden_layer(network, x, hidden, slopes);
    for (int64_t i = 0; i < network->hidden; i++) {
        double sum = 0.0;
        for (int64_t o = 0; o < network->outputs; o++)
            sum += network->second[o * network->hidden + i] * (double)u[o];
        hidden[i] = slopes[i] * sum;
    }
    for (int64_t j = 0; j < network->inputs; j++) {
        product[j] = 0.0;
        for (int64_t i = 0; i < network->hidden; i++)
            product[j] += network->first[i * network->inputs + j] * hidden[i];
    }
}

static int32_t tanh_vjp(int64_t first, int64_t samples, int64_t directions, const real *x,
                        const real *u, real *jtu, void *user)
{
    (void)first;
    const struct tanh_network *network = user;
    double *product = take(network->inputs, sizeof *product);
    for (int64_t row = 0; row < samples * directions; row++) {
        tanh_pull_back(network, x + row / directions * network->inputs, u + row * network->outputs,
                       product);
        for (int64_t j = 0; j < network->inputs; j++)
            jtu[row * network->inputs + j] = (real)product[j];
    }
    free(product);
    return 0;
}

static int32_t tanh_norms(int64_t first, int64_t samples, int64_t directions, const real *x,
                          const real *u, double *norms, void *user)
{
    (void)first;
    const struct tanh_network *network = user;
    double *product = take(network->inputs, sizeof *product);
    for (int64_t row = 0; row < samples * directions; row++) {
        tanh_pull_back(network, x + row / directions * network->inputs, u + row * network->outputs,
                       product);
        norms[row] = squared_frobenius(product, network->inputs);
    }
    free(product);
    return 0;
}

static int32_t tanh_energies(int64_t first, int64_t samples, const real *x, double *energies,
                             void *user)
{
    (void)first;
    const struct tanh_network *network = user;
    double *product = take(network->inputs, sizeof *product);
    real *unit = take(network->outputs, sizeof *unit);
    for (int64_t row = 0; row < samples; row++) {
        energies[row] = 0.0;
        for (int64_t o = 0; o < network->outputs; o++) {
            unit[o] = (real)1;
            tanh_pull_back(network, x + row * network->inputs, unit, product);
            energies[row] += squared_frobenius(product, network->inputs);
            unit[o] = (real)0;
        }
    }
    free(unit);
    free(product);
    return 0;
}

PRECISION(dirichlet_model) PRECISION(tanh_network)(struct tanh_network *network, unsigned offers)
{
    PRECISION(dirichlet_model) model = {.struct_size = sizeof model};
    model.inputs = network->inputs;
    model.outputs = network->outputs;
    model.forward = offers & OFFER_FORWARD ? tanh_forward : NULL;
    model.jvp = offers & OFFER_JVP ? tanh_jvp : NULL;
    model.vjp = offers & OFFER_VJP ? tanh_vjp : NULL;
    model.energies = offers & OFFER_ENERGIES ? tanh_energies : NULL;
    model.product_norms = offers & OFFER_NORMS ? tanh_norms : NULL;
    model.user = network;
    return model;
}

dirichlet_status PRECISION(scaled_map_run)(struct scaled_map *map, unsigned offers,
                                           const dirichlet_estimator_options *options,
                                           int64_t samples, const double *scales,
                                           const double *weights, double *energies,
                                           dirichlet_result *result, dirichlet_error *error)
{
    const PRECISION(dirichlet_model) model = PRECISION(scaled_map)(map, offers);
    real *x = take(samples * map->inputs, sizeof *x);
    for (int64_t i = 0; i < samples; i++)
        x[i * map->inputs] = (real)(scales == NULL ? 1.0 : scales[i]);
    const dirichlet_status status =
        PRECISION(dirichlet_measure)(&model, samples, x, weights, options, result, energies, error);
    free(x);
    return status;
}

#endif
