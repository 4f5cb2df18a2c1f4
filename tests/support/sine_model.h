/* A smooth model whose Jacobian is known, with faults on demand:
 *
 *     f_j(x) = sum_i A_ji sin x_i,    J_ji = A_ji cos x_i
 *
 * Row i of every output depends on row i of the inputs alone, to the last bit. */
#ifndef DIRICHLET_TESTS_SINE_MODEL_H
#define DIRICHLET_TESTS_SINE_MODEL_H

#include <stdint.h>

#include "dirichlet/model.h"

#define SINE_FORWARD 1
#define SINE_JVP 2
#define SINE_VJP 4
#define SINE_ENERGIES 8
#define SINE_NORMS 16
#define SINE_ALL 31

#define SINE_MOST 256 /* elements of A */

enum sine_place { SINE_FIRST, SINE_MIDDLE, SINE_LAST };

struct sine {
    int64_t inputs;
    int64_t outputs;
    double matrix[SINE_MOST]; /* (k, d) */
    int64_t max_samples;
    int64_t max_directions;
    /* Counted over all callbacks, from 1; 0 in a *_at: never. */
    int64_t calls;
    int64_t fail_at; /* return `code`, the output half written */
    int32_t code;
    int64_t poison_at; /* write `poison` over one element of the output */
    double poison;
    enum sine_place place;
    int32_t single;       /* forward rounds what it returns to float32 */
    int64_t silent_at;    /* write nothing and return 0 */
    int64_t most_samples; /* the largest that came in any call */
    int64_t most_directions;
    void (*inside)(void *user); /* called first thing in every callback, if not NULL */
    void *inside_user;
};

/* A model without faults, d * k <= SINE_MOST. */
struct sine sine_make(int64_t inputs, int64_t outputs);

/* Its table with some of the callbacks. */
dirichlet_model_f64 sine_model_f64(struct sine *sine, int32_t callbacks);
dirichlet_model_f32 sine_model_f32(struct sine *sine, int32_t callbacks);

/* ||J(x)||_F^2. */
double sine_energy_f64(const struct sine *sine, const double *x);
double sine_energy_f32(const struct sine *sine, const float *x);

/* Deterministic numbers in (-1, 1). */
void sine_data_f64(int64_t count, uint64_t seed, double *x);
void sine_data_f32(int64_t count, uint64_t seed, float *x);

/* Every method on every side that it can take. */
struct arrangement {
    const char *name;
    int32_t method;
    int32_t callbacks;
    int64_t probes;
    int64_t inputs;
    int64_t outputs;
};
#define ARRANGEMENT_COUNT 23
extern const struct arrangement arrangements[ARRANGEMENT_COUNT];

#endif
