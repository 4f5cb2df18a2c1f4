#define _POSIX_C_SOURCE 200809L
#include "tool.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/check.h"

#define MOST_ARGUMENTS 40

static const char *tool_path;

void tool_is(int argc, char **argv)
{
    if (argc < 2)
        abort();
    tool_path = argv[1];
}

static void send_to(int descriptor, const char *path)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || dup2(file, descriptor) < 0)
        _exit(126);
    close(file);
}

static void read_text(const char *path, char *text)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        abort();
    const size_t size = fread(text, 1, OUTPUT_SIZE - 1, stream);
    text[size] = '\0';
    fclose(stream);
}

void tool_run(const char *arguments, struct outcome *outcome)
{
    char line[2048];
    char *words[MOST_ARGUMENTS + 2];
    int count = 0;
    int status = 0;
    CHECK_IN(strlen(arguments) < sizeof line, "too long: %s", arguments);
    strcpy(line, arguments);
    char name[] = "measure";
    words[count++] = name;
    for (char *word = strtok(line, " "); word != NULL && count <= MOST_ARGUMENTS;
         word = strtok(NULL, " "))
        words[count++] = word;
    words[count] = NULL;
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        send_to(STDOUT_FILENO, "out.txt");
        send_to(STDERR_FILENO, "error.txt");
        execv(tool_path, words);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        abort();
    outcome->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    read_text("out.txt", outcome->out);
    read_text("error.txt", outcome->error);
}

cJSON *tool_json(const char *arguments)
{
    static struct outcome outcome;
    char line[2048];
    snprintf(line, sizeof line, "%s --json", arguments);
    tool_run(line, &outcome);
    CHECK_IN(outcome.code == 0 && outcome.error[0] == '\0', "measure %s: exit %d: %s", line,
             outcome.code, outcome.error);
    const char *end = NULL;
    cJSON *json = cJSON_ParseWithOpts(outcome.out, &end, 0);
    CHECK_IN(json != NULL && strcmp(end, "\n") == 0, "measure %s: not one JSON object: %s", line,
             outcome.out);
    return json;
}

double json_number(const cJSON *json, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);
    CHECK_IN(cJSON_IsNumber(item) || cJSON_IsNull(item), "no number %s", key);
    return cJSON_IsNull(item) ? NAN : item->valuedouble;
}

const char *json_text(const cJSON *json, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);
    CHECK_IN(cJSON_IsString(item), "no text %s", key);
    return item->valuestring;
}

double tool_value(const char *arguments)
{
    cJSON *json = tool_json(arguments);
    const double value = json_number(json, "geometric_complexity");
    cJSON_Delete(json);
    return value;
}

void tool_refuses(const char *arguments, const char *expected)
{
    static struct outcome outcome;
    tool_run(arguments, &outcome);
    const char *newline = strchr(outcome.error, '\n');
    CHECK_IN(outcome.code == 2, "measure %s: exit %d: %s", arguments, outcome.code, outcome.error);
    CHECK_IN(outcome.out[0] == '\0', "measure %s: printed %s", arguments, outcome.out);
    CHECK_IN(newline != NULL && newline[1] == '\0', "measure %s: not one line: %s", arguments,
             outcome.error);
    CHECK_IN(strncmp(outcome.error, "measure: ", 9) == 0, "measure %s: %s", arguments,
             outcome.error);
    CHECK_IN(strstr(outcome.error, expected) != NULL, "measure %s: no '%s' in: %s", arguments,
             expected, outcome.error);
}
