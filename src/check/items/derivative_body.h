/* Products against differences of forward: DERIVATIVE, and the rounding of forward; body for both
 * precisions.
 *
 * <u, J v> and <J^T u, v> should be the slope of <u, f(x + t v)> at t = 0. Where a kink is near x
 * the slope that is found and the error that is expected of it may both be wrong by chance, but
 * seldom in several directions: a sample fails where more than half of all do, and is cleared as
 * soon as more agree than do not, which is the first as a rule. */
#ifndef DIRICHLET_CHECK_DERIVATIVE_BODY_H
#define DIRICHLET_CHECK_DERIVATIVE_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "check/items/linear_body.h"
#include "check/slope/slope.h"
#include "check/report/factor.h"
#include "check/report/record.h"
#include "check/subject/ask_body.h"
#include "check/subject/directions_body.h"
#include "check/subject/subject_body.h"
#include "check/subject/tolerance_body.h"
#include "core/arithmetic/real.h"

/* The shortest step moves the inputs by 4 eps: below it all is noise. */
static int64_t ladder_steps(void)
{
    int64_t count = 0;
    while (count < LADDER_MOST && ladder_step(count) >= 4.0 * (double)REAL_EPSILON)
        count++;
    return count;
}

/* The coarsest floating-point format that outputs of forward fit in: a trainer may compute in
 * float behind callbacks in double. Not coarser than bfloat16, since a constant fits in any. */
#define LEAST_DIGITS 8
#define MANTISSA ((UINT64_C(1) << 52) - 1)

static double epsilon_of_outputs(const struct check *check)
{
    int digits = 53;
    while (digits > LEAST_DIGITS && (check->mantissas >> (53 - digits) & 1) == 0)
        digits--;
    return exp2(1 - digits);
}

static void note_digits(struct check *check, const double *y, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        uint64_t bits = 0;
        memcpy(&bits, &y[i], sizeof bits);
        if (isfinite(y[i]))
            check->mantissas |= bits & MANTISSA;
    }
}

/* What rounding the values, or what the caller says of their noise, is at least. */
static double least_noise(const struct check *check)
{
    return fmax(epsilon_of_outputs(check), check->options.forward_noise);
}

/* Values that move from sample to sample but not near one may stand on any grid; f that is the same
 * for several samples and near them is constant. */
static double unseen_grid(const struct check *check)
{
    return check->moves || check->samples == 1 ? (double)INFINITY : 0.0;
}

/* Is an output another one than the first sample's at first? */
static void note_moves(struct check *check, bool begins, const double *y)
{
    const int64_t k = check->offer.outputs;
    for (int64_t s = 0; s < check->samples; s++)
        for (int64_t j = 0; j < k; j++) {
            if (begins && s == 0)
                check->first_outputs[j] = y[j];
            check->moves = check->moves || y[s * k + j] != check->first_outputs[j];
        }
}

static void place_ladder(const struct check *check, int64_t sample, int64_t m, int64_t steps)
{
    const int64_t d = check->offer.inputs;
    place_near(check, sample, m, 0.0, check->points);
    for (int64_t i = 0; i < steps; i++) {
        place_near(check, sample, m, ladder_step(i), check->points + (2 * i + 1) * d);
        place_near(check, sample, m, -ladder_step(i), check->points + (2 * i + 2) * d);
    }
}

/* The largest sum of absolute values to *size, where it is finite. */
static void read_ladder(const struct check *check, const real *u, struct ladder *ladder,
                        double *size)
{
    const int64_t k = check->offer.outputs;
    double own = 0.0;
    ladder->center = weighted_sum(u, check->one, k, size);
    for (int64_t i = 0; i < ladder->count; i++) {
        ladder->above[i] = weighted_sum(u, check->one + (2 * i + 1) * k, k, &own);
        *size = isfinite(own) ? fmax(*size, own) : *size;
        ladder->below[i] = weighted_sum(u, check->one + (2 * i + 2) * k, k, &own);
        *size = isfinite(own) ? fmax(*size, own) : *size;
    }
    ladder->roundoff = least_noise(check) * *size;
}

/* The slope of <u, f> along v, of direction m. */
static struct slope slope_along(struct check *check, int64_t sample, int64_t m)
{
    struct ladder ladder = {.count = ladder_steps(), .unseen = unseen_grid(check)};
    struct request request = usual_request(check, DIRICHLET_CALLBACK_FORWARD, check->one);
    const struct slope nothing = {0.0, INFINITY, 0.0};
    double size = 0.0;
    request.first += sample;
    request.samples = 1;
    request.count = 2 * ladder.count + 1;
    request.x = check->points;
    place_ladder(check, sample, m, ladder.count);
    if (!ask(check, &request))
        return nothing;
    read_ladder(check, check->u + (sample * CHECK_DIRECTIONS + m) * check->offer.outputs, &ladder,
                &size);
    check->forward_size = fmax(check->forward_size, size);
    return ladder_slope(&ladder);
}

static double largest_noise(const struct check *check)
{
    double largest = 0.0;
    for (int64_t s = 0; s < check->samples; s++)
        if (isfinite(check->slope[s].error))
            largest = fmax(largest, check->slope[s].noise);
    return largest;
}

/* The middle one: a kink beside a sample looks like noise. */
static double median_noise(const struct check *check)
{
    double sorted[CHECK_SAMPLES];
    for (int64_t s = 0; s < check->samples; s++) {
        int64_t place = s;
        for (; place > 0 && sorted[place - 1] > check->slope[s].noise; place--)
            sorted[place] = sorted[place - 1];
        sorted[place] = check->slope[s].noise;
    }
    return sorted[check->samples / 2];
}

/* One step of the first ladder of all samples: a call for every step, so that what happens to
 * several points of a sample is no part of it. */
static bool climb(struct check *check, double step, double *values)
{
    struct request request = usual_request(check, DIRICHLET_CALLBACK_FORWARD, check->one);
    request.x = check->points;
    place_all_near(check, step);
    if (!ask(check, &request))
        return false;
    note_digits(check, check->one, check->samples * check->offer.outputs);
    note_moves(check, step == 0.0, check->one);
    for (int64_t s = 0; s < check->samples; s++) {
        double size = 0.0;
        values[s] = read_row(check, DIRICHLET_CALLBACK_FORWARD, s, 0,
                             check->one + s * check->offer.outputs, &size);
        if (isfinite(size))
            check->forward_size = fmax(check->forward_size, size);
    }
    return true;
}

/* Values of all samples at the center and at both ends of every step. */
#define SLOPE_SCRATCH ((int64_t)(sizeof(double) * (2 * LADDER_MOST + 1) * CHECK_SAMPLES))

/* The first slope of every sample, and by them the rounding of forward. */
static void measure_slopes(struct check *check)
{
    double(*values)[CHECK_SAMPLES] = check->scratch;
    const int64_t steps = ladder_steps();
    bool known = is_sound(check, DIRICHLET_CALLBACK_FORWARD) && climb(check, 0.0, values[0]);
    for (int64_t i = 0; known && i < steps; i++)
        known = climb(check, ladder_step(i), values[2 * i + 1]) &&
                climb(check, -ladder_step(i), values[2 * i + 2]);
    for (int64_t s = 0; known && s < check->samples; s++) {
        struct ladder ladder = {.count = steps, .center = values[0][s]};
        ladder.roundoff = least_noise(check) * check->forward_size;
        ladder.unseen = unseen_grid(check);
        for (int64_t i = 0; i < steps; i++) {
            ladder.above[i] = values[2 * i + 1][s];
            ladder.below[i] = values[2 * i + 2][s];
        }
        check->slope[s] = ladder_slope(&ladder);
    }
    if (!known || check->forward_size == 0.0)
        return;
    note_noise(check, fmax(median_noise(check) / check->forward_size, epsilon_of_outputs(check)));
    note_noise_of_forward(check, fmax(largest_noise(check) / check->forward_size,
                                      spread_near(check, DIRICHLET_CALLBACK_FORWARD)));
}

/* What the directions of a sample say. */
struct verdict {
    int64_t agreements;
    int64_t against;
    /* Of the direction that agrees least of those that agree, and of that which is nearest to it
     * of the others. */
    double found;
    double allowed;
    double found_against;
    double allowed_against;
};

static bool is_cleared(const struct verdict *verdict)
{
    return verdict->agreements > verdict->against;
}

/* The error of the slope is doubled: the difference of two steps is 15/16 of what the truncation
 * is, and what is left out of it decreases fourfold at least from step to step. */
static void hear(struct verdict *verdict, struct factor *factor, double claimed,
                 const struct slope *slope, double rounding)
{
    const double found = fabs(claimed - slope->value);
    const double allowed = 2.0 * slope->error + rounding;
    if (!isfinite(slope->error) || is_cleared(verdict))
        return;
    if (found <= allowed) {
        if (verdict->agreements++ == 0 || found * verdict->allowed > verdict->found * allowed) {
            verdict->found = found;
            verdict->allowed = allowed;
        }
        return;
    }
    factor_case(factor, claimed, slope->value, allowed);
    if (verdict->against++ == 0 ||
        found * verdict->allowed_against < verdict->found_against * allowed) {
        verdict->found_against = found;
        verdict->allowed_against = allowed;
    }
}

/* Nothing is said where the directions do not decide. */
static void decide(struct check *check, dirichlet_callback callback, dirichlet_check_item item,
                   int64_t sample, const struct verdict *verdict)
{
    if (is_cleared(verdict))
        record_case(&check->record, callback, item, sample, verdict->found, verdict->allowed);
    else if (2 * verdict->against > CHECK_DIRECTIONS)
        record_case(&check->record, callback, item, sample, verdict->found_against,
                    verdict->allowed_against);
}

/* Products of a sample, <u, J v>, that are to be judged, and how. */
struct claims {
    dirichlet_callback callback;
    bool judged;
    double rounding;
    struct factor factor;
};

static double claim_of(const struct check *check, dirichlet_callback callback, int64_t sample,
                       int64_t m)
{
    return callback == DIRICHLET_CALLBACK_JVP ? check->jvp[sample][m] : check->vjp[sample][m];
}

static void judge_sample(struct check *check, int64_t sample, struct claims claims[2])
{
    struct verdict verdict[2] = {{0}, {0}};
    for (int64_t m = 0; m < CHECK_DIRECTIONS; m++) {
        bool open = false;
        for (int c = 0; c < 2; c++)
            open = open || (claims[c].judged && !is_cleared(&verdict[c]));
        if (!open)
            break;
        const struct slope slope = m == 0 ? check->slope[sample] : slope_along(check, sample, m);
        for (int c = 0; c < 2; c++)
            if (claims[c].judged)
                hear(&verdict[c], &claims[c].factor, claim_of(check, claims[c].callback, sample, m),
                     &slope, claims[c].rounding);
    }
    for (int c = 0; c < 2; c++)
        if (claims[c].judged)
            decide(check, claims[c].callback, DIRICHLET_CHECK_DERIVATIVE, index_of(check, sample),
                   &verdict[c]);
}

static void look_at_derivative(struct check *check)
{
    const double relative = relative_tolerance(check);
    const double underflow = underflow_of_sums(check);
    struct claims claims[2] = {{DIRICHLET_CALLBACK_JVP, is_sound(check, DIRICHLET_CALLBACK_JVP),
                                relative * check->jvp_size + underflow, factor_begin()},
                               {DIRICHLET_CALLBACK_VJP, is_sound(check, DIRICHLET_CALLBACK_VJP),
                                relative * check->vjp_size + underflow, factor_begin()}};
    if (!is_sound(check, DIRICHLET_CALLBACK_FORWARD))
        return;
    for (int64_t s = 0; s < check->samples; s++)
        judge_sample(check, s, claims);
    for (int c = 0; c < 2; c++)
        record_line(&check->record, claims[c].callback, DIRICHLET_CHECK_DERIVATIVE)->factor =
            factor_common(&claims[c].factor);
}

#endif
