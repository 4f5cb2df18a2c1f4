/* What a network is inside; the type names are those of one precision in each source
 * file, which includes core/real_f64.h or core/real_f32.h first.
 *
 * Every call cuts its samples into tiles. The forward pass of a tile leaves behind the
 * derivatives D_l of every layer; then rows are carried through the chain, a block of
 * rows at a time:
 *
 *   dense_*.c    the public calls: arguments, tiles            (real)
 *   chain_*.c    forward pass of a tile, chains of products    (real and carry)
 */
#ifndef DIRICHLET_DENSE_NETWORK_BODY_H
#define DIRICHLET_DENSE_NETWORK_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/memory.h"
#include "core/message.h"
#include "dense/activation.h"
#include "dense/energy_plan.h"
#include "dirichlet/dense.h"

typedef struct PRECISION(dirichlet_dense) dense_network;

/* A view of the caller's, checked; a stride along an extent of 1 is 1. */
struct dense_layer {
    int64_t inputs;
    int64_t outputs;
    const real *weights;
    int64_t output_stride;
    int64_t input_stride;
    const real *bias; /* NULL: none */
    int64_t bias_stride;
    struct dense_activation activation;
    int64_t slopes_before; /* widths of the layers below that have an entry in `slopes` */
    int64_t inputs_before; /* sum of the inputs of the layers below */
};

/* A view of a gradient buffer, checked, likewise. */
struct dense_gradient {
    real *weights; /* NULL: not wanted */
    int64_t output_stride;
    int64_t input_stride;
    real *bias; /* NULL: not wanted */
    int64_t bias_stride;
};

/* One block of memory, laid out once in dense_create. `tile` samples, `rows` >= tile. */
struct dense_workspace {
    int64_t tile;
    int64_t rows;
    double *hidden[2]; /* (tile, widest): h_l and z_l of the forward pass */
    double *slopes;    /* layer by layer (tile, outputs): D_l, but none for the identity */
    double *poison;    /* (tile): NaN where an output of f is NaN or infinite, else 0 */
    void *carried[2];  /* (rows, widest) of the carried type: the chain's rows */
    void *gathered;    /* (gathered_size) of double: weights that BLAS cannot read */
    int64_t gathered_size;
    void *kept;       /* layer by layer (tile, inputs) of kept_size bytes: h_l */
    size_t kept_size; /* that of the type the parameter gradient is computed in */
};

/* What the allocator gave, to be given back. */
struct dense_memory {
    void *block;
    int64_t bytes;
};

/* A chain of products for a tile whose forward pass has been done; `directions` vectors and
 * results for each sample. */
typedef void dense_chain_function(const dense_network *network, int64_t samples, int64_t directions,
                                  const real *vectors, void *results);

struct dense_chain {
    dense_chain_function *jvp;      /* v (n, m, d) -> real (n, m, k) */
    dense_chain_function *vjp;      /* u (n, m, k) -> real (n, m, d) */
    dense_chain_function *norms;    /* u (n, m, k) -> double (n, m) */
    dense_chain_function *energies; /* nothing, m = 1 -> double (n) */
    /* After dense_forward_tile(..., true), network->gradients += scale sum (df/dtheta)^T c. */
    void (*parameter_vjp)(const dense_network *network, int64_t samples, const real *cotangents,
                          double scale);
};

struct PRECISION(dirichlet_dense) {
    dirichlet_allocator allocator;
    struct dense_memory handle_memory; /* this struct and its small arrays */
    struct dense_memory workspace_memory;
    int64_t layer_count;
    struct dense_layer *layers;
    struct dense_gradient *gradients; /* where dense_parameter_vjp notes the views it is given */
    int64_t *widths;                  /* d, n_1, ..., n_L = k */
    int64_t inputs;
    int64_t outputs;
    struct dense_energy_plan plan;
    struct dense_chain chain; /* each function in the type it is to be carried in */
    struct dense_workspace workspace;
    struct message message;
};

/* The forward pass of a tile of samples: x (samples, d) -> f(x) (samples, k), in the workspace,
 * with slopes and poison; with `keep`, also the inputs of every layer, in `kept`. */
const double *PRECISION(dense_forward_tile)(const dense_network *network, int64_t samples,
                                            const real *x, bool keep);

extern const struct dense_chain PRECISION(dense_chain);

#endif
