/* What --help prints. */
#ifndef EXAMPLES_MEASURE_HELP_H
#define EXAMPLES_MEASURE_HELP_H

void help_print(void);

#endif
