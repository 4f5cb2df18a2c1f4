/* Status codes. Values are pinned for good and never reused; new ones fill the
 * gaps of their band. Treat an unknown non-zero value as a failure. */
#ifndef DIRICHLET_STATUS_H
#define DIRICHLET_STATUS_H

#include <stdint.h>

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

/* 50-59: states. */
#define DIRICHLET_E_MISMATCH 50 /* two states that cannot be merged */
#define DIRICHLET_E_CORRUPT 51  /* a serialized state that is truncated or damaged */
#define DIRICHLET_E_FORMAT 52   /* a serialized state of a format this library does not know */

/* 60-69: the platform. */
#define DIRICHLET_E_BLAS_WIDTH 60 /* the bound CBLAS uses 64-bit integers, or is several libraries */
#define DIRICHLET_E_MPI 61        /* MPI is not running, or a function of it failed */

/* One line of English for a status, without its cause; static, never NULL, also
 * for unknown values. */
DIRICHLET_API const char *dirichlet_status_string(dirichlet_status status);

/* Size that holds every message of the library, terminator included. Functions
 * that create a handle write a message naming the argument at fault into
 * `message` (capacity `message_size` bytes; always terminated, cut if too long;
 * NULL or 0 where it is not wanted; the empty string on success). Afterwards the
 * handle keeps the message of its last failed call. */
#define DIRICHLET_MESSAGE_SIZE 256

#ifdef __cplusplus
}
#endif

#endif
