#include "random/initialization.h"

#include <math.h>

#include "core/statistics/counter.h"
#include "random/key.h"
#include "random/options.h"

/* Standard deviation of a standard normal number between -c and c, c = 2: the root of
 * 1 - 2 c phi(c) / (2 Phi(c) - 1). */
#define CUT 2.0
#define CUT_DEVIATION 0.87962566103423978
#define PROBE_OF_BIASES UINT32_C(0x80000000)

dirichlet_status initialization_read(const dirichlet_initialization_options *given, int64_t layer,
                                     int64_t inputs, int64_t outputs, double largest,
                                     struct initialization *out, struct message *message)
{
    dirichlet_initialization_options options;
    const dirichlet_status status = options_of_initialization(given, &options, message);
    if (status != DIRICHLET_OK)
        return status;
    const double deviation = options.scale * sqrt(plain_variance(options.scheme, inputs, outputs));
    const double bound = options.scale / sqrt((double)inputs);
    if (!(COUNTER_LARGEST_NORMAL * deviation <= largest && bound <= largest))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "options.scale is %g: weights would exceed the precision",
                            options.scale);
    *out = (struct initialization){
        .distribution = options.distribution,
        .key = options.seed ^ KEY_INITIALIZATION,
        .layer = (uint64_t)layer,
        .deviation = deviation,
        .bias_bound = options.bias == DIRICHLET_INITIAL_BIAS_UNIFORM ? bound : 0.0};
    return DIRICHLET_OK;
}

static struct counter_stream stream_of(const struct initialization *initialization, int64_t output,
                                       uint32_t probe)
{
    const struct counter_stream stream = {initialization->key,
                                          initialization->layer << 32 | (uint64_t)output, probe};
    return stream;
}

/* By rejection: a number beyond the cut is drawn again at its own place of the next attempt's
 * stream. 4.6 % of the attempts fail. */
static double draw_again(const struct initialization *initialization, int64_t output, int64_t input)
{
    double pair[2] = {INFINITY, INFINITY};
    for (uint32_t attempt = 1; fabs(pair[input % 2]) > CUT; attempt++) {
        const struct counter_stream stream = stream_of(initialization, output, attempt);
        counter_normals(&stream, input - input % 2, 2, pair);
    }
    return pair[input % 2];
}

static void rescale(double factor, int64_t count, double *numbers)
{
    for (int64_t i = 0; i < count; i++)
        numbers[i] *= factor;
}

static void draw_truncated(const struct initialization *initialization, int64_t output,
                           int64_t first, int64_t count, double *weights)
{
    const struct counter_stream stream = stream_of(initialization, output, 0);
    counter_normals(&stream, first, count, weights);
    for (int64_t i = 0; i < count; i++)
        if (fabs(weights[i]) > CUT)
            weights[i] = draw_again(initialization, output, first + i);
    rescale(initialization->deviation / CUT_DEVIATION, count, weights);
}

static void draw_uniform(const struct initialization *initialization, int64_t output, int64_t first,
                         int64_t count, double *weights)
{
    const struct counter_stream stream = stream_of(initialization, output, 0);
    const double bound = sqrt(3.0) * initialization->deviation;
    counter_uniforms(&stream, first, count, weights);
    for (int64_t i = 0; i < count; i++)
        weights[i] = bound * (2.0 * weights[i] - 1.0);
}

static void draw_normal(const struct initialization *initialization, int64_t output, int64_t first,
                        int64_t count, double *weights)
{
    const struct counter_stream stream = stream_of(initialization, output, 0);
    counter_normals(&stream, first, count, weights);
    rescale(initialization->deviation, count, weights);
}

void initialization_draw(const struct initialization *initialization, int64_t output, int64_t first,
                         int64_t count, double *weights)
{
    switch (initialization->distribution) {
    case DIRICHLET_DISTRIBUTION_TRUNCATED_NORMAL:
        draw_truncated(initialization, output, first, count, weights);
        break;
    case DIRICHLET_DISTRIBUTION_UNIFORM:
        draw_uniform(initialization, output, first, count, weights);
        break;
    default: draw_normal(initialization, output, first, count, weights); break;
    }
}

double initialization_bias(const struct initialization *initialization, int64_t output)
{
    const struct counter_stream stream = stream_of(initialization, output, PROBE_OF_BIASES);
    double uniform = 0.0;
    if (initialization->bias_bound == 0.0)
        return 0.0;
    counter_uniforms(&stream, 0, 1, &uniform);
    return initialization->bias_bound * (2.0 * uniform - 1.0);
}
