/* A small dense network of either precision for tests of what goes wrong: 5 inputs, two
 * hidden layers, 3 outputs, smooth activations, one layer transposed, one without bias. */
#ifndef DIRICHLET_TESTS_DENSE_SUBJECT_H
#define DIRICHLET_TESTS_DENSE_SUBJECT_H

#include "dirichlet/dense.h"

#define DENSE_LAYERS 3
#define DENSE_INPUTS 5
#define DENSE_OUTPUTS 3
#define DENSE_NUMBERS 100

struct dense_subject {
    double wide[DENSE_NUMBERS]; /* weights and biases */
    float narrow[DENSE_NUMBERS];
    dirichlet_dense_layer_f64 layers_f64[DENSE_LAYERS];
    dirichlet_dense_layer_f32 layers_f32[DENSE_LAYERS];
};

/* The layers point into `subject`: it must not be copied. */
void dense_subject_make(struct dense_subject *subject);

#endif
