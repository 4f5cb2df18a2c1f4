/* The program and its shared libraries, and which of them an address lies in. */
#ifndef DIRICHLET_CORE_LOADED_OBJECT_H
#define DIRICHLET_CORE_LOADED_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/arithmetic.h"

/* What the dynamic linker keeps about it; valid as long as it stays loaded. */
struct loaded_object {
    const char *name;     /* of its file; "" for the program itself */
    uintptr_t base;       /* what its segments' addresses are relative to */
    const void *segments; /* its program headers */
    size_t segment_count;
};

/* False where the platform does not say, or where nothing is loaded at the address. */
bool loaded_object_find(uintptr_t address, struct loaded_object *object);

bool loaded_object_holds(const struct loaded_object *object, uintptr_t address);

#endif
