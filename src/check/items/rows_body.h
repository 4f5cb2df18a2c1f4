/* Samples, directions and points alone and among others: ROWS, DIRECTIONS, POINTS; body for both
 * precisions.
 *
 * A row beside others and the same row, in the same place of as large a call, beside copies of
 * itself: products then run on the same kernels, so that next to nothing of what differs is
 * rounding (src/estimator/differences has the same thought). Alone it may be rounded in another
 * order; but then also `first` is another. */
#ifndef DIRICHLET_CHECK_ROWS_BODY_H
#define DIRICHLET_CHECK_ROWS_BODY_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "check/items/contract_body.h"
#include "check/report/record.h"
#include "check/subject/ask_body.h"
#include "check/subject/directions_body.h"
#include "check/subject/subject_body.h"
#include "check/subject/tolerance_body.h"
#include "core/arithmetic/real.h"

static void copy_rows(const real *row, int64_t copies, int64_t size, real *to)
{
    for (int64_t i = 0; i < copies; i++)
        memcpy(to + i * size, row, (size_t)size * sizeof(real));
}

/* Products may still leave out what is 0 in all rows of a call: the sums that lie open may be in
 * another order. What is measured is not granted, a scale that rows share being part of it.
 *
 * A product is a sum of w terms, w the elements of a direction, and off by (d + k) eps of the sum
 * of their absolute values, which is at most sqrt(w) times the root of the sum of their squares.
 * That root is what products of independent signs are in the mean, if by chance the terms of one
 * cancel: as large as `largest`, the largest of all products (all of a sample's directions may
 * have the same signs where w is 2).
 *
 * ||J^T u||^2 = u^T (J J^T) u may be summed as either side is. The right one has terms of both
 * signs, w of them for each that is a square: it is off by 2 (d + k) eps w of `largest`, however
 * small the square itself is. Of many terms the errors seldom have one sign, and of n terms they
 * are sqrt(n) eps rather than n eps (Higham and Mary 2019): more than OTHERS_LARGEST times (d + k)
 * eps is never granted. */
static double company_tolerance(const struct check *check, dirichlet_callback callback,
                                double largest)
{
    const double terms = (double)larger(1, given_size(check, callback));
    const double noise = OTHERS_LARGEST * check->options.forward_noise;
    const double known =
        known_rounding(check) * fmin(OTHERS_LARGEST, is_square(callback) ? terms : sqrt(terms));
    return is_square(callback) ? square_tolerance(noise + known, largest, largest)
                               : (noise + known) * largest;
}

/* Among copies of itself. check->one: the usual request. */
static void compare_company(struct check *check, dirichlet_callback callback, int64_t sample,
                            double largest)
{
    struct request request = usual_request(check, callback, check->two);
    const int64_t d = check->offer.inputs;
    const int64_t given = request.count * given_size(check, callback);
    const int64_t size = sample_size(check, &request);
    double own = 0.0;
    copy_rows(check->x + sample * d, check->samples, d, check->points);
    if (given > 0)
        copy_rows(request.given + sample * given, check->samples, given, check->given);
    request.x = check->points;
    request.given = check->given;
    if (!ask(check, &request))
        return;
    const double found =
        largest_difference(check->one + sample * size, check->two + sample * size, size, &own);
    record_case(&check->record, callback, DIRICHLET_CHECK_ROWS, index_of(check, sample), found,
                company_tolerance(check, callback, fmax(own, largest)));
}

/* Direction m of every sample among copies of itself. */
static void compare_directions(struct check *check, dirichlet_callback callback, int64_t m,
                               double largest)
{
    struct request request = usual_request(check, callback, check->two);
    const int64_t given = given_size(check, callback);
    const int64_t size = output_size(check, callback);
    for (int64_t s = 0; s < check->samples; s++)
        copy_rows(request.given + (s * request.count + m) * given, request.count, given,
                  check->given + s * request.count * given);
    request.given = check->given;
    if (!ask(check, &request))
        return;
    for (int64_t s = 0; s < check->samples; s++) {
        const int64_t at = (s * request.count + m) * size;
        double own = 0.0;
        const double found = largest_difference(check->one + at, check->two + at, size, &own);
        record_case(&check->record, callback, DIRICHLET_CHECK_DIRECTIONS, index_of(check, s), found,
                    company_tolerance(check, callback, fmax(own, largest)));
    }
}

static void look_at_company(struct check *check, dirichlet_callback callback)
{
    const struct request usual = usual_request(check, callback, check->one);
    const int64_t rows = check->offer.max_samples < 2 ? 1 : check->samples;
    const int64_t directions = check->offer.max_directions < 2 ? 1 : usual.count;
    if (!ask(check, &usual))
        return;
    const double largest =
        callback_is_product(callback)
            ? largest_element(check->one, check->samples * sample_size(check, &usual))
            : 0.0;
    if (callback_is_product(callback) && check->offer.prepare)
        record_line(&check->record, callback, DIRICHLET_CHECK_ROWS)->cause =
            "prepare keeps the rows of another call, or batch statistics, a shared scale, `first`";
    for (int64_t s = 0; rows > 1 && s < rows && is_sound(check, callback); s++)
        compare_company(check, callback, s, largest);
    for (int64_t m = 0; directions > 1 && m < directions && is_sound(check, callback); m++)
        compare_directions(check, callback, m, largest);
}

/* What is measured is so with the kernels of large calls. A row alone may be summed one term after
 * the other, whose error grows as the square root of their number w and not as that of its
 * logarithm (Higham 2002, 4.2 and 2.8): with sums inside of up to 4096 terms to
 * sqrt(4096 / log2 4096) = 18.5 times as much. */
#define ORDER_LARGEST 18.5

/* What rounding may do to a number that is read off a row, `largest` being the largest. */
static double row_tolerance(const struct check *check, dirichlet_callback callback, double largest)
{
    const double relative =
        ORDER_LARGEST * (callback == DIRICHLET_CALLBACK_FORWARD ? forward_tolerance(check)
                                                                : relative_tolerance(check));
    if (callback == DIRICHLET_CALLBACK_FORWARD)
        return relative * largest;
    if (!is_square(callback))
        return relative * largest + underflow_of_sums(check);
    return square_of_error(largest,
                           relative * sqrt(largest) + (callback == DIRICHLET_CALLBACK_ENERGIES
                                                           ? underflow_of_energies(check)
                                                           : underflow_of_norms(check)));
}

/* The largest sum of absolute values of a request's rows. */
static double largest_row(const struct check *check, const struct request *request)
{
    const int64_t size = output_size(check, request->callback);
    double largest = 0.0;
    for (int64_t i = 0; i < request->samples * request->count; i++) {
        double own = 0.0;
        (void)read_row(check, request->callback, i / request->count,
                       callback_is_product(request->callback) ? i % request->count : 0,
                       request->out + i * size, &own);
        largest = fmax(largest, own);
    }
    return largest;
}

/* Row `m` of a sample in check->one, and the same alone. */
static void compare_row(struct check *check, const struct request *usual, int64_t sample, int64_t m,
                        const double *alone, double largest, dirichlet_check_item item)
{
    const int64_t size = output_size(check, usual->callback);
    const int64_t direction = callback_is_product(usual->callback) ? m : 0;
    const double *row = usual->out + (sample * usual->count + m) * size;
    double own = 0.0;
    const double difference = read_row(check, usual->callback, sample, direction, row, &own) -
                              read_row(check, usual->callback, sample, direction, alone, &own);
    if (callback_has_points(usual->callback) && isnan(difference))
        return; /* near the sample the function need not be defined */
    record_case(&check->record, usual->callback, item, index_of(check, sample), fabs(difference),
                row_tolerance(check, usual->callback, largest));
}

static struct request request_alone(const struct check *check, dirichlet_callback callback,
                                    int64_t sample, double *out)
{
    struct request request = usual_request(check, callback, out);
    request.first += sample;
    request.samples = 1;
    request.x += sample * check->offer.inputs;
    if (given_size(check, callback) > 0)
        request.given += sample * request.count * given_size(check, callback);
    return request;
}

/* A model that ignores `first` gives the same for any. */
static void compare_first(struct check *check, dirichlet_callback callback, int64_t sample)
{
    struct request request = request_alone(check, callback, sample, check->one);
    const int64_t size = sample_size(check, &request);
    double largest = 0.0;
    if (!ask(check, &request))
        return;
    request.first = check->options.first_sample;
    request.out = check->two;
    if (!ask(check, &request))
        return;
    const double found = largest_difference(check->one, check->two, size, &largest);
    record_case(&check->record, callback, DIRICHLET_CHECK_ROWS, index_of(check, sample), found,
                OTHERS_LARGEST * check->options.forward_noise * largest);
    if (!is_sound(check, callback))
        record_line(&check->record, callback, DIRICHLET_CHECK_ROWS)->cause =
            "ignores_first is 1, but `first` is looked at";
}

static void look_at_alone(struct check *check, dirichlet_callback callback)
{
    const struct request usual = usual_request(check, callback, check->one);
    const int64_t size = output_size(check, callback);
    if (!is_sound(check, callback) || !ask(check, &usual))
        return;
    const double largest = largest_row(check, &usual);
    for (int64_t s = 0; s < check->samples && is_sound(check, callback); s++) {
        const struct request alone = request_alone(check, callback, s, check->two);
        if (!ask(check, &alone))
            return;
        for (int64_t m = 0; m < usual.count; m++)
            compare_row(check, &usual, s, m, check->two + m * size, largest, DIRICHLET_CHECK_ROWS);
    }
    for (int64_t s = 0; check->offer.ignores_first && s < check->samples; s++)
        if (is_sound(check, callback))
            compare_first(check, callback, s);
}

/* Direction m of every sample, packed. */
static void pack_direction(const struct check *check, const struct request *usual, int64_t m,
                           real *to)
{
    const int64_t size = given_size(check, usual->callback);
    for (int64_t s = 0; s < usual->samples; s++)
        memcpy(to + s * size, usual->given + (s * usual->count + m) * size,
               (size_t)size * sizeof(real));
}

/* check->one has all directions, or points, of `usual`; one of them alone is asked for. */
static void compare_one_of_many(struct check *check, const struct request *usual, int64_t m,
                                dirichlet_check_item item)
{
    const int64_t size = output_size(check, usual->callback);
    const double largest = largest_row(check, usual);
    struct request alone = *usual;
    alone.count = 1;
    alone.out = check->two;
    if (callback_has_points(usual->callback)) {
        alone.x = check->given;
        for (int64_t s = 0; s < usual->samples; s++)
            copy_rows(usual->x + (s * usual->count + m) * check->offer.inputs, 1,
                      check->offer.inputs, check->given + s * check->offer.inputs);
    } else {
        alone.given = check->given;
        pack_direction(check, usual, m, check->given);
    }
    if (!ask(check, &alone))
        return;
    for (int64_t s = 0; s < usual->samples; s++)
        compare_row(check, usual, s, m, check->two + s * size, largest, item);
}

static void look_at_directions(struct check *check, dirichlet_callback callback)
{
    const struct request usual = usual_request(check, callback, check->one);
    if (!callback_is_product(callback) || !is_sound(check, callback) ||
        check->offer.max_directions < 2 || !ask(check, &usual))
        return;
    for (int64_t m = 0; m < usual.count; m++)
        compare_one_of_many(check, &usual, m, DIRICHLET_CHECK_DIRECTIONS);
}

/* A sample and points on both sides of it, as of differences. */
static void look_at_points(struct check *check)
{
    const int64_t d = check->offer.inputs;
    struct request usual = usual_request(check, DIRICHLET_CALLBACK_FORWARD, check->one);
    if (!is_sound(check, DIRICHLET_CALLBACK_FORWARD) || check->offer.max_samples < 2 ||
        check->offer.ignores_first)
        return;
    usual.x = check->points;
    usual.count = CHECK_POINTS;
    for (int64_t s = 0; s < check->samples; s++)
        for (int64_t p = 0; p < CHECK_POINTS; p++)
            place_near(check, s, p, 0.25 * LADDER_FIRST * (double)(p - 1),
                       check->points + (s * CHECK_POINTS + p) * d);
    if (!ask(check, &usual))
        return;
    for (int64_t p = 0; p < CHECK_POINTS; p++)
        compare_one_of_many(check, &usual, p, DIRICHLET_CHECK_POINTS);
}

#endif
