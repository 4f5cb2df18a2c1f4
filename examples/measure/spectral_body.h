/* Part of run_body.h: --spectral. */

static int measure_layers(const struct run *run, struct hold *hold, struct problem *problem)
{
    struct spectral *spectral = run->spectral;
    const dirichlet_status status =
        NAME(dirichlet_dense_spectral_norms)(hold->dense, NULL, spectral->layer_norms,
                                             spectral->layer_converged, &spectral->lipschitz_bound);
    if (status == DIRICHLET_OK)
        return 0;
    problem_set(problem, "--spectral: %s", NAME(dirichlet_dense_message)(hold->dense));
    return exit_code(status);
}

static dirichlet_status jacobian_norms(const struct run *run, int64_t count, const REAL *x,
                                       struct hold *hold, dirichlet_jacobian_norms *norms,
                                       char *message)
{
    const dirichlet_jacobian_norms_options options = {
        .struct_size = sizeof options, .workspace_bytes = share_of_workspace(run->options)};
    NAME(dirichlet_model) model = {.struct_size = sizeof model};
    (void)NAME(dirichlet_dense_model)(hold->dense, &model);
    norms->struct_size = sizeof *norms;
    return NAME(dirichlet_jacobian_norms)(&model, count, x, &options, NULL, norms, message,
                                          DIRICHLET_MESSAGE_SIZE);
}

/* Samples `first` and on of the order failed: find the one that did it. */
static int jacobians_failed(const struct run *run, int64_t first, int64_t count, struct hold *hold,
                            dirichlet_status status, const char *message, struct problem *problem)
{
    dirichlet_jacobian_norms norms;
    char unused[DIRICHLET_MESSAGE_SIZE];
    if (status != DIRICHLET_E_NOT_FINITE)
        return creation_failed(run->options, "Jacobians", status, message, problem);
    problem_set(problem, "%s: %s", run->options->data, message);
    for (int64_t i = 0; i < count; i++)
        if (jacobian_norms(run, 1, hold->batch + i * run->samples->inputs, hold, &norms, unused) !=
            DIRICHLET_OK) {
            problem_set(problem, "%s: sample %" PRId64 ": its Jacobian is not finite%s",
                        run->options->data, place_of(run, first + i), FURTHER);
            break;
        }
    return exit_code(status);
}

/* The first `count` samples of the batch, which are `first` and on of the order. */
static int measure_jacobians(const struct run *run, int64_t first, int64_t count, struct hold *hold,
                             struct problem *problem)
{
    struct spectral *spectral = run->spectral;
    dirichlet_jacobian_norms norms;
    char message[DIRICHLET_MESSAGE_SIZE];
    const dirichlet_status status = jacobian_norms(run, count, hold->batch, hold, &norms, message);
    if (status != DIRICHLET_OK)
        return jacobians_failed(run, first, count, hold, status, message, problem);
    spectral->jacobian_norm = fmax(spectral->jacobian_norm, norms.norm);
    spectral->jacobian_converged = spectral->jacobian_converged && norms.converged;
    return 0;
}
