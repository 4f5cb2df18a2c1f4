/* The public call that draws a layer; body for both precisions. Rows are drawn in double, a piece
 * at a time, and rounded on their way to the caller's array. */
#ifndef DIRICHLET_RANDOM_INITIALIZE_BODY_H
#define DIRICHLET_RANDOM_INITIALIZE_BODY_H

#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/interface/environment.h"
#include "core/interface/message.h"
#include "core/matrix/strides.h"
#include "dirichlet/random.h"
#include "dirichlet/status.h"
#include "random/initialization.h"
#include "random/options.h"

#define WEIGHTS_AT_ONCE 256 /* even, so that every piece begins with a block of bits */

/* The caller's array of one layer. */
struct target {
    int64_t inputs;
    int64_t outputs;
    real *weights;
    int64_t output_stride;
    int64_t input_stride;
    real *bias;
    int64_t bias_stride;
};

static void fill_row(const struct initialization *initialization, const struct target *target,
                     int64_t output)
{
    real *row = target->weights + output * target->output_stride;
    double piece[WEIGHTS_AT_ONCE];
    for (int64_t first = 0; first < target->inputs; first += WEIGHTS_AT_ONCE) {
        const int64_t count = smaller(target->inputs - first, WEIGHTS_AT_ONCE);
        initialization_draw(initialization, output, first, count, piece);
        for (int64_t i = 0; i < count; i++)
            row[(first + i) * target->input_stride] = (real)piece[i];
    }
}

static dirichlet_status check_weights(struct target *target, struct message *message)
{
    const struct strided_matrix weights = {.rows = target->outputs,
                                           .columns = target->inputs,
                                           .row_stride = &target->output_stride,
                                           .column_stride = &target->input_stride,
                                           .element_size = sizeof(real),
                                           .largest = INT64_MAX,
                                           .view = "",
                                           .data_name = "weights",
                                           .row_stride_name = "output_stride",
                                           .column_stride_name = "input_stride"};
    if (target->weights == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "weights is NULL");
    return strides_check(&weights, message);
}

static dirichlet_status check_bias(struct target *target, struct message *message)
{
    int64_t single = 1;
    const struct strided_matrix bias = {.rows = target->outputs,
                                        .columns = 1,
                                        .row_stride = &target->bias_stride,
                                        .column_stride = &single,
                                        .element_size = sizeof(real),
                                        .largest = INT64_MAX,
                                        .view = "",
                                        .data_name = "bias",
                                        .row_stride_name = "bias_stride",
                                        .column_stride_name = "bias_stride"};
    return target->bias == NULL ? DIRICHLET_OK : strides_check(&bias, message);
}

static dirichlet_status check_target(struct target *target, struct message *message)
{
    dirichlet_status status = extent_check(target->inputs, MOST_UNITS, "", "inputs", message);
    if (status == DIRICHLET_OK)
        status = extent_check(target->outputs, MOST_UNITS, "", "outputs", message);
    if (status == DIRICHLET_OK)
        status = check_weights(target, message);
    if (status == DIRICHLET_OK)
        status = check_bias(target, message);
    return status;
}

static dirichlet_status initialize(const dirichlet_initialization_options *options, int64_t layer,
                                   struct target *target, struct message *message)
{
    struct initialization initialization;
    dirichlet_status status = check_target(target, message);
    if (status == DIRICHLET_OK && (layer < 0 || layer > MOST_UNITS))
        status = message_fail(message, DIRICHLET_E_RANGE, "layer is %lld: it must be 0 to %lld",
                              (long long)layer, (long long)MOST_UNITS);
    if (status == DIRICHLET_OK)
        status = initialization_read(options, layer, target->inputs, target->outputs, REAL_LARGEST,
                                     &initialization, message);
    if (status != DIRICHLET_OK)
        return status;
    for (int64_t o = 0; o < target->outputs; o++) {
        fill_row(&initialization, target, o);
        if (target->bias != NULL)
            target->bias[o * target->bias_stride] = (real)initialization_bias(&initialization, o);
    }
    return DIRICHLET_OK;
}

dirichlet_status PRECISION(dirichlet_initialize)(const dirichlet_initialization_options *options,
                                                 int64_t layer, int64_t inputs, int64_t outputs,
                                                 real *weights, int64_t output_stride,
                                                 int64_t input_stride, real *bias,
                                                 int64_t bias_stride, dirichlet_error *error)
{
    struct message text = {0};
    struct environment caller;
    struct target target = {inputs,       outputs, weights,    output_stride,
                            input_stride, bias,    bias_stride};
    if (!error_is_usable(error))
        return DIRICHLET_E_STRUCT_SIZE;
    environment_enter(&caller);
    const dirichlet_status status = initialize(options, layer, &target, &text);
    message_hand_out(&text, status, error);
    environment_leave(&caller);
    return status;
}

#endif
