/* Geometric complexity of a dense network whose weights lie in the program's own arrays:
 *
 *     f(x) = 2 relu(x_1 + x_2 - 1/2) - 6 relu(x_1 + x_2 - 3/2),
 *
 * exclusive or on the corners of the unit square. df/dx is (0, 0) where both units are off,
 * (2, 2) where the first is on and (-4, -4) where both are. */
#include <dirichlet/dirichlet.h>
#include <stdio.h>

static const double W1[2 * 2] = {1, 1, 1, 1}, b1[2] = {-0.5, -1.5}, W2[2] = {2, -6}, b2[1] = {0};
static const double corners[4 * 2] = {0, 0, 0, 1, 1, 0, 1, 1};
static const double expected[4] = {0, 8, 8, 32}; /* ||df/dx||^2 there */

/* W is outputs x inputs, row-major, as in PyTorch. */
static dirichlet_dense_layer_f64 layer(int64_t inputs, int64_t outputs, const double *W,
                                       const double *b, dirichlet_activation activation)
{
    return (dirichlet_dense_layer_f64){.struct_size = sizeof(dirichlet_dense_layer_f64),
                                       .inputs = inputs,
                                       .outputs = outputs,
                                       .weights = W,
                                       .output_stride = inputs,
                                       .input_stride = 1,
                                       .bias = b,
                                       .bias_stride = 1,
                                       .activation = activation};
}

int main(void)
{
    const dirichlet_dense_layer_f64 layers[] = {layer(2, 2, W1, b1, DIRICHLET_ACTIVATION_RELU),
                                                layer(2, 1, W2, b2, DIRICHLET_ACTIVATION_IDENTITY)};
    dirichlet_dense_f64 *network = NULL;
    dirichlet_model_f64 model = DIRICHLET_INIT(dirichlet_model_f64);
    dirichlet_result gc = DIRICHLET_INIT(dirichlet_result);
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    double energies[4];

    if (dirichlet_dense_create_f64(layers, 2, NULL, &network, &error) ||
        dirichlet_dense_model_f64(network, &model) ||
        dirichlet_measure_f64(&model, 4, corners, NULL, NULL, &gc, energies, &error)) {
        fprintf(stderr, "dense: %s\n", error.message);
        dirichlet_dense_destroy_f64(network);
        return 1;
    }
    dirichlet_dense_destroy_f64(network);

    int right = gc.value == 12.0;
    for (int i = 0; i < 4; i++) {
        printf("at (%g, %g): ||df/dx||^2 = %g\n", corners[2 * i], corners[2 * i + 1], energies[i]);
        right = right && energies[i] == expected[i];
    }
    printf("GC = %g\n", gc.value);
    return right ? 0 : 1;
}
