#define _POSIX_C_SOURCE 200809L
#include "program.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gnuplot.h"
#include "output.h"

/* The threads of the pool are to be the only ones: a BLAS that starts its own in each of them
 * makes all of them slower. It reads how many it may start from the environment, and it does so
 * when it is loaded, before main(); so the program starts itself anew, once. What the environment
 * has already is left as it is. The library does none of this: it is the program's to decide. */
static void restart_without_threads_of_the_blas(char **argv)
{
    static const char *const names[] = {"OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS",
                                        "OMP_NUM_THREADS"};
    int missing = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (getenv(names[i]) == NULL)
            missing |= setenv(names[i], "1", 0) == 0;
    if (!missing)
        return;
    (void)execv("/proc/self/exe", argv);
    (void)execvp(argv[0], argv);
    /* Where neither works it goes on as it is: slower, with the same results. */
}

static int check_plot(const char *stem, struct problem *problem)
{
    char path[4096];
    const char *const endings[] = {"svg", "png"};
    for (int i = 0; i < 2; i++) {
        const int length = snprintf(path, sizeof path, "%s.%s", stem, endings[i]);
        if (length < 0 || (size_t)length >= sizeof path)
            return problem_set(problem, "%.100s...: this path is too long", stem);
        if (file_check_writable(path, problem) != 0)
            return -1;
    }
    return gnuplot_check(problem);
}

/* What can be known to fail is to fail before the work. */
static int check_outputs(const struct options *options, struct problem *problem)
{
    if (options->csv != NULL && file_check_writable(options->csv, problem) != 0)
        return -1;
    return options->plot != NULL ? check_plot(options->plot, problem) : 0;
}

static int run(const struct program *program, const struct options *options,
               struct problem *problem)
{
    struct mnist mnist;
    if (check_outputs(options, problem) != 0)
        return 2;
    if (!program->needs_images)
        return program->run(options, NULL, problem) == 0 ? 0 : 1;
    if (mnist_read(options->mnist, &mnist, problem) != 0)
        return problem->ran_out ? 1 : 2;
    const int result = program->run(options, &mnist, problem);
    mnist_free(&mnist);
    return result == 0 ? 0 : 1;
}

int program_main(int argc, char **argv, const struct program *program)
{
    struct options options;
    struct problem problem = {"", 0};
    int code = 0;
    restart_without_threads_of_the_blas(argv);
    if (options_parse(argc, argv, &options, &problem) != 0)
        code = 2;
    else if (options.help)
        options_print_help(stdout, program->name, program->summary);
    else
        code = run(program, &options, &problem);
    if (fflush(stdout) != 0 && code == 0) {
        (void)problem_set(&problem, "standard output: cannot be written");
        code = 1;
    }
    if (code != 0)
        fprintf(stderr, "%s: %s\n", program->name, problem.text);
    return code;
}

void program_verdict(const char *name, int agrees, const char *format, ...)
{
    va_list arguments;
    printf("verdict: %s %s ", agrees ? "agrees" : "disagrees", name);
    va_start(arguments, format);
    (void)vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
}
