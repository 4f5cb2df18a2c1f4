/* Calls of the model, within its limits; body for both precisions. What must hold of every call
 * (RETURN, WRITTEN, BOUNDS, INPUTS) is seen here. */
#ifndef DIRICHLET_CHECK_ASK_BODY_H
#define DIRICHLET_CHECK_ASK_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "check/report/record.h"
#include "check/subject/guard_body.h"
#include "check/subject/subject_body.h"
#include "core/arithmetic/real.h"
#include "core/interface/environment.h"
#include "dirichlet/model.h"
#include "model/calls/calls.h"
#include "model/calls/shape.h"

/* A call as the items think of it, of any size. */
struct request {
    dirichlet_callback callback;
    int64_t first; /* index in the data set */
    int64_t samples;
    int64_t count;     /* points or directions of a sample; 1 */
    const real *x;     /* (samples, points or 1, d) */
    const real *given; /* directions or cotangents, (samples, count, d or k); NULL */
    double *out;       /* (samples, count, output_size); NULL: not wanted */
};

/* Its output is squares, in double for both precisions. */
static bool is_square(dirichlet_callback callback)
{
    return callback == DIRICHLET_CALLBACK_ENERGIES || callback == DIRICHLET_CALLBACK_PRODUCT_NORMS;
}

static int64_t given_size(const struct check *check, dirichlet_callback callback)
{
    return callback_given_size(callback, check->offer.inputs, check->offer.outputs);
}

static int64_t output_size(const struct check *check, dirichlet_callback callback)
{
    return callback_output_size(callback, check->offer.inputs, check->offer.outputs);
}

static size_t element_size(dirichlet_callback callback)
{
    return is_square(callback) ? sizeof(double) : sizeof(real);
}

/* The part of a request that is one call: samples s0 .. s0 + samples - 1 and of each the points or
 * directions c0 .. c0 + count - 1. */
struct piece {
    const struct request *of;
    int64_t s0;
    int64_t samples;
    int64_t c0;
    int64_t count;
};

/* Rows of `size` elements of the piece from the request's array of `all` rows a sample. */
static void pack(struct guarded *to, const real *from, const struct piece *piece, int64_t all,
                 int64_t count, int64_t size)
{
    const int64_t c0 = all == 1 ? 0 : piece->c0;
    guard(to, piece->samples * count * size, sizeof(real));
    for (int64_t s = 0; s < piece->samples; s++)
        memcpy((real *)(void *)to->array + s * count * size,
               from + ((piece->s0 + s) * all + c0) * size, (size_t)(count * size) * sizeof(real));
}

/* Does the array still hold what the request has there, and the guards around it? */
static int64_t changed_elements(const struct guarded *array, const real *from,
                                const struct piece *piece, int64_t all, int64_t count, int64_t size)
{
    const int64_t c0 = all == 1 ? 0 : piece->c0;
    int64_t changed = 0;
    for (int64_t s = 0; s < piece->samples; s++)
        for (int64_t i = 0; i < count * size; i++)
            changed += memcmp((const real *)(const void *)array->array + s * count * size + i,
                              from + ((piece->s0 + s) * all + c0) * size + i, sizeof(real)) != 0;
    return changed + broken_guards(array);
}

static int32_t call_back(struct check *check, dirichlet_callback callback,
                         const struct piece *piece)
{
    const void *x = check->x_array.array;
    const void *given = check->given_array.array;
    return PRECISION(model_invoke)(&check->model, callback, piece->of->first + piece->s0,
                                   piece->samples, piece->count, x, given, check->out_array.array);
}

/* What the call has of samples and points: to a model that ignores `first` points are samples. */
static struct piece shape_for(const struct check *check, dirichlet_callback callback,
                              const struct piece *piece)
{
    struct piece shape = *piece;
    if (callback_has_points(callback) && check->offer.ignores_first) {
        shape.samples *= shape.count;
        shape.count = 1;
    }
    return shape;
}

/* One call on what stands in the arrays, in the caller's environment. */
static int32_t call_once(struct check *check, dirichlet_callback callback,
                         const struct piece *piece)
{
    const struct request *of = piece->of;
    const int64_t d = check->offer.inputs;
    const int64_t points = callback_has_points(callback) ? of->count : 1;
    const int64_t own = callback_has_points(callback) ? piece->count : 1;
    const int64_t size = given_size(check, callback);
    const struct piece shape = shape_for(check, callback, piece);
    environment_leave(check->allocator.caller);
    const int32_t code = call_back(check, callback, &shape);
    environment_enter(check->allocator.caller);
    int64_t changed = changed_elements(&check->x_array, of->x, piece, points, own, d);
    if (size > 0)
        changed +=
            changed_elements(&check->given_array, of->given, piece, of->count, piece->count, size);
    check->record.calls++;
    record_case(&check->record, callback, DIRICHLET_CHECK_INPUTS, -1, (double)changed, 0.0);
    if (code != DIRICHLET_CALLBACK_OUT_OF_DOMAIN)
        record_return(&check->record, callback, of->first + piece->s0, code);
    return code;
}

static void look_at_output(struct check *check, const struct piece *piece)
{
    const dirichlet_callback callback = piece->of->callback;
    int64_t element = 0;
    record_case(&check->record, callback, DIRICHLET_CHECK_BOUNDS, -1,
                (double)broken_guards(&check->out_array), 0.0);
    if (check->fill_with_ones)
        return;
    const int64_t count = unwritten_elements(&check->out_array, element_size(callback), &element);
    const int64_t row = piece->count * output_size(check, callback);
    record_case(&check->record, callback, DIRICHLET_CHECK_WRITTEN,
                count == 0 ? -1 : piece->of->first + piece->s0 + element / row, (double)count, 0.0);
}

/* The output to the request's. */
static void unpack(const struct check *check, const struct piece *piece)
{
    const struct request *of = piece->of;
    const int64_t size = output_size(check, of->callback);
    const void *array = check->out_array.array;
    for (int64_t s = 0; of->out != NULL && s < piece->samples; s++)
        for (int64_t i = 0; i < piece->count * size; i++) {
            const int64_t at = s * piece->count * size + i;
            of->out[((piece->s0 + s) * of->count + piece->c0) * size + i] =
                element_size(of->callback) == sizeof(real) ? (double)((const real *)array)[at]
                                                           : ((const double *)array)[at];
        }
}

/* model.prepare before products of other rows than those it has last seen. */
static int32_t prepare(struct check *check, const struct piece *piece, bool same_rows)
{
    const int64_t first = piece->of->first + piece->s0;
    const bool known = check->prepared && same_rows && first == check->prepared_first;
    check->prepared = callback_is_product(piece->of->callback) && check->offer.prepare;
    check->prepared_first = first;
    check->prepared_samples = piece->samples;
    return check->prepared && !known ? call_once(check, DIRICHLET_CALLBACK_PREPARE, piece) : 0;
}

/* The inputs to the arrays, and prepare. */
static int32_t set_out(struct check *check, const struct piece *piece)
{
    const struct request *of = piece->of;
    const int64_t d = check->offer.inputs;
    const int64_t points = callback_has_points(of->callback) ? of->count : 1;
    const int64_t own = callback_has_points(of->callback) ? piece->count : 1;
    const int64_t size = given_size(check, of->callback);
    const bool same_rows = check->prepared && check->prepared_samples == piece->samples &&
                           changed_elements(&check->x_array, of->x, piece, points, own, d) == 0;
    pack(&check->x_array, of->x, piece, points, own, d);
    if (size > 0)
        pack(&check->given_array, of->given, piece, of->count, piece->count, size);
    const int32_t code = prepare(check, piece, same_rows);
    pack(&check->x_array, of->x, piece, points, own,
         d); /* what prepare changes is its fault alone */
    return code;
}

static int32_t ask_once(struct check *check, const struct piece *piece)
{
    const struct request *of = piece->of;
    const size_t element = element_size(of->callback);
    int32_t code = set_out(check, piece);
    guard(&check->out_array, piece->samples * piece->count * output_size(check, of->callback),
          element);
    fill_output(&check->out_array, element, check->fill_with_ones);
    if (code == 0)
        code = call_once(check, of->callback, piece);
    if (code == 0 && output_size(check, of->callback) > 0)
        look_at_output(check, piece);
    if (code == DIRICHLET_CALLBACK_OUT_OF_DOMAIN)
        fill_output(&check->out_array, element, false);
    if (code == 0 || code == DIRICHLET_CALLBACK_OUT_OF_DOMAIN)
        unpack(check, piece);
    check->out_of_domain = check->out_of_domain || code == DIRICHLET_CALLBACK_OUT_OF_DOMAIN;
    return code;
}

/* OUT_OF_DOMAIN of several rows: each alone, those where it is said again being NaN. */
static int32_t ask_rows(struct check *check, const struct piece *piece)
{
    int32_t code = ask_once(check, piece);
    const bool by_points = callback_has_points(piece->of->callback);
    const int64_t count = by_points ? 1 : piece->count;
    if (code != DIRICHLET_CALLBACK_OUT_OF_DOMAIN || (piece->samples == 1 && count == piece->count))
        return code;
    for (int64_t s = 0; s < piece->samples; s++)
        for (int64_t c = 0; c < piece->count; c += count) {
            const struct piece row = {piece->of, piece->s0 + s, 1, piece->c0 + c, count};
            code = ask_once(check, &row);
            if (code != 0 && code != DIRICHLET_CALLBACK_OUT_OF_DOMAIN)
                return code;
        }
    return 0;
}

/* All of a request; false where the callback, or prepare, fails: there is no output then. Rows out
 * of the domain are NaN. */
static bool ask(struct check *check, const struct request *request)
{
    const int64_t most = check->offer.max_samples;
    const bool points = callback_has_points(request->callback);
    const int64_t count = smaller(request->count, points ? most : check->offer.max_directions);
    const int64_t samples = smaller(request->samples, points ? larger(1, most / count) : most);
    check->out_of_domain = false;
    for (int64_t s = 0; s < request->samples; s += samples)
        for (int64_t c = 0; c < request->count; c += count) {
            const struct piece piece = {request, s, smaller(samples, request->samples - s), c,
                                        smaller(count, request->count - c)};
            const int32_t code = ask_rows(check, &piece);
            if (code != 0 && code != DIRICHLET_CALLBACK_OUT_OF_DOMAIN)
                return false;
        }
    return true;
}

#endif
