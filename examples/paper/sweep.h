/* Levels of one knob, seeds for each, and what is measured there: a table, how it is printed,
 * written and plotted, and what Spearman's correlation says to it.
 *
 * How a program is written (parameter_norm.c is one):
 *
 *   1. main() is `return program_main(argc, argv, &program)`; `program` names it, says in a
 *      sentence what it shows, and has the function that does the work.
 *   2. The work makes a `struct sweep` for every knob: its levels, its seeds, and who measures.
 *      For a number of the trainer's settings that is a `struct experiment` with a run_plan and a
 *      function of one line that turns the knob, connected by experiment_connect(). For anything
 *      else it is a function of its own, of type sweep_measure, and an array of columns.
 *   3. sweep_study() runs them and calls the program's report: sweep_report(), which prints every
 *      table and writes the files that were asked for, and at the end experiment_verdict() or
 *      program_verdict().
 *   4. In CMakeLists.txt, dirichlet_paper(NAME): source NAME.c with _ for -, program NAME, and its
 *      test with --quick.
 *
 * What depends on the effort is chosen by options_choose(). Readings that contradict the claim are
 * sweeps like the others, printed beside those that support it; the verdict names the reading it
 * rests on. Figures other than a sweep's are made of panels and series, plot.h. */
#ifndef EXAMPLES_PAPER_SWEEP_H
#define EXAMPLES_PAPER_SWEEP_H

#include <stdint.h>

#include "options.h"
#include "plot.h"
#include "pool.h"
#include "problem.h"
#include "statistics.h"

#define SWEEP_MOST_COLUMNS 24
#define SWEEP_MOST_LEVELS 64
#define SWEEP_MOST_SEEDS 64

struct sweep_column {
    char name[40];  /* in the CSV file: gc_at_loss_0.1 */
    char title[40]; /* in tables and plots: at loss 0.1; empty: in the CSV file only */
};

/* Measure one run: row[c] for every column, NaN for what is not there. 0, or -1 with the problem;
 * see pool_job for what it may depend on. */
typedef int sweep_measure(void *context, double level, uint64_t seed, struct pool_worker *worker,
                          double *row, struct problem *problem);

struct sweep;

/* Where the levels are places in the course of one run: all that is measured of a seed (its number
 * from 0), into sweep_row() of every level. */
typedef int sweep_follow(void *context, const struct sweep *sweep, int seed,
                         struct pool_worker *worker, struct problem *problem);

struct sweep {
    const char *name;  /* of the knob in the CSV file and the verdict: "l2" */
    const char *title; /* of the knob, with its unit if it has one: "strength of the L2 penalty" */
    int level_count;
    const double *levels;
    int seed_count;
    uint64_t seed; /* the first; the others follow */
    int column_count;
    struct sweep_column columns[SWEEP_MOST_COLUMNS];
    sweep_measure *measure;
    sweep_follow *follow; /* instead of measure, if not NULL */
    void *context;
    double *table; /* (level_count, seed_count, column_count); NULL before it has run */
};

/* Run all of them together, on the threads of the options. 0, or -1 with the problem. */
int sweep_run_all(struct sweep *sweeps, int count, const struct options *options,
                  struct problem *problem);
void sweep_free(struct sweep *sweep);

/* What a program says and writes of its sweeps. 0, or -1 with the problem. */
typedef int sweep_reporter(const struct options *options, const struct sweep *sweeps, int count,
                           struct problem *problem);

/* Run all of them, report, and free them. */
int sweep_study(struct sweep *sweeps, int count, const struct options *options,
                sweep_reporter *report, struct problem *problem);

/* column_count values. */
double *sweep_row(const struct sweep *sweep, int level, int seed);
double sweep_value(const struct sweep *sweep, int level, int seed, int column);

/* Of a level's seeds. */
struct summary sweep_summary(const struct sweep *sweep, int level, int column);

/* Of level and column: of one seed (a seed's number from 0), and of all seeds. */
double sweep_spearman(const struct sweep *sweep, int seed, int column);
struct summary sweep_spearman_summary(const struct sweep *sweep, int column);

/* The table: mean [least, greatest] of the seeds at every level, and the seeds' Spearman
 * correlations below. */
void sweep_print(const struct sweep *sweep);

/* What stands in one place of such a table, behind two blanks: mean [least, greatest], each as the
 * format says, and of how many if not of all. */
void sweep_print_summary(struct summary summary, int all, const char *format);

/* knob,level,seed,COLUMNS: a line for every run of every sweep; empty fields for what is not
 * there or is a column of other sweeps only. */
int sweep_write_csv(const struct sweep *sweeps, int count, const char *path,
                    struct problem *problem);

/* knob,level,seed,quantity,value: a line for every value that is there. */
int sweep_write_long_csv(const struct sweep *sweeps, int count, const char *path,
                         struct problem *problem);

/* What the series of a column points to, of as many numbers as there are levels. */
struct sweep_curve {
    double mean[SWEEP_MOST_LEVELS];
    double least[SWEEP_MOST_LEVELS];
    double greatest[SWEEP_MOST_LEVELS];
};

/* Means of this column against the level, the seeds' ranges as a band, the column's title. */
struct plot_series sweep_series(const struct sweep *sweep, int column, struct sweep_curve *curve);

/* A panel for every sweep: means of these columns against the level, the seeds' ranges as bands.
 * y_title: what the columns have in common. */
int sweep_plot(const struct sweep *sweeps, int count, const int *columns, int column_count,
               const char *y_title, const char *stem, struct problem *problem);

/* The CSV file and the plot, those of the two that the options ask for. */
int sweep_write_files(const struct sweep *sweeps, int count, const int *columns, int column_count,
                      const char *y_title, const struct options *options, struct problem *problem);

/* The same, after every table. */
int sweep_report(const struct sweep *sweeps, int count, const int *columns, int column_count,
                 const char *y_title, const struct options *options, struct problem *problem);

/* Whether every seed's correlation has this sign (-1 or 1) and an absolute value of `bound` or
 * more, and no level is missing. */
int sweep_agrees(const struct sweep *sweep, int column, int sign, double bound);

#endif
