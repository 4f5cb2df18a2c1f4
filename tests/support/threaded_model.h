/* A model whose callbacks may run on several threads at the same time, if it says so, and that sees
 * where they do:
 *
 *     f_j(x, t) = sum_i A_ji sin(x_i + t),    J_ji = A_ji cos(x_i + t),
 *
 * t being looked up by the index of the sample. Row i of every output depends on row i of the
 * inputs alone, to the last bit. A row with x_0 from THREADED_FAULT to ten times that makes the
 * call that has it return x_0, rounded, the first of them in its order; where x_0 is below minus
 * that, the outputs are NaN. */
#ifndef DIRICHLET_TESTS_THREADED_MODEL_H
#define DIRICHLET_TESTS_THREADED_MODEL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "dirichlet/model.h"
#include "support/sine_model.h"

/* Callbacks beside those of SINE_*. */
#define THREADED_PARAMETERS 32
#define THREADED_PREPARE 64

#define THREADED_MOST 4096 /* elements of A */
#define THREADED_WIDTH 512 /* most inputs */
#define THREADED_FAULT 5.0

struct threaded {
    int64_t inputs;
    int64_t outputs;
    int64_t max_samples;
    int64_t max_directions;
    int32_t concurrent;
    int32_t ignores_first;
    int32_t slow;                 /* calls give way to others */
    double matrix[THREADED_MOST]; /* (k, d) */
    double gradient[THREADED_MOST];
    pthread_t maker;       /* the thread that made it */
    atomic_int calls;      /* in progress */
    atomic_int most_calls; /* at the same time */
    atomic_int abroad; /* callbacks on other threads than the maker's, parameter_vjp's more so: */
    atomic_int gradients_abroad;
    atomic_int unprepared; /* products of other rows than this thread has prepared last */
};

void threaded_make(int64_t inputs, int64_t outputs, struct threaded *threaded);

/* Forget what was seen. */
void threaded_forget(struct threaded *threaded);

dirichlet_model_f64 threaded_model_f64(struct threaded *threaded, int32_t callbacks);
dirichlet_model_f32 threaded_model_f32(struct threaded *threaded, int32_t callbacks);

/* Of a callback: its beginning and its end. */
void threaded_enter(struct threaded *threaded);
int32_t threaded_leave(struct threaded *threaded, int32_t code);

#endif
