#include "shard.h"

#include <dirichlet/mpi.h>

dirichlet_status shard_measure(MPI_Comm comm, const dirichlet_model_f32 *model,
                               dirichlet_estimator_options options, int64_t samples, const float *x,
                               dirichlet_estimator **all, dirichlet_error *error)
{
    int rank, ranks;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &ranks);

    /* Whole batches to each rank: then they are the same for any number of ranks. */
    const int64_t batches = (samples + SHARD_BATCH - 1) / SHARD_BATCH;
    int64_t first = batches * rank / ranks * SHARD_BATCH;
    int64_t end = batches * (rank + 1) / ranks * SHARD_BATCH;
    end = end < samples ? end : samples;

    dirichlet_estimator *part = NULL;
    options.first_sample = first; /* its place in the whole set, for its probes */
    dirichlet_status status = dirichlet_estimator_create_f32(model, &options, &part, error);
    for (; status == DIRICHLET_OK && first < end; first += SHARD_BATCH)
        status = dirichlet_estimator_update_f32(
            part, end - first < SHARD_BATCH ? end - first : SHARD_BATCH, x + first * model->inputs,
            NULL, NULL);

    /* Not left out after a failure: the other ranks are waiting for this one. */
    status = dirichlet_mpi_allreduce(comm, status, part, all, error);
    dirichlet_estimator_destroy(part);
    return status;
}
