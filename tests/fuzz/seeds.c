/* Write the corpus the fuzzers start from: small valid files of each kind.
 * seeds DIRECTORY makes DIRECTORY/{safetensors,npy,npz,idx,index,deserialize,structs}/... */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>
#include <zlib.h>

#include <dirichlet/dirichlet.h>

#include "file.h"
#include "npy.h"
#include "output.h"
#include "safetensors.h"
#include "state.h"

static struct problem problem;

static void require(int fine)
{
    if (fine)
        return;
    fprintf(stderr, "seeds: %s\n", problem.text);
    exit(1);
}

static const char *path_of(const char *directory, const char *kind, const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, kind);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%s/%s", directory, kind, name);
    return path;
}

static void write_safetensors(const char *directory)
{
    static const float weights[6] = {1, 2, 3, 4, 5, 6};
    static const double wide[2] = {1, 2};
    char names[3][16] = {"fc1.weight", "fc1.bias", "fc2.kernel"};
    const struct tensor tensors[3] = {{names[0], NUMBER_F32, 2, {2, 3}, weights, sizeof weights},
                                      {names[1], NUMBER_F64, 1, {2}, wide, sizeof wide},
                                      {names[2], NUMBER_F64, 2, {2, 1}, wide, sizeof wide}};
    require(safetensors_write(path_of(directory, "safetensors", "two-layers"), tensors, 3,
                              &problem) == 0);
    require(safetensors_write(path_of(directory, "safetensors", "one-tensor"), tensors, 1,
                              &problem) == 0);
}

static void write_npy(const char *directory)
{
    static const double values[4] = {1, 2, 3, 4};
    static const char square[] = "\x93NUMPY\x02\x00\x44\x00\x00\x00"
                                 "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 2), }"
                                 "     \n"
                                 "0123456789abcdef";
    require(npy_write_vector(path_of(directory, "npy", "vector"), 4, values, &problem) == 0);
    require(file_write(path_of(directory, "npy", "version-2"), square, sizeof square - 1, NULL, 0,
                       &problem) == 0);
}

static void write_turned_npy(const char *directory)
{
    static const char turned[] = "\x93NUMPY\x01\x00\x46\x00"
                                 "{'descr': '>f8', 'fortran_order': True, 'shape': (2L, 1, 2L), }"
                                 "      \n"
                                 "0123456789abcdefghijklmnopqrstuv";
    require(file_write(path_of(directory, "npy", "turned"), turned, sizeof turned - 1, NULL, 0,
                       &problem) == 0);
}

/* Archives of `count` arrays. */
static void write_npz(const char *directory, const char *name, int count)
{
    static const char array[] = "\x93NUMPY\x01\x00\x3a\x00"
                                "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 2)}"
                                "\n"
                                "01234567";
    static const char *const members[] = {"x.npy", "y.npy"};
    zip_t *archive = zip_open(path_of(directory, "npz", name), ZIP_CREATE | ZIP_TRUNCATE, NULL);
    require(archive != NULL);
    for (int i = 0; i < count; i++) {
        zip_source_t *source = zip_source_buffer(archive, array, sizeof array - 1, 0);
        require(source != NULL && zip_file_add(archive, members[i], source, 0) == i);
    }
    require(zip_close(archive) == 0);
}

static void write_index(const char *directory)
{
    static const char text[] = "{\"metadata\": {\"total_size\": 8}, \"weight_map\": "
                               "{\"0.weight\": \"a-00001-of-00002.safetensors\", "
                               "\"2.weight\": \"a-00002-of-00002.safetensors\"}}";
    require(file_write(path_of(directory, "index", "two-shards"), text, sizeof text - 1, NULL, 0,
                       &problem) == 0);
}

static void write_idx(const char *directory)
{
    static const unsigned char images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0,
                                           1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6};
    static const unsigned char labels[] = {0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9};
    require(file_write(path_of(directory, "idx", "images"), images, sizeof images, NULL, 0,
                       &problem) == 0);
    require(file_write(path_of(directory, "idx", "labels"), labels, sizeof labels, NULL, 0,
                       &problem) == 0);
    gzFile zipped = gzopen(path_of(directory, "idx", "images-gzipped"), "wb");
    require(zipped != NULL && gzwrite(zipped, images, sizeof images) == (int)sizeof images &&
            gzclose(zipped) == Z_OK);
}

static int32_t sum_vjp(int64_t first, int64_t samples, int64_t directions, const double *x,
                       const double *u, double *jtu, void *user)
{
    (void)first;
    (void)user;
    for (int64_t i = 0; i < samples * directions; i++)
        for (int64_t j = 0; j < 3; j++)
            jtu[i * 3 + j] = (u[2 * i] + (double)(j + 1) * u[2 * i + 1]) * x[i / directions * 3];
    return 0;
}

/* The fuzzer's idea of a state must be the library's: repairing a good one changes nothing. */
static void require_consistent(const unsigned char *bytes, size_t size)
{
    unsigned char repaired[8192];
    snprintf(problem.text, sizeof problem.text, "serialized states are not as state.h says");
    require(size >= 32 && size <= sizeof repaired);
    memcpy(repaired, bytes, size);
    state_repair(repaired, size);
    require(memcmp(repaired, bytes, size) == 0);
}

/* f = (x_1^2 + x_2 x_3, x_1), whose differences have an error. */
static int32_t square_forward(int64_t first, int64_t samples, int64_t points, const double *x,
                              double *y, void *user)
{
    (void)first;
    (void)user;
    for (int64_t i = 0; i < samples * points; i++) {
        y[2 * i] = x[3 * i] * x[3 * i] + x[3 * i + 1] * x[3 * i + 2];
        y[2 * i + 1] = x[3 * i];
    }
    return 0;
}

/* The samples in `groups` groups by turns; 0: none. */
static void write_state(const char *directory, const char *name, dirichlet_method method,
                        int64_t samples, int64_t groups)
{
    static const int64_t turns[5] = {0, 1, 0, -1, 1};
    static const double x[15] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6};
    const dirichlet_model_f64 model = {.struct_size = sizeof model,
                                       .inputs = 3,
                                       .outputs = 2,
                                       .forward = square_forward,
                                       .vjp = sum_vjp};
    const dirichlet_estimator_options options = {
        .struct_size = sizeof options, .method = method, .probes = 2, .seed = 7, .groups = groups};
    const dirichlet_batch_f64 batch = {.struct_size = sizeof batch,
                                       .samples = samples,
                                       .x = x,
                                       .groups = groups > 0 ? turns : NULL};
    dirichlet_error error = {.struct_size = sizeof error};
    dirichlet_estimator *estimator = NULL;
    unsigned char bytes[8192];
    size_t size = 0;
    const dirichlet_status status =
        dirichlet_estimator_create_f64(&model, &options, &estimator, &error);
    snprintf(problem.text, sizeof problem.text, "%s", error.message);
    require(status == DIRICHLET_OK &&
            dirichlet_estimator_update_batch_f64(estimator, &batch) == DIRICHLET_OK &&
            dirichlet_estimator_serialize(estimator, bytes, sizeof bytes, &size) == DIRICHLET_OK);
    require_consistent(bytes, size);
    require(file_write(path_of(directory, "deserialize", name), bytes, size, NULL, 0, &problem) ==
            0);
    dirichlet_estimator_destroy(estimator);
}

/* Of every call of fuzz_structs.c one with everything as it should be, and some where a few bytes
 * are not 0. */
static void write_structs(const char *directory)
{
    for (int call = 0; call < 34; call++)
        for (int variant = 0; variant < 6; variant++) {
            unsigned char bytes[120] = {(unsigned char)call};
            char name[32];
            uint32_t state = (uint32_t)(6 * call + variant);
            for (size_t i = 3; i < sizeof bytes && variant > 0; i++) {
                state = state * 1664525u + 1013904223u;
                bytes[i] = (state >> 8) % 256 < 7 ? (unsigned char)(state >> 24) : 0;
            }
            (void)snprintf(name, sizeof name, "call-%d-%d", call, variant);
            require(file_write(path_of(directory, "structs", name), bytes, sizeof bytes, NULL, 0,
                               &problem) == 0);
        }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: seeds DIRECTORY\n");
        return 2;
    }
    mkdir(argv[1], 0777);
    write_safetensors(argv[1]);
    write_npy(argv[1]);
    write_turned_npy(argv[1]);
    write_npz(argv[1], "one", 1);
    write_npz(argv[1], "two", 2);
    write_index(argv[1]);
    write_idx(argv[1]);
    write_structs(argv[1]);
    write_state(argv[1], "empty", DIRICHLET_METHOD_EXACT, 0, 0);
    write_state(argv[1], "exact", DIRICHLET_METHOD_EXACT, 5, 0);
    write_state(argv[1], "rademacher", DIRICHLET_METHOD_RADEMACHER, 5, 0);
    write_state(argv[1], "one-sample", DIRICHLET_METHOD_UNIT, 1, 0);
    write_state(argv[1], "groups", DIRICHLET_METHOD_RADEMACHER, 5, 2);
    write_state(argv[1], "differences", DIRICHLET_METHOD_FINITE_DIFFERENCE, 5, 2);
    return 0;
}
