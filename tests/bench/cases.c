#include "cases.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROBE "-probe"
#define PENALTY "-penalty"
#define MOST_UNITS 1000000 /* of a layer: the number of weights is then one, too */

static const struct {
    const char *name;
    int64_t samples;
} compared[] = {
    {"784-300-100-10", 1024},
    {"3072-512-512-512-10", 512},
    {"784-128-32-128-784", 256},
    {"784-4096-10", 1024},
    {"784-1024-1024-1024-10", 1024},
    {"784-300-100-10" PROBE, 1024},
    {"3072-512-512-512-10" PROBE, 512},
    {"64-64-64-10", 1},
    {"784-300-100-10" PENALTY, 128},
    {"784-300-100-10" PENALTY PROBE, 128},
    {"784-128-32-128-784" PENALTY, 128},
};
const int bench_case_count = sizeof compared / sizeof *compared;

const char *bench_case_name(int index)
{
    return compared[index].name;
}

/* 1024 for networks that are not compared. */
static int64_t samples_of(const char *name)
{
    for (int i = 0; i < bench_case_count; i++)
        if (strcmp(name, compared[i].name) == 0)
            return compared[i].samples;
    return 1024;
}

/* Widths up to the end of the text or to what is not one; returns where it stopped. */
static const char *read_widths(const char *text, int *count, int64_t *widths)
{
    for (*count = 0; *count <= MOST_LAYERS && *text >= '1' && *text <= '9'; ++*count) {
        char *end;
        widths[*count] = strtoll(text, &end, 10);
        text = end[0] == '-' && end[1] >= '1' && end[1] <= '9' ? end + 1 : end;
    }
    return text;
}

int read_bench_case(const char *name, struct bench_case *out)
{
    int count = 0;
    *out = (struct bench_case){.calls = 1};
    if (strlen(name) > MOST_NAME)
        return 0;
    const char *rest = read_widths(name, &count, out->widths);
    out->penalty = strncmp(rest, PENALTY, strlen(PENALTY)) == 0 ? 1 : 0;
    rest += out->penalty ? strlen(PENALTY) : 0;
    out->probes = strcmp(rest, PROBE) == 0 ? 1 : 0;
    if (count < 2 || count > MOST_LAYERS + 1 || (out->probes == 0 && *rest != '\0'))
        return 0;
    for (int i = 0; i < count; i++)
        if (out->widths[i] > MOST_UNITS)
            return 0;
    strcpy(out->name, name);
    out->layers = count - 1;
    out->samples = samples_of(name);
    if (out->samples == 1)
        out->calls = 1000;
    return 1;
}

static void require(int good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

/* Uniform on [-1, 1) in steps of 2^-23: 24 bits of splitmix64 (Steele, Lea and Flood 2014). */
static float number_at(uint64_t index)
{
    uint64_t z = (index + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    return (float)(z >> 40) / 8388608.0F - 1.0F;
}

/* Numbers first, first + 1, ... times a factor that is exact in float. */
static void fill(float *out, int64_t count, uint64_t first, float factor)
{
    for (int64_t i = 0; i < count; i++)
        out[i] = factor * number_at(first + (uint64_t)i);
}

/* Weights of He's variance 2 / inputs, that of a uniform number being 1/3. */
static void fill_layers(const struct bench_case *c, float *numbers, dirichlet_dense_layer_f32 *out)
{
    uint64_t index = 0;
    for (int64_t l = 0; l < c->layers; l++) {
        const int64_t inputs = c->widths[l];
        const int64_t outputs = c->widths[l + 1];
        float *weights = numbers + index;
        float *bias = weights + inputs * outputs;
        fill(weights, inputs * outputs, index, (float)sqrt(6.0 / (double)inputs));
        fill(bias, outputs, index + (uint64_t)(inputs * outputs), 0.125F);
        out[l] = (dirichlet_dense_layer_f32){.struct_size = sizeof *out,
                                             .inputs = inputs,
                                             .outputs = outputs,
                                             .weights = weights,
                                             .output_stride = inputs,
                                             .input_stride = 1,
                                             .bias = bias,
                                             .bias_stride = 1,
                                             .activation = l + 1 < c->layers
                                                               ? DIRICHLET_ACTIVATION_RELU
                                                               : DIRICHLET_ACTIVATION_IDENTITY};
        index += (uint64_t)((inputs + 1) * outputs);
    }
}

static int64_t parameter_count(const struct bench_case *c)
{
    int64_t count = 0;
    for (int64_t l = 0; l < c->layers; l++)
        count += (c->widths[l] + 1) * c->widths[l + 1];
    return count;
}

int64_t bench_bytes(const struct bench_subject *s)
{
    const int64_t parameters = parameter_count(&s->description);
    return (int64_t)sizeof(float) *
           (parameters * (s->gradient != NULL ? 2 : 1) + s->samples * s->description.widths[0]);
}

/* A gradient laid out as the parameters are. */
static void make_gradient(struct bench_subject *s)
{
    const struct bench_case *c = &s->description;
    s->gradient = calloc((size_t)parameter_count(c), sizeof(float));
    require(s->gradient != NULL, "no memory");
    float *next = s->gradient;
    for (int64_t l = 0; l < c->layers; l++) {
        const int64_t inputs = c->widths[l];
        const int64_t outputs = c->widths[l + 1];
        s->gradients[l] = (dirichlet_dense_gradient_f32){.struct_size = sizeof s->gradients[l],
                                                         .weights = next,
                                                         .output_stride = inputs,
                                                         .input_stride = 1,
                                                         .bias = next + inputs * outputs,
                                                         .bias_stride = 1};
        next += (inputs + 1) * outputs;
    }
}

struct bench_subject make_bench_subject(const struct bench_case *description, int64_t samples,
                                        const dirichlet_parallel *parallel)
{
    const dirichlet_dense_options options = {.struct_size = sizeof options, .parallel = parallel};
    dirichlet_dense_layer_f32 layers[MOST_LAYERS];
    const int64_t parameters = parameter_count(description);
    const int64_t values = samples * description->widths[0];
    struct bench_subject s = {*description,
                              samples,
                              0,
                              malloc((size_t)parameters * sizeof(float)),
                              malloc((size_t)values * sizeof(float)),
                              NULL,
                              parallel,
                              NULL,
                              {{0}}};
    require(s.numbers != NULL && s.x != NULL, "no memory");
    fill_layers(description, s.numbers, layers);
    fill(s.x, values, UINT64_C(1) << 40, 1.0F);
    require(dirichlet_dense_create_f32(layers, description->layers, &options, &s.network, NULL) ==
                DIRICHLET_OK,
            "create failed");
    if (description->penalty)
        make_gradient(&s);
    return s;
}

void free_bench_subject(struct bench_subject *subject)
{
    dirichlet_dense_destroy_f32(subject->network);
    free(subject->numbers);
    free(subject->gradient);
    free(subject->x);
}

static double exact_value(struct bench_subject *s)
{
    const int64_t most = s->batch > 0 ? s->batch : s->samples;
    double total = 0.0;
    for (int64_t first = 0; first < s->samples; first += most) {
        const int64_t batch = s->samples - first < most ? s->samples - first : most;
        const float *x = s->x + first * s->description.widths[0];
        double sum = 0.0;
        require(dirichlet_dense_energy_sum_f32(s->network, batch, x, &sum) == DIRICHLET_OK,
                "energy_sum failed");
        total += sum;
    }
    return total / (double)s->samples;
}

static double probed_value(struct bench_subject *s)
{
    dirichlet_model_f32 model = {.struct_size = sizeof model};
    const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                 .method = DIRICHLET_METHOD_RADEMACHER,
                                                 .probes = s->description.probes,
                                                 .parallel = s->parallel};
    dirichlet_result result = {.struct_size = sizeof result};
    require(dirichlet_dense_model_f32(s->network, &model) == DIRICHLET_OK &&
                dirichlet_measure_f32(&model, s->samples, s->x, NULL, &options, &result, NULL,
                                      NULL) == DIRICHLET_OK,
            "measure failed");
    return result.value;
}

static double penalized_value(struct bench_subject *s)
{
    const dirichlet_dense_penalty_options options = {.struct_size = sizeof options,
                                                     .probes = s->description.probes};
    dirichlet_penalty_result result = {.struct_size = sizeof result};
    require(dirichlet_dense_energy_penalty_f32(s->network, s->samples, s->x, &options, 1.0,
                                               s->gradients, s->description.layers,
                                               &result) == DIRICHLET_OK,
            "energy_penalty failed");
    return result.value;
}

double bench_value(struct bench_subject *subject)
{
    if (subject->description.penalty)
        return penalized_value(subject);
    return subject->description.probes > 0 ? probed_value(subject) : exact_value(subject);
}
