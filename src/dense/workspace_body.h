/* The workspace of a network: how many samples and rows it is for, and its arrays. */

/* A large tile spreads the cost of converting weights, many rows that of starting a product;
 * beyond this there is nothing to gain, the rows only leave the caches (measured). */
#define LARGEST_TILE ((int64_t)256)
#define LARGEST_ROWS ((int64_t)1024)
#define LARGEST_GATHERED ((int64_t)131072)

/* What the layout depends on. */
struct workspace_shape {
    int64_t widest;      /* of all widths */
    int64_t slopes;      /* sum of the widths that have slopes */
    int64_t kept;        /* sum of the inputs of all layers */
    int64_t largest;     /* elements of the largest matrix */
    size_t carried_size; /* of the widest type that rows are carried in */
};

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void lay_out(struct arena *arena, const struct workspace_shape *shape,
                    struct dense_workspace *workspace)
{
    const int64_t tile = workspace->tile;
    for (int i = 0; i < 2; i++)
        workspace->hidden[i] = arena_take(arena, tile, shape->widest, 1, sizeof(double));
    workspace->slopes = arena_take(arena, tile, shape->slopes, 1, sizeof(double));
    workspace->poison = arena_take(arena, tile, 1, 1, sizeof(double));
    for (int i = 0; i < 2; i++)
        workspace->carried[i] =
            arena_take(arena, workspace->rows, shape->widest, 1, shape->carried_size);
    workspace->gathered = arena_take(arena, workspace->gathered_size, 1, 1, sizeof(double));
    workspace->kept = arena_take(arena, tile, shape->kept, 1, workspace->kept_size);
}

/* Bytes of a workspace of these sizes; false where they do not fit the address space. */
static bool count_bytes(const struct workspace_shape *shape, struct dense_workspace *workspace,
                        int64_t *bytes)
{
    struct arena counter = {0};
    lay_out(&counter, shape, workspace);
    *bytes = counter.used;
    return !counter.overflow;
}

/* Halve what takes most memory and is not yet at its least; false if all are. */
static bool shrink(const struct workspace_shape *shape, struct dense_workspace *workspace)
{
    const double tile =
        (double)workspace->tile * (double)(2 * shape->widest + shape->slopes + shape->kept);
    const double rows = (double)workspace->rows * 2.0 * (double)shape->widest;
    if (workspace->gathered_size > shape->widest &&
        (double)workspace->gathered_size >= (tile > rows ? tile : rows))
        workspace->gathered_size /= 2;
    else if (workspace->tile > 1 && (tile >= rows || workspace->rows == workspace->tile))
        workspace->tile /= 2;
    else if (workspace->rows > 1)
        workspace->rows /= 2;
    else if (workspace->gathered_size > shape->widest)
        workspace->gathered_size = shape->widest;
    else
        return false;
    if (workspace->gathered_size < shape->widest)
        workspace->gathered_size = shape->widest;
    return true;
}

/* Choose the largest sizes that fit the budget, of which `taken` bytes are spent. */
static dirichlet_status choose_sizes(const struct workspace_shape *shape, int64_t taken,
                                     int64_t budget, struct dense_workspace *workspace,
                                     int64_t *bytes, struct message *message)
{
    workspace->tile = LARGEST_TILE;
    workspace->rows = LARGEST_ROWS;
    workspace->gathered_size = larger(shape->widest, smaller(shape->largest, LARGEST_GATHERED));
    for (;;) {
        const bool fits_memory = count_bytes(shape, workspace, bytes);
        if (fits_memory && *bytes <= budget - taken)
            return DIRICHLET_OK;
        if (shrink(shape, workspace))
            continue;
        if (!fits_memory)
            return message_fail(message, DIRICHLET_E_OVERFLOW,
                                "layers: the workspace of one sample exceeds the address space");
        return message_fail(message, DIRICHLET_E_WORKSPACE,
                            "options.workspace_bytes is %lld: this network needs at least %lld",
                            (long long)budget, (long long)(*bytes + taken));
    }
}
