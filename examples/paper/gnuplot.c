#include "gnuplot.h"

#include <errno.h>
#include <string.h>

#include "child.h"

static int run(char **arguments, FILE *in, FILE *out, struct problem *problem)
{
    int status = -1;
    const int code = child_run(arguments, in, out, &status);
    if (code == ENOENT)
        return problem_set(problem, "--plot: the program gnuplot is not installed");
    if (code != 0)
        return problem_set(problem, "gnuplot: cannot be started: %s", strerror(code));
    return status == 0 ? 0 : problem_set(problem, "gnuplot: failed");
}

int gnuplot_script(FILE **script, struct problem *problem)
{
    return child_file(script, problem);
}

int gnuplot_run(FILE *script, struct bytes *output, struct problem *problem)
{
    char name[] = "gnuplot";
    char *arguments[] = {name, NULL};
    FILE *out = NULL;
    *output = (struct bytes){NULL, 0, 0};
    int result = child_file(&out, problem);
    if (result == 0)
        result = run(arguments, script, out, problem);
    if (result == 0)
        result = child_read(out, name, output, problem);
    if (out != NULL)
        fclose(out);
    fclose(script);
    return result;
}

int gnuplot_check(struct problem *problem)
{
    char name[] = "gnuplot";
    char version[] = "--version";
    char *arguments[] = {name, version, NULL};
    FILE *files[2] = {NULL, NULL};
    int result = child_file(&files[0], problem);
    if (result == 0)
        result = child_file(&files[1], problem);
    if (result == 0)
        result = run(arguments, files[0], files[1], problem);
    for (int i = 0; i < 2; i++)
        if (files[i] != NULL)
            fclose(files[i]);
    return result;
}
