/* dl_iterate_phdr is no part of C or POSIX: the C libraries of Linux show it only so. It asks
 * the dynamic linker alone: no file, no environment. dladdr would look through the symbols of
 * the library too, which takes far longer. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE 1 /* NOLINT: reserved for this */
#endif
#include "core/blas/loaded_object.h"

#if defined(__linux__) && defined(__ELF__)

#include <link.h>

bool loaded_object_holds(const struct loaded_object *object, uintptr_t address)
{
    const ElfW(Phdr) *segments = object->segments;
    for (size_t i = 0; i < object->segment_count; i++) {
        const uintptr_t start = object->base + segments[i].p_vaddr;
        if (segments[i].p_type == PT_LOAD && address >= start &&
            address - start < segments[i].p_memsz)
            return true;
    }
    return false;
}

struct search {
    uintptr_t address;
    struct loaded_object *object;
};

static int look_at(struct dl_phdr_info *info, size_t size, void *data)
{
    const struct search *search = data;
    const struct loaded_object candidate = {info->dlpi_name, info->dlpi_addr, info->dlpi_phdr,
                                            info->dlpi_phnum};
    (void)size;
    if (!loaded_object_holds(&candidate, search->address))
        return 0;
    *search->object = candidate;
    return 1;
}

bool loaded_object_find(uintptr_t address, struct loaded_object *object)
{
    struct search search = {address, object};
    return dl_iterate_phdr(look_at, &search) == 1;
}

#else

bool loaded_object_holds(const struct loaded_object *object, uintptr_t address)
{
    (void)object;
    (void)address;
    return false;
}

bool loaded_object_find(uintptr_t address, struct loaded_object *object)
{
    (void)address;
    (void)object;
    return false;
}

#endif
