/* A conditional model f(x, t), whose t is looked up by the index of the sample:
 *
 *     f_j(x, t) = sum_i A_ji sin(x_i + t),    J_ji = A_ji cos(x_i + t)
 *
 * It knows the data set, so that it can tell whether the rows that it is given are those of the
 * indices that it is told, or near them where they may be, and counts what it sees. Row i of every
 * output depends on row i of the inputs alone, to the last bit. */
#ifndef DIRICHLET_TESTS_CONDITIONAL_MODEL_H
#define DIRICHLET_TESTS_CONDITIONAL_MODEL_H

#include <stdint.h>

#include "dirichlet/model.h"
#include "support/sine_model.h"

/* Callbacks beside those of SINE_*. */
#define CONDITIONAL_PARAMETERS 32
#define CONDITIONAL_PREPARE 64
#define CONDITIONAL_OWNERS 128 /* retain and release */

#define CONDITIONAL_INDICES 192 /* of the data set */
#define CONDITIONAL_WIDTH 6     /* most inputs */

struct conditional {
    int64_t inputs;
    int64_t outputs;
    int64_t max_samples;
    int64_t max_directions;
    double matrix[SINE_MOST];
    double times[CONDITIONAL_INDICES];
    double wide[CONDITIONAL_INDICES * CONDITIONAL_WIDTH];
    float narrow[CONDITIONAL_INDICES * CONDITIONAL_WIDTH]; /* the same numbers */
    int64_t frozen; /* take the time of this index for every row, ignoring `first`; -1: do not */

    int64_t calls;
    int64_t strays;                    /* rows that are not those of their index */
    int64_t seen[CONDITIONAL_INDICES]; /* rows of each index, over all callbacks */
    int64_t most_rows;                 /* of x in a call */
    int64_t most_directions;

    int32_t faulty; /* these callbacks return `code` at the call `fail_at` of theirs, from 1 */
    int32_t code;
    int64_t fail_at;
    int64_t undefined; /* the index where they return OUT_OF_DOMAIN in place of that; -1: none */

    int64_t prepares;
    int64_t unprepared; /* product calls whose rows were not the ones prepared last */
    int64_t repeated;   /* preparations of rows that were prepared last */
    int64_t prepared_first;
    int64_t prepared_samples;
    const void *prepared_x;

    int64_t retained;
    int64_t released;

    double gradient[SINE_MOST]; /* what parameter_vjp has added up */
};

struct conditional conditional_make(int64_t inputs, int64_t outputs);

/* Forget what was seen. */
void conditional_forget(struct conditional *c);

/* A number of both precisions' data. */
void conditional_set(struct conditional *c, int64_t index, int64_t column, double value);

/* ||J||_F^2 at the sample of an index, and its derivative with respect to A_ji. */
double conditional_energy(const struct conditional *c, int64_t index);
double conditional_slope(const struct conditional *c, int64_t index, int64_t j, int64_t i);

dirichlet_model_f64 conditional_model_f64(struct conditional *c, int32_t callbacks);
dirichlet_model_f32 conditional_model_f32(struct conditional *c, int32_t callbacks);

#endif
