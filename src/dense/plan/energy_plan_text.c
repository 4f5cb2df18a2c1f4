/* A plan in words. */
#include "dense/plan/energy_plan.h"

#include "core/interface/message.h"

struct text {
    char *buffer;
    size_t size;
    size_t used;
};

static void write_widths(const struct dense_shape *shape, const dirichlet_dense_plan *plan,
                         struct text *text)
{
    text->used =
        message_append(text->buffer, text->size, text->used, "pivot: %lld rows of width %lld of",
                       (long long)plan->rows, (long long)plan->pivot);
    for (int64_t l = 0; l <= shape->layer_count; l++)
        text->used = message_append(text->buffer, text->size, text->used, "%c%lld",
                                    l == 0 ? ' ' : '-', (long long)shape->widths[l]);
    text->used = message_append(text->buffer, text->size, text->used, "\n");
}

static void write_product(const char *what, int64_t layer, const char *transposed, int64_t rows,
                          int64_t columns, struct text *text)
{
    text->used =
        message_append(text->buffer, text->size, text->used, "%s W_%lld%s (%lld x %lld)\n", what,
                       (long long)layer, transposed, (long long)rows, (long long)columns);
}

static void write_end(dirichlet_dense_end end, int64_t layer, const char *transposed, int64_t inner,
                      int64_t outer, bool sum, struct text *text)
{
    if (end == DIRICHLET_DENSE_END_DIRECT)
        write_product("  times", layer, transposed, inner, outer, text);
    else if (end == DIRICHLET_DENSE_END_GRAM)
        write_product(sum ? "  the sum of products of rows, with the Gram matrix of"
                          : "  times the triangle of the Gram matrix of",
                      layer, transposed, inner, outer, text);
}

static void write_down(const struct dense_shape *shape, const dirichlet_dense_plan *plan,
                       struct text *text)
{
    const int64_t *n = shape->widths;
    const int64_t p = plan->pivot;
    if (plan->norms != 0)
        text->used = message_append(text->buffer, text->size, text->used, "down: %lld cotangents\n",
                                    (long long)plan->rows);
    else
        write_product("down: rows of", p, "", n[p], n[p - 1], text);
    for (int64_t l = plan->norms != 0 ? p : p - 1; l >= 2; l--)
        write_product("  times", l, "", n[l], n[l - 1], text);
    write_end(plan->lower_end, 1, "", n[1], n[0], plan->sum != 0, text);
}

static void write_up(const struct dense_shape *shape, const dirichlet_dense_plan *plan,
                     struct text *text)
{
    const int64_t *n = shape->widths;
    const int64_t last = shape->layer_count;
    write_product("up: columns of", plan->pivot + 1, "", n[plan->pivot + 1], n[plan->pivot], text);
    for (int64_t l = plan->pivot + 2; l < last; l++)
        write_product("  times", l, "^T", n[l - 1], n[l], text);
    write_end(plan->upper_end, last, "^T", n[last - 1], n[last], plan->sum != 0, text);
}

/* What becomes of a hidden pivot. */
static void write_meeting(bool quadratic, bool counts, struct text *text)
{
    if (quadratic)
        text->used = message_append(text->buffer, text->size, text->used,
                                    "%s of the slopes: (W_2^T W_2) o (W_1 W_1^T)\n",
                                    counts ? "sum, by counts," : "quadratic form");
    else
        text->used = message_append(text->buffer, text->size, text->used,
                                    "both sides meet in the products of their rows\n");
}

/* One way of a gradient: through every matrix from the pivot on, and back. */
static void write_way(const struct dense_shape *shape, const dirichlet_dense_plan *plan, bool down,
                      struct text *text)
{
    const int64_t *n = shape->widths;
    const int64_t count = shape->layer_count;
    const int64_t steps = down ? plan->pivot : count - plan->pivot;
    const dirichlet_dense_end end = down ? plan->lower_end : plan->upper_end;
    const char *const suffix = down ? "" : "^T";
    for (int64_t i = 1; i < steps; i++) {
        const int64_t l = down ? plan->pivot + 1 - i : plan->pivot + i;
        write_product(i == 1 ? "there and back: times" : "  times", l, suffix, n[down ? l : l - 1],
                      n[down ? l - 1 : l], text);
    }
    write_product(end == DIRICHLET_DENSE_END_DIRECT ? "  at the end times"
                                                    : "  at the end times the Gram matrix of",
                  down ? 1 : count, suffix, n[down ? 1 : count - 1], n[down ? 0 : count], text);
}

static void write_gradient(const struct dense_shape *shape, const dirichlet_dense_plan *plan,
                           struct text *text)
{
    if (plan->lower_end != DIRICHLET_DENSE_END_NONE)
        write_way(shape, plan, true, text);
    if (plan->upper_end != DIRICHLET_DENSE_END_NONE)
        write_way(shape, plan, false, text);
    if (dense_plan_meets(shape, plan))
        text->used =
            message_append(text->buffer, text->size, text->used,
                           plan->lower_end == DIRICHLET_DENSE_END_NONE &&
                                   plan->upper_end == DIRICHLET_DENSE_END_NONE
                               ? "quadratic form of the slopes: (W_2^T W_2) o (W_1 W_1^T)\n"
                               : "both sides meet in the products of their rows\n");
}

static void write_energies(const struct dense_shape *shape, const dirichlet_dense_plan *plan,
                           struct text *text)
{
    if (dense_plan_carries_down(shape, plan))
        write_down(shape, plan, text);
    if (dense_plan_carries_up(shape, plan))
        write_up(shape, plan, text);
    if (dense_plan_meets(shape, plan))
        write_meeting(dense_plan_is_quadratic(shape, plan), plan->sum != 0, text);
}

void dense_plan_describe(const struct dense_shape *shape, const dirichlet_dense_plan *plan,
                         char *text, size_t size)
{
    struct text out = {text, size, 0};
    write_widths(shape, plan, &out);
    if (plan->gradient != 0)
        write_gradient(shape, plan, &out);
    else
        write_energies(shape, plan, &out);
    (void)message_append(text, size, out.used,
                         "operations: %.4g a sample, %.4g a call; workspace: %lld bytes\n",
                         plan->sample_flops, plan->call_flops, (long long)plan->bytes);
}
