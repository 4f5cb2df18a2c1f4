/* The sum of the energies of a tile, and its derivatives by all parameters.
 *
 * Rows are sent from the pivot to an end, where E is the sum of their squares, and come back as
 * derivatives. With the Gram matrix G = F F^T of the outermost matrix, E = sum <u, u G> over the
 * rows u that arrive there: one product u G gives the energy and, doubled, the way back, and
 *
 *     dE/dF = 2 S F,   S = sum of u^T u over all rows of all samples,
 *
 * takes a single product a call. Derivatives by slopes are gathered sample by sample; where the
 * activations are smooth, they go on to the parameters below through a''(z_l), in one
 * backpropagation for the tile. */

/* Rows u (rows, n) to u G, and sum <u, u G>; false where digits were lost. */
static bool multiply_gram(const struct dense_end *end, const carry *rows, struct block *block,
                          double *energy)
{
    const int64_t n = end->width;
    double sum = 0.0;
    double terms = 0.0;
    carry_multiply(block->rows, n, n, row_major(rows, n), row_major(end->matrix, n), 0,
                   block->values, n);
    for (int64_t r = 0; r < block->rows; r++) {
        sum += dot_of_rows(rows + r * n, block->values + r * n, n);
        terms += weigh_row(rows + r * n, end->diagonal, n);
    }
    *energy = sum;
    return isnan(sum) || is_trusted(sum, terms, CARRY_GRAM_LIMIT);
}

/* Rows u (rows, n) to the last ones by the matrix itself, with the slopes of the output that come
 * after it where it is W_L; as derivatives of E / 2 by what the matrix gave. Their squares. */
static double multiply_outermost(const dense_network *network, const struct side *side,
                                 const struct step *step, const carry *rows, double factor,
                                 struct block *block)
{
    const struct dense_layer *after = side->down ? NULL : unless_flat(step->layer);
    double energy = 0.0;
    multiply_weights(&network->workspace, block->rows, step->next, step->width, rows, step->factor,
                     block->values);
    for (int64_t r = 0; r < block->rows; r++) {
        carry *row = block->values + r * step->next;
        carry *scaled = block->spare; /* `rows` are not needed any more */
        if (after == NULL) {
            energy += sum_of_squares(row, step->next);
            continue;
        }
        const carry *slopes = slopes_of(network, after, block->owner[r]);
        memcpy(scaled, row, (size_t)step->next * sizeof(carry));
        scale_row(scaled, slopes, step->next);
        energy += sum_of_squares(scaled, step->next);
        if (is_smooth(after)) {
            carry *adjoints =
                bends_of(network, network->workspace.slope_adjoints, after, block->owner[r]);
            for (int64_t j = 0; j < step->next; j++)
                adjoints[j] += (carry)factor * row[j] * scaled[j];
        }
        copy_scaled(scaled, 1, row, step->next);
        scale_row(row, slopes, step->next);
    }
    return energy;
}

/* S += u^T u, in the carried type; see fold_sums. */
static void add_to_sum(struct dense_end *end, int64_t rows, const carry *u)
{
    const int64_t n = end->width;
    carry_gram(n, rows, (carry_matrix){u, 1, n}, end->unfolded ? 1 : 0, end->sum, n);
    end->unfolded = true;
}

/* Back from the end with derivatives of the energy that are 2 `values`. */
static void return_rows(const dense_network *network, struct side *side, bool gram, double factor,
                        struct block *block)
{
    const int64_t last = side->steps - 1;
    const struct step step = step_at(network, side, last);
    const int64_t width = gram ? step.width : step.next;
    scale_all(block->values, (carry)(2.0 * factor), block->rows * width);
    block->width = width;
    if (gram) {
        return_through_slopes(network, &step, block);
        add_to_sum(side->end, block->rows, step.rows);
    } else {
        return_step(network, side, last, block);
    }
    for (int64_t i = last - 1; i >= 0; i--)
        return_step(network, side, i, block);
}

/* A block of rows there and back. */
static void return_block(dense_network *network, struct side *side,
                         struct dense_energy_gradient *total, struct block *block)
{
    const struct step last = step_at(network, side, side->steps - 1);
    const carry *rows = send_rows(network, side, total, block);
    double energy = 0.0;
    bool gram = side->end->width > 0;
    if (gram && !multiply_gram(side->end, rows, block, &energy)) {
        network->plan.direct_samples += block->rows / network->plan.rows;
        gram = false;
    }
    if (!gram)
        energy = multiply_outermost(network, side, &last, rows, 2.0 * total->factor, block);
    add_with_rest(&total->energy, &total->lost, energy);
    return_rows(network, side, gram, total->factor, block);
}

/* What the slopes mean for the parameters: backpropagation from every smooth layer at once. */
static void return_bends(const dense_network *network, int64_t samples)
{
    const struct dense_workspace *w = &network->workspace;
    struct block block = block_at(network, 0, samples, 1);
    int64_t l = network->layer_count - 1;
    while (l >= 0 && !is_smooth(&network->layers[l]))
        l--;
    if (l >= 0)
        memset(block.values, 0,
               (size_t)(samples * network->layers[l].outputs) * sizeof *block.values);
    for (; l >= 0; l--) {
        const struct dense_layer *layer = &network->layers[l];
        const struct dense_gradient *gradient = &network->gradients[l];
        block.width = layer->outputs;
        scale_by_slopes(network, layer, &block);
        for (int64_t s = 0; is_smooth(layer) && s < samples; s++)
            add_product(bends_of(network, w->bends, layer, s),
                        bends_of(network, w->slope_adjoints, layer, s),
                        block.values + s * layer->outputs, layer->outputs);
        add_outer_products(w, layer, gradient, samples, block.values, kept_of(network, w->kept, l));
        add_bias_gradient(layer, gradient, samples, block.values);
        if (l > 0)
            multiply_block(network, weights_of(layer), layer->inputs, &block);
    }
}

static struct side side_of_plan(dense_network *network)
{
    struct dense_workspace *w = &network->workspace;
    const bool down = network->plan.pivot > 0;
    return (struct side){down, network->plan.pivot, network->layer_count, w->stages,
                         down ? &w->lower : &w->upper};
}

static void chain_add_energy_gradient(dense_network *network, int64_t samples,
                                      struct dense_energy_gradient *total)
{
    const int64_t per_sample = network->plan.rows;
    const int64_t end = samples * per_sample;
    struct side side = side_of_plan(network);
    if (network->bends > 0)
        memset(network->workspace.slope_adjoints, 0,
               (size_t)(network->workspace.tile * network->bends) * sizeof(carry));
    for (int64_t row = 0; row < end; row += network->workspace.rows) {
        struct block block = block_at(network, row, end, per_sample);
        return_block(network, &side, total, &block);
    }
    if (network->bends > 0)
        return_bends(network, samples);
    fold_sum(side.end);
}
