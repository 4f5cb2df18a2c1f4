/* What the parts of the estimator cost: nanoseconds for every number drawn of each kind of
 * direction, and for taking one sample into the exact sums. */
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "core/statistics/moments.h"
#include "dirichlet/dirichlet.h"

#define OUTPUTS 1000
#define SAMPLES 2000
#define RUNS 7

/* Norms for nothing: what remains is drawing. */
static int32_t no_norms(int64_t first, int64_t samples, int64_t directions, const double *x,
                        const double *u, double *norms, void *user)
{
    (void)first;
    (void)x;
    (void)u;
    (void)user;
    for (int64_t i = 0; i < samples * directions; i++)
        norms[i] = 1.0;
    return 0;
}

static void time_directions(dirichlet_method method, int64_t probes)
{
    const dirichlet_model_f64 model = {
        .struct_size = sizeof model, .inputs = 1, .outputs = OUTPUTS, .product_norms = no_norms};
    const dirichlet_estimator_options options = {
        .struct_size = sizeof options, .method = method, .probes = probes};
    static double x[SAMPLES];
    double times[RUNS];
    for (int run = 0; run < RUNS; run++) {
        dirichlet_estimator *estimator = NULL;
        if (dirichlet_estimator_create_f64(&model, &options, &estimator, NULL) != DIRICHLET_OK)
            exit(2);
        const double begin = cpu_seconds_now();
        if (dirichlet_estimator_update_f64(estimator, SAMPLES, x, NULL, NULL) != DIRICHLET_OK)
            exit(2);
        times[run] = cpu_seconds_now() - begin;
        dirichlet_estimator_destroy(estimator);
    }
    printf("%-12s m %2d  %8.2f ns an entry\n", dirichlet_method_name(method), (int)probes,
           1e9 * median(times, RUNS) / (double)(SAMPLES * OUTPUTS * probes));
}

static void time_moments(const char *name, double deviation)
{
    const int64_t count = 1000000;
    static struct moments moments;
    double times[RUNS];
    for (int run = 0; run < RUNS; run++) {
        moments_clear(&moments);
        const double begin = cpu_seconds_now();
        for (int64_t i = 0; i < count; i++) {
            const struct measure measure = {.energy = 1.0 + 1e-6 * (double)i,
                                            .deviation = deviation * (double)i};
            if (!moments_add(&moments, measure, 1.0))
                exit(2);
        }
        times[run] = cpu_seconds_now() - begin;
    }
    printf("%-18s %8.1f ns a sample\n", name, 1e9 * median(times, RUNS) / (double)count);
}

int main(void)
{
    printf("Directions of %d entries, everything of the estimator in it\n", OUTPUTS);
    time_directions(DIRICHLET_METHOD_RADEMACHER, 4);
    time_directions(DIRICHLET_METHOD_SPHERE, 4);
    time_directions(DIRICHLET_METHOD_GAUSSIAN, 4);
    time_directions(DIRICHLET_METHOD_ORTHOGONAL, 4);
    time_directions(DIRICHLET_METHOD_ORTHOGONAL, 16);
    time_directions(DIRICHLET_METHOD_UNIT, 4);
    printf("Exact sums\n");
    time_moments("exact energies", 0.0);
    time_moments("probed energies", 1e-3);
    return 0;
}
