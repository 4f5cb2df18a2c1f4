/* Keys of the counter-based streams: what random numbers are for.
 *
 * Under one seed each purpose has a key of its own, the seed xor a constant (digits of pi, as
 * they stand in Blowfish); the estimator's probes have the seed itself. Within a purpose:
 *
 *                   sample                 probe             block
 *   weights         layer 2^32 + output    attempt < 2^31    input / 2
 *   biases          layer 2^32 + output    2^31              0
 *   noise           sample                 step              component / 2
 *   labels          sample                 step              0: whether, 1: which class
 *
 * Attempts are those of a truncated distribution. All fields fit: no two numbers of one seed
 * come from the same bits. */
#ifndef DIRICHLET_RANDOM_KEY_H
#define DIRICHLET_RANDOM_KEY_H

#include <stdint.h>

#define KEY_INITIALIZATION UINT64_C(0x243f6a8885a308d3)
#define KEY_NOISE_INPUT UINT64_C(0x13198a2e03707344)
#define KEY_NOISE_TARGET UINT64_C(0xa4093822299f31d0)
#define KEY_NOISE_LABEL UINT64_C(0x082efa98ec4e6c89)

#endif
