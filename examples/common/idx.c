#include "idx.h"

#include <string.h>

/* Larger than any data set in this format by far, small enough for any machine. */
#define LARGEST_FILE ((size_t)1 << 32)
#define LARGEST_SIDE 65536

/* Magic numbers: two zeros, 8 for unsigned bytes, the number of axes. */
#define IMAGES_MAGIC 0x00000803U
#define LABELS_MAGIC 0x00000801U

static uint32_t big_endian(const unsigned char *data)
{
    return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
}

static int check_magic(const char *name, const unsigned char *data, size_t size, uint32_t magic,
                       size_t header, struct problem *problem)
{
    if (size < 4)
        return problem_set(problem, "%s: %zu bytes are too few for an IDX file", name, size);
    if (big_endian(data) != magic)
        return problem_set(problem, "%s: magic number 0x%08x, an IDX file of %s has 0x%08x", name,
                           (unsigned)big_endian(data), magic == IMAGES_MAGIC ? "images" : "labels",
                           (unsigned)magic);
    if (size < header)
        return problem_set(problem, "%s: the IDX header is cut off after %zu of %zu bytes", name,
                           size, header);
    return 0;
}

static int check_size(const char *name, size_t size, size_t header, uint64_t values,
                      struct problem *problem)
{
    if ((uint64_t)(size - header) != values)
        return problem_set(problem, "%s: the IDX header promises %llu bytes of data, there are %zu",
                           name, (unsigned long long)values, size - header);
    return 0;
}

int idx_parse_images(const char *name, const unsigned char *data, size_t size,
                     struct idx_images *images, struct problem *problem)
{
    memset(images, 0, sizeof *images);
    if (check_magic(name, data, size, IMAGES_MAGIC, 16, problem) != 0)
        return -1;
    const uint32_t count = big_endian(data + 4);
    const uint32_t rows = big_endian(data + 8);
    const uint32_t columns = big_endian(data + 12);
    if (count == 0 || rows == 0 || columns == 0)
        return problem_set(problem, "%s: no images: %u of %u x %u", name, (unsigned)count,
                           (unsigned)rows, (unsigned)columns);
    if (rows > LARGEST_SIDE || columns > LARGEST_SIDE ||
        (uint64_t)rows * columns > UINT64_MAX / count)
        return problem_set(problem, "%s: images of %u x %u pixels are too large", name,
                           (unsigned)rows, (unsigned)columns);
    if (check_size(name, size, 16, (uint64_t)count * ((uint64_t)rows * columns), problem) != 0)
        return -1;
    images->count = count;
    images->rows = rows;
    images->columns = columns;
    images->pixels = data + 16;
    return 0;
}

int idx_parse_labels(const char *name, const unsigned char *data, size_t size,
                     struct idx_labels *labels, struct problem *problem)
{
    memset(labels, 0, sizeof *labels);
    if (check_magic(name, data, size, LABELS_MAGIC, 8, problem) != 0)
        return -1;
    const uint32_t count = big_endian(data + 4);
    if (count == 0)
        return problem_set(problem, "%s: no labels", name);
    if (check_size(name, size, 8, count, problem) != 0)
        return -1;
    labels->count = count;
    labels->labels = data + 8;
    return 0;
}

static int read_expanded(const char *path, struct bytes *file, struct problem *problem)
{
    if (file_read(path, LARGEST_FILE, file, problem) != 0)
        return -1;
    if (gzip_expand(path, LARGEST_FILE, file, problem) == 0)
        return 0;
    bytes_free(file);
    return -1;
}

int idx_read_images(const char *path, struct idx_images *images, struct problem *problem)
{
    struct bytes file;
    if (read_expanded(path, &file, problem) != 0)
        return -1;
    if (idx_parse_images(path, file.data, file.size, images, problem) != 0) {
        bytes_free(&file);
        return -1;
    }
    images->file = file;
    return 0;
}

int idx_read_labels(const char *path, struct idx_labels *labels, struct problem *problem)
{
    struct bytes file;
    if (read_expanded(path, &file, problem) != 0)
        return -1;
    if (idx_parse_labels(path, file.data, file.size, labels, problem) != 0) {
        bytes_free(&file);
        return -1;
    }
    labels->file = file;
    return 0;
}

void idx_free_images(struct idx_images *images)
{
    bytes_free(&images->file);
}

void idx_free_labels(struct idx_labels *labels)
{
    bytes_free(&labels->file);
}
