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
#include "dense/rows/sweep_body.h"

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

/* c_i of every unit. */
static void count_active(const dense_network *network, struct bit_table table)
{
    for (int64_t i = 0; i < network->widths[1]; i++) {
        int32_t counts[SHARED_BITS_GROUP];
        shared_bits_count(table, i, i, 1, counts);
        network->workspace.energy->patterns.active[i] = (double)counts[0];
    }
}

/* A block's part of the sum; one on the diagonal is symmetric and whole, one below it stands for
 * its mirror image too. */
static void add_block(dense_network *network, int64_t row, int64_t rows, int64_t first,
                      int64_t width)
{
    struct dense_patterns *p = &network->workspace.energy->patterns;
    const struct bit_table table = table_of(p);
    const carry *m = network->workspace.energy->panel[0];
    const double off = (double)(carry)network->layers[0].activation.parameter;
    const double samples = (double)p->samples;
    make_block(network, row, rows, first, width);
    for (int64_t i = row; i < row + rows; i++, m += width) {
        const double on = p->active[i];
        shared_bits_count(table, i, first, width, p->counts);
        const double part = weigh_counts(p->counts, p->active + first, m, samples, on, off, width);
        p->sum += row == first ? part : 2.0 * part;
        if (row == first) /* S_ii M_ii */
            p->terms += sum_of_products(samples, on, on, on, off) * (double)m[i - row];
    }
}

static void add_rectangle(dense_network *network, int64_t row, int64_t rows, int64_t first,
                          int64_t columns)
{
    const int64_t most = network->workspace.energy->panel_width;
    for (int64_t c = 0; c < columns; c += most)
        for (int64_t r = 0; r < rows; r += most)
            add_block(network, row + r, smaller(most, rows - r), first + c,
                      smaller(most, columns - c));
}

/* Half of such a block is computed in vain, smaller ones run more slowly. */
#define LARGEST_ON_DIAGONAL ((int64_t)128)

/* By halves, so that the products below the diagonal are large. */
static void add_triangle(dense_network *network, int64_t first, int64_t size)
{
    if (size <= smaller(network->workspace.energy->panel_width, LARGEST_ON_DIAGONAL)) {
        add_block(network, first, size, first, size);
        return;
    }
    const int64_t half = size / 2;
    add_triangle(network, first, half);
    add_rectangle(network, first + half, size - half, first, half);
    add_triangle(network, first + half, size - half);
}

static void add_patterns(dense_network *network)
{
    count_active(network, table_of(&network->workspace.energy->patterns));
    add_triangle(network, 0, network->widths[1]);
}

static void note_patterns(dense_network *network, int64_t samples)
{
    struct dense_patterns *p = &network->workspace.energy->patterns;
    const struct dense_layer *layer = &network->layers[0];
    const carry on = (carry)(layer->activation.output_scale * layer->activation.input_scale);
    for (int64_t s = 0; s < samples; s++) {
        note_bit(slopes_of(network, layer, s), on, UINT64_C(1) << p->samples % 64,
                 p->bits + p->samples / 64 * p->stride, layer->outputs);
        if (++p->samples < p->capacity)
            continue;
        add_patterns(network);
        clear_patterns(p);
    }
}

/* False where digits were lost. */
static bool read_pattern_sum(dense_network *network, double *sum)
{
    struct dense_patterns *patterns = &network->workspace.energy->patterns;
    const struct dense_activation activation = network->layers[0].activation;
    const double on = (double)(carry)(activation.output_scale * activation.input_scale);
    if (patterns->samples > 0)
        add_patterns(network);
    *sum = patterns->sum * on * on;
    return is_trusted(patterns->sum, patterns->terms, CARRY_GRAM_LIMIT);
}

#endif
