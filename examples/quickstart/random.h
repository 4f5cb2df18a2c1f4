/* Random numbers for initialization and shuffling: SplitMix64 (Steele, Lea, Flood 2014).
 * The same seed gives the same numbers on every machine. */
#ifndef EXAMPLES_RANDOM_H
#define EXAMPLES_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state; /* any value is a seed */
};

uint64_t random_bits(struct random *random);
int64_t random_below(struct random *random, int64_t limit); /* 0 .. limit - 1; limit >= 1 */
double random_uniform(struct random *random);               /* inside (0, 1) */
double random_normal(struct random *random);                /* mean 0, variance 1 */

/* Put `order` into random order (Fisher and Yates). */
void random_shuffle(struct random *random, int64_t *order, int64_t count);

#endif
