#define _POSIX_C_SOURCE 200809L
#include "sweep.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "plot.h"

#define FIELD 30
#define LEAST_FIRST 10 /* of the first column */

static int is_printed(const struct sweep *sweep, int column)
{
    return sweep->columns[column].title[0] != '\0';
}

void sweep_print_summary(struct summary summary, int all, const char *format)
{
    char number[3][32] = {"", "", ""};
    char text[128] = "-";
    const double values[3] = {summary.mean, summary.least, summary.greatest};
    for (int i = 0; i < 3; i++)
        snprintf(number[i], sizeof number[i], format, values[i]);
    if (summary.count == all)
        snprintf(text, sizeof text, "%s [%s, %s]", number[0], number[1], number[2]);
    else if (summary.count > 0)
        snprintf(text, sizeof text, "%s [%s, %s] %d of %d", number[0], number[1], number[2],
                 summary.count, all);
    printf("  %-*s", FIELD, text);
}

void sweep_print(const struct sweep *sweep)
{
    const int name = (int)strlen(sweep->name);
    const int first = name > LEAST_FIRST ? name : LEAST_FIRST;
    printf("%s; mean [least, greatest] of %d seeds\n%-*s", sweep->title, sweep->seed_count, first,
           sweep->name);
    for (int c = 0; c < sweep->column_count; c++)
        if (is_printed(sweep, c))
            printf("  %-*s", FIELD, sweep->columns[c].title);
    printf("\n");
    for (int l = 0; l < sweep->level_count; l++) {
        printf("%-*g", first, sweep->levels[l]);
        for (int c = 0; c < sweep->column_count; c++)
            if (is_printed(sweep, c))
                sweep_print_summary(sweep_summary(sweep, l, c), sweep->seed_count, "%.3g");
        printf("\n");
    }
    printf("%-*s", first, "Spearman");
    for (int c = 0; c < sweep->column_count; c++)
        if (is_printed(sweep, c))
            sweep_print_summary(sweep_spearman_summary(sweep, c), sweep->seed_count, "%+.2f");
    printf("\n\n");
}

/* The columns of all sweeps by name, each once; or -1 if they are too many. */
static int collect_names(const struct sweep *sweeps, int count, int most, const char **names)
{
    int found = 0;
    for (int i = 0; i < count; i++)
        for (int c = 0; c < sweeps[i].column_count; c++) {
            int at = 0;
            while (at < found && strcmp(names[at], sweeps[i].columns[c].name) != 0)
                at++;
            if (at == most)
                return -1;
            names[at] = sweeps[i].columns[c].name;
            found = at == found ? found + 1 : found;
        }
    return found;
}

static int column_of(const struct sweep *sweep, const char *name)
{
    for (int c = 0; c < sweep->column_count; c++)
        if (strcmp(sweep->columns[c].name, name) == 0)
            return c;
    return -1;
}

static void write_run(FILE *stream, const struct sweep *sweep, int level, int seed, int count,
                      const char *const *names)
{
    fprintf(stream, "%s,%.9g,%llu", sweep->name, sweep->levels[level],
            (unsigned long long)(sweep->seed + (uint64_t)seed));
    for (int i = 0; i < count; i++) {
        const int column = column_of(sweep, names[i]);
        const double value = column < 0 ? (double)NAN : sweep_value(sweep, level, seed, column);
        if (isnan(value))
            fputc(',', stream);
        else
            fprintf(stream, ",%.9g", value);
    }
    fputc('\n', stream);
}

static void write_table(FILE *stream, const struct sweep *sweeps, int count, int columns,
                        const char *const *names)
{
    fprintf(stream, "knob,level,seed");
    for (int i = 0; i < columns; i++)
        fprintf(stream, ",%s", names[i]);
    fputc('\n', stream);
    for (int i = 0; i < count; i++)
        for (int l = 0; l < sweeps[i].level_count; l++)
            for (int s = 0; s < sweeps[i].seed_count; s++)
                write_run(stream, &sweeps[i], l, s, columns, names);
}

static void write_values(FILE *stream, const struct sweep *sweep, int level, int seed)
{
    for (int c = 0; c < sweep->column_count; c++)
        if (!isnan(sweep_value(sweep, level, seed, c)))
            fprintf(stream, "%s,%.9g,%llu,%s,%.9g\n", sweep->name, sweep->levels[level],
                    (unsigned long long)(sweep->seed + (uint64_t)seed), sweep->columns[c].name,
                    sweep_value(sweep, level, seed, c));
}

/* To memory first, from there to the file. */
struct text {
    FILE *stream;
    char *data;
    size_t size;
};

static int open_text(struct text *text, const char *path, struct problem *problem)
{
    *text = (struct text){.stream = NULL};
    text->stream = open_memstream(&text->data, &text->size);
    return text->stream != NULL ? 0 : problem_no_memory(problem, path);
}

static int close_text(struct text *text, const char *path, struct problem *problem)
{
    int result = ferror(text->stream);
    if (fclose(text->stream) != 0 || result != 0)
        result = problem_no_memory(problem, path);
    else
        result = file_write(path, text->data, text->size, NULL, 0, problem);
    free(text->data);
    return result;
}

int sweep_write_csv(const struct sweep *sweeps, int count, const char *path,
                    struct problem *problem)
{
    const char *names[4 * SWEEP_MOST_COLUMNS];
    struct text text;
    const int columns = collect_names(sweeps, count, 4 * SWEEP_MOST_COLUMNS, names);
    if (columns < 0)
        return problem_set(problem, "%s: too many columns", path);
    if (open_text(&text, path, problem) != 0)
        return -1;
    write_table(text.stream, sweeps, count, columns, names);
    return close_text(&text, path, problem);
}

int sweep_write_long_csv(const struct sweep *sweeps, int count, const char *path,
                         struct problem *problem)
{
    struct text text;
    if (open_text(&text, path, problem) != 0)
        return -1;
    fprintf(text.stream, "knob,level,seed,quantity,value\n");
    for (int i = 0; i < count; i++)
        for (int l = 0; l < sweeps[i].level_count; l++)
            for (int s = 0; s < sweeps[i].seed_count; s++)
                write_values(text.stream, &sweeps[i], l, s);
    return close_text(&text, path, problem);
}

struct plot_series sweep_series(const struct sweep *sweep, int column, struct sweep_curve *curve)
{
    for (int l = 0; l < sweep->level_count; l++) {
        const struct summary summary = sweep_summary(sweep, l, column);
        curve->mean[l] = summary.mean;
        curve->least[l] = summary.least;
        curve->greatest[l] = summary.greatest;
    }
    return (struct plot_series){.title = sweep->columns[column].title,
                                .count = sweep->level_count,
                                .x = sweep->levels,
                                .y = curve->mean,
                                .low = curve->least,
                                .high = curve->greatest};
}

static void fill_panel(const struct sweep *sweep, const int *columns, int column_count,
                       const char *y_title, struct sweep_curve *curves, struct plot_panel *panel)
{
    *panel = (struct plot_panel){.x_title = sweep->title,
                                 .y_title = y_title,
                                 .log_x = plot_spans_decades(sweep->level_count, sweep->levels),
                                 .tick_count = sweep->level_count,
                                 .ticks = sweep->levels,
                                 .series_count = column_count};
    for (int i = 0; i < column_count; i++) {
        panel->series[i] = sweep_series(sweep, columns[i], &curves[i]);
        panel->log_y |= plot_spans_decades(sweep->level_count, curves[i].mean);
    }
}

/* The panels show one quantity: on logarithmic axes all of them, if one needs it. */
static void make_alike(struct plot_panel *panels, int count)
{
    int logarithmic = 0;
    for (int i = 0; i < count; i++)
        logarithmic |= panels[i].log_y;
    for (int i = 0; i < count; i++)
        panels[i].log_y = logarithmic;
}

int sweep_plot(const struct sweep *sweeps, int count, const int *columns, int column_count,
               const char *y_title, const char *stem, struct problem *problem)
{
    struct plot_panel *panels = malloc((size_t)count * sizeof *panels);
    struct sweep_curve *curves = malloc((size_t)(count * column_count) * sizeof *curves);
    int result = -1;
    if (panels == NULL || curves == NULL)
        (void)problem_no_memory(problem, stem);
    else {
        for (int i = 0; i < count; i++)
            fill_panel(&sweeps[i], columns, column_count, y_title, curves + i * column_count,
                       &panels[i]);
        make_alike(panels, count);
        result = plot_write(stem, count, panels, problem);
    }
    free(panels);
    free(curves);
    return result;
}

int sweep_write_files(const struct sweep *sweeps, int count, const int *columns, int column_count,
                      const char *y_title, const struct options *options, struct problem *problem)
{
    if (options->csv != NULL && sweep_write_csv(sweeps, count, options->csv, problem) != 0)
        return -1;
    if (options->plot == NULL)
        return 0;
    return sweep_plot(sweeps, count, columns, column_count, y_title, options->plot, problem);
}

int sweep_report(const struct sweep *sweeps, int count, const int *columns, int column_count,
                 const char *y_title, const struct options *options, struct problem *problem)
{
    for (int i = 0; i < count; i++)
        sweep_print(&sweeps[i]);
    return sweep_write_files(sweeps, count, columns, column_count, y_title, options, problem);
}
