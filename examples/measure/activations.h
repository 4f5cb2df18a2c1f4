/* The activations of all layers, as --activation says them: one for all hidden layers, or a list
 * with commas. */
#ifndef EXAMPLES_MEASURE_ACTIVATIONS_H
#define EXAMPLES_MEASURE_ACTIVATIONS_H

#include "activation.h"
#include "network/network.h"
#include "problem.h"

#define ACTIVATIONS_MOST 128
#define ACTIVATIONS_TEXT 4096

struct activations {
    int count;
    struct activation items[ACTIVATIONS_MOST];
    char pieces[ACTIVATIONS_TEXT]; /* of the text, that the items point into */
    const char *text;              /* as it was given */
    int is_default;
};

/* 0, or -1 with the problem. The text is kept; *activations must not move. */
int activations_read(const char *option, const char *text, struct activations *activations,
                     struct problem *problem);

/* Whether the slopes of prelu are left to the file. */
int activations_ask_for_slopes(const struct activations *activations);

/* That they are as many as the network has hidden layers, or layers where the last one is among
 * them, or one; and that slopes are where they are asked for, and there alone. */
int activations_check(const struct activations *activations, const struct activation *output,
                      int output_is_given, const struct network *network, struct problem *problem);

/* That of a layer. */
const struct activation *activations_of(const struct activations *activations,
                                        const struct activation *output,
                                        const struct network *network, int layer);

#endif
