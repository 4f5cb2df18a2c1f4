/* Rows of a call that are not independent are found, and nothing else is taken for that. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "dirichlet/dirichlet.h"
#include "draws.h"
#include "models.h"

#define INPUTS 8
#define HIDDEN 12
#define OUTPUTS 4
#define SAMPLES 64

enum way {
    WAY_DYNAMIC,   /* inputs and hidden units to int8, one scale for the call */
    WAY_STATIC,    /* the same with a scale that stays */
    WAY_NORMALIZE, /* hidden units less their mean over the call */
    WAY_SMALL,     /* a trace of the other rows: 1e-6 of their mean */
    WAY_KERNELS,   /* float32 sums in an order that the number of rows decides */
    WAY_UNSTEADY   /* the last bits differ from call to call, as on some accelerators */
};

struct network {
    enum way way;
    double first[HIDDEN * INPUTS];
    double second[OUTPUTS * HIDDEN];
    uint64_t calls;
};

static double largest_of(const double *values, int64_t count)
{
    double largest = 1e-30;
    for (int64_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(values[i]));
    return largest;
}

static void to_int8(double *values, int64_t count, double scale)
{
    for (int64_t i = 0; i < count; i++)
        values[i] = rint(values[i] / scale * 127.0) / 127.0 * scale;
}

/* The sum, in float32 for WAY_KERNELS: from either end. */
static double sum_of(const struct network *f, const double *a, const double *b, int64_t count,
                     int backwards)
{
    double sum = 0.0;
    for (int64_t i = 0; i < count; i++) {
        const int64_t j = backwards ? count - 1 - i : i;
        sum += a[j] * b[j];
        sum = f->way == WAY_KERNELS ? (double)(float)sum : sum;
    }
    return sum;
}

static void mix_rows(const struct network *f, int64_t samples, double *hidden)
{
    for (int64_t j = 0; j < HIDDEN; j++) {
        double mean = 0.0;
        for (int64_t i = 0; i < samples; i++)
            mean += hidden[i * HIDDEN + j] / (double)samples;
        for (int64_t i = 0; i < samples; i++)
            hidden[i * HIDDEN + j] -= f->way == WAY_SMALL ? 1e-6 * mean : mean;
    }
}

static int32_t forward(int64_t first, int64_t samples, int64_t points, const double *x, double *y,
                       void *user)
{
    (void)first;
    samples *= points;
    struct network *f = user;
    const int quantized = f->way == WAY_DYNAMIC || f->way == WAY_STATIC;
    const int backwards = samples > 4;
    struct draws draws = {++f->calls};
    double *copy = take(samples * INPUTS, sizeof *copy);
    double *hidden = take(samples * HIDDEN, sizeof *hidden);
    memcpy(copy, x, (size_t)(samples * INPUTS) * sizeof *x);
    if (quantized)
        to_int8(copy, samples * INPUTS,
                f->way == WAY_DYNAMIC ? largest_of(copy, samples * INPUTS) : 3.0);
    for (int64_t i = 0; i < samples * HIDDEN; i++)
        hidden[i] = tanh(sum_of(f, f->first + i % HIDDEN * INPUTS, copy + i / HIDDEN * INPUTS,
                                INPUTS, backwards));
    if (f->way == WAY_NORMALIZE || f->way == WAY_SMALL)
        mix_rows(f, samples, hidden);
    for (int64_t i = 0; i < samples * OUTPUTS; i++) {
        y[i] = sum_of(f, f->second + i % OUTPUTS * HIDDEN, hidden + i / OUTPUTS * HIDDEN, HIDDEN,
                      backwards);
        if (f->way == WAY_UNSTEADY)
            y[i] *= 1.0 + 1e-7 * draw_normal(&draws);
    }
    free(copy);
    free(hidden);
    return 0;
}

static void make_network(enum way way, struct network *f, double *x)
{
    struct draws draws = {9};
    memset(f, 0, sizeof *f);
    f->way = way;
    draw_normals_into(&draws, sqrt(1.0 / INPUTS), f->first, HIDDEN * INPUTS);
    draw_normals_into(&draws, sqrt(1.0 / HIDDEN), f->second, OUTPUTS * HIDDEN);
    draw_normals_into(&draws, 1.0, x, SAMPLES * INPUTS);
    for (int i = 0; i < INPUTS; i++) /* an outlier */
        x[17 * INPUTS + i] *= 8.0;
}

static int32_t ignores_first; /* rows of any samples may share a call */

static dirichlet_status measure(struct network *f, const double *x, int64_t samples,
                                int64_t max_samples, double noise, dirichlet_result *result,
                                dirichlet_error *error)
{
    const dirichlet_model_f64 model = {.struct_size = sizeof model,
                                       .inputs = INPUTS,
                                       .outputs = OUTPUTS,
                                       .max_samples = max_samples,
                                       .ignores_first = ignores_first,
                                       .forward = forward,
                                       .user = f};
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .probes = DIRICHLET_PROBES_ALL,
                                                 .population = SAMPLES,
                                                 .forward_noise = noise};
    result->struct_size = sizeof *result;
    return dirichlet_measure_f64(&model, samples, x, NULL, &options, result, NULL, error);
}

static double truth_of(const struct network *f, const double *x)
{
    double energy = 0.0;
    for (int64_t s = 0; s < SAMPLES; s++)
        for (int64_t o = 0; o < OUTPUTS; o++)
            for (int64_t i = 0; i < INPUTS; i++) {
                double slope = 0.0;
                for (int64_t j = 0; j < HIDDEN; j++) {
                    double z = 0.0;
                    for (int64_t q = 0; q < INPUTS; q++)
                        z += f->first[j * INPUTS + q] * x[s * INPUTS + q];
                    slope += f->second[o * HIDDEN + j] * (1.0 - tanh(z) * tanh(z)) *
                             f->first[j * INPUTS + i];
                }
                energy += slope * slope / SAMPLES;
            }
    return energy;
}

/* What rows share is refused, also where the call has one sample alone and its differences, and
 * where the noise is said. */
static void found(enum way way, const char *name, int64_t samples, double noise)
{
    static struct network f;
    double x[SAMPLES * INPUTS];
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_result result;
    make_network(way, &f, x);
    const dirichlet_status status = measure(&f, x, samples, 0, noise, &result, &error);
    holds(status == DIRICHLET_E_COUPLED && strstr(error.message, "max_samples = 1") != NULL,
          "%s, %d samples: %s", name, (int)samples, dirichlet_status_string(status));
    note(name, status == DIRICHLET_E_COUPLED);
}

/* Not coupled: a value within 3 of its errors, or too much noise. */
static void passes(enum way way, const char *name, int64_t max_samples)
{
    static struct network f;
    double x[SAMPLES * INPUTS];
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    dirichlet_result result;
    make_network(way, &f, x);
    const dirichlet_status status = measure(&f, x, SAMPLES, max_samples, 0.0, &result, &error);
    if (status == DIRICHLET_E_NOISE && way == WAY_DYNAMIC) {
        note("int8, a scale for each row: refused as noise", 1.0);
        return;
    }
    require_ok(status, name, error.message);
    at_most(name, fabs(result.value - truth_of(&f, x)) / result.standard_error, 3.0);
}

static void find_and_pass(void)
{
    heading("Rows that share something%s", ignores_first ? ", of any samples" : "");
    found(WAY_DYNAMIC, "int8, one scale for the call, an outlier", SAMPLES, 0.0);
    found(WAY_DYNAMIC, "the same, its noise said", SAMPLES, 0x1p-8);
    found(WAY_NORMALIZE, "less the mean of the call", SAMPLES, 0.0);
    found(WAY_NORMALIZE, "less the mean of the call, a single sample", 1, 0.0);
    found(WAY_NORMALIZE, "the same, its noise said", 1, 0x1p-52);
    found(WAY_SMALL, "1e-6 of the mean", SAMPLES, 0.0);
    heading("Rows that do not: errors over the stated ones");
    passes(WAY_DYNAMIC, "int8, a scale for each row", 1);
    passes(WAY_STATIC, "int8, a scale that stays", 0);
    passes(WAY_KERNELS, "float32 kernels that the number of rows chooses", 0);
    passes(WAY_UNSTEADY, "unsteady last bits", 0);
}

int main(void)
{
    for (ignores_first = 0; ignores_first < 2; ignores_first++)
        find_and_pass();
    return verdict();
}
