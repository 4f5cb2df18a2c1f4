/* Vectors of all lengths around those that are summed eight at a time, and the rounding
 * that finite differences have to allow for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dirichlet/estimator.h"
#include "support/check.h"
#include "support/sine_model.h"

#define LONGEST 40
#define OUTPUTS 3

static void exact_at_every_length(void **state)
{
    (void)state;
    const int32_t callbacks[] = {SINE_VJP, SINE_JVP, SINE_NORMS};
    double wide[LONGEST];
    float narrow[LONGEST];
    sine_data_f64(LONGEST, 3, wide);
    sine_data_f32(LONGEST, 3, narrow);
    for (int64_t d = 1; d <= LONGEST; d++)
        for (int c = 0; c < 3; c++) {
            const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                         .method = DIRICHLET_METHOD_EXACT};
            dirichlet_result result = {.struct_size = sizeof result};
            /* Long products from the left, long directions from the right and back. */
            struct sine sine = c == 1 ? sine_make(OUTPUTS, d) : sine_make(d, OUTPUTS);
            const dirichlet_model_f64 model_f64 = sine_model_f64(&sine, callbacks[c]);
            const dirichlet_model_f32 model_f32 = sine_model_f32(&sine, callbacks[c]);
            CHECK(dirichlet_measure_f64(&model_f64, 1, wide, NULL, &options, &result, NULL, NULL) ==
                  DIRICHLET_OK);
            CHECK(fabs(result.value / sine_energy_f64(&sine, wide) - 1.0) < 1e-14);
            CHECK(dirichlet_measure_f32(&model_f32, 1, narrow, NULL, &options, &result, NULL,
                                        NULL) == DIRICHLET_OK);
            CHECK(fabs(result.value / sine_energy_f32(&sine, narrow) - 1.0) < 1e-6);
        }
}

/* Hutch++ whose sketch spans all that the output reaches leaves nothing to probe. */
static void hutchpp_at_every_length(void **state)
{
    (void)state;
    double wide[LONGEST];
    float narrow[LONGEST];
    sine_data_f64(LONGEST, 3, wide);
    sine_data_f32(LONGEST, 3, narrow);
    for (int64_t d = 1; d <= LONGEST; d++) {
        const dirichlet_estimator_options options = {
            .struct_size = sizeof options, .method = DIRICHLET_METHOD_HUTCHPP, .probes = 4};
        dirichlet_result result = {.struct_size = sizeof result};
        struct sine sine = sine_make(d, 1);
        const dirichlet_model_f64 model_f64 = sine_model_f64(&sine, SINE_VJP | SINE_JVP);
        const dirichlet_model_f32 model_f32 = sine_model_f32(&sine, SINE_VJP | SINE_JVP);
        CHECK(dirichlet_measure_f64(&model_f64, 1, wide, NULL, &options, &result, NULL, NULL) ==
              DIRICHLET_OK);
        CHECK(fabs(result.value / sine_energy_f64(&sine, wide) - 1.0) < 1e-13);
        CHECK(dirichlet_measure_f32(&model_f32, 1, narrow, NULL, &options, &result, NULL, NULL) ==
              DIRICHLET_OK);
        CHECK(fabs(result.value / sine_energy_f32(&sine, narrow) - 1.0) < 2e-6);
    }
}

/* A NaN or infinity at every place of x, also of samples after the first. */
static void not_finite_at_every_place(void **state)
{
    (void)state;
    const double values[] = {NAN, INFINITY, -INFINITY};
    for (int64_t d = 1; d <= LONGEST; d++)
        for (int64_t place = 0; place < 2 * d; place++)
            for (int v = 0; v < 3; v++) {
                double wide[2 * LONGEST];
                float narrow[2 * LONGEST];
                struct sine sine = sine_make(d, 1);
                dirichlet_result result = {.struct_size = sizeof result};
                const dirichlet_model_f64 model_f64 = sine_model_f64(&sine, SINE_ENERGIES);
                const dirichlet_model_f32 model_f32 = sine_model_f32(&sine, SINE_ENERGIES);
                dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
                sine_data_f64(2 * d, 3, wide);
                sine_data_f32(2 * d, 3, narrow);
                wide[place] = values[v];
                narrow[place] = (float)values[v];
                CHECK(dirichlet_measure_f64(&model_f64, 2, wide, NULL, NULL, &result, NULL,
                                            &error) == DIRICHLET_E_NOT_FINITE);
                CHECK(strstr(error.message, place < d ? "sample 0" : "sample 1") != NULL);
                CHECK(sine.calls == 0);
                CHECK(dirichlet_measure_f32(&model_f32, 2, narrow, NULL, NULL, &result, NULL,
                                            &error) == DIRICHLET_E_NOT_FINITE);
                CHECK(sine.calls == 0);
            }
}

/* The largest relative error of energies by differences along all coordinates. */
static double worst_difference(struct sine *sine, double step, double forward_noise,
                               dirichlet_status *status)
{
    double x[20 * LONGEST];
    double energies[20];
    double worst = 0.0;
    dirichlet_result result = {.struct_size = sizeof result};
    const dirichlet_model_f64 model = sine_model_f64(sine, SINE_FORWARD);
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .method = DIRICHLET_METHOD_FINITE_DIFFERENCE,
                                                 .step = step,
                                                 .forward_noise = forward_noise};
    sine_data_f64(20 * sine->inputs, 5, x);
    *status = dirichlet_measure_f64(&model, 20, x, NULL, &options, &result, energies, NULL);
    for (int i = 0; i < 20 && *status == DIRICHLET_OK; i++) {
        const double energy = sine_energy_f64(sine, x + i * sine->inputs);
        worst = fmax(worst, fabs(energies[i] - energy) / energy);
    }
    return worst;
}

/* A network in float32 behind callbacks in float64 is found out, unless the noise is given;
 * with steps for float64 its differences would be rounding alone. */
static void single_precision_behind_double(void **state)
{
    (void)state;
    dirichlet_status status = DIRICHLET_OK;
    for (int64_t d = 1; d <= 12; d++) {
        struct sine sine = sine_make(d, OUTPUTS);
        CHECK(worst_difference(&sine, 0.0, 0.0, &status) < 1e-8 && status == DIRICHLET_OK);
        sine.single = 1;
        CHECK(worst_difference(&sine, 0.0, 0.0, &status) < 1e-3 && status == DIRICHLET_OK);
        CHECK(worst_difference(&sine, 0.0, 0x1p-23, &status) < 1e-3 && status == DIRICHLET_OK);
        const double fooled = worst_difference(&sine, 0.0, 0x1p-52, &status);
        CHECK(status == DIRICHLET_OK && fooled > 1e-3);
        /* The step asked for is taken; the noise that it leaves is seen. */
        (void)worst_difference(&sine, 1e-8, 0x1p-23, &status);
        CHECK(status == DIRICHLET_E_NOISE);
    }
}

/* What a forward callback is given: how far the points are from x. */
struct distance {
    double from;
    double farthest;
};

static int32_t note_distance(int64_t first, int64_t samples, int64_t points, const double *x,
                             double *y, void *user)
{
    (void)first;
    samples *= points;
    struct distance *distance = user;
    for (int64_t i = 0; i < samples; i++) {
        y[i] = x[4 * i] + 0.1;
        for (int64_t j = 0; j < 4; j++)
            distance->farthest = fmax(distance->farthest, fabs(x[4 * i + j] - distance->from));
    }
    return 0;
}

/* Each input moves by h = step max(1, rms(x)), along a coordinate and along signs. */
static void steps(void **state)
{
    (void)state;
    for (int64_t probes = DIRICHLET_PROBES_ALL; probes < 6; probes++)
        for (int exponent = -20; exponent < 0; exponent++) {
            const int scale = exponent % 2 == 0 ? 0 : 2; /* of the step, by that of x */
            struct distance distance = {scale == 0 ? 0.25 : 4.0, 0.0};
            const double x[] = {distance.from, distance.from, distance.from, distance.from};
            const dirichlet_model_f64 model = {.struct_size = sizeof model,
                                               .inputs = 4,
                                               .outputs = 1,
                                               .forward = note_distance,
                                               .user = &distance};
            const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                         .method =
                                                             DIRICHLET_METHOD_FINITE_DIFFERENCE,
                                                         .probes = probes,
                                                         .step = ldexp(1.0, exponent)};
            dirichlet_result result = {.struct_size = sizeof result};
            CHECK(dirichlet_measure_f64(&model, 1, x, NULL, &options, &result, NULL, NULL) ==
                  DIRICHLET_OK);
            const bool coordinates = probes <= 0 || probes >= 4;
            CHECK(distance.farthest == ldexp(1.0, exponent + scale));
            CHECK(!coordinates || fabs(result.value - 1.0) < 1e-9);
        }
}

/* f(x) = sum A x with whole A at whole x: float32 values, but not a float32 network. */
static int32_t whole_numbers(int64_t first, int64_t samples, int64_t points, const double *x,
                             double *y, void *user)
{
    (void)first;
    samples *= points;
    (void)user;
    for (int64_t i = 0; i < samples; i++)
        y[i] = 3.0 * x[2 * i] - 4.0 * x[2 * i + 1];
    return 0;
}

static void round_numbers(void **state)
{
    (void)state;
    const dirichlet_model_f64 model = {
        .struct_size = sizeof model, .inputs = 2, .outputs = 1, .forward = whole_numbers};
    double x[40];
    double energies[20];
    dirichlet_result result = {.struct_size = sizeof result};
    for (int i = 0; i < 40; i++)
        x[i] = (double)(i % 7 - 3);
    CHECK(dirichlet_measure_f64(&model, 20, x, NULL, NULL, &result, energies, NULL) ==
          DIRICHLET_OK);
    CHECK(result.method == DIRICHLET_METHOD_FINITE_DIFFERENCE && result.noise < 1e-8);
    for (int i = 0; i < 20; i++)
        CHECK(fabs(energies[i] - 25.0) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(exact_at_every_length),
                                       cmocka_unit_test(hutchpp_at_every_length),
                                       cmocka_unit_test(not_finite_at_every_place),
                                       cmocka_unit_test(single_precision_behind_double),
                                       cmocka_unit_test(steps),
                                       cmocka_unit_test(round_numbers)};
    return check_report("unit.vectors", cmocka_run_group_tests(tests, NULL, NULL));
}
