#include "core/arithmetic/real_f64.h"

#include "net_body.h"

/* xorshift64* (Marsaglia 2003, Vigna 2014). */
static uint64_t next_bits(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(0x2545f4914f6cdd1d);
}

double net_uniform(uint64_t *state)
{
    return ((double)(next_bits(state) >> 12) + 0.5) * 0x1p-51 - 1.0;
}

int64_t net_below(uint64_t *state, int64_t count)
{
    return (int64_t)((next_bits(state) >> 16) % (uint64_t)count);
}
