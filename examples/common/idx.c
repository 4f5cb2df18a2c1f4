#include "idx.h"

#include <string.h>

#include "gzip.h"

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

/* Sizes out of a header, and the bytes of the whole file that they promise. */
static int read_images_header(const char *name, const unsigned char *data, size_t size,
                              struct idx_images *images, uint64_t *promised,
                              struct problem *problem)
{
    if (check_magic(name, data, size, IMAGES_MAGIC, 16, problem) != 0)
        return -1;
    const uint32_t count = big_endian(data + 4);
    const uint32_t rows = big_endian(data + 8);
    const uint32_t columns = big_endian(data + 12);
    if (count == 0 || rows == 0 || columns == 0)
        return problem_set(problem, "%s: no images: %u of %u x %u", name, (unsigned)count,
                           (unsigned)rows, (unsigned)columns);
    if (rows > LARGEST_SIDE || columns > LARGEST_SIDE ||
        (uint64_t)rows * columns > (UINT64_MAX - 16) / count)
        return problem_set(problem, "%s: images of %u x %u pixels are too large", name,
                           (unsigned)rows, (unsigned)columns);
    images->count = count;
    images->rows = rows;
    images->columns = columns;
    *promised = 16 + (uint64_t)count * ((uint64_t)rows * columns);
    return 0;
}

static int read_labels_header(const char *name, const unsigned char *data, size_t size,
                              struct idx_labels *labels, uint64_t *promised,
                              struct problem *problem)
{
    if (check_magic(name, data, size, LABELS_MAGIC, 8, problem) != 0)
        return -1;
    labels->count = big_endian(data + 4);
    *promised = 8 + (uint64_t)labels->count;
    return labels->count > 0 ? 0 : problem_set(problem, "%s: no labels", name);
}

int idx_judge_images(const char *name, const unsigned char *head, size_t size, uint64_t *promised,
                     struct problem *problem)
{
    struct idx_images images;
    return read_images_header(name, head, size, &images, promised, problem);
}

static int judge_labels(const char *name, const unsigned char *head, size_t size,
                        uint64_t *promised, struct problem *problem)
{
    struct idx_labels labels;
    return read_labels_header(name, head, size, &labels, promised, problem);
}

int idx_parse_images(const char *name, const unsigned char *data, size_t size,
                     struct idx_images *images, struct problem *problem)
{
    uint64_t promised = 0;
    memset(images, 0, sizeof *images);
    if (read_images_header(name, data, size, images, &promised, problem) != 0 ||
        check_size(name, size, 16, promised - 16, problem) != 0)
        return -1;
    images->pixels = data + 16;
    return 0;
}

int idx_parse_labels(const char *name, const unsigned char *data, size_t size,
                     struct idx_labels *labels, struct problem *problem)
{
    uint64_t promised = 0;
    memset(labels, 0, sizeof *labels);
    if (read_labels_header(name, data, size, labels, &promised, problem) != 0 ||
        check_size(name, size, 8, promised - 8, problem) != 0)
        return -1;
    labels->labels = data + 8;
    return 0;
}

static int judge_images_file(const char *name, const unsigned char *head, size_t size,
                             uint64_t *promised, struct problem *problem)
{
    return is_gzip(head, size) ? 0 : idx_judge_images(name, head, size, promised, problem);
}

static int judge_labels_file(const char *name, const unsigned char *head, size_t size,
                             uint64_t *promised, struct problem *problem)
{
    return is_gzip(head, size) ? 0 : judge_labels(name, head, size, promised, problem);
}

static int read_expanded(const char *path, file_judge *judge, file_judge *judge_contents,
                         struct bytes *file, struct problem *problem)
{
    if (file_read(path, LARGEST_FILE, judge, file, problem) != 0)
        return -1;
    if (gzip_expand(path, LARGEST_FILE, judge_contents, file, problem) == 0)
        return 0;
    bytes_free(file);
    return -1;
}

int idx_read_images(const char *path, struct idx_images *images, struct problem *problem)
{
    struct bytes file;
    if (read_expanded(path, judge_images_file, idx_judge_images, &file, problem) != 0)
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
    if (read_expanded(path, judge_labels_file, judge_labels, &file, problem) != 0)
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
