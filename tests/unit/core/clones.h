/* The vectorized loops of the estimator and the regularizers, compiled for one vector unit. */
#ifndef TEST_CLONES_H
#define TEST_CLONES_H

#include <stdint.h>

/* Longest vector and most bytes that a trial leaves in `output`. */
#define CLONES_LONGEST 200
#define CLONES_OUTPUT (24 * CLONES_LONGEST * (int)sizeof(double))

/* Run every loop on vectors of `size` entries made of the 32 random bits at a time in
 * `bits`, all they yield one after the other to `output`; the bytes written. */
typedef int64_t clones_trial(int64_t size, const uint32_t *bits, unsigned char *output);

clones_trial clones_default_f32, clones_default_f64;
clones_trial clones_avx2_f32, clones_avx2_f64;
clones_trial clones_avx512f_f32, clones_avx512f_f64;

#endif
