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
DIRICHLET_API const char *dirichlet_blas_name(void);

/* The file that this CBLAS was loaded from, as the dynamic linker names it (links in it are not
 * resolved); valid as long as that stays loaded. "" where the products lie in the program itself,
 * come from several files, or where it is not known, and for "none". */
DIRICHLET_API const char *dirichlet_blas_library(void);

#ifdef __cplusplus
}
#endif

#endif
