#include "estimator/plan/workspace.h"

#include <stdbool.h>

#include "core/arithmetic/extremes.h"
#include "core/interface/arena.h"
#include "dirichlet/estimator.h"

/* Samples of a tile where memory does not limit them: enough for a batch to run at full
 * speed, few enough for progress to be seen. A model with energies of its own may compute
 * something once a call, so it gets more at a time. */
#define MOST_SAMPLES 1024
#define MOST_ENERGIES 4096

/* Size beyond which a larger tile is slower: its products leave the cache before their
 * norms are taken. */
#define TILE_BYTES (INT64_C(4) << 20)

static void lay_out_products(const struct plan *plan, size_t element, struct arena *arena,
                             struct workspace *w)
{
    const int64_t n = w->samples;
    const int64_t m = plan->directions;
    const int64_t width = larger(plan->direction_size, plan->product_size);
    const bool hutchpp = plan->method == DIRICHLET_METHOD_HUTCHPP;
    const int64_t direction_width = hutchpp ? width : plan->direction_size;
    w->norms = arena_take(arena, n, m, 1, sizeof(double));
    w->block = arena_take(arena, n, w->directions, direction_width, element);
    if (plan->side == SIDE_NORMS)
        w->block_norms = arena_take(arena, n, w->directions, 1, sizeof(double));
    else
        w->products = arena_take(arena, n, w->directions, plan->product_size, element);
    if (plan->method == DIRICHLET_METHOD_ORTHOGONAL)
        w->frames = arena_take(arena, n, m, plan->direction_size, sizeof(double));
    if (plan->method == DIRICHLET_METHOD_UNIT)
        w->coordinates = arena_take(arena, n, m, 1, sizeof(int64_t));
    if (hutchpp)
        w->sketch = arena_take(arena, n, plan->sketch, plan->product_size, element);
}

static void lay_out_differences(const struct plan *plan, size_t element, struct arena *arena,
                                struct workspace *w)
{
    w->points = arena_take(arena, w->samples, w->directions, plan->direction_size, element);
    w->values = arena_take(arena, w->samples, w->directions, plan->product_size, element);
    w->center = arena_take(arena, w->samples, 1, plan->product_size, element);
    w->line_direction = arena_take(arena, plan->direction_size, 1, 1, element);
    w->line_points = arena_take(arena, LINE_ROWS, plan->direction_size, 1, element);
    w->line_values = arena_take(arena, LINE_ROWS, plan->product_size, 1, element);
    w->differences = arena_take(arena, w->samples, 1, 1, sizeof(struct difference));
}

/* On an arena without memory: how much it takes. */
static void lay_out(const struct plan *plan, size_t element, struct arena *arena,
                    struct workspace *w)
{
    w->measures = arena_take(arena, w->samples, 1, 1, sizeof(struct measure));
    if (plan->side == SIDE_ENERGIES) {
        w->norms = arena_take(arena, w->samples, 1, 1, sizeof(double));
        return;
    }
    lay_out_products(plan, element, arena, w);
    if (plan->side == SIDE_FORWARD)
        lay_out_differences(plan, element, arena, w);
}

/* Bytes of a tile; INT64_MAX where they do not fit the address space. */
static int64_t tile_bytes(const struct plan *plan, size_t element, int64_t samples,
                          int64_t directions)
{
    struct workspace trial = {.samples = samples, .directions = directions};
    struct arena counting = {0};
    lay_out(plan, element, &counting, &trial);
    return counting.overflow ? INT64_MAX : counting.used;
}

static int64_t half(int64_t count)
{
    return count - count / 2;
}

/* All directions of as many samples as fit; if one sample is too much, some of them. */
static dirichlet_status choose_tile(const struct plan *plan, const struct model_offer *offer,
                                    size_t element, int64_t budget, struct workspace *w,
                                    struct message *message)
{
    const int64_t most = plan->side == SIDE_ENERGIES ? MOST_ENERGIES : MOST_SAMPLES;
    int64_t samples = offer->max_samples < most ? offer->max_samples : most;
    int64_t directions =
        plan->directions < offer->max_directions ? plan->directions : offer->max_directions;
    const int64_t limit = budget < TILE_BYTES ? budget : TILE_BYTES;
    while (samples > 1 && tile_bytes(plan, element, samples, directions) > limit)
        samples = half(samples);
    while (directions > 1 && tile_bytes(plan, element, samples, directions) > budget)
        directions = half(directions);
    const int64_t least = tile_bytes(plan, element, samples, directions);
    if (least == INT64_MAX)
        return message_fail(
            message, DIRICHLET_E_OVERFLOW,
            "model.inputs, model.outputs and options.probes are too large together");
    if (least > budget)
        return workspace_is_too_small(budget, least, message);
    w->samples = samples;
    w->directions = directions;
    w->bytes = least;
    return DIRICHLET_OK;
}

dirichlet_status workspace_create(const struct plan *plan, const struct model_offer *offer,
                                  size_t element_size, size_t budget,
                                  const struct allocator *allocator, struct workspace *workspace,
                                  struct message *message)
{
    const struct workspace blank = {0};
    *workspace = blank;
    const int64_t limit = budget > (size_t)PTRDIFF_MAX ? PTRDIFF_MAX : (int64_t)budget;
    dirichlet_status status = choose_tile(plan, offer, element_size, limit, workspace, message);
    if (status != DIRICHLET_OK)
        return status;
    workspace->memory = allocator_take(allocator, (size_t)workspace->bytes);
    if (workspace->memory == NULL)
        return message_fail(message, DIRICHLET_E_MEMORY, "no memory for a workspace of %lld bytes",
                            (long long)workspace->bytes);
    struct arena arena = {.base = workspace->memory};
    lay_out(plan, element_size, &arena, workspace);
    return DIRICHLET_OK;
}

struct workspace workspace_like(const struct workspace *workspace, const struct plan *plan,
                                size_t element_size, unsigned char *memory)
{
    struct workspace like = {.samples = workspace->samples, .directions = workspace->directions};
    struct arena arena = {.base = memory};
    lay_out(plan, element_size, &arena, &like);
    return like;
}

void workspace_destroy(struct workspace *workspace, const struct allocator *allocator)
{
    allocator_give(allocator, workspace->memory, (size_t)workspace->bytes);
    workspace->memory = NULL;
}
