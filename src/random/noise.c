#include "random/noise.h"

#include "core/interface/memory.h"
#include "random/key.h"

dirichlet_status noise_check(const struct noise *noise, struct message *message)
{
    int64_t end = 0;
    if (noise->step < 0 || noise->step > UINT32_MAX)
        return message_fail(message, DIRICHLET_E_RANGE, "step is %lld: it must be 0 to %lld",
                            (long long)noise->step, (long long)UINT32_MAX);
    if (noise->first_sample < 0)
        return message_fail(message, DIRICHLET_E_RANGE, "first_sample is %lld: it must be >= 0",
                            (long long)noise->first_sample);
    if (noise->samples < 0)
        return message_fail(message, DIRICHLET_E_RANGE, "samples is %lld: it must be >= 0",
                            (long long)noise->samples);
    if (!size_add(noise->first_sample, noise->samples, &end))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "samples: first_sample + samples exceeds an int64_t");
    return DIRICHLET_OK;
}

dirichlet_status noise_key(dirichlet_noise kind, uint64_t *key, struct message *message)
{
    switch (kind) {
    case DIRICHLET_NOISE_INPUT: *key = KEY_NOISE_INPUT; return DIRICHLET_OK;
    case DIRICHLET_NOISE_TARGET: *key = KEY_NOISE_TARGET; return DIRICHLET_OK;
    default:
        return message_fail(message, DIRICHLET_E_CONSTANT,
                            "kind is %d, which is not a DIRICHLET_NOISE_*", (int)kind);
    }
}

struct counter_stream noise_stream(const struct noise *noise, int64_t row)
{
    const struct counter_stream stream = {noise->key, (uint64_t)(noise->first_sample + row),
                                          (uint32_t)noise->step};
    return stream;
}
