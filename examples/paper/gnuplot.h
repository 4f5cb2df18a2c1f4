/* gnuplot as a process of its own: a script goes in, an image comes out. */
#ifndef EXAMPLES_PAPER_GNUPLOT_H
#define EXAMPLES_PAPER_GNUPLOT_H

#include <stdio.h>

#include "file.h"
#include "problem.h"

/* Whether it is there. 0, or -1 with the problem. */
int gnuplot_check(struct problem *problem);

/* An empty script, to be written to and then given to gnuplot_run. 0, or -1 with the problem. */
int gnuplot_script(FILE **script, struct problem *problem);

/* What the script writes to its standard output. Closes the script. 0, or -1 with the problem and
 * nothing to free. */
int gnuplot_run(FILE *script, struct bytes *output, struct problem *problem);

#endif
