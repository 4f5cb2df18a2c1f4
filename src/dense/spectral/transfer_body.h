/* The transfer theorem for a tile whose forward pass kept h_l and slopes in double. For each
 * sample J_l = dh_l/dx, as its columns, goes upward,
 *
 *     J_1 = I,   J_{l+1} = D_l W_l J_l,
 *
 * and delta_l = df/dz_l downward, delta_L = D_L, delta_{l-1} = delta_l W_l D_{l-1}, so that
 * J = delta_1 W_1 and df/dW_l = delta_l h_l^T, df/db_l = delta_l. */
#ifndef DIRICHLET_DENSE_TRANSFER_BODY_H
#define DIRICHLET_DENSE_TRANSFER_BODY_H

#include "dense/rows/carry_f64.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/arithmetic/real.h"
#include "core/blas/blas.h"
#include "core/matrix/operator_norm.h"
#include "dense/activation/activation.h"
#include "dense/loss/parameter_vjp_body.h"
#include "dense/network/network_body.h"
#include "dense/rows/lanes_body.h"
#include "dense/rows/multiply_body.h"
#include "dense/rows/sweep_body.h"

static void scale_rows(const dense_network *network, const struct dense_layer *layer,
                       int64_t sample, int64_t rows, double *values)
{
    if (dense_activation_is_identity(layer->activation))
        return;
    for (int64_t r = 0; r < rows; r++)
        scale_row(values + r * layer->outputs, slopes_of(network, layer, sample), layer->outputs);
}

/* ||h_l||^2, and 1 for the bias. */
static double squared_inputs(const dense_network *network, const struct dense_layer *layer,
                             int64_t sample)
{
    const int64_t l = layer - network->layers;
    const double *h = kept_of(network, network->workspace.kept, l) + sample * layer->inputs;
    return sum_of_squares(h, layer->inputs) + (layer->bias == NULL ? 0.0 : 1.0);
}

static void swap_pair(double **pair)
{
    double *swap = pair[0];
    pair[0] = pair[1];
    pair[1] = swap;
}

/* The largest |a'(z)| of a sample: errors are multiplied by no more. */
static double largest_slope(const dense_network *network, const struct dense_layer *layer,
                            int64_t sample)
{
    if (dense_activation_is_identity(layer->activation))
        return 1.0;
    const carry *slopes = slopes_of(network, layer, sample);
    double largest = 0.0;
    for (int64_t o = 0; o < layer->outputs; o++)
        largest = fmax(largest, fabs(slopes[o]));
    return largest;
}

/* The columns of J_{l+1} from those of J_l: at first they are those of W_1. */
static void step_up(const dense_network *network, int64_t l, int64_t sample, double **up)
{
    const struct dense_layer *layer = &network->layers[l];
    const int64_t d = network->inputs;
    const int64_t width = layer->outputs;
    if (l > 0)
        multiply_weights(&network->workspace, d, width, layer->inputs, up[0],
                         transposed(weights_of(layer)), up[1]);
    for (int64_t i = 0; l == 0 && i < d; i++)
        for (int64_t o = 0; o < width; o++)
            up[1][i * width + o] =
                (double)layer->weights[o * layer->output_stride + i * layer->input_stride];
    swap_pair(up);
    scale_rows(network, layer, sample, d, up[0]);
}

static double norm_above(const struct dense_transfer *transfer, int64_t rows, int64_t columns)
{
    const struct operator_norm_limits limits = {OPERATOR_NORM_TOLERANCE, OPERATOR_NORM_ITERATIONS};
    const struct matrix_f64 matrix = {transfer->up[0], columns, 1};
    memset(transfer->vector, 0, (size_t)smaller(rows, columns) * sizeof *transfer->vector);
    return operator_norm_f64(rows, columns, matrix, limits, transfer->vector, transfer->work).upper;
}

/* ||W||_F of a layer whose ||W||_2 is at most `norm`. */
static double frobenius_above(const struct dense_layer *layer, double norm)
{
    return norm * sqrt((double)smaller(layer->inputs, layer->outputs));
}

/* What rounding may add to ||A W||_F / ||A||_F for any A in a product with W and its slopes: n u
 * for a sum of n terms (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section
 * 3.5), with a margin for the slopes and for the sums behind it. */
static double rounding_of(const struct dense_layer *layer, int64_t terms, double norm)
{
    return ((double)terms + 16.0) * DBL_EPSILON * frobenius_above(layer, norm);
}

/* reaches[l]: ||dh_l/dx||_2 and the errors that have come up with it. Where the products cancel,
 * what was computed is nothing but such errors. */
static void find_reaches(const dense_network *network, struct dense_transfer *transfer,
                         int64_t sample)
{
    const int64_t d = network->inputs;
    double error = 0.0;
    transfer->reaches[0] = 1.0;
    for (int64_t l = 0; l + 1 < network->layer_count; l++) {
        const struct dense_layer *layer = &network->layers[l];
        const double slope = largest_slope(network, layer, sample);
        const double norm = transfer->norms[l];
        const double before =
            l == 0 ? 0.0 : sqrt(sum_of_squares(transfer->up[0], d * layer->inputs));
        error = slope * (norm * error + rounding_of(layer, layer->inputs, norm) * before);
        step_up(network, l, sample, transfer->up);
        const double reach = norm_above(transfer, d, layer->outputs);
        transfer->reaches[l + 1] = reach > 0.0 ? reach + error : 0.0;
    }
}

static double product_unless_zero(double a, double b)
{
    return a == 0.0 || b == 0.0 ? 0.0 : a * b;
}

/* Both sides, and in *error what rounding may have added to ||J||_F on the way down. */
static void find_sides(const dense_network *network, struct dense_transfer *transfer,
                       int64_t sample, double *input_side, double *parameter_side, double *error)
{
    const int64_t k = network->outputs;
    double **delta = transfer->down;
    memset(delta[0], 0, (size_t)(k * k) * sizeof **delta);
    for (int64_t o = 0; o < k; o++)
        delta[0][o * k + o] = 1.0;
    *parameter_side = *error = 0.0;
    for (int64_t l = network->layer_count - 1; l >= 0; l--) {
        const struct dense_layer *layer = &network->layers[l];
        const double norm = transfer->norms[l];
        scale_rows(network, layer, sample, k, delta[0]);
        const double squares = sum_of_squares(delta[0], k * layer->outputs);
        transfer->lengths[l] = sqrt(squares);
        *parameter_side += product_unless_zero(squares, squared_inputs(network, layer, sample));
        *error = largest_slope(network, layer, sample) * norm * *error +
                 rounding_of(layer, layer->outputs, norm) * transfer->lengths[l];
        multiply_weights(&network->workspace, k, layer->inputs, layer->outputs, delta[0],
                         weights_of(layer), delta[1]);
        swap_pair(delta);
    }
    *input_side = sum_of_squares(delta[0], k * network->inputs);
}

/* T_l so that ||J||_F T_l <= ||df/dz_l||_F sqrt(1 + ||h_l||^2) holds for the J that was computed,
 * whose norm is at most ||df/dz_l||_F ||W_l||_2 reach + error. One division after the other, so
 * that only the quotient can be beyond a double. */
static double factor_of(double length, double norm, double reach, double error)
{
    const double through = norm * reach;
    const double factor = through > 0.0 && through <= DBL_MAX
                              ? length / (through + error)
                              : (norm > 0.0 && reach > 0.0 ? length / norm / reach : 0.0);
    return factor <= DBL_MAX ? factor : 0.0;
}

static void find_factors(const dense_network *network, struct dense_transfer *transfer,
                         int64_t sample, double error, bool in_range, double *factors)
{
    for (int64_t l = 0; l < network->layer_count; l++) {
        const double length = sqrt(squared_inputs(network, &network->layers[l], sample));
        const double own = transfer->lengths[l] > 0.0 ? error / transfer->lengths[l] : 0.0;
        factors[l] =
            in_range ? factor_of(length, transfer->norms[l], transfer->reaches[l], own) : 0.0;
    }
}

/* Is a side a number with all its digits, or 0? */
static bool in_range(double side)
{
    return side == 0.0 || (side >= DBL_MIN / DBL_EPSILON && side <= DBL_MAX);
}

void PRECISION(dense_transfer_sample)(const dense_network *network, struct dense_transfer *transfer,
                                      int64_t sample)
{
    double *factors = transfer->factors + sample * network->layer_count;
    double *input_side = &transfer->input_side[sample];
    double *parameter_side = &transfer->parameter_side[sample];
    const double poison = network->workspace.poison[sample];
    double error = 0.0;
    if (poison != 0.0) {
        *input_side = *parameter_side = poison;
        for (int64_t l = 0; l < network->layer_count; l++)
            factors[l] = poison;
        return;
    }
    find_reaches(network, transfer, sample);
    find_sides(network, transfer, sample, input_side, parameter_side, &error);
    find_factors(network, transfer, sample, error,
                 in_range(*input_side) && in_range(*parameter_side), factors);
}

#endif
