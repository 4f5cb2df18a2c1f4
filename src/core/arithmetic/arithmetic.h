/* What the library's numbers rest on: IEEE 754 arithmetic as C has it. Under -ffast-math, -Ofast or
 * -funsafe-math-optimizations compensated sums, NaN checks and the reduction of random numbers'
 * arguments are optimized away, and the results are plausible and wrong; with the x87's wider
 * registers (FLT_EVAL_METHOD 2) errors of products are too. So such a compilation stops here.
 * Every source includes this file through some header (tests/environment/refused.sh). */
#ifndef DIRICHLET_CORE_ARITHMETIC_H
#define DIRICHLET_CORE_ARITHMETIC_H

#include <float.h>

/* gcc tells of all of them, clang of all together and of NaN and infinity. */
#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ > 0) ||       \
    defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || defined(__NO_SIGNED_ZEROS__)
#error "libdirichlet gives wrong numbers with -ffast-math and its parts: compile it without \
(-fno-fast-math -fno-unsafe-math-optimizations; icx: -fp-model=precise)"
#endif

/* 16: as 0 for float and double. */
#if FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 16
#error "libdirichlet needs float and double as they are (FLT_EVAL_METHOD 0): on 32-bit x86 compile \
with -msse2 -mfpmath=sse, on s390x with -fexcess-precision=fast"
#endif

/* -fsingle-precision-constant: 2^24 + 1 is no float. */
_Static_assert((int)16777217.0 == 16777217, "constants must be double");

/* What clang has no macro for, among it the default of icx, is switched off here. */
#if defined(__clang__)
#pragma float_control(precise, on)
#pragma STDC FP_CONTRACT OFF
#endif

#endif
