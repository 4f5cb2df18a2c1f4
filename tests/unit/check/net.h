/* A small dense network by plain loops, as a model that keeps its contract, or breaks it in one
 * way: f(x) = a_L(W_L ... a_1(W_1 x + b_1 + t) + b_L), t a number that belongs to the sample. */
#ifndef DIRICHLET_TESTS_CHECK_NET_H
#define DIRICHLET_TESTS_CHECK_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "dirichlet/check.h"
#include "dirichlet/model.h"

#define NET_LAYERS 4
#define NET_WIDTH 40
#define NET_PARAMETERS (NET_LAYERS * (NET_WIDTH + 1) * NET_WIDTH)
#define NET_SAMPLES 24
#define NET_ROWS 64

enum net_activation {
    NET_IDENTITY,
    NET_RELU,
    NET_LEAKY,
    NET_CLAMP,
    NET_ABS,
    NET_TANH,
    NET_SIGMOID,
    NET_SWISH,
    NET_SINE,
    NET_ACTIVATIONS
};

enum net_fault {
    SOUND,
    FORWARD_DROPOUT,
    VJP_DROPOUT,
    BATCH_NORM,
    COMMON_SCALE,
    FORWARD_ROWS_SWAPPED,
    VJP_ROWS_SWAPPED,
    JVP_LAYOUT,
    VJP_TRANSPOSED_INDEX,
    FORWARD_LAST_ROW_LEFT,
    VJP_LAST_DIRECTION_LEFT,
    ENERGIES_LAST_LEFT,
    FORWARD_BEYOND,
    JVP_BEFORE,
    ENERGIES_BEYOND,
    FORWARD_CHANGES_X,
    JVP_CHANGES_V,
    VJP_CHANGES_U,
    JVP_DOUBLE,
    JVP_NEGATIVE,
    JVP_LEAVES_INPUT,
    JVP_SCALE,
    JVP_OTHER_ACTIVATION,
    JVP_AFFINE,
    JVP_NORMALIZES,
    VJP_NO_BIAS,
    VJP_NO_SLOPE,
    VJP_LEAVES_OUTPUT,
    VJP_ADDS,
    VJP_CLIPS,
    VJP_FIRST_DIRECTION,
    NORMS_NO_SQUARE,
    NORMS_HALF,
    NORMS_NEGATIVE,
    ENERGIES_BY_SAMPLES,
    ENERGIES_BY_OUTPUTS,
    ENERGIES_HALF,
    ENERGIES_SOFTMAX,
    ENERGIES_ONE_SAMPLE,
    JVP_LAST_FORWARD,
    POINTS_MIXED,
    POINTS_FIRST,
    POINTS_INDEX,
    FIRST_IGNORED,
    FIRST_OFF_BY_ONE,
    FIRST_DENIED,
    RETURNS_CODE,
    RETURNS_UNSUPPORTED,
    RETURNS_RESERVED,
    RETURNS_OUT_OF_DOMAIN,
    FORWARD_NAN,
    VJP_INFINITE,
    PARAMETERS_MEAN,
    PARAMETERS_SIGN,
    PARAMETERS_OVERWRITE,
    PARAMETERS_LAYER_LEFT,
    PARAMETERS_FIRST_POINT,
    PARAMETERS_DROPOUT,
    PARAMETERS_CHANGES_C,
    PARAMETERS_BATCH_SCALE,
    PREPARE_ONCE,
    PREPARE_MIXES,
    PREPARE_CHANGES_X,
    PREPARE_FAILS,
    PREPARE_FIRST_ROW,
    JVP_LAST_ZERO, /* the last direction, of several */
    JVP_LAST_SCALED,
    JVP_LAST_ELEMENT,
    VJP_LAST_ZERO,
    VJP_LAST_SCALED,
    VJP_LAST_ELEMENT,
    NORMS_LAST_ZERO,
    NORMS_LAST_SCALED,
    NET_FAULTS
};

struct net {
    int64_t inputs;
    int64_t outputs;
    int64_t layers;
    int64_t width[NET_LAYERS + 1]; /* width[0] = inputs, width[layers] = outputs */
    enum net_activation activation[NET_LAYERS];
    int64_t parameter_count;
    union {
        double of_f64[NET_PARAMETERS];
        float of_f32[NET_PARAMETERS];
    } parameters, gradient;
    bool conditional;
    int64_t first; /* of the data set */
    double time[NET_SAMPLES + 1];
    bool reorder;   /* another order of sums where a call has one row */
    int32_t digits; /* bits that inner results are rounded to; 0: all */
    double grid;    /* that z is rounded to, which no derivative knows of; 0: none */
    double output_scale;
    int64_t max_samples;
    int64_t max_directions;
    enum net_fault fault;
    double strength; /* of faults that have one; 0: the usual */
    /* What the calls have done. */
    int64_t calls;
    int64_t beyond_limits; /* or with points, where first is ignored */
    uint64_t random;
    bool has_prepared;
    double prepared[NET_SAMPLES * NET_WIDTH];
    double last[NET_ROWS * NET_WIDTH];
};

#define NET_FORWARD 1
#define NET_JVP 2
#define NET_VJP 4
#define NET_ENERGIES 8
#define NET_NORMS 16
#define NET_BACKWARD 32
#define NET_PREPARE 64
#define NET_ALL 63

/* A uniform number in (-1, 1), and one of 0 .. count - 1. */
double net_uniform(uint64_t *state);
int64_t net_below(uint64_t *state, int64_t count);

/* Sizes, activations and parameters at random; weights so that signals keep their size. */
void net_draw_f64(struct net *net, uint64_t *state, int64_t inputs, int64_t outputs);
void net_draw_f32(struct net *net, uint64_t *state, int64_t inputs, int64_t outputs);

dirichlet_model_f64 net_model_f64(struct net *net, int32_t callbacks);
dirichlet_model_f32 net_model_f32(struct net *net, int32_t callbacks);

#endif
