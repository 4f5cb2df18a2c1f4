#include "idx_array.h"

#include <string.h>

#define MOST_AXES 4

/* The third byte of the file. */
static const struct {
    unsigned char code;
    enum number_type type;
} codes[] = {
    {0x08, NUMBER_U8},  {0x09, NUMBER_I8},  {0x0b, NUMBER_I16},
    {0x0c, NUMBER_I32}, {0x0d, NUMBER_F32}, {0x0e, NUMBER_F64},
};

static uint32_t big_endian(const unsigned char *data)
{
    return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
}

/* Two zeros, the type, the number of axes. */
static int read_magic(const char *name, const unsigned char *data, size_t size,
                      struct idx_array *array, struct problem *problem)
{
    if (size < 4)
        return problem_set(problem, "%s: %zu bytes are too few for an IDX file", name, size);
    array->axes = data[3];
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (data[0] == 0 && data[1] == 0 && data[2] == codes[i].code && array->axes >= 1 &&
            array->axes <= MOST_AXES) {
            array->type = codes[i].type;
            return 0;
        }
    return problem_set(problem, "%s: magic number 0x%08x: not that of an IDX file of 1 to %d axes",
                       name, (unsigned)big_endian(data), MOST_AXES);
}

/* The sizes, and the bytes of the whole file that they promise. */
static int read_header(const char *name, const unsigned char *data, size_t size,
                       struct idx_array *array, uint64_t *promised, struct problem *problem)
{
    memset(array, 0, sizeof *array);
    if (read_magic(name, data, size, array, problem) != 0)
        return -1;
    const size_t header = 4 + 4 * (size_t)array->axes;
    if (size < header)
        return problem_set(problem, "%s: the IDX header is cut off after %zu of %zu bytes", name,
                           size, header);
    const uint64_t item = (uint64_t)number_bits(array->type) / 8;
    uint64_t values = 1;
    for (int i = 0; i < array->axes; i++) {
        const uint64_t axis = big_endian(data + 4 + 4 * i);
        if (axis == 0)
            return problem_set(problem, "%s: no images: axis %d has the size 0", name, i + 1);
        if (axis > (INT64_MAX - header) / item / values)
            return problem_set(problem, "%s: sizes of the axes are too large", name);
        values *= axis;
    }
    array->samples = big_endian(data + 4);
    array->inputs = (int64_t)(values / (uint64_t)array->samples);
    *promised = header + values * item;
    return 0;
}

int idx_array_judge(const char *name, const unsigned char *head, size_t size, uint64_t *promised,
                    struct problem *problem)
{
    struct idx_array array;
    return read_header(name, head, size, &array, promised, problem);
}

int idx_array_parse(const char *name, const unsigned char *data, size_t size,
                    struct idx_array *array, struct problem *problem)
{
    uint64_t promised = 0;
    if (read_header(name, data, size, array, &promised, problem) != 0)
        return -1;
    const size_t header = 4 + 4 * (size_t)array->axes;
    if (promised != size)
        return problem_set(problem, "%s: the IDX header promises %llu bytes of data, there are %zu",
                           name, (unsigned long long)(promised - header), size - header);
    array->values = data + header;
    return 0;
}
