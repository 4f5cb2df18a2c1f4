/* Prints the bits of what the library gives: those that fast math changes first. This program is
 * compiled with the host's flags, so it does no arithmetic of its own but products with powers of
 * two. */
#include <dirichlet/dirichlet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define INPUTS 6
#define OUTPUTS 4
#define ROWS 40

static void print_bits(const char *name, const double *numbers, int count)
{
    printf("%s", name);
    for (int i = 0; i < count; i++) {
        uint64_t bits = 0;
        memcpy(&bits, &numbers[i], sizeof bits);
        printf(" %016" PRIx64, bits);
    }
    printf("\n");
}

static double number_of(uint64_t bits)
{
    double number = 0.0;
    memcpy(&number, &bits, sizeof number);
    return number;
}

/* f_j = 2^j x_j. */
static int32_t jvp(int64_t first, int64_t samples, int64_t directions, const double *x,
                   const double *v, double *jv, void *user)
{
    (void)first;
    (void)x;
    (void)user;
    for (int64_t i = 0; i < samples * directions; i++)
        for (int64_t j = 0; j < OUTPUTS; j++)
            jv[i * OUTPUTS + j] = (double)(1 << j) * v[i * INPUTS + j];
    return 0;
}

static int32_t vjp(int64_t first, int64_t samples, int64_t directions, const double *x,
                   const double *u, double *jtu, void *user)
{
    (void)first;
    (void)x;
    (void)user;
    for (int64_t i = 0; i < samples * directions; i++)
        for (int64_t j = 0; j < INPUTS; j++)
            jtu[i * INPUTS + j] = j < OUTPUTS ? (double)(1 << j) * u[i * OUTPUTS + j] : 0.0;
    return 0;
}

/* The user data is the energy of every sample. */
static int32_t energies(int64_t first, int64_t samples, const double *x, double *out, void *user)
{
    (void)first;
    (void)x;
    for (int64_t i = 0; i < samples; i++)
        memcpy(&out[i], user, sizeof *out);
    return 0;
}

static void measure(const char *name, const dirichlet_model_f64 *model, dirichlet_method method,
                    const double *x)
{
    const dirichlet_estimator_options options = {
        .struct_size = sizeof options, .method = method, .probes = 3, .seed = 7};
    dirichlet_result result = {.struct_size = sizeof result};
    const dirichlet_status status =
        dirichlet_measure_f64(model, ROWS, x, NULL, &options, &result, NULL, NULL);
    const double numbers[] = {result.value, result.standard_error, result.lower, result.upper};
    printf("%d ", (int)status);
    print_bits(name, numbers, 4);
}

static void measure_all(const double *x)
{
    const dirichlet_model_f64 model = {
        .struct_size = sizeof model, .inputs = INPUTS, .outputs = OUTPUTS, .jvp = jvp, .vjp = vjp};
    double energy = number_of(UINT64_C(0x7ff8000000000000)); /* NaN */
    const dirichlet_model_f64 given = {.struct_size = sizeof given,
                                       .inputs = INPUTS,
                                       .outputs = OUTPUTS,
                                       .energies = energies,
                                       .user = &energy};
    measure("exact", &model, DIRICHLET_METHOD_EXACT, x);
    measure("sphere", &model, DIRICHLET_METHOD_SPHERE, x);
    measure("gaussian", &model, DIRICHLET_METHOD_GAUSSIAN, x);
    measure("orthogonal", &model, DIRICHLET_METHOD_ORTHOGONAL, x);
    measure("hutchpp", &model, DIRICHLET_METHOD_HUTCHPP, x);
    measure("nan", &given, DIRICHLET_METHOD_EXACT, x);
    energy = number_of(UINT64_C(0x000000000000ffff)); /* subnormal */
    measure("subnormal", &given, DIRICHLET_METHOD_EXACT, x);
}

static void run_dense(const double *weights, const double *x)
{
    const dirichlet_dense_layer_f64 layers[] = {{.struct_size = sizeof layers[0],
                                                 .inputs = INPUTS,
                                                 .outputs = 8,
                                                 .weights = weights,
                                                 .output_stride = INPUTS,
                                                 .input_stride = 1,
                                                 .bias = weights + 90,
                                                 .bias_stride = 1,
                                                 .activation = DIRICHLET_ACTIVATION_TANH},
                                                {.struct_size = sizeof layers[0],
                                                 .inputs = 8,
                                                 .outputs = OUTPUTS,
                                                 .weights = weights + 48,
                                                 .output_stride = 8,
                                                 .input_stride = 1,
                                                 .activation = DIRICHLET_ACTIVATION_GELU}};
    dirichlet_dense_f64 *network = NULL;
    double out[ROWS] = {0};
    dirichlet_spectral_result norms[2] = {{.struct_size = sizeof norms[0]},
                                          {.struct_size = sizeof norms[0]}};
    dirichlet_dense_lipschitz lipschitz = {.struct_size = sizeof lipschitz};
    if (dirichlet_dense_create_f64(layers, 2, NULL, &network, NULL) != DIRICHLET_OK)
        return;
    (void)dirichlet_dense_energies_f64(network, ROWS, x, out);
    print_bits("energies", out, ROWS);
    (void)dirichlet_dense_spectral_norms_f64(network, NULL, norms, &lipschitz);
    const double found[] = {norms[0].norm, norms[1].norm, lipschitz.upper_bound};
    print_bits("norms", found, 3);
    dirichlet_dense_destroy_f64(network);
}

int main(void)
{
    const dirichlet_initialization_options options = {
        .struct_size = sizeof options, .distribution = DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL};
    double weights[100] = {0};
    double x[ROWS * INPUTS] = {0};
    (void)dirichlet_initialize_f64(&options, 0, 10, 10, weights, 10, 1, NULL, 0, NULL);
    print_bits("weights", weights, 100);
    (void)dirichlet_noise_add_f64(DIRICHLET_NOISE_INPUT, 1, 0, 0, ROWS, INPUTS, 1.0, x, NULL);
    print_bits("noise", x, ROWS * INPUTS);
    measure_all(x);
    run_dense(weights, x);
    return 0;
}
