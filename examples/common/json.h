/* JSON out of files that are not trusted. */
#ifndef EXAMPLES_JSON_H
#define EXAMPLES_JSON_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "problem.h"

/* One JSON value and spaces; NULL with the problem, which names the file and what of it is read
 * ("the header"). To be freed by cJSON_Delete. */
cJSON *json_read(const char *name, const char *what, const char *text, size_t length,
                 struct problem *problem);

#endif
