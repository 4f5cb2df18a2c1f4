#define _POSIX_C_SOURCE 200809L
#include "gnuplot.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

/* Both ends are temporary files rather than pipes: nothing can wait for the other end, and no
 * name of a file has to be quoted for a shell or for gnuplot. */
static int spawn(char **arguments, FILE *in, FILE *out, pid_t *process)
{
    posix_spawn_file_actions_t actions;
    int code = posix_spawn_file_actions_init(&actions);
    if (code != 0)
        return code;
    code = posix_spawn_file_actions_adddup2(&actions, fileno(in), 0);
    if (code == 0)
        code = posix_spawn_file_actions_adddup2(&actions, fileno(out), 1);
    if (code == 0)
        code = posix_spawnp(process, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

static int run(char **arguments, FILE *in, FILE *out, struct problem *problem)
{
    pid_t process = 0;
    int status = 0;
    const int code = spawn(arguments, in, out, &process);
    if (code == ENOENT)
        return problem_set(problem, "--plot: the program gnuplot is not installed");
    if (code != 0)
        return problem_set(problem, "gnuplot: cannot be started: %s", strerror(code));
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR)
            return problem_set(problem, "gnuplot: %s", strerror(errno));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return problem_set(problem, "gnuplot: failed");
    return 0;
}

static int read_back(FILE *stream, struct bytes *output, struct problem *problem)
{
    const long size = fseek(stream, 0, SEEK_END) == 0 ? ftell(stream) : -1;
    rewind(stream);
    if (size <= 0)
        return problem_set(problem, "gnuplot: wrote nothing");
    output->data = malloc((size_t)size);
    if (output->data == NULL)
        return problem_no_memory(problem, "the plot");
    output->size = fread(output->data, 1, (size_t)size, stream);
    if (output->size == (size_t)size)
        return 0;
    bytes_free(output);
    return problem_set(problem, "gnuplot: its output cannot be read");
}

int gnuplot_script(FILE **script, struct problem *problem)
{
    *script = tmpfile();
    if (*script == NULL)
        return problem_set(problem, "a temporary file: %s", strerror(errno));
    return 0;
}

int gnuplot_run(FILE *script, struct bytes *output, struct problem *problem)
{
    char name[] = "gnuplot";
    char *arguments[] = {name, NULL};
    FILE *out = NULL;
    output->data = NULL;
    output->size = 0;
    int result = -1;
    if (fflush(script) != 0)
        (void)problem_set(problem, "a temporary file: %s", strerror(errno));
    else
        result = gnuplot_script(&out, problem);
    if (result == 0) {
        rewind(script);
        result = run(arguments, script, out, problem);
    }
    if (result == 0)
        result = read_back(out, output, problem);
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
    FILE *files[2] = {tmpfile(), tmpfile()};
    int result = -1;
    if (files[0] == NULL || files[1] == NULL)
        (void)problem_set(problem, "a temporary file: %s", strerror(errno));
    else
        result = run(arguments, files[0], files[1], problem);
    for (int i = 0; i < 2; i++)
        if (files[i] != NULL)
            fclose(files[i]);
    return result;
}
