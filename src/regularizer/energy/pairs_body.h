/* The points of an energy penalty, and what their values say of noise, grids and steps; body for
 * both precisions.
 *
 * Work comes in pairs of points x + h v, x - h v, one for every sample and probe in order. The
 * two stand next to each other in all calls: in the sums that the trainer forms over the rows
 * of a call, their large and nearly opposite gradients then cancel before they can drown what
 * is small.
 *
 * Behind the pairs of a forward call stand some samples x themselves, since
 *
 *     e = (f(x + h v) - 2 f(x) + f(x - h v)) / (2 h)
 *
 * is what noise, kinks and too long a step leave, and of their size: for independent noise
 * E e^2 is three times what it adds to the energy (src/estimator has the rest). A point at a
 * distance shows values that are on too coarse a grid for any of this to differ from 0. */
#ifndef DIRICHLET_REGULARIZER_PAIRS_BODY_H
#define DIRICHLET_REGULARIZER_PAIRS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/exact_sum.h"
#include "core/arithmetic/real.h"
#include "core/lent/lanes.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/statistics/counter.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/model.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "model/model.h"
#include "regularizer/checks.h"
#include "regularizer/loops_body.h"
#include "regularizer/step_body.h"

/* One of so many pairs may have its sample looked at, by two rows: 2 % of the passes. */
#define PENALTY_PAIRS_A_CENTER ((int64_t)50)
/* A point as far as this part of the scale of the inputs, along signs of a probe of its own. */
#define PENALTY_DISTANCE 0.0625
#define PENALTY_DISTANT_PROBE (UINT32_C(1) << 30)
/* There f changes by about its energy, ||f(x + a s) - f(x)||^2 / a^2. So much of that is taken for
 * it where o is less, since a single o may be small by chance. */
#define PENALTY_DISTANT_PART 0.25
/* sum ||e||^2 against sum ||o||^2 from which on noise swamps it: it is 3 where all is noise, and 1
 * where values jump on a grid that the step is too short for. */
#define PENALTY_MOST_EVEN 0.5

/* What the samples that were looked at have shown. */
struct sight {
    double odd;     /* sum ||o||^2 */
    double even;    /* sum ||e||^2 */
    double distant; /* what the points at a distance give for the energy */
    int64_t moved;  /* outputs of pairs that differ at a distance */
    int64_t stuck;  /* of these, those that do not differ at all between the two points */
};

/* What the directions of the samples so far show, one sample after the other. */
struct spread {
    int64_t count;          /* directions of the present sample */
    double mean;            /* of their energies */
    double root;            /* of the sum of squares about that mean */
    double error;           /* standard deviation of the weighted sum of the samples before, */
    double weight;          /* the sum of their weights, */
    struct exact_sum whole; /* and that of the weighted energies, if progress is asked for */
    double *energies;       /* (n), or NULL */
    double *deviations;
};

/* What is wrong with a pair, in the order in which it is looked for. */
enum pair_fault {
    PAIR_SOUND,
    PAIR_NO_OUTPUTS,
    PAIR_LARGE_ENERGY,
    PAIR_LARGE_COTANGENT,
    PAIR_LARGE_SHARE
};

struct pair {
    double energy;
    enum pair_fault fault;
};

/* The lanes of a call, each with a view of it that has a direction of its own. */
struct penalty_crew {
    int64_t count;
    struct lane *lanes;    /* (count) */
    struct penalty *views; /* (count) */
};

/* A call in progress. Row 2 q of an array of rows is x + h v of pair q of the tile, row 2 q + 1
 * is x - h v. */
struct penalty {
    PRECISION(dirichlet_model) model;
    struct model_offer offer;
    PRECISION(dirichlet_batch) batch; /* its row stride is never 0 */
    dirichlet_energy_penalty_options options;
    struct allocator allocator;
    struct lanes lanes;
    double strength;
    int64_t probes; /* m */
    bool exact;     /* the probes are the coordinates */
    int64_t pairs;  /* of the call, n m */
    double weight;  /* the sum of all weights, times m unless exact */
    int64_t tile;   /* pairs */
    int64_t period; /* every so many samples one is looked at, the first of the call included */
    struct sight sight;
    real *points;       /* (2 tile + 2 centers, d) */
    real *values;       /* (2 tile + 2 centers, k): outputs, then cotangents */
    real *direction;    /* (d) */
    bool *still;        /* (k): outputs of the present sample that no pair has moved yet */
    struct pair *found; /* (tile) */
    struct spread spread;
    struct message *message;
    struct penalty_crew crew;
};

/* How far each input of a sample moves: a power of two, so that h v is exact. */
static double pair_step(const struct penalty *penalty, const real *x)
{
    const double step = difference_step(penalty->options.step, x, penalty->offer.inputs);
    return exp2(rint(log2(step)));
}

static const real *row_of(const struct penalty *penalty, int64_t sample)
{
    return penalty->batch.x + sample * penalty->batch.row_stride;
}

static int64_t index_of(const struct penalty *penalty, int64_t sample)
{
    const int64_t *indices = penalty->batch.indices;
    return indices == NULL ? penalty->options.first_sample + sample : indices[sample];
}

static double weight_of(const struct penalty *penalty, int64_t sample)
{
    return penalty->batch.weights == NULL ? 1.0 : penalty->batch.weights[sample];
}

static dirichlet_status pair_not_finite(const struct penalty *penalty, int64_t pair,
                                        const char *what)
{
    const int64_t row = pair / penalty->probes;
    return regularizer_not_finite(index_of(penalty, row), row, what, penalty->message);
}

static void draw_pair(const struct penalty *penalty, int64_t pair)
{
    const int64_t d = penalty->offer.inputs;
    const int64_t probe = pair % penalty->probes;
    const struct counter_stream stream = {penalty->options.seed,
                                          (uint64_t)index_of(penalty, pair / penalty->probes),
                                          (uint32_t)probe};
    if (!penalty->exact) {
        draw_signs(&stream, d, penalty->direction);
        return;
    }
    memset(penalty->direction, 0, (size_t)d * sizeof(real));
    penalty->direction[probe] = (real)1;
}

/* Points of pairs begin, ..., end - 1 of a tile whose first one is `first`. */
static void place_pairs(const struct penalty *penalty, int64_t first, int64_t begin, int64_t end)
{
    const int64_t d = penalty->offer.inputs;
    for (int64_t q = begin; q < end; q++) {
        const real *x = row_of(penalty, (first + q) / penalty->probes);
        real *above = penalty->points + 2 * q * d;
        draw_pair(penalty, first + q);
        place_pair(x, (real)pair_step(penalty, x), penalty->direction, d, above, above + d);
    }
}

/* Samples that are looked at among those before sample `end`. */
static int64_t centers_before(const struct penalty *penalty, int64_t end)
{
    return (end + penalty->period - 1) / penalty->period;
}

static double distance_of(const struct penalty *penalty, const real *x)
{
    return exp2(rint(log2(difference_step(PENALTY_DISTANCE, x, penalty->offer.inputs))));
}

/* The point at a distance from a sample that is looked at, and the sample. */
static void place_center(const struct penalty *penalty, int64_t sample, real *point)
{
    const int64_t d = penalty->offer.inputs;
    const real *x = row_of(penalty, sample);
    const struct counter_stream stream = {
        penalty->options.seed, (uint64_t)index_of(penalty, sample), PENALTY_DISTANT_PROBE};
    memcpy(point + d, x, (size_t)d * sizeof(real));
    draw_signs(&stream, d, penalty->direction);
    place_point(x, (real)distance_of(penalty, x), penalty->direction, d, point);
}

/* Samples to be looked at of a tile, behind its pairs; their number. */
static int64_t place_centers(const struct penalty *penalty, int64_t first, int64_t count)
{
    const int64_t d = penalty->offer.inputs;
    const int64_t before = centers_before(penalty, first / penalty->probes);
    const int64_t end = centers_before(penalty, (first + count - 1) / penalty->probes + 1);
    for (int64_t c = before; c < end; c++)
        place_center(penalty, c * penalty->period, penalty->points + 2 * (count + c - before) * d);
    return end - before;
}

/* What a sample's point at a distance gives for the energy of each of its probes that `share` of
 * them are of; nothing where it is out of f's domain. */
static void look_far(struct penalty *penalty, const real *x, const real *center, double share)
{
    const int64_t k = penalty->offer.outputs;
    const double inverse = 1.0 / distance_of(penalty, x);
    double energy = 0.0;
    for (int64_t j = 0; j < k; j++) {
        const double slope = ((double)center[j - k] - (double)center[j]) * inverse;
        energy += slope * slope;
    }
    if (isfinite(energy))
        penalty->sight.distant += share * energy;
}

/* An output may depend on a few coordinates only: it is stuck where none of them moves it. A probe
 * of signs moves them all. */
static void look_at_pair(struct penalty *penalty, const real *x, const real *center,
                         const real *above, int64_t probe)
{
    const int64_t k = penalty->offer.outputs;
    const double scale = 0.5 / pair_step(penalty, x);
    const bool begins = !penalty->exact || probe == 0;
    const bool ends = !penalty->exact || probe == penalty->probes - 1;
    for (int64_t j = 0; j < k; j++) {
        const double high = (double)above[j] - (double)center[j];
        const double low = (double)above[k + j] - (double)center[j];
        const bool moved = center[j] != center[j - k];
        penalty->sight.odd += scale * (high - low) * (scale * (high - low));
        penalty->sight.even += scale * (high + low) * (scale * (high + low));
        penalty->still[j] = (begins || penalty->still[j]) && above[j] == above[k + j];
        penalty->sight.moved += ends && moved;
        penalty->sight.stuck += ends && moved && penalty->still[j];
    }
}

/* What the samples of a tile that are looked at say, while the values are outputs. All
 * coordinates together have the energy, each probe has it alone. */
static void look_at_centers(struct penalty *penalty, int64_t first, int64_t count)
{
    const int64_t k = penalty->offer.outputs;
    const int64_t before = centers_before(penalty, first / penalty->probes);
    const double share = penalty->exact ? 1.0 / (double)penalty->probes : 1.0;
    for (int64_t q = 0; q < count; q++) {
        const int64_t sample = (first + q) / penalty->probes;
        const int64_t place = count + sample / penalty->period - before;
        const real *x = row_of(penalty, sample);
        const real *center = penalty->values + (2 * place + 1) * k;
        if (sample % penalty->period != 0)
            continue;
        look_at_pair(penalty, x, center, penalty->values + 2 * q * k,
                     (first + q) % penalty->probes);
        look_far(penalty, x, center, share);
    }
}

static dirichlet_status check_noise(const struct penalty *penalty)
{
    const double energy = fmax(penalty->sight.odd, PENALTY_DISTANT_PART * penalty->sight.distant);
    if (penalty->sight.even > PENALTY_MOST_EVEN * energy ||
        2 * penalty->sight.stuck > penalty->sight.moved)
        return message_fail(penalty->message, DIRICHLET_E_NOISE,
                            "model.forward: what differences show is noise or too rough: say a "
                            "longer options.step (5e-3 for float32 inside), or a shorter one");
    return DIRICHLET_OK;
}

#endif
