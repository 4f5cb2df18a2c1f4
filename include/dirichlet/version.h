/* Version of the headers and of the library, and what the library was built on. */
#ifndef DIRICHLET_VERSION_H
#define DIRICHLET_VERSION_H

#include <stddef.h>
#include <stdint.h>

#include "dirichlet/export.h"

/* The one place where the version is written; CMake reads it from here. */
#define DIRICHLET_VERSION_MAJOR 0
#define DIRICHLET_VERSION_MINOR 2
#define DIRICHLET_VERSION_PATCH 0

#define DIRICHLET_VERSION                                                                          \
    (10000 * DIRICHLET_VERSION_MAJOR + 100 * DIRICHLET_VERSION_MINOR + DIRICHLET_VERSION_PATCH)

/* For the preprocessor: are the headers of this version or a later one? */
#define DIRICHLET_VERSION_AT_LEAST(major, minor, patch)                                            \
    (DIRICHLET_VERSION >= 10000 * (major) + 100 * (minor) + (patch))

#ifdef __cplusplus
extern "C" {
#endif

/* Version of the linked library as 10000 * major + 100 * minor + patch.
 * Compare it with DIRICHLET_VERSION to detect a mixed installation. */
DIRICHLET_API int32_t DIRICHLET_CALL dirichlet_version(void);

/* Version of the linked library as text, "major.minor.patch"; static. */
DIRICHLET_API const char *DIRICHLET_CALL dirichlet_version_string(void);

/* What the matrix products run on: "openblas", "blis", "mkl", "atlas", "reference" (netlib's), or
 * "none" (the library's own plain C kernels: slow, and bit-identical however the samples are cut
 * into batches); static.
 *
 * It is the CBLAS that is bound in this process, not the one that the library was built with: one
 * that was loaded with global symbols before (LD_PRELOAD, RTLD_GLOBAL), or that stands behind
 * libblas.so.3, takes its place. It is known by functions that lie in the same library as all
 * those that are called. Where that fails the answer is "unknown (built for NAME)", NAME being
 * "openblas", "blis" or "cblas" (any other): for a CBLAS without such a function (GSL's, Debian's
 * libblas.so.3 of BLIS), for one whose Fortran functions, on which it rests, come from elsewhere,
 * for several at once, and on systems other than Linux. */
DIRICHLET_API const char *DIRICHLET_CALL dirichlet_blas_name(void);

/* The file that this CBLAS was loaded from, as the dynamic linker names it (links in it are not
 * resolved); valid as long as that stays loaded. "" where the products lie in the program itself,
 * come from several files, or where it is not known, and for "none". */
DIRICHLET_API const char *DIRICHLET_CALL dirichlet_blas_library(void);

/* What the linked library can do, for programs that are to work with several versions. */
typedef struct dirichlet_capabilities {
    size_t struct_size;          /* set by the caller; as much is filled in */
    int32_t version;             /* as dirichlet_version() */
    int32_t oldest_state_format; /* serialized states of these formats are read */
    int32_t newest_state_format; /* the one that is written */
    int32_t cblas;               /* 1: built on a CBLAS, 0: on the plain C kernels */
    int32_t
        largest_parallel_lanes; /* tasks at a time that dirichlet_parallel is used for; 1: none
                                   but the calling thread, INT32_MAX: as many as it says, where
                                   there are so many pieces and room for so many in the budget */
    int32_t reserved;           /* 0 */
} dirichlet_capabilities;

/* Errors (as a dirichlet_status, status.h): NULL, STRUCT_SIZE. */
DIRICHLET_API int32_t DIRICHLET_CALL
dirichlet_describe_library(dirichlet_capabilities *capabilities);

#ifdef __cplusplus
}
#endif

#endif
