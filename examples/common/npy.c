#include "npy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

#define LARGEST_FILE ((size_t)1 << 36)
#define LARGEST_HEADER ((size_t)65536)

/* The header is a Python dictionary as text, such as
 *   {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28, 28), }
 * padded with spaces and a newline. A cursor walks it; what is not of that form is refused. */
struct cursor {
    const char *at;
    const char *end;
};

static void skip_spaces(struct cursor *cursor)
{
    while (cursor->at < cursor->end && (*cursor->at == ' ' || *cursor->at == '\n'))
        cursor->at++;
}

static int take(struct cursor *cursor, const char *text)
{
    const size_t length = strlen(text);
    skip_spaces(cursor);
    if ((size_t)(cursor->end - cursor->at) < length || memcmp(cursor->at, text, length) != 0)
        return 0;
    cursor->at += length;
    return 1;
}

/* A text in quotes of either kind. */
static int take_quoted(struct cursor *cursor, const char *text)
{
    const struct cursor start = *cursor;
    const char *quote = take(cursor, "'") ? "'" : "\"";
    if ((*quote == '\'' || take(cursor, quote)) && take(cursor, text) && take(cursor, quote))
        return 1;
    *cursor = start;
    return 0;
}

static int take_key(struct cursor *cursor, const char *key)
{
    return take_quoted(cursor, key) && take(cursor, ":");
}

static int take_number(struct cursor *cursor, int64_t *number)
{
    int digits = 0;
    *number = 0;
    skip_spaces(cursor);
    for (; cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9'; digits++) {
        const int digit = *cursor->at++ - '0';
        if (*number > (INT64_MAX - digit) / 10)
            return 0;
        *number = *number * 10 + digit;
    }
    return digits > 0;
}

/* NumPy's name of a type without the byte order. */
static const struct {
    const char *code;
    enum number_type type;
} codes[] = {
    {"f4", NUMBER_F32}, {"f8", NUMBER_F64}, {"f2", NUMBER_F16}, {"u1", NUMBER_U8},
    {"i1", NUMBER_I8},  {"u2", NUMBER_U16}, {"i2", NUMBER_I16}, {"u4", NUMBER_U32},
    {"i4", NUMBER_I32}, {"u8", NUMBER_U64}, {"i8", NUMBER_I64}, {"b1", NUMBER_BOOL},
};

/* What is no number that counts here, by the letter of its type. */
static const char *what_is(char letter)
{
    switch (letter) {
    case 'c': return "complex numbers";
    case 'O': return "Python objects";
    case 'S':
    case 'a':
    case 'U': return "texts";
    case 'M':
    case 'm': return "times";
    case 'V': return "records or numbers of a type beyond NumPy's";
    case 'f': return "floating-point numbers of another size";
    default: return "not numbers";
    }
}

/* '<f4', '>f8', '|u1' and so on. */
static int parse_type(const char *name, struct cursor *cursor, struct npy_array *array,
                      struct problem *problem)
{
    static const char orders[] = "<>|";
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        for (const char *order = orders; *order != '\0'; order++) {
            const char text[4] = {*order, codes[i].code[0], codes[i].code[1], '\0'};
            if ((number_bits(codes[i].type) == 8 || *order != '|') && take_quoted(cursor, text)) {
                array->type = codes[i].type;
                array->is_big_endian = *order == '>';
                return 0;
            }
        }
    skip_spaces(cursor);
    const size_t left = (size_t)(cursor->end - cursor->at);
    return problem_set(problem, "%s: descr %.*s: the array holds %s", name,
                       (int)(left < 8 ? left : 8), cursor->at,
                       what_is(left > 2 ? cursor->at[2] : '?'));
}

static int parse_order(const char *name, struct cursor *cursor, struct npy_array *array,
                       struct problem *problem)
{
    array->is_fortran = take(cursor, "True");
    if (array->is_fortran || take(cursor, "False"))
        return 0;
    return problem_set(problem, "%s: fortran_order is neither True nor False", name);
}

/* A size of a shape; Python 2 wrote an L behind its long ones. */
static int take_size(struct cursor *cursor, int64_t *size)
{
    if (!take_number(cursor, size))
        return 0;
    if (cursor->at < cursor->end && *cursor->at == 'L')
        cursor->at++;
    return 1;
}

/* (n,) or (n, a, b, ...): n samples of a b ... inputs. */
static int parse_shape(const char *name, struct cursor *cursor, struct npy_array *array,
                       struct problem *problem)
{
    int64_t size = 0;
    array->inputs = 1;
    if (!take(cursor, "(") || !take_size(cursor, &array->samples))
        return problem_set(problem, "%s: shape must have at least one axis", name);
    array->shape[0] = array->samples;
    for (array->axes = 1; take(cursor, ","); array->axes++) {
        if (!take_size(cursor, &size))
            break;
        if (size < 1 || array->axes >= NPY_MOST_AXES || size > INT64_MAX / array->inputs)
            return problem_set(problem, "%s: shape has an empty axis, or too many or large ones",
                               name);
        array->shape[array->axes] = size;
        array->inputs *= size;
    }
    if (!take(cursor, ")"))
        return problem_set(problem, "%s: shape is not a tuple of sizes", name);
    if (array->samples < 1)
        return problem_set(problem, "%s: shape says there are no samples", name);
    return 0;
}

/* The value of one of the three keys. */
static int parse_value(const char *name, int key, struct cursor *cursor, struct npy_array *array,
                       struct problem *problem)
{
    if (key == 0)
        return parse_type(name, cursor, array, problem);
    return key == 1 ? parse_order(name, cursor, array, problem)
                    : parse_shape(name, cursor, array, problem);
}

static int parse_dictionary(const char *name, struct cursor cursor, struct npy_array *array,
                            struct problem *problem)
{
    static const char *const keys[3] = {"descr", "fortran_order", "shape"};
    int seen[3] = {0, 0, 0};
    if (!take(&cursor, "{"))
        return problem_set(problem, "%s: the .npy header is not a dictionary", name);
    while (!take(&cursor, "}")) {
        int key = 0;
        while (key < 3 && !take_key(&cursor, keys[key]))
            key++;
        if (key == 3 || seen[key])
            return problem_set(problem,
                               "%s: the .npy header is not descr, fortran_order and shape once "
                               "each",
                               name);
        seen[key] = 1;
        if (parse_value(name, key, &cursor, array, problem) != 0)
            return -1;
        take(&cursor, ",");
    }
    for (int key = 0; key < 3; key++)
        if (!seen[key])
            return problem_set(problem, "%s: the .npy header lacks %s", name, keys[key]);
    skip_spaces(&cursor);
    if (cursor.at != cursor.end)
        return problem_set(problem, "%s: the .npy header has more than its dictionary", name);
    return 0;
}

/* Size of the part before the values; 0 with the problem. */
static size_t parse_prefix(const char *name, const unsigned char *data, size_t size,
                           struct cursor *dictionary, struct problem *problem)
{
    if (size < 10 || memcmp(data, "\x93NUMPY", 6) != 0) {
        problem_set(problem, "%s: not a .npy file", name);
        return 0;
    }
    const int major = data[6];
    const size_t prefix = major == 1 ? 10 : 12;
    if (major < 1 || major > 3 || size < prefix) {
        problem_set(problem, "%s: .npy version %d is not known, or the file is cut off", name,
                    major);
        return 0;
    }
    size_t length = (size_t)data[8] | (size_t)data[9] << 8;
    if (major > 1)
        length |= (size_t)data[10] << 16 | (size_t)data[11] << 24;
    if (length > LARGEST_HEADER || length > size - prefix) {
        problem_set(problem, "%s: the .npy header of %zu bytes is too long or cut off", name,
                    length);
        return 0;
    }
    dictionary->at = (const char *)data + prefix;
    dictionary->end = dictionary->at + length;
    return prefix + length;
}

/* What stands before the values: their type and shape, where they begin, and the bytes of
 * the whole file that it promises. */
static int parse_header(const char *name, const unsigned char *data, size_t size,
                        struct npy_array *array, size_t *start, uint64_t *promised,
                        struct problem *problem)
{
    struct cursor dictionary = {NULL, NULL};
    memset(array, 0, sizeof *array);
    *start = parse_prefix(name, data, size, &dictionary, problem);
    if (*start == 0 || parse_dictionary(name, dictionary, array, problem) != 0)
        return -1;
    const uint64_t row = (uint64_t)array->inputs;
    const uint64_t item = (uint64_t)number_bits(array->type) / 8;
    if ((uint64_t)array->samples > (INT64_MAX - *start) / item / row)
        return problem_set(problem, "%s: shape (%lld, %lld) is too large", name,
                           (long long)array->samples, (long long)array->inputs);
    *promised = *start + (uint64_t)array->samples * row * item;
    return 0;
}

int npy_judge(const char *name, const unsigned char *head, size_t size, uint64_t *promised,
              struct problem *problem)
{
    struct npy_array array;
    size_t start = 0;
    return parse_header(name, head, size, &array, &start, promised, problem);
}

int npy_parse(const char *name, const unsigned char *data, size_t size, struct npy_array *array,
              struct problem *problem)
{
    size_t start = 0;
    uint64_t promised = 0;
    if (parse_header(name, data, size, array, &start, &promised, problem) != 0)
        return -1;
    if (promised != size)
        return problem_set(problem,
                           "%s: shape (%lld, %lld) and descr do not fit the %zu bytes of "
                           "data",
                           name, (long long)array->samples, (long long)array->inputs, size - start);
    array->values = data + start;
    return 0;
}

/* Move the values to the start of the file's memory, over the header, where they are aligned. */
static void align(struct npy_array *array, struct bytes *file)
{
    const size_t start = (size_t)((const unsigned char *)array->values - file->data);
    if (start % npy_item_size(array) != 0) {
        memmove(file->data, array->values, file->size - start);
        array->values = file->data;
    }
}

/* The place in the file of element `index` of C order, where the first axis runs fastest. */
static size_t fortran_place(const struct npy_array *array, int64_t index)
{
    int64_t place = 0;
    int64_t stride = array->samples * array->inputs;
    for (int axis = array->axes - 1; axis >= 0; axis--) {
        stride /= array->shape[axis];
        place += index % array->shape[axis] * stride;
        index /= array->shape[axis];
    }
    return (size_t)place;
}

/* A copy of the values in C order, in the place of the file's memory. */
static int reorder(const char *name, struct npy_array *array, struct bytes *file,
                   struct problem *problem)
{
    const size_t item = npy_item_size(array);
    const int64_t count = array->samples * array->inputs;
    const unsigned char *from = array->values;
    unsigned char *values = malloc((size_t)count * item);
    if (values == NULL)
        return problem_no_memory(problem, name);
    for (int64_t i = 0; i < count; i++)
        memcpy(values + (size_t)i * item, from + fortran_place(array, i) * item, item);
    bytes_free(file);
    file->data = values;
    file->size = (size_t)count * item;
    array->values = values;
    array->is_fortran = 0;
    return 0;
}

size_t npy_item_size(const struct npy_array *array)
{
    return (size_t)number_bits(array->type) / 8;
}

int npy_arrange(const char *name, struct npy_array *array, struct bytes *file,
                struct problem *problem)
{
    if (array->is_fortran && reorder(name, array, file, problem) != 0)
        return -1;
    align(array, file);
    if (array->is_big_endian)
        number_swap(array->type, file->data + ((const unsigned char *)array->values - file->data),
                    (size_t)(array->samples * array->inputs));
    array->is_big_endian = 0;
    return 0;
}

int npy_read(const char *path, struct npy_array *array, struct problem *problem)
{
    struct bytes file;
    if (file_read(path, LARGEST_FILE, npy_judge, &file, problem) != 0)
        return -1;
    if (npy_parse(path, file.data, file.size, array, problem) != 0 ||
        npy_arrange(path, array, &file, problem) != 0) {
        bytes_free(&file);
        return -1;
    }
    array->file = file;
    return 0;
}

void npy_free(struct npy_array *array)
{
    bytes_free(&array->file);
}

int npy_write_vector(const char *path, int64_t count, const double *values, struct problem *problem)
{
    char head[128];
    /* Version 1.0; spaces pad the header to 128 bytes, of which 118 are its dictionary. */
    memcpy(head, "\x93NUMPY\x01\x00\x76\x00", 10);
    memset(head + 10, ' ', sizeof head - 10);
    char text[112];
    const int length =
        snprintf(text, sizeof text, "{'descr': '<f8', 'fortran_order': False, 'shape': (%lld,), }",
                 (long long)count);
    memcpy(head + 10, text, (size_t)length);
    head[127] = '\n';
    return file_write(path, head, sizeof head, values, (size_t)count * sizeof *values, problem);
}
