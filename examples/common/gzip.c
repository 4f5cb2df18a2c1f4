#include "gzip.h"

#include <stdint.h>
#include <string.h>
#include <zlib.h>

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

/* Whether nothing but zeros is left, with which tapes and disks fill up: gzip passes over them. */
static int skip_zeros(const z_stream *stream)
{
    uInt at = 0;
    while (at < stream->avail_in && stream->next_in[at] == 0)
        at++;
    return at == stream->avail_in;
}

static int inflate_all(z_stream *stream, const char *name, size_t limit, file_judge *judge,
                       struct bytes *out, struct problem *problem)
{
    size_t capacity = 0;
    int code = Z_OK;
    while (code != Z_STREAM_END) {
        if (out->size == capacity && bytes_grow(name, out, &capacity, limit, problem) != 0)
            return -1;
        const size_t room = capacity - out->size;
        stream->next_out = out->data + out->size;
        stream->avail_out = room > UINT32_MAX ? UINT32_MAX : (uInt)room;
        const uInt offered = stream->avail_out;
        code = inflate(stream, Z_NO_FLUSH);
        out->size += offered - stream->avail_out;
        if (judge_expanded(name, &judge, out, &limit, problem) != 0)
            return -1;
        if (code == Z_STREAM_END && stream->avail_in > 0 && !skip_zeros(stream))
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
    struct bytes expanded = {NULL, 0, 0};
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
