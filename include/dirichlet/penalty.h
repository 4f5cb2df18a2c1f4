/* What penalties have found: shared by the functions of other headers that are some. */
#ifndef DIRICHLET_PENALTY_H
#define DIRICHLET_PENALTY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a penalty's call has found. */
typedef struct dirichlet_penalty_result {
    size_t struct_size; /* set by the caller; as much is filled in */
    double value;       /* R, not multiplied by the strength */
    /* Of energy penalties, else 0: standard deviation of R by its random directions, as the spread
     * of the directions of each sample shows it; 0: R has no such error; NaN where one direction a
     * sample does not show it. */
    double standard_error;
    double noise;     /* by differences, else 0: what part of R noise is likely to be */
    int64_t samples;  /* n; 0 of penalties without samples */
    int64_t products; /* directions of all samples together; 0 likewise */
    int32_t exact;    /* 1: R has no error by directions */
    int32_t reserved; /* 0 */
} dirichlet_penalty_result;

#ifdef __cplusplus
}
#endif

#endif
