#define _POSIX_C_SOURCE 200809L
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the shell takes as it stands. */
static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                            "_-./+=:,@%";

/* The part of an absolute path below the current directory; else the path. */
static const char *shorten(const char *path)
{
    char here[4096];
    if (getcwd(here, sizeof here) == NULL)
        return path;
    const size_t length = strlen(here);
    if (strncmp(path, here, length) != 0 || path[length] != '/' || path[length + 1] == '\0')
        return path;
    return path + length + 1;
}

/* Append one character if there is room for it and the terminator. */
static void put(char character, char *text, size_t size, size_t *used)
{
    if (*used + 1 < size)
        text[*used] = character;
    (*used)++;
}

static void put_text(const char *added, char *text, size_t size, size_t *used)
{
    for (; *added != '\0'; added++)
        put(*added, text, size, used);
}

/* 'path' with every quote in it written as '\''. */
static void put_path(const char *path, char *text, size_t size, size_t *used)
{
    if (path[0] == '-') /* not to be taken for an option */
        put_text("./", text, size, used);
    if (path[0] != '\0' && path[strspn(path, plain)] == '\0') {
        put_text(path, text, size, used);
        return;
    }
    put('\'', text, size, used);
    for (; *path != '\0'; path++)
        if (*path == '\'')
            put_text("'\\''", text, size, used);
        else
            put(*path, text, size, used);
    put('\'', text, size, used);
}

int command_text(const char *program, const char *weights, const char *data, char *text,
                 size_t size, struct problem *problem)
{
    const char *parts[] = {program, weights, data};
    size_t used = 0;
    for (int i = 0; i < 3; i++) {
        if (i > 0)
            put(' ', text, size, &used);
        put_path(shorten(parts[i]), text, size, &used);
    }
    if (used >= size)
        return problem_set(problem, "the paths are too long for a command line");
    text[used] = '\0';
    return 0;
}

int command_run(const char *text, struct problem *problem)
{
    printf("$ %s\n", text);
    fflush(stdout);
    const int status = system(text);
    if (status == -1 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return problem_set(problem, "the command above failed");
    return 0;
}
