#include "training.h"

#include <stdlib.h>
#include <string.h>

#include "loss.h"

int training_create(struct training *training, struct network *network, const struct digits *digits,
                    struct sgd *sgd, struct random *random, int64_t batch, struct problem *problem)
{
    const size_t logits = (size_t)batch * DIGITS_CLASSES;
    *training = (struct training){.network = network,
                                  .digits = digits,
                                  .sgd = sgd,
                                  .random = random,
                                  .batch = batch,
                                  .order = malloc((size_t)digits->count * sizeof(int64_t)),
                                  .x = malloc((size_t)(batch * digits->inputs) * sizeof(float)),
                                  .logits = malloc(logits * sizeof(float)),
                                  .cotangents = malloc(logits * sizeof(float)),
                                  .labels = malloc((size_t)batch)};
    if (training->order == NULL || training->x == NULL || training->logits == NULL ||
        training->cotangents == NULL || training->labels == NULL) {
        training_destroy(training);
        return problem_set(problem, "not enough memory");
    }
    for (int64_t i = 0; i < digits->count; i++)
        training->order[i] = i;
    return 0;
}

void training_destroy(struct training *training)
{
    free(training->order);
    free(training->x);
    free(training->logits);
    free(training->cotangents);
    free(training->labels);
    memset(training, 0, sizeof *training);
}

static void gather(struct training *training, int64_t first, int64_t samples)
{
    const struct digits *digits = training->digits;
    for (int64_t i = 0; i < samples; i++) {
        const int64_t chosen = training->order[first + i];
        memcpy(training->x + i * digits->inputs, digits->pixels + chosen * digits->inputs,
               (size_t)digits->inputs * sizeof(float));
        training->labels[i] = digits->labels[chosen];
    }
}

static int step(struct training *training, int64_t samples, struct problem *problem)
{
    struct network *network = training->network;
    if (network_forward(network, samples, training->x, training->logits, problem) != 0)
        return -1;
    cross_entropy(samples, DIGITS_CLASSES, training->logits, training->labels,
                  training->cotangents);
    if (network_gradient(network, samples, training->x, training->cotangents, problem) != 0)
        return -1;
    sgd_step(training->sgd, network->gradient, network->parameters);
    return 0;
}

int training_epoch(struct training *training, struct problem *problem)
{
    const int64_t count = training->digits->count;
    random_shuffle(training->random, training->order, count);
    for (int64_t first = 0; first < count; first += training->batch) {
        const int64_t left = count - first;
        const int64_t samples = left < training->batch ? left : training->batch;
        gather(training, first, samples);
        if (step(training, samples, problem) != 0)
            return -1;
    }
    return 0;
}

int training_score(struct network *network, const struct digits *digits, struct score *score,
                   struct problem *problem)
{
    const int64_t count = digits->count;
    float *logits = malloc((size_t)count * DIGITS_CLASSES * sizeof(float));
    if (logits == NULL)
        return problem_set(problem, "not enough memory");
    const int result = network_forward(network, count, digits->pixels, logits, problem);
    if (result == 0) {
        const double total = (double)count;
        score->loss = cross_entropy(count, DIGITS_CLASSES, logits, digits->labels, NULL) / total;
        score->accuracy =
            (double)count_correct(count, DIGITS_CLASSES, logits, digits->labels) / total;
    }
    free(logits);
    return result;
}
