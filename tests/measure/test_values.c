/* The numbers that `measure` prints for exact methods, against the reference. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "reference.h"
#include "support/check.h"
#include "tool.h"

#define SAMPLES 9

static double worst;

static void check_value(double value, long double expected, double bound, const char *what)
{
    const double error = (double)fabsl(value / expected - 1.0L);
    worst = error > worst ? error : worst;
    CHECK_IN(error <= bound, "%s: %.17g instead of %.17Lg, relative error %.2g", what, value,
             expected, error);
}

/* Mean energy of the first `samples` samples. */
static long double mean_energy(const struct network_case *network, int layers, const char *hidden,
                               const char *last, const double *x, int samples)
{
    long double sum = 0.0L;
    for (int i = 0; i < samples; i++)
        sum += network_energy(network, layers, hidden, last, x + i * network->widths[0]);
    return sum / samples;
}

static const int64_t small_widths[] = {7, 6, 5, 4};
static struct network_case small;
static double *small_data;

static int make_small(void **state)
{
    (void)state;
    network_make(&small, 3, small_widths, 11);
    small_data = random_values(SAMPLES * 7, 12);
    network_write(&small, &pytorch_f64, "small.safetensors");
    write_samples("small.npy", SAMPLES, 7, small_data, 0);
    return 0;
}

static int free_small(void **state)
{
    (void)state;
    network_destroy(&small);
    free(small_data);
    printf("largest relative error of a float64 value: %.2g\n", worst);
    return 0;
}

/* An affine map has the energy ||W||_F^2 everywhere. */
static void affine(void **state)
{
    (void)state;
    const int64_t widths[] = {13, 8};
    struct network_case network;
    long double norm = 0.0L;
    network_make(&network, 1, widths, 3);
    for (int i = 0; i < 13 * 8; i++)
        norm += (long double)network.weights[0][i] * network.weights[0][i];
    double *data = random_values(5 * 13, 4);
    network_write(&network, &pytorch_f64, "affine.safetensors");
    write_samples("affine.npy", 5, 13, data, 0);
    check_value(tool_value("affine.safetensors affine.npy"), norm, 1e-14, "affine map");
    check_value(tool_value("affine.safetensors affine.npy --method exact"), norm, 1e-14, "exact");
    cJSON *json = tool_json("affine.safetensors affine.npy");
    check_value(json_number(json, "min_energy"), norm, 1e-14, "smallest energy");
    check_value(json_number(json, "max_energy"), norm, 1e-14, "largest energy");
    cJSON_Delete(json);
    free(data);
    network_destroy(&network);
}

static void deep_identity(void **state)
{
    (void)state;
    check_value(tool_value("small.safetensors small.npy --activation identity"),
                mean_energy(&small, 3, "identity", "identity", small_data, 1), 1e-14,
                "three linear layers");
}

static void activations(void **state)
{
    (void)state;
    static const char *const names[] = {"identity", "relu",      "leaky_relu", "elu",
                                        "gelu",     "gelu_tanh", "silu",       "softplus",
                                        "tanh",     "sigmoid",   "sin"};
    char line[128];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(line, sizeof line, "small.safetensors small.npy --activation %s", names[i]);
        check_value(tool_value(line),
                    mean_energy(&small, 3, names[i], "identity", small_data, SAMPLES), 1e-13, line);
        snprintf(line, sizeof line,
                 "small.safetensors small.npy --output-activation %s --activation=tanh", names[i]);
        check_value(tool_value(line), mean_energy(&small, 3, "tanh", names[i], small_data, SAMPLES),
                    1e-13, line);
    }
}

/* The parameter goes to whichever activation takes one: a leaky ReLU of slope 1 is the
 * identity, and 0.01 is what it has without. */
static void activation_parameters(void **state)
{
    (void)state;
    static const struct {
        const char *options;
        const char *hidden;
        const char *last;
    } cases[] = {
        {"--activation leaky_relu --activation-parameter 1", "identity", "identity"},
        {"--output-activation leaky_relu --activation-parameter 1", "relu", "identity"},
        {"--activation leaky_relu --output-activation leaky_relu --activation-parameter 1",
         "identity", "identity"},
        {"--activation leaky_relu --output-activation tanh --activation-parameter 1", "identity",
         "tanh"},
        {"--activation sin --output-activation leaky_relu --activation-parameter 0.01", "sin",
         "leaky_relu"},
        {"--activation leaky_relu:1 --output-activation tanh", "identity", "tanh"},
        {"--activation prelu:0.01", "leaky_relu", "identity"},
        {"--activation prelu:0 --output-activation leaky_relu --activation-parameter 1", "relu",
         "identity"},
        {"--activation leaky_relu:0", "relu", "identity"},
        {"--activation leaky_relu --activation-parameter 0", "relu", "identity"},
        {"--activation elu:0", "relu", "identity"},
        {"--activation clamp:0:1e30", "relu", "identity"},
        {"--activation identity:s=-1:c=-1 --output-activation elu:1", "identity", "elu"},
        {"--activation sin:s=-1:c=-1 --output-activation relu:kink=inside", "sin", "relu"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[160];
        snprintf(line, sizeof line, "small.safetensors small.npy %s", cases[i].options);
        check_value(tool_value(line),
                    mean_energy(&small, 3, cases[i].hidden, cases[i].last, small_data, SAMPLES),
                    1e-13, line);
    }
}

/* Slopes below 0 are those of prelu. */
static void negative_slopes(void **state)
{
    (void)state;
    const double slope = tool_value("small.safetensors small.npy --activation leaky_relu:-0.5");
    check_value(tool_value("small.safetensors small.npy --activation leaky_relu "
                           "--activation-parameter -0.5"),
                slope, 0.0, "--activation-parameter -0.5");
    check_value(tool_value("small.safetensors small.npy --activation prelu:-0.5"), slope, 1e-13,
                "prelu:-0.5");
    CHECK(fabs(slope / tool_value("small.safetensors small.npy") - 1.0) > 0.01);
}

/* Inputs of all zeros without biases lie on every kink. */
static void kinks(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long double slope;
    } cases[] = {{"leaky_relu", 0.01L},
                 {"leaky_relu:0.2:kink=inside", 1.0L},
                 {"leaky_relu:0.2:kink=mean", 0.6L},
                 {"prelu:-0.5:kink=outside:c=3", -1.5L},
                 {"relu:s=0.5:kink=inside", 0.5L},
                 {"selu", 1.75809934084737686L},
                 {"mish", 0.6L},
                 {"softsign:s=4", 4.0L},
                 {"hard_sigmoid:s=3", 0.5L},
                 {"hard_swish", 0.5L}};
    const int64_t widths[] = {4, 6, 3};
    const double data[4] = {0.0};
    struct network_case network;
    network_make(&network, 2, widths, 8);
    for (int l = 0; l < 2; l++)
        memset(network.biases[l], 0, (size_t)widths[l + 1] * sizeof *network.biases[l]);
    network_write(&network, &pytorch_f64, "kinks.safetensors");
    write_samples("kinks.npy", 1, 4, data, 0);
    const long double linear = mean_energy(&network, 2, "identity", "identity", data, 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[160];
        snprintf(line, sizeof line, "kinks.safetensors kinks.npy --activation %s", cases[i].text);
        cJSON *json = tool_json(line);
        check_value(json_number(json, "geometric_complexity"),
                    linear * cases[i].slope * cases[i].slope, 1e-13, line);
        CHECK_IN(strcmp(json_text(json, "activation"), cases[i].text) == 0, "%s", line);
        CHECK(strcmp(json_text(json, "output_activation"), "identity") == 0);
        cJSON_Delete(json);
    }
    network_destroy(&network);
}

static void relu_by_default(void **state)
{
    (void)state;
    check_value(tool_value("small.safetensors small.npy"),
                mean_energy(&small, 3, "relu", "identity", small_data, SAMPLES), 1e-13, "default");
}

static void layers(void **state)
{
    (void)state;
    char line[128];
    for (int layer = 1; layer <= 3; layer++) {
        snprintf(line, sizeof line,
                 "small.safetensors small.npy --activation gelu --output-activation sin --layer %d",
                 layer);
        cJSON *json = tool_json(line);
        check_value(json_number(json, "geometric_complexity"),
                    mean_energy(&small, layer, "gelu", "sin", small_data, SAMPLES), 1e-13, line);
        CHECK(json_number(json, "layers") == layer);
        CHECK(json_number(json, "inputs") == 7.0);
        CHECK(json_number(json, "outputs") == (double)small_widths[layer]);
        cJSON_Delete(json);
    }
}

static void limit(void **state)
{
    (void)state;
    char line[128];
    for (int samples = 1; samples <= SAMPLES; samples += 4) {
        snprintf(line, sizeof line, "small.safetensors small.npy --limit %d", samples);
        cJSON *json = tool_json(line);
        check_value(json_number(json, "geometric_complexity"),
                    mean_energy(&small, 3, "relu", "identity", small_data, samples), 1e-13, line);
        CHECK(json_number(json, "samples") == samples);
        cJSON_Delete(json);
    }
    CHECK(tool_value("small.safetensors small.npy --limit 1000") ==
          tool_value("small.safetensors small.npy"));
}

/* The same network in every layout, order and alignment. */
static void layouts(void **state)
{
    (void)state;
    static const struct storage storages[] = {
        {.weight_name = "fc%d.weight", .bias_name = "fc%d.bias", .reversed = 1},
        {.weight_name = "params.Dense_%d.kernel",
         .bias_name = "params.Dense_%d.bias",
         .kernels = 1},
        {.weight_name = "layers.%d.weight", .bias_name = "layers.%d.bias", .header_padding = 1},
        {.weight_name = "%d.kernel", .bias_name = "%d.bias", .kernels = 1, .header_padding = 4},
    };
    const long double expected = mean_energy(&small, 3, "relu", "identity", small_data, SAMPLES);
    const double first = tool_value("small.safetensors small.npy");
    for (size_t i = 0; i < sizeof storages / sizeof storages[0]; i++) {
        network_write(&small, &storages[i], "layout.safetensors");
        const double value = tool_value("layout.safetensors small.npy");
        check_value(value, expected, 1e-13, storages[i].weight_name);
        CHECK(fabs(value / first - 1.0) <= 1e-15);
    }
}

/* Twelve layers: fc2 comes before fc10, whatever the order of the file. */
static void natural_order_of_names(void **state)
{
    (void)state;
    const int64_t widths[] = {3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 5, 4, 3};
    static const struct storage backwards = {
        .weight_name = "fc%d.weight", .bias_name = "fc%d.bias", .reversed = 1};
    struct network_case network;
    network_make(&network, 12, widths, 77);
    network_write(&network, &backwards, "deep.safetensors");
    double *data = random_values(SAMPLES * 3, 78);
    write_samples("deep.npy", SAMPLES, 3, data, 0);
    cJSON *json = tool_json("deep.safetensors deep.npy --activation tanh");
    check_value(json_number(json, "geometric_complexity"),
                mean_energy(&network, 12, "tanh", "identity", data, SAMPLES), 1e-13, "deep");
    CHECK(json_number(json, "layers") == 12.0);
    cJSON_Delete(json);
    free(data);
    network_destroy(&network);
}

static void without_bias(void **state)
{
    (void)state;
    static const struct storage bare = {.weight_name = "fc%d.weight"};
    struct network_case network;
    network_make(&network, 3, small_widths, 5);
    network_write(&network, &bare, "bare.safetensors");
    for (int l = 0; l < 3; l++)
        memset(network.biases[l], 0, (size_t)small_widths[l + 1] * sizeof(double));
    check_value(tool_value("bare.safetensors small.npy"),
                mean_energy(&network, 3, "relu", "identity", small_data, SAMPLES), 1e-13, "bare");
    network_destroy(&network);
}

/* Weights and data in every mixture of types, computed in either precision. */
static void precisions(void **state)
{
    (void)state;
    static const struct {
        struct storage storage;
        const char *own; /* the precision of the weights */
    } files[] = {
        {{.weight_name = "fc%d.weight", .bias_name = "fc%d.bias"}, "f64"},
        {{.weight_name = "fc%d.weight", .bias_name = "fc%d.bias", .singles = 1}, "f32"},
        {{.weight_name = "fc%d.weight", .bias_name = "fc%d.bias", .singles = 1, .doubles_from = 2},
         "f64"},
        {{.weight_name = "fc%d.weight",
          .bias_name = "fc%d.bias",
          .singles = 1,
          .header_padding = 3},
         "f32"},
    };
    static const char *const asked[] = {"", " --precision f32", " --precision=f64"};
    const long double expected = mean_energy(&small, 3, "silu", "identity", small_data, SAMPLES);
    write_samples("small_f32.npy", SAMPLES, 7, small_data, 1);
    for (size_t file = 0; file < sizeof files / sizeof files[0]; file++) {
        network_write(&small, &files[file].storage, "typed.safetensors");
        for (int i = 0; i < 6; i++) {
            char line[128];
            snprintf(line, sizeof line, "typed.safetensors %s --activation silu%s",
                     i < 3 ? "small.npy" : "small_f32.npy", asked[i % 3]);
            cJSON *json = tool_json(line);
            const char *used = json_text(json, "precision");
            const char *wanted = i % 3 == 0 ? files[file].own : i % 3 == 1 ? "f32" : "f64";
            CHECK_IN(strcmp(used, wanted) == 0, "%s: computed in %s", line, used);
            const double value = json_number(json, "geometric_complexity");
            if (strcmp(wanted, "f64") == 0)
                check_value(value, expected, 1e-13, line);
            else
                CHECK_IN(fabsl(value / expected - 1.0L) <= 2e-6L, "%s: %.9g instead of %.9Lg", line,
                         value, expected);
            cJSON_Delete(json);
        }
    }
}

/* 28 x 28 images, plain and gzipped, are the same as their pixels / 255 in a .npy file. */
static void images(void **state)
{
    (void)state;
    const int64_t widths[] = {784, 300, 100, 10};
    const uint32_t sizes[] = {6, 28, 28};
    unsigned char pixels[6 * 784];
    double data[6 * 784];
    uint64_t seed = 5;
    size_t size = 0;
    struct network_case network;
    network_make(&network, 3, widths, 21);
    network_write(&network, &pytorch_f64, "mnist.safetensors");
    for (int i = 0; i < 6 * 784; i++) {
        pixels[i] = (unsigned char)(127.5 * (1.0 + random_value(&seed)));
        data[i] = pixels[i] / 255.0;
    }
    unsigned char *bytes = idx_bytes(3, sizes, pixels, sizeof pixels, &size);
    write_bytes("t-images-idx3-ubyte", bytes, size, NULL, 0);
    write_gzipped("t-images-idx3-ubyte.gz", bytes, size);
    write_samples("t-images.npy", 6, 784, data, 0);
    free(bytes);
    const double plain = tool_value("mnist.safetensors t-images-idx3-ubyte");
    check_value(plain, mean_energy(&network, 3, "relu", "identity", data, 6), 1e-13, "images");
    CHECK(plain == tool_value("mnist.safetensors t-images-idx3-ubyte.gz"));
    CHECK(plain == tool_value("mnist.safetensors t-images.npy"));
    CHECK(plain == tool_value("mnist.safetensors t-images-idx3-ubyte.gz --precision f64"));
    const double single = tool_value("mnist.safetensors t-images-idx3-ubyte.gz --precision f32");
    CHECK(fabs(single / plain - 1.0) <= 2e-6 && single != plain);
    network_destroy(&network);
}

/* The axes after the first are flattened; one axis alone: samples of one number. */
static void axes(void **state)
{
    (void)state;
    const int64_t widths[] = {1, 3, 2};
    struct network_case network;
    network_make(&network, 2, widths, 8);
    network_write(&network, &pytorch_f64, "line.safetensors");
    double *data = random_values(4, 9);
    write_npy("line.npy", 2, "{'descr': '<f8', 'fortran_order': False, 'shape': (4,), }", data, 32);
    check_value(tool_value("line.safetensors line.npy --activation sin"),
                mean_energy(&network, 2, "sin", "identity", data, 4), 1e-13, "one axis");
    write_npy("line3.npy", 3, "{'descr': '<f8', 'fortran_order': False, 'shape': (4, 1, 1), }",
              data, 32);
    CHECK(tool_value("line.safetensors line3.npy") == tool_value("line.safetensors line.npy"));
    free(data);
    network_destroy(&network);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(affine),
        cmocka_unit_test(deep_identity),
        cmocka_unit_test(activations),
        cmocka_unit_test(activation_parameters),
        cmocka_unit_test(negative_slopes),
        cmocka_unit_test(kinks),
        cmocka_unit_test(relu_by_default),
        cmocka_unit_test(layers),
        cmocka_unit_test(limit),
        cmocka_unit_test(layouts),
        cmocka_unit_test(natural_order_of_names),
        cmocka_unit_test(without_bias),
        cmocka_unit_test(precisions),
        cmocka_unit_test(images),
        cmocka_unit_test(axes),
    };
    tool_is(argc, argv);
    return check_report("measure.values", cmocka_run_group_tests(tests, make_small, free_small));
}
