/* Training of a dense ReLU network as the experiments need it: every penalty and every noise of
 * libdirichlet is a number in the settings, and each of them one call in the step. */
#ifndef EXAMPLES_PAPER_TRAINER_H
#define EXAMPLES_PAPER_TRAINER_H

#include <dirichlet/dirichlet.h>
#include <stdint.h>

#include "problem.h"

#define TRAINER_MOST_LAYERS 16

/* Samples; the arrays are the caller's. */
struct trainer_data {
    int64_t count;
    int64_t inputs;
    int64_t outputs;
    const float *x;        /* (count, inputs) */
    const int64_t *labels; /* (count) of classes; or NULL */
    const float *targets;  /* (count, outputs), for regression; or NULL: one-hot of labels */
};

enum trainer_optimizer { TRAINER_SGD, TRAINER_ADAM };

/* Zero means: none of it. */
struct trainer_settings {
    int layers;
    int64_t widths[TRAINER_MOST_LAYERS + 1];         /* inputs, hidden layers, outputs */
    dirichlet_initialization_options initialization; /* its seed is taken from `seed` */
    dirichlet_loss_kind loss;                        /* softmax cross-entropy or squared */
    enum trainer_optimizer optimizer;
    double learning_rate;
    double momentum;                           /* of SGD */
    int64_t batch;                             /* samples of a step; 0: all of them */
    double l1, l2, spectral, flatness, energy; /* strengths of the penalties */
    double label_noise;                        /* rate of labels that are wrong, others each step */
    double target_noise, input_noise;          /* standard deviations */
    uint64_t seed;                             /* of weights, order and noise */
    const dirichlet_parallel *parallel;        /* threads of the network; they outlive it */
};

struct trainer;

/* settings and data are copied, the arrays of data are not. 0, or -1 with the problem. */
int trainer_create(const struct trainer_settings *settings, const struct trainer_data *data,
                   struct trainer **out, struct problem *problem);
void trainer_destroy(struct trainer *trainer); /* NULL is fine */

/* Take so many steps: batches of the data in an order drawn anew for every pass. */
int trainer_steps(struct trainer *trainer, int64_t steps, struct problem *problem);
int64_t trainer_steps_taken(const struct trainer *trainer);

/* Mean loss without penalties and noise, and the part of labels that is right (NaN without
 * labels). */
struct trainer_score {
    double loss;
    double accuracy;
};
int trainer_judge(struct trainer *trainer, const struct trainer_data *data,
                  struct trainer_score *score, struct problem *problem);

/* Geometric complexity of the outputs: the exact mean energy. */
int trainer_complexity(struct trainer *trainer, const struct trainer_data *data, double *complexity,
                       struct problem *problem);

/* The network that is trained, for whatever else is to be measured; and its parameters, laid out
 * W_1 (out x in), b_1, W_2, ... */
dirichlet_dense_f32 *trainer_network(struct trainer *trainer);
const float *trainer_parameters(const struct trainer *trainer, int64_t *count);

/* A network of the first `layers` of its layers, over the same parameters, which it follows as they
 * are trained: its geometric complexity is that of the embedding. The caller's to destroy, before
 * the trainer. 0, or -1 with the problem. */
int trainer_create_embedding(struct trainer *trainer, int layers, dirichlet_dense_f32 **out,
                             struct problem *problem);

/* Another learning rate from now on. */
void trainer_set_learning_rate(struct trainer *trainer, double learning_rate);

#endif
