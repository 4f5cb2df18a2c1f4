/* Runs every program of this folder and writes what came out into a document.
 *
 *   reproduce TEMPLATE DIRECTORY [--only NAME] [OPTIONS of the programs]
 *
 * writes DIRECTORY/paper.md, and to DIRECTORY/paper every program's figure (NAME.svg, NAME.png),
 * measurements (NAME.csv) and output (NAME.txt). The template is copied but for two kinds of lines:
 *
 *   @run NAME@    the program is run; its verdict, figure, command and output take this place
 *   @summary@     a table of all verdicts
 *
 * --only: run this one, and take the others from the files of the last run. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "child.h"
#include "file.h"
#include "output.h"
#include "problem.h"

#define MOST_PATH 4096
#define MOST_NAME 64
#define MOST_OPTIONS 32
#define MOST_TEXT ((size_t)1 << 20)

struct reproduction {
    const char *programs;  /* the folder they are in, with the last slash */
    const char *directory; /* the results */
    const char *only;      /* or NULL */
    int option_count;
    char **options;
    char *text; /* the template */
    FILE *out;  /* the document */
};

/* What is done for a line "@run NAME@". 0, or -1 with the problem. */
typedef int visitor(const struct reproduction *all, const char *name, struct problem *problem);

static int make_path(char *path, const char *first, const char *second, const char *third,
                     struct problem *problem)
{
    const int length = snprintf(path, MOST_PATH, "%s%s%s", first, second, third);
    if (length < 0 || length >= MOST_PATH)
        return problem_set(problem, "%.100s...: this path is too long", first);
    return 0;
}

/* DIRECTORY/paper/NAME + ending. */
static int result_path(const struct reproduction *all, const char *name, const char *ending,
                       char *path, struct problem *problem)
{
    char end[MOST_NAME + 16];
    snprintf(end, sizeof end, "%s%s", name, ending);
    return make_path(path, all->directory, "/paper/", end, problem);
}

/* NAME of a line "@run NAME@", or 0. */
static int read_run_line(const char *line, char *name)
{
    char end = '\0';
    return sscanf(line, "@run %63[a-z0-9-]%c", name, &end) == 2 && end == '@';
}

/* A file as text that ends with a zero. */
static char *read_text(const char *path, struct problem *problem)
{
    struct bytes bytes;
    if (file_read(path, MOST_TEXT, NULL, &bytes, problem) != 0)
        return NULL;
    char *text = malloc(bytes.size + 1);
    if (text == NULL) {
        (void)problem_no_memory(problem, path);
    } else {
        memcpy(text, bytes.data, bytes.size);
        text[bytes.size] = '\0';
    }
    bytes_free(&bytes);
    return text;
}

/* "$ NAME OPTIONS", a line; then what the program wrote. */
static int write_output(const struct reproduction *all, const char *name,
                        const struct bytes *output, struct problem *problem)
{
    char path[MOST_PATH];
    char command[MOST_PATH];
    int length = snprintf(command, sizeof command, "$ %s", name);
    for (int i = 0; i < all->option_count && length < MOST_PATH; i++)
        length += snprintf(command + length, (size_t)(MOST_PATH - length), " %s", all->options[i]);
    if (length >= MOST_PATH - 1)
        return problem_set(problem, "the options are too long");
    command[length++] = '\n';
    if (result_path(all, name, ".txt", path, problem) != 0)
        return -1;
    return file_write(path, command, (size_t)length, output->data, output->size, problem);
}

static int start(const struct reproduction *all, const char *name, FILE *in, FILE *out,
                 struct problem *problem)
{
    char program[MOST_PATH];
    char csv[MOST_PATH];
    char stem[MOST_PATH];
    char csv_option[] = "--csv";
    char plot_option[] = "--plot";
    char *arguments[MOST_OPTIONS + 6] = {program};
    int count = 1;
    int status = -1;
    if (make_path(program, all->programs, name, "", problem) != 0 ||
        result_path(all, name, ".csv", csv, problem) != 0 ||
        result_path(all, name, "", stem, problem) != 0)
        return -1;
    for (int i = 0; i < all->option_count; i++)
        arguments[count++] = all->options[i];
    char *const files[] = {csv_option, csv, plot_option, stem};
    memcpy(arguments + count, files, sizeof files);
    const int code = child_run(arguments, in, out, &status);
    if (code != 0)
        return problem_set(problem, "%s: cannot be started: %s", program, strerror(code));
    return status == 0 ? 0 : problem_set(problem, "%s: failed", name);
}

/* Run a program; its figure and measurements are written by itself. */
static int run_program(const struct reproduction *all, const char *name, struct problem *problem)
{
    FILE *files[2] = {NULL, NULL};
    struct bytes output = {NULL, 0, 0};
    printf("%s\n", name);
    (void)fflush(stdout);
    int result = child_file(&files[0], problem);
    if (result == 0)
        result = child_file(&files[1], problem);
    if (result == 0)
        result = start(all, name, files[0], files[1], problem);
    if (result == 0)
        result = child_read(files[1], name, &output, problem);
    if (result == 0)
        result = write_output(all, name, &output, problem);
    bytes_free(&output);
    for (int i = 0; i < 2; i++)
        if (files[i] != NULL)
            fclose(files[i]);
    return result;
}

/* Split what a program wrote, from NAME.txt: the command, the output, and of the verdict, which is
 * its last line, "agrees" or "disagrees" and the statistic. All point into *text, to be freed. */
struct outcome {
    char *text;
    const char *command;
    const char *output;
    const char *verdict;
    const char *statistic;
};

static int read_outcome(const struct reproduction *all, const char *name, struct outcome *outcome,
                        struct problem *problem)
{
    char path[MOST_PATH];
    *outcome = (struct outcome){NULL, NULL, NULL, NULL, NULL};
    if (result_path(all, name, ".txt", path, problem) != 0)
        return -1;
    outcome->text = read_text(path, problem);
    if (outcome->text == NULL)
        return -1;
    char *line = strchr(outcome->text, '\n');
    char *verdict = strstr(outcome->text, "\nverdict: ");
    char *word = verdict != NULL ? strchr(verdict, ' ') : NULL;
    char *after = word != NULL ? strchr(word + 1, ' ') : NULL;
    char *statistic = after != NULL ? strchr(after + 1, ' ') : NULL;
    if (line == NULL || statistic == NULL || line >= verdict) {
        free(outcome->text);
        return problem_set(problem, "%s: there is no verdict in it", path);
    }
    *line = *verdict = *after = '\0';
    statistic[strcspn(statistic, "\n")] = '\0';
    outcome->command = outcome->text + 2;
    outcome->output = line + 1;
    outcome->verdict = word + 1;
    outcome->statistic = statistic + 1;
    return 0;
}

/* The lines of a text without the blanks at their ends. */
static void write_lines(FILE *stream, const char *text)
{
    while (*text != '\0') {
        const size_t length = strcspn(text, "\n");
        size_t kept = length;
        while (kept > 0 && text[kept - 1] == ' ')
            kept--;
        fprintf(stream, "%.*s\n", (int)kept, text);
        text += length + (text[length] == '\n');
    }
}

static int run_if_wanted(const struct reproduction *all, const char *name, struct problem *problem)
{
    const int wanted = all->only == NULL || strcmp(all->only, name) == 0;
    return wanted ? run_program(all, name, problem) : 0;
}

static int write_section(const struct reproduction *all, const char *name, struct problem *problem)
{
    struct outcome outcome;
    if (read_outcome(all, name, &outcome, problem) != 0)
        return -1;
    fprintf(all->out, "**%s**: %s\n\n", outcome.verdict, outcome.statistic);
    fprintf(all->out, "![%s](paper/%s.svg)\n\n", name, name);
    fprintf(all->out, "`build/release/examples/paper/%s`\n\n", outcome.command);
    fprintf(all->out, "<details><summary>All numbers</summary>\n\n```text\n");
    write_lines(all->out, outcome.output);
    fprintf(all->out, "```\n\n</details>\n");
    free(outcome.text);
    return 0;
}

static int write_row(const struct reproduction *all, const char *name, struct problem *problem)
{
    struct outcome outcome;
    if (read_outcome(all, name, &outcome, problem) != 0)
        return -1;
    fprintf(all->out, "| [%s](#%s) | %s | %s |\n", name, name, outcome.verdict, outcome.statistic);
    free(outcome.text);
    return 0;
}

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');
    return end == NULL ? line + strlen(line) : end + 1;
}

static int visit_all(const struct reproduction *all, visitor *visit, struct problem *problem)
{
    char name[MOST_NAME];
    for (const char *line = all->text; *line != '\0'; line = next_line(line))
        if (read_run_line(line, name) && visit(all, name, problem) != 0)
            return -1;
    return 0;
}

static int write_document(const struct reproduction *all, struct problem *problem)
{
    char name[MOST_NAME];
    for (const char *line = all->text; *line != '\0'; line = next_line(line)) {
        int result = 0;
        if (read_run_line(line, name)) {
            result = write_section(all, name, problem);
        } else if (strncmp(line, "@summary@", 9) == 0) {
            fprintf(all->out, "| claim | verdict | statistic |\n|---|---|---|\n");
            result = visit_all(all, write_row, problem);
        } else {
            fprintf(all->out, "%.*s", (int)(next_line(line) - line), line);
        }
        if (result != 0)
            return -1;
    }
    return 0;
}

static int write_file(struct reproduction *all, struct problem *problem)
{
    char path[MOST_PATH];
    char *document = NULL;
    size_t size = 0;
    if (make_path(path, all->directory, "/paper.md", "", problem) != 0)
        return -1;
    all->out = open_memstream(&document, &size);
    if (all->out == NULL)
        return problem_no_memory(problem, path);
    int result = write_document(all, problem);
    if (fclose(all->out) != 0 && result == 0)
        result = problem_no_memory(problem, path);
    if (result == 0)
        result = file_write(path, document, size, NULL, 0, problem);
    free(document);
    return result;
}

static int reproduce(struct reproduction *all, const char *template, struct problem *problem)
{
    char folder[MOST_PATH];
    if (make_path(folder, all->directory, "/paper", "", problem) != 0)
        return -1;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return problem_set(problem, "%s: %s", folder, strerror(errno));
    all->text = read_text(template, problem);
    if (all->text == NULL)
        return -1;
    int result = visit_all(all, run_if_wanted, problem);
    if (result == 0)
        result = write_file(all, problem);
    free(all->text);
    return result;
}

int main(int argc, char **argv)
{
    struct problem problem = {"", 0};
    char *slash = strrchr(argv[0], '/');
    const int named = argc > 4 && strcmp(argv[3], "--only") == 0;
    const int first = named ? 5 : 3;
    if (argc < 3 || argv[1][0] == '-' || argc - first > MOST_OPTIONS || slash == NULL) {
        fprintf(stderr, "usage: FOLDER/reproduce TEMPLATE DIRECTORY [--only NAME] [OPTIONS of the "
                        "programs, which are in the same FOLDER]\n");
        return 2;
    }
    struct reproduction all = {.directory = argv[2],
                               .only = named ? argv[4] : NULL,
                               .option_count = argc - first,
                               .options = argv + first};
    char *template = argv[1];
    char *programs = strndup(argv[0], (size_t)(slash - argv[0]) + 1);
    int result = -1;
    all.programs = programs;
    if (programs == NULL)
        (void)problem_no_memory(&problem, "the path");
    else
        result = reproduce(&all, template, &problem);
    free(programs);
    if (result != 0)
        fprintf(stderr, "reproduce: %s\n", problem.text);
    return result == 0 ? 0 : 1;
}
