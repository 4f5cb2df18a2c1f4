#include "random.h"

#include <math.h>

uint64_t random_bits(struct random *random)
{
    uint64_t bits = random->state += UINT64_C(0x9e3779b97f4a7c15);
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94d049bb133111eb);
    return bits ^ (bits >> 31);
}

int64_t random_below(struct random *random, int64_t limit)
{
    /* The last, incomplete run of `limit` numbers would favour the small ones. */
    const uint64_t size = (uint64_t)limit;
    const uint64_t usable = UINT64_MAX - UINT64_MAX % size;
    uint64_t bits;
    do
        bits = random_bits(random);
    while (bits >= usable);
    return (int64_t)(bits % size);
}

double random_uniform(struct random *random)
{
    return ((double)(random_bits(random) >> 12) + 0.5) * 0x1p-52;
}

double random_normal(struct random *random)
{
    /* Box and Muller 1958. */
    const double turn = 6.283185307179586;
    const double radius = sqrt(-2.0 * log(random_uniform(random)));
    return radius * cos(turn * random_uniform(random));
}

void random_shuffle(struct random *random, int64_t *order, int64_t count)
{
    for (int64_t i = count - 1; i > 0; i--) {
        const int64_t j = random_below(random, i + 1);
        const int64_t kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}
