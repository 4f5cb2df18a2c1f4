/* Files with one byte changed in a name, a shape or an offset: refused, or the network is the same
 * as before. test_mutations FOLDER */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "network/network.h"
#include "support/check.h"

static const char *folder;
static long tried;
static long accepted;

/* Files that are read without an option. */
static const char *const names[] = {
    "plain",
    "averaged",
    "buffers",
    "batch-norm",
    "weight-norm",
    "spectral-norm",
    "names-classifier",
    "names-input-hidden-out",
    "linen-keystr",
    "tf-names",
    "paddle",
    "shared",
    "mlx",
    "made/pruned",
    "made/batch-norm-after",
    "made/autoencoder",
    "made/weight-norm-old",
    "made/spectral-norm-old",
    "made/haiku",
    "made/optimizer",
};

/* A file in memory with the network it is. */
struct copy {
    unsigned char *data;
    size_t size;
    struct safetensors file;
    struct network network;
};

static int open_copy(const unsigned char *data, size_t size, struct copy *copy)
{
    static const struct choices choices = {.data = "data", .inputs = 6};
    struct problem problem = {.text = ""};
    copy->data = malloc(size);
    copy->size = size;
    if (copy->data == NULL)
        abort();
    memcpy(copy->data, data, size);
    if (safetensors_parse("file", copy->data, size, &copy->file, &problem) == 0) {
        if (network_find("file", &copy->file, &choices, &copy->network, &problem) == 0)
            return 1;
        safetensors_free(&copy->file);
    }
    CHECK(problem.text[0] != '\0');
    free(copy->data);
    return 0;
}

static void close_copy(struct copy *copy)
{
    network_free(&copy->network);
    safetensors_free(&copy->file);
    free(copy->data);
}

static int same_tensor(const struct copy *a, const struct tensor *left, const struct copy *b,
                       const struct tensor *right)
{
    if (left == NULL || right == NULL)
        return left == right;
    return (const unsigned char *)left->data - a->data ==
               (const unsigned char *)right->data - b->data &&
           left->type == right->type && left->bytes == right->bytes;
}

static int same_numbers(const double *left, const double *right, int64_t count)
{
    if (left == NULL || right == NULL)
        return left == right;
    return memcmp(left, right, (size_t)count * sizeof *left) == 0;
}

static int same_mask(const struct tensor *left, const struct tensor *right)
{
    return (left == NULL) == (right == NULL) &&
           (left == NULL ||
            (left->bytes == right->bytes && memcmp(left->data, right->data, left->bytes) == 0));
}

static int same_layer(const struct copy *a, const struct layer *left, const struct copy *b,
                      const struct layer *right)
{
    return left->inputs == right->inputs && left->outputs == right->outputs &&
           left->in_out == right->in_out && left->folds == right->folds &&
           same_tensor(a, left->weight, b, right->weight) &&
           same_tensor(a, left->bias, b, right->bias) &&
           same_tensor(a, left->slopes, b, right->slopes) &&
           same_numbers(left->row_scales, right->row_scales, left->stored_rows) &&
           same_numbers(left->column_scales, right->column_scales, left->stored_columns) &&
           same_mask(left->mask, right->mask) &&
           same_numbers(left->folded_bias, right->folded_bias, left->outputs);
}

static int same_network(const struct copy *a, const struct copy *b)
{
    if (a->network.count != b->network.count)
        return 0;
    for (int i = 0; i < a->network.count; i++)
        if (!same_layer(a, &a->network.layers[i], b, &b->network.layers[i]))
            return 0;
    return 1;
}

static void try_change(const struct copy *right, unsigned char *data, size_t place,
                       unsigned char byte, const char *name)
{
    struct copy changed;
    const unsigned char kept = data[place];
    data[place] = byte;
    if (open_copy(data, right->size, &changed)) {
        CHECK_IN(same_network(right, &changed), "%s: another network where byte %zu, '%c', is '%c'",
                 name, place, kept, byte);
        close_copy(&changed);
        accepted++;
    }
    data[place] = kept;
    tried++;
}

/* Whether a dtype stands there: another one of the same size cannot be noticed. */
static int is_in_type(const unsigned char *data, size_t place)
{
    static const char key[] = "\"dtype\":";
    for (size_t back = 0; back < 16 && back <= place; back++)
        if (memcmp(data + place - back, key, sizeof key - 1) == 0)
            return back >= sizeof key - 1;
    return 0;
}

static void change_all(const struct copy *right, const char *name)
{
    static const char bytes[] = "0123456789_.abwgnuxz\" ,";
    unsigned char *data = malloc(right->size);
    uint64_t header = 0;
    CHECK(data != NULL);
    memcpy(data, right->data, right->size);
    for (int i = 7; i >= 0; i--)
        header = header << 8 | data[i];
    for (size_t place = 8; place < 8 + header; place++)
        for (const char *byte = bytes; *byte != '\0' && !is_in_type(data, place); byte++)
            if ((unsigned char)*byte != data[place])
                try_change(right, data, place, (unsigned char)*byte, name);
    free(data);
}

static void single_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[1024];
        struct bytes file;
        struct copy right;
        struct problem problem;
        snprintf(path, sizeof path, "%s/%s.safetensors", folder, names[i]);
        CHECK_IN(file_read(path, 1 << 20, NULL, &file, &problem) == 0, "%s", problem.text);
        CHECK_IN(open_copy(file.data, file.size, &right), "%s", path);
        change_all(&right, names[i]);
        close_copy(&right);
        bytes_free(&file);
    }
    printf("%ld changed files, %ld of them read, as the same network\n", tried, accepted);
    CHECK(tried >= 10000);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(single_bytes)};
    folder = argc > 1 ? argv[1] : ".";
    return check_report("measure.mutations", cmocka_run_group_tests(tests, NULL, NULL));
}
