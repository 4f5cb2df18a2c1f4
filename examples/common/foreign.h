/* Files of other formats, known by how they begin. */
#ifndef EXAMPLES_FOREIGN_H
#define EXAMPLES_FOREIGN_H

#include <stddef.h>

#include "problem.h"

/* 0, or -1 with a problem that names the format of what begins like this and the line of Python
 * that makes a safetensors file of it. */
int foreign_refuse(const char *path, const unsigned char *head, size_t size,
                   struct problem *problem);

#endif
