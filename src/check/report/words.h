/* Lines of a record in words. */
#ifndef DIRICHLET_CHECK_WORDS_H
#define DIRICHLET_CHECK_WORDS_H

#include <stddef.h>

#include "check/report/record.h"
#include "dirichlet/check.h"

/* What was looked at, where it is worst and by how much, and what is likely. */
void words_of_line(const struct check_line *line, dirichlet_callback callback,
                   dirichlet_check_item item, char *text, size_t size);

#endif
