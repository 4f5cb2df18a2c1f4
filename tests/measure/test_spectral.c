/* --spectral of `measure`, beside power iterations in long double on Jacobians and weights. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "npy.h"
#include "reference.h"
#include "support/check.h"
#include "tool.h"

#define SAMPLES 25

static const int64_t widths[] = {7, 12, 9, 4};
static struct network_case network;
static double *data;

static int make_network(void **state)
{
    (void)state;
    network_make(&network, 3, widths, 51);
    network_write(&network, &pytorch_f64, "net.safetensors");
    data = random_values(SAMPLES * 7, 52);
    write_samples("data.npy", SAMPLES, 7, data, 0);
    return 0;
}

static int free_network(void **state)
{
    (void)state;
    network_destroy(&network);
    free(data);
    return 0;
}

/* One step v <- A^T A v / ||A^T A v||; ||A^T A v|| for v of length 1. */
static long double iterate(const long double *a, int64_t rows, int64_t columns, long double *v,
                           long double *product)
{
    long double square = 0.0L;
    for (int64_t i = 0; i < rows; i++) {
        product[i] = 0.0L;
        for (int64_t j = 0; j < columns; j++)
            product[i] += a[i * columns + j] * v[j];
    }
    for (int64_t j = 0; j < columns; j++) {
        v[j] = 0.0L;
        for (int64_t i = 0; i < rows; i++)
            v[j] += a[i * columns + j] * product[i];
        square += v[j] * v[j];
    }
    for (int64_t j = 0; j < columns && square > 0.0L; j++)
        v[j] /= sqrtl(square);
    return sqrtl(square);
}

/* The largest singular value, by power iterations until it stands still. */
static long double power_norm(const long double *a, int64_t rows, int64_t columns)
{
    long double *v = malloc((size_t)columns * sizeof *v);
    long double *product = malloc((size_t)rows * sizeof *product);
    uint64_t seed = 53;
    long double square = 0.0L;
    int still = 0;
    CHECK(v != NULL && product != NULL);
    for (int64_t j = 0; j < columns; j++)
        v[j] = random_value(&seed);
    for (int i = 0; i < 200000 && still < 50; i++) {
        const long double next = iterate(a, rows, columns, v, product);
        still = fabsl(next - square) <= 1e-18L * next ? still + 1 : 0;
        square = next;
    }
    CHECK_IN(still == 50, "the power iteration has not converged");
    free(v);
    free(product);
    return sqrtl(square);
}

static long double jacobian_norm(const struct network_case *of, int layers, const char *hidden,
                                 const char *last, const double *x)
{
    long double *jacobian = network_jacobian(of, layers, hidden, last, x);
    const long double norm = power_norm(jacobian, of->widths[layers], of->widths[0]);
    free(jacobian);
    return norm;
}

static long double layer_norm(const struct network_case *of, int l)
{
    const int64_t count = of->widths[l] * of->widths[l + 1];
    long double *weights = malloc((size_t)count * sizeof *weights);
    CHECK(weights != NULL);
    for (int64_t i = 0; i < count; i++)
        weights[i] = of->weights[l][i];
    const long double norm = power_norm(weights, of->widths[l + 1], of->widths[l]);
    free(weights);
    return norm;
}

static void check_close(double value, long double expected, double bound, const char *what)
{
    const double error = fabs((double)(value / expected - 1.0L));
    printf("%-44s %.10g, relative error %.2g\n", what, value, error);
    CHECK_IN(error <= bound, "%s: %.17g instead of %.17Lg", what, value, expected);
}

static int is_true(const cJSON *json, const char *key)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, key));
}

/* Norms of the first `layers` layers; their product with `activations`, the constants of all
 * activations in use. */
static void check_layers(const cJSON *json, int layers, long double activations)
{
    const cJSON *norms = cJSON_GetObjectItemCaseSensitive(json, "layer_spectral_norms");
    const cJSON *converged =
        cJSON_GetObjectItemCaseSensitive(json, "layer_spectral_norms_converged");
    long double bound = activations;
    CHECK(cJSON_IsArray(norms) && cJSON_GetArraySize(norms) == layers);
    CHECK(cJSON_IsArray(converged) && cJSON_GetArraySize(converged) == layers);
    for (int l = 0; l < layers; l++) {
        const long double expected = layer_norm(&network, l);
        CHECK(cJSON_IsTrue(cJSON_GetArrayItem(converged, l)));
        check_close(cJSON_GetArrayItem(norms, l)->valuedouble, expected, 1e-10, "  layer");
        bound *= expected;
    }
    const double found = json_number(json, "lipschitz_upper_bound");
    check_close(found, bound, 1e-9, "  Lipschitz bound");
    CHECK(found >= (double)bound);
    CHECK(is_true(json, "lipschitz_upper_bound_converged"));
    CHECK(found >= json_number(json, "max_jacobian_spectral_norm"));
}

static void norms(void **state)
{
    (void)state;
    /* gelu'(z) = Phi(z) + z phi(z) is largest at sqrt 2. */
    const long double pi = acosl(-1.0L);
    const long double gelu = 0.5L * erfcl(-1.0L) + expl(-1.0L) / sqrtl(pi);
    const struct {
        const char *hidden;
        const char *last;
        long double hidden_constant;
        long double last_constant;
    } cases[] = {{"relu", "identity", 1.0L, 1.0L},
                 {"gelu", "sigmoid", gelu, 0.25L},
                 {"tanh", "leaky_relu", 1.0L, 1.0L}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int layers = 1; layers <= 3; layers++) {
            char line[160];
            long double largest = 0.0L;
            long double constants = 1.0L;
            for (int l = 0; l < layers; l++)
                constants *= l == 2 ? cases[i].last_constant : cases[i].hidden_constant;
            for (int s = 0; s < SAMPLES; s++)
                largest = fmaxl(largest, jacobian_norm(&network, layers, cases[i].hidden,
                                                       cases[i].last, data + (ptrdiff_t)7 * s));
            snprintf(line, sizeof line,
                     "net.safetensors data.npy --spectral --activation %s --output-activation %s "
                     "--layer %d",
                     cases[i].hidden, cases[i].last, layers);
            cJSON *json = tool_json(line);
            check_close(json_number(json, "max_jacobian_spectral_norm"), largest, 1e-10,
                        cases[i].hidden);
            CHECK(is_true(json, "max_jacobian_spectral_norm_converged"));
            check_layers(json, layers, constants);
            cJSON_Delete(json);
        }
}

/* The norms are those of the weights in double also where the energies are computed in float. */
static void single_precision(void **state)
{
    (void)state;
    long double largest = 0.0L;
    for (int s = 0; s < SAMPLES; s++)
        largest =
            fmaxl(largest, jacobian_norm(&network, 3, "silu", "identity", data + (ptrdiff_t)7 * s));
    /* silu'(z) = s + z s (1 - s), s = 1 / (1 + exp(-z)), is largest where z tanh(z/2) = 2. */
    long double z = 2.4L;
    for (int i = 0; i < 200; i++)
        z = 0.5L * (z + 2.0L / tanhl(0.5L * z));
    const long double s = 1.0L / (1.0L + expl(-z));
    const long double silu = s + z * s * (1.0L - s);
    cJSON *json =
        tool_json("net.safetensors data.npy --spectral --activation silu --precision f32");
    check_close(json_number(json, "max_jacobian_spectral_norm"), largest, 1e-10, "float32");
    check_layers(json, 3, silu * silu);
    cJSON_Delete(json);
}

/* More samples than are taken at a time: the largest is found in every part. */
static void parts(void **state)
{
    (void)state;
    enum { MANY = 4096 + 20 };
    static const int64_t small[] = {2, 3, 2};
    static const int places[] = {0, 3000, 4095, 4096, MANY - 1};
    struct network_case narrow;
    network_make(&narrow, 2, small, 6);
    network_write(&narrow, &pytorch_f64, "narrow.safetensors");
    for (int i = 0; i < 5; i++) {
        /* All units are saturated but those of one sample at 0. */
        double *x = random_values((int64_t)MANY * 2, 7);
        for (int j = 0; j < 2 * MANY; j++)
            x[j] = 20.0 + x[j];
        x[2 * places[i]] = 0.0;
        x[2 * places[i] + 1] = 0.0;
        write_samples("many.npy", MANY, 2, x, 0);
        long double largest = jacobian_norm(&narrow, 2, "tanh", "identity", x + 2 * places[i]);
        cJSON *json = tool_json("narrow.safetensors many.npy --activation tanh --spectral");
        check_close(json_number(json, "max_jacobian_spectral_norm"), largest, 1e-10, "of 4116");
        cJSON_Delete(json);
        free(x);
    }
    network_destroy(&narrow);
}

/* Only what was measured counts where a tolerance ends it, and any method will do. */
static void tolerance(void **state)
{
    (void)state;
    enum { GIVEN = 700 };
    struct npy_array array;
    struct problem problem;
    long double all = 0.0L;
    long double used = 0.0L;
    double *x = random_values(GIVEN * 7, 8);
    write_samples("given.npy", GIVEN, 7, x, 0);
    for (int seed = 0; seed < 20 && all == used; seed++) {
        char line[200];
        snprintf(line, sizeof line,
                 "net.safetensors given.npy --activation tanh --tolerance 0.5 --seed %d "
                 "--energies e.npy --spectral --method sphere --probes 2",
                 seed);
        cJSON *json = tool_json(line);
        CHECK(npy_read("e.npy", &array, &problem) == 0 && array.samples == GIVEN);
        all = 0.0L;
        used = 0.0L;
        for (int i = 0; i < GIVEN; i++) {
            const long double norm =
                jacobian_norm(&network, 3, "tanh", "identity", x + (ptrdiff_t)7 * i);
            all = fmaxl(all, norm);
            if (!isnan(((const double *)array.values)[i]))
                used = fmaxl(used, norm);
        }
        check_close(json_number(json, "max_jacobian_spectral_norm"), used, 1e-10, "tolerance");
        npy_free(&array);
        cJSON_Delete(json);
    }
    CHECK_IN(all > used, "the largest was always used");
    free(x);
}

/* A map that is 0 has norm 0, and that is sure. */
static void zero(void **state)
{
    (void)state;
    const double values[14] = {0.0};
    write_tensors("zero.safetensors",
                  "{\"a.weight\":{\"dtype\":\"F64\",\"shape\":[2,7],\"data_offsets\":[0,112]}}",
                  values, sizeof values);
    cJSON *json = tool_json("zero.safetensors data.npy --spectral");
    CHECK(json_number(json, "max_jacobian_spectral_norm") == 0.0);
    CHECK(json_number(json, "lipschitz_upper_bound") == 0.0);
    CHECK(is_true(json, "max_jacobian_spectral_norm_converged"));
    CHECK(is_true(json, "lipschitz_upper_bound_converged"));
    cJSON_Delete(json);
}

/* Without the option there is no such key; the table is as wide and as long as it may be. */
static void report(void **state)
{
    (void)state;
    static struct outcome outcome;
    static const char *const keys[] = {"max_jacobian_spectral_norm", "layer_spectral_norms",
                                       "lipschitz_upper_bound"};
    cJSON *json = tool_json("net.safetensors data.npy");
    for (int i = 0; i < 3; i++)
        CHECK(cJSON_GetObjectItemCaseSensitive(json, keys[i]) == NULL);
    cJSON_Delete(json);
    json = tool_json("net.safetensors data.npy --spectral");
    char norm[32];
    snprintf(norm, sizeof norm, "%.10g", json_number(json, "max_jacobian_spectral_norm"));
    cJSON_Delete(json);
    tool_run("net.safetensors data.npy --spectral", &outcome);
    CHECK_IN(strstr(outcome.out, norm) != NULL, "no %s in %s", norm, outcome.out);
    int lines = 0;
    for (const char *line = outcome.out; *line != '\0'; lines++) {
        const size_t length = strcspn(line, "\n");
        CHECK_IN(length <= 80, "%s", line);
        line += length + (line[length] == '\n');
    }
    CHECK(lines <= 20);
}

/* A budget that is too small for a Jacobian is told in terms of the option. */
static void workspace(void **state)
{
    (void)state;
    static struct outcome outcome;
    static const int64_t wide[] = {60, 60};
    char line[128];
    int jacobians = 0;
    struct network_case square;
    network_make(&square, 1, wide, 61);
    network_write(&square, &pytorch_f64, "square.safetensors");
    network_destroy(&square);
    double *x = random_values(3 * 60, 62);
    write_samples("square.npy", 3, 60, x, 0);
    free(x);
    tool_run("square.safetensors square.npy --layout out-in --spectral --workspace 60", &outcome);
    for (int tries = 0; outcome.code == 2 && tries < 4; tries++) {
        const char *least = strstr(outcome.error, "takes --workspace ");
        CHECK_IN(least != NULL, "%s", outcome.error);
        jacobians += strstr(outcome.error, "too few for the Jacobians") != NULL;
        snprintf(line, sizeof line,
                 "square.safetensors square.npy --layout out-in --spectral --workspace %lld",
                 strtoll(least + strlen("takes --workspace "), NULL, 10));
        printf("%s", outcome.error);
        tool_run(line, &outcome);
    }
    CHECK_IN(outcome.code == 0, "exit %d: %s", outcome.code, outcome.error);
    CHECK(jacobians == 1);
    cJSON *small = tool_json(line);
    cJSON *large = tool_json("square.safetensors square.npy --layout out-in --spectral");
    check_close(json_number(small, "max_jacobian_spectral_norm"),
                json_number(large, "max_jacobian_spectral_norm"), 1e-13, line);
    cJSON_Delete(small);
    cJSON_Delete(large);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(norms),     cmocka_unit_test(single_precision),
        cmocka_unit_test(parts),     cmocka_unit_test(tolerance),
        cmocka_unit_test(zero),      cmocka_unit_test(report),
        cmocka_unit_test(workspace),
    };
    tool_is(argc, argv);
    return check_report("measure.spectral",
                        cmocka_run_group_tests(tests, make_network, free_network));
}
