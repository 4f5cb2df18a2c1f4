/* What products are taken along: long normal directions, coordinates without replacement, and the
 * orthonormal basis of Hutch++ where its rows are all but parallel. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/statistics/counter.h"
#include "dirichlet/estimator.h"
#include "support/check.h"
#include "support/sine_model.h"

#define LONG 700 /* more than one batch of normal numbers, and not a whole number of them */
#define SAMPLES 200

static double seen[SAMPLES * LONG];

/* Norms ||u||^2 of a model whose J J^T is the unit matrix; `user`: how long u is. */
static int32_t keep_directions(int64_t first, int64_t samples, int64_t directions, const double *x,
                               const double *u, double *norms, void *user)
{
    (void)first;
    const int64_t size = *(const int64_t *)user;
    (void)directions;
    for (int64_t i = 0; i < samples; i++) {
        const int64_t place = (int64_t)x[i];
        memcpy(seen + place * size, u + i * size, (size_t)size * sizeof *u);
        norms[i] = 0.0;
        for (int64_t j = 0; j < size; j++)
            norms[i] += u[i * size + j] * u[i * size + j];
    }
    return 0;
}

/* Direction 0 of so many samples, to `seen`. */
static void draw(dirichlet_method method, int64_t size, int64_t samples)
{
    double x[SAMPLES];
    dirichlet_result result = {.struct_size = sizeof result};
    const dirichlet_model_f64 model = {.struct_size = sizeof model,
                                       .inputs = 1,
                                       .outputs = size,
                                       .product_norms = keep_directions,
                                       .user = &size};
    const dirichlet_estimator_options options = {
        .struct_size = sizeof options, .method = method, .probes = 1, .seed = 9};
    for (int64_t i = 0; i < samples; i++)
        x[i] = (double)i;
    CHECK(dirichlet_measure_f64(&model, samples, x, NULL, &options, &result, NULL, NULL) ==
          DIRICHLET_OK);
}

static void long_directions(void **state)
{
    (void)state;
    static double normals[LONG];
    for (int64_t size = 254; size <= LONG; size += 223)
        for (int64_t sample = 0; sample < 3; sample++) {
            const struct counter_stream stream = {9, (uint64_t)sample, 0};
            double square = 0.0;
            counter_normals(&stream, 0, size, normals);
            draw(DIRICHLET_METHOD_GAUSSIAN, size, 3);
            for (int64_t i = 0; i < size; i++) {
                CHECK(seen[sample * size + i] == normals[i]);
                square += normals[i] * normals[i];
            }
            draw(DIRICHLET_METHOD_SPHERE, size, 3);
            for (int64_t i = 0; i < size; i++)
                CHECK(fabs(seen[sample * size + i] - normals[i] * sqrt((double)size / square)) <=
                      1e-13);
        }
}

/* 200 coordinates of 4: each 50 times, with a standard deviation of 6. */
static void all_coordinates(void **state)
{
    (void)state;
    int count[4] = {0};
    draw(DIRICHLET_METHOD_UNIT, 4, SAMPLES);
    for (int64_t i = 0; i < SAMPLES; i++)
        for (int j = 0; j < 4; j++) {
            CHECK(seen[4 * i + j] == 0.0 || seen[4 * i + j] == 2.0);
            count[j] += seen[4 * i + j] == 2.0;
        }
    for (int j = 0; j < 4; j++)
        CHECK_IN(count[j] >= 26 && count[j] <= 74, "coordinate %d: %d times", j, count[j]);
}

/* Are the first two directions of random signs of so many entries parallel? */
static bool are_parallel(uint64_t seed, uint64_t sample, int64_t size)
{
    const struct counter_stream streams[2] = {{seed, sample, 0}, {seed, sample, 1}};
    const struct counter_block first = counter_bits(&streams[0], 0);
    const struct counter_block second = counter_bits(&streams[1], 0);
    int64_t same = 0;
    for (int64_t i = 0; i < size; i++)
        same += counter_sign(&first, i) == counter_sign(&second, i);
    return same == 0 || same == size;
}

/* J of rank 2 with singular values about 1 and `ratio`: two directions hold all of it, however
 * close to parallel J^T w_1 and J^T w_2 are, and the energy is exact. */
static void check_basis(int32_t precision, double ratio)
{
    static struct sine sine;
    static const double wide[SAMPLES * 3];
    static const float narrow[SAMPLES * 3];
    const bool single = precision == 32;
    double energies[SAMPLES];
    double worst = 0.0;
    dirichlet_result result = {.struct_size = sizeof result};
    const dirichlet_estimator_options options = {
        .struct_size = sizeof options, .method = DIRICHLET_METHOD_HUTCHPP, .probes = 6};
    sine = sine_make(3, 2);
    for (int i = 0; i < 3; i++) {
        sine.matrix[i] = (double)(float)(0.41 + 0.17 * i);
        sine.matrix[3 + i] = ratio * (i == 1 ? -0.83 : 0.37);
    }
    const dirichlet_model_f64 model = sine_model_f64(&sine, SINE_VJP | SINE_JVP);
    const dirichlet_model_f32 small = sine_model_f32(&sine, SINE_VJP | SINE_JVP);
    CHECK((single ? dirichlet_measure_f32(&small, SAMPLES, narrow, NULL, &options, &result,
                                          energies, NULL)
                  : dirichlet_measure_f64(&model, SAMPLES, wide, NULL, &options, &result, energies,
                                          NULL)) == DIRICHLET_OK);
    const double exact = sine_energy_f64(&sine, wide);
    int judged = 0;
    for (int i = 0; i < SAMPLES; i++)
        if (!are_parallel(0, (uint64_t)i, 2)) {
            worst = fmax(worst, fabs(energies[i] / exact - 1.0));
            judged++;
        }
    printf("float%d, ratio %.0e: off by %.1e in %d samples\n", (int)precision, ratio, worst,
           judged);
    CHECK(judged > SAMPLES / 4);
    CHECK_IN(worst <= (single ? 1e-6 : 1e-14), "float%d, ratio %g: off by %g", (int)precision,
             ratio, worst);
}

static void nearly_parallel_rows(void **state)
{
    (void)state;
    for (int exponent = 0; exponent >= -14; exponent--)
        check_basis(64, pow(10.0, exponent));
    for (int exponent = 0; exponent >= -6; exponent--)
        check_basis(32, pow(10.0, exponent));
}

/* One direction at a time, the largest of budgets, and one that has no room for all directions of a
 * single sample: the bits of a call that has what it likes. */
static void cut_into_blocks(void **state)
{
    (void)state;
    static const dirichlet_method methods[] = {DIRICHLET_METHOD_HUTCHPP,
                                               DIRICHLET_METHOD_ORTHOGONAL};
    static struct sine sine;
    static double x[9 * 40];
    sine_data_f64(9 * 40, 3, x);
    for (int turned = 0; turned < 2; turned++)
        for (size_t m = 0; m < 2; m++)
            for (int cut = 0; cut < 4; cut++) {
                double energies[2][9];
                dirichlet_result result = {.struct_size = sizeof result};
                dirichlet_estimator_options options = {
                    .struct_size = sizeof options, .method = methods[m], .probes = turned ? 12 : 6};
                for (int cutting = 0; cutting < 2; cutting++) {
                    sine = sine_make(turned ? 6 : 40, turned ? 40 : 6);
                    sine.max_samples = 9; /* so that there is no more room than needed */
                    sine.max_directions = cutting && cut == 0 ? 1 : cutting && cut == 1 ? 3 : 0;
                    options.workspace_bytes = cutting && cut == 2   ? SIZE_MAX
                                              : cutting && cut == 3 ? 6000
                                                                    : 0;
                    const dirichlet_model_f64 model = sine_model_f64(&sine, SINE_VJP | SINE_JVP);
                    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
                    CHECK_IN(dirichlet_measure_f64(&model, 9, x, NULL, &options, &result,
                                                   energies[cutting], &error) == DIRICHLET_OK,
                             "%s", error.message);
                    CHECK(!cutting || cut != 3 || sine.most_samples < 9);
                }
                CHECK(memcmp(energies[0], energies[1], sizeof energies[0]) == 0);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_directions), cmocka_unit_test(all_coordinates),
        cmocka_unit_test(nearly_parallel_rows), cmocka_unit_test(cut_into_blocks)};
    return check_report("unit.directions", cmocka_run_group_tests(tests, NULL, NULL));
}
