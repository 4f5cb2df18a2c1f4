/* The samples of an energy penalty: their directions, weights and what is told of each; body for
 * both precisions. */
#ifndef DIRICHLET_REGULARIZER_SAMPLES_BODY_H
#define DIRICHLET_REGULARIZER_SAMPLES_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "model/batch.h"
#include "model/probes.h"
#include "regularizer/checks.h"
#include "regularizer/energy/pairs_body.h"

/* Probe indices must fit the counter of the random numbers. */
#define PENALTY_MOST_PROBES (INT64_C(1) << 28)

/* Signs of fewer probes than inputs, or all the coordinates. */
static dirichlet_status choose_probes(struct penalty *penalty)
{
    const int64_t d = penalty->offer.inputs;
    const int64_t probes = probes_asked(penalty->options.probes, d);
    penalty->exact = probes >= d;
    penalty->probes = smaller(probes, d);
    penalty->period = (PENALTY_PAIRS_A_CENTER - 1) / penalty->probes + 1;
    penalty->weight = batch_sum_of_weights(penalty->batch.weights, penalty->batch.samples) *
                      (penalty->exact ? 1.0 : (double)penalty->probes);
    if (!penalty->exact && probes > PENALTY_MOST_PROBES)
        return message_fail(penalty->message, DIRICHLET_E_RANGE,
                            "options.probes is %lld: it must be in 0 .. 2^28 or at least %lld",
                            (long long)probes, (long long)d);
    penalty->pairs = penalty->batch.samples * penalty->probes; /* x has no fewer elements */
    return batch_check_sum(penalty->weight, penalty->message);
}

/* The batch, which has been copied, and every number of it but x. */
static dirichlet_status check_samples_of(struct penalty *penalty)
{
    PRECISION(dirichlet_batch) *batch = &penalty->batch;
    const int64_t d = penalty->offer.inputs;
    struct message *message = penalty->message;
    dirichlet_status status = batch_read_stride(&batch->row_stride, d, message);
    if (status == DIRICHLET_OK && batch->groups != NULL)
        status = message_fail(message, DIRICHLET_E_RANGE, "batch.groups must be NULL here");
    if (status == DIRICHLET_OK)
        status = regularizer_check_samples(batch->samples, batch->x, batch->row_stride,
                                           sizeof(real), message);
    if (status == DIRICHLET_OK && batch->samples > INT64_MAX - penalty->options.first_sample)
        status = message_fail(message, DIRICHLET_E_OVERFLOW,
                              "options.first_sample is %lld: too large for %lld samples more",
                              (long long)penalty->options.first_sample, (long long)batch->samples);
    if (status == DIRICHLET_OK)
        status = batch_check_weights(batch->weights, batch->samples, message);
    return status == DIRICHLET_OK ? batch_check_indices(batch->indices, batch->samples, message)
                                  : status;
}

static dirichlet_status check_points(const struct penalty *penalty)
{
    for (int64_t i = 0; i < penalty->batch.samples; i++) {
        const real *x = row_of(penalty, i);
        if (!is_finite_vector(x, penalty->offer.inputs))
            return pair_not_finite(penalty, i * penalty->probes, "it holds a NaN or infinity");
        if (!isfinite((real)pair_step(penalty, x)))
            return pair_not_finite(penalty, i * penalty->probes, "no step of its size is a number");
    }
    return DIRICHLET_OK;
}

/* The end of a sample: its energy, and how far off its directions may have put that. */
static void close_sample(struct penalty *penalty, int64_t sample)
{
    struct spread *spread = &penalty->spread;
    const double count = (double)spread->count;
    const double weight = weight_of(penalty, sample);
    const double energy = penalty->exact ? count * spread->mean : spread->mean;
    double deviation = 0.0;
    if (!penalty->exact)
        deviation = count > 1.0 ? spread->root / sqrt(count * (count - 1.0)) : NAN;
    if (spread->energies != NULL)
        spread->energies[sample] = energy;
    if (spread->deviations != NULL)
        spread->deviations[sample] = deviation;
    spread->error = hypot(spread->error, weight * deviation);
    spread->weight += weight;
    if (penalty->options.progress != NULL && isfinite(weight * energy))
        exact_sum_add_product(&spread->whole, weight, energy);
    spread->count = 0;
    spread->mean = spread->root = 0.0;
}

/* One more direction of the present sample (Welford 1962), without squares of energies. */
static void take_direction(struct penalty *penalty, int64_t pair, double energy)
{
    struct spread *spread = &penalty->spread;
    const double count = (double)++spread->count;
    const double away = energy - spread->mean;
    spread->mean += away / count;
    spread->root = hypot(spread->root, away * sqrt((count - 1.0) / count));
    if (pair % penalty->probes == penalty->probes - 1)
        close_sample(penalty, pair / penalty->probes);
}

/* Of the mean over the samples so far. */
static double spread_error(const struct penalty *penalty)
{
    return penalty->exact ? 0.0 : penalty->spread.error / penalty->spread.weight;
}

/* Energies and deviations stay with us until all has succeeded. */
static size_t told_bytes(const struct penalty *penalty)
{
    const int64_t arrays =
        (penalty->batch.energies != NULL) + (int64_t)(penalty->batch.deviations != NULL);
    return (size_t)(arrays * penalty->batch.samples) * sizeof(double);
}

static void place_told(struct penalty *penalty, double *block)
{
    struct spread *spread = &penalty->spread;
    if (block == NULL)
        return;
    if (penalty->batch.energies != NULL)
        spread->energies = block;
    if (penalty->batch.deviations != NULL)
        spread->deviations =
            penalty->batch.energies != NULL ? block + penalty->batch.samples : block;
}

static void hand_out_told(const struct penalty *penalty)
{
    const size_t bytes = (size_t)penalty->batch.samples * sizeof(double);
    if (penalty->batch.energies != NULL)
        memcpy(penalty->batch.energies, penalty->spread.energies, bytes);
    if (penalty->batch.deviations != NULL)
        memcpy(penalty->batch.deviations, penalty->spread.deviations, bytes);
}

#endif
