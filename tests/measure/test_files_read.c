/* The readers and writers themselves: what is written can be read back, what is read is
 * what was written, and the limits hold. */
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "files.h"
#include "gzip.h"
#include "idx.h"
#include "npy.h"
#include "safetensors.h"
#include "support/check.h"

static void tensors_round_trip(void **state)
{
    (void)state;
    static const float singles[6] = {1.0F, -2.5F, 3e30F, 0.0F, 5.0F, 6.0F};
    static const double doubles[3] = {1e300, -0.1, 7.0};
    char names[3][32] = {"fc1.weight", "fc \"1\"\\.bias", "g.weight"};
    const struct tensor tensors[] = {
        {names[0], NUMBER_F32, 2, {2, 3}, singles, sizeof singles},
        {names[1], NUMBER_F64, 1, {3}, doubles, sizeof doubles},
        {names[2], NUMBER_F32, 3, {1, 1, 1}, singles + 1, sizeof singles[0]},
    };
    struct safetensors file;
    struct problem problem = {.text = ""};
    CHECK(safetensors_write("t.safetensors", tensors, 3, &problem) == 0);
    CHECK_IN(safetensors_read("t.safetensors", &file, &problem) == 0, "%s", problem.text);
    CHECK(file.count == 3);
    for (int i = 0; i < 3; i++) {
        const struct tensor *read = &file.tensors[i];
        CHECK(strcmp(read->name, tensors[i].name) == 0);
        CHECK(read->type == tensors[i].type && read->axes == tensors[i].axes);
        CHECK(memcmp(read->shape, tensors[i].shape, (size_t)read->axes * sizeof(int64_t)) == 0);
        CHECK(read->bytes == tensors[i].bytes);
        CHECK(memcmp(read->data, tensors[i].data, read->bytes) == 0);
    }
    safetensors_free(&file);
    CHECK(safetensors_write("no/folder/t.safetensors", tensors, 3, &problem) == -1);
    CHECK(strstr(problem.text, "no/folder/t.safetensors") != NULL);
}

/* As the format's own library writes it: metadata, spaces around, entries in any order. */
static void foreign_tensors(void **state)
{
    (void)state;
    static const double values[2] = {3.0, 4.0};
    struct safetensors file;
    struct problem problem = {.text = ""};
    write_tensors("f.safetensors",
                  "{\"__metadata__\":{\"format\":\"pt\"}, \"b\":{\"shape\":[1],\"dtype\":\"F64\","
                  "\"data_offsets\":[8,16]},\"\\u0061\":{\"data_offsets\":[0,8],\"dtype\":\"F64\","
                  "\"shape\":[]}}       ",
                  values, sizeof values);
    CHECK_IN(safetensors_read("f.safetensors", &file, &problem) == 0, "%s", problem.text);
    CHECK(file.count == 2 && strcmp(file.tensors[0].name, "b") == 0);
    CHECK(strcmp(file.tensors[1].name, "a") == 0 && file.tensors[1].axes == 0);
    CHECK(memcmp(file.tensors[1].data, values, sizeof values[0]) == 0);
    safetensors_free(&file);
}

static void vectors_round_trip(void **state)
{
    (void)state;
    static const double values[5] = {1.5, -2.0, 0.0, 1e-300, 4.0};
    struct npy_array array;
    struct problem problem = {.text = ""};
    for (int64_t count = 1; count <= 5; count++) {
        CHECK(npy_write_vector("v.npy", count, values, &problem) == 0);
        CHECK_IN(npy_read("v.npy", &array, &problem) == 0, "%s", problem.text);
        CHECK(array.samples == count && array.inputs == 1 && npy_item_size(&array) == 8);
        CHECK(memcmp(array.values, values, (size_t)count * sizeof *values) == 0);
        npy_free(&array);
    }
    CHECK(npy_write_vector("no/folder/v.npy", 5, values, &problem) == -1);
}

/* Spellings of the header that other writers use. */
static void array_spellings(void **state)
{
    (void)state;
    static const char *const dictionaries[] = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}",
        "{'shape': (2, 3), 'fortran_order': False, 'descr': '<f4'}",
        "{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (2, 3)}",
        "{'descr':'<f4','fortran_order':False,'shape':(2,3)}",
        "{'descr' : '<f4', 'fortran_order' : False, 'shape' : (2, 3,) }",
    };
    static const float values[6] = {1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F};
    struct npy_array array;
    struct problem problem = {.text = ""};
    for (size_t i = 0; i < sizeof dictionaries / sizeof dictionaries[0]; i++)
        for (int major = 1; major <= 3; major++) {
            write_npy("a.npy", major, dictionaries[i], values, sizeof values);
            CHECK_IN(npy_read("a.npy", &array, &problem) == 0, "%s: %s", dictionaries[i],
                     problem.text);
            CHECK(array.samples == 2 && array.inputs == 3 && npy_item_size(&array) == 4);
            CHECK(memcmp(array.values, values, sizeof values) == 0);
            npy_free(&array);
        }
}

/* Values that no writer aligned are as good. */
static void unaligned_values(void **state)
{
    (void)state;
    static const double values[4] = {1.5, -2.0, 1e300, 4.0};
    static const char dictionary[] = "{'descr':'<f8','fortran_order':False,'shape':(2,2)}";
    for (size_t padding = 0; padding < 17; padding++) {
        unsigned char head[96];
        struct npy_array array;
        struct problem problem = {.text = ""};
        const size_t length = sizeof dictionary - 1 + padding;
        memcpy(head, "\x93NUMPY\x01", 8);
        head[8] = (unsigned char)length;
        head[9] = 0;
        memset(head + 10, ' ', sizeof head - 10);
        memcpy(head + 10, dictionary, sizeof dictionary - 1);
        write_bytes("u.npy", head, 10 + length, values, sizeof values);
        CHECK_IN(npy_read("u.npy", &array, &problem) == 0, "%s", problem.text);
        CHECK((uintptr_t)array.values % sizeof(double) == 0);
        CHECK(array.samples == 2 && memcmp(array.values, values, sizeof values) == 0);
        npy_free(&array);
    }
}

static void labels(void **state)
{
    (void)state;
    static const unsigned char given[4] = {7, 0, 255, 3};
    const uint32_t count = 4;
    struct idx_labels read;
    struct problem problem = {.text = ""};
    size_t size = 0;
    unsigned char *bytes = idx_bytes(1, &count, given, 4, &size);
    write_bytes("l-idx1-ubyte", bytes, size, NULL, 0);
    write_gzipped("l-idx1-ubyte.gz", bytes, size);
    static const char *const paths[] = {"l-idx1-ubyte", "l-idx1-ubyte.gz"};
    for (int i = 0; i < 2; i++) {
        CHECK_IN(idx_read_labels(paths[i], &read, &problem) == 0, "%s", problem.text);
        CHECK(read.count == 4 && memcmp(read.labels, given, 4) == 0);
        idx_free_labels(&read);
    }
    CHECK(idx_parse_labels("cut", bytes, size - 1, &read, &problem) == -1);
    CHECK(strstr(problem.text, "cut: ") == problem.text);
    free(bytes);
}

/* A small file that expands to more than is allowed is stopped at the limit. */
static void bomb(void **state)
{
    (void)state;
    const size_t size = (size_t)1 << 24;
    unsigned char *zeros = calloc(size, 1);
    struct bytes bytes;
    struct problem problem = {.text = ""};
    CHECK(zeros != NULL);
    write_gzipped("bomb.gz", zeros, size);
    free(zeros);
    CHECK(file_read("bomb.gz", size, NULL, &bytes, &problem) == 0);
    CHECK(bytes.size < 100000);
    CHECK(gzip_expand("bomb.gz", size - 1, NULL, &bytes, &problem) == -1);
    CHECK(strstr(problem.text, "bomb.gz: ") == problem.text);
    CHECK_IN(gzip_expand("bomb.gz", size, NULL, &bytes, &problem) == 0, "%s", problem.text);
    CHECK(bytes.size == size);
    bytes_free(&bytes);
    CHECK(file_read("bomb.gz", 100, NULL, &bytes, &problem) == -1);
    CHECK(bytes.data == NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tensors_round_trip),
        cmocka_unit_test(foreign_tensors),
        cmocka_unit_test(vectors_round_trip),
        cmocka_unit_test(array_spellings),
        cmocka_unit_test(unaligned_values),
        cmocka_unit_test(labels),
        cmocka_unit_test(bomb),
    };
    return check_report("measure.files_read", cmocka_run_group_tests(tests, NULL, NULL));
}
