/* Memory: at most the workspace budgets and 1 MiB at 60,000 samples of 3072 inputs and
 * 1000 outputs, counted by the allocator hooks and seen by the operating system (fewer under the
 * sanitizers, which are slow and hold on to freed memory). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "check.h"
#include "draws.h"
#include "models.h"

#define INPUTS 3072
#define OUTPUTS 1000
#define HIDDEN 16
#define BATCH 20
#define MIB 1048576.0

/* Bytes the library holds, and the most it held. */
struct ledger {
    size_t live;
    size_t peak;
};

static void *count_allocate(size_t size, void *user)
{
    struct ledger *ledger = user;
    void *memory = malloc(size);
    if (memory != NULL)
        ledger->live += size;
    if (ledger->live > ledger->peak)
        ledger->peak = ledger->live;
    return memory;
}

static void count_release(void *pointer, size_t size, void *user)
{
    struct ledger *ledger = user;
    ledger->live -= size;
    free(pointer);
}

/* Largest resident size of this process so far, in bytes. */
static double resident_peak(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return 1024.0 * (double)usage.ru_maxrss;
}

/* f_i(x) = sum of the x_j with j = i modulo k: J has a single one in every column, and
 * its energy is d. */
static int32_t fold_forward(int64_t first, int64_t samples, int64_t points, const float *x,
                            float *y, void *user)
{
    (void)first;
    samples *= points;
    (void)user;
    memset(y, 0, (size_t)(samples * OUTPUTS) * sizeof *y);
    for (int64_t row = 0; row < samples; row++)
        for (int64_t j = 0; j < INPUTS; j++)
            y[row * OUTPUTS + j % OUTPUTS] += x[row * INPUTS + j];
    return 0;
}

static int32_t fold_jvp(int64_t first, int64_t samples, int64_t directions, const float *x,
                        const float *v, float *jv, void *user)
{
    (void)x;
    return fold_forward(first, samples, directions, v, jv, user);
}

static int32_t fold_vjp(int64_t first, int64_t samples, int64_t directions, const float *x,
                        const float *u, float *jtu, void *user)
{
    (void)first;
    (void)x;
    (void)user;
    for (int64_t row = 0; row < samples * directions; row++)
        for (int64_t j = 0; j < INPUTS; j += OUTPUTS)
            memcpy(jtu + row * INPUTS + j, u + row * OUTPUTS,
                   (size_t)(INPUTS - j < OUTPUTS ? INPUTS - j : OUTPUTS) * sizeof *u);
    return 0;
}

/* Measure `samples` samples, BATCH at a time. */
static dirichlet_result stream(const dirichlet_model_f32 *model, dirichlet_method method,
                               int64_t samples, size_t budget, const dirichlet_allocator *hooks,
                               const float *x)
{
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .method = method,
                                                 .workspace_bytes = budget,
                                                 .allocator = hooks,
                                                 .probes =
                                                     method == DIRICHLET_METHOD_EXACT ? 0 : 4};
    dirichlet_estimator *estimator = NULL;
    dirichlet_result result = {.struct_size = sizeof result};
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    require_ok(dirichlet_estimator_create_f32(model, &options, &estimator, &error),
               dirichlet_method_name(method), error.message);
    for (int64_t done = 0; done < samples; done += BATCH)
        require_ok(dirichlet_estimator_update_f32(estimator, BATCH, x, NULL, NULL), "update",
                   dirichlet_estimator_message(estimator));
    require_ok(dirichlet_estimator_result(estimator, &result), "result", "");
    dirichlet_estimator_destroy(estimator);
    return result;
}

/* The estimator alone, on callbacks that need no memory. */
static void with_callbacks(dirichlet_method method, int64_t samples, size_t budget, const float *x)
{
    struct ledger ledger = {0};
    const dirichlet_allocator hooks = {sizeof hooks, count_allocate, count_release, &ledger};
    const dirichlet_model_f32 model = {.struct_size = sizeof model,
                                       .inputs = INPUTS,
                                       .outputs = OUTPUTS,
                                       .forward = fold_forward,
                                       .jvp = fold_jvp,
                                       .vjp = fold_vjp};
    const double before = resident_peak();
    const dirichlet_result result = stream(&model, method, samples, budget, &hooks, x);
    const double grown = resident_peak() - before;
    heading("%s, %d samples, budget %.1f MiB: MiB", dirichlet_method_name(method), (int)samples,
            (double)budget / MIB);
    at_most("by the hooks", (double)ledger.peak / MIB, (double)budget / MIB + 1.0);
#ifdef PROPERTY_SANITIZED
    note("by the operating system", grown / MIB);
#else
    at_most("by the operating system", grown / MIB, (double)budget / MIB + 1.0);
#endif
    between("bytes left behind", (double)ledger.live, 0.0, 0.0);
    between("energy over d", result.value / INPUTS, 0.9, 1.1);
}

static dirichlet_dense_f32 *make_network(float *first, float *second, size_t budget,
                                         const dirichlet_allocator *hooks)
{
    const dirichlet_dense_layer_f32 layers[2] = {{.struct_size = sizeof *layers,
                                                  .inputs = INPUTS,
                                                  .outputs = HIDDEN,
                                                  .weights = first,
                                                  .output_stride = INPUTS,
                                                  .input_stride = 1,
                                                  .activation = DIRICHLET_ACTIVATION_TANH},
                                                 {.struct_size = sizeof *layers,
                                                  .inputs = HIDDEN,
                                                  .outputs = OUTPUTS,
                                                  .weights = second,
                                                  .output_stride = HIDDEN,
                                                  .input_stride = 1}};
    const dirichlet_dense_options options = {
        .struct_size = sizeof options, .workspace_bytes = budget, .allocator = hooks};
    dirichlet_dense_f32 *network = NULL;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    require_ok(dirichlet_dense_create_f32(layers, 2, &options, &network, &error),
               "create a network", error.message);
    return network;
}

/* Most bytes that a network and an estimator hold together. */
static double dense_peak(dirichlet_method method, int64_t samples, size_t budget, float *first,
                         float *second, const float *x)
{
    struct ledger ledger = {0};
    const dirichlet_allocator hooks = {sizeof hooks, count_allocate, count_release, &ledger};
    dirichlet_dense_f32 *network = make_network(first, second, budget, &hooks);
    dirichlet_model_f32 model = {.struct_size = sizeof model};
    require_ok(dirichlet_dense_model_f32(network, &model), "model", "");
    stream(&model, method, samples, budget, &hooks, x);
    dirichlet_dense_destroy_f32(network);
    between("bytes left behind", (double)ledger.live, 0.0, 0.0);
    return (double)ledger.peak;
}

static void with_network(dirichlet_method method, size_t budget, const float *x)
{
    struct draws draws = {3};
    float *first = take(HIDDEN * INPUTS, sizeof *first);
    float *second = take(OUTPUTS * HIDDEN, sizeof *second);
    for (int64_t i = 0; i < HIDDEN * INPUTS; i++)
        first[i] = (float)(0.02 * draw_normal(&draws));
    for (int64_t i = 0; i < OUTPUTS * HIDDEN; i++)
        second[i] = (float)(0.1 * draw_normal(&draws));
    heading("%s, dense network %d-%d-%d, budgets 2 x %.1f MiB: MiB", dirichlet_method_name(method),
            INPUTS, HIDDEN, OUTPUTS, (double)budget / MIB);
    const double few = dense_peak(method, BATCH, budget, first, second, x);
    const double many = dense_peak(method, 2 * BATCH, budget, first, second, x);
    at_most("by the hooks", many / MIB, 2.0 * (double)budget / MIB + 1.0);
    between("growth with twice the samples", (many - few) / MIB, 0.0, 0.0);
    free(first);
    free(second);
}

int main(void)
{
#ifdef PROPERTY_SANITIZED
    const int64_t samples = 3000;
#else
    const int64_t samples = 60000;
#endif
    const size_t mib = (size_t)1 << 20;
    struct draws draws = {1};
    float *x = take(BATCH * INPUTS, sizeof *x);
    for (int64_t i = 0; i < BATCH * INPUTS; i++)
        x[i] = (float)draw_uniform(&draws);
    with_callbacks(DIRICHLET_METHOD_RADEMACHER, samples, 2 * mib, x);
    with_callbacks(DIRICHLET_METHOD_ORTHOGONAL, 1000, 8 * mib, x);
    with_callbacks(DIRICHLET_METHOD_HUTCHPP, 1000, 8 * mib, x);
    with_callbacks(DIRICHLET_METHOD_FINITE_DIFFERENCE, 1000, 8 * mib, x);
    with_callbacks(DIRICHLET_METHOD_EXACT, 100, 8 * mib, x);
    with_callbacks(DIRICHLET_METHOD_EXACT, 100, 64 * mib, x);
    with_network(DIRICHLET_METHOD_RADEMACHER, 8 * mib, x);
    with_network(DIRICHLET_METHOD_ORTHOGONAL, 8 * mib, x);
    with_network(DIRICHLET_METHOD_EXACT, 16 * mib, x);
    free(x);
    return verdict();
}
