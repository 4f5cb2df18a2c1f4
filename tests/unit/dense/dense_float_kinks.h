/* The forward pass of float networks runs in float, so it must find out by itself where that is
 * not enough to tell the side of a kink. */
#ifndef DIRICHLET_UNIT_DENSE_FLOAT_KINKS_H
#define DIRICHLET_UNIT_DENSE_FLOAT_KINKS_H

#include "core/arithmetic/real_f32.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dense_fixture_body.h"
#include "dense_memory_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"
#include "support/check.h"

/* c a(s z) with a(u) = u or, below 0, p u. */
struct kinked {
    dirichlet_activation activation;
    double p, s, c;
    dirichlet_kink kink;
};

static double kinked_at(const struct kinked *a, double z)
{
    return a->c * (a->s * z > 0.0 ? a->s * z : a->p * a->s * z);
}

/* Biases that put every unit of every layer on its kink at x, to within float. */
static void put_on_kinks(struct wide_network *w, const struct kinked *a, const float *x)
{
    double h[2][128];
    for (int64_t i = 0; i < w->widths[0]; i++)
        h[0][i] = (double)x[i];
    for (int64_t l = 0; l + 1 < w->depth; l++) {
        const dirichlet_dense_layer_f32 *layer = &w->layers[l];
        float *bias = w->numbers + (layer->bias - w->numbers);
        for (int64_t o = 0; o < layer->outputs; o++) {
            double z = 0.0;
            for (int64_t i = 0; i < layer->inputs; i++)
                z += (double)layer->weights[o * layer->inputs + i] * h[l % 2][i];
            /* The last layer's kinks need something to depend on. */
            bias[o] = l + 2 < w->depth && o % 2 == 0 ? bias[o] : (float)-z;
            z += (double)bias[o];
            h[(l + 1) % 2][o] = kinked_at(a, z);
        }
    }
}

/* The network in double with the same weights. */
static dirichlet_dense_f64 *widened(const struct wide_network *w, double *numbers)
{
    dirichlet_dense_layer_f64 layers[8];
    dirichlet_dense_f64 *network = NULL;
    for (int64_t l = 0; l < w->depth; l++) {
        const dirichlet_dense_layer_f32 *from = &w->layers[l];
        const int64_t count = from->outputs * (from->inputs + 1);
        for (int64_t i = 0; i < count; i++)
            numbers[i] = (double)from->weights[i];
        layers[l] = (dirichlet_dense_layer_f64){.struct_size = sizeof layers[l],
                                                .inputs = from->inputs,
                                                .outputs = from->outputs,
                                                .weights = numbers,
                                                .output_stride = from->inputs,
                                                .input_stride = 1,
                                                .bias = numbers + from->outputs * from->inputs,
                                                .bias_stride = 1,
                                                .activation = from->activation,
                                                .activation_parameter = from->activation_parameter,
                                                .input_scale = from->input_scale,
                                                .output_scale = from->output_scale,
                                                .kink = from->kink};
        numbers += count;
    }
    CHECK(dirichlet_dense_create_f64(layers, w->depth, NULL, &network, NULL) == DIRICHLET_OK);
    return network;
}

enum { KINK_SAMPLES = 600, KINK_INPUTS = 90 };
static const int64_t kink_widths[] = {KINK_INPUTS, 80, 70, 12};

/* A side that is taken wrongly would show as a large error. */
static void compare_kinks(const struct wide_network *w, const float *x, double bound,
                          const char *name)
{
    static double numbers[91 * 80 + 81 * 70 + 71 * 60 + 61 * 50 + 51 * 12];
    static double wide_x[KINK_SAMPLES * KINK_INPUTS];
    double found[KINK_SAMPLES];
    double expected[KINK_SAMPLES];
    for (int64_t i = 0; i < KINK_SAMPLES * w->widths[0]; i++)
        wide_x[i] = (double)x[i];
    dirichlet_dense_f32 *network = create_or_fail(w->layers, w->depth, NULL);
    dirichlet_dense_f64 *reference = widened(w, numbers);
    CHECK(dirichlet_dense_energies_f32(network, KINK_SAMPLES, x, found) == DIRICHLET_OK);
    CHECK(dirichlet_dense_energies_f64(reference, KINK_SAMPLES, wide_x, expected) == DIRICHLET_OK);
    for (int64_t s = 0; s < KINK_SAMPLES; s++)
        CHECK_IN(expected[s] > 0.0 && fabs(found[s] - expected[s]) <= bound * expected[s],
                 "%s, sample %d: %.9g, not %.9g", name, (int)s, found[s], expected[s]);
    dirichlet_dense_destroy_f32(network);
    dirichlet_dense_destroy_f64(reference);
}

static void make_kinked(struct wide_network *w, const struct kinked *a)
{
    make_wide(w, kink_widths, 3, a->activation);
    for (int l = 0; l < 2; l++) {
        w->layers[l].activation_parameter =
            a->activation == DIRICHLET_ACTIVATION_PRELU ? a->p : 0.0;
        w->layers[l].input_scale = a->s;
        w->layers[l].output_scale = a->c;
        w->layers[l].kink = a->kink;
    }
}

/* Every other sample lies on kinks: more than a chunk of them. */
static void check_kinks(const struct kinked *a, uint64_t seed)
{
    static float x[KINK_SAMPLES * KINK_INPUTS];
    struct wide_network w;
    make_kinked(&w, a);
    fill(x, KINK_SAMPLES * KINK_INPUTS, seed);
    put_on_kinks(&w, a, x);
    for (int64_t s = 2; s < KINK_SAMPLES; s += 2)
        memcpy(x + s * KINK_INPUTS, x, KINK_INPUTS * sizeof *x);
    compare_kinks(&w, x, 2e-6, "on kinks");
    free(w.numbers);
}

/* Numbers that cancel in the first layer and are then multiplied by a large slope: their errors are
 * larger than all that is left of them would let expect, and what is near a kink of the next layer
 * is not certain. */
static void check_steep(const struct kinked *a, uint64_t seed)
{
    static float x[KINK_SAMPLES * KINK_INPUTS];
    struct wide_network w;
    double h[2][128];
    float spread[128];
    make_kinked(&w, a);
    fill(x, KINK_SAMPLES * KINK_INPUTS, seed);
    fill(spread, 128, seed + 1);
    for (int64_t i = 0; i < KINK_INPUTS; i++)
        h[0][i] = (double)x[i];
    for (int64_t l = 0; l < 2; l++) {
        const dirichlet_dense_layer_f32 *layer = &w.layers[l];
        float *bias = w.numbers + (layer->bias - w.numbers);
        for (int64_t o = 0; o < layer->outputs; o++) {
            double z = 0.0;
            for (int64_t i = 0; i < layer->inputs; i++)
                z += (double)layer->weights[o * layer->inputs + i] * h[l][i];
            bias[o] = (float)(-z + (l == 0 ? 1e-4 : 1e-5) * (double)spread[o]);
            if (l == 0)
                h[1][o] = kinked_at(a, z + (double)bias[o]);
        }
    }
    for (int64_t s = 2; s < KINK_SAMPLES; s += 2)
        memcpy(x + s * KINK_INPUTS, x, KINK_INPUTS * sizeof *x);
    compare_kinks(&w, x, 2e-6, "behind a large slope");
    free(w.numbers);
}

/* Numbers that floats have, but whose products underflow: the sides are those of double. */
static void check_tiny(float of_x, const float *of_weights, const char *name)
{
    static float x[KINK_SAMPLES * KINK_INPUTS];
    struct wide_network w;
    make_wide(&w, kink_widths, 3, DIRICHLET_ACTIVATION_RELU);
    fill(x, KINK_SAMPLES * KINK_INPUTS, 71);
    for (int64_t i = 0; i < KINK_SAMPLES * KINK_INPUTS; i++)
        x[i] *= of_x;
    for (int64_t l = 0; l < 3; l++) {
        const dirichlet_dense_layer_f32 *layer = &w.layers[l];
        float *weights = w.numbers + (layer->weights - w.numbers);
        for (int64_t i = 0; i < layer->outputs * layer->inputs; i++)
            weights[i] *= of_weights[l];
        memset(w.numbers + (layer->bias - w.numbers), 0, (size_t)layer->outputs * sizeof(float));
    }
    compare_kinks(&w, x, 2e-6, name);
    free(w.numbers);
}

static float *row_of(const struct wide_network *w, int64_t l, int64_t o)
{
    return w->numbers + (w->layers[l].weights - w->numbers) + o * w->widths[l];
}

static void fill_biases(const struct wide_network *w, int64_t l, float bias)
{
    for (int64_t o = 0; o < w->widths[l + 1]; o++)
        w->numbers[w->layers[l].bias - w->numbers + o] = bias;
}

/* Differences of units that all but coincide, made large again: what rounding did to the first
 * layer is a thousandth of the third, and the kinks of the fourth are nearer than that. */
static void test_inherited_errors(void **state)
{
    static const int64_t widths[] = {KINK_INPUTS, 80, 70, 60, 50, 12};
    static float x[KINK_SAMPLES * KINK_INPUTS];
    double h[2][KINK_INPUTS];
    struct wide_network w;
    (void)state;
    make_wide(&w, widths, 5, DIRICHLET_ACTIVATION_RELU);
    fill(x, KINK_INPUTS, 72);
    for (int64_t s = 1; s < KINK_SAMPLES; s++)
        memcpy(x + s * KINK_INPUTS, x, KINK_INPUTS * sizeof *x);
    fill_biases(&w, 0, 3.0F);
    fill_biases(&w, 1, 3e-4F);
    fill_biases(&w, 2, 8.0F);
    for (int64_t j = 0; j < 80; j += 2) {
        for (int64_t i = 0; i < KINK_INPUTS; i++)
            row_of(&w, 0, j + 1)[i] = row_of(&w, 0, j)[i] + 1e-4F * row_of(&w, 0, j + 1)[i];
        for (int64_t o = 0; o < 70; o++)
            row_of(&w, 1, o)[j + 1] = -row_of(&w, 1, o)[j];
    }
    for (int64_t i = 0; i < 60 * 70; i++)
        row_of(&w, 2, 0)[i] *= 1e4F;
    for (int64_t i = 0; i < KINK_INPUTS; i++)
        h[0][i] = (double)x[i];
    for (int64_t l = 0; l < 4; l++)
        for (int64_t o = 0; o < widths[l + 1]; o++) {
            float *bias = w.numbers + (w.layers[l].bias - w.numbers) + o;
            double z = 0.0;
            for (int64_t i = 0; i < widths[l]; i++)
                z += (double)row_of(&w, l, o)[i] * h[l % 2][i];
            if (l == 3)
                *bias = (float)(o % 2 == 0 ? 1e-4 - z : -1e-4 - z);
            h[(l + 1) % 2][o] = fmax(z + (double)*bias, 0.0);
        }
    /* The Jacobian has the same differences in float, without a wrong side. */
    compare_kinks(&w, x, 1e-4, "inherited errors");
    free(w.numbers);
}

static void test_float_kinks(void **state)
{
    static const struct kinked cases[] = {
        {DIRICHLET_ACTIVATION_RELU, 0, 1, 1, DIRICHLET_KINK_OUTSIDE},
        {DIRICHLET_ACTIVATION_LEAKY_RELU, 0.01, 1, 1, DIRICHLET_KINK_OUTSIDE},
        {DIRICHLET_ACTIVATION_RELU, 0, 1, 1, DIRICHLET_KINK_INSIDE},
        {DIRICHLET_ACTIVATION_RELU, 0, -3, 0.5, DIRICHLET_KINK_MEAN},
        {DIRICHLET_ACTIVATION_PRELU, -0.5, 1, 1, DIRICHLET_KINK_OUTSIDE},
        {DIRICHLET_ACTIVATION_PRELU, 200, 1, 1, DIRICHLET_KINK_OUTSIDE},
        {DIRICHLET_ACTIVATION_PRELU, 0.25, 40, 5, DIRICHLET_KINK_INSIDE},
    };
    (void)state;
    for (uint64_t seed = 41; seed < 61; seed++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            check_kinks(&cases[i], seed);
    for (uint64_t seed = 41; seed < 51; seed++) {
        check_steep(&(struct kinked){DIRICHLET_ACTIVATION_PRELU, 2000, 1, 1, 0}, seed);
        check_steep(&(struct kinked){DIRICHLET_ACTIVATION_RELU, 0, 40, 50, 0}, seed);
    }
}

static void test_tiny_numbers(void **state)
{
    (void)state;
    check_tiny(1e-22F, (const float[]){1e-22F, 1e22F, 1}, "input and first weights");
    check_tiny(1e-20F, (const float[]){1e-24F, 1, 1e22F}, "first weights");
    check_tiny(1e-10F, (const float[]){1e-33F, 1e10F, 1e20F}, "weights near the least");
    check_tiny(1, (const float[]){1e-20F, 1e-23F, 1e25F}, "a hidden layer");
}

/* Two kinds of units in the first layer, one in the second, copies of each so that the chain is
 * carried in float, and three inputs that count; the energies against double. */
static void check_copies(const float *first, const float *second, const float *biases,
                         const float *input, const char *name)
{
    enum { INPUTS = 18, UNITS = 16, OUTPUTS = 20 };
    static const int64_t widths[] = {INPUTS, UNITS, UNITS, OUTPUTS};
    static float x[KINK_SAMPLES * KINK_INPUTS];
    struct wide_network w;
    make_wide(&w, widths, 3, DIRICHLET_ACTIVATION_RELU);
    memset(w.numbers, 0, (UNITS * (INPUTS + 1) + UNITS * (UNITS + 1)) * sizeof(float));
    fill_biases(&w, 1, biases[2]);
    for (int64_t o = 0; o < UNITS; o++) {
        memcpy(row_of(&w, 0, o), first + o % 2 * 3, 3 * sizeof(float));
        w.numbers[UNITS * INPUTS + o] = biases[o % 2];
        for (int64_t i = 0; i < UNITS; i++)
            row_of(&w, 1, o)[i] = second[i % 2] * 0.125F;
    }
    memset(x, 0, sizeof x);
    for (int64_t s = 0; s < KINK_SAMPLES; s++)
        memcpy(x + s * INPUTS, input, 3 * sizeof(float));
    compare_kinks(&w, x, 2e-6, name);
    free(w.numbers);
}

static void test_ends_of_float(void **state)
{
    (void)state;
    /* A unit beyond float, that the next layer brings back: -4 + 5. */
    check_copies((const float[]){2e19F, 0, 0, 0, 1, 0}, (const float[]){-1e-38F, 1},
                 (const float[]){0, 0, 5}, (const float[]){2e19F, 1, 1}, "beyond float");
    /* On, by less than the least float. */
    check_copies((const float[]){1e-30F, 0, 0, 0, 1, 0}, (const float[]){1e30F, 1},
                 (const float[]){0, 0, 0}, (const float[]){1e-20F, 1, 1}, "below float");
    /* Off in float, whose products are whole numbers of the least float; on in truth. */
    check_copies((const float[]){3e-25F, -3.6e-25F, 0.7e-25F, 0, 0, 0}, (const float[]){1e25F, 1},
                 (const float[]){0, 1, 0}, (const float[]){1e-20F, 1e-20F, 1e-20F},
                 "among the least floats");
}

#endif
