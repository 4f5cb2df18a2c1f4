#define _XOPEN_SOURCE 700
#include "safetensors.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foreign.h"
#include "json.h"
#include "output.h"

#define LARGEST_FILE ((size_t)1 << 36)
#define LARGEST_HEADER UINT64_C(100000000) /* the format's own limit */
#define LARGEST_EXACT 9007199254740992.0   /* 2^53: whole numbers that JSON can carry */
#define MOST_TENSORS 200000
#define SHAPE_TEXT 192

const char *tensor_shape_text(const struct tensor *tensor, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "[");
    for (int i = 0; i < tensor->axes && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%" PRId64, i == 0 ? "" : ", ",
                                 tensor->shape[i]);
    if (used < size)
        snprintf(text + used, size - used, "]");
    return text;
}

/* A whole number >= 0 of the header. */
static int read_number(const cJSON *item, int64_t *number)
{
    if (!cJSON_IsNumber(item))
        return 0;
    const double value = item->valuedouble;
    if (!(value >= 0.0 && value <= LARGEST_EXACT && value == floor(value)))
        return 0;
    *number = (int64_t)value;
    return 1;
}

/* A field of a tensor, NULL if it lacks; -1 if it has two. */
static int find_field(const char *name, const cJSON *entry, const char *key, const cJSON **field,
                      struct problem *problem)
{
    const cJSON *item = NULL;
    *field = NULL;
    cJSON_ArrayForEach(item, entry)
    {
        if (strcmp(item->string, key) != 0)
            continue;
        if (*field != NULL)
            return problem_set(problem, "%s: tensor '%s': two fields %s", name, entry->string, key);
        *field = item;
    }
    return 0;
}

static int read_type(const char *name, const cJSON *item, struct tensor *tensor,
                     struct problem *problem)
{
    if (!cJSON_IsString(item))
        return problem_set(problem, "%s: tensor '%s': dtype is missing or not a text", name,
                           tensor->name);
    for (int type = 0; type < NUMBER_TYPES; type++)
        if (strcmp(item->valuestring, number_name((enum number_type)type)) == 0) {
            tensor->type = (enum number_type)type;
            return 0;
        }
    return problem_set(problem, "%s: tensor '%s': dtype '%.16s' is not one of the format", name,
                       tensor->name, item->valuestring);
}

static int read_shape(const char *name, const cJSON *shape, struct tensor *tensor,
                      struct problem *problem)
{
    const cJSON *size = NULL;
    if (!cJSON_IsArray(shape))
        return problem_set(problem, "%s: tensor '%s': shape is missing or not a list", name,
                           tensor->name);
    cJSON_ArrayForEach(size, shape)
    {
        if (tensor->axes == TENSOR_MOST_AXES)
            return problem_set(problem, "%s: tensor '%s': shape has more than %d axes", name,
                               tensor->name, TENSOR_MOST_AXES);
        if (!read_number(size, &tensor->shape[tensor->axes++]))
            return problem_set(problem, "%s: tensor '%s': shape holds what is not a size", name,
                               tensor->name);
    }
    return 0;
}

/* Bytes that type and shape say; false where they overflow or end within a byte. */
static int bytes_needed(const struct tensor *tensor, uint64_t *bytes)
{
    uint64_t bits = (uint64_t)number_bits(tensor->type);
    for (int i = 0; i < tensor->axes; i++) {
        const uint64_t size = (uint64_t)tensor->shape[i];
        if (size != 0 && bits > UINT64_MAX / size)
            return 0;
        bits *= size;
    }
    *bytes = bits / 8;
    return bits % 8 == 0;
}

static int read_extent(const char *name, const cJSON *offsets, const unsigned char *data,
                       size_t size, struct tensor *tensor, struct problem *problem)
{
    char shape[SHAPE_TEXT];
    int64_t begin = 0;
    int64_t end = 0;
    uint64_t needed = 0;
    if (!cJSON_IsArray(offsets) || cJSON_GetArraySize(offsets) != 2 ||
        !read_number(cJSON_GetArrayItem(offsets, 0), &begin) ||
        !read_number(cJSON_GetArrayItem(offsets, 1), &end) || begin > end)
        return problem_set(problem, "%s: tensor '%s': data_offsets is not a pair [begin, end]",
                           name, tensor->name);
    if ((uint64_t)end > size)
        return problem_set(problem,
                           "%s: tensor '%s': data_offsets end at %lld, the file holds %zu bytes "
                           "of data",
                           name, tensor->name, (long long)end, size);
    tensor->data = data + begin;
    tensor->bytes = (size_t)(end - begin);
    if (!bytes_needed(tensor, &needed))
        return problem_set(
            problem, "%s: tensor '%s': shape %s needs more bytes than can be, or parts of one",
            name, tensor->name, tensor_shape_text(tensor, shape, sizeof shape));
    if (needed != tensor->bytes)
        return problem_set(problem,
                           "%s: tensor '%s': data_offsets [%" PRId64 ", %" PRId64
                           "] hold %zu bytes, shape %s of %s needs %" PRIu64,
                           name, tensor->name, begin, end, tensor->bytes,
                           tensor_shape_text(tensor, shape, sizeof shape),
                           number_name(tensor->type), needed);
    return 0;
}

static int read_tensor(const char *name, const cJSON *entry, const unsigned char *data, size_t size,
                       struct tensor *tensor, struct problem *problem)
{
    if (!cJSON_IsObject(entry))
        return problem_set(problem, "%s: tensor '%s': not a JSON object", name, entry->string);
    tensor->name = malloc(strlen(entry->string) + 1);
    if (tensor->name == NULL)
        return problem_no_memory(problem, name);
    memcpy(tensor->name, entry->string, strlen(entry->string) + 1);
    const cJSON *type = NULL;
    const cJSON *shape = NULL;
    const cJSON *offsets = NULL;
    if (find_field(name, entry, "dtype", &type, problem) != 0 ||
        find_field(name, entry, "shape", &shape, problem) != 0 ||
        find_field(name, entry, "data_offsets", &offsets, problem) != 0 ||
        read_type(name, type, tensor, problem) != 0 ||
        read_shape(name, shape, tensor, problem) != 0)
        return -1;
    return read_extent(name, offsets, data, size, tensor, problem);
}

static int by_place(const void *left, const void *right)
{
    const struct tensor *const *a = left;
    const struct tensor *const *b = right;
    const unsigned char *from_a = (*a)->data;
    const unsigned char *from_b = (*b)->data;
    if (from_a != from_b)
        return from_a < from_b ? -1 : 1;
    return (*a)->bytes < (*b)->bytes ? -1 : (*a)->bytes > (*b)->bytes;
}

static int by_name(const void *left, const void *right)
{
    const struct tensor *const *a = left;
    const struct tensor *const *b = right;
    return strcmp((*a)->name, (*b)->name);
}

static int check_names(const char *name, const struct tensor **order, size_t count,
                       struct problem *problem)
{
    qsort(order, count, sizeof *order, by_name);
    for (size_t i = 1; i < count; i++)
        if (strcmp(order[i - 1]->name, order[i]->name) == 0)
            return problem_set(problem, "%s: two tensors are named '%s'", name, order[i]->name);
    return 0;
}

/* The format demands that the tensors cover the data: no byte twice, none left over. */
static int check_places(const char *name, const unsigned char *data, size_t size,
                        const struct tensor **order, size_t count, struct problem *problem)
{
    size_t covered = 0;
    qsort(order, count, sizeof *order, by_place);
    for (size_t i = 0; i < count; i++) {
        const size_t begin = (size_t)((const unsigned char *)order[i]->data - data);
        if (begin < covered)
            return problem_set(problem, "%s: tensors '%s' and '%s' overlap in their data_offsets",
                               name, order[i - 1]->name, order[i]->name);
        if (begin > covered)
            return problem_set(problem, "%s: bytes %zu to %zu before tensor '%s' are no tensor's",
                               name, covered, begin, order[i]->name);
        covered += order[i]->bytes;
    }
    if (covered != size)
        return problem_set(problem, "%s: %zu bytes after the last tensor", name, size - covered);
    return 0;
}

static int check_distinct(const char *name, const unsigned char *data, size_t size,
                          const struct safetensors *file, struct problem *problem)
{
    const size_t count = (size_t)file->count;
    const struct tensor **order = malloc((count + 1) * sizeof *order);
    if (order == NULL)
        return problem_no_memory(problem, name);
    for (size_t i = 0; i < count; i++)
        order[i] = &file->tensors[i];
    int result = check_names(name, order, count, problem);
    if (result == 0)
        result = check_places(name, data, size, order, count, problem);
    free(order);
    return result;
}

static int read_metadata(const char *name, const cJSON *entry, struct safetensors *file,
                         struct problem *problem)
{
    const cJSON *item = NULL;
    if (cJSON_IsNull(entry)) /* as mlx writes it: none */
        return 0;
    if (!cJSON_IsObject(entry))
        return problem_set(problem, "%s: __metadata__ is not one JSON object", name);
    file->metadata = calloc((size_t)cJSON_GetArraySize(entry) + 1, sizeof *file->metadata);
    if (file->metadata == NULL)
        return problem_no_memory(problem, name);
    cJSON_ArrayForEach(item, entry)
    {
        if (!cJSON_IsString(item))
            continue; /* the format has texts only; nothing here asks for others */
        struct metadata *added = &file->metadata[file->metadata_count++];
        added->key = strdup(item->string);
        added->value = strdup(item->valuestring);
        if (added->key == NULL || added->value == NULL)
            return problem_no_memory(problem, name);
    }
    return 0;
}

static int read_header(const char *name, const cJSON *header, const unsigned char *data,
                       size_t size, struct safetensors *file, struct problem *problem)
{
    const cJSON *entry = NULL;
    int metadata = 0;
    const int entries = cJSON_IsObject(header) ? cJSON_GetArraySize(header) : 0;
    if (entries < 1 || entries > MOST_TENSORS)
        return problem_set(problem, "%s: the header is not an object of 1 to %d tensors", name,
                           MOST_TENSORS);
    file->tensors = calloc((size_t)entries, sizeof *file->tensors);
    if (file->tensors == NULL)
        return problem_no_memory(problem, name);
    cJSON_ArrayForEach(entry, header)
    {
        if (strcmp(entry->string, "__metadata__") == 0) {
            if (metadata++ > 0)
                return problem_set(problem, "%s: __metadata__ stands there twice", name);
            if (read_metadata(name, entry, file, problem) != 0)
                return -1;
            continue;
        }
        struct tensor *tensor = &file->tensors[file->count++];
        if (read_tensor(name, entry, data, size, tensor, problem) != 0)
            return -1;
    }
    return check_distinct(name, data, size, file, problem);
}

/* The bytes of the header, and that it begins as the format demands. */
static int read_length(const char *name, const unsigned char *data, size_t size, uint64_t *length,
                       struct problem *problem)
{
    *length = 0;
    if (size < 8)
        return problem_set(problem, "%s: %zu bytes are too few for a safetensors file", name, size);
    for (int i = 0; i < 8; i++)
        *length |= (uint64_t)data[i] << (8 * i);
    if (*length > LARGEST_HEADER)
        return problem_set(problem,
                           "%s: not a safetensors file: its header would be %" PRIu64 " bytes",
                           name, *length);
    if (*length == 0 || (size > 8 && data[8] != '{'))
        return problem_set(problem, "%s: the safetensors header does not begin with '{'", name);
    return 0;
}

static int judge(const char *name, const unsigned char *head, size_t size, uint64_t *promised,
                 struct problem *problem)
{
    uint64_t length = 0;
    (void)promised;
    return foreign_refuse(name, head, size, problem) != 0
               ? -1
               : read_length(name, head, size, &length, problem);
}

int safetensors_parse(const char *name, const unsigned char *data, size_t size,
                      struct safetensors *file, struct problem *problem)
{
    uint64_t length = 0;
    memset(file, 0, sizeof *file);
    if (read_length(name, data, size, &length, problem) != 0)
        return -1;
    if (length > size - 8)
        return problem_set(problem,
                           "%s: not a safetensors file, or cut off: its header would be %" PRIu64
                           " bytes",
                           name, length);
    cJSON *header =
        json_read(name, "the safetensors header", (const char *)data + 8, (size_t)length, problem);
    if (header == NULL)
        return -1;
    const size_t start = 8 + (size_t)length;
    const int result = read_header(name, header, data + start, size - start, file, problem);
    cJSON_Delete(header);
    if (result != 0)
        safetensors_free(file);
    return result;
}

int safetensors_read(const char *path, struct safetensors *file, struct problem *problem)
{
    struct bytes bytes;
    if (file_read(path, LARGEST_FILE, judge, &bytes, problem) != 0)
        return -1;
    if (safetensors_parse(path, bytes.data, bytes.size, file, problem) != 0) {
        bytes_free(&bytes);
        return -1;
    }
    file->file = bytes;
    return 0;
}

void safetensors_free(struct safetensors *file)
{
    for (int i = 0; i < file->count; i++)
        free(file->tensors[i].name);
    for (int i = 0; i < file->metadata_count; i++) {
        free(file->metadata[i].key);
        free(file->metadata[i].value);
    }
    free(file->tensors);
    free(file->metadata);
    bytes_free(&file->file);
    for (int i = 0; i < file->shard_count; i++) {
        bytes_free(&file->shards[i]);
        free(file->shard_paths[i]);
    }
    free(file->shards);
    free(file->shard_paths);
    memset(file, 0, sizeof *file);
}

/* One entry of the header, its data from `begin` on. */
static int add_entry(cJSON *header, const struct tensor *tensor, size_t begin)
{
    cJSON *entry = cJSON_AddObjectToObject(header, tensor->name);
    cJSON *shape = NULL;
    const double offsets[2] = {(double)begin, (double)(begin + tensor->bytes)};
    int fine =
        entry != NULL && cJSON_AddStringToObject(entry, "dtype", number_name(tensor->type)) != NULL;
    if (fine)
        shape = cJSON_AddArrayToObject(entry, "shape");
    fine = fine && shape != NULL;
    for (int i = 0; fine && i < tensor->axes; i++)
        fine = cJSON_AddItemToArray(shape, cJSON_CreateNumber((double)tensor->shape[i]));
    cJSON *extent = fine ? cJSON_CreateDoubleArray(offsets, 2) : NULL;
    return extent != NULL && cJSON_AddItemToObject(entry, "data_offsets", extent);
}

/* The header as text, padded with spaces so that the data starts at a multiple of 8; from
 * malloc, or NULL. */
static char *write_header(const struct tensor *tensors, int count, size_t *length)
{
    cJSON *header = cJSON_CreateObject();
    size_t place = 0;
    int fine = header != NULL;
    for (int i = 0; fine && i < count; i++) {
        fine = add_entry(header, &tensors[i], place);
        place += tensors[i].bytes;
    }
    char *text = fine ? cJSON_PrintUnformatted(header) : NULL;
    char *padded = NULL;
    if (text != NULL) {
        *length = (strlen(text) + 7) / 8 * 8;
        padded = malloc(*length);
    }
    if (padded != NULL) {
        memset(padded, ' ', *length);
        memcpy(padded, text, strlen(text));
    }
    cJSON_free(text);
    cJSON_Delete(header);
    return padded;
}

int safetensors_write(const char *path, const struct tensor *tensors, int count,
                      struct problem *problem)
{
    size_t header = 0;
    size_t total = 0;
    char *text = write_header(tensors, count, &header);
    for (int i = 0; i < count; i++)
        total += tensors[i].bytes;
    unsigned char *bytes = text == NULL ? NULL : malloc(8 + header + total);
    if (bytes == NULL) {
        free(text);
        return problem_no_memory(problem, path);
    }
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)header >> (8 * i));
    memcpy(bytes + 8, text, header);
    unsigned char *place = bytes + 8 + header;
    for (int i = 0; i < count; i++) {
        memcpy(place, tensors[i].data, tensors[i].bytes);
        place += tensors[i].bytes;
    }
    const int result = file_write(path, bytes, 8 + header + total, NULL, 0, problem);
    free(text);
    free(bytes);
    return result;
}
