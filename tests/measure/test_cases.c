/* The files of tests/cases: what many tools write, each with its right value or the reason why it
 * is refused. test_cases MEASURE FOLDER */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "files.h"
#include "json.h"
#include "support/check.h"
#include "tool.h"

static const char *folder;
static double worst;
static int valued;
static int refused;

static const char *text_of(const cJSON *entry, const char *key)
{
    return json_text(entry, key);
}

static void check_right(const char *line, double right)
{
    const double value = tool_value(line);
    const double error = fabs(value / right - 1.0);
    CHECK_IN(error <= 1e-6, "measure %s: %.17g instead of %.17g", line, value, right);
    worst = error > worst ? error : worst;
    valued++;
}

static void check_case(const cJSON *entry)
{
    char line[2048];
    const cJSON *right = cJSON_GetObjectItemCaseSensitive(entry, "right");
    snprintf(line, sizeof line, "%s/%s %s/%s %s", folder, text_of(entry, "weights"), folder,
             text_of(entry, "data"), text_of(entry, "options"));
    if (cJSON_IsNumber(right)) {
        check_right(line, right->valuedouble);
        return;
    }
    tool_refuses(line, text_of(entry, "refused"));
    refused++;
}

static void check_index(const char *name)
{
    char path[1024];
    struct bytes text;
    struct problem problem;
    const cJSON *entry = NULL;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    CHECK_IN(file_read(path, 1 << 20, NULL, &text, &problem) == 0, "%s", problem.text);
    cJSON *json = json_read(path, "it", (const char *)text.data, text.size, &problem);
    CHECK_IN(json != NULL, "%s", problem.text);
    cJSON_ArrayForEach(entry, json) check_case(entry);
    cJSON_Delete(json);
    bytes_free(&text);
}

static void all_cases(void **state)
{
    (void)state;
    check_index("index.json");
    check_index("made/index.json");
    printf("%d values, largest relative error %.2g; %d files refused\n", valued, worst, refused);
    CHECK(valued >= 50 && refused >= 25);
}

/* The layers that were taken are named. */
static void layers_taken(void **state)
{
    (void)state;
    char line[1024];
    snprintf(line, sizeof line, "%s/averaged.safetensors %s/x.npy", folder, folder);
    cJSON *json = tool_json(line);
    const cJSON *layers = cJSON_GetObjectItemCaseSensitive(json, "layers_taken");
    const cJSON *first = cJSON_GetArrayItem(layers, 0);
    const cJSON *left = cJSON_GetObjectItemCaseSensitive(json, "left_out");
    CHECK(cJSON_GetArraySize(layers) == 3 && cJSON_GetArraySize(left) == 1);
    CHECK(strcmp(cJSON_GetArrayItem(left, 0)->valuestring, "n_averaged") == 0);
    CHECK(strcmp(text_of(first, "name"), "module.0") == 0);
    CHECK(strcmp(text_of(first, "tensor"), "module.0.weight") == 0);
    CHECK(strcmp(text_of(first, "layout"), "out-in") == 0);
    CHECK(strcmp(text_of(first, "dtype"), "F32") == 0);
    CHECK(strcmp(text_of(first, "activation"), "relu") == 0);
    CHECK(strcmp(text_of(json, "order_by"), "names") == 0);
    cJSON_Delete(json);
}

/* What is asked for beside the files: normalized data, labels. */
static void data_options(void **state)
{
    (void)state;
    char line[2048];
    double sum = 0.0;
    for (int64_t label = 0; label < 3; label++) {
        const int64_t labels[7] = {label, label, label, label, label, label, label};
        write_npy("labels.npy", 1, "{'descr': '<i8', 'fortran_order': False, 'shape': (7,), }",
                  labels, sizeof labels);
        snprintf(line, sizeof line, "%s/plain.safetensors %s/x.npy --labels labels.npy", folder,
                 folder);
        cJSON *json = tool_json(line);
        const double accuracy = json_number(json, "accuracy");
        CHECK_IN(accuracy >= 0.0 && accuracy <= 1.0, "accuracy %g", accuracy);
        sum += accuracy; /* every sample has one largest output */
        cJSON_Delete(json);
    }
    CHECK_IN(fabs(sum - 1.0) <= 1e-12, "accuracies add up to %g", sum);
    snprintf(line, sizeof line, "%s/plain.safetensors %s/two.npz:x --labels %s/two.npz:y", folder,
             folder, folder);
    tool_refuses(line, "label 3 is 3");
    snprintf(line, sizeof line, "%s/plain.safetensors %s/x-u1.npy", folder, folder);
    const double plain = tool_value(line);
    snprintf(line, sizeof line, "%s/plain.safetensors %s/x-u1.npy --mean 9 --std 4", folder,
             folder);
    const double same = tool_value(line); /* x.npy is (7 s + 11 c + 2) mod 19, less 9, by 4 */
    CHECK_IN(fabs(same / 3.3117239815848216 - 1.0) <= 1e-6 && same < plain, "%.17g", same);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_cases),
        cmocka_unit_test(layers_taken),
        cmocka_unit_test(data_options),
    };
    tool_is(argc, argv);
    folder = argc > 2 ? argv[2] : ".";
    return check_report("measure.cases", cmocka_run_group_tests(tests, NULL, NULL));
}
