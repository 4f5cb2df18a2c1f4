#include "run.h"

dirichlet_activation run_activation(const struct run *run, int layer)
{
    return layer == run->network->count - 1 ? run->options->output_activation
                                            : run->options->activation;
}
