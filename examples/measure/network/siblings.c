#include "siblings.h"

#include <stdlib.h>
#include <string.h>

#include "names.h"

/* Names between a module and the layer before it that have other parts behind their numbers. */
#define MOST_BETWEEN 64

static struct sibling sibling_of(const char *path, int index)
{
    return (struct sibling){path, (size_t)(name_last(path) - path), name_number(path), index};
}

static int compare_parents(const struct sibling *a, const struct sibling *b)
{
    if (a->parent != b->parent)
        return a->parent < b->parent ? -1 : 1;
    return memcmp(a->path, b->path, a->parent);
}

static int compare_order(const void *left, const void *right)
{
    const struct sibling *a = left;
    const struct sibling *b = right;
    const int parents = compare_parents(a, b);
    return parents != 0 ? parents : (a->index > b->index) - (a->index < b->index);
}

static int compare_numbers(const void *left, const void *right)
{
    const struct sibling *a = left;
    const struct sibling *b = right;
    const int parents = compare_parents(a, b);
    if (parents != 0 || a->number == b->number)
        return parents != 0 ? parents : (a->index > b->index) - (a->index < b->index);
    return a->number < b->number ? -1 : 1;
}

static int compare_names(const void *left, const void *right)
{
    const struct sibling *a = left;
    const struct sibling *b = right;
    const int parents = compare_parents(a, b);
    return parents != 0 ? parents : natural_order(a->path + a->parent, b->path + b->parent);
}

static int compare_sizes(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* How many of the sorted ones stand before `wanted`. */
static int lower_bound(const struct sibling *sorted, int count, const struct sibling *wanted,
                       int (*compare)(const void *, const void *))
{
    int low = 0;
    int high = count;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (compare(&sorted[middle], wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct sibling *sorted_copy(const struct sibling *siblings, int count,
                                   int (*compare)(const void *, const void *))
{
    struct sibling *sorted = malloc(((size_t)count + 1) * sizeof *sorted);
    if (sorted == NULL)
        return NULL;
    memcpy(sorted, siblings, (size_t)count * sizeof *sorted);
    qsort(sorted, (size_t)count, sizeof *sorted, compare);
    return sorted;
}

/* A kind takes the place of a number, so that those of one kind and parent stand together. */
static void rank_modules(const struct modules *modules, struct sibling *sorted,
                         struct siblings *siblings)
{
    for (int i = 0; i < modules->count; i++) {
        sorted[i] = sibling_of(modules->modules[i].path, i);
        sorted[i].number = (long)modules->modules[i].kind;
    }
    qsort(sorted, (size_t)modules->count, sizeof *sorted, compare_numbers);
    for (int first = 0; first < modules->count;) {
        int end = first + 1;
        while (end < modules->count && compare_parents(&sorted[first], &sorted[end]) == 0 &&
               sorted[end].number == sorted[first].number)
            end++;
        for (int i = first; i < end; i++) {
            siblings->ranks[sorted[i].index] = i - first;
            siblings->kin[sorted[i].index] = end - first;
        }
        first = end;
    }
}

static int make_sizes(const struct layer *layers, int count, struct siblings *siblings)
{
    siblings->sizes = malloc((2 * (size_t)count + 1) * sizeof *siblings->sizes);
    if (siblings->sizes == NULL)
        return -1;
    for (int i = 0; i < count; i++) {
        siblings->sizes[2 * i] = layers[i].inputs;
        siblings->sizes[2 * i + 1] = layers[i].outputs;
    }
    qsort(siblings->sizes, 2 * (size_t)count, sizeof *siblings->sizes, compare_sizes);
    return 0;
}

static int make_descents(struct siblings *siblings)
{
    const struct sibling *sorted = siblings->in_order;
    siblings->descents = calloc((size_t)siblings->count + 1, sizeof *siblings->descents);
    if (siblings->descents == NULL)
        return -1;
    for (int i = 1; i < siblings->count; i++)
        siblings->descents[i] =
            siblings->descents[i - 1] + (compare_parents(&sorted[i - 1], &sorted[i]) == 0 &&
                                         name_order(sorted[i - 1].path, sorted[i].path) > 0);
    return 0;
}

static int make(const struct modules *modules, struct sibling *room, const struct layer *layers,
                int count, struct siblings *siblings)
{
    siblings->ranks = calloc((size_t)modules->count + 1, sizeof *siblings->ranks);
    siblings->kin = calloc((size_t)modules->count + 1, sizeof *siblings->kin);
    if (room == NULL || siblings->ranks == NULL || siblings->kin == NULL)
        return -1;
    rank_modules(modules, room, siblings);
    for (int i = 0; i < count; i++)
        room[i] = sibling_of(layers[i].path, i);
    siblings->count = count;
    siblings->in_order = sorted_copy(room, count, compare_order);
    siblings->by_number = sorted_copy(room, count, compare_numbers);
    siblings->by_name = sorted_copy(room, count, compare_names);
    if (siblings->in_order == NULL || siblings->by_number == NULL || siblings->by_name == NULL)
        return -1;
    return make_descents(siblings) != 0 ? -1 : make_sizes(layers, count, siblings);
}

int siblings_make(const struct modules *modules, const struct layer *layers, int count,
                  struct siblings *siblings)
{
    const size_t most = (size_t)(modules->count > count ? modules->count : count) + 1;
    struct sibling *room = malloc(most * sizeof *room);
    memset(siblings, 0, sizeof *siblings);
    const int result = make(modules, room, layers, count, siblings);
    free(room);
    return result;
}

void siblings_free(struct siblings *siblings)
{
    free(siblings->in_order);
    free(siblings->by_number);
    free(siblings->by_name);
    free(siblings->descents);
    free(siblings->sizes);
    free(siblings->ranks);
    free(siblings->kin);
    memset(siblings, 0, sizeof *siblings);
}

/* Where the layers beside `path` with its number begin. */
static int first_of_number(const struct siblings *siblings, const struct sibling *wanted)
{
    return lower_bound(siblings->by_number, siblings->count, wanted, compare_numbers);
}

static int has_number(const struct siblings *siblings, int place, const struct sibling *wanted)
{
    return place < siblings->count && siblings->by_number[place].number == wanted->number &&
           compare_parents(&siblings->by_number[place], wanted) == 0;
}

int siblings_numbered(const struct siblings *siblings, const char *path, long number)
{
    struct sibling wanted = sibling_of(path, -1);
    wanted.number = number;
    if (number < 0)
        return -1;
    for (int i = first_of_number(siblings, &wanted); has_number(siblings, i, &wanted); i++)
        if (name_is_number(siblings->by_number[i].path))
            return siblings->by_number[i].index;
    return -1;
}

int siblings_same_number(const struct siblings *siblings, const char *path)
{
    const struct sibling wanted = sibling_of(path, -1);
    const int first = first_of_number(siblings, &wanted);
    if (wanted.number < 0 || !has_number(siblings, first, &wanted) ||
        has_number(siblings, first + 1, &wanted))
        return -1;
    return siblings->by_number[first].index;
}

/* Where the layers beside `path` begin. */
static int first_beside(const struct siblings *siblings, const char *path, int index)
{
    const struct sibling wanted = sibling_of(path, index);
    return lower_bound(siblings->in_order, siblings->count, &wanted, compare_order);
}

int siblings_count(const struct siblings *siblings, const char *path)
{
    return first_beside(siblings, path, siblings->count) - first_beside(siblings, path, -1);
}

int siblings_are_ordered(const struct siblings *siblings, const char *path)
{
    const int first = first_beside(siblings, path, -1);
    const int end = first_beside(siblings, path, siblings->count);
    return first == end || siblings->descents[end - 1] == siblings->descents[first];
}

int siblings_ranked(const struct siblings *siblings, const char *path, int rank)
{
    return rank < siblings_count(siblings, path)
               ? siblings->in_order[first_beside(siblings, path, -1) + rank].index
               : -1;
}

int siblings_before(const struct siblings *siblings, const char *path)
{
    const struct sibling wanted = sibling_of(path, -1);
    const int place = lower_bound(siblings->by_name, siblings->count, &wanted, compare_names);
    for (int i = place - 1; i >= 0 && i >= place - MOST_BETWEEN; i--) {
        const struct sibling *found = &siblings->by_name[i];
        if (compare_parents(found, &wanted) != 0)
            return -1;
        if (name_order(found->path, path) < 0)
            return found->index;
    }
    return -1;
}

int siblings_have_size(const struct siblings *siblings, int64_t size)
{
    return siblings->count > 0 && bsearch(&size, siblings->sizes, 2 * (size_t)siblings->count,
                                          sizeof *siblings->sizes, compare_sizes) != NULL;
}
