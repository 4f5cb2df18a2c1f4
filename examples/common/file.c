#define _XOPEN_SOURCE 700
#include "file.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define FIRST_CAPACITY ((size_t)65536)

void bytes_free(struct bytes *bytes)
{
    free(bytes->data);
    bytes->data = NULL;
    bytes->size = 0;
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

/* Room for more, up to one byte beyond `limit`. */
static int grow(const char *name, struct bytes *bytes, size_t *capacity, size_t limit,
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

/* The beginning of a file, the whole of which has `known` bytes (0: not known yet). */
static int judge_head(const char *path, size_t known, size_t limit, file_judge *judge,
                      const struct bytes *bytes, struct problem *problem)
{
    uint64_t promised = 0;
    if (judge == NULL)
        return 0;
    if (judge(path, bytes->data, bytes->size, &promised, problem) != 0)
        return -1;
    if (is_gzip(bytes->data, bytes->size) && known > UINT32_MAX)
        return problem_set(problem, "%s: more than 4 GiB of gzip data", path);
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
        if (bytes->size == *capacity && grow(path, bytes, capacity, limit, problem) != 0)
            return -1;
        const size_t end = *capacity < enough ? *capacity : enough;
        bytes->size += fread(bytes->data + bytes->size, 1, end - bytes->size, stream);
        if (ferror(stream))
            return problem_set(problem, "%s: cannot be read: %s", path, strerror(errno));
    }
    return 0;
}

static int read_all(FILE *stream, const char *path, size_t limit, file_judge *judge,
                    struct bytes *bytes, struct problem *problem)
{
    size_t capacity = 0;
    size_t known = 0;
    const int plain = is_plain(stream, &known);
    if (plain && known > limit)
        return problem_set(problem, "%s: more than %zu bytes", path, limit);
    if (read_until(stream, path, FILE_HEAD, limit, &capacity, bytes, problem) != 0 ||
        judge_head(path, known, limit, judge, bytes, problem) != 0)
        return -1;
    /* One byte more than a plain file has, to see its end. */
    unsigned char *whole = plain && known >= capacity ? realloc(bytes->data, known + 1) : NULL;
    if (whole != NULL) {
        bytes->data = whole;
        capacity = known + 1;
    }
    if (read_until(stream, path, SIZE_MAX, limit, &capacity, bytes, problem) != 0)
        return -1;
    if (bytes->size > limit)
        return problem_set(problem, "%s: more than %zu bytes", path, limit);
    return 0;
}

int file_read(const char *path, size_t limit, file_judge *judge, struct bytes *bytes,
              struct problem *problem)
{
    const struct bytes none = {NULL, 0};
    *bytes = none;
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        return problem_set(problem, "%s: cannot be opened: %s", path, strerror(errno));
    int result = read_all(stream, path, limit, judge, bytes, problem);
    fclose(stream);
    if (result != 0)
        bytes_free(bytes);
    return result;
}

int is_gzip(const unsigned char *data, size_t size)
{
    return size >= 2 && data[0] == 0x1f && data[1] == 0x8b;
}

/* Once the beginning is there, and once only: it may lower the limit to what is promised. */
static int judge_expanded(const char *name, file_judge **judge, const struct bytes *out,
                          size_t *limit, struct problem *problem)
{
    uint64_t promised = 0;
    if (*judge == NULL || out->size < FILE_HEAD)
        return 0;
    if ((*judge)(name, out->data, out->size, &promised, problem) != 0)
        return -1;
    *judge = NULL;
    if (promised > *limit)
        return problem_set(problem, "%s: its header promises more than %zu bytes", name, *limit);
    if (promised > 0)
        *limit = (size_t)promised;
    return 0;
}

static int inflate_all(z_stream *stream, const char *name, size_t limit, file_judge *judge,
                       struct bytes *out, struct problem *problem)
{
    size_t capacity = 0;
    int code = Z_OK;
    while (code != Z_STREAM_END) {
        if (out->size == capacity && grow(name, out, &capacity, limit, problem) != 0)
            return -1;
        const size_t room = capacity - out->size;
        stream->next_out = out->data + out->size;
        stream->avail_out = room > UINT32_MAX ? UINT32_MAX : (uInt)room;
        const uInt offered = stream->avail_out;
        code = inflate(stream, Z_NO_FLUSH);
        out->size += offered - stream->avail_out;
        if (judge_expanded(name, &judge, out, &limit, problem) != 0)
            return -1;
        if (code == Z_STREAM_END && stream->avail_in > 0)
            code = inflateReset(stream); /* gzip files may stand one behind the other */
        else if (code != Z_OK && code != Z_STREAM_END)
            return problem_set(problem, "%s: the gzip data is damaged or cut off", name);
    }
    if (out->size > limit)
        return problem_set(problem, "%s: expands to more than %zu bytes", name, limit);
    return 0;
}

int gzip_expand(const char *name, size_t limit, file_judge *judge, struct bytes *bytes,
                struct problem *problem)
{
    if (!is_gzip(bytes->data, bytes->size))
        return 0;
    if (bytes->size > UINT32_MAX)
        return problem_set(problem, "%s: more than 4 GiB of gzip data", name);
    struct bytes expanded = {NULL, 0};
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    if (inflateInit2(&stream, 15 + 16) != Z_OK) /* largest window, gzip header */
        return problem_no_memory(problem, name);
    stream.next_in = bytes->data;
    stream.avail_in = (uInt)bytes->size;
    const int result = inflate_all(&stream, name, limit, judge, &expanded, problem);
    inflateEnd(&stream);
    if (result != 0) {
        bytes_free(&expanded);
        return result;
    }
    bytes_free(bytes);
    *bytes = expanded;
    return 0;
}

/* A new file in the folder of `path`, where what belongs there is put together; *name, from
 * malloc, is to be freed. NULL with errno if it cannot be. */
static FILE *open_beside(const char *path, char **name)
{
    const char *slash = strrchr(path, '/');
    const int folder = slash == NULL ? 0 : (int)(slash - path) + 1;
    const size_t size = (size_t)folder + 48;
    FILE *stream = NULL;
    *name = malloc(size);
    for (int i = 0; *name != NULL && stream == NULL && i < 100; i++) {
        snprintf(*name, size, "%.*s.part-%ld-%d", folder, path, (long)getpid(), i);
        stream = fopen(*name, "wbx");
        if (stream == NULL && errno != EEXIST)
            break;
    }
    if (stream == NULL) {
        free(*name);
        *name = NULL;
    }
    return stream;
}

/* The file itself where `path` is a link to it; from malloc, NULL with errno. */
static char *follow_links(const char *path)
{
    char *target = realpath(path, NULL);
    return target == NULL && errno == ENOENT ? strdup(path) : target;
}

/* 0 or errno. */
static int try_beside(const char *path)
{
    char *part = NULL;
    char *target = follow_links(path);
    FILE *stream = target == NULL ? NULL : open_beside(target, &part);
    const int reason = stream == NULL ? errno : 0;
    if (stream != NULL) {
        fclose(stream);
        remove(part);
    }
    free(part);
    free(target);
    return reason;
}

int file_check_writable(const char *path, struct problem *problem)
{
    struct stat status;
    struct stat link;
    const int is_new = stat(path, &status) != 0;
    if (is_new && lstat(path, &link) == 0)
        return problem_set(problem, "%s: cannot be written: a link to no file", path);
    if (!is_new && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
        return 0; /* opening a pipe is felt at its other end */
    FILE *stream = fopen(path, "ab");
    int reason = stream == NULL ? errno : 0;
    if (stream != NULL) {
        fclose(stream);
        if (is_new)
            remove(path);
        reason = try_beside(path);
    }
    return reason == 0 ? 0
                       : problem_set(problem, "%s: cannot be written: %s", path, strerror(reason));
}

static int is_same_place(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* The name at the end of a path, and the folder that it is in; NULL if there is none. */
static const char *split_path(const char *path, struct stat *folder)
{
    const char *slash = strrchr(path, '/');
    char *name = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    const int found = name != NULL && stat(name, folder) == 0;
    free(name);
    if (!found)
        return NULL;
    return slash == NULL ? path : slash + 1;
}

int file_is_same(const char *path, const char *other)
{
    struct stat a;
    struct stat b;
    const int exists = stat(path, &a) == 0;
    if (exists != (stat(other, &b) == 0))
        return 0;
    if (exists)
        return is_same_place(&a, &b);
    const char *name = split_path(path, &a);
    const char *other_name = split_path(other, &b);
    return name != NULL && other_name != NULL && strcmp(name, other_name) == 0 &&
           is_same_place(&a, &b);
}

/* Write all of it and close; 0 or errno. */
static int write_and_close(FILE *stream, const void *head, size_t head_size, const void *body,
                           size_t body_size)
{
    int reason = 0;
    if (fwrite(head, 1, head_size, stream) != head_size ||
        (body_size > 0 && fwrite(body, 1, body_size, stream) != body_size))
        reason = errno;
    if (fclose(stream) != 0 && reason == 0)
        reason = errno;
    return reason;
}

static int write_failed(const char *path, int reason, int opened, struct problem *problem)
{
    (void)problem_set(problem, "%s: cannot be written: %s", path, strerror(reason));
    problem->ran_out = opened;
    return -1;
}

int file_write(const char *path, const void *head, size_t head_size, const void *body,
               size_t body_size, struct problem *problem)
{
    struct stat status;
    const int exists = stat(path, &status) == 0;
    const int in_place = exists && !S_ISREG(status.st_mode); /* a pipe or a device */
    char *part = NULL;
    char *target = in_place ? NULL : follow_links(path);
    FILE *stream = NULL;
    if (in_place)
        stream = fopen(path, "wb");
    else if (target != NULL)
        stream = open_beside(target, &part);
    int reason = stream == NULL ? errno : 0;
    if (stream != NULL)
        reason = write_and_close(stream, head, head_size, body, body_size);
    if (reason == 0 && part != NULL) {
        if (exists)
            (void)chmod(part, status.st_mode & 07777); /* as it was, where that is allowed */
        reason = rename(part, target) == 0 ? 0 : errno;
    }
    if (reason != 0 && part != NULL)
        remove(part);
    free(part);
    free(target);
    return reason == 0 ? 0 : write_failed(path, reason, stream != NULL, problem);
}
