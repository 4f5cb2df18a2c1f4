/* Version of the headers and of the library, and what the library was built on. */
#ifndef DIRICHLET_VERSION_H
#define DIRICHLET_VERSION_H

#include <stdint.h>

/* The one place where the version is written; CMake reads it from here. */
#define DIRICHLET_VERSION_MAJOR 0
#define DIRICHLET_VERSION_MINOR 1
#define DIRICHLET_VERSION_PATCH 0

#if defined(__GNUC__)
#define DIRICHLET_API __attribute__((visibility("default")))
#else
#define DIRICHLET_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Version of the linked library as 10000 * major + 100 * minor + patch.
 * Compare it with the header's macros to detect a mixed installation. */
DIRICHLET_API int32_t dirichlet_version(void);

/* Version of the linked library as text, "major.minor.patch"; static. */
DIRICHLET_API const char *dirichlet_version_string(void);

/* What the matrix products run on: "openblas", "blis", "cblas" (any other CBLAS)
 * or "none" (the library's own plain C kernels: slow, and bit-identical however
 * the samples are cut into batches); static. */
DIRICHLET_API const char *dirichlet_blas_name(void);

#ifdef __cplusplus
}
#endif

#endif
