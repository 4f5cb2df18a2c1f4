/* Models whose Jacobians are known in closed form. */
#ifndef PROPERTY_MODELS_H
#define PROPERTY_MODELS_H

#include <stdint.h>

#include "dirichlet/dirichlet.h"

/* Callbacks to offer. */
enum { OFFER_FORWARD = 1, OFFER_JVP = 2, OFFER_VJP = 4, OFFER_ENERGIES = 8, OFFER_NORMS = 16 };

/* J(x) = x_0 A with A (k x d): energy x_0^2 ||A||_F^2. It has no forward pass. */
struct scaled_map {
    int64_t outputs;
    int64_t inputs;
    const double *matrix;
};
dirichlet_model_f64 scaled_map_f64(struct scaled_map *map, unsigned offers);
dirichlet_model_f32 scaled_map_f32(struct scaled_map *map, unsigned offers);

/* f(x) = W_2 tanh(W_1 x), row-major weights, W_1 (hidden x inputs), all callbacks. Each
 * output is computed for its sample and direction alone, in a fixed order. */
#define TANH_MOST_HIDDEN 64
struct tanh_network {
    int64_t inputs;
    int64_t hidden; /* at most TANH_MOST_HIDDEN */
    int64_t outputs;
    const double *first;
    const double *second;
};
dirichlet_model_f64 tanh_network_f64(struct tanh_network *network, unsigned offers);
dirichlet_model_f32 tanh_network_f32(struct tanh_network *network, unsigned offers);

/* One input, the energy itself. */
dirichlet_model_f64 known_energies(void);

/* ||A||_F^2. */
double squared_frobenius(const double *matrix, int64_t count);

/* dirichlet_measure_* of a scaled map on samples with the given x_0 (NULL: 1 each), in
 * single precision if `single` is not 0. Stops the program if it fails. */
void scaled_map_measure(int single, struct scaled_map *map, unsigned offers,
                        const dirichlet_estimator_options *options, int64_t samples,
                        const double *scales, const double *weights, double *energies,
                        dirichlet_result *result);

/* Memory or the end of the program. */
void *take(int64_t count, size_t size);

/* The end of the program unless the status is DIRICHLET_OK. */
void require_ok(dirichlet_status status, const char *what, const char *message);

#endif
