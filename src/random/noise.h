/* What all noise has in common: which samples of which step. */
#ifndef DIRICHLET_RANDOM_NOISE_H
#define DIRICHLET_RANDOM_NOISE_H

#include <stdint.h>

#include "core/interface/message.h"
#include "core/statistics/counter.h"
#include "dirichlet/random.h"
#include "dirichlet/status.h"

struct noise {
    uint64_t key;
    int64_t step;
    int64_t first_sample;
    int64_t samples;
};

dirichlet_status noise_check(const struct noise *noise, struct message *message);

/* The constant of one kind of additive noise, KEY_NOISE_* of random/key.h. */
dirichlet_status noise_key(dirichlet_noise kind, uint64_t *key, struct message *message);

/* The stream of the sample in row `row`. */
struct counter_stream noise_stream(const struct noise *noise, int64_t row);

#endif
