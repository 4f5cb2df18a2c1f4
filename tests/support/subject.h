/* An estimator of the sine model in either precision, with data to measure it on, so that
 * one test covers every arrangement in both. */
#ifndef DIRICHLET_TESTS_SUBJECT_H
#define DIRICHLET_TESTS_SUBJECT_H

#include <stdbool.h>

#include "dirichlet/estimator.h"
#include "support/sine_model.h"

#define SUBJECT_ROWS 160
#define SUBJECT_WIDTH 5

struct subject {
    struct sine sine;
    int32_t precision; /* 64 or 32 */
    int32_t callbacks;
    dirichlet_estimator_options options;
    double wide[SUBJECT_ROWS * SUBJECT_WIDTH];
    float narrow[SUBJECT_ROWS * SUBJECT_WIDTH];
    double weights[SUBJECT_ROWS];
    dirichlet_error error; /* of the last create or measure */
};

void subject_make(const struct arrangement *arrangement, int32_t precision,
                  struct subject *subject);

/* Put a number into the data of both precisions. */
void subject_set(struct subject *subject, int64_t row, int64_t column, double value);

dirichlet_status subject_create(struct subject *subject, dirichlet_estimator **out);

/* Rows first .. first + count - 1; energies points to that of the first of them. */
dirichlet_status subject_update(struct subject *subject, dirichlet_estimator *estimator,
                                int64_t first, int64_t count, const double *weights,
                                double *energies);
dirichlet_status subject_measure(struct subject *subject, int64_t count, const double *weights,
                                 dirichlet_result *result, double *energies);
double subject_energy(const struct subject *subject, int64_t row);

/* All rows, in batches. */
dirichlet_status subject_feed(struct subject *subject, dirichlet_estimator *estimator,
                              int64_t batch, const double *weights, double *energies);

/* Everything an estimator has seen, as its bytes. */
struct bytes {
    size_t size;
    unsigned char data[8192];
};
struct bytes bytes_of(const dirichlet_estimator *estimator);
bool bytes_equal(const struct bytes *a, const struct bytes *b);

/* What the last failed call on the handle found wrong. */
dirichlet_error last_error(const dirichlet_estimator *estimator);

#endif
