/* The callbacks of a model; body for both precisions. */
#ifndef DIRICHLET_MODEL_CALLS_BODY_H
#define DIRICHLET_MODEL_CALLS_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/interface/environment.h"
#include "core/interface/message.h"
#include "dirichlet/check.h"
#include "dirichlet/model.h"
#include "dirichlet/status.h"
#include "model/calls/answer.h"
#include "model/calls/calls.h"
#include "model/calls/shape.h"
#include "model/spoil_body.h"

/* A call to be made; `many` points or directions of each sample. Of `given` and `out`, arrays that
 * a callback does not have are NULL. */
struct call {
    dirichlet_callback callback;
    int64_t first;
    int64_t samples;
    int64_t many;
    const real *x;
    const real *given;
    void *out; /* of double where it is squares, else real */
};

typedef struct PRECISION(model_caller) model_caller;

/* Points of each sample that stand in x. */
static int64_t points_of(const struct call *call)
{
    return callback_has_points(call->callback) ? call->many : 1;
}

/* Squares are double in both precisions. */
static bool gives_numbers(const struct call *call)
{
    return call->callback == DIRICHLET_CALLBACK_ENERGIES ||
           call->callback == DIRICHLET_CALLBACK_PRODUCT_NORMS;
}

static int64_t out_size(const PRECISION(dirichlet_model) * model, const struct call *call)
{
    return callback_output_size(call->callback, model->inputs, model->outputs);
}

/* What it has not written, or cannot, is NaN. */
static void spoil(const PRECISION(dirichlet_model) * model, const struct call *call)
{
    const int64_t rows = call->samples * call->many;
    double *numbers = gives_numbers(call) ? call->out : NULL;
    if (numbers == NULL && call->out != NULL)
        spoil_rows(call->out, rows, out_size(model, call));
    for (int64_t i = 0; numbers != NULL && i < rows; i++)
        numbers[i] = NAN;
}

int32_t PRECISION(model_invoke)(const PRECISION(dirichlet_model) * model,
                                dirichlet_callback callback, int64_t first, int64_t samples,
                                int64_t many, const real *x, const real *given, void *out)
{
    void *user = model->user;
    switch (callback) {
    case DIRICHLET_CALLBACK_FORWARD: return model->forward(first, samples, many, x, out, user);
    case DIRICHLET_CALLBACK_JVP: return model->jvp(first, samples, many, x, given, out, user);
    case DIRICHLET_CALLBACK_VJP: return model->vjp(first, samples, many, x, given, out, user);
    case DIRICHLET_CALLBACK_PRODUCT_NORMS:
        return model->product_norms(first, samples, many, x, given, out, user);
    case DIRICHLET_CALLBACK_ENERGIES: return model->energies(first, samples, x, out, user);
    case DIRICHLET_CALLBACK_PARAMETER_VJP:
        return model->parameter_vjp(first, samples, many, x, given, user);
    default: return model->prepare(first, samples, x, user);
    }
}

static dirichlet_status failed(const model_caller *caller, const struct call *call, int32_t code)
{
    struct message name;
    (void)message_fail(&name, DIRICHLET_OK, "model.%s", dirichlet_callback_name(call->callback));
    return answer_status(code, name.text, caller->message);
}

/* The part of a call from sample `begin` on, and in each of these from point or direction
 * `from` on; the latter only where x stands at points. */
static struct call part_of(const PRECISION(dirichlet_model) * model, const struct call *call,
                           int64_t begin, int64_t samples, int64_t from, int64_t many)
{
    struct call part = *call;
    const int64_t row = begin * call->many + from;
    part.first += begin;
    part.samples = samples;
    part.many = many;
    part.x += (begin * points_of(call) + from) * model->inputs;
    if (call->given != NULL)
        part.given += row * callback_given_size(call->callback, model->inputs, model->outputs);
    if (call->out != NULL)
        part.out =
            (unsigned char *)call->out + (size_t)(row * out_size(model, call)) *
                                             (gives_numbers(call) ? sizeof(double) : sizeof(real));
    return part;
}

static dirichlet_status make_call(const model_caller *caller, const struct call *call);

/* Products of other samples than those that were prepared. */
static dirichlet_status prepare_for(const model_caller *caller, const struct call *call)
{
    return callback_is_product(call->callback)
               ? PRECISION(model_prepare)(caller, call->first, call->samples, call->x)
               : DIRICHLET_OK;
}

/* Which rows are out of its domain? They are made one by one, and where there is one alone, its
 * outputs are NaN. A gradient that parameter_vjp adds to has no such place. */
static dirichlet_status split_call(const model_caller *caller, const struct call *call)
{
    const bool points = points_of(call) > 1;
    const int64_t pieces = points ? call->samples * call->many : call->samples;
    if (pieces == 1 && call->callback == DIRICHLET_CALLBACK_PARAMETER_VJP)
        return message_with_sample(caller->message, call->first,
                                   message_fail(caller->message, DIRICHLET_E_NOT_FINITE,
                                                "sample %lld: model.parameter_vjp is not defined",
                                                (long long)call->first));
    if (caller->outside != NULL)
        *caller->outside = true;
    spoil(caller->model, call);
    for (int64_t i = 0; pieces > 1 && i < pieces; i++) {
        const struct call part =
            points ? part_of(caller->model, call, i / call->many, 1, i % call->many, 1)
                   : part_of(caller->model, call, i, 1, 0, call->many);
        dirichlet_status status = prepare_for(caller, &part);
        if (status == DIRICHLET_OK)
            status = make_call(caller, &part);
        if (status != DIRICHLET_OK)
            return status;
    }
    return pieces > 1 ? prepare_for(caller, call) : DIRICHLET_OK; /* more of them may follow */
}

static dirichlet_status make_call(const model_caller *caller, const struct call *call)
{
    spoil(caller->model, call);
    environment_leave(caller->environment);
    const int32_t code =
        PRECISION(model_invoke)(caller->model, call->callback, call->first, call->samples,
                                call->many, call->x, call->given, call->out);
    environment_enter(caller->environment);
    if (code == 0)
        return DIRICHLET_OK;
    if (call->callback == DIRICHLET_CALLBACK_PREPARE && code == DIRICHLET_CALLBACK_OUT_OF_DOMAIN)
        return DIRICHLET_OK; /* the products will say so again */
    return code == DIRICHLET_CALLBACK_OUT_OF_DOMAIN ? split_call(caller, call)
                                                    : failed(caller, call, code);
}

/* Samples of a call with so many points each that fit into max_samples; at least 1. */
static int64_t most_samples(const PRECISION(dirichlet_model) * model, int64_t points)
{
    return model->max_samples == 0 ? INT64_MAX : larger(model->max_samples / points, 1);
}

/* Some of the samples at a time and, where one is too much, some of its points. */
static dirichlet_status make_calls(const model_caller *caller, const struct call *call)
{
    const PRECISION(dirichlet_model) *model = caller->model;
    const int64_t most = most_samples(model, points_of(call));
    const bool whole = model->max_samples == 0 || points_of(call) <= model->max_samples;
    const int64_t many = whole ? call->many : model->max_samples;
    dirichlet_status status = DIRICHLET_OK;
    for (int64_t s = 0; status == DIRICHLET_OK && s < call->samples; s += most)
        for (int64_t p = 0; status == DIRICHLET_OK && p < call->many; p += many) {
            const struct call part = part_of(model, call, s, smaller(call->samples - s, most), p,
                                             smaller(call->many - p, many));
            status = make_call(caller, &part);
        }
    return status;
}

/* A model that does not look whose the rows are is given rows. */
static dirichlet_status make_point_calls(const model_caller *caller, struct call call)
{
    if (caller->model->ignores_first != 0) {
        call.samples *= call.many;
        call.many = 1;
    }
    return make_calls(caller, &call);
}

dirichlet_status PRECISION(model_forward)(const model_caller *caller, int64_t first,
                                          int64_t samples, int64_t points, const real *x, real *y)
{
    const struct call call = {.callback = DIRICHLET_CALLBACK_FORWARD,
                              .first = first,
                              .samples = samples,
                              .many = points,
                              .x = x,
                              .out = y};
    return make_point_calls(caller, call);
}

dirichlet_status PRECISION(model_parameter_vjp)(const model_caller *caller, int64_t first,
                                                int64_t samples, int64_t points, const real *x,
                                                const real *cotangents)
{
    const struct call call = {.callback = DIRICHLET_CALLBACK_PARAMETER_VJP,
                              .first = first,
                              .samples = samples,
                              .many = points,
                              .x = x,
                              .given = cotangents};
    return make_point_calls(caller, call);
}

dirichlet_status PRECISION(model_jvp)(const model_caller *caller, int64_t first, int64_t samples,
                                      int64_t directions, const real *x, const real *v, real *jv)
{
    const struct call call = {DIRICHLET_CALLBACK_JVP, first, samples, directions, x, v, jv};
    return make_calls(caller, &call);
}

dirichlet_status PRECISION(model_vjp)(const model_caller *caller, int64_t first, int64_t samples,
                                      int64_t directions, const real *x, const real *u, real *jtu)
{
    const struct call call = {DIRICHLET_CALLBACK_VJP, first, samples, directions, x, u, jtu};
    return make_calls(caller, &call);
}

dirichlet_status PRECISION(model_product_norms)(const model_caller *caller, int64_t first,
                                                int64_t samples, int64_t directions, const real *x,
                                                const real *u, double *norms)
{
    const struct call call = {
        DIRICHLET_CALLBACK_PRODUCT_NORMS, first, samples, directions, x, u, norms};
    return make_calls(caller, &call);
}

dirichlet_status PRECISION(model_energies)(const model_caller *caller, int64_t first,
                                           int64_t samples, const real *x, double *energies)
{
    const struct call call = {DIRICHLET_CALLBACK_ENERGIES, first, samples, 1, x, NULL, energies};
    return make_calls(caller, &call);
}

dirichlet_status PRECISION(model_prepare)(const model_caller *caller, int64_t first,
                                          int64_t samples, const real *x)
{
    const struct call call = {DIRICHLET_CALLBACK_PREPARE, first, samples, 1, x, NULL, NULL};
    return caller->model->prepare == NULL ? DIRICHLET_OK : make_call(caller, &call);
}

#endif
