/* Exact energies ||J||_F^2 of a tile: the rows of the pivot, carried to the other end. */

/* Where the carried rows start: the pivot's outermost matrix itself, with no product spent. */
struct chain_start {
    struct weights_view rows; /* row j of it starts row j of every sample */
    int64_t width;
    const double *slopes; /* (tile, rows): factor of each row; NULL: 1 */
};

/* Row j of D_L W_L. */
static struct chain_start start_at_output(const dense_network *network)
{
    const struct dense_workspace *workspace = &network->workspace;
    const struct dense_layer *layer = &network->layers[network->layer_count - 1];
    const double *slopes = workspace->slopes + workspace->tile * layer->slopes_before;
    return (struct chain_start){weights_of(layer), layer->inputs,
                                dense_activation_is_identity(layer->activation) ? NULL : slopes};
}

/* Column i of W_1; its factor D_1 is that of the first step upward. */
static struct chain_start start_at_input(const dense_network *network)
{
    const struct dense_layer *layer = &network->layers[0];
    return (struct chain_start){transposed(weights_of(layer)), layer->outputs, NULL};
}

static void fill_rows(struct chain_start start, struct block *block)
{
    block->width = start.width;
    for (int64_t r = 0; r < block->rows; r++) {
        const int64_t g = block->first + r;
        const carry slope = start.slopes == NULL ? 1 : (carry)start.slopes[g];
        const real *row = start.rows.data + g % block->per_sample * start.rows.row_stride;
        carry *out = block->values + r * start.width;
        for (int64_t i = 0; i < start.width; i++)
            out[i] = slope * (carry)row[i * start.rows.column_stride];
    }
}

static void carry_pivot(const dense_network *network, const real *vectors, struct block *block)
{
    (void)vectors;
    if (network->plan.pivot == DENSE_PIVOT_OUTPUT) {
        fill_rows(start_at_output(network), block);
        sweep_down(network, network->layer_count - 2, block);
    } else {
        fill_rows(start_at_input(network), block);
        scale_by_slopes(network, &network->layers[0], block);
        sweep_up(network, 1, block);
    }
}

static void add_squares(const dense_network *network, const struct block *block, void *energies)
{
    (void)network;
    for (int64_t r = 0; r < block->rows; r++)
        ((double *)energies)[sample_of(block, r)] +=
            sum_of_squares(block->values + r * block->width, block->width);
}

static void chain_energies(const dense_network *network, int64_t samples, int64_t directions,
                           const real *vectors, void *energies)
{
    (void)directions;
    memcpy(energies, network->workspace.poison, (size_t)samples * sizeof(double));
    run_chain(network, samples, network->plan.rows, carry_pivot, vectors, add_squares, energies);
}
