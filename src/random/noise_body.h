/* Additive noise; body for both precisions. */
#ifndef DIRICHLET_RANDOM_NOISE_BODY_H
#define DIRICHLET_RANDOM_NOISE_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/interface/environment.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/matrix/strides.h"
#include "core/statistics/counter.h"
#include "dirichlet/random.h"
#include "dirichlet/status.h"
#include "random/noise.h"

#define NOISE_AT_ONCE 256 /* even, so that every piece begins with a block of bits */

static void add_noise_to_row(const struct counter_stream *stream, int64_t width, double deviation,
                             real *row)
{
    double piece[NOISE_AT_ONCE];
    for (int64_t first = 0; first < width; first += NOISE_AT_ONCE) {
        const int64_t count = smaller(width - first, NOISE_AT_ONCE);
        counter_normals(stream, first, count, piece);
        for (int64_t i = 0; i < count; i++)
            row[first + i] = (real)((double)row[first + i] + deviation * piece[i]);
    }
}

static dirichlet_status check_addition(const struct noise *noise, int64_t width, double deviation,
                                       const real *values, struct message *message)
{
    int64_t bytes = 0;
    dirichlet_status status = noise_check(noise, message);
    if (status == DIRICHLET_OK)
        status = extent_check(width, INT32_MAX, "", "width", message);
    if (status != DIRICHLET_OK)
        return status;
    if (!(deviation >= 0.0 && isfinite(deviation)))
        return message_fail(message, DIRICHLET_E_RANGE,
                            "standard_deviation is %g: it must be finite and >= 0", deviation);
    if (!(COUNTER_LARGEST_NORMAL * deviation <= (double)REAL_LARGEST))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "standard_deviation is %g: noise would exceed the precision",
                            deviation);
    if (!size_of_array(noise->samples, width, 1, sizeof(real), &bytes))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "samples is %lld, width is %lld: too many for the address space",
                            (long long)noise->samples, (long long)width);
    if (noise->samples > 0 && values == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "values is NULL");
    return DIRICHLET_OK;
}

dirichlet_status PRECISION(dirichlet_noise_add)(dirichlet_noise kind, uint64_t seed, int64_t step,
                                                int64_t first_sample, int64_t samples,
                                                int64_t width, double standard_deviation,
                                                real *values, dirichlet_error *error)
{
    struct message text = {0};
    struct environment caller;
    if (!error_is_usable(error))
        return DIRICHLET_E_STRUCT_SIZE;
    environment_enter(&caller);
    struct noise noise = {0, step, first_sample, samples};
    dirichlet_status status = noise_key(kind, &noise.key, &text);
    if (status == DIRICHLET_OK)
        status = check_addition(&noise, width, standard_deviation, values, &text);
    noise.key ^= seed;
    for (int64_t i = 0; status == DIRICHLET_OK && i < samples; i++) {
        const struct counter_stream stream = noise_stream(&noise, i);
        add_noise_to_row(&stream, width, standard_deviation, values + i * width);
    }
    message_hand_out(&text, status, error);
    environment_leave(&caller);
    return status;
}

#endif
