#define _XOPEN_SOURCE 700
#include "file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define FIRST_CAPACITY ((size_t)65536)

void bytes_free(struct bytes *bytes)
{
    if (bytes->is_mapped)
        munmap(bytes->data, bytes->size);
    else
        free(bytes->data);
    memset(bytes, 0, sizeof *bytes);
}

/* Whether it is a plain file (not a device, a pipe, a folder), and its size. */
static int is_plain(FILE *stream, size_t *size)
{
    struct stat status;
    if (fstat(fileno(stream), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size < 0)
        return 0;
    *size = (size_t)status.st_size;
    return 1;
}

int bytes_grow(const char *name, struct bytes *bytes, size_t *capacity, size_t limit,
               struct problem *problem)
{
    size_t larger = *capacity == 0 ? FIRST_CAPACITY : *capacity * 2;
    if (larger > limit)
        larger = limit + 1;
    if (larger <= *capacity)
        return problem_set(problem, "%s: more than %zu bytes", name, limit);
    unsigned char *data = realloc(bytes->data, larger);
    if (data == NULL)
        return problem_no_memory(problem, name);
    bytes->data = data;
    *capacity = larger;
    return 0;
}

/* What the format says to the beginning of a file, the whole of which has `known` bytes (0: not
 * known yet). */
static int judge_head(const char *path, size_t known, size_t limit, file_judge *judge,
                      const unsigned char *head, size_t size, struct problem *problem)
{
    uint64_t promised = 0;
    if (judge == NULL)
        return 0;
    if (judge(path, head, size, &promised, problem) != 0)
        return -1;
    if (promised > limit)
        return problem_set(problem, "%s: its header promises more than %zu bytes", path, limit);
    /* The parsers have better words for small files. */
    if (known > FILE_HEAD && promised > 0 && promised != known)
        return problem_set(problem, "%s: its header promises %llu bytes, there are %zu", path,
                           (unsigned long long)promised, known);
    return 0;
}

/* Read on until there are `enough` bytes or no more. */
static int read_until(FILE *stream, const char *path, size_t enough, size_t limit, size_t *capacity,
                      struct bytes *bytes, struct problem *problem)
{
    while (bytes->size < enough && !feof(stream)) {
        if (bytes->size == *capacity && bytes_grow(path, bytes, capacity, limit, problem) != 0)
            return -1;
        const size_t end = *capacity < enough ? *capacity : enough;
        bytes->size += fread(bytes->data + bytes->size, 1, end - bytes->size, stream);
        if (ferror(stream))
            return problem_set(problem, "%s: cannot be read: %s", path, strerror(errno));
    }
    return 0;
}

/* What has no size beforehand: a pipe, a device. */
static int read_all(FILE *stream, const char *path, size_t limit, file_judge *judge,
                    struct bytes *bytes, struct problem *problem)
{
    size_t capacity = 0;
    if (read_until(stream, path, FILE_HEAD, limit, &capacity, bytes, problem) != 0 ||
        judge_head(path, 0, limit, judge, bytes->data, bytes->size, problem) != 0 ||
        read_until(stream, path, SIZE_MAX, limit, &capacity, bytes, problem) != 0)
        return -1;
    if (bytes->size > limit)
        return problem_set(problem, "%s: more than %zu bytes", path, limit);
    return 0;
}

/* A plain file is mapped instead of copied, for this process alone: what is changed in memory
 * does not reach the file. False where that does not go: an empty file, a file system without. */
static int map_all(FILE *stream, size_t size, struct bytes *bytes)
{
    void *data = size == 0
                     ? MAP_FAILED
                     : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fileno(stream), 0);
    if (data == MAP_FAILED)
        return 0;
    bytes->data = data;
    bytes->size = size;
    bytes->is_mapped = 1;
    return 1;
}

static int take_all(FILE *stream, const char *path, size_t limit, file_judge *judge,
                    struct bytes *bytes, struct problem *problem)
{
    size_t known = 0;
    const int plain = stream != stdin && is_plain(stream, &known);
    if (plain && known > limit)
        return problem_set(problem, "%s: more than %zu bytes", path, limit);
    if (!plain || !map_all(stream, known, bytes))
        return read_all(stream, path, limit, judge, bytes, problem);
    const size_t head = known < FILE_HEAD ? known : FILE_HEAD;
    return judge_head(path, known, limit, judge, bytes->data, head, problem);
}

int file_read(const char *path, size_t limit, file_judge *judge, struct bytes *bytes,
              struct problem *problem)
{
    memset(bytes, 0, sizeof *bytes);
    FILE *stream = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (stream == NULL)
        return problem_set(problem, "%s: cannot be opened: %s", path, strerror(errno));
    const int result = take_all(stream, path, limit, judge, bytes, problem);
    if (stream != stdin)
        fclose(stream);
    if (result != 0)
        bytes_free(bytes);
    return result;
}
