/* What a callback writes, and that it writes it again: WRITTEN, FINITE, NONNEGATIVE, REPEAT; body
 * for both precisions.
 *
 * The same request is made with outputs full of NaN, with outputs full of ones, and with NaN again
 * after others have been made:
 *
 *   NaN at first, and a number with ones      what was there before is read: WRITTEN
 *   NaN both times                            FINITE
 *   other numbers with ones, the same again   WRITTEN
 *   other numbers with ones, others again     REPEAT
 *   other numbers after other requests        REPEAT: a state is left behind */
#ifndef DIRICHLET_CHECK_CONTRACT_BODY_H
#define DIRICHLET_CHECK_CONTRACT_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "check/report/record.h"
#include "check/subject/ask_body.h"
#include "check/subject/directions_body.h"
#include "check/subject/subject_body.h"
#include "check/subject/tolerance_body.h"
#include "core/arithmetic/real.h"

static bool same_bits(const double *a, const double *b, int64_t count)
{
    return memcmp(a, b, (size_t)count * sizeof *a) == 0;
}

static double largest_element(const double *y, int64_t count)
{
    double largest = 0.0;
    for (int64_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(y[i]));
    return largest;
}

/* By how much two outputs of a sample differ, and the largest there is. */
static double largest_difference(const double *a, const double *b, int64_t count, double *largest)
{
    double difference = 0.0;
    *largest = 0.0;
    for (int64_t i = 0; i < count; i++) {
        const double one = fabs(a[i] - b[i]);
        difference = one > difference || isnan(one) ? one : difference;
        *largest = fmax(*largest, fabs(a[i]));
    }
    return difference;
}

/* Two outputs of a request that should have the same bits, sample by sample. What is declared as
 * noise may differ. */
static void compare_bits(struct check *check, const struct request *request, const double *other,
                         dirichlet_callback callback, dirichlet_check_item item)
{
    const int64_t size = sample_size(check, request);
    for (int64_t s = 0; s < request->samples; s++) {
        double largest = 0.0;
        const double found =
            largest_difference(request->out + s * size, other + s * size, size, &largest);
        record_case(&check->record, callback, item, index_of(check, s), found,
                    OTHERS_LARGEST * check->options.forward_noise * largest);
    }
}

/* NaN filled in: `one`; ones: `two`. */
static void look_at_finite(struct check *check, const struct request *request, const double *two)
{
    const int64_t size = sample_size(check, request);
    const double *one = request->out;
    for (int64_t s = 0; s < request->samples; s++) {
        int64_t lost = 0;
        int64_t read = 0;
        for (int64_t i = s * size; i < (s + 1) * size; i++) {
            read += !isfinite(one[i]) && isfinite(two[i]);
            lost += !isfinite(one[i]) && !isfinite(two[i]);
        }
        record_case(&check->record, request->callback, DIRICHLET_CHECK_WRITTEN,
                    read == 0 ? -1 : index_of(check, s), (double)read, 0.0);
        record_case(&check->record, request->callback, DIRICHLET_CHECK_FINITE,
                    lost == 0 ? -1 : index_of(check, s), (double)lost, 0.0);
    }
    if (check->out_of_domain)
        record_line(&check->record, request->callback, DIRICHLET_CHECK_FINITE)->code =
            DIRICHLET_CALLBACK_OUT_OF_DOMAIN;
}

static void look_at_signs(struct check *check, const struct request *request)
{
    for (int64_t i = 0; is_square(request->callback) && i < request->samples * request->count; i++)
        record_case(&check->record, request->callback, DIRICHLET_CHECK_NONNEGATIVE,
                    index_of(check, i / request->count), fmax(0.0, -request->out[i]), 0.0);
}

static bool ask_with_ones(struct check *check, struct request request, double *out)
{
    request.out = out;
    check->fill_with_ones = true;
    const bool answered = ask(check, &request);
    check->fill_with_ones = false;
    return answered;
}

/* Outputs depend on what was there before if they repeat for the same. `two`: with ones. */
static void look_at_filling(struct check *check, const struct request *request, double *two)
{
    const int64_t count = request->samples * sample_size(check, request);
    if (same_bits(request->out, two, count)) {
        compare_bits(check, request, two, request->callback, DIRICHLET_CHECK_REPEAT);
        return;
    }
    struct request again = *request;
    again.out = two;
    if (!ask_with_ones(check, *request, request->out) || !ask_with_ones(check, *request, two))
        return;
    const bool repeats = same_bits(request->out, two, count);
    if (!ask(check, &again))
        return;
    compare_bits(check, request, two, request->callback,
                 repeats ? DIRICHLET_CHECK_WRITTEN : DIRICHLET_CHECK_REPEAT);
}

/* The last sample alone by every callback, and forward near the samples: no call may leave
 * anything behind. */
static void ask_others(struct check *check, bool products)
{
    const int64_t last = check->samples - 1;
    for (int c = 0; c < CHECK_CALLBACKS; c++) {
        const dirichlet_callback callback = check_callbacks[c];
        struct request request = usual_request(check, callback, NULL);
        if (callback == DIRICHLET_CALLBACK_PARAMETER_VJP ||
            callback == DIRICHLET_CALLBACK_PREPARE || callback_is_product(callback) != products ||
            !is_sound(check, callback))
            continue;
        request.first += last;
        request.samples = 1;
        request.x += last * check->offer.inputs;
        request.count = 1;
        (void)ask(check, &request);
        place_all_near(check, LADDER_FIRST);
        request = usual_request(check, callback, NULL);
        request.x = check->points;
        if (callback == DIRICHLET_CALLBACK_FORWARD)
            (void)ask(check, &request);
    }
}

/* What was asked first, once more: it is to `blamed` if it comes out otherwise. */
static void ask_again(struct check *check, const struct request *request, double *two,
                      dirichlet_callback blamed)
{
    struct request again = *request;
    again.out = two;
    if (ask(check, &again))
        compare_bits(check, request, two, blamed, DIRICHLET_CHECK_REPEAT);
}

/* After prepare once more, after other callbacks than products, and after products, which are
 * prepared for other samples. */
static void look_at_state(struct check *check, const struct request *request, double *two)
{
    const bool prepares = check->offer.prepare && callback_is_product(request->callback);
    const dirichlet_callback preparing = prepares ? DIRICHLET_CALLBACK_PREPARE : request->callback;
    check->prepared = false;
    if (prepares)
        ask_again(check, request, two, preparing);
    if (!is_sound(check, request->callback))
        return;
    ask_others(check, false);
    ask_again(check, request, two, request->callback);
    if (!is_sound(check, request->callback))
        return;
    ask_others(check, true);
    ask_again(check, request, two, preparing);
}

static void look_at_contract(struct check *check, dirichlet_callback callback)
{
    const struct request request = usual_request(check, callback, check->one);
    if (!ask(check, &request) || !ask_with_ones(check, request, check->two))
        return;
    look_at_finite(check, &request, check->two);
    look_at_signs(check, &request);
    if (!is_sound(check, callback))
        return;
    look_at_filling(check, &request, check->two);
    if (is_sound(check, callback))
        look_at_state(check, &request, check->two);
}

#endif
