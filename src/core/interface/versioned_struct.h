/* Structs of the public API that grow: struct_size first, zero for "not given". */
#ifndef DIRICHLET_CORE_VERSIONED_STRUCT_H
#define DIRICHLET_CORE_VERSIONED_STRUCT_H

#include <stddef.h>
#include <stdint.h>

#include "core/interface/message.h"
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

/* Element `index` of a caller's array into ours of `size` bytes. Its elements may be older or
 * newer than ours: the array is stepped through by the struct_size of its first element, which
 * all must have. `array_name` is for the message; element_name receives "array[index]". */
dirichlet_status versioned_struct_read_element(void *ours, size_t size, const void *array,
                                               int64_t index, const char *array_name,
                                               struct message *element_name,
                                               struct message *message);

/* Write ours into a caller's result struct, as much as it has room for, leaving its
 * struct_size and any bytes beyond ours alone. */
dirichlet_status versioned_struct_write(const void *ours, size_t size, void *given,
                                        size_t given_size, const char *name,
                                        struct message *message);

/* Can element `index` of a caller's array of results be written to? All must have the struct_size
 * of the first. */
dirichlet_status versioned_struct_check_element(const void *array, int64_t index,
                                                const char *array_name, struct message *message);

/* Write element `index` of an array that has been read by versioned_struct_read_element or
 * checked by versioned_struct_check_element. */
void versioned_struct_write_element(const void *ours, size_t size, void *array, int64_t index);

#endif
