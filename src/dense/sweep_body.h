/* Carrying a block of rows through the chain J = D_L W_L ... D_1 W_1: downward, row vectors
 * from the output times D_l W_l, or upward, columns of the input, kept as rows, times
 * W_l^T D_l. Rows of all samples stand below each other, so that every layer is one product.
 *
 * Row g belongs to sample g / per_sample. A block is any run of rows: it need not begin or end
 * with a sample, so one sample with many rows fits a small workspace. */

struct block {
    int64_t first; /* of its rows, counted over the tile */
    int64_t rows;
    int64_t per_sample; /* rows of each sample */
    int64_t width;      /* (rows, width) */
    carry *values;
    carry *spare;
};

static struct block block_at(const dense_network *network, int64_t first, int64_t total,
                             int64_t per_sample)
{
    const struct dense_workspace *workspace = &network->workspace;
    const int64_t rows = total - first < workspace->rows ? total - first : workspace->rows;
    return (struct block){first, rows, per_sample, 0, workspace->carried[0], workspace->carried[1]};
}

static int64_t sample_of(const struct block *block, int64_t row)
{
    return (block->first + row) / block->per_sample;
}

/* Times D_l, each row by that of its sample. */
static void scale_by_slopes(const dense_network *network, const struct dense_layer *layer,
                            struct block *block)
{
    const struct dense_workspace *workspace = &network->workspace;
    if (dense_activation_is_identity(layer->activation))
        return;
    const double *slopes = workspace->slopes + workspace->tile * layer->slopes_before;
    for (int64_t r = 0; r < block->rows; r++) {
        const double *diagonal = slopes + sample_of(block, r) * layer->outputs;
        carry *row = block->values + r * layer->outputs;
        for (int64_t o = 0; o < layer->outputs; o++)
            row[o] *= (carry)diagonal[o];
    }
}

static void multiply_block(const dense_network *network, struct weights_view factor, int64_t width,
                           struct block *block)
{
    multiply_weights(&network->workspace, block->rows, width, block->width, block->values, factor,
                     block->spare);
    carry *swap = block->values;
    block->values = block->spare;
    block->spare = swap;
    block->width = width;
}

/* Times D_l W_l for l = from, ..., 0. */
static void sweep_down(const dense_network *network, int64_t from, struct block *block)
{
    for (int64_t l = from; l >= 0; l--) {
        const struct dense_layer *layer = &network->layers[l];
        scale_by_slopes(network, layer, block);
        multiply_block(network, weights_of(layer), layer->inputs, block);
    }
}

/* Times W_l^T D_l for l = from, ..., L - 1. */
static void sweep_up(const dense_network *network, int64_t from, struct block *block)
{
    for (int64_t l = from; l < network->layer_count; l++) {
        const struct dense_layer *layer = &network->layers[l];
        multiply_block(network, transposed(weights_of(layer)), layer->outputs, block);
        scale_by_slopes(network, layer, block);
    }
}

/* Several sums side by side let the loop vectorize; their order depends on the width alone. */
#define SUM_LANES 8

static double sum_of_squares(const carry *row, int64_t width)
{
    double lanes[SUM_LANES] = {0};
    int64_t i = 0;
    for (; i + SUM_LANES <= width; i += SUM_LANES)
        for (int64_t lane = 0; lane < SUM_LANES; lane++)
            lanes[lane] += (double)row[i + lane] * (double)row[i + lane];
    for (; i < width; i++)
        lanes[0] += (double)row[i] * (double)row[i];
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
           ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

typedef void carry_function(const dense_network *network, const real *vectors, struct block *block);
typedef void finish_function(const dense_network *network, const struct block *block,
                             void *results);

/* Carry `per_sample` rows of every sample from one end to the other, block by block. */
static void run_chain(const dense_network *network, int64_t samples, int64_t per_sample,
                      carry_function *carry_rows, const real *vectors, finish_function *finish,
                      void *results)
{
    const int64_t total = samples * per_sample;
    for (int64_t first = 0; first < total; first += network->workspace.rows) {
        struct block block = block_at(network, first, total, per_sample);
        carry_rows(network, vectors, &block);
        finish(network, &block, results);
    }
}
