#include "reference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"

const struct storage pytorch_f64 = {.weight_name = "fc%d.weight", .bias_name = "fc%d.bias"};

static void *take(size_t size)
{
    void *memory = calloc(size > 0 ? size : 1, 1);
    if (memory == NULL)
        abort();
    return memory;
}

/* The linear congruential generator of Knuth, MMIX. */
double random_value(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(int64_t)(*state >> 42) / 2097152.0 - 1.0;
}

double *random_values(int64_t count, uint64_t seed)
{
    double *values = take((size_t)count * sizeof *values);
    for (int64_t i = 0; i < count; i++)
        values[i] = random_value(&seed);
    return values;
}

void network_make(struct network_case *network, int layers, const int64_t *widths, uint64_t seed)
{
    memset(network, 0, sizeof *network);
    network->layers = layers;
    memcpy(network->widths, widths, (size_t)(layers + 1) * sizeof *widths);
    for (int l = 0; l < layers; l++) {
        const int64_t count = widths[l] * widths[l + 1];
        network->weights[l] = random_values(count, seed + 2 * (uint64_t)l);
        network->biases[l] = random_values(widths[l + 1], seed + 2 * (uint64_t)l + 1);
        for (int64_t i = 0; i < count; i++)
            network->weights[l][i] =
                (float)(network->weights[l][i] * sqrt(3.0 / (double)widths[l]));
    }
}

void network_destroy(struct network_case *network)
{
    for (int l = 0; l < network->layers; l++) {
        free(network->weights[l]);
        free(network->biases[l]);
    }
}

/* The parts of a file while it is put together. */
struct writer {
    char *header;
    size_t header_size;
    size_t header_used;
    unsigned char *data;
    size_t data_used;
};

static void add_tensor(struct writer *writer, const char *name, int layer, int singles,
                       const char *shape, int64_t count, const double *values)
{
    const size_t begin = writer->data_used;
    char full_name[64];
    snprintf(full_name, sizeof full_name, name, layer + 1);
    for (int64_t i = 0; i < count; i++) {
        const float single = (float)values[i];
        const size_t size = singles ? sizeof single : sizeof *values;
        memcpy(writer->data + writer->data_used,
               singles ? (const void *)&single : (const void *)&values[i], size);
        writer->data_used += size;
    }
    writer->header_used += (size_t)snprintf(
        writer->header + writer->header_used, writer->header_size - writer->header_used,
        "%s\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%zu,%zu]}",
        writer->header_used == 1 ? "" : ",", full_name, singles ? "F32" : "F64", shape, begin,
        writer->data_used);
}

static double *transposed(const double *values, int64_t rows, int64_t columns)
{
    double *out = take((size_t)(rows * columns) * sizeof *out);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            out[j * rows + i] = values[i * columns + j];
    return out;
}

static void add_layer(struct writer *writer, const struct network_case *network,
                      const struct storage *storage, int l)
{
    const int64_t in = network->widths[l];
    const int64_t out = network->widths[l + 1];
    const int singles =
        storage->singles && (storage->doubles_from == 0 || l < storage->doubles_from);
    char shape[64];
    snprintf(shape, sizeof shape, "%lld,%lld", (long long)(storage->kernels ? in : out),
             (long long)(storage->kernels ? out : in));
    double *turned = transposed(network->weights[l], out, in);
    add_tensor(writer, storage->weight_name, l, singles, shape, in * out,
               storage->kernels ? turned : network->weights[l]);
    free(turned);
    if (storage->bias_name == NULL)
        return;
    snprintf(shape, sizeof shape, "%lld", (long long)out);
    add_tensor(writer, storage->bias_name, l, singles, shape, out, network->biases[l]);
}

void network_write(const struct network_case *network, const struct storage *storage,
                   const char *path)
{
    int64_t count = 0;
    for (int l = 0; l < network->layers; l++)
        count += network->widths[l + 1] * (network->widths[l] + 1);
    struct writer writer = {.header_size = 8192, .header_used = 1};
    writer.header = take(writer.header_size);
    writer.data = take((size_t)count * sizeof(double));
    writer.header[0] = '{';
    for (int i = 0; i < network->layers; i++)
        add_layer(&writer, network, storage, storage->reversed ? network->layers - 1 - i : i);
    writer.header[writer.header_used++] = '}';
    for (int i = 0; i < storage->header_padding; i++)
        writer.header[writer.header_used++] = ' ';
    if (writer.header_used >= writer.header_size)
        abort();
    write_tensors(path, writer.header, writer.data, writer.data_used);
    free(writer.header);
    free(writer.data);
}

static long double normal_distribution(long double z)
{
    return 0.5L * erfcl(-z * sqrtl(0.5L));
}

static long double sigmoid(long double z)
{
    return 1.0L / (1.0L + expl(-z));
}

#define PI 3.14159265358979323846264338327950288L

/* Value and derivative; leaky_relu and elu with their usual parameters. */
static long double activate(const char *name, long double z, long double *slope)
{
    const long double s = sigmoid(z);
    *slope = 1.0L;
    if (strcmp(name, "relu") == 0)
        return z > 0.0L ? z : (*slope = 0.0L);
    if (strcmp(name, "leaky_relu") == 0)
        return z > 0.0L ? z : z * (*slope = 0.01L);
    if (strcmp(name, "elu") == 0)
        return z > 0.0L ? z : (*slope = expl(z)) - 1.0L;
    if (strcmp(name, "gelu") == 0) {
        *slope = normal_distribution(z) + z * expl(-0.5L * z * z) / sqrtl(2.0L * PI);
        return z * normal_distribution(z);
    }
    if (strcmp(name, "gelu_tanh") == 0) {
        const long double c = sqrtl(2.0L / PI);
        const long double t = tanhl(c * (z + 0.044715L * z * z * z));
        *slope =
            0.5L * (1.0L + t) + 0.5L * z * (1.0L - t * t) * c * (1.0L + 3.0L * 0.044715L * z * z);
        return 0.5L * z * (1.0L + t);
    }
    if (strcmp(name, "silu") == 0) {
        *slope = s + z * s * (1.0L - s);
        return z * s;
    }
    if (strcmp(name, "softplus") == 0) {
        *slope = s;
        return log1pl(expl(z));
    }
    if (strcmp(name, "tanh") == 0) {
        *slope = 1.0L - tanhl(z) * tanhl(z);
        return tanhl(z);
    }
    if (strcmp(name, "sigmoid") == 0) {
        *slope = s * (1.0L - s);
        return s;
    }
    if (strcmp(name, "sin") == 0) {
        *slope = cosl(z);
        return sinl(z);
    }
    if (strcmp(name, "identity") != 0)
        abort();
    return z;
}

/* Carry the value h and the Jacobian (width, inputs; NULL before the first layer) through
 * one layer, in place. */
static void through_layer(const struct network_case *network, int l, const char *activation,
                          long double **h, long double **jacobian)
{
    const int64_t inputs = network->widths[0];
    const int64_t in = network->widths[l];
    const int64_t out = network->widths[l + 1];
    long double *value = take((size_t)out * sizeof *value);
    long double *product = take((size_t)(out * inputs) * sizeof *product);
    for (int64_t o = 0; o < out; o++) {
        const double *row = network->weights[l] + o * in;
        long double slope = 0.0L;
        long double z = network->biases[l][o];
        for (int64_t i = 0; i < in; i++)
            z += row[i] * (*h)[i];
        value[o] = activate(activation, z, &slope);
        if (l == 0)
            for (int64_t j = 0; j < inputs; j++)
                product[o * inputs + j] = slope * row[j];
        for (int64_t i = 0; l > 0 && i < in; i++)
            for (int64_t j = 0; j < inputs; j++)
                product[o * inputs + j] += slope * row[i] * (*jacobian)[i * inputs + j];
    }
    free(*h);
    free(*jacobian);
    *h = value;
    *jacobian = product;
}

long double *network_jacobian(const struct network_case *network, int layers, const char *hidden,
                              const char *last, const double *x)
{
    const int64_t inputs = network->widths[0];
    long double *h = take((size_t)inputs * sizeof *h);
    long double *jacobian = NULL;
    for (int64_t i = 0; i < inputs; i++)
        h[i] = x[i];
    for (int l = 0; l < layers; l++)
        through_layer(network, l, l == network->layers - 1 ? last : hidden, &h, &jacobian);
    free(h);
    return jacobian;
}

long double network_energy(const struct network_case *network, int layers, const char *hidden,
                           const char *last, const double *x)
{
    long double *jacobian = network_jacobian(network, layers, hidden, last, x);
    long double energy = 0.0L;
    for (int64_t i = 0; i < network->widths[layers] * network->widths[0]; i++)
        energy += jacobian[i] * jacobian[i];
    free(jacobian);
    return energy;
}
