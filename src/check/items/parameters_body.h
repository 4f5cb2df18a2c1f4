/* The gradient that parameter_vjp adds to: PARAMETERS, and what else it must keep; body for both
 * precisions.
 *
 * With cotangents c of all rows the gradient g should be that of phi = sum over the rows of
 * <c, f(x)> in the parameters: <g, delta> is the slope of phi along delta. The rows are points near
 * the samples, two of each; delta is as large as the parameters are, each by itself. */
#ifndef DIRICHLET_CHECK_PARAMETERS_BODY_H
#define DIRICHLET_CHECK_PARAMETERS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "check/items/contract_body.h"
#include "check/items/derivative_body.h"
#include "check/report/factor.h"
#include "check/report/record.h"
#include "check/subject/ask_body.h"
#include "check/subject/directions_body.h"
#include "check/subject/subject_body.h"
#include "check/subject/tolerance_body.h"
#include "core/arithmetic/real.h"
#include "core/vector/vector_loops_body.h"

#define BACKWARD_POINTS 2

static int64_t backward_rows(const struct check *check)
{
    return BACKWARD_POINTS * check->samples;
}

/* Sums of so many rows, in any order, on top of what else is rounded. */
static double gradient_tolerance(const struct check *check)
{
    return relative_tolerance(check) + (double)backward_rows(check) * (double)REAL_EPSILON;
}

/* Points at `step` from every sample, on both sides. At a sample itself, one of zeros without
 * biases, say, the parameters may be at a kink of many units at once. */
static void place_rows(const struct check *check, double step)
{
    const int64_t d = check->offer.inputs;
    for (int64_t s = 0; s < check->samples; s++) {
        real *rows = check->points + s * BACKWARD_POINTS * d;
        place_near(check, s, 0, -step, rows);
        place_near(check, s, 0, step, rows + d);
    }
}

/* c = u_0 + part u_1, those of the second point being of directions 2 and 3. */
static void place_cotangents(const struct check *check, double first, double second)
{
    const int64_t k = check->offer.outputs;
    for (int64_t s = 0; s < check->samples; s++)
        for (int64_t p = 0; p < BACKWARD_POINTS; p++) {
            const real *u = check->u + (s * CHECK_DIRECTIONS + 2 * p) * k;
            real *c = check->given + (s * BACKWARD_POINTS + p) * k;
            for (int64_t j = 0; j < k; j++)
                c[j] = (real)(first * (double)u[j] + second * (double)u[k + j]);
        }
}

static struct request backward_request(const struct check *check, dirichlet_callback callback)
{
    struct request request = usual_request(check, callback, check->one);
    request.count = BACKWARD_POINTS;
    request.x = check->points;
    request.given = check->given;
    return request;
}

/* phi at the parameters as they stand, and the sum of its absolute terms. */
static double value_of_rows(struct check *check, double *size)
{
    const struct request request = backward_request(check, DIRICHLET_CALLBACK_FORWARD);
    *size = NAN;
    if (!ask(check, &request))
        return (double)NAN;
    return weighted_sum(check->given, check->one, backward_rows(check) * check->offer.outputs,
                        size);
}

/* What parameter_vjp makes of a gradient that is `before` everywhere. */
static bool add_gradient(struct check *check, const struct request *request, double before)
{
    real *gradient = check->options.gradient;
    for (int64_t i = 0; i < check->options.parameter_count; i++)
        gradient[i] = (real)before;
    return ask(check, request);
}

static void copy_gradient(const struct check *check, double *to)
{
    const real *gradient = check->options.gradient;
    for (int64_t i = 0; i < check->options.parameter_count; i++)
        to[i] = (double)gradient[i];
}

/* The gradient twice, with other calls in between: check->total. */
static void look_at_gradient(struct check *check, const struct request *request)
{
    const int64_t p = check->options.parameter_count;
    int64_t lost = 0;
    double largest = 0.0;
    if (!add_gradient(check, request, 0.0))
        return;
    copy_gradient(check, check->total);
    for (int64_t i = 0; i < p; i++)
        lost += !isfinite(check->total[i]);
    record_case(&check->record, DIRICHLET_CALLBACK_PARAMETER_VJP, DIRICHLET_CHECK_FINITE, -1,
                (double)lost, 0.0);
    ask_others(check, false);
    ask_others(check, true);
    place_rows(check, 0.25 * LADDER_FIRST);
    if (lost > 0 || !add_gradient(check, request, 0.0))
        return;
    copy_gradient(check, check->direction);
    const double found = largest_difference(check->total, check->direction, p, &largest);
    record_case(&check->record, DIRICHLET_CALLBACK_PARAMETER_VJP, DIRICHLET_CHECK_REPEAT, -1, found,
                OTHERS_LARGEST * check->options.forward_noise * largest);
}

/* Gradients of every sample alone: the sum to check->direction, that of their absolute values to
 * check->sizes, the largest of which is returned. */
static double gradients_alone(struct check *check, const struct request *request)
{
    const int64_t p = check->options.parameter_count;
    const real *gradient = check->options.gradient;
    memset(check->direction, 0, (size_t)p * sizeof *check->direction);
    memset(check->sizes, 0, (size_t)p * sizeof *check->sizes);
    for (int64_t s = 0; s < check->samples; s++) {
        struct request alone = *request;
        alone.first += s;
        alone.samples = 1;
        alone.x += s * BACKWARD_POINTS * check->offer.inputs;
        alone.given += s * BACKWARD_POINTS * check->offer.outputs;
        if (!add_gradient(check, &alone, 0.0))
            return (double)NAN;
        for (int64_t i = 0; i < p; i++) {
            check->direction[i] += (double)gradient[i];
            check->sizes[i] += fabs((double)gradient[i]);
        }
    }
    return largest_element(check->sizes, p);
}

static void look_at_sums(struct check *check, const struct request *request)
{
    const int64_t p = check->options.parameter_count;
    const double size = gradients_alone(check, request);
    double largest = 0.0;
    const double found = largest_difference(check->total, check->direction, p, &largest);
    record_case(&check->record, DIRICHLET_CALLBACK_PARAMETER_VJP, DIRICHLET_CHECK_ROWS, -1, found,
                gradient_tolerance(check) * fmax(size, largest));
}

/* It adds to what is there, and does not write over it. */
static void look_at_adding(struct check *check, const struct request *request)
{
    const int64_t p = check->options.parameter_count;
    struct check_line *line =
        record_line(&check->record, request->callback, DIRICHLET_CHECK_PARAMETERS);
    double largest = fmax(largest_element(check->sizes, p), largest_element(check->total, p));
    const double before = power_near(largest > 0.0 ? largest : 1.0);
    if (!add_gradient(check, request, before))
        return;
    for (int64_t i = 0; i < p; i++)
        check->direction[i] = before + check->total[i];
    copy_gradient(check, check->sizes);
    const double found = largest_difference(check->direction, check->sizes, p, &largest);
    record_case(&check->record, request->callback, DIRICHLET_CHECK_PARAMETERS, -1, found,
                gradient_tolerance(check) * (before + largest));
    if (line_fails(line) && line->found == found) {
        line->factor = NAN;
        line->cause = "it does not add to the gradient but writes over it";
    }
}

/* delta to check->direction. */
static void draw_parameters(const struct check *check, int64_t m)
{
    const int64_t p = check->options.parameter_count;
    const struct counter_stream stream = stream_of_probe(check, 0, PARAMETER_PROBE + m);
    double sum = 0.0;
    for (int64_t i = 0; i < p; i++)
        sum += (double)check->parameters[i] * (double)check->parameters[i];
    const double all = sum > 0.0 ? sqrt(sum / (double)p) : 1.0;
    for (int64_t i = 0; i < p; i++) {
        const double own = fabs((double)check->parameters[i]);
        check->direction[i] = power_near(own > 0.0 ? own : all) * direction_element(&stream, i);
    }
}

static double value_at(struct check *check, double step, double *size)
{
    real *parameters = check->options.parameters;
    for (int64_t i = 0; i < check->options.parameter_count; i++)
        parameters[i] = (real)((double)check->parameters[i] + step * check->direction[i]);
    return value_of_rows(check, size);
}

/* The slope of phi along check->direction. */
static struct slope slope_of_parameters(struct check *check)
{
    struct ladder ladder = {.count = ladder_steps()};
    double size = 0.0;
    double own = 0.0;
    ladder.center = value_at(check, 0.0, &size);
    for (int64_t i = 0; i < ladder.count; i++) {
        ladder.above[i] = value_at(check, ladder_step(i), &own);
        size = isfinite(own) ? fmax(size, own) : size;
        ladder.below[i] = value_at(check, -ladder_step(i), &own);
        size = isfinite(own) ? fmax(size, own) : size;
    }
    ladder.roundoff = least_noise(check) * size;
    memcpy(check->options.parameters, check->parameters,
           (size_t)check->options.parameter_count * sizeof(real));
    return ladder_slope(&ladder);
}

/* <g, delta>, and what rounding may do to it. */
static double claimed_slope(const struct check *check, double *rounding)
{
    double sum = 0.0;
    double size = 0.0;
    for (int64_t i = 0; i < check->options.parameter_count; i++) {
        sum += check->total[i] * check->direction[i];
        size += fabs(check->total[i] * check->direction[i]);
    }
    *rounding = gradient_tolerance(check) * size;
    return sum;
}

static void look_at_parameters(struct check *check)
{
    struct verdict verdict = {0};
    struct factor factor = factor_begin();
    if (!is_sound(check, DIRICHLET_CALLBACK_FORWARD))
        return;
    for (int64_t m = 0; m < CHECK_DIRECTIONS && !is_cleared(&verdict); m++) {
        double rounding = 0.0;
        draw_parameters(check, m);
        const struct slope slope = slope_of_parameters(check);
        const double claimed = claimed_slope(check, &rounding);
        hear(&verdict, &factor, claimed, &slope, rounding);
    }
    decide(check, DIRICHLET_CALLBACK_PARAMETER_VJP, DIRICHLET_CHECK_PARAMETERS, -1, &verdict);
    record_line(&check->record, DIRICHLET_CALLBACK_PARAMETER_VJP, DIRICHLET_CHECK_PARAMETERS)
        ->factor = factor_common(&factor);
}

/* <g, delta> for cotangents u + part u'. */
static bool ask_sum(struct check *check, const struct request *request, double first, double second,
                    double *number, double *size)
{
    const real *gradient = check->options.gradient;
    place_cotangents(check, first, second);
    if (!add_gradient(check, request, 0.0))
        return false;
    *number = 0.0;
    *size = 0.0;
    for (int64_t i = 0; i < check->options.parameter_count; i++) {
        *number += (double)gradient[i] * check->direction[i];
        *size += fabs((double)gradient[i] * check->direction[i]);
    }
    return true;
}

/* As in linear_body.h; the small sum shows the rounding. */
static void look_at_linear_gradient(struct check *check, const struct request *request)
{
    static const double parts[2] = {3.0, 0x1p-10};
    double numbers[4] = {0.0, 0.0, 0.0, 0.0};
    double sizes[4] = {0.0, 0.0, 0.0, 0.0};
    draw_parameters(check, 0);
    if (!ask_sum(check, request, 1.0, 0.0, &numbers[0], &sizes[0]) ||
        !ask_sum(check, request, 0.0, 1.0, &numbers[1], &sizes[1]) ||
        !ask_sum(check, request, 1.0, parts[0], &numbers[2], &sizes[2]) ||
        !ask_sum(check, request, 1.0, parts[1], &numbers[3], &sizes[3]))
        return;
    const double small = fabs(numbers[3] - numbers[0] - parts[1] * numbers[1]);
    const double size = sizes[2] + sizes[0] + parts[0] * sizes[1];
    record_case(&check->record, request->callback, DIRICHLET_CHECK_LINEAR, -1,
                fabs(numbers[2] - numbers[0] - parts[0] * numbers[1]),
                OTHERS_LARGEST * small + gradient_tolerance(check) * size);
}

/* Without the gradient only cotangents of 0 leave it alone. */
static void look_at_backward_call(struct check *check, const struct request *request)
{
    place_cotangents(check, 0.0, 0.0);
    (void)ask(check, request);
}

static void look_at_backward(struct check *check)
{
    const struct request request = backward_request(check, DIRICHLET_CALLBACK_PARAMETER_VJP);
    double size = 0.0;
    if (!offers(check, DIRICHLET_CALLBACK_PARAMETER_VJP))
        return;
    place_rows(check, 0.25 * LADDER_FIRST);
    place_cotangents(check, 1.0, 0.0);
    if (is_sound(check, DIRICHLET_CALLBACK_FORWARD) && !isfinite(value_of_rows(check, &size)))
        place_rows(check, 0.0);
    if (check->options.parameter_count == 0) {
        look_at_backward_call(check, &request);
        return;
    }
    look_at_gradient(check, &request);
    if (is_sound(check, request.callback))
        look_at_parameters(check);
    if (is_sound(check, request.callback))
        look_at_sums(check, &request);
    if (is_sound(check, request.callback))
        look_at_adding(check, &request);
    if (is_sound(check, request.callback))
        look_at_linear_gradient(check, &request);
}

#endif
