#include "either.h"
#include "parallel.h"
#include "progress.h"
#include "table.h"

dirichlet_status godirichlet_create(int single, const godirichlet_model *model,
                                    const dirichlet_estimator_options *options,
                                    dirichlet_estimator **out, dirichlet_error *error)
{
    godirichlet_either filled;
    dirichlet_parallel lent;
    dirichlet_estimator_options watched = *options;
    watched.parallel = godirichlet_lend(model->lanes, &lent);
    watched.progress = godirichlet_progress_of(model->progress);
    watched.progress_user = (void *)model->progress;
    return BY_PRECISION(dirichlet_estimator_create, table_of(single, model, &filled), &watched, out,
                        error);
}

dirichlet_status godirichlet_jacobian_norms(int single, const godirichlet_model *model,
                                            int64_t samples, const element *x,
                                            const dirichlet_jacobian_norms_options *options,
                                            double *norms, dirichlet_jacobian_norms *result,
                                            dirichlet_error *error)
{
    godirichlet_either filled;
    dirichlet_parallel lent;
    dirichlet_jacobian_norms_options watched = *options;
    watched.parallel = godirichlet_lend(model->lanes, &lent);
    watched.progress = godirichlet_progress_of(model->progress);
    watched.progress_user = (void *)model->progress;
    return BY_PRECISION(dirichlet_jacobian_norms, table_of(single, model, &filled), samples,
                        (const void *)x, &watched, norms, result, error);
}

dirichlet_status godirichlet_energy_penalty(int single, const godirichlet_model *model,
                                            godirichlet_batch batch,
                                            const dirichlet_energy_penalty_options *options,
                                            double strength, dirichlet_penalty_result *result,
                                            dirichlet_error *error)
{
    godirichlet_either filled;
    dirichlet_parallel lent;
    const dirichlet_batch_f64 table = batch_of(batch);
    dirichlet_energy_penalty_options watched = *options;
    watched.parallel = godirichlet_lend(model->lanes, &lent);
    watched.progress = godirichlet_progress_of(model->progress);
    watched.progress_user = (void *)model->progress;
    return BY_PRECISION(dirichlet_energy_penalty_batch, table_of(single, model, &filled),
                        (const void *)&table, &watched, strength, result, error);
}
