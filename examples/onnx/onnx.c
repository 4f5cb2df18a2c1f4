/* Geometric complexity of a network in a file of ONNX, run by ONNX Runtime: by differences, for
 * ONNX has no derivatives.
 *   onnx FILE [SAMPLES] */
#include <dirichlet/dirichlet.h>
#include <math.h>
#include <onnxruntime_c_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const OrtApi *ort; /* one for the process */

static void check(OrtStatus *status)
{
    if (status == NULL)
        return;
    fprintf(stderr, "onnx: %s\n", ort->GetErrorMessage(status));
    exit(1);
}

static void check_that(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "onnx: %s\n", what);
    exit(1);
}

typedef struct {
    OrtSession *session;
    OrtMemoryInfo *memory;
    char *input, *output;    /* their names */
    int64_t inputs, outputs; /* numbers of a sample */
    int64_t batch;           /* the file's; 0 if it takes any */
    float *padded;           /* (batch, inputs) */
} network;

/* The shape of an input or output of floats, (batch, size). */
static void read_shape(OrtTypeInfo *info, int64_t shape[2])
{
    const OrtTensorTypeAndShapeInfo *tensor = NULL;
    ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
    size_t dimensions = 0;
    check(ort->CastTypeInfoToTensorInfo(info, &tensor));
    check_that(tensor != NULL, "the file has something else than a tensor");
    check(ort->GetTensorElementType(tensor, &type));
    check_that(type == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, "the file is not of float32");
    check(ort->GetDimensionsCount(tensor, &dimensions));
    check_that(dimensions == 2, "expected the shape (batch, size)");
    check(ort->GetDimensions(tensor, shape, 2)); /* -1: any */
    check_that(shape[1] > 0, "the file leaves a size open");
    ort->ReleaseTypeInfo(info);
}

static network open_network(OrtEnv *environment, const char *file)
{
    network net = {0};
    OrtSessionOptions *options = NULL;
    OrtAllocator *allocator = NULL;
    OrtTypeInfo *input = NULL, *output = NULL;
    int64_t in[2], out[2];
    size_t count[2] = {0};
    check(ort->CreateSessionOptions(&options));
    check(ort->CreateSession(environment, file, options, &net.session));
    ort->ReleaseSessionOptions(options);
    check(ort->SessionGetInputCount(net.session, &count[0]));
    check(ort->SessionGetOutputCount(net.session, &count[1]));
    check_that(count[0] == 1 && count[1] == 1, "expected one input and one output");
    check(ort->GetAllocatorWithDefaultOptions(&allocator));
    check(ort->SessionGetInputName(net.session, 0, allocator, &net.input));
    check(ort->SessionGetOutputName(net.session, 0, allocator, &net.output));
    check(ort->SessionGetInputTypeInfo(net.session, 0, &input));
    check(ort->SessionGetOutputTypeInfo(net.session, 0, &output));
    read_shape(input, in);
    read_shape(output, out);
    check(ort->CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &net.memory));
    net.inputs = in[1], net.outputs = out[1], net.batch = in[0] > 0 ? in[0] : 0;
    if (net.batch > 0)
        net.padded = calloc((size_t)(net.batch * net.inputs), sizeof *net.padded);
    check_that(net.batch == 0 || net.padded != NULL, "no memory");
    return net;
}

static void close_network(network *net)
{
    OrtAllocator *allocator = NULL;
    check(ort->GetAllocatorWithDefaultOptions(&allocator));
    check(ort->AllocatorFree(allocator, net->input));
    check(ort->AllocatorFree(allocator, net->output));
    ort->ReleaseMemoryInfo(net->memory);
    ort->ReleaseSession(net->session);
    free(net->padded);
}

/* -- glue -- */
/* With a fixed batch the rows beyond n are those of an earlier call: nobody reads them. */
static int32_t forward(int64_t first, int64_t samples, int64_t points, const float *x, float *y,
                       void *user)
{
    const network *net = user;
    const int64_t n = samples * points;
    const int64_t shape[] = {net->batch > 0 ? net->batch : n, net->inputs};
    OrtValue *input = NULL, *output = NULL;
    void *values = NULL;
    (void)first;
    if (net->batch > 0)
        x = memcpy(net->padded, x, (size_t)(n * net->inputs) * sizeof *x);
    OrtStatus *status = ort->CreateTensorWithDataAsOrtValue(
        net->memory, (void *)x, (size_t)(shape[0] * shape[1]) * sizeof *x, shape, 2,
        ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &input);
    if (status == NULL)
        status = ort->Run(net->session, NULL, (const char *const *)&net->input,
                          (const OrtValue *const *)&input, 1, (const char *const *)&net->output, 1,
                          &output);
    if (status == NULL)
        status = ort->GetTensorMutableData(output, &values);
    if (status == NULL)
        memcpy(y, values, (size_t)(n * net->outputs) * sizeof *y);
    else
        fprintf(stderr, "onnx: %s\n", ort->GetErrorMessage(status));
    ort->ReleaseValue(output);
    ort->ReleaseValue(input);
    ort->ReleaseStatus(status);
    return status != NULL;
}

static dirichlet_model_f32 model_of(network *net)
{
    return (dirichlet_model_f32){.struct_size = sizeof(dirichlet_model_f32),
                                 .inputs = net->inputs,
                                 .outputs = net->outputs,
                                 .max_samples = net->batch,
                                 .ignores_first = 1,
                                 .forward = forward,
                                 .user = net};
}
/* -- end of glue -- */

int main(int argc, char **argv)
{
    check_that(argc > 1, "usage: onnx FILE [SAMPLES]");
    const int64_t samples = argc > 2 ? atoll(argv[2]) : 64;
    ort = OrtGetApiBase()->GetApi(ORT_API_VERSION);
    check_that(ort != NULL, "the library is older than the header");
    OrtEnv *environment = NULL;
    check(ort->CreateEnv(ORT_LOGGING_LEVEL_WARNING, "dirichlet", &environment));
    network net = open_network(environment, argv[1]);

    check_that(samples > 0, "SAMPLES is a positive number");
    float *x = malloc((size_t)(samples * net.inputs) * sizeof *x);
    check_that(x != NULL, "no memory");
    for (int64_t i = 0; i < samples * net.inputs; i++)
        x[i] = (float)sin(1.0 + (double)i); /* data of yours */

    const dirichlet_model_f32 model = model_of(&net);
    dirichlet_estimator_options options = DIRICHLET_INIT(dirichlet_estimator_options);
    dirichlet_result gc = DIRICHLET_INIT(dirichlet_result);
    dirichlet_error error = DIRICHLET_INIT(dirichlet_error);
    options.probes = DIRICHLET_PROBES_ALL; /* along every input; with many of them take fewer */
    const dirichlet_status status =
        dirichlet_measure_f32(&model, samples, x, NULL, &options, &gc, NULL, &error);
    if (status == DIRICHLET_OK)
        printf("GC = %.9g +- %.2g (%s, noise %.1g)\n", gc.value, gc.standard_error,
               dirichlet_method_name(gc.method), gc.noise);
    else
        fprintf(stderr, "onnx: %s\n", error.message);
    free(x);
    close_network(&net);
    ort->ReleaseEnv(environment);
    return status == DIRICHLET_OK ? 0 : 1;
}
