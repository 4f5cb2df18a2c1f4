/* A model of one input and one output whose energies and norms are what the test wants:
 *
 *     energies(x) = x,    norms(x, u) = x (1 + spread * z(u, x))
 *
 * with z a number in [-1, 1] that is reproducible from the bits of x and u; every norm is
 * also written down in the order of the calls. For results whose arithmetic is checked. */
#ifndef DIRICHLET_TESTS_TABLE_MODEL_H
#define DIRICHLET_TESTS_TABLE_MODEL_H

#include "dirichlet/model.h"

#define TABLE_MOST 65536

struct table {
    double spread;
    int64_t outputs;
    int64_t count;            /* norms written down */
    double norms[TABLE_MOST]; /* the first so many of them */
};

dirichlet_model_f64 table_energies(struct table *table);
dirichlet_model_f64 table_norms(struct table *table);

#endif
