/* Products of sums of directions: LINEAR, and the rounding of products; body for both precisions.
 *
 * J (v + c w) - J v - c J w is rounding where J is linear, whatever c is. What is not linear in the
 * direction but has a derivative leaves a residual that is at most proportional to c: a 64th for
 * c = 2^-6 of that for c = 1. Small c thus show the size of rounding, by which large ones are
 * judged. v, w and the sums have so few bits that the sums are exact (directions_body.h). */
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

struct residuals {
    double of[LINEAR_PAIRS][CHECK_SAMPLES][CHECK_DIRECTIONS];
    double largest[CHECK_DIRECTIONS]; /* sum of absolute values of what a residual consists of */
};

#define LINEAR_SCRATCH ((int64_t)sizeof(struct residuals))

/* Of directions 2 pair and 2 pair + 1. */
static void place_sums(const struct check *check, const real *directions, int64_t pair,
                       int64_t size, real *sums)
{
    for (int64_t s = 0; s < check->samples; s++) {
        const real *v = directions + (s * CHECK_DIRECTIONS + 2 * pair) * size;
        const real *w = v + size;
        real *rows = sums + s * CHECK_DIRECTIONS * size;
        for (int64_t i = 0; i < size; i++) {
            rows[i] = v[i];
            rows[size + i] = w[i];
            for (int64_t m = FIRST_SUM; m < CHECK_DIRECTIONS; m++)
                rows[m * size + i] = (real)((double)v[i] + linear_part[m] * (double)w[i]);
        }
    }
}

/* Of the products in check->one. */
static void find_residuals(const struct check *check, const struct request *request, int64_t pair,
                           struct residuals *residuals)
{
    const int64_t size = output_size(check, request->callback);
    for (int64_t i = 0; i < check->samples * CHECK_DIRECTIONS; i++) {
        const int64_t s = i / CHECK_DIRECTIONS;
        const int64_t m = i % CHECK_DIRECTIONS;
        const double part = linear_part[m];
        const double *rows = request->out + s * CHECK_DIRECTIONS * size;
        double terms[3];
        const double v = read_row(check, request->callback, s, 0, rows, &terms[0]);
        const double w = read_row(check, request->callback, s, 0, rows + size, &terms[1]);
        const double sum = read_row(check, request->callback, s, 0, rows + m * size, &terms[2]);
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

static bool ask_sums(struct check *check, dirichlet_callback callback, struct residuals *residuals)
{
    struct request request = usual_request(check, callback, check->one);
    const real *directions = request.given;
    request.given = check->given;
    for (int64_t pair = 0; pair < LINEAR_PAIRS; pair++) {
        place_sums(check, directions, pair, given_size(check, callback), check->given);
        if (!ask(check, &request))
            return false;
        find_residuals(check, &request, pair, residuals);
    }
    return true;
}

static void look_at_linear(struct check *check, dirichlet_callback callback)
{
    struct residuals *residuals = check->scratch;
    const double noise = check->noise;
    memset(residuals, 0, sizeof *residuals);
    if (!is_linear(callback) || !is_sound(check, callback) || !ask_sums(check, callback, residuals))
        return;
    note_noise(check, rounding_of_residuals(check, residuals));
    for (int64_t i = 0; i < LINEAR_PAIRS * check->samples; i++)
        for (int64_t m = FIRST_SUM; m < FIRST_SMALL_SUM; m++)
            record_case(&check->record, callback, DIRICHLET_CHECK_LINEAR,
                        index_of(check, i / LINEAR_PAIRS),
                        residuals->of[i % LINEAR_PAIRS][i / LINEAR_PAIRS][m],
                        relative_tolerance(check) * residuals->largest[m]);
    if (!is_sound(check, callback))
        check->noise = noise;
}

#endif
