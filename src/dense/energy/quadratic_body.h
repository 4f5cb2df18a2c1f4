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
#include "dense/network/views_body.h"
#include "dense/rows/carry.h"
#include "dense/rows/ends_body.h"
#include "dense/rows/lanes_body.h"
#include "dense/rows/multiply_body.h"
#include "dense/rows/sweep_body.h"

/* Rows row, ..., row + rows - 1 of M in columns first, ..., first + width - 1, to `out`, by way of
 * `spare`. */
static void make_block(const dense_network *view, int64_t row, int64_t rows, int64_t first,
                       int64_t width, carry *out, carry *spare)
{
    const struct dense_workspace *w = &view->workspace;
    const struct weights_view lower = weights_of(&view->layers[0]);
    const struct weights_view upper = transposed(weights_of(&view->layers[1]));
    multiply_views(w, rows, width, view->inputs, rows_from(lower, row), rows_from(lower, first),
                   out);
    multiply_views(w, rows, width, view->outputs, rows_from(upper, row), rows_from(upper, first),
                   spare);
    scale_row(out, spare, rows * width);
}

/* Columns first, ..., first + width - 1 of M, and samples of the tile that they are used for. The
 * lanes have the panel in common, and share its rows, and then the samples. */
struct panel_job {
    dense_network *network;
    int64_t first;
    int64_t width;
    int64_t samples;
    double *energies;
};

#define PANEL_ROWS ((int64_t)256)

static dirichlet_status make_panel_piece(struct lane *lane, int64_t piece, void *argument)
{
    const struct panel_job *job = argument;
    const struct dense_energy_workspace *own = job->network->workspace.energy;
    const int64_t hidden = job->network->widths[1];
    const int64_t width = job->width;
    const int64_t row = job->first + piece * PANEL_ROWS;
    const int64_t rows = smaller(PANEL_ROWS, hidden - row);
    const int64_t before = piece * PANEL_ROWS * width;
    carry *m = (carry *)own->panel[0] + before;
    make_block(view_of(job->network, lane), row, rows, job->first, width, m,
               (carry *)own->panel[1] + before);
    for (int64_t i = larger(width * width - before, 0); i < rows * width; i++)
        m[i] *= 2;
    return DIRICHLET_OK;
}

/* Adds those columns' part of d^T M d, and of sum_i d_i^2 M_ii, for some samples. */
static dirichlet_status add_panel_piece(struct lane *lane, int64_t piece, void *argument)
{
    const struct panel_job *job = argument;
    const struct dense_workspace *w = &job->network->workspace;
    const struct dense_layer *layer = &job->network->layers[0];
    const int64_t width = job->width;
    const int64_t begin = piece * PANEL_ROWS;
    const int64_t samples = smaller(PANEL_ROWS, job->samples - begin);
    const carry *slopes = slopes_of(job->network, layer, begin) + job->first;
    const carry *diagonal = (const carry *)w->energy->diagonal + job->first;
    carry *products = (carry *)w->energy->panel[2] + begin * width;
    (void)lane;
    carry_multiply(samples, width, layer->outputs - job->first,
                   row_major(slopes, layer->slope_stride), row_major(w->energy->panel[0], width), 0,
                   products, width);
    for (int64_t s = 0; s < samples; s++) {
        const carry *d = slopes + s * layer->slope_stride;
        job->energies[begin + s] += dot_of_rows(products + s * width, d, width);
        w->bounds[begin + s] += weigh_row(d, diagonal, width);
    }
    return DIRICHLET_OK;
}

static void note_diagonal(const dense_network *network, int64_t first, int64_t width)
{
    const struct dense_workspace *w = &network->workspace;
    const carry *m = w->energy->panel[0];
    for (int64_t j = 0; j < width; j++)
        ((carry *)w->energy->diagonal)[first + j] = m[j * width + j];
}

static void add_quadratic_form(dense_network *network, int64_t samples, double *energies)
{
    const int64_t hidden = network->widths[1];
    const int64_t most = network->workspace.energy->panel_width;
    struct panel_job job = {.network = network, .samples = samples, .energies = energies};
    for (; network->pool == DIRICHLET_OK && job.first < hidden; job.first += most) {
        job.width = smaller(hidden - job.first, most);
        (void)run_pieces(network, ceiling(hidden - job.first, PANEL_ROWS), make_panel_piece, &job);
        note_diagonal(network, job.first, job.width);
        (void)run_pieces(network, ceiling(samples, PANEL_ROWS), add_panel_piece, &job);
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
