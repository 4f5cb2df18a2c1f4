/* What forward_noise.c and its two precisions share: networks of one hidden layer whose
 * numbers are spoilt on their way. */
#ifndef PROPERTY_FORWARD_NOISE_H
#define PROPERTY_FORWARD_NOISE_H

#include <stdint.h>

#include "dirichlet/dirichlet.h"

#define MOST_HIDDEN 32
#define MOST_OUTPUTS 8

/* What happens to a number. */
enum spoil {
    SPOIL_NONE,
    SPOIL_ROUND,  /* to the nearest multiple of `size` */
    SPOIL_RANDOM, /* plus `size` times a number in [-1, 1] that its bits decide */
    SPOIL_SMOOTH, /* plus `size` times the sine of a frequency that no difference can follow */
    SPOIL_SINGLE  /* to float32, as is everything before it */
};

enum place { PLACE_HIDDEN, PLACE_END, PLACE_BOTH };

/* The last operation, in double. */
enum ending { ENDING_NONE, ENDING_TEMPERATURE, ENDING_SHIFT, ENDING_PADDING };

enum unit { UNIT_TANH, UNIT_RELU, UNIT_TABLE, UNIT_LINES };

struct kind {
    const char *name;
    enum spoil spoil;
    enum place place;
    enum unit unit; /* UNIT_TABLE, UNIT_LINES: tanh from a table, nearest or joined by lines */
    enum ending ending;
    int relative; /* size is that of the number's own magnitude */
    double size;
};

struct spoilt {
    struct kind kind;
    int64_t inputs;
    int64_t hidden;
    int64_t outputs;
    const double *first;  /* (hidden, inputs) */
    const double *bias;   /* (hidden) */
    const double *second; /* (outputs, hidden) */
    int64_t rows;         /* forward evaluations so far */
};

/* One forward pass in double, with the kind's noise; x, y of one sample. */
void spoilt_forward(const struct spoilt *f, const double *x, double *y);

/* The energy without noise. */
double clean_energy(const struct spoilt *f, const double *x);

dirichlet_status measure_spoilt_f64(struct spoilt *f, int64_t samples, const double *x,
                                    const dirichlet_estimator_options *options,
                                    dirichlet_result *result, dirichlet_error *error);
dirichlet_status measure_spoilt_f32(struct spoilt *f, int64_t samples, const double *x,
                                    const dirichlet_estimator_options *options,
                                    dirichlet_result *result, dirichlet_error *error);

/* The penalty along all coordinates, without its gradient; *noise: what options.noise receives. */
dirichlet_status penalize_spoilt_f64(struct spoilt *f, int64_t samples, const double *x,
                                     double *value, double *noise);
dirichlet_status penalize_spoilt_f32(struct spoilt *f, int64_t samples, const double *x,
                                     double *value, double *noise);

#endif
