#include "models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models_internal.h"

double squared_frobenius(const double *matrix, int64_t count)
{
    double sum = 0.0;
    for (int64_t i = 0; i < count; i++)
        sum += matrix[i] * matrix[i];
    return sum;
}

static int32_t copy_energies(int64_t first, int64_t samples, const double *x, double *energies,
                             void *user)
{
    (void)first;
    (void)user;
    memcpy(energies, x, (size_t)samples * sizeof *x);
    return 0;
}

dirichlet_model_f64 known_energies(void)
{
    dirichlet_model_f64 model = {.struct_size = sizeof model};
    model.inputs = 1;
    model.outputs = 1;
    model.energies = copy_energies;
    return model;
}

void *take(int64_t count, size_t size)
{
    void *memory = calloc((size_t)count, size);
    if (memory == NULL) {
        fprintf(stderr, "no memory for the test\n");
        exit(2);
    }
    return memory;
}

void require_ok(dirichlet_status status, const char *what, const char *message)
{
    if (status == DIRICHLET_OK)
        return;
    printf("FAILED %s: %s (%s)\n", what, dirichlet_status_string(status), message);
    exit(1);
}

void scaled_map_measure(int single, struct scaled_map *map, unsigned offers,
                        const dirichlet_estimator_options *options, int64_t samples,
                        const double *scales, const double *weights, double *energies,
                        dirichlet_result *result)
{
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    require_ok((single ? scaled_map_run_f32 : scaled_map_run_f64)(
                   map, offers, options, samples, scales, weights, energies, result, &error),
               "measuring a scaled map", error.message);
}
