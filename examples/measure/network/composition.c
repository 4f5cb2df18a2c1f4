#define _XOPEN_SOURCE 700
#include "composition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "order.h"

#define ORDER_TEXT 150
/* Beyond that no pairs are looked at: names that give an order to so many layers are a list's. */
#define MOST_LAYERS 512

/* Layers that do more than to take what the one before them gives. */
static const char *const doubtful[] = {
    "gate",      "gates",     "gated",    "gating",    "glu",   "att",       "attn",
    "se",        "film",      "fn",       "highway",   "res",   "residual",  "residuals",
    "resblock",  "resblocks", "resnet",   "skip",      "skips", "shortcut",  "downsample",
    "rnn",       "lstm",      "gru",      "recurrent", "cell",  "router",    "aux",
    "auxiliary", "time",      "timestep", "temb",      "cond",  "condition", "conditioning",
    "context",   "hyper",     "hypernet", NULL};
/* Two of one line: networks or factors of which none is the layer behind the other. */
static const char *const roles[][10] = {
    {"actor", "critic", "policy", "value", "advantage", "pi", "vf", "qf", NULL},
    {"generator", "discriminator", "gen", "disc", "g", "d", NULL},
    {"query", "key", "value", "q", "k", "v", "qkv", "kv", NULL},
    {"mean", "mu", "std", "var", "logvar", "sigma", NULL},
    {"source", "src", "tgt", "online", "target", NULL},
    {"teacher", "student", NULL},
    {"branch", "trunk", NULL},
    {"user", "item", NULL},
    {"left", "right", NULL},
    {"down", "up", NULL},
    {"u", "v", NULL},
    {"a", "b", NULL}};
/* Whole parts: the values of an attention, whose queries and keys are another size. */
static const char *const attention[] = {"to_q",   "to_k",   "to_v",   "to_kv", "to_qkv",
                                        "q_proj", "k_proj", "v_proj", NULL};
static const char *const blocks[] = {"block", "blocks", NULL};

static int refuse(const char *path, const struct layer *one, const struct layer *other,
                  const char *doubt, const struct layer *layers, int count, struct problem *problem)
{
    char names[ORDER_TEXT];
    char second[ORDER_TEXT] = "";
    int *order = malloc((size_t)count * sizeof *order);
    if (order == NULL)
        return problem_no_memory(problem, path);
    for (int i = 0; i < count; i++)
        order[i] = i;
    order_text(layers, order, count, names, sizeof names);
    free(order);
    if (other != NULL)
        snprintf(second, sizeof second, " and '%.100s'", other->name);
    return problem_set(problem,
                       "%s: '%.100s'%s %s; --layers (%s) takes each layer behind the one before, "
                       "--prefix some of them",
                       path, one->name, second, doubt, names);
}

static int is_number(const char *part, size_t length)
{
    return length > 0 && strspn(part, "0123456789") >= length;
}

/* Whether one path goes on as the other one does, after further parts: 0.fc and 1.0.trace.fc. */
static int is_tail(const char *tail, const char *path)
{
    const size_t length = strlen(tail);
    const size_t longer = strlen(path);
    return length > 0 && longer > length && path[longer - length - 1] == '.' &&
           strcmp(path + longer - length, tail) == 0;
}

static int are_two_roles(const struct fork *fork)
{
    if (is_number(fork->a, fork->length_a))
        return 0;
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        const char *a = name_word(fork->a, fork->length_a, roles[i]);
        const char *b = a == NULL ? NULL : name_word(fork->b, fork->length_b, roles[i]);
        if (b != NULL && a != b)
            return 1;
    }
    return 0;
}

/* Why one of two layers may not be behind the other; NULL: nothing says so. */
static const char *doubt_of_pair(const struct layer *a, const struct layer *b)
{
    const struct fork fork = name_fork(a->path, b->path);
    const char *tail_a = fork.a + fork.length_a;
    const char *tail_b = fork.b + fork.length_b;
    if (are_two_roles(&fork))
        return "may stand beside each other";
    if (a->inputs == b->inputs && a->outputs == b->outputs && *tail_a == '.' && *tail_b == '.' &&
        (is_tail(tail_a + 1, tail_b + 1) || is_tail(tail_b + 1, tail_a + 1)))
        return "may be a layer and its copy, as an optimizer's state has one";
    return NULL;
}

static int is_doubtful(const char *path)
{
    for (int i = 0; attention[i] != NULL; i++)
        if (name_has_part(path, attention[i], 0))
            return 1;
    return name_word(path, strlen(path), doubtful) != NULL;
}

/* The length of the path up to a part that is one of several (a number in it, or block) and not the
 * layer itself, from `start` on; 0: none. */
static size_t member_end(const char *path, size_t start)
{
    for (;;) {
        const size_t length = strcspn(path + start, ".");
        if (path[start + length] == '\0')
            return 0;
        const size_t digits = strcspn(path + start, "0123456789");
        if (digits < length || name_word(path + start, length, blocks) != NULL)
            return start + length;
        start += length + 1;
    }
}

/* How many layers from `first` on share so much of their paths. */
static int members_of(const struct layer *layers, int first, int count, size_t length)
{
    int end = first + 1;
    while (end < count && strncmp(layers[first].path, layers[end].path, length + 1) == 0)
        end++;
    return end - first;
}

/* Two and more layers of one block, which gives as many numbers as it takes; not all there are. */
static int is_block(const struct layer *layers, int first, int count, size_t *length)
{
    const struct layer *before = first > 0 ? &layers[first - 1] : NULL;
    for (size_t end = member_end(layers[first].path, 0); end > 0;
         end = member_end(layers[first].path, end + 1)) {
        const int members = members_of(layers, first, count, end);
        const int begins =
            before == NULL || strncmp(before->path, layers[first].path, end + 1) != 0;
        *length = end;
        if (begins && members > 1 && members < count &&
            layers[first].inputs == layers[first + members - 1].outputs)
            return 1;
    }
    return 0;
}

static int check_blocks(const char *path, const struct layer *layers, int count,
                        struct problem *problem)
{
    size_t length = 0;
    for (int i = 0; i < count; i++)
        if (is_block(layers, i, count, &length))
            return refuse(path, &layers[i], NULL,
                          "is in a block that gives as many numbers as it takes: a skip connection "
                          "may lead around it, or others stand beside it",
                          layers, count, problem);
    return 0;
}

int composition_check(const char *path, const struct layer *layers, int count,
                      struct problem *problem)
{
    for (int i = 0; count > 1 && i < count; i++)
        if (is_doubtful(layers[i].path))
            return refuse(path, &layers[i], NULL, "may be more than a layer behind the one before",
                          layers, count, problem);
    for (int a = 0; count <= MOST_LAYERS && a < count; a++)
        for (int b = a + 1; b < count; b++) {
            const char *doubt = doubt_of_pair(&layers[a], &layers[b]);
            if (doubt != NULL)
                return refuse(path, &layers[a], &layers[b], doubt, layers, count, problem);
        }
    return check_blocks(path, layers, count, problem);
}

/* From one layer of a sequence to the next one; 0: they are not of one. */
static long gap_behind(const struct layer *layer)
{
    const struct layer *next = layer + 1;
    return name_are_siblings(layer->path, next->path) && name_is_number(layer->path) &&
                   name_is_number(next->path)
               ? name_number(next->path) - name_number(layer->path)
               : 0;
}

int composition_check_gaps(const char *path, const struct layer *layers, int count,
                           struct problem *problem)
{
    const struct layer *close = NULL;
    const struct layer *wide = NULL;
    for (int i = 0; i + 1 < count; i++) {
        const long gap = gap_behind(&layers[i]);
        if (gap == 1)
            close = &layers[i];
        if (gap > 1)
            wide = &layers[i];
    }
    if (close == NULL || wide == NULL || !name_are_siblings(close->path, wide->path))
        return 0;
    return problem_set(
        problem,
        "%s: '%.100s' and '%.100s' are next to each other, '%.100s' and '%.100s' are "
        "not: is there an activation between them? Say --activation with one for "
        "each layer (identity: none)",
        path, close[0].name, close[1].name, wide[0].name, wide[1].name);
}
