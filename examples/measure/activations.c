#include "activations.h"

#include <string.h>

int activations_read(const char *option, const char *text, struct activations *activations,
                     struct problem *problem)
{
    memset(activations, 0, sizeof *activations);
    activations->text = text;
    if (strlen(text) >= sizeof activations->pieces)
        return problem_set(problem, "%s: more than %d characters", option, ACTIVATIONS_TEXT - 1);
    strcpy(activations->pieces, text);
    for (char *piece = activations->pieces; piece != NULL;) {
        char *comma = strchr(piece, ',');
        if (comma != NULL)
            *comma = '\0';
        if (activations->count == ACTIVATIONS_MOST)
            return problem_set(problem, "%s: more than %d activations", option, ACTIVATIONS_MOST);
        if (activation_read(option, piece, &activations->items[activations->count++], problem) != 0)
            return -1;
        piece = comma == NULL ? NULL : comma + 1;
    }
    return 0;
}

static int asks_for_slopes(const struct activation *activation)
{
    return activation->kind == DIRICHLET_ACTIVATION_PRELU && !activation->has_number;
}

int activations_ask_for_slopes(const struct activations *activations)
{
    for (int i = 0; i < activations->count; i++)
        if (asks_for_slopes(&activations->items[i]))
            return 1;
    return 0;
}

const struct activation *activations_of(const struct activations *activations,
                                        const struct activation *output,
                                        const struct network *network, int layer)
{
    const int has_last = activations->count > 1 && activations->count == network->count;
    if (layer == network->count - 1 && !has_last)
        return output;
    return &activations->items[activations->count > 1 ? layer : 0];
}

static int check_slopes(const struct activations *activations, const struct activation *given,
                        const struct layer *layer, struct problem *problem)
{
    if (layer->slopes == NULL && asks_for_slopes(given))
        return problem_set(problem,
                           "--activation: prelu without a number, and no slopes for layer '%s' in "
                           "the file",
                           layer->name);
    if (layer->slopes != NULL && !asks_for_slopes(given) && !activations->is_default)
        return problem_set(problem, "--activation: %s, but tensor '%s' holds slopes of prelu",
                           given->text, layer->slopes->name);
    return 0;
}

int activations_check(const struct activations *activations, const struct activation *output,
                      int output_is_given, const struct network *network, struct problem *problem)
{
    const int count = activations->count;
    if (count != 1 && count != network->count - 1 && count != network->count)
        return problem_set(problem, "--activation: %d activations, for %d layers", count,
                           network->count);
    if (count == network->count && count > 1 && output_is_given)
        return problem_set(problem, "--output-activation: --activation has one for each layer");
    for (int i = 0; i < network->count; i++)
        if (check_slopes(activations, activations_of(activations, output, network, i),
                         &network->layers[i], problem) != 0)
            return -1;
    return 0;
}
