/* Products of J with m given vectors a sample, for a tile. */

static void load_rows(const real *vectors, int64_t width, struct block *block)
{
    const real *from = vectors + block->first * width;
    block->width = width;
    for (int64_t i = 0; i < block->rows * width; i++)
        block->values[i] = (carry)from[i];
}

static void carry_tangents(const dense_network *network, const real *v, struct block *block)
{
    load_rows(v, network->inputs, block);
    sweep_up(network, 0, block);
}

static void carry_cotangents(const dense_network *network, const real *u, struct block *block)
{
    load_rows(u, network->outputs, block);
    sweep_down(network, network->layer_count - 1, block);
}

static void store_rows(const dense_network *network, const struct block *block, void *products)
{
    for (int64_t r = 0; r < block->rows; r++) {
        const carry poison = (carry)network->workspace.poison[sample_of(block, r)];
        const carry *row = block->values + r * block->width;
        real *out = (real *)products + (block->first + r) * block->width;
        for (int64_t i = 0; i < block->width; i++)
            out[i] = (real)(row[i] + poison);
    }
}

static void store_squares(const dense_network *network, const struct block *block, void *norms)
{
    for (int64_t r = 0; r < block->rows; r++)
        ((double *)norms)[block->first + r] =
            network->workspace.poison[sample_of(block, r)] +
            sum_of_squares(block->values + r * block->width, block->width);
}

static void chain_jvp(const dense_network *network, int64_t samples, int64_t directions,
                      const real *v, void *jv)
{
    run_chain(network, samples, directions, carry_tangents, v, store_rows, jv);
}

static void chain_vjp(const dense_network *network, int64_t samples, int64_t directions,
                      const real *u, void *jtu)
{
    run_chain(network, samples, directions, carry_cotangents, u, store_rows, jtu);
}

static void chain_norms(const dense_network *network, int64_t samples, int64_t directions,
                        const real *u, void *norms)
{
    run_chain(network, samples, directions, carry_cotangents, u, store_squares, norms);
}
