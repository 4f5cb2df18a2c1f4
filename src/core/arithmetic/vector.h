/* Loops compiled for several vector units, of which the processor's own is taken.
 *
 * DIRICHLET_VECTORIZED before a function makes the compiler emit it once for AVX-512, once
 * for AVX2 and once for the build's own target; the dynamic linker picks one (an ifunc).
 * Where compiler, C library or build do not know how, it means nothing.
 *
 * All copies give the same bits as long as the function keeps to what the compiler may not
 * reorder: elementwise work, and sums in explicit lanes. Contraction is off for the whole
 * library. tests/unit/core/test_clones.c compares the copies.
 *
 * Such a function is not inlined and costs an indirect call, so it should have a whole row
 * to work on. It cannot be `inline`; what it calls must be, or is not vectorized with it.
 * Its name is to be unique in the library even if it is static: clang makes the function
 * that picks the copy an external symbol. */
#ifndef DIRICHLET_CORE_VECTOR_H
#define DIRICHLET_CORE_VECTOR_H

#include <limits.h> /* says which C library this is */

/* Sanitizers are not set up yet when the dynamic linker calls the function that picks. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DIRICHLET_NO_CLONES 1 /* as the build may say, too */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define DIRICHLET_NO_CLONES 1 /* as the build may say, too */
#endif
#endif

#if defined(__clang__)
#define DIRICHLET_HAS_CLONES (__clang_major__ >= 14)
#elif defined(__GNUC__)
#define DIRICHLET_HAS_CLONES (__GNUC__ >= 11)
#else
#define DIRICHLET_HAS_CLONES 0
#endif

#if defined(DIRICHLET_VECTORIZED)
/* A test has chosen. */
#elif DIRICHLET_HAS_CLONES && defined(__x86_64__) && defined(__ELF__) && defined(__GLIBC__) &&     \
    !defined(DIRICHLET_NO_CLONES)
#define DIRICHLET_VECTORIZED __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define DIRICHLET_VECTORIZED
#endif

#endif
