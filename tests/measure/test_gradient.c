/* --gradient of `measure`: the file beside differences of the energies, which are computed in
 * long double; its form; and what becomes of it when something fails. */
#define _XOPEN_SOURCE 700
#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "npy.h"
#include "reference.h"
#include "safetensors.h"
#include "support/check.h"
#include "tool.h"

#define SAMPLES 40

static const int64_t widths[] = {4, 6, 5, 3};
static struct network_case network;
static double *data;

/* Parts of files that were left in the folder; they are removed. */
static int parts_left(void)
{
    int left = 0;
    DIR *folder = opendir(".");
    CHECK(folder != NULL);
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
        if (strstr(entry->d_name, ".part") != NULL)
            left += remove(entry->d_name) == 0;
    closedir(folder);
    return left;
}

static int make_network(void **state)
{
    (void)state;
    (void)parts_left(); /* by a run that was interrupted */
    network_make(&network, 3, widths, 41);
    network_write(&network, &pytorch_f64, "net.safetensors");
    data = random_values(SAMPLES * 4, 42);
    write_samples("data.npy", SAMPLES, 4, data, 0);
    return 0;
}

static int free_network(void **state)
{
    (void)state;
    network_destroy(&network);
    free(data);
    return 0;
}

/* What is measured. */
struct subject {
    struct network_case *network;
    int layers; /* in use */
    const char *hidden;
    const char *last;
    const double *x;
    int64_t samples;
};

static long double mean_energy(const struct subject *subject)
{
    long double sum = 0.0L;
    for (int64_t i = 0; i < subject->samples; i++)
        sum += network_energy(subject->network, subject->layers, subject->hidden, subject->last,
                              subject->x + i * subject->network->widths[0]);
    return sum / (long double)subject->samples;
}

static long double difference(const struct subject *subject, double *parameter, double step)
{
    const double kept = *parameter;
    *parameter = kept + step;
    const long double above_at = *parameter;
    const long double above = mean_energy(subject);
    *parameter = kept - step;
    const long double below = mean_energy(subject);
    const long double distance = above_at - *parameter;
    *parameter = kept;
    return (above - below) / distance;
}

/* dGC/dparameter by Richardson's extrapolation of central differences, right to step^4. Steps
 * on relu networks are short, so as not to reach a kink: between kinks they are exact. */
static long double derivative(const struct subject *subject, double *parameter)
{
    const double step = strcmp(subject->hidden, "relu") == 0 ? 0x1p-22 : 0x1p-11;
    return (4.0L * difference(subject, parameter, step) -
            difference(subject, parameter, 2.0 * step)) /
           3.0L;
}

static const struct tensor *find(const struct safetensors *file, const char *name)
{
    for (int i = 0; i < file->count; i++)
        if (strcmp(file->tensors[i].name, name) == 0)
            return &file->tensors[i];
    CHECK_IN(0, "no tensor %s", name);
    return NULL;
}

static double number(const struct tensor *tensor, int64_t index)
{
    float single = 0.0F;
    double value = 0.0;
    if (tensor->type == NUMBER_F64) {
        memcpy(&value, (const unsigned char *)tensor->data + index * 8, 8);
        return value;
    }
    memcpy(&single, (const unsigned char *)tensor->data + index * 4, 4);
    return single;
}

static void read_gradient(const char *path, struct safetensors *file)
{
    struct problem problem;
    CHECK_IN(safetensors_read(path, file, &problem) == 0, "%s", problem.text);
}

/* Squared error and square of the reference, over weights (out, in) or a bias (in = 0). */
static void compare(const struct subject *subject, const struct tensor *tensor, double *parameters,
                    int64_t out, int64_t in, int kernel, long double *error, long double *square)
{
    const int64_t columns = in > 0 ? in : 1;
    for (int64_t o = 0; o < out; o++)
        for (int64_t i = 0; i < columns; i++) {
            const long double expected = derivative(subject, &parameters[o * columns + i]);
            const long double found = number(tensor, kernel ? i * out + o : o * columns + i);
            *error += (found - expected) * (found - expected);
            *square += expected * expected;
        }
}

/* The file holds the tensors of the layers in use, of the type, with the right numbers. */
static void check_gradient(const struct subject *subject, const struct storage *storage,
                           const char *path, enum number_type type, double bound, const char *what)
{
    struct safetensors file;
    char name[64];
    long double error = 0.0L;
    long double square = 0.0L;
    read_gradient(path, &file);
    CHECK_IN(file.count == subject->layers * (storage->bias_name != NULL ? 2 : 1), "%s: %d tensors",
             what, file.count);
    for (int l = 0; l < subject->layers; l++) {
        const int64_t in = subject->network->widths[l];
        const int64_t out = subject->network->widths[l + 1];
        snprintf(name, sizeof name, storage->weight_name, l + 1);
        const struct tensor *weight = find(&file, name);
        CHECK_IN(weight->type == type && weight->axes == 2, "%s: %s", what, name);
        CHECK(weight->shape[0] == (storage->kernels ? in : out));
        CHECK(weight->shape[1] == (storage->kernels ? out : in));
        compare(subject, weight, subject->network->weights[l], out, in, storage->kernels, &error,
                &square);
        if (storage->bias_name == NULL)
            continue;
        snprintf(name, sizeof name, storage->bias_name, l + 1);
        const struct tensor *bias = find(&file, name);
        CHECK_IN(bias->type == type && bias->axes == 1 && bias->shape[0] == out, "%s: %s", what,
                 name);
        compare(subject, bias, subject->network->biases[l], out, 0, 0, &error, &square);
    }
    safetensors_free(&file);
    const double relative = (double)sqrtl(error / square);
    printf("%-52s relative error %.2g (at most %.0e)\n", what, relative, bound);
    CHECK_IN(square > 0.0L && relative <= bound, "%s: error %g", what, relative);
}

static void activations(void **state)
{
    (void)state;
    static const struct {
        const char *hidden;
        const char *last;
    } cases[] = {{"relu", "identity"},
                 {"tanh", "identity"},
                 {"gelu", "sigmoid"},
                 {"sin", "tanh"},
                 {"softplus", "softplus"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct subject subject = {&network, 3, cases[i].hidden, cases[i].last, data, SAMPLES};
        char line[200];
        snprintf(line, sizeof line,
                 "net.safetensors data.npy --activation %s "
                 "--output-activation %s --gradient g.safetensors",
                 cases[i].hidden, cases[i].last);
        (void)tool_value(line);
        snprintf(line, sizeof line, "%s, %s, float64", cases[i].hidden, cases[i].last);
        check_gradient(&subject, &pytorch_f64, "g.safetensors", NUMBER_F64, 2e-12, line);
    }
}

/* Weights of either type computed in either precision: the file is of the latter. */
static void precisions(void **state)
{
    (void)state;
    static const struct storage singles = {
        .weight_name = "fc%d.weight", .bias_name = "fc%d.bias", .singles = 1};
    static const struct {
        const char *arguments;
        enum number_type type;
        double bound;
    } cases[] = {{"f32.safetensors data.npy", NUMBER_F32, 2e-6},
                 {"f32.safetensors data.npy --precision f64", NUMBER_F64, 2e-12},
                 {"f64.safetensors data.npy --precision f32", NUMBER_F32, 2e-6},
                 {"f64.safetensors data.npy", NUMBER_F64, 2e-12}};
    struct network_case exact;
    network_make(&exact, 3, widths, 41);
    for (int l = 0; l < 3; l++)
        for (int64_t i = 0; i < widths[l + 1]; i++)
            exact.biases[l][i] = (float)exact.biases[l][i];
    network_write(&exact, &singles, "f32.safetensors");
    network_write(&exact, &pytorch_f64, "f64.safetensors");
    const struct subject subject = {&exact, 3, "silu", "identity", data, SAMPLES};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[128];
        snprintf(line, sizeof line, "%s --activation silu --gradient=g.safetensors",
                 cases[i].arguments);
        (void)tool_value(line);
        check_gradient(&subject, &pytorch_f64, "g.safetensors", cases[i].type, cases[i].bound,
                       cases[i].arguments);
    }
    network_destroy(&exact);
}

static void layouts(void **state)
{
    (void)state;
    static const struct storage storages[] = {
        {.weight_name = "fc%d.weight", .bias_name = "fc%d.bias", .reversed = 1},
        {.weight_name = "Dense_%d/kernel", .bias_name = "Dense_%d/bias", .kernels = 1},
        {.weight_name = "%d.kernel", .bias_name = "%d.bias", .kernels = 1, .header_padding = 3},
    };
    const struct subject subject = {&network, 3, "tanh", "identity", data, SAMPLES};
    for (size_t i = 0; i < sizeof storages / sizeof storages[0]; i++) {
        network_write(&network, &storages[i], "layout.safetensors");
        (void)tool_value("layout.safetensors data.npy --activation tanh --gradient g.safetensors");
        check_gradient(&subject, &storages[i], "g.safetensors", NUMBER_F64, 2e-12,
                       storages[i].weight_name);
    }
}

static void without_bias(void **state)
{
    (void)state;
    static const struct storage bare = {.weight_name = "fc%d.weight"};
    struct network_case unbiased;
    network_make(&unbiased, 3, widths, 5);
    network_write(&unbiased, &bare, "bare.safetensors");
    for (int l = 0; l < 3; l++)
        memset(unbiased.biases[l], 0, (size_t)widths[l + 1] * sizeof(double));
    const struct subject subject = {&unbiased, 3, "tanh", "identity", data, SAMPLES};
    (void)tool_value("bare.safetensors data.npy --activation tanh --gradient g.safetensors");
    check_gradient(&subject, &bare, "g.safetensors", NUMBER_F64, 2e-12, "without bias");
    network_destroy(&unbiased);
}

/* The layers above have no part in it, and none in the file. */
static void first_layers(void **state)
{
    (void)state;
    for (int layers = 1; layers <= 3; layers++) {
        const struct subject subject = {&network, layers, "gelu", "sin", data, SAMPLES};
        char line[160];
        snprintf(line, sizeof line,
                 "net.safetensors data.npy --activation gelu --output-activation sin --layer %d "
                 "--gradient g.safetensors",
                 layers);
        (void)tool_value(line);
        snprintf(line, sizeof line, "the first %d layers", layers);
        check_gradient(&subject, &pytorch_f64, "g.safetensors", NUMBER_F64, 2e-12, line);
    }
}

/* One matrix: GC = ||W||_F^2 whatever the data, with gradient 2 W and none of the bias. */
static void affine(void **state)
{
    (void)state;
    static const char *const precision[] = {"f64", "f32"};
    for (int p = 0; p < 2; p++) {
        struct safetensors file;
        char line[160];
        double worst = 0.0;
        snprintf(line, sizeof line,
                 "net.safetensors data.npy --activation identity --layer 1 --precision %s "
                 "--gradient g.safetensors",
                 precision[p]);
        (void)tool_value(line);
        read_gradient("g.safetensors", &file);
        for (int64_t i = 0; i < widths[0] * widths[1]; i++) {
            const double expected = 2.0 * network.weights[0][i];
            const double error = fabs(number(find(&file, "fc1.weight"), i) / expected - 1.0);
            CHECK_IN(error <= (p == 0 ? 1e-15 : 3e-7), "weight %d: %g", (int)i, error);
            worst = fmax(worst, error);
        }
        for (int64_t i = 0; i < widths[1]; i++)
            CHECK(number(find(&file, "fc1.bias"), i) == 0.0);
        printf("2 W in %s: relative error %.2g\n", precision[p], worst);
        safetensors_free(&file);
    }
}

/* More samples than are computed at a time, the last ones unlike the others: a mean of the
 * parts' means would be far off. */
static void parts(void **state)
{
    (void)state;
    enum { MANY = 4096 + 9 };
    static const int64_t small[] = {2, 3, 2};
    struct network_case narrow;
    network_make(&narrow, 2, small, 6);
    network_write(&narrow, &pytorch_f64, "narrow.safetensors");
    double *x = random_values((int64_t)MANY * 2, 7);
    for (int i = 2 * 4096; i < 2 * MANY; i++)
        x[i] *= 0x1p-6;
    for (int i = 0; i < 2 * MANY; i++)
        x[i] = (float)x[i];
    write_samples("many.npy", MANY, 2, x, 0);
    const struct subject subject = {&narrow, 2, "tanh", "identity", x, MANY};
    (void)tool_value("narrow.safetensors many.npy --activation tanh --gradient g.safetensors");
    check_gradient(&subject, &pytorch_f64, "g.safetensors", NUMBER_F64, 2e-12, "4105 samples");
    (void)tool_value("narrow.safetensors many.npy --activation tanh --gradient g.safetensors "
                     "--workspace 20000");
    check_gradient(&subject, &pytorch_f64, "g.safetensors", NUMBER_F64, 2e-12,
                   "4105 samples, small workspace");
    free(x);
    network_destroy(&narrow);
}

/* Where a tolerance ends the measuring, within a batch: the gradient of what was used. */
static void tolerance(void **state)
{
    (void)state;
    enum { GIVEN = 700 };
    static double used[GIVEN * 4];
    struct npy_array array;
    struct problem problem;
    int64_t count = 0;
    double *x = random_values(GIVEN * 4, 8);
    write_samples("given.npy", GIVEN, 4, x, 0);
    cJSON *json = tool_json("net.safetensors given.npy --activation tanh --tolerance 0.5 --seed 3 "
                            "--energies e.npy --gradient g.safetensors");
    CHECK(npy_read("e.npy", &array, &problem) == 0 && array.samples == GIVEN);
    for (int i = 0; i < GIVEN; i++)
        if (!isnan(((const double *)array.values)[i]))
            memcpy(used + 4 * count++, x + (ptrdiff_t)4 * i, 4 * sizeof *x);
    npy_free(&array);
    CHECK_IN(count < GIVEN && json_number(json, "samples") == (double)count, "%d samples",
             (int)count);
    const struct subject subject = {&network, 3, "tanh", "identity", used, count};
    check_gradient(&subject, &pytorch_f64, "g.safetensors", NUMBER_F64, 2e-12, "tolerance");
    cJSON_Delete(json);
    free(x);
}

/* What else is asked for changes no bit of the value. */
static void same_value(void **state)
{
    (void)state;
    static const char *const precision[] = {"f32", "f64"};
    for (int p = 0; p < 2; p++) {
        char line[160];
        snprintf(line, sizeof line, "net.safetensors data.npy --precision %s", precision[p]);
        const double value = tool_value(line);
        strcat(line, " --gradient g.safetensors --spectral --method exact");
        cJSON *json = tool_json(line);
        CHECK(json_number(json, "geometric_complexity") == value);
        CHECK(json_number(json, "max_jacobian_spectral_norm") > 0.0);
        cJSON_Delete(json);
    }
}

/* The header's order is that of the weights' file, and the data are aligned. */
static void form(void **state)
{
    (void)state;
    static const struct storage storages[] = {
        {.weight_name = "fc%d.weight", .bias_name = "fc%d.bias"},
        {.weight_name = "fc%d.weight", .bias_name = "fc%d.bias", .reversed = 1},
    };
    static unsigned char bytes[4096];
    for (int i = 0; i < 2; i++) {
        struct safetensors in;
        struct safetensors out;
        network_write(&network, &storages[i], "layout.safetensors");
        (void)tool_value("layout.safetensors data.npy --gradient g.safetensors");
        read_gradient("layout.safetensors", &in);
        read_gradient("g.safetensors", &out);
        CHECK(in.count == 6 && out.count == 6);
        for (int t = 0; t < 6; t++)
            CHECK_IN(strcmp(in.tensors[t].name, out.tensors[t].name) == 0, "%s in the place of %s",
                     out.tensors[t].name, in.tensors[t].name);
        safetensors_free(&in);
        safetensors_free(&out);
        CHECK(read_bytes("g.safetensors", bytes, sizeof bytes) > 8);
        CHECK(bytes[0] % 8 == 0 && bytes[8] == '{');
    }
}

static void old_file_is(const char *text)
{
    static unsigned char bytes[8192];
    const size_t size = read_bytes("old.safetensors", bytes, sizeof bytes);
    CHECK(size == strlen(text) && memcmp(bytes, text, size) == 0);
    CHECK(parts_left() == 0);
}

/* Whatever fails, before or while the file is written: the old one stays, or none. */
static void failures(void **state)
{
    (void)state;
    static struct outcome outcome;
    double *bad = random_values(SAMPLES * 4, 9);
    struct rlimit limit;
    bad[SAMPLES * 4 - 1] = NAN;
    write_samples("bad.npy", SAMPLES, 4, bad, 0);
    free(bad);
    write_bytes("old.safetensors", "old", 3, NULL, 0);
    remove("g.safetensors");
    tool_refuses("net.safetensors bad.npy --gradient old.safetensors", "bad.npy");
    tool_refuses("net.safetensors bad.npy --gradient g.safetensors", "bad.npy");
    old_file_is("old");
    CHECK(access("g.safetensors", F_OK) != 0);
    /* No room for more than 600 bytes of a file. */
    CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR && getrlimit(RLIMIT_FSIZE, &limit) == 0);
    const struct rlimit little = {600, limit.rlim_max};
    CHECK(setrlimit(RLIMIT_FSIZE, &little) == 0);
    tool_run("net.safetensors data.npy --gradient old.safetensors", &outcome);
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    CHECK_IN(outcome.code == 1 && outcome.out[0] == '\0', "exit %d: %s", outcome.code, outcome.out);
    CHECK_IN(strncmp(outcome.error, "measure: old.safetensors: cannot be written", 43) == 0, "%s",
             outcome.error);
    old_file_is("old");
    tool_run("net.safetensors data.npy --gradient /dev/full", &outcome);
    CHECK_IN(outcome.code == 1 && strncmp(outcome.error, "measure: /dev/full: ", 20) == 0,
             "exit %d: %s", outcome.code, outcome.error);
}

/* A link is followed and its target keeps its permissions. */
static void replaced(void **state)
{
    (void)state;
    struct stat status;
    struct safetensors file;
    write_bytes("target.safetensors", "old", 3, NULL, 0);
    CHECK(chmod("target.safetensors", 0640) == 0);
    remove("link.safetensors");
    CHECK(symlink("target.safetensors", "link.safetensors") == 0);
    (void)tool_value("net.safetensors data.npy --gradient link.safetensors");
    CHECK(lstat("link.safetensors", &status) == 0 && S_ISLNK(status.st_mode));
    CHECK(stat("target.safetensors", &status) == 0 && (status.st_mode & 0777) == 0640);
    read_gradient("target.safetensors", &file);
    CHECK(file.count == 6 && parts_left() == 0);
    safetensors_free(&file);
}

/* The energy is a double in either precision, 2 W of float32 is not finite. */
static void too_large(void **state)
{
    (void)state;
    static struct outcome outcome;
    const float weights[4] = {1.0F, 2.0F, 3e38F, 4.0F};
    write_tensors("large.safetensors",
                  "{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[1,4],\"data_offsets\":[0,16]}}",
                  weights, sizeof weights);
    remove("g.safetensors");
    CHECK(tool_value("large.safetensors data.npy") > 1e76);
    tool_run("large.safetensors data.npy --gradient g.safetensors", &outcome);
    CHECK_IN(outcome.code == 1 && strstr(outcome.error, "'a.weight': value 2") != NULL &&
                 strstr(outcome.error, "--precision f64") != NULL,
             "exit %d: %s", outcome.code, outcome.error);
    CHECK(access("g.safetensors", F_OK) != 0);
    (void)tool_value("large.safetensors data.npy --gradient g.safetensors --precision f64");
    CHECK(access("g.safetensors", F_OK) == 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activations),  cmocka_unit_test(precisions),
        cmocka_unit_test(layouts),      cmocka_unit_test(without_bias),
        cmocka_unit_test(first_layers), cmocka_unit_test(affine),
        cmocka_unit_test(parts),        cmocka_unit_test(tolerance),
        cmocka_unit_test(same_value),   cmocka_unit_test(form),
        cmocka_unit_test(failures),     cmocka_unit_test(replaced),
        cmocka_unit_test(too_large),
    };
    tool_is(argc, argv);
    return check_report("measure.gradient",
                        cmocka_run_group_tests(tests, make_network, free_network));
}
