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
#include "core/lent/lanes.h"
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
    bool *unwritten; /* of weights and bias: they hold nothing yet; NULL: they are added to */
};

/* What a gradient of energies adds up, and with which factor its derivatives count. */
struct dense_energy_gradient {
    bool probes; /* rows are random signs, keyed as those of the estimator; or unit vectors, for
                    the exact energy */
    uint64_t seed;
    int64_t first_sample;   /* index of the tile's first */
    const int64_t *indices; /* or those of all its samples; NULL: consecutive ones */
    const double *roots;    /* of the samples' weights; NULL: 1 each */
    double weight;          /* the sum of these */
    const double *starts;   /* those of the tile's samples, by which the rows that start are
                               multiplied,   where no layer has slopes; NULL: 1 each */
    double factor;
    double energy; /* sum so far, and what rounding took from it */
    double lost;
    int64_t direct_rows; /* that were done again with the matrix itself */
};

/* Index of a sample of the tile. */
static inline int64_t sample_of_row(const struct dense_energy_gradient *total, int64_t row)
{
    return total->indices == NULL ? total->first_sample + row : total->indices[row];
}

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

/* How much a call handles at a time; chosen when it begins. */
struct dense_sizes {
    int64_t tile;     /* samples */
    int64_t chunk;    /* <= tile, of which the forward pass takes so many */
    int64_t rows;     /* that are carried */
    int64_t gathered; /* numbers of the array for weights that BLAS cannot read */
    int64_t slots;    /* tiles whose sums are kept apart until they are added up in order */
    int64_t parts;    /* of these, those with accumulators of their own, or 0: none has */
    int64_t patterns; /* samples whose patterns are noted before they are counted, or 0 */
};

/* A sum and what rounding took from it. */
struct running_sum {
    double sum;
    double lost;
};

/* What a tile adds up apart from the others. */
struct dense_part {
    struct dense_gradient *gradients; /* (layers), in `buffer`; NULL: the call has none */
    real *buffer;
    bool *unwritten;  /* (layers, 2): see struct dense_gradient */
    double *total;    /* (end, end), of the sum of the energies; NULL: none */
    void *sums[2];    /* (end, end) of the carried type, of the energies' gradient, at the lower and
                         at the upper end; NULL: none */
    bool unfolded[2]; /* there is something in them */
};

/* The arrays of a call, laid out in the network's one block of memory when it begins, and there
 * until it ends. Each pass lays out its own, beside its functions; NULL: the call has none. */
struct dense_workspace {
    struct dense_sizes sizes;
    size_t carried_size; /* of the type the chain is carried in */

    /* What the forward pass leaves of a tile for all others. */
    void *slopes;   /* layer by layer (tile, slope_stride): D_l, but none for the identity */
    double *poison; /* (tile): NaN where an output of f is NaN or infinite, else 0 */
    void *kept;     /* layer by layer (tile, inputs) of the carried type: h_l; then f(x);
                       NULL: not kept */
    void *bends;    /* smooth layer by smooth layer (tile, outputs) of the carried type:
                       a''(z_l); NULL: not noted */

    /* What a pass finds out about a tile. */
    double *energies;         /* (tile): where only their sum is asked for */
    struct running_sum *sums; /* (slots): those of tiles */
    int64_t *direct_rows;     /* (slots): rows of tiles that were done again */
    struct dense_part *parts; /* (parts) */
    double *bounds; /* (tile): what a sample's energy would be if no two terms of it cancelled */

    /* For no longer than a step. */
    void *gathered;    /* (sizes.gathered) of double */
    int64_t *doubtful; /* (tile): samples that are to be done again */

    struct dense_forward_workspace *forward;
    struct dense_rows_workspace *rows;
    struct dense_ends_workspace *ends;
    struct dense_energy_workspace *energy;
    struct dense_loss_workspace *loss;
    struct dense_penalty_workspace *penalty;
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
    /* Of plans with `sum`: a part is set to 0; it is added to the call's; a tile is added to a part
     * or, of a quadratic form, to the patterns from `place` on, and these, so many, to the call's;
     * that is read at the end, false where digits were lost. */
    void (*clear_total)(const dense_network *network);
    void (*add_total)(const dense_network *network, const double *part);
    void (*add_to_total)(dense_network *view, int64_t place, int64_t samples);
    void (*count_patterns)(dense_network *network, int64_t samples);
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
     * be made of; a tile; what that has left at the ends; after the last one. */
    bool (*begin_energy_gradient)(dense_network *network);
    void (*add_energy_gradient)(dense_network *network, int64_t samples,
                                struct dense_energy_gradient *total);
    void (*fold_energy_gradient)(const dense_network *network);
    void (*finish_energy_gradient)(dense_network *network, double factor);
    /* f(x) or its tangents (n, k), as they were kept. */
    void (*outputs)(const dense_network *network, int64_t samples, bool tangents, real *out);
};

/* What the sizes of arrays depend on. */
struct dense_extents {
    int64_t widest;        /* of all widths */
    int64_t widest_output; /* of all but d */
    int64_t largest;       /* elements of the largest matrix */
    int64_t parameters;    /* of all matrices, and an output for each bias that there may be */
    int64_t slopes;        /* sum of the strides of slopes */
    int64_t bends;         /* sum of the outputs of smooth layers */
};

struct PRECISION(dirichlet_dense) {
    struct allocator allocator;
    struct lanes lanes;
    int64_t lane_count;    /* that there is memory for */
    dirichlet_status pool; /* what the pool has said of pieces of the call in progress */
    int64_t lanes_used;    /* by the call in progress */
    struct lane *lane;     /* (lane_count) */
    dense_network *views;  /* (lane_count): this network as each of them sees it, with arrays of
                              its own; of one, NULL */
    struct dense_passes *view_passes; /* (lane_count) */
    int64_t views_bytes; /* of these three, at the beginning of the workspace's memory */
    int64_t room;        /* bytes that the budget leaves for the workspace, */
    int64_t reserved;    /* and those of its first lane; sizes are chosen by these two alone,
                            however many lanes there are */
    struct dense_memory handle_memory; /* this struct and its small arrays */
    struct dense_memory workspace_memory;
    int64_t layer_count;
    struct dense_layer *layers;
    struct dense_gradient *gradients; /* where calls note the views they are given */
    struct dense_gradient *tangents;  /* likewise: a direction of theta, read only */
    int64_t *widths;                  /* d, n_1, ..., n_L = k */
    double *products;                 /* see struct dense_shape */
    int64_t inputs;
    int64_t outputs;
    struct dense_extents extents;
    bool kinked_only; /* every activation is linear on each side of its kink at 0 */
    struct dense_shape shape;
    dirichlet_dense_plan plan;       /* of the last call that had one */
    dirichlet_dense_plan choices[3]; /* the last for energies, for their sum and for its gradient;
                                        at first of 0 samples */
    struct dense_workspace workspace;
    struct dense_passes *passes; /* where that points to */
    int64_t budget;              /* options.workspace_bytes */
    bool busy;                   /* a callback of a loss is running: the workspace is in use */
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
    double *ratios;
};

/* Of a sample of the tile, after a forward pass of a chain that is carried in double and kept
 * h_l. */
void PRECISION(dense_transfer_sample)(const dense_network *network, struct dense_transfer *transfer,
                                      int64_t sample);

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
dirichlet_status PRECISION(dense_energies_by)(dense_network *network,
                                              const dirichlet_dense_plan *plan, int64_t samples,
                                              const real *x, double *energies);
dirichlet_status PRECISION(dense_energy_sum_by)(dense_network *network,
                                                const dirichlet_dense_plan *plan, int64_t samples,
                                                const real *x, double *sum);

/* The mean energy and its gradient, `strength` times, to network->gradients; total says whether by
 * probes and by which. */
dirichlet_status PRECISION(dense_penalty_by)(dense_network *network,
                                             const dirichlet_dense_plan *plan, int64_t samples,
                                             const real *x, double strength,
                                             struct dense_energy_gradient *total, double *mean);

/* For tests of plans that would not be chosen: make the workspace large enough for this one. */
dirichlet_status PRECISION(dense_make_room)(dense_network *network,
                                            const dirichlet_dense_plan *plan);

#endif
