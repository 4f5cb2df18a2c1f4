/* What a network is inside; the type names are those of one precision in each source
 * file, which includes core/arithmetic/real_f64.h or core/arithmetic/real_f32.h first.
 *
 * Every call cuts its samples into tiles. The forward pass of a tile leaves behind the
 * derivatives D_l of every layer; then rows are carried through the chain, a block of
 * rows at a time:
 *
 *   dense_*.c    the public calls: arguments, plans, workspace, tiles   (real)
 *   chain_*.c    forward pass of a tile, chains of products             (real and carry)
 */
#ifndef DIRICHLET_DENSE_NETWORK_BODY_H
#define DIRICHLET_DENSE_NETWORK_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "dense/activation/activation.h"
#include "dense/activation/jet.h"
#include "dense/plan/energy_plan.h"
#include "dirichlet/dense.h"
#include "dirichlet/status.h"

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
    const real *negative_slopes; /* NULL: none */
    int64_t negative_slope_stride;
    struct dense_activation activation;
    struct dense_sides sides; /* where it is linear on each side of 0, the same for all units */
    int64_t slope_stride;     /* from one sample's slopes to the next: outputs, or a little more */
    int64_t slopes_before;    /* strides of the layers below that have an entry in `slopes` */
    int64_t bends_before;     /* outputs of the layers below that have an entry in `bends` */
    int64_t inputs_before;    /* sum of the inputs of the layers below */
    int64_t outputs_before;   /* sum of their outputs */
};

/* A view of a gradient buffer, checked, likewise. */
struct dense_gradient {
    real *weights; /* NULL: not wanted */
    int64_t output_stride;
    int64_t input_stride;
    real *bias; /* NULL: not wanted */
    int64_t bias_stride;
};

/* An end of the chain whose last factor is not the matrix itself. */
struct dense_end {
    void *matrix;    /* (width, columns) of the carried type: the triangle L; or (width, width),
                        the Gram matrix of a side that carries no rows */
    void *diagonal;  /* (width) of the carried type: that of the Gram matrix */
    int64_t width;   /* 0: none */
    int64_t columns; /* min(width, rank that the Gram matrix has at most) */
    /* Of an energy gradient, whose matrix is the whole Gram matrix; see gram_gradient_body.h. */
    void *sum;     /* (width, width) of the carried type: S of a tile */
    double *total; /* (width, width): that of the tiles before */
    bool unfolded; /* there is something in `sum` */
};

/* What a gradient of energies adds up, and with which factor its derivatives count. */
struct dense_energy_gradient {
    bool probes; /* rows are random signs, keyed as those of the estimator; or unit vectors, for
                    the exact energy */
    uint64_t seed;
    int64_t first_sample; /* index of the tile's first */
    double factor;
    double energy; /* sum so far, and what rounding took from it */
    double lost;
    int64_t direct_rows; /* that were done again with the matrix itself */
};

/* Which units of the first layer are on, sample by sample; see pattern_sum_body.h. */
struct dense_patterns {
    uint64_t *bits; /* (capacity / 64, stride), and a group more: sample s is bit s % 64 of word
                       s / 64 */
    int64_t stride;
    int64_t capacity; /* samples there is room for, a multiple of 128 */
    int64_t samples;  /* noted and not yet in the sum */
    double *active;   /* (n_1): in how many of them a unit is on */
    int32_t *counts;  /* (panel_width, and a group more) */
    double sum;
    double terms; /* what it would be if no two terms of it cancelled */
};

/* That of a unit, which has its own slope where there is an array of them. */
static inline struct dense_activation activation_of(const struct dense_layer *layer, int64_t o)
{
    struct dense_activation activation = layer->activation;
    if (activation.by_unit)
        activation.parameter = (double)layer->negative_slopes[o * layer->negative_slope_stride];
    return activation;
}

static inline bool is_smooth(const struct dense_layer *layer)
{
    return dense_activation_bend(layer->activation) == DENSE_BEND_SMOOTH;
}

/* The arrays of a call, laid out in the network's one block of memory when it begins. `tile`
 * samples, `chunk` <= tile of which the forward pass takes at a time, `rows` carried. */
struct dense_workspace {
    int64_t tile;
    int64_t chunk;
    int64_t rows;
    size_t carried_size;        /* of the type the chain is carried in */
    double *hidden[2];          /* (chunk, widest): h_l and z_l of the forward pass */
    double *derivatives;        /* (chunk, widest output): a'(z_l) */
    double *second_derivatives; /* likewise, with bends: a''(z_l) */
    void *slopes;       /* layer by layer (tile, slope_stride): D_l, but none for the identity */
    double *poison;     /* (tile): NaN where an output of f is NaN or infinite, else 0 */
    void *carried[4];   /* (rows, widest carried): the chain's rows; the last two for the
                           other side of a hidden pivot */
    int64_t *owner;     /* (rows): the sample of the tile that a row belongs to */
    int64_t *index;     /* (rows): which of the pivot's rows it is */
    double *weighed[2]; /* (rows) of each side: what a row's squared norm would be if no two
                           terms of it cancelled */
    double *bounds;     /* (tile): the same of a sample's energy */
    double *energies;   /* (tile): where only their sum is asked for */
    float *norms;       /* (outputs of all layers): ||row of W_l||; see forward_kinks_body.h */
    void *reaches;      /* (chunk) of three numbers; likewise */
    int64_t *doubtful;  /* (tile): samples whose forward pass is to be done in double */
    void *meeting[4];   /* (pivot, pivot) of the carried type: products of a sample's rows; for
                           a gradient also these between slopes */
    void *scratch;      /* (pivot, widest) of the carried type, for a gradient */
    void *panel[3];     /* quadratic form: (n_1, panel_width) twice, (tile, panel_width); for
                           the sum (panel_width, panel_width) twice */
    void *diagonal;     /* (n_1): of the form's matrix */
    int64_t panel_width;
    struct dense_patterns patterns; /* quadratic form with `sum` */
    double *gram;                   /* (end, end): Gram matrix that an end is made from */
    double *gram_diagonal;          /* (end) */
    double *total;                  /* (end, end): with `sum`, the sum of U^T U */
    void *partial;                  /* (end, end) of the carried type: that of a block */
    void *gathered;                 /* (gathered_size) of double: weights that BLAS cannot read */
    int64_t gathered_size;
    void *kept;       /* layer by layer (tile, inputs) of kept_size bytes: h_l; then f(x) */
    size_t kept_size; /* of the type the parameter gradient is computed in; 0: not kept */
    void
        *kept_tangent; /* in the same places: R h_l, their derivatives along a direction of theta */
    void *bends;       /* smooth layer by smooth layer (tile, outputs) of the carried type:
                          a''(z_l); NULL: not noted */
    void *slope_adjoints; /* in the same places: derivatives of the energies by the slopes */
    void *stages;         /* (rows, sum of widths): rows on their way; see side_body.h */
    real *outputs[4];     /* (tile, k): f(x), then cotangents, tangents and their products */
    double *losses;       /* (tile) */
    struct dense_end lower;
    struct dense_end upper;
};

/* What the allocator gave, to be given back. */
struct dense_memory {
    void *block;
    int64_t bytes;
};

/* The samples first, first + 1, ... of a tile, whose inputs stand below each other in x; or,
 * with places, samples first + places[i] with the rows places[i] of x. */
struct dense_batch {
    int64_t first;
    int64_t samples;
    const int64_t *places; /* NULL: 0, 1, ... */
};

/* A chain of products for a tile whose forward pass has been done; `directions` vectors and
 * results for each sample. */
typedef void dense_chain_function(dense_network *network, int64_t samples, int64_t directions,
                                  const real *vectors, void *results);

/* The chain in the type its rows are carried in. */
struct dense_chain {
    size_t carried_size;
    /* Slopes and poison of a tile of samples; with kept_size also their h_l. */
    void (*forward)(const dense_network *network, int64_t samples, const real *x);
    dense_chain_function *jvp;   /* v (n, m, d) -> real (n, m, k) */
    dense_chain_function *vjp;   /* u (n, m, k) -> real (n, m, d) */
    dense_chain_function *norms; /* u (n, m, k) -> double (n, m) */
    /* Before the first tile: the ends of network->plan. False where the numbers are beyond what
     * they can be made of; then the matrices themselves have to do. */
    bool (*prepare)(dense_network *network);
    /* Before the first tile of any call. */
    void (*begin)(const dense_network *network);
    dense_chain_function *energies; /* nothing, m = 1 -> double (n) */
    /* Of plans with `sum`: adds the tile to what the workspace gathers; reads the sum from it at
     * the end, false where digits were lost. */
    void (*add_to_total)(dense_network *network, int64_t samples);
    bool (*read_total)(dense_network *network, double *sum);
    /* After a forward pass that kept h_l: network->gradients += scale sum (df/dtheta)^T c. */
    void (*parameter_vjp)(const dense_network *network, int64_t samples, const real *cotangents,
                          double scale);
    /* After one that noted bends too: tangents of all h_l along network->tangents. */
    void (*parameter_jvp)(const dense_network *network, int64_t samples);
    /* After that: network->gradients += scale H v, from the cotangents and their tangents. */
    void (*hvp)(const dense_network *network, int64_t samples, const real *cotangents,
                const real *r_cotangents, double scale);
    /* By network->plan: before the first tile, false where the numbers are beyond what its ends can
     * be made of; a tile; after the last one. */
    bool (*begin_energy_gradient)(dense_network *network);
    void (*add_energy_gradient)(dense_network *network, int64_t samples,
                                struct dense_energy_gradient *total);
    void (*finish_energy_gradient)(dense_network *network, double factor);
    /* f(x) or its tangents (n, k), as they were kept. */
    void (*outputs)(const dense_network *network, int64_t samples, bool tangents, real *out);
};

struct PRECISION(dirichlet_dense) {
    struct allocator allocator;
    struct dense_memory handle_memory; /* this struct and its small arrays */
    struct dense_memory workspace_memory;
    int64_t layer_count;
    struct dense_layer *layers;
    struct dense_gradient *gradients; /* where calls note the views they are given */
    struct dense_gradient *tangents;  /* likewise: a direction of theta, read only */
    int64_t *widths;                  /* d, n_1, ..., n_L = k */
    int64_t inputs;
    int64_t outputs;
    int64_t widest;        /* of all widths */
    int64_t widest_output; /* of all but d */
    int64_t largest;       /* elements of the largest matrix */
    int64_t slopes;        /* sum of the strides of slopes */
    int64_t bends;         /* sum of the outputs of smooth layers */
    bool kinked_only;      /* every activation is linear on each side of its kink at 0 */
    struct dense_shape shape;
    dirichlet_dense_plan plan;       /* of the last call that had one */
    dirichlet_dense_plan choices[3]; /* the last for energies, for their sum and for its gradient;
                                        at first of 0 samples */
    struct dense_workspace workspace;
    int32_t callback_code; /* what a callback returned that stopped a call */
    bool busy;             /* a callback of a loss is running: the workspace is in use */
    struct message message;
};

/* What the transfer theorem needs for one sample at a time: see transfer_body.h. */
struct dense_transfer {
    double *norms;   /* (layers): ||W_l||_2, from above */
    double *reaches; /* (layers): ||dh_l/dx||_2, from above, rounding included */
    double *lengths; /* (layers): ||df/dz_l||_F */
    double *up[2];   /* (d, widest output): the columns of dh_l/dx */
    double *down[2]; /* (k, widest): df/dz_l */
    double *vector;  /* of the searches for norms */
    double *work;
    double *input_side; /* results of the tile; (tile) */
    double *parameter_side;
    double *factors; /* (tile, layers) */
};

/* Norms from above are raised by so much, far more than rounding takes from the sides. */
#define DENSE_RAISED (1.0 + 1e-12)

/* After a forward pass of a chain that is carried in double and kept h_l. */
void PRECISION(dense_transfer_tile)(const dense_network *network, struct dense_transfer *transfer,
                                    int64_t samples);

/* The forward pass in double: f(x) (batch.samples, k), in the workspace. */
const double *PRECISION(dense_forward_batch)(const dense_network *network, struct dense_batch batch,
                                             const real *x);

/* The same for a tile, chunk by chunk. */
void PRECISION(dense_forward_tile)(const dense_network *network, int64_t samples, const real *x);

/* Rows carried in double; and in float, of float networks alone. */
extern const struct dense_chain PRECISION(dense_chain_wide);
extern const struct dense_chain PRECISION(dense_chain_narrow);

/* Energies, or their sum, by one plan, whatever would be chosen. The plan must fit the workspace.
 * Where its ends cannot be made, network->plan tells what was done instead. */
void PRECISION(dense_energies_by)(dense_network *network, const dirichlet_dense_plan *plan,
                                  int64_t samples, const real *x, double *energies);
void PRECISION(dense_energy_sum_by)(dense_network *network, const dirichlet_dense_plan *plan,
                                    int64_t samples, const real *x, double *sum);

/* The mean energy and its gradient, `strength` times, to network->gradients; total says whether by
 * probes and by which. */
double PRECISION(dense_penalty_by)(dense_network *network, const dirichlet_dense_plan *plan,
                                   int64_t samples, const real *x, double strength,
                                   struct dense_energy_gradient *total);

/* For tests of plans that would not be chosen: make the workspace large enough for this one. */
dirichlet_status PRECISION(dense_make_room)(dense_network *network,
                                            const dirichlet_dense_plan *plan);

#endif
