#define _XOPEN_SOURCE 700
#include "shards.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define LARGEST_INDEX ((size_t)100000000)
#define MOST_SHARDS 10000
#define MOST_METADATA 10000

static int ends_in(const char *text, const char *ending)
{
    const size_t length = strlen(text);
    return length >= strlen(ending) && strcmp(text + length - strlen(ending), ending) == 0;
}

/* "00002-of-00005": the digits behind "-of-"; 0 where there are none. */
static long shards_in_name(const char *path)
{
    const char *name = strrchr(path, '/');
    name = name == NULL ? path : name + 1;
    for (const char *at = name; (at = strstr(at, "-of-")) != NULL; at++)
        if (at > name && isdigit((unsigned char)at[-1]) && isdigit((unsigned char)at[4]))
            return strtol(at + 4, NULL, 10);
    return 0;
}

/* The path of a shard beside the index; from malloc. A name that leads elsewhere is refused. */
static char *path_of_shard(const char *index, const char *shard, struct problem *problem)
{
    if (strchr(shard, '/') != NULL || strchr(shard, '\\') != NULL ||
        !ends_in(shard, ".safetensors")) {
        problem_set(problem, "%s: '%.80s' is not the name of a safetensors file beside it", index,
                    shard);
        return NULL;
    }
    const char *slash = strrchr(index, '/');
    const size_t folder = slash == NULL ? 0 : (size_t)(slash - index) + 1;
    char *path = malloc(folder + strlen(shard) + 1);
    if (path == NULL) {
        problem_no_memory(problem, index);
        return NULL;
    }
    memcpy(path, index, folder);
    strcpy(path + folder, shard);
    return path;
}

/* A tensor of the index. */
struct place {
    const char *tensor;
    const char *shard;
};

static int by_shard(const void *left, const void *right)
{
    const struct place *a = left;
    const struct place *b = right;
    const int order = strcmp(a->shard, b->shard);
    return order != 0 ? order : strcmp(a->tensor, b->tensor);
}

/* All of the shard's tensors are in the index, and all that it says are in the shard. */
static int check_shard(const char *index, const struct place *places, int count,
                       const struct safetensors *shard, struct problem *problem)
{
    for (int i = 0; i < shard->count; i++) {
        const struct place wanted = {shard->tensors[i].name, places[0].shard};
        if (bsearch(&wanted, places, (size_t)count, sizeof *places, by_shard) == NULL)
            return problem_set(problem, "%s: tensor '%s' of %s is not in it", index, wanted.tensor,
                               wanted.shard);
    }
    return shard->count == count
               ? 0
               : problem_set(problem, "%s: %d tensors are said to be in %s, which has %d", index,
                             count, places[0].shard, shard->count);
}

/* What belongs to one shard becomes part of the whole. */
static void move_tensors(char *path, struct safetensors *shard, struct safetensors *file)
{
    memcpy(file->tensors + file->count, shard->tensors,
           (size_t)shard->count * sizeof *shard->tensors);
    file->count += shard->count;
    shard->count = 0;
    file->shards[file->shard_count] = shard->file;
    file->shard_paths[file->shard_count++] = path;
    memset(&shard->file, 0, sizeof shard->file);
}

/* Where a key stands, or belongs, in the metadata, which are sorted while shards are added. */
static int place_of_key(const struct safetensors *file, const char *key)
{
    int low = 0;
    int high = file->metadata_count;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (strcmp(file->metadata[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* One more pair of __metadata__, unless it is there; another value of the same key is refused. */
static int add_metadata(const char *index, const char *key, const char *value,
                        struct safetensors *file, struct problem *problem)
{
    const int place = place_of_key(file, key);
    struct metadata *at = &file->metadata[place];
    if (place < file->metadata_count && strcmp(at->key, key) == 0)
        return strcmp(at->value, value) == 0
                   ? 0
                   : problem_set(problem, "%s: the files do not agree on '%.80s' of their metadata",
                                 index, key);
    if (file->metadata_count == MOST_METADATA)
        return problem_set(problem, "%s: more than %d entries of metadata", index, MOST_METADATA);
    memmove(at + 1, at, (size_t)(file->metadata_count - place) * sizeof *at);
    file->metadata_count++;
    at->key = strdup(key);
    at->value = strdup(value);
    return at->key != NULL && at->value != NULL ? 0 : problem_no_memory(problem, index);
}

/* Those of a shard, and of the index itself ("metadata"): both may name shared tensors. */
static int add_all_metadata(const char *index, const struct safetensors *shard,
                            struct safetensors *file, struct problem *problem)
{
    int result = 0;
    for (int i = 0; result == 0 && i < shard->metadata_count; i++)
        result =
            add_metadata(index, shard->metadata[i].key, shard->metadata[i].value, file, problem);
    return result;
}

static int add_index_metadata(const char *index, const cJSON *json, struct safetensors *file,
                              struct problem *problem)
{
    const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(json, "metadata");
    const cJSON *item = NULL;
    int result = 0;
    cJSON_ArrayForEach(item, metadata)
    {
        if (result == 0 && cJSON_IsString(item) && item->string != NULL)
            result = add_metadata(index, item->string, item->valuestring, file, problem);
    }
    return result;
}

/* The shard of places[0 .. count - 1]. */
static int read_shard(const char *index, const struct place *places, int count,
                      struct safetensors *file, struct problem *problem)
{
    struct safetensors shard;
    char *path = path_of_shard(index, places[0].shard, problem);
    if (path == NULL)
        return -1;
    if (safetensors_read(path, &shard, problem) != 0) {
        free(path);
        return -1;
    }
    int result = check_shard(index, places, count, &shard, problem);
    if (result == 0)
        result = add_all_metadata(index, &shard, file, problem);
    if (result == 0)
        move_tensors(path, &shard, file);
    else
        free(path);
    safetensors_free(&shard);
    return result;
}

static int read_shards(const char *index, struct place *places, int count, struct safetensors *file,
                       struct problem *problem)
{
    qsort(places, (size_t)count, sizeof *places, by_shard);
    for (int i = 1; i < count; i++)
        if (by_shard(&places[i - 1], &places[i]) == 0)
            return problem_set(problem, "%s: tensor '%s' stands there twice", index,
                               places[i].tensor);
    for (int first = 0; first < count;) {
        int end = first + 1;
        while (end < count && strcmp(places[end].shard, places[first].shard) == 0)
            end++;
        if (file->shard_count == MOST_SHARDS)
            return problem_set(problem, "%s: more than %d shards", index, MOST_SHARDS);
        if (read_shard(index, places + first, end - first, file, problem) != 0)
            return -1;
        first = end;
    }
    return 0;
}

static int read_places(const char *index, const cJSON *map, struct place *places,
                       struct problem *problem)
{
    const cJSON *item = NULL;
    int count = 0;
    cJSON_ArrayForEach(item, map)
    {
        if (!cJSON_IsString(item))
            return problem_set(problem, "%s: weight_map: '%.80s' is not the name of a file", index,
                               item->string);
        places[count].tensor = item->string;
        places[count++].shard = item->valuestring;
    }
    return 0;
}

static int read_map(const char *index, const cJSON *json, struct safetensors *file,
                    struct problem *problem)
{
    const cJSON *map = cJSON_GetObjectItemCaseSensitive(json, "weight_map");
    const int count = cJSON_IsObject(map) ? cJSON_GetArraySize(map) : 0;
    if (count < 1)
        return problem_set(problem, "%s: no weight_map that lists tensors", index);
    struct place *places = calloc((size_t)count, sizeof *places);
    file->tensors = calloc((size_t)count, sizeof *file->tensors);
    file->shards = calloc(MOST_SHARDS, sizeof *file->shards);
    file->shard_paths = calloc(MOST_SHARDS, sizeof *file->shard_paths);
    file->metadata = calloc(MOST_METADATA, sizeof *file->metadata);
    int result = -1;
    if (places == NULL || file->tensors == NULL || file->shards == NULL ||
        file->shard_paths == NULL || file->metadata == NULL)
        problem_no_memory(problem, index);
    else if (add_index_metadata(index, json, file, problem) == 0 &&
             read_places(index, map, places, problem) == 0)
        result = read_shards(index, places, count, file, problem);
    free(places);
    if (result != 0)
        safetensors_free(file);
    return result;
}

int shards_parse(const char *path, const unsigned char *text, size_t size, struct safetensors *file,
                 struct problem *problem)
{
    memset(file, 0, sizeof *file);
    cJSON *json = json_read(path, "the index", (const char *)text, size, problem);
    const int result = json == NULL ? -1 : read_map(path, json, file, problem);
    cJSON_Delete(json);
    return result;
}

static int read_index(const char *path, struct safetensors *file, struct problem *problem)
{
    struct bytes text;
    if (file_read(path, LARGEST_INDEX, NULL, &text, problem) != 0)
        return -1;
    const int result = shards_parse(path, text.data, text.size, file, problem);
    bytes_free(&text);
    return result;
}

int weights_read(const char *path, struct safetensors *file, struct problem *problem)
{
    if (ends_in(path, ".json"))
        return read_index(path, file, problem);
    if (ends_in(path, ".safetensors") && shards_in_name(path) > 1)
        return problem_set(problem,
                           "%s: one shard of %ld: give the index of all of them "
                           "(*.safetensors.index.json)",
                           path, shards_in_name(path));
    return safetensors_read(path, file, problem);
}
