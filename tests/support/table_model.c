#include "support/table_model.h"

#include <math.h>
#include <string.h>

static int32_t energies(int64_t first, int64_t samples, const double *x, double *out, void *user)
{
    (void)first;
    (void)user;
    memcpy(out, x, (size_t)samples * sizeof *out);
    return 0;
}

static int32_t norms(int64_t first, int64_t samples, int64_t directions, const double *x,
                     const double *u, double *out, void *user)
{
    (void)first;
    struct table *table = user;
    for (int64_t i = 0; i < samples * directions; i++) {
        double mixed = 0.0;
        for (int64_t j = 0; j < table->outputs; j++)
            mixed += u[i * table->outputs + j] * (double)(1 + j * j);
        const double value = x[i / directions];
        out[i] = value * (1.0 + table->spread * sin(mixed + 1000.0 * value));
        if (table->count < TABLE_MOST)
            table->norms[table->count++] = out[i];
    }
    return 0;
}

dirichlet_model_f64 table_energies(struct table *table)
{
    const dirichlet_model_f64 model = {.struct_size = sizeof model,
                                       .inputs = 1,
                                       .outputs = table->outputs,
                                       .energies = energies,
                                       .user = table};
    return model;
}

dirichlet_model_f64 table_norms(struct table *table)
{
    const dirichlet_model_f64 model = {.struct_size = sizeof model,
                                       .inputs = 1,
                                       .outputs = table->outputs,
                                       .product_norms = norms,
                                       .user = table};
    return model;
}
