/* The forward pass of a float network whose activations are linear on each side of 0, in float:
 * what the chain takes from it is on which side of its kink every pre-activation z is, and for
 * gradients h, which has the errors that float products have. Where the side is within reach of the
 * rounding errors, z is computed again from h in double; and where it is still within reach of the
 * errors that h comes with, the whole sample is.
 *
 * The errors are estimated, not bounded, with a wide margin (N. J. Higham, Accuracy and Stability
 * of Numerical Algorithms, 2nd ed. 2002, section 3.1: the error of an inner product of n terms
 * grows like n^(1/2) in practice):
 *
 *     |error of z_i| <= ||w_i|| (PEAK epsilon ||h|| + e min(1, SPREAD / n^(1/2)))
 *
 * e the estimate of the norm of the error that h comes with, 0 for x; it grows with the largest
 * slope of the activation. The bias needs no term of its own: where z is small, it is as large as
 * w_i h.
 *
 * All this is relative. Products that underflow have an absolute error, of n 2^-150 together, which
 * is nothing beside z as long as that is above FLOOR; below it nothing is certain, and a sample
 * with a whole h below it is done in double. */
#ifndef DIRICHLET_DENSE_FORWARD_KINKS_BODY_H
#define DIRICHLET_DENSE_FORWARD_KINKS_BODY_H

#include "core/arithmetic/real_f32.h"
#include "dense/rows/carry_f32.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/vector.h"
#include "core/blas/blas.h"
#include "dense/activation/activation.h"
#include "dense/forward/forward_workspace_body.h"
#include "dense/network/network_body.h"
#include "dense/rows/lanes_body.h"
#include "dense/rows/multiply_body.h"

#define PEAK 8.0    /* of one number */
#define TYPICAL 0.5 /* root mean square of many; 0.35 for random numbers */
#define SPREAD 8.0  /* of the component of a vector along another one */
#define FLOOR 1e-30F

DIRICHLET_VECTORIZED
static void add_row_f32(float *restrict z, const float *restrict bias, int64_t count)
{
    for (int64_t o = 0; o < count; o++)
        z[o] += bias[o];
}

/* a'(z), which is the same for z = 0 and below, and a(z) = z a'(z). */
DIRICHLET_VECTORIZED
static void bend_row_f32(float *restrict z, float *restrict slopes, float above, float below,
                         int64_t count)
{
    for (int64_t o = 0; o < count; o++) {
        slopes[o] = z[o] > 0.0F ? above : below;
        z[o] *= slopes[o];
    }
}

/* The same where that of z = 0 is another one. */
static void bend_row_at_kinks(float *z, float *slopes, const struct dense_sides *sides,
                              int64_t count)
{
    for (int64_t o = 0; o < count; o++) {
        slopes[o] = (float)(z[o] > 0.0F ? sides->above : (z[o] < 0.0F ? sides->below : sides->at));
        z[o] *= slopes[o];
    }
}

/* The same with sides for each unit; a NaN or infinite slope shows on either side. */
static void bend_units(const struct dense_layer *layer, float *z, float *slopes)
{
    for (int64_t o = 0; o < layer->outputs; o++) {
        const struct dense_sides sides = dense_activation_sides(activation_of(layer, o));
        bend_row_at_kinks(z + o, slopes + o, &sides, 1);
        z[o] += 0.0F * (float)(sides.above + sides.below);
    }
}

/* a(z) in place and its slopes, where the side of every z is known. */
static void bend(const struct dense_layer *layer, float *z, float *slopes)
{
    const struct dense_sides *sides = &layer->sides;
    if (layer->activation.by_unit)
        bend_units(layer, z, slopes);
    else if (sides->at != sides->below)
        bend_row_at_kinks(z, slopes, sides, layer->outputs);
    else
        bend_row_f32(z, slopes, (float)sides->above, (float)sides->below, layer->outputs);
}

/* Without a branch, for loops that are vectorized. */
static inline bool is_certain(float z, float margin)
{
    return (fabsf(z) > margin + FLOOR) & (fabsf(z) <= FLT_MAX);
}

DIRICHLET_VECTORIZED
static int32_t count_uncertain_f32(const float *restrict z, const float *restrict norms,
                                   float margin, int64_t count)
{
    int32_t uncertain = 0;
    for (int64_t o = 0; o < count; o++)
        uncertain += !is_certain(z[o], margin * norms[o]);
    return uncertain;
}

#define ROUGH_LANES 32

DIRICHLET_VECTORIZED
static float rough_squares_f32(const float *row, int64_t width)
{
    float lanes[ROUGH_LANES] = {0};
    float sum = 0.0F;
    int64_t i = 0;
    for (; i + ROUGH_LANES <= width; i += ROUGH_LANES)
        for (int64_t lane = 0; lane < ROUGH_LANES; lane++)
            lanes[lane] += row[i + lane] * row[i + lane];
    for (; i < width; i++)
        sum += row[i] * row[i];
    for (int64_t lane = 0; lane < 16; lane++)
        lanes[lane] += lanes[lane + 16];
    for (int64_t lane = 0; lane < 8; lane++)
        lanes[lane] += lanes[lane + 8];
    for (int64_t lane = 0; lane < 4; lane++)
        lanes[lane] += lanes[lane + 4];
    return sum + ((lanes[0] + lanes[2]) + (lanes[1] + lanes[3]));
}

/* ||row||^2 to a few digits, which is all that margins need: in float, half the time, where no
 * square that counts leaves its range. */
static double squares_for_margins(const float *row, int64_t width)
{
    const float rough = rough_squares_f32(row, width);
    return rough >= 1e-20F && rough <= 1e30F ? (double)rough : sum_of_squares(row, width);
}

static double row_for_margins(struct weights_view view, int64_t row, int64_t depth)
{
    return view.column_stride == 1 ? squares_for_margins(view.data + row * view.row_stride, depth)
                                   : row_squares(view, row, depth);
}

static void add_weight_squares(const float *weights, int64_t count, int64_t stride, double *sums)
{
    for (int64_t o = 0; o < count; o++)
        sums[o] += (double)weights[o * stride] * (double)weights[o * stride];
}

/* ||row o of W_l||, summed in the order that its memory has. */
static void note_row_norms(const struct dense_workspace *w, const struct dense_layer *layer,
                           float *norms)
{
    const struct weights_view view = weights_of(layer);
    const bool by_rows = layer->input_stride <= layer->output_stride;
    double *squares = w->forward->hidden[0];
    for (int64_t o = 0; o < layer->outputs; o++)
        squares[o] = by_rows ? row_for_margins(view, o, layer->inputs) : 0.0;
    for (int64_t i = 0; !by_rows && i < layer->inputs; i++)
        add_weight_squares(layer->weights + i * layer->input_stride, layer->outputs,
                           layer->output_stride, squares);
    for (int64_t o = 0; o < layer->outputs; o++)
        norms[o] = (float)sqrt(squares[o]);
}

static float *row_norms(const dense_network *network, const struct dense_layer *layer)
{
    return network->workspace.forward->norms + layer->outputs_before;
}

/* What is known of a sample's h. */
struct reach {
    double norm;     /* ||h|| */
    double error;    /* estimate of the norm of its error */
    double doubtful; /* 1: a kink may have been missed */
};

/* |z_i| beyond `all` times ||w_i|| is certain; computed in double, beyond `inherited` times that.
 */
struct margins {
    float all;
    double inherited;
};

static struct margins margins_of(const struct dense_layer *layer, const struct reach *reach)
{
    const double spread = SPREAD / sqrt((double)layer->inputs);
    const double inherited = (spread < 1.0 ? spread : 1.0) * reach->error;
    const double own = PEAK * (double)FLT_EPSILON * reach->norm;
    return (struct margins){(float)(own + inherited), inherited};
}

/* z_i from h, in double. */
static double exact_sum(const struct dense_layer *layer, int64_t output, const float *h)
{
    const float *row = layer->weights + output * layer->output_stride;
    double z = layer->bias == NULL ? 0.0 : (double)layer->bias[output * layer->bias_stride];
    for (int64_t i = 0; i < layer->inputs; i++)
        z += (double)row[i * layer->input_stride] * (double)h[i];
    return z;
}

/* Every uncertain z_i again; false if one still is, as NaN and infinities are. */
static bool settle(const struct dense_layer *layer, const float *norms, struct margins margins,
                   const float *h, float *z)
{
    bool settled = true;
    for (int64_t o = 0; o < layer->outputs; o++) {
        if (is_certain(z[o], margins.all * norms[o]))
            continue;
        const double exact = exact_sum(layer, o, h);
        settled = settled && fabs(exact) <= (double)FLT_MAX &&
                  fabs(exact) >= margins.inherited * (double)norms[o];
        z[o] = (float)exact;
        if (exact != 0.0 && z[o] == 0.0F)
            z[o] = copysignf(FLT_MIN, (float)exact);
    }
    return settled;
}

static double frobenius(const float *norms, int64_t count)
{
    double sum = 0.0;
    for (int64_t o = 0; o < count; o++)
        sum += (double)norms[o] * (double)norms[o];
    return sqrt(sum);
}

static void add_bias_row(const struct dense_layer *layer, float *z)
{
    if (layer->bias != NULL && layer->bias_stride == 1)
        add_row_f32(z, layer->bias, layer->outputs);
    else
        for (int64_t o = 0; layer->bias != NULL && o < layer->outputs; o++)
            z[o] += layer->bias[o * layer->bias_stride];
}

/* a(z) in place and its slopes, for one sample. */
static void bend_row(const dense_network *network, const struct dense_layer *layer, int64_t place,
                     const float *h, struct reach *reach, float *z)
{
    const struct dense_workspace *w = &network->workspace;
    const float *norms = row_norms(network, layer);
    const struct margins margins = margins_of(layer, reach);
    add_bias_row(layer, z);
    if (dense_activation_is_identity(layer->activation))
        return;
    if (count_uncertain_f32(z, norms, margins.all, layer->outputs) > 0 &&
        !settle(layer, norms, margins, h, z))
        reach->doubtful = 1.0;
    bend(layer, z,
         (float *)w->slopes + w->sizes.tile * layer->slopes_before + place * layer->slope_stride);
}

/* The largest |a'|. */
static double largest_slope(const struct dense_layer *layer)
{
    double largest = 0.0;
    for (int64_t o = 0; o < (layer->activation.by_unit ? layer->outputs : 1); o++) {
        const struct dense_sides sides = dense_activation_sides(activation_of(layer, o));
        largest = fmax(largest, fmax(fabs(sides.above), fabs(sides.below)));
    }
    return largest;
}

static void forward_kinked_layer(const dense_network *network, const struct dense_layer *layer,
                                 struct dense_batch batch, const float *h, float *z,
                                 struct reach *reaches)
{
    const double size = largest_slope(layer) * frobenius(row_norms(network, layer), layer->outputs);
    const double spread = sqrt((double)layer->inputs);
    for (int64_t s = 0; s < batch.samples; s++) {
        struct reach *reach = &reaches[s];
        float *row = z + s * layer->outputs;
        bend_row(network, layer, batch.first + s, h + s * layer->inputs, reach, row);
        reach->error = size * (TYPICAL * (double)FLT_EPSILON * reach->norm + reach->error / spread);
        reach->norm = sqrt(squares_for_margins(row, layer->outputs));
        if (reach->norm > 0.0 && reach->norm < (double)FLOOR)
            reach->doubtful = 1.0;
    }
}

/* Append the samples of a batch that are in doubt, and those with an output that is not finite; of
 * the others it is known that f is finite. */
static int64_t note_doubtful(const dense_network *network, struct dense_batch batch,
                             const struct reach *reaches, int64_t count)
{
    const struct dense_workspace *w = &network->workspace;
    for (int64_t s = 0; s < batch.samples; s++) {
        w->poison[batch.first + s] = 0.0;
        if (reaches[s].doubtful > 0.0 || !(reaches[s].norm <= (double)FLT_MAX))
            w->doubtful[count++] = batch.first + s;
    }
    return count;
}

/* A single sample is done in double by the time that the norms of the rows would take. */
static bool is_for_float(const dense_network *network)
{
    return network->kinked_only && (network->workspace.sizes.tile > 1 || blas_keeps_bits());
}

/* Layer inputs, or the outputs of the network, of a batch, where they are kept: in float, which is
 * what a gradient carried in float makes of them anyway. */
static void keep_floats(const dense_network *network, struct dense_batch batch, int64_t l,
                        int64_t before, const float *h)
{
    const struct dense_workspace *w = &network->workspace;
    const int64_t width = network->widths[l];
    if (w->kept != NULL)
        memcpy((float *)w->kept + w->sizes.tile * before + batch.first * width, h,
               (size_t)(batch.samples * width) * sizeof *h);
}

static void begin_in_float(const dense_network *network)
{
    for (int64_t l = 0; l < network->layer_count; l++)
        note_row_norms(&network->workspace, &network->layers[l],
                       row_norms(network, &network->layers[l]));
}

/* A chunk; returns the new number of doubtful samples. */
static int64_t forward_chunk(const dense_network *network, struct dense_batch batch, const float *x,
                             int64_t doubtful)
{
    const struct dense_workspace *w = &network->workspace;
    struct reach *reaches = w->forward->reaches;
    const float *h = x;
    int64_t before = 0;
    for (int64_t s = 0; s < batch.samples; s++)
        reaches[s] = (struct reach){
            sqrt(squares_for_margins(x + s * network->inputs, network->inputs)), 0.0, 0.0};
    for (int64_t l = 0; l < network->layer_count; l++) {
        const struct dense_layer *layer = &network->layers[l];
        float *z = (float *)w->forward->hidden[l % 2];
        keep_floats(network, batch, l, before, h);
        before += layer->inputs;
        multiply_weights(w, batch.samples, layer->outputs, layer->inputs, h,
                         transposed(weights_of(layer)), z);
        forward_kinked_layer(network, layer, batch, h, z, reaches);
        h = z;
    }
    keep_floats(network, batch, network->layer_count, before, h);
    return note_doubtful(network, batch, reaches, doubtful);
}

/* The doubtful samples of the whole tile together: the weights are widened for all of them. */
static void forward_in_float(const dense_network *network, int64_t samples, const float *x)
{
    const struct dense_workspace *w = &network->workspace;
    int64_t doubtful = 0;
    for (int64_t first = 0; first < samples; first += w->sizes.chunk) {
        const struct dense_batch batch = {first, smaller(samples - first, w->sizes.chunk), NULL};
        doubtful = forward_chunk(network, batch, x + first * network->inputs, doubtful);
    }
    for (int64_t first = 0; first < doubtful; first += w->sizes.chunk) {
        const struct dense_batch batch = {0, smaller(doubtful - first, w->sizes.chunk),
                                          w->doubtful + first};
        (void)dense_forward_batch_f32(network, batch, x);
    }
}

#endif
