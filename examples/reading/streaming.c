/* Geometric complexity of a stream of samples: the result read while it goes on; two halves
 * measured apart (in two processes, say), carried over as bytes and merged; a stream stopped
 * once the value is known to 2 %.
 *
 * f(x) = sin(W x), W of whole numbers, x uniform in [0, 2 pi)^3: cos^2((W x)_o) is 1/2 in the
 * mean, so GC = ||W||_F^2 / 2 = 11. */
#include <dirichlet/dirichlet.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { INPUTS = 3, OUTPUTS = 3, BATCH = 100, BATCHES = 40 };
static const double W[OUTPUTS][INPUTS] = {{1, -2, 1}, {2, 1, -1}, {0, 3, 1}};

/* jtu = J^T u, J_oi = cos((W x)_o) W_oi. */
static int32_t vjp(int64_t first, int64_t samples, int64_t directions, const double *x,
                   const double *u, double *jtu, void *user)
{
    (void)first, (void)user;
    for (int64_t m = 0; m < samples * directions; m++, u += OUTPUTS, jtu += INPUTS) {
        const double *point = x + m / directions * INPUTS;
        jtu[0] = jtu[1] = jtu[2] = 0;
        for (int o = 0; o < OUTPUTS; o++) {
            const double z = W[o][0] * point[0] + W[o][1] * point[1] + W[o][2] * point[2];
            for (int i = 0; i < INPUTS; i++)
                jtu[i] += u[o] * cos(z) * W[o][i];
        }
    }
    return 0;
}

/* Number i of the stream: SplitMix64 (Steele, Lea, Flood 2014) of i. */
static double uniform_angle(uint64_t i)
{
    uint64_t bits = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((bits ^ (bits >> 31)) >> 11) * 0x1p-53 * 6.283185307179586;
}

static void check(dirichlet_status status, const char *message)
{
    if (status == DIRICHLET_OK)
        return;
    fprintf(stderr, "streaming: %s: %s\n", dirichlet_status_string(status), message);
    exit(1);
}

/* An estimator of the stream from sample `first` on, with two random probes a sample. They are
 * drawn by the number of the sample: two parts of a stream never share any, and draw what one
 * estimator of the whole would. */
static dirichlet_estimator *start(int64_t first, double tolerance)
{
    const dirichlet_model_f64 model = {.struct_size = sizeof model,
                                       .inputs = INPUTS,
                                       .outputs = OUTPUTS,
                                       .ignores_first = 1,
                                       .vjp = vjp};
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .method = DIRICHLET_METHOD_RADEMACHER,
                                                 .probes = 2,
                                                 .seed = 1,
                                                 .first_sample = first,
                                                 .max_samples = 100000,
                                                 .tolerance = tolerance};
    dirichlet_estimator *estimator = NULL;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    check(dirichlet_estimator_create_f64(&model, &options, &estimator, &error), error.message);
    return estimator;
}

static void take_batch(dirichlet_estimator *estimator, int64_t batch)
{
    double x[BATCH * INPUTS];
    for (int i = 0; i < BATCH * INPUTS; i++)
        x[i] = uniform_angle((uint64_t)(batch * BATCH * INPUTS + i));
    check(dirichlet_estimator_update_f64(estimator, BATCH, x, NULL, NULL),
          dirichlet_estimator_message(estimator));
}

static dirichlet_result show(const char *what, const dirichlet_estimator *estimator)
{
    dirichlet_result gc = DIRICHLET_INIT(dirichlet_result);
    check(dirichlet_estimator_result(estimator, &gc), what);
    printf("%-18s %6lld samples   GC = %8.4f +- %.4f\n", what, (long long)gc.samples, gc.value,
           gc.standard_error);
    return gc;
}

/* The whole stream by one estimator, with a look at it every ten batches. */
static double measure_whole(void)
{
    dirichlet_result gc = {0};
    dirichlet_estimator *estimator = start(0, 0.0);
    for (int64_t batch = 0; batch < BATCHES; batch++) {
        take_batch(estimator, batch);
        if ((batch + 1) % 10 == 0)
            gc = show("one stream", estimator);
    }
    dirichlet_estimator_destroy(estimator);
    return gc.value;
}

/* Batches first .. end - 1, as another process would send them. */
static dirichlet_estimator *measure_part(int64_t first, int64_t end)
{
    dirichlet_estimator *estimator = start(first * BATCH, 0.0);
    dirichlet_estimator *received = NULL;
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    size_t size = 0;
    for (int64_t batch = first; batch < end; batch++)
        take_batch(estimator, batch);
    check(dirichlet_estimator_serialize(estimator, NULL, 0, &size), "size");
    void *bytes = malloc(size);
    if (bytes == NULL)
        check(DIRICHLET_E_MEMORY, "state");
    check(dirichlet_estimator_serialize(estimator, bytes, size, &size), "serialize");
    check(dirichlet_estimator_deserialize(bytes, size, NULL, &received, &error), error.message);
    free(bytes);
    dirichlet_estimator_destroy(estimator);
    return received;
}

static double measure_halves(void)
{
    dirichlet_estimator *first = measure_part(0, BATCHES / 2);
    dirichlet_estimator *second = measure_part(BATCHES / 2, BATCHES);
    check(dirichlet_estimator_merge(first, second), dirichlet_estimator_message(first));
    const dirichlet_result gc = show("two halves", first);
    dirichlet_estimator_destroy(first);
    dirichlet_estimator_destroy(second);
    return gc.value;
}

/* Samples until half the 95 % confidence interval is at most 2 % of the value. */
static dirichlet_result measure_to_tolerance(void)
{
    dirichlet_estimator *estimator = start(0, 0.02);
    for (int64_t batch = 0; !dirichlet_estimator_stopped(estimator); batch++)
        take_batch(estimator, batch);
    const dirichlet_result gc = show("stopped at 2 %", estimator);
    dirichlet_estimator_destroy(estimator);
    return gc;
}

int main(void)
{
    const double whole = measure_whole();
    const double halves = measure_halves();
    const dirichlet_result stopped = measure_to_tolerance();
    printf("halves %s\n", halves == whole ? "the same, bit for bit" : "DIFFER");
    const int right = halves == whole && stopped.stop_reason == DIRICHLET_STOP_TOLERANCE &&
                      stopped.upper - stopped.lower <= 2 * 0.02 * stopped.value &&
                      fabs(stopped.value - 11.0) <= 4 * stopped.standard_error;
    return right ? 0 : 1;
}
