/* Softmax cross-entropy, from the logits of a classifier. */
#ifndef EXAMPLES_LOSS_H
#define EXAMPLES_LOSS_H

#include <stdint.h>

/* Sum over n samples of -log p(label), p = softmax(logits). logits (n, k), labels (n).
 * cotangents (n, k) receive the derivative of every sample's loss with respect to its
 * logits, p - onehot(label); NULL: not wanted. */
double cross_entropy(int64_t samples, int64_t classes, const float *logits,
                     const unsigned char *labels, float *cotangents);

/* How many samples have their largest logit at their label. */
int64_t count_correct(int64_t samples, int64_t classes, const float *logits,
                      const unsigned char *labels);

#endif
