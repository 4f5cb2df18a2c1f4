/* A dense network for the tests, its file, and its energies by the chain rule written out
 * in long double. */
#ifndef TESTS_MEASURE_REFERENCE_H
#define TESTS_MEASURE_REFERENCE_H

#include <stdint.h>

#define MOST_LAYERS 12

struct network_case {
    int layers;
    int64_t widths[MOST_LAYERS + 1]; /* inputs first */
    double *weights[MOST_LAYERS];    /* (out, in); values that float32 holds exactly */
    double *biases[MOST_LAYERS];
};

/* How its tensors are stored. */
struct storage {
    const char *weight_name; /* format of one int: the layer, counted from 1 */
    const char *bias_name;
    int kernels;        /* in x out */
    int singles;        /* F32 */
    int doubles_from;   /* layers from this index on are F64 all the same; 0: none */
    int reversed;       /* last layer first in the file */
    int header_padding; /* spaces after the header: shifts the alignment of the data */
};

extern const struct storage pytorch_f64; /* fcN.weight, fcN.bias */

void network_make(struct network_case *network, int layers, const int64_t *widths, uint64_t seed);
void network_destroy(struct network_case *network);
void network_write(const struct network_case *network, const struct storage *storage,
                   const char *path);

/* ||J(x)||_F^2 of the first `layers` layers; the activation `last` follows the last of the
 * whole network, `hidden` every other. */
long double network_energy(const struct network_case *network, int layers, const char *hidden,
                           const char *last, const double *x);

/* The Jacobian (width, inputs) itself; from malloc. */
long double *network_jacobian(const struct network_case *network, int layers, const char *hidden,
                              const char *last, const double *x);

/* Uniform in [-1, 1), exact in float32. */
double random_value(uint64_t *state);
double *random_values(int64_t count, uint64_t seed); /* from malloc */

#endif
