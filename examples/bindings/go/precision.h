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

/* A batch of either precision, passed by value. */
typedef struct godirichlet_batch {
    int64_t samples, row_stride;
    const element *x;
    const double *weights;
    const int64_t *indices, *groups;
    double *energies, *deviations;
} godirichlet_batch;

dirichlet_status godirichlet_update(int single, dirichlet_estimator *estimator,
                                    godirichlet_batch batch);

/* A layer of a network, and its part of an array of all weights and biases; offsets in elements. */
typedef struct godirichlet_layer {
    int64_t inputs, outputs, output_stride, input_stride;
    int64_t weights, bias, slopes; /* bias, slopes -1: none */
    int32_t activation, kink, parameter_given;
    double activation_parameter;
    double activation_second;
    double input_scale, output_scale;
} godirichlet_layer;

dirichlet_status godirichlet_dense_create(int single, const godirichlet_layer *layers,
                                          int64_t count, const element *parameters,
                                          const dirichlet_dense_options *options, int64_t lanes,
                                          void **out, dirichlet_error *error);
void godirichlet_dense_destroy(int single, void *network);
dirichlet_status godirichlet_dense_last_error(int single, const void *network,
                                              dirichlet_error *error);
dirichlet_status godirichlet_dense_describe(int single, const void *network,
                                            dirichlet_dense_description *description);
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

/* `progress` of this and other calls: the cgo.Handle of a function of Go, 0: none. */
dirichlet_status godirichlet_spectral_norms(int single, void *network,
                                            const dirichlet_spectral_options *options,
                                            uintptr_t progress, dirichlet_spectral_result *norms,
                                            dirichlet_dense_lipschitz *lipschitz);
dirichlet_status godirichlet_operator_norm(int single, const element *values, int64_t rows,
                                           int64_t columns,
                                           const dirichlet_spectral_options *options,
                                           uintptr_t progress, dirichlet_spectral_result *result,
                                           dirichlet_error *error);
dirichlet_status godirichlet_transfer(int single, void *network, int64_t samples, const element *x,
                                      uintptr_t progress, double *input_side,
                                      double *parameter_side, double *factors, double *ratios);

/* What is differentiated, and where the gradient is added: `parameters`, laid out by `layers`. */
typedef struct godirichlet_gradient {
    void *network;
    const godirichlet_layer *layers;
    int64_t count;
    element *parameters;
} godirichlet_gradient;

/* A loss of either precision, passed by value. */
typedef struct godirichlet_loss {
    int32_t kind;
    const int64_t *labels;
    const element *targets;
} godirichlet_loss;

dirichlet_status godirichlet_parameter_vjp(int single, godirichlet_gradient gradient,
                                           int64_t samples, const element *x,
                                           const element *cotangents, double scale);
dirichlet_status godirichlet_loss_gradient(int single, godirichlet_gradient gradient,
                                           int64_t samples, const element *x, godirichlet_loss loss,
                                           double scale, double *value);
/* tangents: parameters too, laid out like those of the gradient. */
dirichlet_status godirichlet_loss_hvp(int single, godirichlet_gradient gradient, int64_t samples,
                                      const element *x, godirichlet_loss loss,
                                      const element *tangents, double scale);
dirichlet_status godirichlet_dense_energy_penalty(int single, godirichlet_gradient gradient,
                                                  godirichlet_batch batch,
                                                  const dirichlet_dense_penalty_options *options,
                                                  double strength,
                                                  dirichlet_penalty_result *result);

dirichlet_status godirichlet_parameter_norm(int single, int64_t count, const element *values,
                                            element *gradient, int32_t norm, double strength,
                                            dirichlet_penalty_result *result,
                                            dirichlet_error *error);
dirichlet_status godirichlet_initialize(int single, const dirichlet_initialization_options *options,
                                        int64_t layer, const godirichlet_layer *shape,
                                        element *weights, element *bias, dirichlet_error *error);
dirichlet_status godirichlet_noise_add(int single, int32_t kind, uint64_t seed, int64_t step,
                                       int64_t first_sample, int64_t samples, int64_t width,
                                       double standard_deviation, element *values,
                                       dirichlet_error *error);

#endif
