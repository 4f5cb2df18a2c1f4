/* What went wrong, in one line that names the file and the field. */
#ifndef EXAMPLES_PROBLEM_H
#define EXAMPLES_PROBLEM_H

struct problem {
    char text[1024];
    int ran_out; /* of memory or of disk space: not the fault of what was read */
};

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
/* Set the text and return -1, so that a check reads
 *     if (bad) return problem_set(problem, "%s: ...", name); */
int problem_set(struct problem *problem, const char *format, ...);

/* The same for memory that ran out over `name`. */
int problem_no_memory(struct problem *problem, const char *name);

#endif
