/* Damaged and hostile files: exit 2, one line that names the file and the field. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "reference.h"
#include "support/check.h"
#include "tool.h"

#define F32_4 "\"dtype\":\"F32\",\"shape\":[4]"

/* Headers of a file with 48 bytes of data, as a matrix (3, 4) needs, or fewer. */
static const struct {
    const char *header;
    const char *expected;
    size_t missing; /* of the 48 bytes */
} headers[] = {
    {"", "header", 0},
    {"{", "header", 0},
    {"{}", "header", 0},
    {"[]", "header", 0},
    {"12", "header", 0},
    {"null", "header", 0},
    {" {\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,48]}}", "begin with",
     0},
    {"\xef\xbb\xbf{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,48]}}",
     "begin with", 0},
    {"{\"a.weight\\u0000.bias\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,48]}}",
     "NUL", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\\u0000x\",\"shape\":[3,4],\"data_offsets\":[0,48]}}", "NUL",
     0},
    {"{\"a.weight\":{\"dtype\\u0000\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,48]}}", "NUL", 0},
    {"{\"a.weight\":{\"dtype\":\"F64\",\"dtype\":\"F32\",\"shape\":[3,4],"
     "\"data_offsets\":[0,48]}}",
     "two fields dtype", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"shape\":[4,3],"
     "\"data_offsets\":[0,48]}}",
     "two fields shape", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,48],"
     "\"data_offsets\":[0,48]}}",
     "two fields data_offsets", 0},
    {"{\"__metadata__\":3,"
     "\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,48]}}",
     "__metadata__", 0},
    {"{\"__metadata__\":[],"
     "\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,48]}}",
     "__metadata__", 0},
    {"{\"__metadata__\":{},\"__metadata__\":{},"
     "\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,48]}}",
     "__metadata__", 0},
    {"{\"__metadata__\":{\"format\":\"pt\"}}", "weight", 48},
    {"{\"__metadata__\":{\"format\":\"pt\"}}", "48 bytes after", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,48]}}x", "JSON", 0},
    {"{\"a.weight\":3}", "'a.weight'", 0},
    {"{\"a.weight\":[]}", "'a.weight'", 0},
    {"{\"a.weight\":{}}", "dtype", 0},
    {"{\"a.weight\":{\"shape\":[3,4],\"data_offsets\":[0,48]}}", "dtype", 0},
    {"{\"a.weight\":{\"dtype\":3,\"shape\":[3,4],\"data_offsets\":[0,48]}}", "dtype", 0},
    {"{\"a.weight\":{\"dtype\":\"F33\",\"shape\":[3,4],\"data_offsets\":[0,48]}}", "dtype", 0},
    {"{\"a.weight\":{\"dtype\":\"I32\",\"shape\":[3,4],\"data_offsets\":[0,48]}}", "I32", 0},
    {"{\"a.weight\":{\"dtype\":\"F4\",\"shape\":[24,4],\"data_offsets\":[0,48]}}", "F4", 0},
    {"{\"a.weight\":{\"dtype\":\"F6_E2M3\",\"shape\":[3,5],\"data_offsets\":[0,11]}}", "parts of",
     37},
    {"{\"a.weight\":{\"dtype\":\"C64\",\"shape\":[2,3],\"data_offsets\":[0,48]}}", "C64", 0},
    {"{\"a.weight\":{\"dtype\":\"I64\",\"shape\":[2,3],\"data_offsets\":[0,48]}}", "'a.weight'", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"data_offsets\":[0,48]}}", "shape", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":12,\"data_offsets\":[0,48]}}", "shape", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,\"4\"],\"data_offsets\":[0,48]}}", "shape", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3.5,4],\"data_offsets\":[0,48]}}", "shape", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[-3,-4],\"data_offsets\":[0,48]}}", "shape", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[1e300,4],\"data_offsets\":[0,48]}}", "shape", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967299,4],"
     "\"data_offsets\":[0,48]}}",
     "shape", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1,1,3,4],"
     "\"data_offsets\":[0,48]}}",
     "shape", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[12],\"data_offsets\":[0,48]}}", "shape", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[1,3,4],\"data_offsets\":[0,48]}}", "shape", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}", "shape []", 44},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[0,4],\"data_offsets\":[0,0]}}", "no tensor", 48},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4]}}", "data_offsets", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":48}}", "data_offsets", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0]}}", "data_offsets", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,48,48]}}",
     "data_offsets", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[48,0]}}", "data_offsets",
     0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[-8,40]}}", "data_offsets",
     0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,40]}}",
     "data_offsets [0, 40] hold 40 bytes, shape [3, 4] of F32 needs 48", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[8,56]}}", "data_offsets",
     0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,1e19]}}", "data_offsets",
     0},
    {"{\"a.weight\":{\"dtype\":\"F64\",\"shape\":[3,4],\"data_offsets\":[0,48]}}", "data_offsets",
     0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,4],\"data_offsets\":[0,32]},"
     "\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[32,48]}}",
     "'a.weight'", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,4],\"data_offsets\":[0,32]},"
     "\"a.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[28,36]}}",
     "overlap", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,4],\"data_offsets\":[0,32]},"
     "\"a.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[40,48]}}",
     "bytes 32 to 40", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,4],\"data_offsets\":[16,48]}}", "bytes 0 to 16",
     0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,4],\"data_offsets\":[0,32]},"
     "\"a.kernel\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[32,48]}}",
     "more than one", 0},
    {"{\"a.bias\":{" F32_4 ",\"data_offsets\":[0,16]}}", "a.bias", 32},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,4],\"data_offsets\":[0,32]},"
     "\"b.bias\":{" F32_4 ",\"data_offsets\":[32,48]}}",
     "b.bias", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,4],\"data_offsets\":[0,32]},"
     "\"a.bias\":{" F32_4 ",\"data_offsets\":[32,48]}}",
     "a.bias", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,4],\"data_offsets\":[0,32]},"
     "\"a.bias\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[32,48]}}",
     "a.bias", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,4],\"data_offsets\":[0,32]},"
     "\"norm.scale\":{" F32_4 ",\"data_offsets\":[32,48]}}",
     "norm.scale", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,4],\"data_offsets\":[0,32]},"
     "\"b.weight\":{\"dtype\":\"F32\",\"shape\":[1,4],\"data_offsets\":[32,48]}}",
     "(a,b)", 0},
    {"{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[6,2],\"data_offsets\":[0,48]}}", "x.npy", 0},
    {"{\"a\\nb\\u001b[2J.weight\":{\"dtype\":\"F32\",\"shape\":[4,2],\"data_offsets\":[0,48]}}",
     "tensor 'a?b?[2J.weight'", 0},
};

static int make_files(void **state)
{
    (void)state;
    double *data = random_values(5 * 4, 2);
    float weights[12];
    for (int i = 0; i < 12; i++)
        weights[i] = (float)data[i];
    write_samples("x.npy", 5, 4, data, 0);
    write_tensors("w.safetensors",
                  "{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,48]}}",
                  weights, sizeof weights);
    free(data);
    return 0;
}

static void tensor_headers(void **state)
{
    (void)state;
    static const unsigned char zeros[48];
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        write_tensors("bad.safetensors", headers[i].header, zeros,
                      sizeof zeros - headers[i].missing);
        tool_refuses("bad.safetensors x.npy", headers[i].expected);
        tool_refuses("bad.safetensors x.npy", "bad.safetensors");
    }
}

/* Every beginning of a good file is a bad one. */
static void cut_tensors(void **state)
{
    (void)state;
    static unsigned char bytes[256];
    const size_t size = read_bytes("w.safetensors", bytes, sizeof bytes);
    CHECK(size > 100 && size < sizeof bytes);
    for (size_t length = 0; length < size; length++) {
        write_bytes("bad.safetensors", bytes, length, NULL, 0);
        tool_refuses("bad.safetensors x.npy", "bad.safetensors");
    }
    bytes[size] = 0;
    write_bytes("bad.safetensors", bytes, size + 1, NULL, 0);
    tool_refuses("bad.safetensors x.npy", "bad.safetensors");
    memset(bytes, 0xff, 8);
    write_bytes("bad.safetensors", bytes, size, NULL, 0);
    tool_refuses("bad.safetensors x.npy", "header");
}

/* Lists within lists, deeper than any stack would stand. */
static void deep_nesting(void **state)
{
    (void)state;
    const size_t depth = 200000;
    char *header = malloc(2 * depth + 32);
    CHECK(header != NULL);
    strcpy(header, "{\"a.weight\":");
    memset(header + strlen("{\"a.weight\":"), '[', depth);
    header[strlen("{\"a.weight\":") + depth] = '\0';
    write_tensors("deep.safetensors", header, "", 0);
    tool_refuses("deep.safetensors x.npy", "deep.safetensors");
    free(header);
}

static void weights_not_finite(void **state)
{
    (void)state;
    const char *header =
        "{\"a.weight\":{\"dtype\":\"F64\",\"shape\":[1,4],\"data_offsets\":[0,32]},"
        "\"a.bias\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[32,40]}}";
    static const double bad[] = {NAN, INFINITY, -INFINITY};
    for (int place = 0; place < 5; place++)
        for (int i = 0; i < 3; i++) {
            double values[5] = {1.0, 2.0, 3.0, 4.0, 5.0};
            values[place] = bad[i];
            write_tensors("nan.safetensors", header, values, sizeof values);
            tool_refuses("nan.safetensors x.npy", place < 4 ? "'a.weight'" : "'a.bias'");
        }
    double large[5] = {1.0, 2.0, 1e300, 4.0, 5.0};
    write_tensors("large.safetensors", header, large, sizeof large);
    tool_refuses("large.safetensors x.npy --precision f32", "'a.weight'");
    large[2] = 1e200; /* its square is not a double */
    struct outcome outcome;
    write_tensors("large.safetensors", header, large, sizeof large);
    tool_run("large.safetensors x.npy", &outcome);
    CHECK_IN(outcome.code == 1 && outcome.out[0] == '\0', "exit %d: %s", outcome.code, outcome.out);
    CHECK_IN(strstr(outcome.error, "sample 0") != NULL, "%s", outcome.error);
}

/* One unit, which is on at sample 3 alone: the sample is named, in whatever order they come. */
static void energy_not_finite(void **state)
{
    (void)state;
    static const char *const options[] = {"", " --tolerance 0.5", " --method rademacher"};
    const double weights[] = {1e200, 1.0};
    const double data[] = {-1.0, -2.0, -3.0, 4.0, -5.0};
    write_tensors("on.safetensors",
                  "{\"a.0.weight\":{\"dtype\":\"F64\",\"shape\":[1,1],\"data_offsets\":[0,8]},"
                  "\"a.1.weight\":{\"dtype\":\"F64\",\"shape\":[1,1],\"data_offsets\":[8,16]}}",
                  weights, sizeof weights);
    write_samples("on.npy", 5, 1, data, 0);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        char line[128];
        struct outcome outcome;
        snprintf(line, sizeof line, "on.safetensors on.npy --layout out-in%s", options[i]);
        tool_run(line, &outcome);
        CHECK_IN(outcome.code == 1 && strstr(outcome.error, "sample 3: its energy") != NULL,
                 "%s: exit %d: %s", line, outcome.code, outcome.error);
    }
}

static void data_not_finite(void **state)
{
    (void)state;
    double *data = random_values(5 * 4, 3);
    static const double bad[] = {NAN, INFINITY, -INFINITY};
    static const char *const methods[] = {"auto", "rademacher", "hutchpp", "finite-difference",
                                          "auto --tolerance 0.5"};
    for (int i = 0; i < 15; i++) {
        char line[128];
        char expected[32];
        const int sample = i % 5;
        const double kept = data[4 * sample + 2];
        snprintf(line, sizeof line, "w.safetensors nan.npy --method %s", methods[i % 5]);
        snprintf(expected, sizeof expected, "nan.npy: sample %d", sample);
        data[4 * sample + 2] = bad[i / 5];
        write_samples("nan.npy", 5, 4, data, i % 2);
        tool_refuses(line, expected);
        data[4 * sample + 2] = kept;
    }
    data[4 * 3 + 1] = 1e39;
    write_samples("nan.npy", 5, 4, data, 0);
    tool_refuses("w.safetensors nan.npy", "nan.npy: sample 3");
    data[4 * 3 + 1] = NAN; /* beyond the limit it does not matter */
    write_samples("nan.npy", 5, 4, data, 0);
    CHECK(tool_value("w.safetensors nan.npy --limit 3") > 0.0);
    free(data);
}

static const struct {
    int major;
    const char *dictionary;
    const char *expected;
} arrays[] = {
    {0, "{'descr': '<f8', 'fortran_order': False, 'shape': (5, 4), }", "version"},
    {4, "{'descr': '<f8', 'fortran_order': False, 'shape': (5, 4), }", "version"},
    {1, "", "header"},
    {1, "{", "header"},
    {1, "[5, 4]", "header"},
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (5, 4), ", "header"},
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (5, 4), } x", "header"},
    {1, "{'descr': '<f8', 'fortran_order': False, }", "shape"},
    {1, "{'descr': '<f8', 'shape': (5, 4), }", "fortran_order"},
    {1, "{'fortran_order': False, 'shape': (5, 4), }", "descr"},
    {1, "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (5, 4), }", "header"},
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (5, 4), 'more': 1, }", "header"},
    {1, "{'descr': '=f8', 'fortran_order': False, 'shape': (5, 4), }", "descr"},
    {1, "{'descr': '|f8', 'fortran_order': False, 'shape': (5, 4), }", "descr"},
    {1, "{'descr': '<f16', 'fortran_order': False, 'shape': (5, 2), }", "another size"},
    {1, "{'descr': '<c16', 'fortran_order': False, 'shape': (5, 2), }", "complex"},
    {1, "{'descr': '<V8', 'fortran_order': False, 'shape': (5, 4), }", "records"},
    {1, "{'descr': '<U2', 'fortran_order': False, 'shape': (5, 4), }", "texts"},
    {1, "{'descr': ", "descr"},
    {1, "{'descr': '|O', 'fortran_order': False, 'shape': (5, 4), }", "descr"},
    {1, "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (5, 4), }", "descr"},
    {1, "{'descr': '<f8', 'fortran_order': 0, 'shape': (5, 4), }", "fortran_order"},
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (), }", "shape"},
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': 20, }", "shape"},
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (5, 4, }", "shape"},
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (5 4), }", "shape"},
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (-5, -4), }", "shape"},
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4), }", "shape"},
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (5, 0), }", "shape"},
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (5, 5), }", "shape"},
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (4, 4), }", "shape"},
    {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (5, 4), }", "shape"},
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (10, 2), }", "2"},
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967301), }", "shape"},
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (2305843009213693957, 4), }", "shape"},
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999, 4), }", "shape"},
    {1,
     "{'descr': '<f8', 'fortran_order': False, 'shape': (5, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, "
     "1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), }",
     "shape"},
};

static void array_headers(void **state)
{
    (void)state;
    double *data = random_values(5 * 4, 4);
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        write_npy("bad.npy", arrays[i].major, arrays[i].dictionary, data, 160);
        tool_refuses("w.safetensors bad.npy", arrays[i].expected);
        tool_refuses("w.safetensors bad.npy", "bad.npy");
    }
    free(data);
}

static void cut_arrays(void **state)
{
    (void)state;
    static unsigned char bytes[512];
    const size_t size = read_bytes("x.npy", bytes, sizeof bytes);
    CHECK(size == 128 + 160);
    for (size_t length = 0; length < size; length += length < 12 ? 1 : 7) {
        write_bytes("bad.npy", bytes, length, NULL, 0);
        tool_refuses("w.safetensors bad.npy", "bad.npy");
    }
    write_bytes("bad.npy", bytes, size, "x", 1);
    tool_refuses("w.safetensors bad.npy", "bad.npy");
}

static void image_files(void **state)
{
    (void)state;
    static const struct {
        int axes;
        uint32_t sizes[5];
        size_t data_size;
        const char *expected;
    } cases[] = {
        {3, {5, 2, 2}, 19, "20"},
        {3, {5, 2, 2}, 21, "20"},
        {3, {0, 2, 2}, 0, "images"},
        {3, {5, 0, 2}, 0, "images"},
        {3, {5, 5, 1}, 25, "samples of 5"},
        {3, {0xffffffffU, 0xffffffffU, 0xffffffffU}, 20, "bad"},
        {3, {0x10000U, 0x10000U, 0x10000U}, 0, "bad"},
        {3, {0x40000000U, 4, 4}, 0, "bad"},
        {1, {20}, 20, "samples of 1"},
        {2, {4, 5}, 20, "samples of 5"},
        {4, {4, 5, 1, 1}, 20, "samples of 5"},
        {5, {5, 2, 2, 1}, 20, "magic number"},
    };
    static unsigned char pixels[32];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size = 0;
        unsigned char *bytes =
            idx_bytes(cases[i].axes, cases[i].sizes, pixels, cases[i].data_size, &size);
        write_bytes("bad-idx3-ubyte", bytes, size, NULL, 0);
        tool_refuses("w.safetensors bad-idx3-ubyte", cases[i].expected);
        write_gzipped("bad-idx3-ubyte.gz", bytes, size);
        tool_refuses("w.safetensors bad-idx3-ubyte.gz", cases[i].expected);
        free(bytes);
    }
}

static void image_bytes(void **state)
{
    (void)state;
    const uint32_t sizes[] = {5, 2, 2};
    static unsigned char pixels[20];
    static unsigned char packed[256];
    size_t size = 0;
    unsigned char *bytes = idx_bytes(3, sizes, pixels, 20, &size);
    for (size_t length = 0; length < size; length++) {
        write_bytes("bad-idx3-ubyte", bytes, length, NULL, 0);
        tool_refuses("w.safetensors bad-idx3-ubyte", "bad-idx3-ubyte");
    }
    bytes[2] = 0x0d; /* float */
    write_bytes("bad-idx3-ubyte", bytes, size, NULL, 0);
    tool_refuses("w.safetensors bad-idx3-ubyte", "bad-idx3-ubyte");
    bytes[2] = 8;
    write_gzipped("good.gz", bytes, size);
    free(bytes);
    const size_t packed_size = read_bytes("good.gz", packed, sizeof packed);
    CHECK(tool_value("w.safetensors good.gz") > 0.0);
    for (size_t length = 2; length < packed_size; length++) {
        write_bytes("bad.gz", packed, length, NULL, 0);
        tool_refuses("w.safetensors bad.gz", "bad.gz");
    }
    packed[packed_size - 6] ^= 1; /* its checksum */
    write_bytes("bad.gz", packed, packed_size, NULL, 0);
    tool_refuses("w.safetensors bad.gz", "bad.gz");
    packed[packed_size - 6] ^= 1;
    write_bytes("bad.gz", packed, packed_size, "more", 4);
    tool_refuses("w.safetensors bad.gz", "bad.gz");
}

/* Files too large to be read, nothing but holes after their beginning: refused by that. */
static void large_files(void **state)
{
    (void)state;
    static const char dictionary[] = "{'descr': '<f8', 'fortran_order': False, 'shape': (5, 4), }";
    static const uint32_t sizes[] = {5, 2, 2};
    static unsigned char head[256];
    const time_t start = time(NULL);
    size_t size = 0;
    unsigned char *images = idx_bytes(3, sizes, head, 20, &size);
    write_bytes("hole.idx", images, size, NULL, 0);
    free(images);
    write_npy("hole.npy", 1, dictionary, head, 160);
    write_bytes("hole.zero", "", 1, NULL, 0);
    write_bytes("hole.gz", "\x1f\x8b\x08", 4, NULL, 0);
    size = read_bytes("w.safetensors", head, sizeof head);
    head[8] = '[';
    write_bytes("hole.safetensors", head, size, NULL, 0);
    static const struct {
        const char *path;
        const char *arguments;
        const char *expected;
    } cases[] = {
        {"hole.idx", "w.safetensors hole.idx", "promises 36 bytes"},
        {"hole.npy", "w.safetensors hole.npy", "promises 288 bytes"},
        {"hole.zero", "w.safetensors hole.zero", "magic number"},
        {"hole.gz", "w.safetensors hole.gz", "4 GiB of gzip data"},
        {"hole.safetensors", "hole.safetensors x.npy", "begin with '{'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CHECK(truncate(cases[i].path, (off_t)1 << 34) == 0);
        tool_refuses(cases[i].arguments, cases[i].expected);
        remove(cases[i].path);
    }
    CHECK(difftime(time(NULL), start) <= 5.0);
}

/* Gzip data that would burst: refused by what stands at the beginning of it. */
static void bursting_files(void **state)
{
    (void)state;
    const uint32_t small[] = {5, 200, 200};
    const uint32_t large[] = {0xffffffffU, 200, 200};
    const size_t count = (size_t)1 << 25;
    unsigned char *zeros = calloc(count, 1);
    size_t size = 0;
    CHECK(zeros != NULL);
    write_gzipped("burst.gz", zeros, count);
    tool_refuses("w.safetensors burst.gz", "magic number 0x00000000");
    unsigned char *bytes = idx_bytes(3, small, zeros, count, &size);
    write_gzipped("burst.gz", bytes, size);
    free(bytes);
    tool_refuses("w.safetensors burst.gz", "more than 200016 bytes");
    bytes = idx_bytes(3, large, zeros, count, &size);
    write_gzipped("burst.gz", bytes, size);
    free(bytes);
    tool_refuses("w.safetensors burst.gz", "promises more than");
    free(zeros);
}

/* A file of another kind under any name. */
static void wrong_kind(void **state)
{
    (void)state;
    write_bytes("text.npy", "1,2,3,4\n", 8, NULL, 0);
    tool_refuses("w.safetensors text.npy", "text.npy");
    write_bytes("text.csv", "1,2,3,4\n", 8, NULL, 0);
    tool_refuses("w.safetensors text.csv", "text.csv");
    tool_refuses("w.safetensors w.safetensors", "w.safetensors");
    tool_refuses("x.npy x.npy", "x.npy");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tensor_headers),    cmocka_unit_test(cut_tensors),
        cmocka_unit_test(deep_nesting),      cmocka_unit_test(weights_not_finite),
        cmocka_unit_test(energy_not_finite), cmocka_unit_test(data_not_finite),
        cmocka_unit_test(array_headers),     cmocka_unit_test(cut_arrays),
        cmocka_unit_test(image_files),       cmocka_unit_test(image_bytes),
        cmocka_unit_test(large_files),       cmocka_unit_test(bursting_files),
        cmocka_unit_test(wrong_kind),
    };
    tool_is(argc, argv);
    return check_report("measure.bad_files", cmocka_run_group_tests(tests, make_files, NULL));
}
