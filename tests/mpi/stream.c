#include "stream.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUTS = 3, OUTPUTS = 4, BATCH = 7 };
static const double W[OUTPUTS][INPUTS] = {{1, -2, 0.5}, {2, 1, -1}, {0, 3, 1}, {-1, 0.25, 2}};

int stream_rank;
int stream_ranks;
int stream_failure;
static int failed_checks;

void check(int right, const char *text, const char *file, int line)
{
    if (right)
        return;
    failed_checks++;
    printf("%s:%d: rank %d of %d: not true: %s\n", file, line, stream_rank, stream_ranks, text);
    fflush(stdout);
}

int checked(const char *name)
{
    int all = 1;
    MPI_Allreduce(&failed_checks, &all, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    if (stream_rank == 0)
        printf("%s, %d ranks: %d checks failed\n", name, stream_ranks, all);
    return all == 0 ? 0 : 1;
}

void stream_init(int *argc, char ***argv)
{
    MPI_Init(argc, argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &stream_rank);
    MPI_Comm_size(MPI_COMM_WORLD, &stream_ranks);
}

/* jtu = J^T u at x, J_oi = cos((W x)_o) W_oi. */
static void product(const double *x, const double *u, double *jtu)
{
    int o;
    int i;
    for (i = 0; i < INPUTS; i++)
        jtu[i] = 0;
    for (o = 0; o < OUTPUTS; o++) {
        const double z = W[o][0] * x[0] + W[o][1] * x[1] + W[o][2] * x[2];
        for (i = 0; i < INPUTS; i++)
            jtu[i] += u[o] * cos(z) * W[o][i];
    }
}

static int32_t DIRICHLET_CALL vjp_f64(int64_t first, int64_t samples, int64_t directions,
                                      const double *x, const double *u, double *jtu, void *user)
{
    int64_t m;
    (void)first;
    (void)user;
    for (m = 0; m < samples * directions; m++)
        product(x + m / directions * INPUTS, u + m * OUTPUTS, jtu + m * INPUTS);
    return stream_failure;
}

static int32_t DIRICHLET_CALL vjp_f32(int64_t first, int64_t samples, int64_t directions,
                                      const float *x, const float *u, float *jtu, void *user)
{
    double point[INPUTS];
    double cotangent[OUTPUTS];
    double result[INPUTS];
    int64_t m;
    int i;
    (void)first;
    (void)user;
    for (m = 0; m < samples * directions; m++) {
        for (i = 0; i < INPUTS; i++)
            point[i] = x[m / directions * INPUTS + i];
        for (i = 0; i < OUTPUTS; i++)
            cotangent[i] = u[m * OUTPUTS + i];
        product(point, cotangent, result);
        for (i = 0; i < INPUTS; i++)
            jtu[m * INPUTS + i] = (float)result[i];
    }
    return stream_failure;
}

/* Number i of the stream, in [0, 1): SplitMix64 (Steele, Lea, Flood 2014) of i. */
static double uniform(int64_t i)
{
    uint64_t bits = ((uint64_t)i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((bits ^ (bits >> 31)) >> 11) / 9007199254740992.0;
}

static void *must(void *pointer, const char *what)
{
    if (pointer == NULL) {
        printf("rank %d: %s\n", stream_rank, what);
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    return pointer;
}

dirichlet_status stream_try(const struct stream *stream, int64_t first, size_t workspace_bytes,
                            dirichlet_estimator **estimator, dirichlet_error *error)
{
    dirichlet_estimator_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.method = stream->method;
    options.probes = stream->probes;
    options.seed = stream->seed;
    options.first_sample = first;
    options.workspace_bytes = workspace_bytes;
    if (stream->single) {
        dirichlet_model_f32 model;
        memset(&model, 0, sizeof model);
        model.struct_size = sizeof model;
        model.inputs = INPUTS;
        model.outputs = OUTPUTS;
        model.ignores_first = 1;
        model.vjp = vjp_f32;
        return dirichlet_estimator_create_f32(&model, &options, estimator, error);
    } else {
        dirichlet_model_f64 model;
        memset(&model, 0, sizeof model);
        model.struct_size = sizeof model;
        model.inputs = INPUTS;
        model.outputs = OUTPUTS;
        model.ignores_first = 1;
        model.vjp = vjp_f64;
        return dirichlet_estimator_create_f64(&model, &options, estimator, error);
    }
}

dirichlet_estimator *stream_create(const struct stream *stream, int64_t first)
{
    dirichlet_estimator *estimator = NULL;
    dirichlet_error error;
    memset(&error, 0, sizeof error);
    error.struct_size = sizeof error;
    (void)stream_try(stream, first, 0, &estimator, &error);
    return (dirichlet_estimator *)must(estimator, error.message);
}

dirichlet_status stream_update(dirichlet_estimator *estimator, const struct stream *stream,
                               int64_t first, int64_t end)
{
    double x[BATCH * INPUTS];
    float single[BATCH * INPUTS];
    double weights[BATCH];
    dirichlet_status status = DIRICHLET_OK;
    for (; first < end && status == DIRICHLET_OK; first += BATCH) {
        const int64_t samples = end - first < BATCH ? end - first : (int64_t)BATCH;
        int64_t i;
        for (i = 0; i < samples * INPUTS; i++) {
            x[i] = 6.0 * uniform(first * INPUTS + i);
            single[i] = (float)x[i];
        }
        for (i = 0; i < samples; i++)
            weights[i] = 0.5 + uniform(-1 - first - i);
        status = stream->single
                     ? dirichlet_estimator_update_f32(estimator, samples, single, weights, NULL)
                     : dirichlet_estimator_update_f64(estimator, samples, x, weights, NULL);
    }
    return status;
}

dirichlet_estimator *stream_measure(const struct stream *stream, int64_t first, int64_t end)
{
    dirichlet_estimator *estimator = stream_create(stream, first);
    CHECK(stream_update(estimator, stream, first, end) == DIRICHLET_OK);
    return estimator;
}

unsigned char *stream_bytes(const dirichlet_estimator *estimator, size_t *size)
{
    unsigned char *bytes;
    CHECK(dirichlet_estimator_serialize(estimator, NULL, 0, size) == DIRICHLET_OK);
    bytes = (unsigned char *)must(malloc(*size), "no memory");
    CHECK(dirichlet_estimator_serialize(estimator, bytes, *size, size) == DIRICHLET_OK);
    return bytes;
}

int stream_same_bytes(const dirichlet_estimator *a, const dirichlet_estimator *b)
{
    size_t size_a = 0;
    size_t size_b = 0;
    unsigned char *bytes_a = stream_bytes(a, &size_a);
    unsigned char *bytes_b = stream_bytes(b, &size_b);
    const int same = size_a == size_b && memcmp(bytes_a, bytes_b, size_a) == 0;
    free(bytes_a);
    free(bytes_b);
    return same;
}
