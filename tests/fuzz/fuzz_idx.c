/* Any bytes as an IDX file of images, labels or any numbers, gzipped or not. */
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "harness.h"
#include "gzip.h"
#include "idx.h"
#include "idx_array.h"

#define LARGEST_EXPANSION ((size_t)1 << 20)

static void check_problem(const struct problem *problem)
{
    if (problem->text[0] == '\0' || strchr(problem->text, '\n') != NULL)
        abort();
}

static void parse_both(const unsigned char *data, size_t size)
{
    struct problem problem = {.text = ""};
    struct idx_images images;
    struct idx_labels labels;
    struct idx_array array;
    if (idx_parse_images("input", data, size, &images, &problem) != 0)
        check_problem(&problem);
    else if (images.count * images.rows * images.columns != (int64_t)size - 16)
        abort();
    if (idx_parse_labels("input", data, size, &labels, &problem) != 0)
        check_problem(&problem);
    else if (labels.count != (int64_t)size - 8)
        abort();
    if (idx_array_parse("input", data, size, &array, &problem) != 0)
        check_problem(&problem);
    else if (array.samples * array.inputs * number_bits(array.type) / 8 !=
             (int64_t)size - 4 - 4 * array.axes)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct problem problem = {.text = ""};
    struct bytes bytes = {malloc(size + 1), size, 0};
    if (bytes.data == NULL)
        return 0;
    memcpy(bytes.data, data, size);
    if (gzip_expand("input", LARGEST_EXPANSION, idx_array_judge, &bytes, &problem) != 0)
        check_problem(&problem);
    else
        parse_both(bytes.data, bytes.size);
    bytes_free(&bytes);
    return 0;
}
