/* Directions of a check, and what is read off products with them; body for both precisions.
 *
 * An element of a tangent is as large as its input is in the samples, of a cotangent as small as
 * its output's changes are, so that a fault shows in whichever inputs and outputs it is. Beyond
 * that an element is a random number of 1, 17/16, ..., 31/16 with a random sign: with signs alone
 * what a fault adds would often cancel, and with so few bits sums of directions are exact. */
#ifndef DIRICHLET_CHECK_DIRECTIONS_BODY_H
#define DIRICHLET_CHECK_DIRECTIONS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "check/subject/ask_body.h"
#include "check/subject/subject_body.h"
#include "core/arithmetic/real.h"
#include "core/statistics/counter.h"

/* Probe numbers of what is drawn. */
#define TANGENT_PROBE 0
#define COTANGENT_PROBE 64
#define PARAMETER_PROBE 128
#define CAPACITY_OF_BLOCK 16 /* elements from 128 bits */

/* Element i of a direction of size 1. */
static double direction_element(const struct counter_stream *stream, int64_t i)
{
    const struct counter_block bits =
        counter_bits(stream, (uint32_t)(i / CAPACITY_OF_BLOCK & INT64_C(0xffffffff)));
    const int64_t place = i % CAPACITY_OF_BLOCK;
    const uint32_t byte = bits.word[place / 4] >> (8 * (place % 4)) & 0xffu;
    const double size = 1.0 + (double)(byte & 15u) / 16.0;
    return byte & 16u ? -size : size;
}

static struct counter_stream stream_of_probe(const struct check *check, int64_t sample,
                                             int64_t probe)
{
    const struct counter_stream stream = {
        check->options.seed, (uint64_t)(check->options.first_sample + sample), (uint32_t)probe};
    return stream;
}

/* The power of two next to a size, within what products of few factors of a float can bear. */
static double power_near(double size)
{
    const double most = 0x1p60;
    return exp2(rint(log2(fmin(fmax(size, 1.0 / most), most))));
}

/* Root mean square of an input over the samples, or of all where it is 0 in all; 1 if there is
 * none. */
static double input_scale(const struct check *check, int64_t input, double all)
{
    double sum = 0.0;
    for (int64_t s = 0; s < check->samples; s++) {
        const double x = (double)check->x[s * check->offer.inputs + input];
        sum += x * x;
    }
    const double own = sqrt(sum / (double)check->samples);
    return power_near(own > 0.0 ? own : all);
}

static double scale_of_inputs(const struct check *check)
{
    const int64_t count = check->samples * check->offer.inputs;
    double sum = 0.0;
    for (int64_t i = 0; i < count; i++)
        sum += (double)check->x[i] * (double)check->x[i];
    return sum > 0.0 ? sqrt(sum / (double)count) : 1.0;
}

static void draw_tangents(struct check *check)
{
    const int64_t d = check->offer.inputs;
    const double all = scale_of_inputs(check);
    for (int64_t i = 0; i < d; i++) {
        const double scale = input_scale(check, i, all);
        check->largest_v = fmax(check->largest_v, 2.0 * scale);
        for (int64_t s = 0; s < check->samples; s++)
            for (int64_t m = 0; m < CHECK_DIRECTIONS; m++) {
                const struct counter_stream stream = stream_of_probe(check, s, TANGENT_PROBE + m);
                check->v[(s * CHECK_DIRECTIONS + m) * d + i] =
                    (real)(scale * direction_element(&stream, i));
            }
    }
}

/* check->scale holds sizes of the outputs' changes, 0 where none is seen. */
static void draw_cotangents(struct check *check)
{
    const int64_t k = check->offer.outputs;
    double largest = 0.0;
    check->largest_u = 0.0;
    for (int64_t j = 0; j < k; j++)
        largest = fmax(largest, check->scale[j]);
    for (int64_t j = 0; j < k; j++) {
        const double own = check->scale[j] > 0.0 ? check->scale[j] : largest;
        const double scale = 1.0 / power_near(own > 0.0 ? own : 1.0);
        check->largest_u = fmax(check->largest_u, 2.0 * scale);
        for (int64_t s = 0; s < check->samples; s++)
            for (int64_t m = 0; m < CHECK_DIRECTIONS; m++) {
                const struct counter_stream stream = stream_of_probe(check, s, COTANGENT_PROBE + m);
                check->u[(s * CHECK_DIRECTIONS + m) * k + j] =
                    (real)(scale * direction_element(&stream, j));
            }
    }
}

/* x + step v of direction m, to a row. */
static void place_near(const struct check *check, int64_t sample, int64_t m, double step, real *row)
{
    const int64_t d = check->offer.inputs;
    const real *x = check->x + sample * d;
    const real *v = check->v + (sample * CHECK_DIRECTIONS + m) * d;
    for (int64_t i = 0; i < d; i++)
        row[i] = (real)((double)x[i] + step * (double)v[i]);
}

/* Of every sample along its first direction, to check->points. */
static void place_all_near(const struct check *check, double step)
{
    for (int64_t s = 0; s < check->samples; s++)
        place_near(check, s, 0, step, check->points + s * check->offer.inputs);
}

/* sum_i w_i y_i, and the sum of the absolute values. */
static double weighted_sum(const real *weights, const double *y, int64_t count, double *size)
{
    double sum = 0.0;
    *size = 0.0;
    for (int64_t i = 0; i < count; i++) {
        sum += (double)weights[i] * y[i];
        *size += fabs((double)weights[i] * y[i]);
    }
    return sum;
}

/* An output row as a number: <u, f> with the first cotangent, <u, J v>, <J^T u, v>, or itself. */
static double read_row(const struct check *check, dirichlet_callback callback, int64_t sample,
                       int64_t m, const double *row, double *size)
{
    const int64_t d = check->offer.inputs;
    const int64_t k = check->offer.outputs;
    const int64_t place = sample * CHECK_DIRECTIONS + m;
    switch (callback) {
    case DIRICHLET_CALLBACK_FORWARD:
        return weighted_sum(check->u + sample * CHECK_DIRECTIONS * k, row, k, size);
    case DIRICHLET_CALLBACK_JVP: return weighted_sum(check->u + place * k, row, k, size);
    case DIRICHLET_CALLBACK_VJP: return weighted_sum(check->v + place * d, row, d, size);
    default: *size = fabs(*row); return *row;
    }
}

/* The call that every callback is asked most: all samples, all directions. */
static struct request usual_request(const struct check *check, dirichlet_callback callback,
                                    double *out)
{
    const struct request request = {.callback = callback,
                                    .first = check->options.first_sample,
                                    .samples = check->samples,
                                    .count = callback_is_product(callback) ? CHECK_DIRECTIONS : 1,
                                    .x = check->x,
                                    .given =
                                        callback == DIRICHLET_CALLBACK_JVP ? check->v : check->u,
                                    .out = out};
    return request;
}

/* Elements of an output of a request, of one sample. */
static int64_t sample_size(const struct check *check, const struct request *request)
{
    return request->count * output_size(check, request->callback);
}

static int64_t index_of(const struct check *check, int64_t sample)
{
    return check->options.first_sample + sample;
}

#endif
