/* Status codes. Values are pinned for good and never reused; new ones fill the
 * gaps of their band. Treat an unknown non-zero value as a failure. */
#ifndef DIRICHLET_STATUS_H
#define DIRICHLET_STATUS_H

#include <stddef.h>
#include <stdint.h>

#include "dirichlet/export.h"
#include "dirichlet/version.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t dirichlet_status;

#define DIRICHLET_OK 0

/* 1-19: an argument is wrong. */
#define DIRICHLET_E_NULL 1        /* a required pointer is NULL */
#define DIRICHLET_E_RANGE 2       /* a number is outside its range */
#define DIRICHLET_E_CONSTANT 3    /* not one of the named constants */
#define DIRICHLET_E_STRUCT_SIZE 4 /* struct_size is not one this library can accept */
#define DIRICHLET_E_SHAPE 5       /* sizes or strides that do not fit together */
#define DIRICHLET_E_PRECISION 6   /* an _f32 call on an _f64 handle, or the reverse */

/* 20-29: memory. */
#define DIRICHLET_E_MEMORY 20    /* the allocator returned NULL */
#define DIRICHLET_E_OVERFLOW 21  /* sizes beyond the address space, or weights beyond a double */
#define DIRICHLET_E_WORKSPACE 22 /* the workspace budget is too small for one sample */

/* 30-39: numbers. */
#define DIRICHLET_E_NOT_FINITE 30 /* NaN or infinity in data or in what a callback wrote */
#define DIRICHLET_E_NO_DATA 31    /* no sample of positive weight yet */
#define DIRICHLET_E_NOISE 32      /* rounding noise of the forward pass swamps the value */

/* 40-49: the caller's callbacks. */
#define DIRICHLET_E_MISSING_CALLBACK 40 /* the method needs a callback that is NULL */
#define DIRICHLET_E_CALLBACK 41         /* a callback returned non-zero */
#define DIRICHLET_E_CANCELLED 42        /* the progress callback asked to stop */
#define DIRICHLET_E_BUSY 43             /* called from a callback of a call on the same handle */
#define DIRICHLET_E_COUPLED 44          /* a row of a callback depends on the rows beside it */
#define DIRICHLET_E_CONTRACT 45         /* dirichlet_model_check: the model does not keep model.h */

/* 50-59: states. */
#define DIRICHLET_E_MISMATCH 50 /* two states that cannot be merged */
#define DIRICHLET_E_CORRUPT 51  /* a serialized state that is truncated or damaged */
#define DIRICHLET_E_FORMAT 52   /* a serialized state of a format this library does not know */

/* 60-69: the platform. */
#define DIRICHLET_E_BLAS_WIDTH                                                                     \
    60                     /* the bound CBLAS uses 64-bit integers, or is several libraries */
#define DIRICHLET_E_MPI 61 /* MPI is not running, or a function of it failed */

/* One line of English for a status, without its cause; static, never NULL, also
 * for unknown values. */
DIRICHLET_API const char *DIRICHLET_CALL dirichlet_status_string(dirichlet_status status);

/* Size that holds every message of the library, terminator included. */
#define DIRICHLET_MESSAGE_SIZE 256

/* Everything that is known of a failure. Functions that keep no handle take a pointer to one, which
 * may be NULL; a handle keeps that of its last failed call (dirichlet_estimator_last_error,
 * dirichlet_dense_last_error_*).
 *
 * struct_size is set by the caller, at least to the size that the struct has here. It is written by
 * success too, with status 0, no number and the empty message. */
typedef struct dirichlet_error {
    size_t struct_size;
    dirichlet_status status; /* the one that was returned */
    int32_t callback_code;   /* the number by which a callback stopped the call; 0: none did */
    int64_t sample;          /* index in the data set of the sample at fault; -1: of none */
    uint64_t least_bytes;    /* WORKSPACE: the smallest workspace_bytes that would do; else 0 */
    /* One line that names the argument at fault; always terminated, cut where it is too long. */
    char message[DIRICHLET_MESSAGE_SIZE];
} dirichlet_error;

#ifdef __cplusplus
}
#endif

#endif
