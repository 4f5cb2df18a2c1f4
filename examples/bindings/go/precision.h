/* The functions of C that come in two precisions as one, chosen by the flag `single`.
 *
 * Structs that hold pointers are filled here: Go may pass a pointer to its memory, which stays
 * in place during the call, but no struct in its memory that holds such a pointer. */
#ifndef GODIRICHLET_PRECISION_H
#define GODIRICHLET_PRECISION_H

#include <dirichlet/dirichlet.h>

/* Where an array of float or double begins. It is not void: behind a void pointer cgo looks for
 * pointers in the whole object of Go that the array may be a part of, and refuses if it has any. */
typedef unsigned char godirichlet_element;
typedef godirichlet_element element;

/* A layer of a network, and its part of an array of all weights and biases; offsets in elements. */
typedef struct godirichlet_layer {
    int64_t inputs, outputs, output_stride, input_stride;
    int64_t weights, bias, slopes; /* bias, slopes -1: none */
    int32_t activation;
    int32_t kink;
    double activation_parameter;
    double activation_second;
    double input_scale, output_scale;
} godirichlet_layer;

dirichlet_status godirichlet_update(int single, dirichlet_estimator *estimator, int64_t samples,
                                    const element *x, const double *weights, double *energies);

dirichlet_status godirichlet_dense_create(int single, const godirichlet_layer *layers,
                                          int64_t count, const element *parameters,
                                          const dirichlet_dense_options *options, void **out,
                                          char *message);
void godirichlet_dense_destroy(int single, void *network);
const char *godirichlet_dense_message(int single, const void *network);
dirichlet_status godirichlet_dense_forward(int single, void *network, int64_t samples,
                                           const element *x, element *y);
dirichlet_status godirichlet_dense_jvp(int single, void *network, int64_t samples,
                                       int64_t directions, const element *x, const element *v,
                                       element *jv);
dirichlet_status godirichlet_dense_vjp(int single, void *network, int64_t samples,
                                       int64_t directions, const element *x, const element *u,
                                       element *jtu);
dirichlet_status godirichlet_dense_energies(int single, void *network, int64_t samples,
                                            const element *x, double *energies);
dirichlet_status godirichlet_dense_energy_sum(int single, void *network, int64_t samples,
                                              const element *x, double *sum);

/* What is differentiated, and where the gradient is added: `parameters`, laid out by `layers`. */
typedef struct godirichlet_gradient {
    void *network;
    const godirichlet_layer *layers;
    int64_t count;
    element *parameters;
} godirichlet_gradient;

dirichlet_status godirichlet_parameter_vjp(int single, godirichlet_gradient gradient,
                                           int64_t samples, const element *x,
                                           const element *cotangents, double scale);
dirichlet_status godirichlet_loss_gradient(int single, godirichlet_gradient gradient,
                                           int64_t samples, const element *x, int32_t kind,
                                           const int64_t *labels, const element *targets,
                                           double scale, double *value);
dirichlet_status godirichlet_energy_penalty(int single, godirichlet_gradient gradient,
                                            int64_t samples, const element *x,
                                            const dirichlet_dense_penalty_options *options,
                                            double strength, double *value);

dirichlet_status godirichlet_parameter_norm(int single, int64_t count, const element *values,
                                            element *gradient, int32_t norm, double strength,
                                            double *value, char *message);
dirichlet_status godirichlet_initialize(int single, const dirichlet_initialization_options *options,
                                        int64_t layer, const godirichlet_layer *shape,
                                        element *weights, element *bias, char *message);
dirichlet_status godirichlet_noise_add(int single, int32_t kind, uint64_t seed, int64_t step,
                                       int64_t first_sample, int64_t samples, int64_t width,
                                       double standard_deviation, element *values, char *message);

#endif
