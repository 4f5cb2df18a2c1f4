#include "support/counting_allocator.h"

#include <stdlib.h>
#include <string.h>

#define GUARD 64 /* bytes before and after a block; keeps it aligned */
#define PATTERN 0xa5

static void *take(size_t size, void *user)
{
    struct counting_allocator *counts = user;
    counts->calls++;
    const int fails = counts->fail_at > 0 && (counts->calls == counts->fail_at ||
                                              (counts->sticky && counts->calls > counts->fail_at));
    unsigned char *block = fails ? NULL : malloc(size + 2 * GUARD);
    if (block == NULL) {
        counts->failed++;
        return NULL;
    }
    memset(block, PATTERN, size + 2 * GUARD);
    memcpy(block, &size, sizeof size);
    counts->live++;
    counts->bytes += (int64_t)size;
    return block + GUARD;
}

static void give(void *pointer, size_t size, void *user)
{
    struct counting_allocator *counts = user;
    unsigned char *block = (unsigned char *)pointer - GUARD;
    size_t taken = 0;
    memcpy(&taken, block, sizeof taken);
    int whole = taken == size;
    for (size_t i = sizeof taken; i < GUARD; i++)
        whole = whole && block[i] == PATTERN;
    for (size_t i = 0; whole && i < GUARD; i++)
        whole = block[GUARD + taken + i] == PATTERN;
    counts->damaged += !whole;
    counts->live--;
    counts->bytes -= (int64_t)taken;
    free(block);
}

dirichlet_allocator counting_hooks(struct counting_allocator *counts)
{
    const dirichlet_allocator hooks = {sizeof hooks, take, give, counts};
    return hooks;
}

void counting_arm(struct counting_allocator *counts, int64_t fail_at, int32_t sticky)
{
    counts->calls = 0;
    counts->failed = 0;
    counts->fail_at = fail_at;
    counts->sticky = sticky;
}
