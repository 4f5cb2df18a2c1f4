/* What went wrong, in one line that names the file and the field. */
#ifndef EXAMPLES_PROBLEM_H
#define EXAMPLES_PROBLEM_H

struct problem {
    char text[512];
};

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
/* Set the text and return -1, so that a check reads
 *     if (bad) return problem_set(problem, "%s: ...", name); */
int problem_set(struct problem *problem, const char *format, ...);

#endif
