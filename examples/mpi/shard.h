/* A data set measured by all ranks together. */
#ifndef EXAMPLES_SHARD_H
#define EXAMPLES_SHARD_H

#include <dirichlet/dirichlet.h>
#include <mpi.h>

/* Samples of one update. */
#define SHARD_BATCH 100

/* Measure `samples` rows of x, each rank its share: x is the whole set, and a rank looks at its
 * share alone. *all is an estimator of the whole set, on every rank. */
dirichlet_status shard_measure(MPI_Comm comm, const dirichlet_model_f32 *model,
                               dirichlet_estimator_options options, int64_t samples, const float *x,
                               dirichlet_estimator **all, dirichlet_error *error);

#endif
