/* A model under test, its samples, and the memory to ask it with; body for both precisions. */
#ifndef DIRICHLET_CHECK_SUBJECT_BODY_H
#define DIRICHLET_CHECK_SUBJECT_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/slope/slope.h"
#include "check/report/record.h"
#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/interface/arena.h"
#include "core/interface/memory.h"
#include "dirichlet/check.h"
#include "dirichlet/model.h"
#include "model/model.h"

/* Of the samples at most so many are looked at, with so many directions each. */
#define CHECK_SAMPLES 16
#define CHECK_DIRECTIONS 8
/* Points of a sample in a call of forward that looks at several; the rows of the largest call. */
#define CHECK_POINTS 3
#define CHECK_ROWS (CHECK_SAMPLES * CHECK_POINTS)
_Static_assert(2 * LADDER_MOST + 1 <= CHECK_ROWS, "the points of a ladder are one call");

/* An array as large as a call's, with bytes of known content on both sides. */
#define GUARD_BYTES 64
struct guarded {
    unsigned char *array;
    int64_t bytes; /* of the present call */
};

struct check {
    PRECISION(dirichlet_model) model;
    struct model_offer offer;
    dirichlet_check_options options;
    struct allocator allocator;
    struct check_record record;
    void *scratch;   /* of an item, for no longer than that: too large for the stack */
    int64_t samples; /* that are looked at */
    const real *x;   /* (samples, d), the caller's */
    double noise;    /* relative error of products, see tolerance_body.h */
    double noise_of_forward;
    bool moves;         /* some sample has another f than the first, or moves near it */
    uint64_t mantissas; /* those of all outputs of forward, together */
    struct slope slope[CHECK_SAMPLES]; /* of <u, f> along the first direction */
    double forward_size;               /* largest sum_j |u_j f_j| */
    /* What each callback gives for the directions, reduced to a number: <u, J v> and the sum of
     * the absolute values of its terms. */
    double jvp[CHECK_SAMPLES][CHECK_DIRECTIONS];
    double vjp[CHECK_SAMPLES][CHECK_DIRECTIONS];
    double jvp_size; /* largest */
    double vjp_size;
    double norms[CHECK_SAMPLES][CHECK_DIRECTIONS];      /* ||J^T u||^2 from products */
    double norm_sizes[CHECK_SAMPLES][CHECK_DIRECTIONS]; /* the same if nothing cancelled */
    double energies[CHECK_SAMPLES];                     /* likewise */

    bool fill_with_ones; /* outputs come with ones in the place of NaN */
    bool out_of_domain;  /* said by a call of the last request */
    bool prepared;       /* for what stands in x_array */
    int64_t prepared_first;
    int64_t prepared_samples;

    struct guarded x_array;
    struct guarded given_array;
    struct guarded out_array;
    real *points;     /* (CHECK_ROWS, d) */
    real *given;      /* (samples, CHECK_DIRECTIONS, d or k), or cotangents of CHECK_ROWS */
    real *v;          /* (samples, CHECK_DIRECTIONS, d) */
    real *u;          /* (samples, CHECK_DIRECTIONS, k) */
    double largest_v; /* element */
    double largest_u;
    double *scale;         /* (k): of the outputs */
    double *first_outputs; /* (k): f of the first sample */
    double *one;           /* outputs of a call */
    double *two;
    real *parameters;  /* (p): what the options' were */
    real *gradient;    /* (p): likewise */
    double *direction; /* (p): of the parameters */
    double *total;     /* (p): a gradient */
    double *sizes;     /* (p): the sum of its absolute terms */
};

static struct guarded take_guarded(struct arena *arena, int64_t rows, int64_t size,
                                   size_t element_size)
{
    (void)arena_take(arena, GUARD_BYTES, 1, 1, 1);
    unsigned char *array = arena_take(arena, rows, size, 1, element_size);
    (void)arena_take(arena, GUARD_BYTES, 1, 1, 1);
    return (struct guarded){array, 0};
}

/* The whole workspace; what the options' parameters need only where they are given. */
static void lay_out(struct check *check, struct arena *arena)
{
    const int64_t d = check->offer.inputs;
    const int64_t k = check->offer.outputs;
    const int64_t p = check->options.parameter_count;
    const int64_t wide = larger(d, k);
    const int64_t rows = larger(check->samples * CHECK_DIRECTIONS, CHECK_ROWS);
    check->x_array = take_guarded(arena, CHECK_ROWS, d, sizeof(real));
    check->given_array = take_guarded(arena, rows, wide, sizeof(real));
    check->out_array = take_guarded(arena, rows, wide, sizeof(double));
    check->points = arena_take(arena, CHECK_ROWS, d, 1, sizeof(real));
    check->given = arena_take(arena, rows, wide, 1, sizeof(real));
    check->v = arena_take(arena, check->samples, CHECK_DIRECTIONS, d, sizeof(real));
    check->u = arena_take(arena, check->samples, CHECK_DIRECTIONS, k, sizeof(real));
    check->scale = arena_take(arena, k, 1, 1, sizeof(double));
    check->first_outputs = arena_take(arena, k, 1, 1, sizeof(double));
    check->one = arena_take(arena, rows, wide, 1, sizeof(double));
    check->two = arena_take(arena, rows, wide, 1, sizeof(double));
    check->parameters = arena_take(arena, p, 1, 1, sizeof(real));
    check->gradient = arena_take(arena, p, 1, 1, sizeof(real));
    check->direction = arena_take(arena, p, 1, 1, sizeof(double));
    check->total = arena_take(arena, p, 1, 1, sizeof(double));
    check->sizes = arena_take(arena, p, 1, 1, sizeof(double));
}

static bool offers(const struct check *check, dirichlet_callback callback)
{
    switch (callback) {
    case DIRICHLET_CALLBACK_FORWARD: return check->offer.forward;
    case DIRICHLET_CALLBACK_JVP: return check->offer.jvp;
    case DIRICHLET_CALLBACK_VJP: return check->offer.vjp;
    case DIRICHLET_CALLBACK_ENERGIES: return check->offer.energies;
    case DIRICHLET_CALLBACK_PRODUCT_NORMS: return check->offer.product_norms;
    case DIRICHLET_CALLBACK_PARAMETER_VJP: return check->offer.parameter_vjp;
    default: return check->offer.prepare;
    }
}

/* What of a callback has failed once is not asked again: what follows from it is no news. */
static bool is_sound(const struct check *check, dirichlet_callback callback)
{
    return offers(check, callback) && record_is_clean(&check->record, callback) &&
           (!check->offer.prepare || record_is_clean(&check->record, DIRICHLET_CALLBACK_PREPARE));
}

#endif
