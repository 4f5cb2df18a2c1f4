/* Products of sums of directions: LINEAR, and the rounding of products; body for both precisions.
 *
 * J (v + c w) - J v - c J w is rounding where J is linear, whatever c is. What is not linear in the
 * direction but has a derivative leaves a residual that is at most proportional to c: a 64th for
 * c = 2^-6 of that for c = 1. Small c thus show the size of rounding, by which large ones are
 * judged. v, w and the sums have so few bits that the sums are exact (directions_body.h).
 *
 * Every direction is a call of its own: what is wrong in one place among several directions is no
 * rounding, and DIRECTIONS, which rests on what is measured here, sees it (rows_body.h). */
#ifndef DIRICHLET_CHECK_LINEAR_BODY_H
#define DIRICHLET_CHECK_LINEAR_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "check/report/record.h"
#include "check/subject/ask_body.h"
#include "check/subject/directions_body.h"
#include "check/subject/subject_body.h"
#include "check/subject/tolerance_body.h"
#include "core/arithmetic/real.h"

/* Directions 0 and 1 are v and w, the others v + part w; with so many pairs v, w. */
#define LINEAR_PAIRS (CHECK_DIRECTIONS / 2)
#define FIRST_SUM 2
#define FIRST_SMALL_SUM 4
static const double linear_part[CHECK_DIRECTIONS] = {0.0,    0.0,     3.0,     -2.0,
                                                     0x1p-6, 0x1p-10, 0x1p-14, 0x1p-18};

/* The coarsest format that products are computed in is bfloat16, of unit roundoff 2^-8; what is
 * more than a rounding's largest there is none, unless the caller says so. */
#define NOISE_MOST (OTHERS_LARGEST * 0x1p-8)

struct residuals {
    double of[LINEAR_PAIRS][CHECK_SAMPLES][CHECK_DIRECTIONS];
    double largest[CHECK_DIRECTIONS]; /* sum of absolute values of what a residual consists of */
};

#define LINEAR_SCRATCH ((int64_t)sizeof(struct residuals))

/* v + part w of directions v = 2 pair and w = 2 pair + 1: number m of them, of every sample. */
static void place_sums(const struct check *check, const real *directions, int64_t pair, int64_t m,
                       int64_t size, real *sums)
{
    for (int64_t s = 0; s < check->samples; s++) {
        const real *v = directions + (s * CHECK_DIRECTIONS + 2 * pair) * size;
        const real *w = v + size;
        const real *first = m == 1 ? w : v;
        for (int64_t i = 0; i < size; i++)
            sums[s * size + i] = (real)((double)first[i] + linear_part[m] * (double)w[i]);
    }
}

/* Of the products in check->two, (CHECK_DIRECTIONS, samples). */
static void find_residuals(const struct check *check, dirichlet_callback callback, int64_t pair,
                           struct residuals *residuals)
{
    const int64_t size = output_size(check, callback);
    for (int64_t i = 0; i < check->samples * CHECK_DIRECTIONS; i++) {
        const int64_t s = i / CHECK_DIRECTIONS;
        const int64_t m = i % CHECK_DIRECTIONS;
        const double part = linear_part[m];
        const double *rows = check->two + s * size;
        const int64_t stride = check->samples * size;
        double terms[3];
        const double v = read_row(check, callback, s, 0, rows, &terms[0]);
        const double w = read_row(check, callback, s, 0, rows + stride, &terms[1]);
        const double sum = read_row(check, callback, s, 0, rows + m * stride, &terms[2]);
        if (m < FIRST_SUM)
            continue;
        residuals->of[pair][s][m] = fabs(sum - v - part * w);
        residuals->largest[m] =
            fmax(residuals->largest[m], terms[0] + fabs(part) * terms[1] + terms[2]);
    }
}

static double rounding_of_residuals(const struct check *check, const struct residuals *residuals)
{
    double rounding = 0.0;
    for (int64_t i = 0; i < LINEAR_PAIRS * check->samples; i++)
        for (int64_t m = FIRST_SMALL_SUM; m < CHECK_DIRECTIONS; m++) {
            const double own = residuals->of[i % LINEAR_PAIRS][i / LINEAR_PAIRS][m];
            if (own > 0.0)
                rounding = fmax(rounding, own / residuals->largest[m]);
        }
    return rounding;
}

static bool is_linear(dirichlet_callback callback)
{
    return callback == DIRICHLET_CALLBACK_JVP || callback == DIRICHLET_CALLBACK_VJP;
}

/* Points near a sample that rounding might lead to, all on one side of it, where there may be a
 * kink. */
#define NEAR_POINTS 5

/* How far numbers that are read off the rows differ there, relative to the largest of them: what
 * is rounded on the way from x. */
static double spread_near(struct check *check, dirichlet_callback callback)
{
    struct request request = usual_request(check, callback, check->one);
    const int64_t size = output_size(check, callback);
    double largest = 0.0;
    double spread = 0.0;
    request.x = check->points;
    place_all_near(check, 2.0 * (double)REAL_EPSILON);
    if (!ask(check, &request))
        return 0.0;
    request.out = check->two;
    for (int64_t p = 1; p < NEAR_POINTS; p++) {
        place_all_near(check, 2.0 * (double)(p + 1) * (double)REAL_EPSILON);
        if (!ask(check, &request))
            return 0.0;
        for (int64_t i = 0; i < check->samples * request.count; i++) {
            const int64_t s = i / request.count;
            const int64_t m = i % request.count;
            double own = 0.0;
            const double one = read_row(check, callback, s, m, check->one + i * size, &own);
            const double two = read_row(check, callback, s, m, check->two + i * size, &own);
            if (!isfinite(one - two))
                continue;
            largest = fmax(largest, own);
            spread = fmax(spread, fabs(one - two));
        }
    }
    return spread > 0.0 ? spread / largest : 0.0;
}

static void measure_products(struct check *check, dirichlet_callback callback)
{
    if (is_linear(callback) && is_sound(check, callback))
        note_noise(check, spread_near(check, callback));
}

/* One pair's to check->two. */
static bool ask_pair(struct check *check, dirichlet_callback callback, int64_t pair)
{
    struct request request = usual_request(check, callback, check->two);
    const real *directions = request.given;
    request.given = check->given;
    request.count = 1;
    for (int64_t m = 0; m < CHECK_DIRECTIONS; m++) {
        place_sums(check, directions, pair, m, given_size(check, callback), check->given);
        if (!ask(check, &request))
            return false;
        request.out += check->samples * output_size(check, callback);
    }
    return true;
}

static bool ask_sums(struct check *check, dirichlet_callback callback, struct residuals *residuals)
{
    for (int64_t pair = 0; pair < LINEAR_PAIRS; pair++) {
        if (!ask_pair(check, callback, pair))
            return false;
        find_residuals(check, callback, pair, residuals);
    }
    return true;
}

/* Large sums by the rounding that small ones show, and small ones by the most that there is. */
static void record_residuals(struct check *check, dirichlet_callback callback,
                             const struct residuals *residuals)
{
    const double usual = relative_tolerance(check);
    const double most = fmax(NOISE_MOST, OTHERS_LARGEST * check->options.forward_noise);
    const double underflow = underflow_of_sums(check);
    for (int64_t i = 0; i < LINEAR_PAIRS * check->samples; i++)
        for (int64_t m = FIRST_SUM; m < CHECK_DIRECTIONS; m++)
            record_case(&check->record, callback, DIRICHLET_CHECK_LINEAR,
                        index_of(check, i / LINEAR_PAIRS),
                        residuals->of[i % LINEAR_PAIRS][i / LINEAR_PAIRS][m],
                        (m < FIRST_SMALL_SUM ? usual : most) * residuals->largest[m] + underflow);
}

static void look_at_linear(struct check *check, dirichlet_callback callback)
{
    struct residuals *residuals = check->scratch;
    const double noise = check->noise;
    memset(residuals, 0, sizeof *residuals);
    if (!is_linear(callback) || !is_sound(check, callback) || !ask_sums(check, callback, residuals))
        return;
    note_noise(check, rounding_of_residuals(check, residuals));
    record_residuals(check, callback, residuals);
    if (!is_sound(check, callback))
        check->noise = noise;
}

#endif
