/* Another program, run to its end. */
#ifndef EXAMPLES_PAPER_CHILD_H
#define EXAMPLES_PAPER_CHILD_H

#include <stdio.h>

#include "file.h"
#include "problem.h"

/* An empty temporary file, for either end. 0, or -1 with the problem. */
int child_file(FILE **stream, struct problem *problem);

/* Run arguments[0], looked for in PATH unless it has a slash; NULL ends the arguments. Its input
 * is what `in` has from its beginning on, its output goes to the end of `out`. Both are files
 * rather than pipes, so that nothing can wait for the other end. 0, or the errno with which it
 * could not be started. *status: its exit status; -1 where a signal ended it. */
int child_run(char **arguments, FILE *in, FILE *out, int *status);

/* All that is in the file; `name` is for the message. 0, or -1 with the problem and nothing to
 * free. */
int child_read(FILE *stream, const char *name, struct bytes *output, struct problem *problem);

#endif
