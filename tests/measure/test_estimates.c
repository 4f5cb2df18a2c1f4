/* The estimating methods of `measure`, its errors, its report and its file of energies. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "npy.h"
#include "reference.h"
#include "support/check.h"
#include "tool.h"

#define SAMPLES 600

static const int64_t widths[] = {12, 20, 15, 8};
static struct network_case network;
static double *data;
static double energies[SAMPLES]; /* by the reference, for tanh */
static double exact;             /* their mean */

static int make_network(void **state)
{
    (void)state;
    network_make(&network, 3, widths, 31);
    network_write(&network, &pytorch_f64, "net.safetensors");
    data = random_values(SAMPLES * 12, 32);
    write_samples("data.npy", SAMPLES, 12, data, 0);
    for (int i = 0; i < SAMPLES; i++) {
        energies[i] =
            (double)network_energy(&network, 3, "tanh", "identity", data + (ptrdiff_t)i * 12);
        exact += energies[i] / SAMPLES;
    }
    return 0;
}

static int free_network(void **state)
{
    (void)state;
    network_destroy(&network);
    free(data);
    return 0;
}

#define RUN "net.safetensors data.npy --activation tanh"

/* Every method with few and many probes stays within 5 standard errors; only the probes
 * err here, since the exact value is that of the same samples. */
static void methods(void **state)
{
    (void)state;
    static const struct {
        const char *options;
        const char *method;
        int is_exact;
    } cases[] = {
        {"auto", "exact", 1},
        {"exact", "exact", 1},
        {"rademacher", "rademacher", 0},
        {"rademacher --probes 2", "rademacher", 0},
        {"sphere", "sphere", 0},
        {"sphere --probes 7", "sphere", 0},
        {"gaussian", "gaussian", 0},
        {"gaussian --probes 3 --seed 99", "gaussian", 0},
        {"orthogonal", "orthogonal", 1}, /* the 8 directions are less than 20 */
        {"orthogonal --probes 2", "orthogonal", 0},
        {"orthogonal --probes 8", "orthogonal", 1},
        {"orthogonal --probes all", "orthogonal", 1},
        {"unit", "unit", 1},
        {"unit --probes 3", "unit", 0},
        {"unit --probes 8", "unit", 1},
        {"hutchpp", "hutchpp", 0},
        {"hutchpp --probes 6", "hutchpp", 0},
        {"finite-difference --probes 4", "finite-difference", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[128];
        snprintf(line, sizeof line, RUN " --method %s", cases[i].options);
        cJSON *json = tool_json(line);
        const double error = fabs(json_number(json, "geometric_complexity") - exact);
        const double expected = json_number(json, "standard_error_probes");
        CHECK_IN(strcmp(json_text(json, "method"), cases[i].method) == 0, "%s: %s", line,
                 json_text(json, "method"));
        CHECK(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "exact")) == cases[i].is_exact);
        printf("%-36s error %.2g, standard error %.2g\n", cases[i].options, error, expected);
        if (cases[i].is_exact)
            CHECK_IN(error <= 1e-12 * exact && expected == 0.0, "%s: error %g", line, error);
        else
            CHECK_IN(error <= 5.0 * expected && expected > 0.0 && expected < 0.1 * exact,
                     "%s: error %g, standard error %g", line, error, expected);
        CHECK(json_number(json, "samples") == SAMPLES && json_number(json, "products") > 0.0);
        cJSON_Delete(json);
    }
}

static void finite_differences(void **state)
{
    (void)state;
    cJSON *json = tool_json(RUN " --method finite-difference");
    const double error = fabs(json_number(json, "geometric_complexity") / exact - 1.0);
    printf("finite differences, float64: relative error %.2g\n", error);
    CHECK(error <= 1e-8);
    CHECK(json_number(json, "noise") > 0.0);
    cJSON_Delete(json);
    json = tool_json(RUN " --method finite-difference --precision f32");
    const double single = fabs(json_number(json, "geometric_complexity") / exact - 1.0);
    printf("finite differences, float32: relative error %.2g\n", single);
    CHECK(single <= 1e-4);
    cJSON_Delete(json);
}

static void seeds(void **state)
{
    (void)state;
    const double first = tool_value(RUN " --method sphere --seed 1");
    CHECK(first == tool_value(RUN " --method sphere --seed=1"));
    CHECK(first != tool_value(RUN " --method sphere --seed 2"));
    cJSON *json = tool_json(RUN " --method sphere --seed 18446744073709551615");
    char *text = cJSON_PrintUnformatted(json);
    CHECK(text != NULL && json_number(json, "seed") == 18446744073709551616.0);
    cJSON_free(text);
    cJSON_Delete(json);
}

/* Standard error of the mean and its interval from the energies themselves. */
static void errors(void **state)
{
    (void)state;
    double spread = 0.0;
    double smallest = energies[0];
    double largest = energies[0];
    for (int i = 0; i < SAMPLES; i++) {
        spread += (energies[i] - exact) * (energies[i] - exact);
        smallest = energies[i] < smallest ? energies[i] : smallest;
        largest = energies[i] > largest ? energies[i] : largest;
    }
    const double error = sqrt(spread / (SAMPLES - 1.0) / SAMPLES);
    cJSON *json = tool_json(RUN);
    CHECK(fabs(json_number(json, "standard_error") / error - 1.0) <= 1e-11);
    CHECK(fabs(json_number(json, "standard_error_data") / error - 1.0) <= 1e-11);
    CHECK(json_number(json, "standard_error_probes") == 0.0);
    CHECK(fabs(json_number(json, "min_energy") / smallest - 1.0) <= 1e-12);
    CHECK(fabs(json_number(json, "max_energy") / largest - 1.0) <= 1e-12);
    CHECK(json_number(json, "confidence") == 0.95);
    /* Student's t for 599 degrees of freedom is 1.96393. */
    CHECK(fabs(json_number(json, "upper") - exact - 1.96393 * error) <= 1e-4 * error);
    CHECK(fabs(exact - json_number(json, "lower") - 1.96393 * error) <= 1e-4 * error);
    cJSON_Delete(json);
    json = tool_json(RUN " --confidence 0.5");
    CHECK(json_number(json, "confidence") == 0.5);
    CHECK(fabs(json_number(json, "upper") - exact - 0.67488 * error) <= 1e-3 * error);
    cJSON_Delete(json);
    json = tool_json(RUN " --population 600");
    CHECK(json_number(json, "standard_error") == 0.0);
    cJSON_Delete(json);
}

static const double *read_energies(const char *path, int64_t samples, struct npy_array *array)
{
    struct problem problem;
    const int result = npy_read(path, array, &problem);
    CHECK_IN(result == 0, "%s", problem.text);
    CHECK(array->samples == samples && array->inputs == 1 && npy_item_size(array) == 8);
    return array->values;
}

static void energy_file(void **state)
{
    (void)state;
    struct npy_array array;
    double mean = 0.0;
    const double value = tool_value(RUN " --energies energies.npy");
    const double *written = read_energies("energies.npy", SAMPLES, &array);
    for (int i = 0; i < SAMPLES; i++) {
        CHECK_IN(fabs(written[i] / energies[i] - 1.0) <= 1e-13, "energy %d", i);
        mean += written[i] / SAMPLES;
    }
    CHECK(fabs(mean / value - 1.0) <= 1e-14);
    npy_free(&array);
    (void)tool_value(RUN " --limit 7 --energies=energies7.npy --precision f32");
    written = read_energies("energies7.npy", 7, &array);
    for (int i = 0; i < 7; i++)
        CHECK_IN(fabs(written[i] / energies[i] - 1.0) <= 2e-6, "energy %d in float32", i);
    npy_free(&array);
}

/* Enough samples to stop early; those used are spread over the file. */
static void tolerance(void **state)
{
    (void)state;
    struct npy_array array;
    cJSON *json = tool_json(RUN " --tolerance 0.05 --energies some.npy --seed 4");
    const double value = json_number(json, "geometric_complexity");
    const double half_width = 0.5 * (json_number(json, "upper") - json_number(json, "lower"));
    const int64_t used = (int64_t)json_number(json, "samples");
    printf("tolerance 0.05: %lld of %d samples, half width %.3g of the value\n", (long long)used,
           SAMPLES, half_width / value);
    CHECK(half_width <= 0.05 * value * (1.0 + 1e-12));
    CHECK(used < SAMPLES && used >= 2);
    CHECK(strcmp(json_text(json, "stop_reason"), "tolerance") == 0);
    CHECK(fabs(value / exact - 1.0) <= 0.25);
    cJSON_Delete(json);
    const double *written = read_energies("some.npy", SAMPLES, &array);
    int64_t found = 0;
    int64_t in_first_half = 0;
    for (int i = 0; i < SAMPLES; i++) {
        if (isnan(written[i]))
            continue;
        CHECK_IN(fabs(written[i] / energies[i] - 1.0) <= 1e-13, "energy %d", i);
        found++;
        in_first_half += i < SAMPLES / 2;
    }
    CHECK(found == used);
    CHECK_IN(in_first_half > used / 4 && in_first_half < used - used / 4, "%lld of %lld",
             (long long)in_first_half, (long long)used);
    npy_free(&array);
    json = tool_json(RUN " --tolerance 1e-6");
    CHECK(json_number(json, "samples") == SAMPLES);
    CHECK(strcmp(json_text(json, "stop_reason"), "none") == 0);
    CHECK(fabs(json_number(json, "geometric_complexity") / exact - 1.0) <= 1e-13);
    cJSON_Delete(json);
}

/* A tolerance that the limit does not let it reach. */
static void limited_tolerance(void **state)
{
    (void)state;
    static struct outcome outcome;
    cJSON *json = tool_json(RUN " --tolerance 1e-6 --limit 200");
    CHECK(json_number(json, "samples") == 200);
    CHECK(strcmp(json_text(json, "stop_reason"), "samples") == 0);
    cJSON_Delete(json);
    static const struct {
        const char *options;
        const char *expected; /* NULL: no word of it */
    } cases[] = {{"--tolerance 1e-6", "of 600, tolerance not reached"},
                 {"--tolerance 1e-6 --limit 200", "200 of 600, tolerance not reached"},
                 {"--tolerance 0.1", "of 600, tolerance reached"},
                 {"--limit 200", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[128];
        snprintf(line, sizeof line, RUN " %s", cases[i].options);
        tool_run(line, &outcome);
        CHECK_IN(outcome.code == 0, "%s: %s", line, outcome.error);
        if (cases[i].expected != NULL)
            CHECK_IN(strstr(outcome.out, cases[i].expected) != NULL, "%s: %s", line, outcome.out);
        else
            CHECK_IN(strstr(outcome.out, "tolerance") == NULL, "%s: %s", line, outcome.out);
    }
}

/* The option to change is named, and a value of it that is enough. */
static void workspace_needed(void **state)
{
    (void)state;
    static struct outcome outcome;
    char line[128];
    tool_refuses(RUN " --method rademacher --probes 268435456", "--workspace: 134217728 bytes");
    tool_refuses(RUN " --method rademacher --probes 268435456", "fewer --probes");
    tool_run(RUN " --method rademacher --probes 5000 --workspace 50000", &outcome);
    const char *least = strstr(outcome.error, "takes --workspace ");
    CHECK_IN(outcome.code == 2 && least != NULL, "exit %d: %s", outcome.code, outcome.error);
    const long long bytes = strtoll(least + strlen("takes --workspace "), NULL, 10);
    snprintf(line, sizeof line, RUN " --method rademacher --probes 5000 --workspace %lld", bytes);
    CHECK(tool_value(line) > 0.0);
    snprintf(line, sizeof line, RUN " --method rademacher --probes 5000 --workspace %lld",
             bytes - 2);
    tool_refuses(line, "--workspace");
}

/* Differences of a constant are all rounding: the way out is named. */
static void constant_network(void **state)
{
    (void)state;
    static struct outcome outcome;
    const double values[] = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 3.0};
    write_tensors("constant.safetensors",
                  "{\"a.weight\":{\"dtype\":\"F64\",\"shape\":[1,12],\"data_offsets\":[0,96]},"
                  "\"a.bias\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[96,104]}}",
                  values, sizeof values);
    CHECK(tool_value("constant.safetensors data.npy") == 0.0);
    tool_run("constant.safetensors data.npy --method finite-difference", &outcome);
    CHECK_IN(outcome.code == 1 && strstr(outcome.error, "--method exact") != NULL, "exit %d: %s",
             outcome.code, outcome.error);
}

/* A smaller workspace gives the same numbers. */
static void workspace(void **state)
{
    (void)state;
    const double value = tool_value(RUN " --workspace 100000");
    CHECK(fabs(value / exact - 1.0) <= 1e-13);
    const double probes = tool_value(RUN " --method rademacher");
    CHECK(fabs(tool_value(RUN " --method rademacher --workspace 60000") / probes - 1.0) <= 1e-12);
    tool_refuses(RUN " --workspace 64", "workspace");
}

static void keys(void **state)
{
    (void)state;
    static const char *const numbers[] = {
        "geometric_complexity",
        "standard_error",
        "standard_error_data",
        "standard_error_probes",
        "samples",
        "products",
        "min_energy",
        "max_energy",
        "seconds",
        "confidence",
        "lower",
        "upper",
        "skipped",
        "noise",
        "inputs",
        "outputs",
        "layers",
        "probes",
        "seed",
    };
    cJSON *json = tool_json(RUN " --method rademacher --probes 5");
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        CHECK_IN(!isnan(json_number(json, numbers[i])), "%s is null", numbers[i]);
    CHECK(cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(json, "exact")));
    CHECK(json_number(json, "probes") == 5.0 && json_number(json, "products") == 5.0 * SAMPLES);
    CHECK(json_number(json, "seconds") >= 0.0 && json_number(json, "seconds") < 60.0);
    CHECK(strlen(json_text(json, "method")) > 0 && strlen(json_text(json, "stop_reason")) > 0);
    CHECK(strlen(json_text(json, "precision")) > 0 && strlen(json_text(json, "blas")) > 0);
    cJSON_Delete(json);
}

/* One sample, one probe: what is unknown is null. */
static void unknown(void **state)
{
    (void)state;
    cJSON *json = tool_json(RUN " --limit 1 --method rademacher --probes 1");
    CHECK(isnan(json_number(json, "standard_error_probes")));
    CHECK(isnan(json_number(json, "standard_error")));
    CHECK(json_number(json, "geometric_complexity") > 0.0);
    cJSON_Delete(json);
}

/* The numbers are printed in full: the text of the value reads back as the value. */
static void digits(void **state)
{
    (void)state;
    static struct outcome outcome;
    char line[128];
    char printed[64];
    struct npy_array array;
    for (int i = 0; i < 40; i++) {
        snprintf(line, sizeof line, "%s --method gaussian --limit 1 --energies one.npy --seed %d%s",
                 RUN, i, " --json");
        tool_run(line, &outcome);
        const double *written = read_energies("one.npy", 1, &array);
        snprintf(printed, sizeof printed, "\"geometric_complexity\":\t%.17g,", written[0]);
        CHECK_IN(strstr(outcome.out, printed) != NULL, "no %s in %s", printed, outcome.out);
        npy_free(&array);
    }
}

static void table(void **state)
{
    (void)state;
    static struct outcome outcome;
    static const char *const words[] = {"geometric complexity", "standard error", "method",
                                        "samples", "exact"};
    char value[32];
    tool_run(RUN, &outcome);
    CHECK(outcome.code == 0 && outcome.error[0] == '\0');
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        CHECK_IN(strstr(outcome.out, words[i]) != NULL, "no '%s' in %s", words[i], outcome.out);
    snprintf(value, sizeof value, "%.8g", exact);
    CHECK_IN(strstr(outcome.out, value) != NULL, "no %s in %s", value, outcome.out);
    int lines = 0;
    size_t longest = 0;
    for (const char *line = outcome.out; *line != '\0'; lines++) {
        const size_t length = strcspn(line, "\n");
        longest = length > longest ? length : longest;
        line += length + (line[length] == '\n');
    }
    CHECK_IN(lines <= 20 && longest <= 80, "%d lines of up to %zu:\n%s", lines, longest,
             outcome.out);
}

/* Where nothing can be written: exit 1, and the device stays. */
static void full_device(void **state)
{
    (void)state;
    static struct outcome outcome;
    tool_run(RUN " --energies /dev/full", &outcome);
    CHECK_IN(outcome.code == 1 && outcome.out[0] == '\0', "exit %d: %s", outcome.code, outcome.out);
    CHECK_IN(strncmp(outcome.error, "measure: /dev/full: ", 20) == 0, "%s", outcome.error);
    FILE *device = fopen("/dev/full", "wb");
    CHECK(device != NULL && fputc('x', device) == 'x' && fclose(device) != 0);
}

static void help_and_version(void **state)
{
    (void)state;
    static struct outcome outcome;
    static const char *const asked[] = {"--help", "--version", "net.safetensors --help"};
    for (int i = 0; i < 3; i++) {
        tool_run(asked[i], &outcome);
        CHECK(outcome.code == 0 && outcome.error[0] == '\0' && strlen(outcome.out) > 5);
    }
    tool_run("--help", &outcome);
    static const char *const options[] = {
        "--activation", "--output-activation", "--method", "--probes",          "--seed",
        "--tolerance",  "--confidence",        "--limit",  "--layer",           "--precision",
        "--workspace",  "--energies",          "--json",   "finite-difference", "gelu_tanh",
        "--gradient",   "--spectral",          "--threads"};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        CHECK_IN(strstr(outcome.out, options[i]) != NULL, "--help lacks %s", options[i]);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods),
        cmocka_unit_test(finite_differences),
        cmocka_unit_test(seeds),
        cmocka_unit_test(errors),
        cmocka_unit_test(energy_file),
        cmocka_unit_test(tolerance),
        cmocka_unit_test(limited_tolerance),
        cmocka_unit_test(workspace_needed),
        cmocka_unit_test(constant_network),
        cmocka_unit_test(workspace),
        cmocka_unit_test(keys),
        cmocka_unit_test(unknown),
        cmocka_unit_test(digits),
        cmocka_unit_test(table),
        cmocka_unit_test(help_and_version),
        cmocka_unit_test(full_device),
    };
    tool_is(argc, argv);
    return check_report("measure.estimates",
                        cmocka_run_group_tests(tests, make_network, free_network));
}
