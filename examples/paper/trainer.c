#include "trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "random.h"

struct trainer {
    struct trainer_settings settings;
    struct trainer_data data;
    int64_t count; /* of parameters */
    float *parameters;
    float *gradient; /* laid out alike */
    float *moments;  /* velocity of SGD, first moment of Adam */
    float *squares;  /* second moment of Adam */
    dirichlet_dense_f32 *network;
    dirichlet_dense_layer_f32 layers[TRAINER_MOST_LAYERS];
    dirichlet_dense_gradient_f32 views[TRAINER_MOST_LAYERS];
    dirichlet_parameter_f32 weights[TRAINER_MOST_LAYERS];
    dirichlet_singular_f32 singular[TRAINER_MOST_LAYERS];
    float *vectors; /* right singular vectors, followed from step to step */
    struct random random;
    int64_t *order; /* (data.count) */
    int64_t place;  /* in it */
    int64_t steps;
    int64_t batch;         /* samples of a step */
    float *x;              /* (batch, inputs) */
    int64_t *labels;       /* (batch) */
    float *targets;        /* (batch, outputs) */
    dirichlet_error error; /* of the last call that is not the network's */
};

static int fail(const struct trainer *trainer, dirichlet_status status, struct problem *problem)
{
    const char *text = dirichlet_dense_message_f32(trainer->network);
    if (trainer->error.message[0] != '\0')
        text = trainer->error.message;
    return problem_set(problem, "training: %s",
                       text[0] != '\0' ? text : dirichlet_status_string(status));
}

static int is_squared(const struct trainer *trainer)
{
    return trainer->settings.loss == DIRICHLET_LOSS_SQUARED;
}

/* The views by which the library sees a layer, its gradient and its penalties. */
static void view_layer(struct trainer *trainer, int l, int64_t at, float *vector)
{
    const int64_t inputs = trainer->settings.widths[l];
    const int64_t outputs = trainer->settings.widths[l + 1];
    float *weights = trainer->parameters + at;
    float *gradient = trainer->gradient + at;
    const int last = l == trainer->settings.layers - 1;
    trainer->layers[l] = (dirichlet_dense_layer_f32){
        .struct_size = sizeof *trainer->layers,
        .inputs = inputs,
        .outputs = outputs,
        .weights = weights,
        .output_stride = inputs,
        .input_stride = 1,
        .bias = weights + inputs * outputs,
        .bias_stride = 1,
        .activation = last ? DIRICHLET_ACTIVATION_IDENTITY : DIRICHLET_ACTIVATION_RELU};
    trainer->views[l] = (dirichlet_dense_gradient_f32){.struct_size = sizeof *trainer->views,
                                                       .weights = gradient,
                                                       .output_stride = inputs,
                                                       .input_stride = 1,
                                                       .bias = gradient + inputs * outputs,
                                                       .bias_stride = 1};
    trainer->weights[l] = (dirichlet_parameter_f32){.struct_size = sizeof *trainer->weights,
                                                    .values = weights,
                                                    .gradient = gradient,
                                                    .rows = outputs,
                                                    .columns = inputs,
                                                    .row_stride = inputs,
                                                    .column_stride = 1,
                                                    .gradient_row_stride = inputs,
                                                    .gradient_column_stride = 1};
    trainer->singular[l] =
        (dirichlet_singular_f32){.struct_size = sizeof *trainer->singular, .vector = vector};
}

static dirichlet_status make_network(struct trainer *trainer)
{
    const struct trainer_settings *settings = &trainer->settings;
    const dirichlet_dense_options options = {.struct_size = sizeof options,
                                             .parallel = settings->parallel};
    dirichlet_initialization_options how = settings->initialization;
    const dirichlet_dense_layer_f32 *layers = trainer->layers;
    dirichlet_status status = DIRICHLET_OK;
    float *vector = trainer->vectors;
    int64_t at = 0;
    how.struct_size = sizeof how;
    how.seed = settings->seed;
    for (int l = 0; l < settings->layers; l++) {
        view_layer(trainer, l, at, vector);
        vector += settings->widths[l];
        at += (settings->widths[l] + 1) * settings->widths[l + 1];
    }
    for (int l = 0; l < settings->layers && status == DIRICHLET_OK; l++)
        status = dirichlet_initialize_f32(
            &how, l, layers[l].inputs, layers[l].outputs,
            trainer->views[l].weights - trainer->gradient + trainer->parameters, layers[l].inputs,
            1, trainer->views[l].bias - trainer->gradient + trainer->parameters, 1,
            &trainer->error);
    if (status == DIRICHLET_OK)
        status = dirichlet_dense_create_f32(layers, settings->layers, &options, &trainer->network,
                                            &trainer->error);
    return status;
}

static int64_t sum_of_inputs(const struct trainer_settings *settings)
{
    int64_t sum = 0;
    for (int l = 0; l < settings->layers; l++)
        sum += settings->widths[l];
    return sum;
}

static int allocate(struct trainer *trainer)
{
    const struct trainer_settings *settings = &trainer->settings;
    const int64_t inputs = settings->widths[0];
    const int64_t outputs = settings->widths[settings->layers];
    for (int l = 0; l < settings->layers; l++)
        trainer->count += (settings->widths[l] + 1) * settings->widths[l + 1];
    const size_t count = (size_t)trainer->count;
    trainer->parameters = calloc(count, sizeof(float));
    trainer->gradient = calloc(count, sizeof(float));
    trainer->moments = calloc(count, sizeof(float));
    trainer->squares = calloc(count, sizeof(float));
    trainer->vectors = calloc((size_t)sum_of_inputs(settings), sizeof(float));
    trainer->order = malloc((size_t)trainer->data.count * sizeof(int64_t));
    trainer->x = malloc((size_t)(trainer->batch * inputs) * sizeof(float));
    trainer->labels = malloc((size_t)trainer->batch * sizeof(int64_t));
    trainer->targets = malloc((size_t)(trainer->batch * outputs) * sizeof(float));
    return trainer->parameters != NULL && trainer->gradient != NULL && trainer->moments != NULL &&
           trainer->squares != NULL && trainer->vectors != NULL && trainer->order != NULL &&
           trainer->x != NULL && trainer->labels != NULL && trainer->targets != NULL;
}

int trainer_create(const struct trainer_settings *settings, const struct trainer_data *data,
                   struct trainer **out, struct problem *problem)
{
    struct trainer *trainer = calloc(1, sizeof *trainer);
    *out = NULL;
    if (trainer == NULL)
        return problem_no_memory(problem, "the trainer");
    trainer->settings = *settings;
    trainer->data = *data;
    trainer->error.struct_size = sizeof trainer->error;
    trainer->batch =
        settings->batch > 0 && settings->batch < data->count ? settings->batch : data->count;
    trainer->random.state = settings->seed;
    int result = 0;
    if (!allocate(trainer)) {
        result = problem_no_memory(problem, "the trainer");
    } else {
        for (int64_t i = 0; i < data->count; i++)
            trainer->order[i] = i;
        trainer->place = data->count;
        const dirichlet_status status = make_network(trainer);
        result = status == DIRICHLET_OK ? 0 : fail(trainer, status, problem);
    }
    if (result == 0)
        *out = trainer;
    else
        trainer_destroy(trainer);
    return result;
}

void trainer_destroy(struct trainer *trainer)
{
    if (trainer == NULL)
        return;
    dirichlet_dense_destroy_f32(trainer->network);
    void *blocks[] = {trainer->parameters, trainer->gradient, trainer->moments,
                      trainer->squares,    trainer->vectors,  trainer->order,
                      trainer->x,          trainer->labels,   trainer->targets};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        free(blocks[i]);
    free(trainer);
}

/* A target of the squared loss: given, or 1 for the class and 0 for the others. */
static void copy_target(const struct trainer_data *data, int64_t sample, float *out)
{
    if (data->targets != NULL) {
        memcpy(out, data->targets + sample * data->outputs, (size_t)data->outputs * sizeof *out);
        return;
    }
    memset(out, 0, (size_t)data->outputs * sizeof *out);
    out[data->labels[sample]] = 1.0F;
}

/* The next batch, every sample once in a pass. The rest of a pass that does not fill a batch is
 * left out of it. */
static void gather_batch(struct trainer *trainer)
{
    const struct trainer_data *data = &trainer->data;
    if (trainer->place + trainer->batch > data->count) {
        if (trainer->batch < data->count)
            random_shuffle(&trainer->random, trainer->order, data->count);
        trainer->place = 0;
    }
    for (int64_t i = 0; i < trainer->batch; i++) {
        const int64_t chosen = trainer->order[trainer->place++];
        memcpy(trainer->x + i * data->inputs, data->x + chosen * data->inputs,
               (size_t)data->inputs * sizeof *trainer->x);
        if (data->labels != NULL)
            trainer->labels[i] = data->labels[chosen];
        if (is_squared(trainer) && data->labels == NULL)
            copy_target(data, chosen, trainer->targets + i * data->outputs);
    }
}

/* Noise of this step on its copy of the batch. */
static dirichlet_status add_noise(struct trainer *trainer)
{
    const struct trainer_settings *s = &trainer->settings;
    const struct trainer_data *data = &trainer->data;
    dirichlet_status status = DIRICHLET_OK;
    if (s->label_noise > 0.0 && data->labels != NULL)
        status = dirichlet_noise_labels(s->seed, trainer->steps, 0, trainer->batch, data->outputs,
                                        s->label_noise, trainer->labels, NULL, &trainer->error);
    for (int64_t i = 0; is_squared(trainer) && data->labels != NULL && i < trainer->batch; i++) {
        memset(trainer->targets + i * data->outputs, 0, (size_t)data->outputs * sizeof(float));
        trainer->targets[i * data->outputs + trainer->labels[i]] = 1.0F;
    }
    if (status == DIRICHLET_OK && s->target_noise > 0.0 && is_squared(trainer))
        status = dirichlet_noise_add_f32(DIRICHLET_NOISE_TARGET, s->seed, trainer->steps, 0,
                                         trainer->batch, data->outputs, s->target_noise,
                                         trainer->targets, &trainer->error);
    if (status == DIRICHLET_OK && s->input_noise > 0.0)
        status = dirichlet_noise_add_f32(DIRICHLET_NOISE_INPUT, s->seed, trainer->steps, 0,
                                         trainer->batch, data->inputs, s->input_noise, trainer->x,
                                         &trainer->error);
    return status;
}

static dirichlet_loss_f32 loss_of_batch(const struct trainer *trainer)
{
    const int squared = is_squared(trainer);
    return (dirichlet_loss_f32){.struct_size = sizeof(dirichlet_loss_f32),
                                .kind = trainer->settings.loss,
                                .labels = squared ? NULL : trainer->labels,
                                .targets = squared ? trainer->targets : NULL};
}

static dirichlet_status add_norm(struct trainer *trainer, dirichlet_norm norm, double strength)
{
    const dirichlet_parameter_norm_options options = {.struct_size = sizeof options, .norm = norm};
    return dirichlet_parameter_norm_f32(trainer->weights, trainer->settings.layers, &options,
                                        strength, NULL, &trainer->error);
}

/* gradient += strength times that of a penalty, for each that has one. */
static dirichlet_status add_penalties(struct trainer *trainer, const dirichlet_loss_f32 *loss)
{
    const struct trainer_settings *s = &trainer->settings;
    dirichlet_status status = DIRICHLET_OK;
    if (s->l1 > 0.0)
        status = add_norm(trainer, DIRICHLET_NORM_L1, s->l1);
    if (status == DIRICHLET_OK && s->l2 > 0.0)
        status = add_norm(trainer, DIRICHLET_NORM_SQUARED_L2, s->l2);
    if (status == DIRICHLET_OK && s->spectral > 0.0)
        status = dirichlet_spectral_penalty_f32(trainer->weights, s->layers, trainer->singular,
                                                NULL, s->spectral, NULL, &trainer->error);
    if (status == DIRICHLET_OK && s->flatness > 0.0)
        status = dirichlet_dense_flatness_penalty_f32(trainer->network, trainer->batch, trainer->x,
                                                      loss, s->learning_rate, s->flatness,
                                                      trainer->views, s->layers, NULL);
    if (status == DIRICHLET_OK && s->energy > 0.0)
        status =
            dirichlet_dense_energy_penalty_f32(trainer->network, trainer->batch, trainer->x, NULL,
                                               s->energy, trainer->views, s->layers, NULL);
    return status;
}

/* theta -= rate g; the gradient is cleared for the next step. */
static void descend(int64_t count, float rate, float *restrict parameters, float *restrict gradient)
{
    for (int64_t i = 0; i < count; i++) {
        parameters[i] -= rate * gradient[i];
        gradient[i] = 0.0F;
    }
}

/* The same with v in place of the gradient, v = momentum v + g. */
static void descend_with_momentum(int64_t count, float rate, float momentum,
                                  float *restrict parameters, float *restrict gradient,
                                  float *restrict velocity)
{
    for (int64_t i = 0; i < count; i++) {
        velocity[i] = momentum * velocity[i] + gradient[i];
        parameters[i] -= rate * velocity[i];
        gradient[i] = 0.0F;
    }
}

static void step_sgd(struct trainer *trainer)
{
    const float rate = (float)trainer->settings.learning_rate;
    const float momentum = (float)trainer->settings.momentum;
    if (momentum == 0.0F)
        descend(trainer->count, rate, trainer->parameters, trainer->gradient);
    else
        descend_with_momentum(trainer->count, rate, momentum, trainer->parameters,
                              trainer->gradient, trainer->moments);
}

/* Kingma and Ba 2015. */
static void step_adam(struct trainer *trainer)
{
    const double first = 0.9;
    const double second = 0.999;
    const double taken = (double)(trainer->steps + 1);
    const float rate = (float)(trainer->settings.learning_rate * sqrt(1.0 - pow(second, taken)) /
                               (1.0 - pow(first, taken)));
    for (int64_t i = 0; i < trainer->count; i++) {
        const float g = trainer->gradient[i];
        trainer->moments[i] += (float)(1.0 - first) * (g - trainer->moments[i]);
        trainer->squares[i] += (float)(1.0 - second) * (g * g - trainer->squares[i]);
        trainer->parameters[i] -= rate * trainer->moments[i] / (sqrtf(trainer->squares[i]) + 1e-8F);
        trainer->gradient[i] = 0.0F;
    }
}

static int take_step(struct trainer *trainer, struct problem *problem)
{
    gather_batch(trainer);
    dirichlet_status status = add_noise(trainer);
    const dirichlet_loss_f32 loss = loss_of_batch(trainer);
    if (status == DIRICHLET_OK)
        status =
            dirichlet_dense_loss_gradient_f32(trainer->network, trainer->batch, trainer->x, &loss,
                                              1.0, trainer->views, trainer->settings.layers, NULL);
    if (status == DIRICHLET_OK)
        status = add_penalties(trainer, &loss);
    if (status != DIRICHLET_OK)
        return fail(trainer, status, problem);
    if (trainer->settings.optimizer == TRAINER_ADAM)
        step_adam(trainer);
    else
        step_sgd(trainer);
    trainer->steps++;
    return 0;
}

int trainer_steps(struct trainer *trainer, int64_t steps, struct problem *problem)
{
    int result = 0;
    for (int64_t i = 0; i < steps && result == 0; i++)
        result = take_step(trainer, problem);
    return result;
}

int64_t trainer_steps_taken(const struct trainer *trainer)
{
    return trainer->steps;
}

int trainer_judge(struct trainer *trainer, const struct trainer_data *data,
                  struct trainer_score *score, struct problem *problem)
{
    const dirichlet_status status =
        judge_network(trainer->network, trainer->settings.loss, data, score);
    return status == DIRICHLET_OK ? 0 : fail(trainer, status, problem);
}

int trainer_complexity(struct trainer *trainer, const struct trainer_data *data, double *complexity,
                       struct problem *problem)
{
    double sum = 0.0;
    const dirichlet_status status =
        dirichlet_dense_energy_sum_f32(trainer->network, data->count, data->x, &sum);
    if (status != DIRICHLET_OK)
        return fail(trainer, status, problem);
    *complexity = sum / (double)data->count;
    return 0;
}

dirichlet_dense_f32 *trainer_network(struct trainer *trainer)
{
    return trainer->network;
}

const float *trainer_parameters(const struct trainer *trainer, int64_t *count)
{
    *count = trainer->count;
    return trainer->parameters;
}

int trainer_create_embedding(struct trainer *trainer, int layers, dirichlet_dense_f32 **out,
                             struct problem *problem)
{
    const dirichlet_dense_options options = {
        .struct_size = sizeof options, .layers = layers, .parallel = trainer->settings.parallel};
    const dirichlet_status status = dirichlet_dense_create_f32(
        trainer->layers, trainer->settings.layers, &options, out, &trainer->error);
    return status == DIRICHLET_OK ? 0 : fail(trainer, status, problem);
}

void trainer_set_learning_rate(struct trainer *trainer, double learning_rate)
{
    trainer->settings.learning_rate = learning_rate;
}
