/* The sum over a batch of the energies of a network of two layers, the second linear, whose first
 * has two slopes, as relu and leaky_relu. The slopes d of a sample are m where a unit is on and m a
 * where it is off, m the product of the activation's scales; with the quadratic form of
 * quadratic_body.h
 *
 *     sum over n of d_n^T M d_n = m^2 sum over i, j of M_ij S_ij,
 *     m^2 S = sum over n of d_n d_n^T,
 *     S_ij = c_ij + a (c_i + c_j - 2 c_ij) + a^2 (N - c_i - c_j + c_ij)
 *
 * with c_i the samples that have unit i on, and c_ij those that have both on: counted from bits,
 * 64 samples at a time. The three numbers of samples are exact and none is negative. With a < 0 a
 * sum S_ij may cancel, but no term of it is beyond (S_ii S_jj)^(1/2), and the guard holds. */
#ifndef DIRICHLET_DENSE_PATTERN_SUM_BODY_H
#define DIRICHLET_DENSE_PATTERN_SUM_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/extremes.h"
#include "core/vector/shared_bits.h"
#include "dense/activation/jet.h"
#include "dense/energy/energy_workspace_body.h"
#include "dense/energy/quadratic_body.h"
#include "dense/network/network_body.h"
#include "dense/rows/carry.h"
#include "dense/rows/ends_body.h"
#include "dense/rows/lanes_body.h"
#include "dense/network/views_body.h"
#include "dense/rows/sweep_body.h"

/* Half of such a block is computed in vain, smaller ones run more slowly. */
#define LARGEST_ON_DIAGONAL ((int64_t)128)

static void clear_patterns(struct dense_patterns *patterns)
{
    memset(patterns->bits, 0,
           (size_t)(patterns->capacity / 64 * patterns->stride) * sizeof *patterns->bits);
    patterns->samples = 0;
}

static void begin_pattern_sum(dense_network *network)
{
    struct dense_patterns *patterns = &network->workspace.energy->patterns;
    clear_patterns(patterns);
    patterns->sum = patterns->terms = 0.0;
}

static struct bit_table table_of(const struct dense_patterns *patterns)
{
    const int64_t words = (patterns->samples + 63) / 64;
    return (struct bit_table){patterns->bits, patterns->stride, words + words % 2};
}

/* c_i of some units. */
static dirichlet_status count_active_piece(struct lane *lane, int64_t piece, void *argument)
{
    dense_network *network = argument;
    struct dense_patterns *patterns = &network->workspace.energy->patterns;
    const int64_t first = piece * LARGEST_ON_DIAGONAL;
    const int64_t end = smaller(first + LARGEST_ON_DIAGONAL, network->widths[1]);
    (void)lane;
    for (int64_t i = first; i < end; i++) {
        int32_t counts[SHARED_BITS_GROUP];
        shared_bits_count(table_of(patterns), i, i, 1, counts);
        patterns->active[i] = (double)counts[0];
    }
    return DIRICHLET_OK;
}

/* Rows and columns of M. */
struct pattern_block {
    int64_t row;
    int64_t rows;
    int64_t first;
    int64_t width;
};

/* A block's part of the sum; one on the diagonal is symmetric and whole, one below it stands for
 * its mirror image too. *terms: what it would be if no two terms of it cancelled. */
static double sum_block(const dense_network *view, const struct dense_patterns *p,
                        const struct pattern_block *b, double *terms)
{
    const struct bit_table table = table_of(p);
    const carry *m = view->workspace.energy->panel[0];
    int32_t *counts = view->workspace.energy->patterns.counts;
    const double off = (double)(carry)view->layers[0].activation.parameter;
    const double samples = (double)p->samples;
    double sum = 0.0;
    make_block(view, b->row, b->rows, b->first, b->width, view->workspace.energy->panel[0],
               view->workspace.energy->panel[1]);
    for (int64_t i = b->row; i < b->row + b->rows; i++, m += b->width) {
        const double on = p->active[i];
        shared_bits_count(table, i, b->first, b->width, counts);
        const double part =
            weigh_counts(counts, p->active + b->first, m, samples, on, off, b->width);
        sum += b->row == b->first ? part : 2.0 * part;
        if (b->row == b->first) /* S_ii M_ii */
            *terms += sum_of_products(samples, on, on, on, off) * (double)m[i - b->row];
    }
    return sum;
}

/* The blocks of the triangle in order, by halves, so that the products below the diagonal are
 * large: all are counted, or the one after so many is found. */
struct block_search {
    int64_t most;  /* rows and columns of one */
    int64_t after; /* blocks still to be left out */
    struct pattern_block found;
};

static bool search_rectangle(struct block_search *search, struct pattern_block whole)
{
    const int64_t most = search->most;
    const int64_t rows = ceiling(whole.rows, most);
    const int64_t count = rows * ceiling(whole.width, most);
    const int64_t column = search->after / rows * most;
    const int64_t row = search->after % rows * most;
    if (search->after >= count) {
        search->after -= count;
        return false;
    }
    search->found =
        (struct pattern_block){whole.row + row, smaller(most, whole.rows - row),
                               whole.first + column, smaller(most, whole.width - column)};
    return true;
}

static bool search_triangle(struct block_search *search, int64_t first, int64_t size)
{
    if (size <= smaller(search->most, LARGEST_ON_DIAGONAL)) {
        search->found = (struct pattern_block){first, size, first, size};
        return search->after-- == 0;
    }
    const int64_t half = size / 2;
    return search_triangle(search, first, half) ||
           search_rectangle(search,
                            (struct pattern_block){first + half, size - half, first, half}) ||
           search_triangle(search, first + half, size - half);
}

static int64_t count_blocks(const dense_network *network)
{
    struct block_search search = {.most = network->workspace.energy->panel_width,
                                  .after = INT64_MAX};
    (void)search_triangle(&search, 0, network->widths[1]);
    return INT64_MAX - search.after;
}

/* Blocks first, first + 1, ... */
struct block_round {
    dense_network *network;
    int64_t first;
};

static dirichlet_status sum_block_piece(struct lane *lane, int64_t piece, void *argument)
{
    const struct block_round *round = argument;
    const dense_network *network = round->network;
    const struct dense_patterns *patterns = &network->workspace.energy->patterns;
    struct block_search search = {.most = network->workspace.energy->panel_width,
                                  .after = round->first + piece};
    struct running_sum own = {0.0, 0.0};
    (void)search_triangle(&search, 0, network->widths[1]);
    own.sum = sum_block(view_of(round->network, lane), patterns, &search.found, &own.lost);
    patterns->blocks[piece] = own;
    return DIRICHLET_OK;
}

static void add_patterns(dense_network *network)
{
    struct dense_patterns *p = &network->workspace.energy->patterns;
    const int64_t count = count_blocks(network);
    struct block_round round = {network, 0};
    (void)run_pieces(network, ceiling(network->widths[1], LARGEST_ON_DIAGONAL), count_active_piece,
                     network);
    for (; network->pool == DIRICHLET_OK && round.first < count; round.first += PATTERN_BLOCKS) {
        const int64_t blocks = smaller(count - round.first, PATTERN_BLOCKS);
        if (run_pieces(network, blocks, sum_block_piece, &round) != DIRICHLET_OK)
            return;
        for (int64_t i = 0; i < blocks; i++) {
            p->sum += p->blocks[i].sum;
            p->terms += p->blocks[i].lost;
        }
    }
}

/* The samples of a tile that have the places `place`, place + 1, ... of the table. */
static void note_patterns(const dense_network *view, int64_t place, int64_t samples)
{
    const struct dense_patterns *p = &view->workspace.energy->patterns;
    const struct dense_layer *layer = &view->layers[0];
    const carry on = (carry)(layer->activation.output_scale * layer->activation.input_scale);
    for (int64_t s = 0; s < samples; s++)
        note_bit(slopes_of(view, layer, s), on, UINT64_C(1) << (place + s) % 64,
                 p->bits + (place + s) / 64 * p->stride, layer->outputs);
}

/* What the table holds of so many samples goes into the sum. */
static void chain_count_patterns(dense_network *network, int64_t samples)
{
    struct dense_patterns *p = &network->workspace.energy->patterns;
    p->samples = samples;
    add_patterns(network);
    clear_patterns(p);
}

/* False where digits were lost. */
static bool read_pattern_sum(const dense_network *network, double *sum)
{
    const struct dense_patterns *patterns = &network->workspace.energy->patterns;
    const struct dense_activation activation = network->layers[0].activation;
    const double on = (double)(carry)(activation.output_scale * activation.input_scale);
    *sum = patterns->sum * on * on;
    return is_trusted(patterns->sum, patterns->terms, CARRY_GRAM_LIMIT);
}

#endif
