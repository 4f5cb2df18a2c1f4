#include "loss.h"

#include <math.h>
#include <stddef.h>

static int64_t largest(int64_t classes, const float *logits)
{
    int64_t best = 0;
    for (int64_t j = 1; j < classes; j++)
        if (logits[j] > logits[best])
            best = j;
    return best;
}

/* log sum_j exp(logits[j]); taking the largest out keeps exp from overflowing. */
static double log_sum_exp(int64_t classes, const float *logits)
{
    const double top = logits[largest(classes, logits)];
    double sum = 0.0;
    for (int64_t j = 0; j < classes; j++)
        sum += exp(logits[j] - top);
    return top + log(sum);
}

double cross_entropy(int64_t samples, int64_t classes, const float *logits,
                     const unsigned char *labels, float *cotangents)
{
    double loss = 0.0;
    for (int64_t i = 0; i < samples; i++) {
        const float *row = logits + i * classes;
        const double log_total = log_sum_exp(classes, row);
        loss += log_total - row[labels[i]];
        for (int64_t j = 0; cotangents != NULL && j < classes; j++)
            cotangents[i * classes + j] = (float)(exp(row[j] - log_total) - (j == labels[i]));
    }
    return loss;
}

int64_t count_correct(int64_t samples, int64_t classes, const float *logits,
                      const unsigned char *labels)
{
    int64_t correct = 0;
    for (int64_t i = 0; i < samples; i++)
        correct += largest(classes, logits + i * classes) == labels[i];
    return correct;
}
