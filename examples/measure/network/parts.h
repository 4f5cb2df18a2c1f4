/* Which part of a module a tensor is. */
#ifndef EXAMPLES_MEASURE_PARTS_H
#define EXAMPLES_MEASURE_PARTS_H

#include <stddef.h>

#include "modules.h"

/* By the end of a canonical name; *length is that of the module's path before it. PARTS: none
 * that is known, and the path goes up to the last dot. */
enum part part_of(const char *name, size_t *length);

/* Why a name tells that the network is not a dense one: "an adapter (LoRA)"; NULL: it does not. */
const char *part_foreign(const char *name);

/* Whether a name is that of an adapter, which changes the layer it belongs to. */
int part_is_adapter(const char *name);

/* Whether a module is called as embeddings are: a table of rows, no bias. */
int part_is_embedding(const char *path);

/* Whether a name is that of the state of an optimizer or of a running average, which is no part of
 * the network. */
int part_is_state(const char *name);

#endif
