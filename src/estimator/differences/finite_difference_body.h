/* J v by central differences of the forward pass alone,
 *
 *     J v ~ o = (f(x + h v) - f(x - h v)) / (2 h),   h ~ 0.4 noise^(1/3) max(1, rms(x)),
 *
 * v a coordinate or a vector of signs, either of which moves an input by h: a step measured
 * by the length of x would grow with the number of inputs. The step balances the truncation
 * error, O(h^2), against the rounding noise, O(noise / h) (Nocedal and Wright, Numerical
 * Optimization, 2006, sec. 8.1); where line_body.h finds more noise than the type has, or a
 * function that this step is too long for, it has chosen another. Body for both precisions.
 *
 * How wrong an energy is shows in what the same values have beside the difference,
 *
 *     e = (f(x + h v) - 2 f(x) + f(x - h v)) / (2 h),
 *
 * at the price of f(x). It is 0 for a linear function, and of the size of each of the errors:
 * with independent noise of variance s^2 in a value, E e^2 = 3 s^2 / (2 h^2), three times what
 * the noise adds to o^2; one kink between the two points puts o off by exactly e or -e; and
 * by curvature e = h f''/2, whose square is of the order of the truncation of o^2, for
 * f = sin (w x) 3/4 of it in the mean. */
#ifndef DIRICHLET_ESTIMATOR_FINITE_DIFFERENCE_BODY_H
#define DIRICHLET_ESTIMATOR_FINITE_DIFFERENCE_BODY_H

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/status.h"
#include "estimator/differences/difference_loops_body.h"
#include "estimator/directions/calls_body.h"
#include "estimator/plan/workspace.h"
#include "estimator/state/crew.h"
#include "estimator/state/estimator.h"

/* Smooth networks have third derivatives well above their first, so the best steps lie below
 * the plain cube root (measured; tests/property). */
#define STEP_FACTOR 0.4

static bool is_float32(const real *y, int64_t size)
{
    for (int64_t i = 0; i < size; i++)
        if ((double)(float)y[i] != (double)y[i])
            return false;
    return true;
}

/* The scale of the inputs: their root mean square, or 1 where that is less. */
static double scale_of(const real *x, int64_t size)
{
    return fmax(1.0, sqrt(squared_norm(x, size) / (double)size));
}

static double power_of_two(double size)
{
    return exp2(rint(log2(size)));
}

/* A point that no round number is near to, a thousandth of the way from x. */
static void place_odd_point(const real *x, int64_t size, real *point)
{
    const double length = 1e-3 * scale_of(x, size);
    for (int64_t j = 0; j < size; j++)
        point[j] = (real)((double)x[j] + length * sin((double)j + 1.0));
}

/* Relative noise of the forward pass, as far as its type tells. A float32 network behind
 * float64 callbacks gives itself away where all its outputs are float32 values, at x (they
 * are in workspace.center) and at a point that is not round. */
static dirichlet_status assume_noise(struct dirichlet_estimator *estimator, int64_t samples,
                                     const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t d = estimator->offer.inputs;
    const int64_t k = estimator->offer.outputs;
    const bool told = estimator->options.forward_noise > 0.0;
    const real *center = w->center;
    const real *values = w->values;
    real *points = w->points;
    bool suspicious = false;
    for (int64_t row = 0; row < samples; row++) {
        w->differences[row].relative =
            told ? estimator->options.forward_noise : (double)REAL_EPSILON;
        suspicious = suspicious || is_float32(center + row * k, k);
    }
    if (!suspicious || told || sizeof(real) == sizeof(float))
        return DIRICHLET_OK;
    for (int64_t row = 0; row < samples; row++)
        place_odd_point(x + row * d, d, points + row * d);
    const dirichlet_status status = call_forward(estimator, 0, samples, 1, w->points, w->values);
    for (int64_t row = 0; status == DIRICHLET_OK && row < samples; row++)
        if (is_float32(center + row * k, k) && is_float32(values + row * k, k))
            w->differences[row].relative = (double)FLT_EPSILON;
    return status;
}

/* The largest output; NaN where one is not finite: no difference need show it. */
static double largest_output(const struct dirichlet_estimator *estimator, const real *y)
{
    return is_finite_vector(y, estimator->offer.outputs)
               ? largest_magnitude(y, estimator->offer.outputs)
               : NAN;
}

/* A power of two, so that x +- h v of a sign vector or a coordinate is hardly rounded. */
static double step_of(const struct dirichlet_estimator *estimator, const real *x, double noise)
{
    const double relative =
        estimator->options.step > 0.0 ? estimator->options.step : STEP_FACTOR * cbrt(noise);
    return power_of_two(relative * scale_of(x, estimator->offer.inputs));
}

/* What noise adds to ||o||^2 at a step, for `deviation` of a value. */
static double noise_at(double step, double deviation)
{
    const double error = deviation / step; /* its square may be a double where theirs are none */
    return 0.5 * error * error;
}

/* Steps of the tile's samples by the noise that is assumed: each output is off by about
 * that part of the largest. */
static dirichlet_status assume_steps(struct dirichlet_estimator *estimator, int64_t samples,
                                     const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const int64_t k = estimator->offer.outputs;
    const real *center = w->center;
    memset(w->differences, 0, (size_t)samples * sizeof *w->differences);
    dirichlet_status status = call_forward(estimator, 0, samples, 1, x, w->center);
    if (status == DIRICHLET_OK)
        status = assume_noise(estimator, samples, x);
    for (int64_t row = 0; status == DIRICHLET_OK && row < samples; row++) {
        struct difference *difference = &w->differences[row];
        difference->largest = largest_output(estimator, center + row * k);
        difference->deviation = difference->relative * difference->largest * sqrt((double)k);
        difference->step =
            step_of(estimator, x + row * estimator->offer.inputs, difference->relative);
    }
    return status;
}

/* Directions of a block, and the samples that they are of. */
struct displaced {
    int64_t count;
    const real *x;
    double sign;
};

/* About what a coordinate of a point and an output of a pair take, in nanoseconds. */
#define POINT_TIME 0.2
#define PARTS_TIME 0.6

/* points = x + sign h v for every direction of the block. */
static void place_row(struct dirichlet_estimator *estimator, int64_t row, const void *argument)
{
    const struct displaced *displaced = argument;
    const struct workspace *w = &estimator->workspace;
    const int64_t d = estimator->offer.inputs;
    const int64_t count = displaced->count;
    const real *directions = w->block;
    real *points = w->points;
    for (int64_t i = row * count; i < (row + 1) * count; i++)
        place_point(displaced->x + row * d, (real)(displaced->sign * w->differences[row].step),
                    directions + i * d, d, points + i * d);
}

/* f at those points. */
static dirichlet_status evaluate_points(struct dirichlet_estimator *estimator, int64_t samples,
                                        const struct displaced *displaced, real *values)
{
    const double entries = (double)displaced->count * (double)estimator->offer.inputs;
    const dirichlet_status status =
        crew_rows(estimator, samples, POINT_TIME * entries, place_row, displaced);
    return status == DIRICHLET_OK ? call_forward(estimator, 0, samples, displaced->count,
                                                 estimator->workspace.points, values)
                                  : status;
}

/* above = o of the sample's directions; what their e say goes to `difference`. */
static void take_parts(const real *center, int64_t count, int64_t size, real *above,
                       const real *below, struct difference *difference)
{
    const double scale = 0.5 / difference->step;
    for (int64_t i = 0; i < count; i++) {
        double even = 0.0;
        double overlap = 0.0;
        even_part(above + i * size, below + i * size, center, size, scale, &even, &overlap);
        difference->even += even;
        difference->coherent += fabs(overlap);
    }
    take_difference(above, below, (real)scale, count * size);
}

static void take_parts_of_row(struct dirichlet_estimator *estimator, int64_t row,
                              const void *argument)
{
    const struct displaced *displaced = argument;
    const struct workspace *w = &estimator->workspace;
    const int64_t k = estimator->offer.outputs;
    const int64_t place = row * displaced->count * k;
    take_parts((const real *)w->center + row * k, displaced->count, k, (real *)w->products + place,
               (const real *)w->values + place, &w->differences[row]);
}

static dirichlet_status difference_block(struct dirichlet_estimator *estimator, int64_t samples,
                                         int64_t count, const real *x)
{
    const struct workspace *w = &estimator->workspace;
    const struct displaced above = {count, x, 1.0};
    const struct displaced below = {count, x, -1.0};
    dirichlet_status status = evaluate_points(estimator, samples, &above, w->products);
    if (status == DIRICHLET_OK)
        status = evaluate_points(estimator, samples, &below, w->values);
    const double entries = (double)count * (double)estimator->offer.outputs;
    return status == DIRICHLET_OK
               ? crew_rows(estimator, samples, PARTS_TIME * entries, take_parts_of_row, &above)
               : status;
}

#endif
