/* The command line that measures a file of weights, as the user may type it again. */
#ifndef EXAMPLES_COMMAND_H
#define EXAMPLES_COMMAND_H

#include <stddef.h>

#include "problem.h"

/* "program weights data", quoted for the shell, paths below the current directory relative
 * to it. 0, or -1 with the problem. */
int command_text(const char *program, const char *weights, const char *data, char *text,
                 size_t size, struct problem *problem);

/* Print "$ text" and run it. 0, or -1 with the problem. */
int command_run(const char *text, struct problem *problem);

#endif
