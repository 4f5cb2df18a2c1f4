/* Any bytes as a .npy file: refused in one line, or values inside the bytes. */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "npy.h"

/* Put in order, in memory that is its own. */
static void arrange(const uint8_t *data, size_t size)
{
    struct problem problem = {.text = ""};
    struct npy_array array;
    struct bytes file = {malloc(size), size, 0};
    if (file.data == NULL)
        return;
    memcpy(file.data, data, size);
    if (npy_parse("input", file.data, size, &array, &problem) != 0 ||
        npy_arrange("input", &array, &file, &problem) != 0 || array.is_fortran ||
        array.is_big_endian)
        abort();
    const unsigned char *begin = array.values;
    if (begin < file.data || (size_t)begin % npy_item_size(&array) != 0)
        abort();
    bytes_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct problem problem = {.text = ""};
    struct npy_array array;
    if (npy_parse("input", data, size, &array, &problem) != 0) {
        if (problem.text[0] == '\0' || strchr(problem.text, '\n') != NULL)
            abort();
        return 0;
    }
    const unsigned char *begin = array.values;
    const uint64_t bytes = (uint64_t)array.samples * (uint64_t)array.inputs * npy_item_size(&array);
    if (array.samples < 1 || array.inputs < 1 || begin < data ||
        bytes != (uint64_t)(data + size - begin))
        abort();
    arrange(data, size);
    return 0;
}
