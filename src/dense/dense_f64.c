/* The public functions of dense.h in double precision. */
#include "core/real_f64.h"

#include <math.h>
#include <string.h>

#include "core/arena.h"
#include "core/blas.h"
#include "core/versioned_struct.h"
#include "dense/network_body.h"
#include "dense/strides.h"

#include "dense/layers_body.h"
#include "dense/narrow_body.h"
#include "dense/workspace_body.h"

static void choose_chains(dense_network *network, struct workspace_shape *shape)
{
    network->chain = dense_chain_f64;
    network->workspace.kept_size = sizeof(double);
    shape->carried_size = sizeof(double);
}

#include "dense/create_body.h"
#include "dense/calls_body.h"
#include "dense/model_body.h"
