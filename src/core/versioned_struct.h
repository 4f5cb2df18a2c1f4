/* Structs of the public API that grow: struct_size first, zero for "not given". */
#ifndef DIRICHLET_CORE_VERSIONED_STRUCT_H
#define DIRICHLET_CORE_VERSIONED_STRUCT_H

#include <stddef.h>

#include "core/message.h"
#include "dirichlet/status.h"

/* Is it a size that a struct of ours could have, now or later? */
dirichlet_status versioned_struct_check(size_t given_size, const char *name,
                                        struct message *message);

/* Read a caller's struct of `given_size` bytes into ours of `size` bytes: what an
 * older caller lacks reads as zero; what a newer one has beyond ours must be zero.
 * The copy's struct_size is ours. `name` is for the message. */
dirichlet_status versioned_struct_read(void *ours, size_t size, const void *given,
                                       size_t given_size, const char *name,
                                       struct message *message);

/* Write ours into a caller's result struct, as much as it has room for, leaving its
 * struct_size and any bytes beyond ours alone. */
dirichlet_status versioned_struct_write(const void *ours, size_t size, void *given,
                                        size_t given_size, const char *name,
                                        struct message *message);

#endif
