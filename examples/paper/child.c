#define _POSIX_C_SOURCE 200809L
#include "child.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

int child_file(FILE **stream, struct problem *problem)
{
    *stream = tmpfile();
    if (*stream == NULL)
        return problem_set(problem, "a temporary file: %s", strerror(errno));
    return 0;
}

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

int child_run(char **arguments, FILE *in, FILE *out, int *status)
{
    pid_t process = 0;
    int how = 0;
    if (fflush(in) != 0)
        return errno;
    rewind(in);
    const int code = spawn(arguments, in, out, &process);
    if (code != 0)
        return code;
    while (waitpid(process, &how, 0) < 0)
        if (errno != EINTR)
            return errno;
    *status = WIFEXITED(how) ? WEXITSTATUS(how) : -1;
    return 0;
}

int child_read(FILE *stream, const char *name, struct bytes *output, struct problem *problem)
{
    const long size = fseek(stream, 0, SEEK_END) == 0 ? ftell(stream) : -1;
    rewind(stream);
    if (size <= 0)
        return problem_set(problem, "%s: wrote nothing", name);
    output->data = malloc((size_t)size);
    if (output->data == NULL)
        return problem_no_memory(problem, name);
    output->size = fread(output->data, 1, (size_t)size, stream);
    if (output->size == (size_t)size)
        return 0;
    bytes_free(output);
    return problem_set(problem, "%s: its output cannot be read", name);
}
