#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real_f32.h"
#include "finite_difference.h"
#include "models.h"

#include "finite_difference_body.h"

/* A wrapper such as many languages have: numbers are double, the network is not. */
static int32_t forward_through_double(int64_t first, int64_t samples, int64_t points,
                                      const double *x, double *y, void *user)
{
    (void)first;
    samples *= points;
    struct network *network = user;
    const int64_t d = network->model.inputs;
    const int64_t k = network->model.outputs;
    float *single_x = rounded(x, samples * d);
    float *single_y = take(samples * k, sizeof *single_y);
    const dirichlet_status status =
        dirichlet_dense_forward_f32(network->handle, samples, single_x, single_y);
    for (int64_t i = 0; i < samples * k; i++)
        y[i] = (double)single_y[i];
    free(single_x);
    free(single_y);
    return status;
}

struct errors hidden_single_errors(const struct problem *problem)
{
    struct network network;
    make_network(problem, &network);
    dirichlet_model_f64 model = {.struct_size = sizeof model};
    model.inputs = network.model.inputs;
    model.outputs = network.model.outputs;
    model.forward = forward_through_double;
    model.user = &network;
    dirichlet_result result = {.struct_size = sizeof result};
    double *energies = take(problem->shape.samples, sizeof *energies);
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .probes = DIRICHLET_PROBES_ALL};
    require_ok(dirichlet_measure_f64(&model, problem->shape.samples, problem->x, NULL, &options,
                                     &result, energies, &error),
               "measure a hidden network", error.message);
    const struct errors errors = compare(problem, energies, &result);
    free(energies);
    free_network(&network);
    return errors;
}
