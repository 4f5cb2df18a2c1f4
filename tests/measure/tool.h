/* Running `measure` and reading what it says. */
#ifndef TESTS_MEASURE_TOOL_H
#define TESTS_MEASURE_TOOL_H

#include <cjson/cJSON.h>

#define OUTPUT_SIZE 16384

struct outcome {
    int code; /* exit status; -1: it did not exit by itself */
    char out[OUTPUT_SIZE];
    char error[OUTPUT_SIZE];
};

/* The tool's path, from the command line of the test. */
void tool_is(int argc, char **argv);

/* Run it with arguments separated by single spaces; in the current folder. */
void tool_run(const char *arguments, struct outcome *outcome);

/* The same with --json added, success demanded; to be given to cJSON_Delete. */
cJSON *tool_json(const char *arguments);

/* A number of the object; NaN for null. */
double json_number(const cJSON *json, const char *key);
const char *json_text(const cJSON *json, const char *key);

/* geometric_complexity of a run. */
double tool_value(const char *arguments);

/* The run must exit with 2, print nothing but one line on standard error, and that line
 * must begin with "measure: " and contain `expected`. */
void tool_refuses(const char *arguments, const char *expected);

#endif
