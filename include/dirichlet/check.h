/* Does a model keep its contract (model.h)? Most trouble with callbacks is a wrong callback, which
 * gives a plausible number. Run this once over a few samples before believing any.
 *
 *     dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
 *     if (dirichlet_model_check_f64(&model, 8, x, NULL, NULL, &error) != DIRICHLET_OK)
 *         fprintf(stderr, "%s\n", error.message);
 */
#ifndef DIRICHLET_CHECK_H
#define DIRICHLET_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "dirichlet/export.h"
#include "dirichlet/memory.h"
#include "dirichlet/model.h"
#include "dirichlet/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is looked at, for every callback that the model has. */
typedef int32_t dirichlet_check_item;
#define DIRICHLET_CHECK_RETURN 10  /* it returns 0 */
#define DIRICHLET_CHECK_WRITTEN 20 /* every element of its output is written */
#define DIRICHLET_CHECK_BOUNDS 21  /* nothing before or behind its output is */
#define DIRICHLET_CHECK_INPUTS 22  /* x and the directions are as they were */
#define DIRICHLET_CHECK_FINITE                                                                     \
    30 /* where x is finite, so is what it writes: OUT_OF_DOMAIN is NaN */
#define DIRICHLET_CHECK_NONNEGATIVE 31 /* energies and norms are */
#define DIRICHLET_CHECK_REPEAT                                                                     \
    40 /* the same call twice gives the same bits: no dropout, no                                  \
          state that a call leaves behind */
#define DIRICHLET_CHECK_ROWS                                                                       \
    41                                /* a sample alone and among others gives the same: no batch  \
                                         normalization in training mode, no common scale */
#define DIRICHLET_CHECK_DIRECTIONS 42 /* so does a direction */
#define DIRICHLET_CHECK_POINTS 43     /* and several points of a sample: of forward */
#define DIRICHLET_CHECK_LINEAR 50     /* jvp in v, vjp in u, parameter_vjp in its cotangents */
#define DIRICHLET_CHECK_TRANSPOSED 60 /* <u, J v> = <J^T u, v> */
#define DIRICHLET_CHECK_DERIVATIVE 61 /* J v, or J^T u, is what differences of forward show */
#define DIRICHLET_CHECK_ENERGIES 62   /* energies are the squares of all products */
#define DIRICHLET_CHECK_NORMS 63      /* product_norms are ||J^T u||^2 */
#define DIRICHLET_CHECK_PARAMETERS                                                                 \
    70 /* parameter_vjp adds what differences of forward show to the                               \
          gradient; with the options' parameters */

/* Of which callback. */
typedef int32_t dirichlet_callback;
#define DIRICHLET_CALLBACK_FORWARD 10
#define DIRICHLET_CALLBACK_JVP 20
#define DIRICHLET_CALLBACK_VJP 30
#define DIRICHLET_CALLBACK_ENERGIES 40
#define DIRICHLET_CALLBACK_PRODUCT_NORMS 50
#define DIRICHLET_CALLBACK_PARAMETER_VJP 60
#define DIRICHLET_CALLBACK_PREPARE 70

/* One line of the report. */
typedef struct dirichlet_check_finding {
    size_t struct_size; /* of every element of an array alike */
    dirichlet_check_item item;
    dirichlet_callback callback;
    int32_t holds;         /* 1, or 0 */
    int32_t callback_code; /* of RETURN: what it returned */
    int64_t sample;        /* index of the sample where it is worst; -1: of none */
    double found;          /* by how much the two sides differ there; of RETURN to FINITE:
                              of how many calls, elements or bytes it does not hold */
    double allowed;        /* by how much they may: found <= allowed where it holds */
    char text[DIRICHLET_MESSAGE_SIZE]; /* in words: what, where, by how much, and what is likely */
} dirichlet_check_finding;

typedef struct dirichlet_check_options {
    size_t struct_size;
    uint64_t seed;        /* of the directions */
    int64_t first_sample; /* >= 0: index of the first sample in the data set */
    /* Relative error of what the model computes, in [0, 1). 0: measured, from sums of directions,
     * points next to the samples and the steps of differences, and at least the epsilon of the
     * format that the outputs fit in. What is allowed follows from it, the sizes and the steps of
     * differences; no other tolerance is used. Where it is declared, calls may differ by it from
     * one time to the next, too. */
    double forward_noise;
    /* For parameter_vjp, which adds to a gradient that only the caller knows: its parameters and
     * their gradient, both (parameter_count) of the precision checked. They are changed during the
     * call and as before after it, the parameters to the bit, the gradient too. NULL and 0:
     * parameter_vjp is called once, with cotangents of 0, to see what it returns and leaves alone.
     */
    int64_t parameter_count;
    const dirichlet_allocator *allocator; /* NULL: malloc and free */
    void *parameters;
    void *gradient;
    void *reserved; /* NULL */
} dirichlet_check_options;

/* The report: findings, the caller's array of `capacity` elements, or NULL with 0, receives a line
 * for every item and callback that was looked at, those that do not hold first. */
typedef struct dirichlet_check_report {
    size_t struct_size;
    int64_t capacity;
    int64_t count;  /* out: lines there are; `capacity` of them were written, or all */
    int64_t failed; /* out: of these, that do not hold */
    int64_t calls;  /* out: calls of callbacks that were made */
    dirichlet_check_finding *findings;
    void *reserved; /* NULL */
} dirichlet_check_report;

/* Size that holds every report: items times callbacks. */
#define DIRICHLET_CHECK_MOST_FINDINGS 64

/* Check `model` on samples >= 1 of x (n, d), finite; a few are enough (8, say: at most 16 are
 * looked at, the first), and two are needed to see whether they are independent.
 *
 * OK: all that was looked at holds. CONTRACT: something does not; *report has all of it, and *error
 * the first, in words. options, report, error: NULL, or as said above.
 *
 * What of a callback does not hold is the end of it: what rests on it is not looked at. Where two
 * callbacks contradict each other and neither contradicts forward, the line is vjp's, energies' or
 * product_norms'; without forward the other one may be wrong.
 *
 * A sound model may be refused by a hair: of 10,000 random ones, many of them rounding coarsely
 * inside, two were. A model that does so should say its forward_noise.
 *
 * What cannot be seen: an error smaller than what rounding, or the step of a difference near a
 * kink, may explain; and what another sample would show. Kinks are no findings, nor is a derivative
 * that holds from afar where values stand on a grid (quantized layers with a straight-through
 * backward pass). A factor of 1 + s
 * of jvp is found by differences from about s = 2e-9 on in double and 2e-3 in float, by vjp from
 * 1e-13 and 6e-5 on (small networks; tests/unit/check/power_body.h).
 *
 * Callbacks are called within max_samples and max_directions, with arrays that are exactly as large
 * as model.h says and have guards of known content on both sides; one that writes far beyond them
 * cannot be caught. forward is called at points up to half of the inputs' size around the samples,
 * where it may be out of its domain; products next to the samples, at a distance of rounding.
 * Products are always prepared. Time: of each callback some 60 calls on at most 16 samples, of
 * forward up to 47 more, and min(k, d) products where there are energies to be compared.
 *
 * Errors: CONTRACT; NULL, RANGE, STRUCT_SIZE, OVERFLOW, NOT_FINITE (x), NO_DATA (n = 0), MEMORY,
 * MISSING_CALLBACK (no callback at all). */
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_model_check_f64(
    const dirichlet_model_f64 *model, int64_t samples, const double *x,
    const dirichlet_check_options *options, dirichlet_check_report *report, dirichlet_error *error);
DIRICHLET_API dirichlet_status DIRICHLET_CALL dirichlet_model_check_f32(
    const dirichlet_model_f32 *model, int64_t samples, const float *x,
    const dirichlet_check_options *options, dirichlet_check_report *report, dirichlet_error *error);

/* Names of an item and of a callback ("repeat", "vjp"); static; "unknown" for others. */
DIRICHLET_API const char *DIRICHLET_CALL dirichlet_check_item_name(dirichlet_check_item item);
DIRICHLET_API const char *DIRICHLET_CALL dirichlet_callback_name(dirichlet_callback callback);

#ifdef __cplusplus
}
#endif

#endif
