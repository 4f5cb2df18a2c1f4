/* Energies of a network of two layers, the second of which is linear, as a quadratic form of the
 * slopes d of the first,
 *
 *     ||W_2 D W_1||_F^2 = d^T M d,    M = (W_2^T W_2) o (W_1 W_1^T),
 *
 * M made and used by panels of columns: it need not fit the memory. Of each panel the diagonal
 * block and what is below it suffice, the latter counted twice. */
#ifndef DIRICHLET_DENSE_QUADRATIC_BODY_H
#define DIRICHLET_DENSE_QUADRATIC_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/extremes.h"
#include "dense/energy/energy_workspace_body.h"
#include "dense/network/network_body.h"
#include "dense/rows/carry.h"
#include "dense/rows/ends_body.h"
#include "dense/rows/lanes_body.h"
#include "dense/rows/multiply_body.h"
#include "dense/rows/sweep_body.h"

/* Rows row, ..., row + rows - 1 of M in columns first, ..., first + width - 1, into panel[0]. */
static void make_block(const dense_network *network, int64_t row, int64_t rows, int64_t first,
                       int64_t width)
{
    const struct dense_workspace *w = &network->workspace;
    const struct weights_view lower = weights_of(&network->layers[0]);
    const struct weights_view upper = transposed(weights_of(&network->layers[1]));
    multiply_views(w, rows, width, network->inputs, rows_from(lower, row), rows_from(lower, first),
                   w->energy->panel[0]);
    multiply_views(w, rows, width, network->outputs, rows_from(upper, row), rows_from(upper, first),
                   w->energy->panel[1]);
    scale_row(w->energy->panel[0], w->energy->panel[1], rows * width);
}

static void make_panel(const dense_network *network, int64_t first, int64_t width)
{
    const int64_t rows = network->widths[1] - first;
    carry *m = network->workspace.energy->panel[0];
    make_block(network, first, rows, first, width);
    for (int64_t i = width * width; i < rows * width; i++)
        m[i] *= 2;
}

/* Adds those columns' part of d^T M d, and of sum_i d_i^2 M_ii. */
static void add_panel(const dense_network *network, int64_t samples, int64_t first, int64_t width,
                      double *energies)
{
    const struct dense_workspace *w = &network->workspace;
    const struct dense_layer *layer = &network->layers[0];
    const carry *slopes = slopes_of(network, layer, 0) + first;
    const carry *m = w->energy->panel[0];
    const carry *diagonal = (const carry *)w->energy->diagonal + first;
    carry *products = w->energy->panel[2];
    carry_multiply(samples, width, layer->outputs - first, row_major(slopes, layer->slope_stride),
                   row_major(m, width), 0, products, width);
    for (int64_t s = 0; s < samples; s++) {
        const carry *d = slopes + s * layer->slope_stride;
        energies[s] += dot_of_rows(products + s * width, d, width);
        w->bounds[s] += weigh_row(d, diagonal, width);
    }
}

static void note_diagonal(const dense_network *network, int64_t first, int64_t width)
{
    const struct dense_workspace *w = &network->workspace;
    const carry *m = w->energy->panel[0];
    for (int64_t j = 0; j < width; j++)
        ((carry *)w->energy->diagonal)[first + j] = m[j * width + j];
}

static void add_quadratic_form(const dense_network *network, int64_t samples, double *energies)
{
    const int64_t hidden = network->widths[1];
    const int64_t most = network->workspace.energy->panel_width;
    for (int64_t first = 0; first < hidden; first += most) {
        const int64_t width = smaller(hidden - first, most);
        make_panel(network, first, width);
        note_diagonal(network, first, width);
        add_panel(network, samples, first, width, energies);
    }
}

/* The elements of M are products of the carried type. */
static bool quadratic_in_range(const dense_network *network)
{
    const struct weights_view lower = weights_of(&network->layers[0]);
    const struct weights_view upper = transposed(weights_of(&network->layers[1]));
    for (int64_t j = 0; j < network->widths[1]; j++) {
        const double inner = row_squares(lower, j, network->inputs);
        const double outer = row_squares(upper, j, network->outputs);
        if (!square_in_range(inner, lower, j, network->inputs) ||
            !square_in_range(outer, upper, j, network->outputs))
            return false;
    }
    return true;
}

#endif
