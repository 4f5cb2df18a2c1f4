/* Geometric complexity of a dense network on MNIST images, measured by all ranks of an MPI program
 * together, beside one process that measures all of it.
 *   mpirun -n RANKS mnist IMAGES [SAMPLES]
 * Lines that begin with GC are the same for any number of ranks. Exit 1 where the ranks together
 * have not the bits of one process. */
#include <dirichlet/dirichlet.h>
#include <dirichlet/mpi.h>
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idx.h"
#include "shard.h"

enum { INPUTS = 28 * 28, HIDDEN = 64, OUTPUTS = 10, TIMED = 1000, REPEATS = 3 };

static float W1[HIDDEN * INPUTS], b1[HIDDEN], W2[OUTPUTS * HIDDEN], b2[OUTPUTS];

/* For failures that the other ranks do not hear of in another way. */
static void stop(const char *what)
{
    fprintf(stderr, "mnist: %s\n", what);
    MPI_Abort(MPI_COMM_WORLD, 1);
}

/* A whole number from 1 on, or 0. */
static int64_t read_count(const char *text)
{
    char *end = NULL;
    const long long count = strtoll(text, &end, 10);
    return end == text || *end != '\0' || count < 1 ? 0 : count;
}

/* The pixels of the first *samples images, 0 to 1, or of all where there are fewer. NULL with the
 * problem. */
static float *read_pixels(const char *path, int64_t *samples, struct problem *problem)
{
    struct idx_images images;
    float *x = NULL;
    if (idx_read_images(path, &images, problem) != 0)
        return NULL;
    if (*samples > images.count)
        *samples = images.count;
    if (images.rows * images.columns != INPUTS)
        problem_set(problem, "%s: images of 28 x 28 pixels are wanted", path);
    else if ((x = malloc((size_t)*samples * INPUTS * sizeof *x)) == NULL)
        problem_no_memory(problem, path);
    for (int64_t i = 0; x != NULL && i < *samples * INPUTS; i++)
        x[i] = (float)images.pixels[i] / 255.0f;
    idx_free_images(&images);
    return x;
}

/* What the command line names, or NULL on all ranks if there is a problem on any. */
static float *read_input(int argc, char **argv, int64_t *samples)
{
    struct problem problem;
    float *x = NULL;
    *samples = argc == 3 ? read_count(argv[2]) : INT64_MAX;
    if (argc != 2 && argc != 3)
        problem_set(&problem, "usage: mpirun -n RANKS mnist IMAGES [SAMPLES]");
    else if (*samples == 0)
        problem_set(&problem, "SAMPLES must be a whole number, at least 1");
    else
        x = read_pixels(argv[1], samples, &problem);
    int failed = x == NULL;
    if (failed)
        fprintf(stderr, "mnist: %s\n", problem.text);
    MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    if (failed) {
        free(x);
        return NULL;
    }
    return x;
}

static dirichlet_dense_layer_f32 layer(int64_t inputs, int64_t outputs, const float *W,
                                       const float *b, dirichlet_activation activation)
{
    return (dirichlet_dense_layer_f32){.struct_size = sizeof(dirichlet_dense_layer_f32),
                                       .inputs = inputs,
                                       .outputs = outputs,
                                       .weights = W,
                                       .output_stride = inputs,
                                       .input_stride = 1,
                                       .bias = b,
                                       .bias_stride = 1,
                                       .activation = activation};
}

/* Weights are drawn by their places in the network: the same on every rank, and none is sent. */
static dirichlet_dense_f32 *make_network(dirichlet_model_f32 *model)
{
    const dirichlet_initialization_options he = {
        .struct_size = sizeof he, .scheme = DIRICHLET_INITIALIZATION_HE, .seed = 1};
    const dirichlet_dense_layer_f32 layers[] = {
        layer(INPUTS, HIDDEN, W1, b1, DIRICHLET_ACTIVATION_RELU),
        layer(HIDDEN, OUTPUTS, W2, b2, DIRICHLET_ACTIVATION_IDENTITY)};
    dirichlet_dense_f32 *network = NULL;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    if (dirichlet_initialize_f32(&he, 0, INPUTS, HIDDEN, W1, INPUTS, 1, b1, 1, &error) ||
        dirichlet_initialize_f32(&he, 1, HIDDEN, OUTPUTS, W2, HIDDEN, 1, b2, 1, &error) ||
        dirichlet_dense_create_f32(layers, 2, NULL, &network, &error) ||
        dirichlet_dense_model_f32(network, model))
        stop(error.message);
    return network;
}

static dirichlet_estimator_options options_of(dirichlet_method method)
{
    return (dirichlet_estimator_options){.struct_size = sizeof(dirichlet_estimator_options),
                                         .method = method,
                                         .probes = 4,
                                         .seed = 1};
}

/* The estimator of all ranks of `comm`; a failure is the same on all of them. */
static dirichlet_estimator *measure(MPI_Comm comm, const dirichlet_model_f32 *model,
                                    const dirichlet_estimator_options *options, int64_t samples,
                                    const float *x, dirichlet_result *gc)
{
    dirichlet_estimator *all = NULL;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    *gc = (dirichlet_result)DIRICHLET_INIT(dirichlet_result);
    if (shard_measure(comm, model, *options, samples, x, &all, &error))
        stop(error.message);
    if (dirichlet_estimator_result(all, gc))
        stop("no result");
    return all;
}

/* Wall time on the slowest rank, the best of REPEATS: of an update with TIMED samples. */
static double time_update(dirichlet_estimator *estimator, const float *x)
{
    double best = HUGE_VAL;
    for (int i = 0; i < REPEATS; i++) {
        double slowest;
        MPI_Barrier(MPI_COMM_WORLD);
        double seconds = MPI_Wtime();
        if (dirichlet_estimator_update_f32(estimator, TIMED, x, NULL, NULL))
            stop(dirichlet_estimator_message(estimator));
        seconds = MPI_Wtime() - seconds;
        MPI_Allreduce(&seconds, &slowest, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
        best = slowest < best ? slowest : best;
    }
    return best;
}

/* The same of a reduction. */
static double time_reduction(const dirichlet_estimator *estimator)
{
    double best = HUGE_VAL;
    for (int i = 0; i < REPEATS; i++) {
        dirichlet_estimator *merged = NULL;
        double slowest;
        MPI_Barrier(MPI_COMM_WORLD);
        double seconds = MPI_Wtime();
        if (dirichlet_mpi_allreduce(MPI_COMM_WORLD, DIRICHLET_OK, estimator, &merged, NULL))
            stop("a reduction failed");
        seconds = MPI_Wtime() - seconds;
        dirichlet_estimator_destroy(merged);
        MPI_Allreduce(&seconds, &slowest, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
        best = slowest < best ? slowest : best;
    }
    return best;
}

static void show_costs(dirichlet_method method, const dirichlet_model_f32 *model, int64_t samples,
                       const float *x)
{
    const dirichlet_estimator_options options = options_of(method);
    dirichlet_estimator *estimator = NULL;
    size_t bytes = 0;
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (samples < TIMED)
        return;
    if (dirichlet_estimator_create_f32(model, &options, &estimator, NULL))
        stop("no estimator");
    const double update = time_update(estimator, x);
    const double reduction = time_reduction(estimator);
    if (dirichlet_estimator_serialize(estimator, NULL, 0, &bytes))
        stop("no state");
    if (rank == 0)
        printf("%s: state %zu bytes, update of %d samples %.3g ms, reduction %.3g ms: %.2g of it\n",
               dirichlet_method_name(method), bytes, TIMED, 1e3 * update, 1e3 * reduction,
               reduction / update);
    dirichlet_estimator_destroy(estimator);
}

/* By all ranks together, and by rank 0 alone; whether they have the same bits. */
static int compare(dirichlet_method method, const dirichlet_model_f32 *model, int64_t samples,
                   const float *x)
{
    const dirichlet_estimator_options options = options_of(method);
    dirichlet_result together;
    dirichlet_result alone;
    int rank;
    int same = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    dirichlet_estimator_destroy(measure(MPI_COMM_WORLD, model, &options, samples, x, &together));
    if (rank == 0) {
        dirichlet_estimator_destroy(measure(MPI_COMM_SELF, model, &options, samples, x, &alone));
        same = memcmp(&together, &alone, sizeof alone) == 0;
        printf("GC %-10s %5lld samples, together   %.17g +- %.17g\n"
               "GC %-10s %5lld samples, one process %.17g +- %.17g: %s\n",
               dirichlet_method_name(method), (long long)together.samples, together.value,
               together.standard_error, dirichlet_method_name(method), (long long)alone.samples,
               alone.value, alone.standard_error, same ? "the same bits" : "DIFFERENT");
    }
    MPI_Bcast(&same, 1, MPI_INT, 0, MPI_COMM_WORLD);
    return same;
}

int main(int argc, char **argv)
{
    int64_t samples = 0;
    int right = 0;
    MPI_Init(&argc, &argv);
    float *x = read_input(argc, argv, &samples);
    if (x != NULL) {
        dirichlet_model_f32 model = DIRICHLET_INIT(dirichlet_model_f32);
        dirichlet_dense_f32 *network = make_network(&model);
        const int exact = compare(DIRICHLET_METHOD_EXACT, &model, samples, x);
        right = compare(DIRICHLET_METHOD_ORTHOGONAL, &model, samples, x) && exact;
        show_costs(DIRICHLET_METHOD_ORTHOGONAL, &model, samples, x);
        dirichlet_dense_destroy_f32(network);
    }
    free(x);
    MPI_Finalize();
    return right ? 0 : 1;
}
