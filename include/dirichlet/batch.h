/* Samples of a call with all that may be known of them. The calls that take (samples, x) alone are
 * for the usual case. */
#ifndef DIRICHLET_BATCH_H
#define DIRICHLET_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "dirichlet/export.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dirichlet_batch_f64 {
    size_t struct_size;
    int64_t samples;    /* n >= 0 */
    int64_t row_stride; /* elements from one row of x to the next, >= d; 0: d */
    const double *x;    /* rows of d elements; not modified */
    /* (n), finite and >= 0; NULL: 1 each. They weigh samples in the mean (sampling or class
     * weights); they are not repeat counts. */
    const double *weights;
    /* (n), >= 0: the sample's index in the data set, by which its probes are drawn and which the
     * model's callbacks are told; NULL: consecutive ones, from where the call says. No index twice
     * in all that is averaged together: its probes would be the same each time, and the error by
     * probes that is stated too small (not checked). */
    const int64_t *indices;
    /* (n) of 0 .. groups - 1, of the estimator's options: the sample is averaged in its group too;
     * a negative one: in no group. NULL: in none. */
    const int64_t *groups;
    double *energies;   /* (n), out: the estimate of every sample; NULL: not wanted */
    double *deviations; /* (n), out: the standard deviation of that estimate by its probes, 0 where
                           it is exact, NaN where it is not known; NULL: not wanted */
} dirichlet_batch_f64;

/* The same in single precision. */
typedef struct dirichlet_batch_f32 {
    size_t struct_size;
    int64_t samples;
    int64_t row_stride;
    const float *x;
    const double *weights;
    const int64_t *indices;
    const int64_t *groups;
    double *energies;
    double *deviations;
} dirichlet_batch_f32;

#ifdef __cplusplus
}
#endif

#endif
