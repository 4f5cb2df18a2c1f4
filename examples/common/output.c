#define _XOPEN_SOURCE 700
#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A new file in the folder of `path`, where what belongs there is put together; *name, from
 * malloc, is to be freed. NULL with errno if it cannot be. */
static FILE *open_beside(const char *path, char **name)
{
    const char *slash = strrchr(path, '/');
    const int folder = slash == NULL ? 0 : (int)(slash - path) + 1;
    const size_t size = (size_t)folder + 48;
    FILE *stream = NULL;
    *name = malloc(size);
    for (int i = 0; *name != NULL && stream == NULL && i < 100; i++) {
        snprintf(*name, size, "%.*s.part-%ld-%d", folder, path, (long)getpid(), i);
        stream = fopen(*name, "wbx");
        if (stream == NULL && errno != EEXIST)
            break;
    }
    if (stream == NULL) {
        free(*name);
        *name = NULL;
    }
    return stream;
}

/* The file itself where `path` is a link to it; from malloc, NULL with errno. */
static char *follow_links(const char *path)
{
    char *target = realpath(path, NULL);
    return target == NULL && errno == ENOENT ? strdup(path) : target;
}

/* 0 or errno. */
static int try_beside(const char *path)
{
    char *part = NULL;
    char *target = follow_links(path);
    FILE *stream = target == NULL ? NULL : open_beside(target, &part);
    const int reason = stream == NULL ? errno : 0;
    if (stream != NULL) {
        fclose(stream);
        remove(part);
    }
    free(part);
    free(target);
    return reason;
}

int file_check_writable(const char *path, struct problem *problem)
{
    struct stat status;
    struct stat link;
    const int is_new = stat(path, &status) != 0;
    if (is_new && lstat(path, &link) == 0)
        return problem_set(problem, "%s: cannot be written: a link to no file", path);
    if (!is_new && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
        return 0; /* opening a pipe is felt at its other end */
    FILE *stream = fopen(path, "ab");
    int reason = stream == NULL ? errno : 0;
    if (stream != NULL) {
        fclose(stream);
        if (is_new)
            remove(path);
        reason = try_beside(path);
    }
    return reason == 0 ? 0
                       : problem_set(problem, "%s: cannot be written: %s", path, strerror(reason));
}

static int is_same_place(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* The name at the end of a path, and the folder that it is in; NULL if there is none. */
static const char *split_path(const char *path, struct stat *folder)
{
    const char *slash = strrchr(path, '/');
    char *name = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    const int found = name != NULL && stat(name, folder) == 0;
    free(name);
    if (!found)
        return NULL;
    return slash == NULL ? path : slash + 1;
}

int file_is_same(const char *path, const char *other)
{
    struct stat a;
    struct stat b;
    const int exists = stat(path, &a) == 0;
    if (exists != (stat(other, &b) == 0))
        return 0;
    if (exists)
        return is_same_place(&a, &b);
    const char *name = split_path(path, &a);
    const char *other_name = split_path(other, &b);
    return name != NULL && other_name != NULL && strcmp(name, other_name) == 0 &&
           is_same_place(&a, &b);
}

/* Write all of it and close; 0 or errno. */
static int write_and_close(FILE *stream, const void *head, size_t head_size, const void *body,
                           size_t body_size)
{
    int reason = 0;
    if (fwrite(head, 1, head_size, stream) != head_size ||
        (body_size > 0 && fwrite(body, 1, body_size, stream) != body_size))
        reason = errno;
    if (fclose(stream) != 0 && reason == 0)
        reason = errno;
    return reason;
}

static int write_failed(const char *path, int reason, int opened, struct problem *problem)
{
    (void)problem_set(problem, "%s: cannot be written: %s", path, strerror(reason));
    problem->ran_out = opened;
    return -1;
}

int file_write(const char *path, const void *head, size_t head_size, const void *body,
               size_t body_size, struct problem *problem)
{
    struct stat status;
    const int exists = stat(path, &status) == 0;
    const int in_place = exists && !S_ISREG(status.st_mode); /* a pipe or a device */
    char *part = NULL;
    char *target = in_place ? NULL : follow_links(path);
    FILE *stream = NULL;
    if (in_place)
        stream = fopen(path, "wb");
    else if (target != NULL)
        stream = open_beside(target, &part);
    int reason = stream == NULL ? errno : 0;
    if (stream != NULL)
        reason = write_and_close(stream, head, head_size, body, body_size);
    if (reason == 0 && part != NULL) {
        if (exists)
            (void)chmod(part, status.st_mode & 07777); /* as it was, where that is allowed */
        reason = rename(part, target) == 0 ? 0 : errno;
    }
    if (reason != 0 && part != NULL)
        remove(part);
    free(part);
    free(target);
    return reason == 0 ? 0 : write_failed(path, reason, stream != NULL, problem);
}
