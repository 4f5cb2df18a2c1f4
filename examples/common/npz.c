#define _XOPEN_SOURCE 700
#include "npz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>

#include "npy.h"

/* Names of a message. */
#define NAMES_TEXT 200

int is_zip(const unsigned char *data, size_t size)
{
    return size >= 4 && memcmp(data, "PK\x03\x04", 4) == 0;
}

const char *npz_split(const char *path, size_t *length)
{
    static const char ending[] = ".npz:";
    struct stat status;
    const char *place = NULL;
    *length = strlen(path);
    if (stat(path, &status) == 0)
        return NULL;
    for (const char *at = path; (at = strstr(at, ending)) != NULL; at++)
        place = at;
    if (place == NULL)
        return NULL;
    *length = (size_t)(place - path) + strlen(ending) - 1;
    return place + strlen(ending);
}

/* The length of a member's name without ".npy"; 0 if it ends otherwise. */
static size_t array_name(const char *member)
{
    const size_t length = strlen(member);
    return length > 4 && strcmp(member + length - 4, ".npy") == 0 ? length - 4 : 0;
}

/* The arrays of an archive, for a message. */
static const char *list_arrays(zip_t *archive, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); i++) {
        const char *member = zip_get_name(archive, (zip_uint64_t)i, ZIP_FL_ENC_RAW);
        const size_t length = member == NULL ? 0 : array_name(member);
        if (length > 0 && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%.*s", used > 0 ? ", " : "",
                                     (int)length, member);
    }
    return text;
}

/* The member that is meant; -1 with the problem. */
static zip_int64_t choose(const char *path, const char *array, zip_t *archive,
                          struct problem *problem)
{
    char names[NAMES_TEXT];
    zip_int64_t chosen = -1;
    int count = 0;
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); i++) {
        const char *member = zip_get_name(archive, (zip_uint64_t)i, ZIP_FL_ENC_RAW);
        const size_t length = member == NULL ? 0 : array_name(member);
        if (length == 0 ||
            (array != NULL && (strlen(array) != length || memcmp(array, member, length) != 0)))
            continue;
        chosen = i;
        count++;
    }
    if (count == 1)
        return chosen;
    list_arrays(archive, names, sizeof names);
    if (array != NULL)
        problem_set(problem, "%s: %s array '%s'; it has %s", path,
                    count == 0 ? "no" : "more than one", array, names);
    else if (count == 0)
        problem_set(problem, "%s: an archive without an array (NAME.npy)", path);
    else
        problem_set(problem, "%s: %d arrays (%s): take one as FILE.npz:NAME", path, count, names);
    return -1;
}

/* The first `size` bytes of a member, or fewer where it is shorter. */
static int read_member(const char *path, zip_file_t *member, size_t size, unsigned char *data,
                       size_t *read, struct problem *problem)
{
    *read = 0;
    while (*read < size) {
        const zip_int64_t part = zip_fread(member, data + *read, size - *read);
        if (part < 0)
            return problem_set(problem, "%s: the archive is damaged: %s", path,
                               zip_file_strerror(member));
        if (part == 0)
            break;
        *read += (size_t)part;
    }
    return 0;
}

/* `size` is what the archive promises; that is judged by the array's own header before memory is
 * taken for it. */
static int read_array(const char *path, zip_file_t *member, size_t size, struct bytes *out,
                      struct problem *problem)
{
    const size_t head = size < FILE_HEAD ? size : FILE_HEAD;
    size_t read = 0;
    uint64_t promised = 0;
    unsigned char end = 0;
    out->data = malloc(head + 1);
    if (out->data == NULL)
        return problem_no_memory(problem, path);
    if (read_member(path, member, head, out->data, &read, problem) != 0 ||
        npy_judge(path, out->data, read, &promised, problem) != 0)
        return -1;
    if (read < head || promised != size)
        return problem_set(problem, "%s: the array's header promises %llu bytes, there are %zu",
                           path, (unsigned long long)promised, read < head ? read : size);
    unsigned char *whole = realloc(out->data, size);
    if (whole == NULL)
        return problem_no_memory(problem, path);
    out->data = whole;
    if (read_member(path, member, size - head, out->data + head, &read, problem) != 0)
        return -1;
    out->size = head + read;
    if (out->size < size)
        return problem_set(problem, "%s: the archive is cut off", path);
    /* Only at its end is the sum over the member checked. */
    return read_member(path, member, 1, &end, &read, problem);
}

static int extract(const char *path, const char *array, size_t limit, zip_t *archive,
                   struct bytes *out, struct problem *problem)
{
    zip_stat_t status;
    const zip_int64_t index = choose(path, array, archive, problem);
    if (index < 0)
        return -1;
    if (zip_stat_index(archive, (zip_uint64_t)index, 0, &status) != 0 ||
        (status.valid & ZIP_STAT_SIZE) == 0)
        return problem_set(problem, "%s: the archive does not say how large its array is", path);
    if (status.size > limit)
        return problem_set(problem, "%s: expands to more than %zu bytes", path, limit);
    zip_file_t *member = zip_fopen_index(archive, (zip_uint64_t)index, 0);
    if (member == NULL)
        return problem_set(problem, "%s: the array cannot be read: %s", path,
                           zip_strerror(archive));
    const int result = read_array(path, member, (size_t)status.size, out, problem);
    zip_fclose(member);
    return result;
}

int npz_extract(const char *path, const char *array, size_t limit, struct bytes *bytes,
                struct problem *problem)
{
    zip_error_t error;
    struct bytes out = {NULL, 0, 0};
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes->data, bytes->size, 0, &error);
    zip_t *archive = source == NULL ? NULL : zip_open_from_source(source, ZIP_RDONLY, &error);
    if (archive == NULL) {
        zip_source_free(source);
        problem_set(problem, "%s: not a zip archive: %s", path, zip_error_strerror(&error));
        zip_error_fini(&error);
        return -1;
    }
    const int result = extract(path, array, limit, archive, &out, problem);
    zip_discard(archive);
    if (result != 0) {
        bytes_free(&out);
        return -1;
    }
    bytes_free(bytes);
    *bytes = out;
    return 0;
}
