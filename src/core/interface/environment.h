/* The floating-point environment. Every public call does its own work in the default one (round to
 * nearest, subnormal numbers kept, no exception traps), whatever the caller's is, and gives the
 * caller's back as it found it: control bits, exception flags and errno. The caller's callbacks
 * run in the caller's environment, and what they change in it stays changed.
 *
 *     struct environment caller;
 *     environment_enter(&caller);
 *     ...
 *     environment_leave(&caller);
 *     code = callback();
 *     environment_enter(&caller);
 *     ...
 *     environment_leave(&caller);
 *
 * The work in between is to reach memory before the call ends, as results of public functions do:
 * arithmetic whose result is only held by value could be moved past the end by the compiler. */
#ifndef DIRICHLET_CORE_ENVIRONMENT_H
#define DIRICHLET_CORE_ENVIRONMENT_H

#include <stdint.h>

#include "core/arithmetic/arithmetic.h"

#if (defined(__x86_64__) || defined(__aarch64__)) && defined(__GNUC__)
#define ENVIRONMENT_BY_REGISTERS 1
#else
#define ENVIRONMENT_BY_REGISTERS 0
#include <fenv.h>
#endif

struct environment {
#if ENVIRONMENT_BY_REGISTERS
    uint32_t control; /* x86-64: MXCSR, flags included; arm64: FPCR */
    uint32_t other;   /* x86-64: the control word of the x87; arm64: FPSR, the flags */
#else
    fenv_t all;
#endif
    int error_number;          /* errno */
    struct environment *outer; /* of the call from whose callback this one came */
};

/* Note the caller's environment and set the default one. NULL: nothing. */
void environment_enter(struct environment *caller);

/* Set the environment that was noted. NULL: nothing. */
void environment_leave(const struct environment *caller);

/* The same for a call on a handle, which keeps in *current where its callbacks find the caller's.
 * Such a callback may call the handle again, if only to be refused. */
void environment_begin(struct environment **current, struct environment *caller);
void environment_end(struct environment **current);

#endif
