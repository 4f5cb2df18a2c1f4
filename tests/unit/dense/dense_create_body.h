/* Every mistake that dirichlet_dense_create can be given. */
#ifndef DIRICHLET_UNIT_DENSE_CREATE_BODY_H
#define DIRICHLET_UNIT_DENSE_CREATE_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dense_fixture_body.h"
#include "dirichlet/activation.h"
#include "dirichlet/dense.h"
#include "dirichlet/memory.h"
#include "dirichlet/status.h"
#include "support/check.h"
#include "support/counting_allocator.h"

static void expect_refused(const layer_view *layers, int64_t count,
                           const dirichlet_dense_options *options, dirichlet_status expected,
                           const char *text)
{
    network_handle *network = (network_handle *)(void *)&check_count;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    const dirichlet_status status =
        PRECISION(dirichlet_dense_create)(layers, count, options, &network, &error);
    CHECK_IN(status == expected, "%s: status %d, message '%s'", text, (int)status, error.message);
    CHECK(network == NULL);
    CHECK_IN(strstr(error.message, text) != NULL, "'%s' lacks '%s'", error.message, text);
    CHECK(PRECISION(dirichlet_dense_create)(layers, count, options, &network, NULL) == expected);
}

static void expect_layers_refused(const struct fixture *f, dirichlet_status expected,
                                  const char *text)
{
    expect_refused(f->layers, FIXTURE_LAYERS, &f->options, expected, text);
}

static void test_create_null(void **state)
{
    struct fixture f;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    (void)state;
    make_fixture(&f);
    expect_refused(NULL, FIXTURE_LAYERS, NULL, DIRICHLET_E_NULL, "layers is NULL");
    CHECK(PRECISION(dirichlet_dense_create)(f.layers, FIXTURE_LAYERS, NULL, NULL, &error) ==
          DIRICHLET_E_NULL);
    assert_string_equal(error.message, "out is NULL");
    f.layers[1].weights = NULL;
    expect_layers_refused(&f, DIRICHLET_E_NULL, "layers[1].weights is NULL");
}

static void test_create_counts(void **state)
{
    struct fixture f;
    (void)state;
    make_fixture(&f);
    expect_refused(f.layers, 0, NULL, DIRICHLET_E_RANGE, "layer_count is 0");
    expect_refused(f.layers, -3, NULL, DIRICHLET_E_RANGE, "layer_count is -3");
    expect_refused(f.layers, INT64_MAX, NULL, DIRICHLET_E_OVERFLOW,
                   "layer_count is 9223372036854775807");
    f.options.layers = -1;
    expect_layers_refused(&f, DIRICHLET_E_RANGE, "options.layers is -1");
    f.options.layers = FIXTURE_LAYERS + 1;
    expect_layers_refused(&f, DIRICHLET_E_RANGE, "options.layers is 4");
}

static void test_create_shapes(void **state)
{
    struct fixture f;
    (void)state;
    make_fixture(&f);
    f.layers[2].inputs = 7;
    f.layers[2].output_stride = 7;
    expect_layers_refused(&f, DIRICHLET_E_SHAPE, "layers[2].inputs is 7, layers[1].outputs is 5");
    make_fixture(&f);
    f.layers[0].inputs = 0;
    expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[0].inputs is 0");
    f.layers[0].inputs = INT64_C(1) << 31;
    expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[0].inputs is 2147483648");
    make_fixture(&f);
    f.layers[1].outputs = -5;
    expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[1].outputs is -5");
}

static void test_create_strides(void **state)
{
    struct fixture f;
    (void)state;
    make_fixture(&f);
    f.layers[1].output_stride = 0;
    expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[1].output_stride is 0");
    make_fixture(&f);
    f.layers[1].input_stride = -1;
    expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[1].input_stride is -1");
    make_fixture(&f);
    f.layers[2].bias_stride = 0;
    expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[2].bias_stride is 0");
    make_fixture(&f);
    f.layers[1].output_stride = 2; /* 5 x 3: element (1, 0) would be element (0, 2) */
    expect_layers_refused(&f, DIRICHLET_E_SHAPE, "layers[1].output_stride is 2");
    make_fixture(&f);
    f.layers[0].output_stride = 6;
    f.layers[0].input_stride = 4; /* 3 x 4: 2 * 6 = 3 * 4 */
    expect_layers_refused(&f, DIRICHLET_E_SHAPE, "overlap");
}

static void test_create_overflow(void **state)
{
    struct fixture f;
    const int64_t largest = INT32_MAX;
    (void)state;
    make_fixture(&f);
    f.layers[0] = plain_layer(1, largest, f.weights[0], NULL, DIRICHLET_ACTIVATION_RELU);
    f.layers[0].output_stride = largest;
    expect_refused(f.layers, 1, NULL, DIRICHLET_E_OVERFLOW, "layers[0].weights");
    f.layers[0].output_stride = 1;
    if (sizeof(size_t) < sizeof(int64_t)) /* of which the weights fit */
        f.layers[0].outputs = 1000;
    f.layers[0].bias = f.biases[0];
    f.layers[0].bias_stride = largest;
    expect_refused(f.layers, 1, NULL, DIRICHLET_E_OVERFLOW, "layers[0].bias");
}

/* Notes the most that is asked for, and gives a megabyte at most. */
static void *allocate_little(size_t size, void *user)
{
    size_t *asked = user;
    *asked = size > *asked ? size : *asked;
    return size > (size_t)1 << 20 ? NULL : malloc(size);
}

static void release_little(void *pointer, size_t size, void *user)
{
    (void)size;
    (void)user;
    free(pointer);
}

/* Where the Gram matrices of an end are beyond the address space, though the weights are not, no
 * plan has them: what is asked for is far less. */
static void test_create_without_grams(void **state)
{
    const real weights[1] = {0};
    const bool single = sizeof(real) == sizeof(float);
    const int64_t inputs = single ? INT64_C(3) << 29 : 1300000000;
    const int64_t hidden = single ? INT64_C(1) << 30 : 820000000;
    const layer_view layers[2] = {
        plain_layer(inputs, hidden, weights, NULL, DIRICHLET_ACTIVATION_TANH),
        plain_layer(hidden, 1, weights, NULL, DIRICHLET_ACTIVATION_IDENTITY)};
    dirichlet_allocator small = {sizeof small, allocate_little, release_little, NULL};
    const dirichlet_dense_options options = {
        .struct_size = sizeof options, .workspace_bytes = SIZE_MAX, .allocator = &small};
    network_handle *network = NULL;
    size_t asked = 0;
    (void)state;
    if (sizeof(size_t) < sizeof(int64_t)) /* whose weights are beyond it too */
        return;
    small.user = &asked;
    CHECK(PRECISION(dirichlet_dense_create)(layers, 2, &options, &network, NULL) ==
          DIRICHLET_E_MEMORY);
    CHECK_IN(network == NULL && (double)asked < 0x1p50, "%zu bytes", asked);
}

static void test_create_activations(void **state)
{
    struct fixture f;
    (void)state;
    make_fixture(&f);
    f.layers[1].activation = 14;
    expect_layers_refused(&f, DIRICHLET_E_CONSTANT, "layers[1].activation is 14");
    make_fixture(&f);
    f.layers[2].activation_parameter = 1.0;
    expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[2].activation_parameter is 1");
    f.layers[2].activation = DIRICHLET_ACTIVATION_ELU;
    f.layers[2].activation_parameter = (double)INFINITY;
    expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[2].activation_parameter is inf");
    f.layers[2].activation_parameter = (double)NAN;
    expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[2].activation_parameter");
    make_fixture(&f);
    f.layers[0].parameter_given = 2;
    expect_layers_refused(&f, DIRICHLET_E_RANGE, "layers[0].parameter_given is 2");
}

/* Copy the fixture's layers into elements of another size, the excess zero. */
static void resize_layers(const struct fixture *f, size_t size, unsigned char *bytes)
{
    memset(bytes, 0, FIXTURE_LAYERS * size);
    for (int l = 0; l < FIXTURE_LAYERS; l++) {
        const size_t known = size < sizeof(layer_view) ? size : sizeof(layer_view);
        memcpy(bytes + (size_t)l * size, &f->layers[l], known);
        memcpy(bytes + (size_t)l * size, &size, sizeof size);
    }
}

static void test_create_struct_sizes(void **state)
{
    struct fixture f;
    unsigned char bytes[FIXTURE_LAYERS * (sizeof(layer_view) + 16)];
    const size_t older = offsetof(layer_view, activation_parameter);
    const size_t newer = sizeof(layer_view) + 16;
    const real x[FIXTURE_INPUTS] = {1, 2, 3, 4};
    double energies[3] = {0.0, 0.0, 0.0};
    const size_t sizes[] = {sizeof(layer_view), older, newer};
    (void)state;
    make_fixture(&f);
    for (int i = 0; i < 3; i++) {
        resize_layers(&f, sizes[i], bytes);
        network_handle *network =
            create_or_fail((const layer_view *)(const void *)bytes, FIXTURE_LAYERS, NULL);
        CHECK(PRECISION(dirichlet_dense_energies)(network, 1, x, &energies[i]) == DIRICHLET_OK);
        CHECK(energies[i] > 0.0 && energies[i] == energies[0]);
        PRECISION(dirichlet_dense_destroy)(network);
    }
    bytes[2 * newer - 1] = 1;
    expect_refused((const layer_view *)(const void *)bytes, FIXTURE_LAYERS, NULL,
                   DIRICHLET_E_STRUCT_SIZE, "layers[1] has fields");
    f.layers[2].struct_size = older;
    expect_layers_refused(&f, DIRICHLET_E_STRUCT_SIZE, "layers[2].struct_size");
    make_fixture(&f);
    f.layers[0].struct_size = 0;
    expect_layers_refused(&f, DIRICHLET_E_STRUCT_SIZE, "layers[0].struct_size is 0");
}

static void test_create_options(void **state)
{
    struct fixture f;
    struct counting_allocator counts = {0};
    dirichlet_allocator hooks = counting_hooks(&counts);
    (void)state;
    make_fixture(&f);
    f.options.struct_size = 3;
    expect_layers_refused(&f, DIRICHLET_E_STRUCT_SIZE, "options.struct_size is 3");
    make_fixture(&f);
    f.options.struct_size = offsetof(dirichlet_dense_options, layers);
    f.options.layers = 2; /* not part of so old a struct */
    network_handle *network = create_or_fail(f.layers, FIXTURE_LAYERS, &f.options);
    CHECK(PRECISION(dirichlet_dense_inputs)(network) == 4);
    CHECK(PRECISION(dirichlet_dense_outputs)(network) == FIXTURE_OUTPUTS);
    PRECISION(dirichlet_dense_destroy)(network);
    make_fixture(&f);
    f.options.workspace_bytes = 1;
    expect_layers_refused(&f, DIRICHLET_E_WORKSPACE,
                          "options.workspace_bytes is 1: this network "
                          "needs at least ");
    f.options.workspace_bytes = 0;
    f.options.allocator = &hooks;
    hooks.release = NULL;
    expect_layers_refused(&f, DIRICHLET_E_NULL, "allocator.release is NULL");
    CHECK(counts.calls == 0);
}

/* Strides along an extent of 1 are not looked at. */
static void test_create_extents_of_one(void **state)
{
    const real weight = (real)0.5;
    const real bias = (real)-0.25;
    const real x[3] = {1, 2, 3};
    real y[3];
    double energies[3];
    layer_view layer = plain_layer(1, 1, &weight, &bias, DIRICHLET_ACTIVATION_IDENTITY);
    (void)state;
    layer.output_stride = layer.input_stride = layer.bias_stride = -7;
    network_handle *network = create_or_fail(&layer, 1, NULL);
    CHECK(PRECISION(dirichlet_dense_forward)(network, 3, x, y) == DIRICHLET_OK);
    CHECK(PRECISION(dirichlet_dense_energies)(network, 3, x, energies) == DIRICHLET_OK);
    for (int i = 0; i < 3; i++) {
        CHECK((double)y[i] == 0.5 * (double)x[i] - 0.25);
        CHECK(energies[i] == 0.25);
    }
    PRECISION(dirichlet_dense_destroy)(network);
}

#endif
