#include "run.h"

const struct activation *run_activation(const struct run *run, int layer)
{
    return activations_of(&run->options->activation, &run->options->output_activation, run->network,
                          layer);
}
