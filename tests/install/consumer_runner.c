/* A program of somebody else's that lends threads: the pool of runner.h, or, compiled with OpenMP,
 * that. In C and, compiled a second time, in C++ with the runner of C++ too. f(x) = 3 x. */
#include <dirichlet/dirichlet.h>
#include <dirichlet/runner.h>

#include <stdio.h>

#ifdef __cplusplus
#include <dirichlet/cpp/runner.hpp>
#endif

static int32_t energies(int64_t first, int64_t samples, const double *x, double *out, void *user)
{
    int64_t i;
    (void)first;
    (void)x;
    (void)user;
    for (i = 0; i < samples; i++)
        out[i] = 9.0;
    return 0;
}

static void count(int64_t task, void *argument)
{
    int *counts = (int *)argument;
    counts[task]++;
}

/* Tasks by themselves, and a measurement. */
static int works(const char *name, const dirichlet_parallel *parallel)
{
    static double x[1000];
    int counts[10] = {0};
    dirichlet_model_f64 model = DIRICHLET_INIT(dirichlet_model_f64);
    dirichlet_estimator_options options = DIRICHLET_INIT(dirichlet_estimator_options);
    dirichlet_result result = DIRICHLET_INIT(dirichlet_result);
    dirichlet_status status;
    int i;
    if (parallel->parallel_for(10, count, counts, parallel->user) != 0)
        return 0;
    for (i = 0; i < 10; i++)
        if (counts[i] != 1)
            return 0;
    model.inputs = 1;
    model.outputs = 1;
    model.energies = energies;
    model.concurrent = 1;
    options.parallel = parallel;
    status = dirichlet_measure_f64(&model, 1000, x, NULL, &options, &result, NULL, NULL);
    printf("%s, %d lanes: geometric complexity %g\n", name, (int)parallel->lanes, result.value);
    return status == DIRICHLET_OK && result.value == 9.0;
}

int main(void)
{
    int fine = 1;
    dirichlet_runner *runner;
    dirichlet_parallel parallel;
    if (dirichlet_runner_create(3, &runner) != DIRICHLET_OK)
        return 1;
    parallel = dirichlet_runner_parallel(runner);
    fine = works("pool", &parallel) && fine;
    dirichlet_runner_destroy(runner);
#ifdef _OPENMP
    parallel = dirichlet_runner_openmp(3);
    fine = works("OpenMP", &parallel) && fine;
#endif
#ifdef __cplusplus
    dirichlet::runner threads(3);
    parallel = threads.parallel();
    fine = works("C++", &parallel) && fine;
#endif
    return fine ? 0 : 1;
}
