/* Flatness, R = ||g||^2, and its gradient 2 H g; body for both precisions. */
#ifndef DIRICHLET_REGULARIZER_FLATNESS_BODY_H
#define DIRICHLET_REGULARIZER_FLATNESS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/interface/arena.h"
#include "core/interface/environment.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "core/vector/vector_loops_body.h"
#include "dirichlet/loss.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "model/spoil_body.h"
#include "model/calls/answer.h"
#include "regularizer/checks.h"
#include "regularizer/loops_body.h"
#include "regularizer/step_body.h"

typedef PRECISION(dirichlet_objective) objective_table;

/* A call in progress. */
struct flatness {
    objective_table objective;
    const real *theta;
    dirichlet_flatness_options options;
    struct allocator allocator;
    double strength;
    real *gradient; /* of the caller; NULL: not wanted */
    real *g;        /* (p): grad Loss, times 2^-exponent */
    int exponent;
    real *product; /* (p): H g, times some number */
    real *point;   /* (p): theta displaced */
    real *below;   /* (p): gradient at theta - a g */
    struct message *message;
};

static dirichlet_status call_gradient(const struct flatness *flatness, const real *theta,
                                      double *loss, real *gradient)
{
    const objective_table *objective = &flatness->objective;
    const int64_t p = objective->parameters;
    *loss = NAN;
    spoil_rows(gradient, 1, p);
    environment_leave(flatness->allocator.caller);
    const int32_t code = objective->gradient(theta, loss, gradient, objective->user);
    environment_enter(flatness->allocator.caller);
    const dirichlet_status status = answer_status(code, "objective.gradient", flatness->message);
    if (status != DIRICHLET_OK)
        return status;
    if (!isfinite(*loss) || !is_finite_vector(gradient, p))
        return message_fail(flatness->message, DIRICHLET_E_NOT_FINITE,
                            "objective.gradient wrote a NaN or infinity");
    return DIRICHLET_OK;
}

/* Where squares of g would leave the doubles it is scaled by a power of two, else by none. */
#define PLAIN_EXPONENT 400

static int scale_into_range(real *g, int64_t size)
{
    const int exponent = ilogb(largest_magnitude(g, size)); /* of 0 it is below all others */
    if (exponent >= -PLAIN_EXPONENT && exponent <= PLAIN_EXPONENT)
        return 0;
    const int taken = exponent < -1000 ? -1000 : exponent;
    scale_vector(g, ldexp(1.0, -taken), size);
    return taken;
}

/* product = H g. */
static dirichlet_status call_hvp(const struct flatness *flatness)
{
    const objective_table *objective = &flatness->objective;
    const int64_t p = objective->parameters;
    spoil_rows(flatness->product, 1, p);
    environment_leave(flatness->allocator.caller);
    const int32_t code =
        objective->hvp(flatness->theta, flatness->g, flatness->product, objective->user);
    environment_enter(flatness->allocator.caller);
    const dirichlet_status status = answer_status(code, "objective.hvp", flatness->message);
    if (status == DIRICHLET_OK && !is_finite_vector(flatness->product, p))
        return message_fail(flatness->message, DIRICHLET_E_NOT_FINITE,
                            "objective.hvp wrote a NaN or infinity");
    return status;
}

/* product = g(theta + a g) - g(theta - a g) = 2 a H g. The step a is such that theta as a whole
 * moves as far as difference_step says; *moved receives 2 a as it was after rounding. */
static dirichlet_status difference_gradients(const struct flatness *flatness, double squared_norm_g,
                                             double *moved)
{
    const int64_t p = flatness->objective.parameters;
    const double distance = difference_step(flatness->options.step, flatness->theta, p);
    const double step = distance / sqrt(squared_norm_g);
    double loss = 0.0;
    place_along(flatness->theta, step, flatness->g, p, flatness->point);
    double length = moved_along(flatness->point, flatness->theta, flatness->g, p);
    dirichlet_status status = call_gradient(flatness, flatness->point, &loss, flatness->product);
    if (status != DIRICHLET_OK)
        return status;
    place_along(flatness->theta, -step, flatness->g, p, flatness->point);
    length -= moved_along(flatness->point, flatness->theta, flatness->g, p);
    *moved = length / squared_norm_g;
    if (!(fabs(*moved - 2.0 * step) <= 0.5 * step))
        return message_fail(flatness->message, DIRICHLET_E_NOISE,
                            "options.step: moving theta by %g is lost in its rounding", distance);
    status = call_gradient(flatness, flatness->point, &loss, flatness->below);
    take_difference(flatness->product, flatness->below, (real)1, p);
    return status;
}

/* Add strength times 2 H g. */
static dirichlet_status add_flatness_gradient(const struct flatness *flatness,
                                              double squared_norm_g)
{
    const int64_t p = flatness->objective.parameters;
    const bool exact = flatness->objective.hvp != NULL;
    double moved = 1.0;
    const dirichlet_status status =
        exact ? call_hvp(flatness) : difference_gradients(flatness, squared_norm_g, &moved);
    if (status != DIRICHLET_OK)
        return status;
    scale_vector(flatness->product, ldexp(2.0 * flatness->strength / moved, flatness->exponent), p);
    if (!is_finite_vector(flatness->product, p))
        return message_fail(flatness->message, DIRICHLET_E_OVERFLOW,
                            "strength is %g: the gradient is too large for its type",
                            flatness->strength);
    add_multiple(flatness->gradient, (real)1, flatness->product, p);
    return DIRICHLET_OK;
}

/* Where g = 0 so is H g. */
static dirichlet_status measure_flatness(struct flatness *flatness, double learning_rate,
                                         dirichlet_flatness *result)
{
    const int64_t p = flatness->objective.parameters;
    dirichlet_flatness out = {.struct_size = sizeof out, .exact = 1};
    dirichlet_status status = call_gradient(flatness, flatness->theta, &out.loss, flatness->g);
    if (status != DIRICHLET_OK)
        return status;
    flatness->exponent = scale_into_range(flatness->g, p);
    const double scaled = squared_norm(flatness->g, p);
    out.squared_gradient_norm = ldexp(scaled, 2 * flatness->exponent);
    out.implicit_regularizer = 0.25 * learning_rate * out.squared_gradient_norm;
    if (!isfinite(out.implicit_regularizer)) /* 0 times infinity is a NaN */
        return message_fail(flatness->message, DIRICHLET_E_OVERFLOW,
                            "objective.gradient: its squared norm is too large for a double");
    if (flatness->gradient != NULL && scaled > 0.0) {
        status = add_flatness_gradient(flatness, scaled);
        out.exact = flatness->objective.hvp != NULL;
    }
    if (status == DIRICHLET_OK && result != NULL)
        (void)versioned_struct_write(&out, sizeof out, result, result->struct_size, "result", NULL);
    return status;
}

static void lay_out_flatness(struct flatness *flatness, struct arena *arena)
{
    const int64_t p = flatness->objective.parameters;
    flatness->g = arena_take(arena, p, 1, 1, sizeof(real));
    if (flatness->gradient == NULL)
        return;
    flatness->product = arena_take(arena, p, 1, 1, sizeof(real));
    if (flatness->objective.hvp != NULL)
        return;
    flatness->point = arena_take(arena, p, 1, 1, sizeof(real));
    flatness->below = arena_take(arena, p, 1, 1, sizeof(real));
}

static dirichlet_status read_objective(const objective_table *given, struct flatness *flatness)
{
    objective_table *objective = &flatness->objective;
    struct message *message = flatness->message;
    dirichlet_status status = regularizer_check_pointer(given, "objective", message);
    if (status == DIRICHLET_OK)
        status = versioned_struct_read(objective, sizeof *objective, given, given->struct_size,
                                       "objective", message);
    if (status == DIRICHLET_OK)
        status = regularizer_check_count(objective->parameters, 1, "objective.parameters", message);
    if (status == DIRICHLET_OK && objective->gradient == NULL)
        status = message_fail(message, DIRICHLET_E_MISSING_CALLBACK, "objective.gradient is NULL");
    return status;
}

static dirichlet_status read_flatness_options(const dirichlet_flatness_options *given,
                                              struct flatness *flatness)
{
    dirichlet_flatness_options *options = &flatness->options;
    dirichlet_status status = DIRICHLET_OK;
    if (given != NULL)
        status = versioned_struct_read(options, sizeof *options, given, given->struct_size,
                                       "options", flatness->message);
    if (status == DIRICHLET_OK)
        status = regularizer_check_amount(options->step, "options.step", flatness->message);
    return status == DIRICHLET_OK
               ? allocator_resolve(options->allocator, &flatness->allocator, flatness->message)
               : status;
}

static dirichlet_status check_theta(const struct flatness *flatness, int64_t bytes)
{
    const int64_t p = flatness->objective.parameters;
    if (bytes == INT64_MAX)
        return message_fail(flatness->message, DIRICHLET_E_OVERFLOW,
                            "objective.parameters is %lld: theta cannot be that large",
                            (long long)p);
    if (!isfinite(squared_norm(flatness->theta, p)))
        return message_fail(flatness->message, DIRICHLET_E_NOT_FINITE,
                            "theta or its norm is not finite");
    return DIRICHLET_OK;
}

/* Everything that can be known before the first callback; *bytes: of the workspace. */
static dirichlet_status check_flatness(struct flatness *flatness, const objective_table *objective,
                                       const dirichlet_flatness_options *options,
                                       double learning_rate, const dirichlet_flatness *result,
                                       int64_t *bytes)
{
    struct message *message = flatness->message;
    struct arena counting = {0};
    dirichlet_status status = read_objective(objective, flatness);
    if (status == DIRICHLET_OK)
        status = regularizer_check_pointer(flatness->theta, "theta", message);
    if (status == DIRICHLET_OK)
        status = regularizer_check_amount(learning_rate, "learning_rate", message);
    if (status == DIRICHLET_OK)
        status = read_flatness_options(options, flatness);
    if (status == DIRICHLET_OK)
        status = regularizer_check_finite(flatness->strength, "strength", message);
    if (status == DIRICHLET_OK && result != NULL)
        status = versioned_struct_check(result->struct_size, "result", message);
    if (status != DIRICHLET_OK)
        return status;
    lay_out_flatness(flatness, &counting);
    *bytes = counting.overflow ? INT64_MAX : counting.used;
    return check_theta(flatness, *bytes);
}

/* Everything has been checked. */
static dirichlet_status run_flatness(struct flatness *flatness, double learning_rate, int64_t bytes,
                                     dirichlet_flatness *result)
{
    struct arena arena = {.base = allocator_take(&flatness->allocator, (size_t)bytes)};
    unsigned char *block = arena.base;
    if (block == NULL)
        return message_fail(flatness->message, DIRICHLET_E_MEMORY,
                            "no memory for %lld bytes of gradients", (long long)bytes);
    lay_out_flatness(flatness, &arena);
    const dirichlet_status status = measure_flatness(flatness, learning_rate, result);
    allocator_give(&flatness->allocator, block, (size_t)bytes);
    return status;
}

dirichlet_status PRECISION(dirichlet_flatness_penalty)(const objective_table *objective,
                                                       const real *theta, double learning_rate,
                                                       double strength, real *gradient,
                                                       const dirichlet_flatness_options *options,
                                                       dirichlet_flatness *result,
                                                       dirichlet_error *error)
{
    struct message text = {0};
    struct environment caller;
    int64_t bytes = 0;
    if (!error_is_usable(error))
        return DIRICHLET_E_STRUCT_SIZE;
    environment_enter(&caller);
    struct flatness flatness = {.allocator = {.caller = &caller},
                                .theta = theta,
                                .strength = strength,
                                .gradient = gradient,
                                .message = &text};
    dirichlet_status status =
        check_flatness(&flatness, objective, options, learning_rate, result, &bytes);
    if (status == DIRICHLET_OK)
        status = run_flatness(&flatness, learning_rate, bytes, result);
    message_hand_out(&text, status, error);
    environment_leave(&caller);
    return status;
}

#endif
