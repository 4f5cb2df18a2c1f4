/* Finite differences: good to 1e-8 in double and 1e-4 in single precision on smooth
 * networks, also where a double interface hides a single-precision network; and honest
 * where rounding leaves them nothing to see. */
#include "finite_difference.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "draws.h"
#include "models.h"

struct errors compare(const struct problem *problem, const double *energies,
                      const dirichlet_result *result)
{
    const int64_t samples = problem->shape.samples;
    double *exact = take(samples, sizeof *exact);
    struct errors errors = {.noise = result->noise / result->value};
    double mean = 0.0;
    exact_energies(problem, exact);
    for (int64_t i = 0; i < samples; i++) {
        const double error = fabs(energies[i] / exact[i] - 1.0);
        mean += exact[i] / (double)samples;
        errors.sample = fmax(errors.sample, isnan(error) ? INFINITY : error);
    }
    errors.value = fabs(result->value / mean - 1.0);
    free(exact);
    return errors;
}

static const dirichlet_estimator_options all_coordinates = {.struct_size = sizeof all_coordinates,
                                                            .probes = DIRICHLET_PROBES_ALL};

/* Numbers that both precisions hold. */
static void draw_floats(struct draws *draws, double scale, double *out, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        out[i] = (double)(float)(scale * draw_normal(draws));
}

static void draw_pixels(struct draws *draws, double *out, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        out[i] = draw_uniform(draws) < 1.0 / 3.0
                     ? (double)((float)(int)(256.0 * draw_uniform(draws)) / 255.0F)
                     : 0.0;
}

static void make_problem(const struct shape *shape, dirichlet_activation activation,
                         struct problem *problem)
{
    struct draws draws = {(uint64_t)(activation * 1000 + shape->sizes[0])};
    problem->shape = *shape;
    problem->activation = activation;
    for (int l = 0; l < shape->layers; l++) {
        const int64_t count = shape->sizes[l] * shape->sizes[l + 1];
        problem->weights[l] = take(count, sizeof *problem->weights[l]);
        problem->biases[l] = take(shape->sizes[l + 1], sizeof *problem->biases[l]);
        draw_floats(&draws, sqrt(1.0 / (double)shape->sizes[l]), problem->weights[l], count);
        draw_floats(&draws, 0.1, problem->biases[l], shape->sizes[l + 1]);
    }
    const int64_t count = shape->samples * shape->sizes[0];
    problem->x = take(count, sizeof *problem->x);
    if (shape->scale > 0.0)
        draw_floats(&draws, shape->scale, problem->x, count);
    else
        draw_pixels(&draws, problem->x, count);
}

static void free_problem(struct problem *problem)
{
    for (int l = 0; l < problem->shape.layers; l++) {
        free(problem->weights[l]);
        free(problem->biases[l]);
    }
    free(problem->x);
}

static const struct {
    dirichlet_activation activation;
    const char *name;
} activations[] = {
    {DIRICHLET_ACTIVATION_TANH, "tanh"},       {DIRICHLET_ACTIVATION_SOFTPLUS, "softplus"},
    {DIRICHLET_ACTIVATION_SILU, "silu"},       {DIRICHLET_ACTIVATION_SIN, "sin"},
    {DIRICHLET_ACTIVATION_GELU, "gelu"},       {DIRICHLET_ACTIVATION_GELU_TANH, "gelu_tanh"},
    {DIRICHLET_ACTIVATION_SIGMOID, "sigmoid"},
};
#define ACTIVATIONS ((int)(sizeof activations / sizeof *activations))

static const struct shape shapes[] = {{2, {3, 16, 4}, 1.0, 20},     {2, {3, 16, 4}, 0.1, 20},
                                      {2, {3, 16, 4}, 3.0, 20},     {1, {5, 3}, 10.0, 20},
                                      {3, {20, 32, 32, 5}, 1.0, 8}, {2, {784, 64, 10}, 0.0, 2}};
#define SHAPES ((int)(sizeof shapes / sizeof *shapes))

/* The larger of two figures, a NaN being the largest. */
static double worse(double a, double b)
{
    return isnan(b) ? INFINITY : fmax(a, b);
}

static void judge_precisions(const double worst[3])
{
    at_most("double precision", worst[0], 1e-8);
    at_most("single precision", worst[1], 1e-4);
    at_most("single precision behind double callbacks", worst[2], 1e-4);
}

static void smooth_networks(void)
{
    for (int s = 0; s < SHAPES; s++) {
        double worst[3] = {0};
        heading("%d inputs, %d layers, data %s%g: worst relative errors over %d activations",
                (int)shapes[s].sizes[0], shapes[s].layers,
                shapes[s].scale > 0.0 ? "normal x " : "pixels ", shapes[s].scale, ACTIVATIONS);
        for (int a = 0; a < ACTIVATIONS; a++) {
            struct problem problem = {.activation = 0};
            make_problem(&shapes[s], activations[a].activation, &problem);
            const struct errors errors[3] = {coordinate_errors_f64(&problem),
                                             coordinate_errors_f32(&problem),
                                             hidden_single_errors(&problem)};
            printf("         %-10s  double %.1e (a sample %.1e)  single %.1e (%.1e)  "
                   "hidden %.1e (%.1e)\n",
                   activations[a].name, errors[0].value, errors[0].sample, errors[1].value,
                   errors[1].sample, errors[2].value, errors[2].sample);
            for (int i = 0; i < 3; i++)
                worst[i] = worse(worst[i], errors[i].value);
            free_problem(&problem);
        }
        judge_precisions(worst);
    }
}

static void probes(void)
{
    static const struct shape shape = {2, {12, 24, 6}, 1.0, 2000};
    heading("Random sign vectors: standard errors off the exact value, 2,000 samples");
    for (int64_t count = 2; count <= 8; count *= 2) {
        struct problem problem = {.activation = 0};
        char text[64];
        make_problem(&shape, DIRICHLET_ACTIVATION_TANH, &problem);
        snprintf(text, sizeof text, "double, %d probes", (int)count);
        at_most(text, probe_deviation_f64(&problem, count), 4.0);
        snprintf(text, sizeof text, "single, %d probes", (int)count);
        at_most(text, probe_deviation_f32(&problem, count), 4.0);
        free_problem(&problem);
    }
}

/* f(x) = (sin x_0, tanh x_1), whatever else there is: the step along a coordinate must not
 * grow with the number of the others. `offset` shifts all of the data, and f with it. */
struct coordinates {
    int64_t inputs;
    double offset;
};

static int32_t coordinates_f64(int64_t first, int64_t samples, int64_t points, const double *x,
                               double *y, void *user)
{
    (void)first;
    samples *= points;
    const struct coordinates *f = user;
    for (int64_t i = 0; i < samples; i++, x += f->inputs) {
        y[2 * i] = sin(x[0] - f->offset);
        y[2 * i + 1] = tanh(x[1] - f->offset);
    }
    return 0;
}

static int32_t coordinates_f32(int64_t first, int64_t samples, int64_t points, const float *x,
                               float *y, void *user)
{
    (void)first;
    samples *= points;
    const struct coordinates *f = user;
    for (int64_t i = 0; i < samples; i++, x += f->inputs) {
        y[2 * i] = (float)sin((double)x[0] - f->offset);
        y[2 * i + 1] = (float)tanh((double)x[1] - f->offset);
    }
    return 0;
}

/* Errors on normal data, the same numbers in both precisions. */
static struct errors coordinate_function_errors(struct coordinates *f, int single)
{
    enum { SAMPLES = 24 };
    const int64_t count = SAMPLES * f->inputs;
    const dirichlet_model_f64 model_f64 = {.struct_size = sizeof model_f64,
                                           .inputs = f->inputs,
                                           .outputs = 2,
                                           .forward = coordinates_f64,
                                           .user = f};
    const dirichlet_model_f32 model_f32 = {.struct_size = sizeof model_f32,
                                           .inputs = f->inputs,
                                           .outputs = 2,
                                           .forward = coordinates_f32,
                                           .user = f};
    struct draws draws = {7};
    dirichlet_result result = {.struct_size = sizeof result};
    double energies[SAMPLES];
    double exact = 0.0;
    double *x = take(count, sizeof *x);
    float *single_x = take(count, sizeof *single_x);
    struct errors errors = {.value = 0.0};
    for (int64_t i = 0; i < count; i++)
        x[i] = (double)(single_x[i] = (float)(f->offset + draw_normal(&draws)));
    const dirichlet_status status =
        single ? dirichlet_measure_f32(&model_f32, SAMPLES, single_x, NULL, &all_coordinates,
                                       &result, energies, NULL)
               : dirichlet_measure_f64(&model_f64, SAMPLES, x, NULL, &all_coordinates, &result,
                                       energies, NULL);
    errors.refused = status == DIRICHLET_E_NOISE;
    if (!errors.refused)
        require_ok(status, "measure a function of two coordinates", "");
    for (int64_t i = 0; i < SAMPLES; i++) {
        const double slope = cos(x[i * f->inputs] - f->offset);
        const double root = cosh(x[i * f->inputs + 1] - f->offset);
        const double energy = slope * slope + 1.0 / (root * root * root * root);
        errors.sample = worse(errors.sample, fabs(energies[i] / energy - 1.0));
        exact += energy / SAMPLES;
    }
    errors.value = fabs(result.value / exact - 1.0);
    errors.deviation =
        errors.value == 0.0 ? 0.0 : fabs(result.value - exact) / result.standard_error_differences;
    free(x);
    free(single_x);
    return errors;
}

static void coordinate_functions(void)
{
    heading("(sin x_0, tanh x_1) on normal data");
    for (int64_t inputs = 784; inputs <= 3072; inputs += 3072 - 784)
        for (int single = 0; single < 2; single++) {
            struct coordinates f = {inputs, 0.0};
            const struct errors errors = coordinate_function_errors(&f, single);
            char text[64];
            snprintf(text, sizeof text, "%d inputs, %s, the mean", (int)inputs,
                     single ? "single" : "double");
            at_most(text, errors.value, single ? 1e-4 : 1e-8);
            snprintf(text, sizeof text, "%d inputs, %s, a sample", (int)inputs,
                     single ? "single" : "double");
            at_most(text, errors.sample, single ? 1e-4 : 1e-8);
        }
    heading("The same shifted by an offset, 784 inputs: within 3 of its stated errors or refused");
    for (double offset = 1.0; offset <= 1e10; offset *= 10.0)
        for (int single = 0; single < 2; single++) {
            struct coordinates f = {784, offset};
            char text[80];
            const struct errors errors = coordinate_function_errors(&f, single);
            snprintf(text, sizeof text, "offset %g, %s, off by %.1e%s", offset,
                     single ? "single" : "double", errors.value, errors.refused ? ", refused" : "");
            at_most(text, errors.refused ? 0.0 : errors.deviation, 3.0);
            holds(!errors.refused || offset >= (single ? 100.0 : 1e6), "offset %g refused", offset);
        }
}

/* f(x) = offset + slope sin x. The offset leaves the slope's digits to rounding. */
struct offset_sine {
    double offset;
    double slope;
};

static int32_t sine_f64(int64_t first, int64_t samples, int64_t points, const double *x, double *y,
                        void *user)
{
    (void)first;
    samples *= points;
    const struct offset_sine *f = user;
    for (int64_t i = 0; i < samples; i++)
        y[i] = f->offset + f->slope * sin(x[i]);
    return 0;
}

static int32_t sine_f32(int64_t first, int64_t samples, int64_t points, const float *x, float *y,
                        void *user)
{
    (void)first;
    samples *= points;
    const struct offset_sine *f = user;
    for (int64_t i = 0; i < samples; i++)
        y[i] = (float)(f->offset + f->slope * sin((double)x[i]));
    return 0;
}

static dirichlet_status measure_sine(struct offset_sine *f, int single, double x,
                                     dirichlet_result *result)
{
    const dirichlet_model_f64 model_f64 = {
        .struct_size = sizeof model_f64, .inputs = 1, .outputs = 1, .forward = sine_f64, .user = f};
    const dirichlet_model_f32 model_f32 = {
        .struct_size = sizeof model_f32, .inputs = 1, .outputs = 1, .forward = sine_f32, .user = f};
    const float single_x = (float)x;
    result->struct_size = sizeof *result;
    return single ? dirichlet_measure_f32(&model_f32, 1, &single_x, NULL, NULL, result, NULL, NULL)
                  : dirichlet_measure_f64(&model_f64, 1, &x, NULL, NULL, result, NULL, NULL);
}

struct honesty {
    int answered;
    int refused;
    double worst_norm;   /* error of the norm, less truncation, over the root of the noise */
    double worst_energy; /* relative error of an answer */
};

/* |sqrt(value) - ||J||| <= the norm of what was added to J: rounding, whose square is the
 * reported noise, and h^2 / 6 times the third derivative. */
static void judge_sine(struct offset_sine *f, int single, double x, struct honesty *honesty)
{
    const double epsilon = single ? (double)FLT_EPSILON : DBL_EPSILON;
    const double point = single ? (double)(float)x : x;
    dirichlet_result result = {.struct_size = 0};
    const dirichlet_status status = measure_sine(f, single, x, &result);
    if (status == DIRICHLET_E_NOISE) {
        honesty->refused++;
        return;
    }
    require_ok(status, "measure a sine", "");
    const double slope = fabs(f->slope * cos(point));
    const double step = result.max_step;
    const double truncation = f->slope * step * step / 6.0 + 1e-15 * slope;
    /* x +- h is rounded, too, in single precision. */
    const double placing = slope * epsilon * fabs(x) / step;
    const double error = fabs(sqrt(result.value) - slope) - truncation - placing;
    honesty->answered++;
    honesty->worst_norm = worse(honesty->worst_norm, error / sqrt(result.noise));
    honesty->worst_energy = worse(honesty->worst_energy, fabs(result.value / (slope * slope) - 1));
}

/* A slope that rounding hides is refused, or the noise says how wrong it may be. */
static void offsets(int single)
{
    struct honesty honesty = {0};
    const int most = single ? 8 : 16;
    for (int offset = -1; offset <= most; offset++)
        for (int slope = -6; slope <= 3; slope++)
            for (int i = 0; i < 7; i++) {
                struct offset_sine f = {offset < 0 ? 0.0 : pow(10.0, offset), pow(10.0, slope)};
                judge_sine(&f, single, 0.1 + 0.37 * i, &honesty);
            }
    heading("offset + slope sin x in %s precision, offsets 0 to 1e%d, slopes 1e-6 to 1e3",
            single ? "single" : "double", most);
    note("answered", honesty.answered);
    at_least("refused as noise", honesty.refused, 100.0);
    at_least("answered", honesty.answered, 100.0);
    at_most("error of the norm over the root of the noise", honesty.worst_norm, 1.0);
    note("worst relative error of an answered energy", honesty.worst_energy);
}

/* Cancellation inside the function cannot be seen from outside; it has to be told. */
static int32_t cancelling(int64_t first, int64_t samples, int64_t points, const double *x,
                          double *y, void *user)
{
    (void)first;
    samples *= points;
    const double *offset = user;
    for (int64_t i = 0; i < samples; i++) {
        volatile double large = *offset + 1e-3 * sin(x[i]);
        y[i] = large - *offset;
    }
    return 0;
}

static void told_noise(void)
{
    double offset = 1e10;
    const double x = 0.3;
    const dirichlet_model_f64 model = {.struct_size = sizeof model,
                                       .inputs = 1,
                                       .outputs = 1,
                                       .forward = cancelling,
                                       .user = &offset};
    dirichlet_estimator_options options = {.struct_size = sizeof options};
    dirichlet_result result = {.struct_size = sizeof result};
    heading("(1e10 + 1e-3 sin x) - 1e10: cancellation inside");
    require_ok(dirichlet_measure_f64(&model, 1, &x, NULL, &options, &result, NULL, NULL),
               "measure cancellation", "");
    note("relative error untold", result.value / pow(1e-3 * cos(x), 2.0) - 1.0);
    options.forward_noise = DBL_EPSILON * 1e10 / 1e-3;
    require_ok(dirichlet_measure_f64(&model, 1, &x, NULL, &options, &result, NULL, NULL),
               "measure cancellation", "");
    between("relative error with forward_noise", result.value / pow(1e-3 * cos(x), 2.0) - 1.0,
            -0.03, 0.03);
}

int main(void)
{
    smooth_networks();
    coordinate_functions();
    probes();
    offsets(0);
    offsets(1);
    told_noise();
    return verdict();
}
