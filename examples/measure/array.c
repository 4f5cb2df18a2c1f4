#define _XOPEN_SOURCE 700
#include "array.h"

#include <stdlib.h>
#include <string.h>

#include "gzip.h"
#include "idx_array.h"
#include "npy.h"
#include "npz.h"

#define LARGEST_FILE ((size_t)1 << 36)
#define LARGEST_EXPANSION ((size_t)1 << 32) /* of compressed data, which may be made to burst */

static int begins_as_npy(const unsigned char *data, size_t size)
{
    return size >= 6 && memcmp(data, "\x93NUMPY", 6) == 0;
}

/* The formats are told apart by how they begin. */
static int judge(const char *path, const unsigned char *head, size_t size, uint64_t *promised,
                 struct problem *problem)
{
    if (begins_as_npy(head, size))
        return npy_judge(path, head, size, promised, problem);
    if (size < 4 || head[0] != 0 || head[1] != 0)
        return problem_set(problem, "%s: neither a .npy or .npz array nor IDX images", path);
    return idx_array_judge(path, head, size, promised, problem);
}

/* The same, or compressed data, which are judged when they are expanded. */
static int judge_file(const char *path, const unsigned char *head, size_t size, uint64_t *promised,
                      struct problem *problem)
{
    return is_gzip(head, size) || is_zip(head, size) ? 0
                                                     : judge(path, head, size, promised, problem);
}

static int take_npy(const char *path, struct array *array, struct problem *problem)
{
    struct npy_array npy;
    if (npy_parse(path, array->file.data, array->file.size, &npy, problem) != 0)
        return -1;
    array->type = npy.type;
    array->axes = npy.axes;
    array->was_fortran = npy.is_fortran && npy.axes > 1;
    array->was_big_endian = npy.is_big_endian;
    array->samples = npy.samples;
    array->inputs = npy.inputs;
    if (npy_arrange(path, &npy, &array->file, problem) != 0)
        return -1;
    array->values = npy.values;
    return 0;
}

/* Big-endian behind a header of 8 to 20 bytes: swapped, and moved over it to be aligned. */
static int take_idx(const char *path, struct array *array, struct problem *problem)
{
    struct idx_array idx;
    struct bytes *file = &array->file;
    if (idx_array_parse(path, file->data, file->size, &idx, problem) != 0)
        return -1;
    array->format = "idx";
    array->type = idx.type;
    array->axes = idx.axes;
    array->samples = idx.samples;
    array->inputs = idx.inputs;
    array->values = idx.values;
    if (number_bits(idx.type) == 8)
        return 0;
    const size_t start = (size_t)(idx.values - file->data);
    memmove(file->data, idx.values, file->size - start);
    number_swap(idx.type, file->data, (size_t)(idx.samples * idx.inputs));
    array->was_big_endian = 1;
    array->values = file->data;
    return 0;
}

static int take(const char *path, struct array *array, struct problem *problem)
{
    uint64_t promised = 0;
    /* What was compressed and small comes here unjudged. */
    if (judge(path, array->file.data, array->file.size, &promised, problem) != 0)
        return -1;
    return begins_as_npy(array->file.data, array->file.size) ? take_npy(path, array, problem)
                                                             : take_idx(path, array, problem);
}

static int expand(const char *path, const char *member, struct array *array,
                  struct problem *problem)
{
    struct bytes *file = &array->file;
    array->format = "npy";
    if (gzip_expand(path, LARGEST_EXPANSION, judge, file, problem) != 0)
        return -1;
    if (!is_zip(file->data, file->size))
        return member == NULL
                   ? 0
                   : problem_set(problem, "%s: not an archive, so there is no '%s' in it", path,
                                 member);
    array->format = "npz";
    return npz_extract(path, member, LARGEST_EXPANSION, file, problem);
}

int array_read(const char *path, struct array *array, struct problem *problem)
{
    size_t length = 0;
    const char *member = npz_split(path, &length);
    char *file = strndup(path, length);
    memset(array, 0, sizeof *array);
    if (file == NULL)
        return problem_no_memory(problem, path);
    const int result = file_read(file, LARGEST_FILE, judge_file, &array->file, problem);
    free(file);
    if (result == 0 && expand(path, member, array, problem) == 0 && take(path, array, problem) == 0)
        return 0;
    array_free(array);
    return -1;
}

void array_free(struct array *array)
{
    bytes_free(&array->file);
}

double array_at(const struct array *array, int64_t index)
{
    const size_t size = (size_t)number_bits(array->type) / 8;
    return number_at(array->type, array->values + (size_t)index * size);
}
