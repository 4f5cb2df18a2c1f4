#define _XOPEN_SOURCE 700
#include "order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "names.h"

/* Steps of the search; beyond that a file is a riddle, and its user is asked. */
#define MOST_STEPS 1000000
/* Layers whose names do not give their order at once. */
#define MOST_LAYERS 512

struct search {
    const struct layer *layers;
    int count;
    char *before; /* (count, count): row i, column j: numbers say that i comes before j */
    char *placed;
    int *pending; /* how many of those that come before it are not placed */
    int *order;
    int *found[2];
    int solutions;
    long steps;
    int by_sizes; /* numbers do not count */
};

/* Place a layer, or take it back: `step` is -1 or 1. */
static void step_pending(struct search *search, int layer, int step)
{
    const char *before = search->before + (size_t)layer * (size_t)search->count;
    for (int i = 0; i < search->count; i++)
        search->pending[i] += before[i] ? step : 0;
    search->placed[layer] = step < 0;
}

/* Place the layers from `depth` on, the first of which takes `inputs` (0: any). */
static void place(struct search *search, int depth, int64_t inputs)
{
    if (depth == search->count) {
        memcpy(search->found[search->solutions], search->order,
               (size_t)search->count * sizeof *search->order);
        search->solutions++;
        return;
    }
    for (int i = 0; i < search->count && search->solutions < 2; i++) {
        const struct layer *layer = &search->layers[i];
        if (++search->steps > MOST_STEPS)
            return;
        if ((inputs != 0 && layer->inputs != inputs) || search->placed[i] || search->pending[i] > 0)
            continue;
        search->order[depth] = i;
        step_pending(search, i, -1);
        place(search, depth + 1, layer->outputs);
        step_pending(search, i, 1);
    }
}

/* The layers stand in natural order of their names: where each of them is before the next by
 * numbers, that is the only order. */
static int is_chain_of_names(const struct layer *layers, int count)
{
    for (int i = 1; i < count; i++)
        if (name_order(layers[i - 1].path, layers[i].path) >= 0)
            return 0;
    return 1;
}

static int is_chain_of_sizes(const struct layer *layers, int count, int64_t inputs)
{
    for (int i = 0; i < count; i++) {
        if (inputs != 0 && layers[i].inputs != inputs)
            return 0;
        inputs = layers[i].outputs;
    }
    return 1;
}

static int search_in_room(const char *path, struct search *search, int64_t inputs,
                          struct problem *problem)
{
    const size_t count = (size_t)search->count;
    search->before = malloc(count * count);
    search->placed = calloc(count, 1);
    search->pending = calloc(count, sizeof *search->pending);
    search->order = malloc(count * sizeof *search->order);
    if (search->before == NULL || search->placed == NULL || search->pending == NULL ||
        search->order == NULL)
        return problem_no_memory(problem, path);
    for (size_t i = 0; i < count * count; i++) {
        search->before[i] = !search->by_sizes && name_order(search->layers[i / count].path,
                                                            search->layers[i % count].path) < 0;
        search->pending[i % count] += search->before[i];
    }
    place(search, 0, inputs);
    if (search->solutions < 2 && search->steps > MOST_STEPS)
        return problem_set(problem,
                           "%s: the order of %d layers cannot be found: say it by --layers", path,
                           search->count);
    return search->solutions;
}

static int search_all(const char *path, struct search *search, int64_t inputs,
                      struct problem *problem)
{
    const int solutions = search_in_room(path, search, inputs, problem);
    free(search->before);
    free(search->placed);
    free(search->pending);
    free(search->order);
    return solutions;
}

int order_count(const char *path, const struct layer *layers, int count, int64_t inputs, int *first,
                int *second, struct problem *problem)
{
    struct search search = {.layers = layers, .count = count, .found = {first, second}};
    for (int i = 0; i < count; i++)
        first[i] = i;
    if (is_chain_of_names(layers, count))
        return is_chain_of_sizes(layers, count, inputs);
    if (count > MOST_LAYERS)
        return problem_set(problem,
                           "%s: names do not give the order of %d layers: say it by "
                           "--layers",
                           path, count);
    return search_all(path, &search, inputs, problem);
}

int order_by_sizes(const char *path, const struct layer *layers, int count, int64_t inputs,
                   int *first, int *second, struct problem *problem)
{
    struct search search = {
        .layers = layers, .count = count, .found = {first, second}, .by_sizes = 1};
    if (count > MOST_LAYERS)
        return 0;
    return search_all(path, &search, inputs, problem);
}

/* Whether numbers put no layer before this one. */
static int is_first(const struct layer *layers, int count, int index)
{
    for (int i = 0; i < count; i++)
        if (name_order(layers[i].path, layers[index].path) < 0)
            return 0;
    return 1;
}

static int is_word(const char *part, size_t length, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strlen(*words) == length && strncasecmp(*words, part, length) == 0)
            return 1;
    return 0;
}

/* Numbered, but not one behind the other: heads.0 and heads.1 of a list, head1 and head2, w1 and w3
 * of a gated layer. a, b: from the first parts that differ; before: the part before them. */
static int are_branches(const char *a, const char *b, const char *before, size_t length)
{
    static const char *const lists[] = {"heads",    "branches", "towers",     "experts", "models",
                                        "members",  "ensemble", "ensembles",  "critics", "actors",
                                        "nets",     "networks", "policies",   "values",  "agents",
                                        "players",  "learners", "estimators", "folds",   "seeds",
                                        "copies",   "replicas", "particles",  "tasks",   "students",
                                        "teachers", "ens",      "subnets",    "mlps",    NULL};
    static const char *const singles[] = {
        "head",    "branch",    "tower",   "expert",   "member",  "critic",  "actor",
        "q",       "qf",        "qnet",    "qnetwork", "out",     "output",  "model",
        "policy",  "value",     "w",       "net",      "network", "agent",   "player",
        "learner", "estimator", "fold",    "seed",     "copy",    "replica", "particle",
        "task",    "student",   "teacher", "twin",     NULL};
    const size_t word_a = strcspn(a, "0123456789_.");
    const size_t word_b = strcspn(b, "0123456789_.");
    if (word_a == 0 && word_b == 0)
        return name_word(before, length, lists) != NULL;
    return word_a == word_b && is_word(a, word_a, singles) && is_word(b, word_b, singles);
}

static int may_be_branches(const char *a, const char *b)
{
    const struct fork fork = name_fork(a, b);
    const int is_prefix =
        fork.length_a == fork.length_b && memcmp(fork.a, fork.b, fork.length_a) == 0;
    return !is_prefix && are_branches(fork.a, fork.b, fork.before, fork.length_before);
}

/* firsts: which layers numbers put none before. */
static int are_parallel(const struct layer *layers, const char *firsts, int a, int b)
{
    if (may_be_branches(layers[a].path, layers[b].path))
        return 1;
    return firsts[a] && firsts[b] && layers[a].inputs == layers[b].inputs &&
           name_order(layers[a].path, layers[b].path) == 0;
}

/* Of a chain of names it is enough to look at those next to each other: what stands between two
 * branches begins as they do. */
static int parallel_in_chain(const struct layer *layers, int count, int *one, int *other)
{
    for (int i = 1; i < count; i++)
        if (may_be_branches(layers[i - 1].path, layers[i].path)) {
            *one = i - 1;
            *other = i;
            return 1;
        }
    return 0;
}

int order_parallel(const struct layer *layers, int count, int *one, int *other)
{
    char firsts[MOST_LAYERS];
    if (count > MOST_LAYERS || is_chain_of_names(layers, count))
        return parallel_in_chain(layers, count, one, other);
    for (int i = 0; i < count; i++)
        firsts[i] = (char)is_first(layers, count, i);
    for (int a = 0; a < count; a++)
        for (int b = a + 1; b < count; b++)
            if (are_parallel(layers, firsts, a, b)) {
                *one = a;
                *other = b;
                return 1;
            }
    return 0;
}

const char *order_text(const struct layer *layers, const int *order, int count, char *text,
                       size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < count && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? "," : "",
                                 layers[order[i]].name);
    if (used >= size && size > 4)
        memcpy(text + size - 4, "...", 4);
    return text;
}
