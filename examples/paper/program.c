#include "program.h"

#include <stdarg.h>
#include <stdio.h>

#include "blas_threads.h"
#include "gnuplot.h"
#include "output.h"

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
    blas_threads_restart_with_one(argv);
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
