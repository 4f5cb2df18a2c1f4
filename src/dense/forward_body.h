/* The forward pass of a tile. It runs in double for both precisions: an error of float
 * size in z_l would be amplified where a' is small, and would flip relus. The chains that
 * follow cost min(k, d) times as much. */

static void widen(int64_t count, const real *values, double *out)
{
    for (int64_t i = 0; i < count; i++)
        out[i] = (double)values[i];
}

static void add_bias(const struct dense_layer *layer, int64_t samples, double *z)
{
    if (layer->bias == NULL)
        return;
    for (int64_t s = 0; s < samples; s++)
        for (int64_t o = 0; o < layer->outputs; o++)
            z[s * layer->outputs + o] += (double)layer->bias[o * layer->bias_stride];
}

/* 0 y is 0 for every finite y and NaN otherwise. A NaN or infinity anywhere in the data, the
 * weights or between reaches every output that depends on it. */
static void note_poison(const dense_network *network, int64_t samples, const double *y)
{
    for (int64_t s = 0; s < samples; s++) {
        double poison = 0.0;
        for (int64_t o = 0; o < network->outputs; o++)
            poison += 0.0 * y[s * network->outputs + o];
        network->workspace.poison[s] = poison;
    }
}

static void forward_layer(const dense_network *network, const struct dense_layer *layer,
                          int64_t samples, const double *h, double *next)
{
    const struct dense_workspace *workspace = &network->workspace;
    multiply_weights(workspace, samples, layer->outputs, layer->inputs, h,
                     transposed(weights_of(layer)), next);
    add_bias(layer, samples, next);
    dense_activation_apply(layer->activation, samples * layer->outputs, next,
                           workspace->slopes + workspace->tile * layer->slopes_before);
}

static void keep_inputs(const struct dense_workspace *workspace, const struct dense_layer *layer,
                        int64_t samples, const double *h)
{
    const int64_t first = workspace->tile * layer->inputs_before;
    const int64_t count = samples * layer->inputs;
    if (workspace->kept_size == sizeof(double))
        memcpy((double *)workspace->kept + first, h, (size_t)count * sizeof(double));
    else
        narrow(count, h, (real *)workspace->kept + first);
}

const double *PRECISION(dense_forward_tile)(const dense_network *network, int64_t samples,
                                            const real *x, bool keep)
{
    const struct dense_workspace *workspace = &network->workspace;
    double *h = workspace->hidden[0];
    double *next = workspace->hidden[1];
    widen(samples * network->inputs, x, h);
    for (int64_t l = 0; l < network->layer_count; l++) {
        const struct dense_layer *layer = &network->layers[l];
        if (keep)
            keep_inputs(workspace, layer, samples, h);
        forward_layer(network, layer, samples, h, next);
        double *swap = h;
        h = next;
        next = swap;
    }
    note_poison(network, samples, h);
    return h;
}
