/* Making and freeing a network. */

static dirichlet_status read_options(const dirichlet_dense_options *given, int64_t layer_count,
                                     dirichlet_dense_options *out, dirichlet_allocator *allocator,
                                     struct message *message)
{
    dirichlet_status status = DIRICHLET_OK;
    if (given != NULL)
        status =
            versioned_struct_read(out, sizeof *out, given, given->struct_size, "options", message);
    if (status != DIRICHLET_OK)
        return status;
    if (out->layers < 0 || out->layers > layer_count)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "options.layers is %lld: it must be 0 to layer_count, %lld",
                            (long long)out->layers, (long long)layer_count);
    if (out->layers == 0)
        out->layers = layer_count;
    if (out->workspace_bytes == 0)
        out->workspace_bytes = DIRICHLET_DEFAULT_WORKSPACE_BYTES;
    return allocator_resolve(out->allocator, allocator, message);
}

static dense_network *lay_out_handle(struct arena *arena, int64_t layer_count)
{
    dense_network *network = arena_take(arena, 1, 1, 1, sizeof *network);
    void *layers = arena_take(arena, layer_count, 1, 1, sizeof *network->layers);
    void *gradients = arena_take(arena, layer_count, 1, 1, sizeof *network->gradients);
    void *widths = arena_take(arena, layer_count + 1, 1, 1, sizeof *network->widths);
    if (network == NULL)
        return NULL;
    memset(network, 0, sizeof *network);
    network->layer_count = layer_count;
    network->layers = layers;
    network->gradients = gradients;
    network->widths = widths;
    return network;
}

static dirichlet_status allocate_handle(int64_t layer_count, const dirichlet_allocator *allocator,
                                        dense_network **out, struct message *message)
{
    struct arena arena = {0};
    (void)lay_out_handle(&arena, layer_count);
    struct dense_memory memory = {NULL, arena.used};
    if (arena.overflow)
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "layer_count is %lld: too many for the address space",
                            (long long)layer_count);
    memory.block = allocator_take(allocator, (size_t)memory.bytes);
    if (memory.block == NULL)
        return message_fail(message, DIRICHLET_E_MEMORY, "no memory for a handle of %lld bytes",
                            (long long)memory.bytes);
    arena = (struct arena){memory.block, 0, false};
    *out = lay_out_handle(&arena, layer_count);
    (*out)->allocator = *allocator;
    (*out)->handle_memory = memory;
    return DIRICHLET_OK;
}

/* Copy the views, which have been checked, and add up what the layout depends on. */
static dirichlet_status fill_layers(dense_network *network, const public_layer *layers,
                                    struct workspace_shape *shape, struct message *message)
{
    for (int64_t l = 0; l < network->layer_count; l++) {
        struct dense_layer *layer = &network->layers[l];
        const dirichlet_status status = read_layer(layers, l, layer, message);
        if (status != DIRICHLET_OK)
            return status;
        layer->slopes_before = shape->slopes;
        layer->inputs_before = shape->kept;
        network->widths[l] = layer->inputs;
        network->widths[l + 1] = layer->outputs;
        shape->kept += layer->inputs;
        shape->slopes += dense_activation_is_identity(layer->activation) ? 0 : layer->outputs;
        shape->widest = larger(shape->widest, larger(layer->inputs, layer->outputs));
        shape->largest = larger(shape->largest, layer->inputs * layer->outputs);
    }
    network->inputs = network->widths[0];
    network->outputs = network->widths[network->layer_count];
    network->plan = dense_energy_plan_choose(network->widths, network->layer_count);
    return DIRICHLET_OK;
}

static dirichlet_status allocate_workspace(dense_network *network,
                                           const struct workspace_shape *shape, size_t budget,
                                           struct message *message)
{
    const int64_t limit = budget > PTRDIFF_MAX ? PTRDIFF_MAX : (int64_t)budget;
    struct dense_workspace *workspace = &network->workspace;
    struct dense_memory *memory = &network->workspace_memory;
    const dirichlet_status status = choose_sizes(shape, network->handle_memory.bytes, limit,
                                                 workspace, &memory->bytes, message);
    if (status != DIRICHLET_OK)
        return status;
    memory->block = allocator_take(&network->allocator, (size_t)memory->bytes);
    if (memory->block == NULL)
        return message_fail(message, DIRICHLET_E_MEMORY, "no memory for a workspace of %lld bytes",
                            (long long)memory->bytes);
    struct arena arena = {memory->block, 0, false};
    lay_out(&arena, shape, workspace);
    return DIRICHLET_OK;
}

static dirichlet_status create(const public_layer *layers, int64_t layer_count,
                               const dirichlet_dense_options *given, dense_network **out,
                               struct message *message)
{
    dirichlet_dense_options options = {0};
    dirichlet_allocator allocator;
    struct workspace_shape shape = {0};
    if (layers == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "layers is NULL");
    if (layer_count < 1)
        return message_fail(message, DIRICHLET_E_RANGE, "layer_count is %lld: it must be >= 1",
                            (long long)layer_count);
    if (!blas_width_fits())
        return message_fail(message, DIRICHLET_E_BLAS_WIDTH,
                            "the CBLAS that is linked uses 64-bit integers; 32-bit is needed");
    dirichlet_status status = read_options(given, layer_count, &options, &allocator, message);
    if (status == DIRICHLET_OK)
        status = check_layers(layers, layer_count, message);
    if (status == DIRICHLET_OK)
        status = allocate_handle(options.layers, &allocator, out, message);
    if (status == DIRICHLET_OK)
        status = fill_layers(*out, layers, &shape, message);
    if (status != DIRICHLET_OK)
        return status;
    choose_chains(*out, &shape);
    return allocate_workspace(*out, &shape, options.workspace_bytes, message);
}

dirichlet_status PRECISION(dirichlet_dense_create)(const public_layer *layers, int64_t layer_count,
                                                   const dirichlet_dense_options *options,
                                                   dense_network **out, char *message,
                                                   size_t message_size)
{
    struct message text = {{0}};
    dirichlet_status status = DIRICHLET_OK;
    dense_network *network = NULL;
    if (out == NULL) {
        status = message_fail(&text, DIRICHLET_E_NULL, "out is NULL");
    } else {
        *out = NULL;
        status = create(layers, layer_count, options, &network, &text);
    }
    if (status == DIRICHLET_OK)
        *out = network;
    else
        PRECISION(dirichlet_dense_destroy)(network);
    message_copy(&text, message, message_size);
    return status;
}

void PRECISION(dirichlet_dense_destroy)(dense_network *network)
{
    if (network == NULL)
        return;
    const dirichlet_allocator allocator = network->allocator;
    const struct dense_memory workspace = network->workspace_memory;
    const struct dense_memory handle = network->handle_memory;
    allocator_give(&allocator, workspace.block, (size_t)workspace.bytes);
    allocator_give(&allocator, handle.block, (size_t)handle.bytes);
}
