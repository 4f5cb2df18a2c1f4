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
#include "dirichlet/model.h"
#include "dirichlet/status.h"
#include "model/calls/calls.h"
#include "model/spoil_body.h"

enum callback { FORWARD, JVP, VJP, PRODUCT_NORMS, ENERGIES, PARAMETER_VJP, PREPARE };

/* A call to be made; `many` points or directions of each sample. Of `in` and `out`, arrays that a
 * callback does not have are NULL. */
struct call {
    enum callback callback;
    int64_t first;
    int64_t samples;
    int64_t many;
    const real *x;
    const real *in;
    real *out;
    double *numbers;
};

typedef struct PRECISION(model_caller) model_caller;

static const char *name_of(enum callback callback)
{
    static const char *const names[] = {"forward",  "jvp",           "vjp",    "product_norms",
                                        "energies", "parameter_vjp", "prepare"};
    return names[callback];
}

/* Points of each sample that stand in x. */
static int64_t points_of(const struct call *call)
{
    return call->callback == FORWARD || call->callback == PARAMETER_VJP ? call->many : 1;
}

static int64_t in_size(const PRECISION(dirichlet_model) * model, const struct call *call)
{
    return call->many * (call->callback == JVP ? model->inputs : model->outputs);
}

/* Of a row. */
static int64_t out_size(const PRECISION(dirichlet_model) * model, const struct call *call)
{
    return call->callback == VJP ? model->inputs : model->outputs;
}

/* What it has not written, or cannot, is NaN. */
static void spoil(const PRECISION(dirichlet_model) * model, const struct call *call)
{
    const int64_t rows = call->samples * call->many;
    if (call->out != NULL)
        spoil_rows(call->out, rows, out_size(model, call));
    for (int64_t i = 0; call->numbers != NULL && i < rows; i++)
        call->numbers[i] = NAN;
}

static int32_t invoke(const PRECISION(dirichlet_model) * model, const struct call *c)
{
    void *user = model->user;
    switch (c->callback) {
    case FORWARD: return model->forward(c->first, c->samples, c->many, c->x, c->out, user);
    case JVP: return model->jvp(c->first, c->samples, c->many, c->x, c->in, c->out, user);
    case VJP: return model->vjp(c->first, c->samples, c->many, c->x, c->in, c->out, user);
    case PRODUCT_NORMS:
        return model->product_norms(c->first, c->samples, c->many, c->x, c->in, c->numbers, user);
    case ENERGIES: return model->energies(c->first, c->samples, c->x, c->numbers, user);
    case PARAMETER_VJP:
        return model->parameter_vjp(c->first, c->samples, c->many, c->x, c->in, user);
    default: return model->prepare(c->first, c->samples, c->x, user);
    }
}

static dirichlet_status failed(const model_caller *caller, const struct call *call, int32_t code)
{
    struct message *message = caller->message;
    const char *name = name_of(call->callback);
    dirichlet_status status = DIRICHLET_E_CALLBACK;
    if (code == DIRICHLET_CALLBACK_UNSUPPORTED)
        status = message_fail(message, DIRICHLET_E_MISSING_CALLBACK,
                              "model.%s says that it is unsupported: leave it out", name);
    else if (code < 0)
        status = message_fail(message, status,
                              "model.%s returned %d, and negative numbers are "
                              "reserved",
                              name, (int)code);
    else
        status = message_fail(message, status, "model.%s returned %d", name, (int)code);
    return message_with_code(message, code, status);
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
    if (call->in != NULL)
        part.in += row * (in_size(model, call) / call->many);
    if (call->out != NULL)
        part.out += row * out_size(model, call);
    if (call->numbers != NULL)
        part.numbers += row;
    return part;
}

static dirichlet_status make_call(const model_caller *caller, const struct call *call);

/* Products of other samples than those that were prepared. */
static dirichlet_status prepare_for(const model_caller *caller, const struct call *call)
{
    const bool products =
        call->callback == JVP || call->callback == VJP || call->callback == PRODUCT_NORMS;
    return products ? PRECISION(model_prepare)(caller, call->first, call->samples, call->x)
                    : DIRICHLET_OK;
}

/* Which rows are out of its domain? They are made one by one, and where there is one alone, its
 * outputs are NaN. A gradient that parameter_vjp adds to has no such place. */
static dirichlet_status split_call(const model_caller *caller, const struct call *call)
{
    const bool points = points_of(call) > 1;
    const int64_t pieces = points ? call->samples * call->many : call->samples;
    if (pieces == 1 && call->callback == PARAMETER_VJP)
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
    const int32_t code = invoke(caller->model, call);
    environment_enter(caller->environment);
    if (code == 0)
        return DIRICHLET_OK;
    if (call->callback == PREPARE && code == DIRICHLET_CALLBACK_OUT_OF_DOMAIN)
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
    const struct call call = {
        .callback = FORWARD, .first = first, .samples = samples, .many = points, .x = x, .out = y};
    return make_point_calls(caller, call);
}

dirichlet_status PRECISION(model_parameter_vjp)(const model_caller *caller, int64_t first,
                                                int64_t samples, int64_t points, const real *x,
                                                const real *cotangents)
{
    const struct call call = {.callback = PARAMETER_VJP,
                              .first = first,
                              .samples = samples,
                              .many = points,
                              .x = x,
                              .in = cotangents};
    return make_point_calls(caller, call);
}

dirichlet_status PRECISION(model_jvp)(const model_caller *caller, int64_t first, int64_t samples,
                                      int64_t directions, const real *x, const real *v, real *jv)
{
    const struct call call = {JVP, first, samples, directions, x, v, jv, NULL};
    return make_calls(caller, &call);
}

dirichlet_status PRECISION(model_vjp)(const model_caller *caller, int64_t first, int64_t samples,
                                      int64_t directions, const real *x, const real *u, real *jtu)
{
    const struct call call = {VJP, first, samples, directions, x, u, jtu, NULL};
    return make_calls(caller, &call);
}

dirichlet_status PRECISION(model_product_norms)(const model_caller *caller, int64_t first,
                                                int64_t samples, int64_t directions, const real *x,
                                                const real *u, double *norms)
{
    const struct call call = {PRODUCT_NORMS, first, samples, directions, x, u, NULL, norms};
    return make_calls(caller, &call);
}

dirichlet_status PRECISION(model_energies)(const model_caller *caller, int64_t first,
                                           int64_t samples, const real *x, double *energies)
{
    const struct call call = {ENERGIES, first, samples, 1, x, NULL, NULL, energies};
    return make_calls(caller, &call);
}

dirichlet_status PRECISION(model_prepare)(const model_caller *caller, int64_t first,
                                          int64_t samples, const real *x)
{
    const struct call call = {PREPARE, first, samples, 1, x, NULL, NULL, NULL};
    return caller->model->prepare == NULL ? DIRICHLET_OK : make_call(caller, &call);
}

#endif
