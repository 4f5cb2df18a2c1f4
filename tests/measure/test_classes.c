/* --labels: the value and the error of each class, against the energies of its samples. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "reference.h"
#include "support/check.h"
#include "tool.h"

#define SAMPLES 300
#define INPUTS 6
#define CLASSES 5
#define MANY 101

static double energies[SAMPLES];
static int64_t labels[SAMPLES]; /* of 0, 1, 3 and 4; the only sample of class 4 is the last */

static int make_files(void **state)
{
    (void)state;
    const int64_t widths[] = {INPUTS, 9, CLASSES};
    const int64_t wide[] = {INPUTS, MANY};
    struct network_case network;
    network_make(&network, 2, widths, 51);
    network_write(&network, &pytorch_f64, "net.safetensors");
    double *data = random_values(SAMPLES * INPUTS, 52);
    write_samples("data.npy", SAMPLES, INPUTS, data, 0);
    for (int i = 0; i < SAMPLES; i++) {
        energies[i] =
            (double)network_energy(&network, 2, "tanh", "identity", data + (ptrdiff_t)i * INPUTS);
        labels[i] = i == SAMPLES - 1 ? 4 : i % 7 < 2 ? i % 7 : 3;
    }
    write_npy("labels.npy", 1, "{'descr': '<i8', 'fortran_order': False, 'shape': (300,), }",
              labels, sizeof labels);
    network_destroy(&network);
    network_make(&network, 1, wide, 53);
    network_write(&network, &pytorch_f64, "wide.safetensors");
    network_destroy(&network);
    free(data);
    return 0;
}

/* Mean and standard error of the first `limit` energies of a class; how many there are. */
static int expect(int class, int limit, double *mean, double *error)
{
    int count = 0;
    double sum = 0.0;
    double squares = 0.0;
    for (int i = 0; i < limit; i++)
        if (labels[i] == class) {
            sum += energies[i];
            count++;
        }
    *mean = sum / count;
    for (int i = 0; i < limit; i++)
        if (labels[i] == class)
            squares += (energies[i] - *mean) * (energies[i] - *mean);
    *error = sqrt(squares / (count - 1) / count);
    return count;
}

static void check_classes(const char *line, int limit)
{
    cJSON *json = tool_json(line);
    const cJSON *classes = cJSON_GetObjectItemCaseSensitive(json, "classes");
    double sum = 0.0;
    CHECK_IN(cJSON_GetArraySize(classes) == CLASSES, "%s: %d classes", line,
             cJSON_GetArraySize(classes));
    for (int i = 0; i < CLASSES; i++) {
        const cJSON *class = cJSON_GetArrayItem(classes, i);
        double mean = 0.0;
        double error = 0.0;
        const int count = expect(i, limit, &mean, &error);
        const double value = json_number(class, "geometric_complexity");
        const double stated = json_number(class, "standard_error");
        CHECK(json_number(class, "class") == i && json_number(class, "samples") == count);
        CHECK_IN(count == 0 ? isnan(value) : fabs(value / mean - 1.0) <= 1e-13,
                 "%s: class %d: %.17g, not %.17g", line, i, value, mean);
        CHECK_IN(count < 2 ? isnan(stated) : fabs(stated / error - 1.0) <= 1e-9,
                 "%s: class %d: +- %.17g, not %.17g", line, i, stated, error);
        sum += count > 0 ? count * value : 0.0;
    }
    const double all = json_number(json, "geometric_complexity");
    printf("%s: the classes' values make %.17g, all samples %.17g\n", line, sum / limit, all);
    CHECK_IN(fabs(sum / limit / all - 1.0) <= 1e-13, "%s", line);
    cJSON_Delete(json);
}

#define RUN "net.safetensors data.npy --activation tanh --labels labels.npy"

static void values(void **state)
{
    (void)state;
    check_classes(RUN, SAMPLES);
    check_classes(RUN " --limit 120", 120);
    check_classes(RUN " --limit 1", 1);
    /* In another order, to the last sample. */
    check_classes(RUN " --tolerance 1e-9", SAMPLES);
}

static void table(void **state)
{
    (void)state;
    static struct outcome outcome;
    tool_run(RUN, &outcome);
    CHECK_IN(outcome.code == 0, "%s", outcome.error);
    double mean = 0.0;
    double error = 0.0;
    char expected[64];
    const int count = expect(3, SAMPLES, &mean, &error);
    snprintf(expected, sizeof expected, "%.10g +- %.3g, %d samples\n", mean, error, count);
    const char *line = strstr(outcome.out, "\n  class 3");
    CHECK_IN(line != NULL && strstr(line, expected) != NULL, "no %s: %s", expected, outcome.out);
    CHECK_IN(strstr(outcome.out, "class 2") == NULL, "%s", outcome.out);
}

/* Without labels, and of more classes than a table is good for, there are none. */
static void none(void **state)
{
    (void)state;
    cJSON *json = tool_json("net.safetensors data.npy --activation tanh");
    CHECK(cJSON_GetObjectItemCaseSensitive(json, "classes") == NULL);
    cJSON_Delete(json);
    json = tool_json("wide.safetensors data.npy --labels labels.npy");
    CHECK(cJSON_GetObjectItemCaseSensitive(json, "classes") == NULL);
    CHECK(json_number(json, "accuracy") >= 0.0);
    cJSON_Delete(json);
}

/* The probes of a sample are its own, whatever the order. */
static void order(void **state)
{
    (void)state;
    const double given = tool_value(RUN " --method rademacher --probes 3");
    const double shuffled = tool_value(RUN " --method rademacher --probes 3 --tolerance 1e-9");
    CHECK_IN(fabs(given / shuffled - 1.0) <= 1e-13, "%.17g in order, %.17g shuffled", given,
             shuffled);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values), cmocka_unit_test(table),
                                       cmocka_unit_test(none), cmocka_unit_test(order)};
    tool_is(argc, argv);
    return check_report("measure.classes", cmocka_run_group_tests(tests, make_files, NULL));
}
