/* How the energies of a network are computed: the order in which the chain
 *
 *     J = D_L W_L D_{L-1} W_{L-1} ... D_1 W_1
 *
 * is multiplied, W shared by all samples, D diagonal and of each sample. A pivot width n_p is
 * chosen, and the n_p rows or columns that start there are carried to one end or to both; see
 * dirichlet_dense_plan. Only sizes are looked at here. */
#ifndef DIRICHLET_DENSE_ENERGY_PLAN_H
#define DIRICHLET_DENSE_ENERGY_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/arithmetic.h"
#include "dirichlet/dense.h"

struct dense_shape {
    const int64_t *widths;  /* d, n_1, ..., n_L = k */
    const double *products; /* sum of n_1 n_0, ..., n_l n_{l-1} for each l; NULL: added up anew */
    int64_t layer_count;
    bool scaled_output; /* D_L is not the identity */
    bool flat_first;    /* D_1 is the identity */
    bool kinked_first;  /* D_1 has two values */
    bool single;        /* float weights, whose Gram matrices are formed in double */
};

/* Samples of which the quadratic form handles so many at once at most, and its sum. */
#define DENSE_QUADRATIC_TILE ((int64_t)4096)
#define DENSE_PATTERN_TILE ((int64_t)16384)

/* The sum goes by words of 64 samples, two at a time. */
#define DENSE_PATTERN_STEP ((int64_t)128)

/* What is counted and checked alike for energies and for their gradients (gradient_plan.h). */
static inline double product(int64_t a, int64_t b, int64_t c)
{
    return (double)a * (double)b * (double)c;
}
double dense_forward_flops(const struct dense_shape *shape);

/* Of so many rows on their way between width `from` and width `to`: 2 rows n_l n_{l-1} for each l
 * in from + 1 .. to. */
double dense_chain_flops(const struct dense_shape *shape, int64_t from, int64_t to, int64_t rows);
bool dense_is_end(dirichlet_dense_end end); /* one of the constants */

/* What is carried from the pivot toward the input or the output: n_p rows, through products
 * with whole matrices, or none, if the rows are those of the outermost matrix itself. */
bool dense_plan_carries_down(const struct dense_shape *shape, const dirichlet_dense_plan *plan);
bool dense_plan_carries_up(const struct dense_shape *shape, const dirichlet_dense_plan *plan);

/* Rows from both sides meet at a hidden pivot. */
bool dense_plan_meets(const struct dense_shape *shape, const dirichlet_dense_plan *plan);

/* Two layers that meet at the hidden one: no row is carried at all, the energy is a quadratic
 * form of the slopes. */
bool dense_plan_is_quadratic(const struct dense_shape *shape, const dirichlet_dense_plan *plan);

/* Largest width of the rows that are carried, on either side. */
int64_t dense_plan_widest(const struct dense_shape *shape, const dirichlet_dense_plan *plan);

/* Numbers that every sample's result passes through at least: the fewer they are, the less the
 * rounding errors average out. */
double dense_plan_narrowest(const struct dense_shape *shape, const dirichlet_dense_plan *plan);

/* Count the operations of a plan whose pivot, ends and sum are set, for so many samples in one
 * round; false if the network has no such plan. */
bool dense_plan_count(const struct dense_shape *shape, int64_t samples, dirichlet_dense_plan *plan);

/* Samples that a plan has room for at a time; 0: it does not fit. A quadratic form makes its
 * matrix for so many. */
typedef int64_t dense_plan_room(const dirichlet_dense_plan *plan, const void *user);

/* The cheapest plan by counted operations among those that fit (room NULL: there is enough for
 * all); sum: it may give the sum over the batch alone. With at most one sample nothing is
 * prepared for later ones. */
dirichlet_dense_plan dense_plan_choose(const struct dense_shape *shape, int64_t samples, bool sum,
                                       dense_plan_room *room, const void *user);

/* The cheapest plan that multiplies with the matrices themselves, from one end to the other. */
dirichlet_dense_plan dense_plan_direct(const struct dense_shape *shape, int64_t samples);

/* The plan for squared norms of J^T u, so many cotangents u of each sample: they are the rows, and
 * start before W_L. */
dirichlet_dense_plan dense_plan_of_norms(const struct dense_shape *shape, int64_t samples,
                                         int64_t directions, dense_plan_room *room,
                                         const void *user);

/* Is it one of those, for any numbers of samples and directions? */
bool dense_plan_is_of_norms(const struct dense_shape *shape, const dirichlet_dense_plan *plan);

/* One line for each step of a plan; at most `size` bytes, terminator included. */
void dense_plan_describe(const struct dense_shape *shape, const dirichlet_dense_plan *plan,
                         char *text, size_t size);

#endif
