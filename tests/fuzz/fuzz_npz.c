/* Any bytes as a .npz archive: refused in one line, or an array of it in the bytes' place. */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "npy.h"
#include "npz.h"

#define LARGEST_EXPANSION ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct problem problem = {.text = ""};
    struct npy_array array;
    struct bytes file = {malloc(size + 1), size, 0};
    if (file.data == NULL)
        return 0;
    memcpy(file.data, data, size);
    if (npz_extract("input", NULL, LARGEST_EXPANSION, &file, &problem) != 0 ||
        npy_parse("input", file.data, file.size, &array, &problem) != 0) {
        if (problem.text[0] == '\0' || strchr(problem.text, '\n') != NULL)
            abort();
    } else if (file.size > LARGEST_EXPANSION) {
        abort();
    }
    bytes_free(&file);
    return 0;
}
