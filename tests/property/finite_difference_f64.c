#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/arithmetic/real_f64.h"
#include "finite_difference.h"
#include "models.h"

#include "finite_difference_body.h"

void exact_energies(const struct problem *problem, double *energies)
{
    struct network network;
    make_network(problem, &network);
    require_ok(
        dirichlet_dense_energies_f64(network.handle, problem->shape.samples, network.x, energies),
        "exact energies", dirichlet_dense_message_f64(network.handle));
    free_network(&network);
}
