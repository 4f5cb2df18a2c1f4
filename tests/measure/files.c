#include "files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void *take(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);
    if (memory == NULL)
        abort();
    return memory;
}

void write_bytes(const char *path, const void *head, size_t head_size, const void *body,
                 size_t body_size)
{
    FILE *stream = fopen(path, "wb");
    if (stream == NULL || fwrite(head, 1, head_size, stream) != head_size ||
        (body_size > 0 && fwrite(body, 1, body_size, stream) != body_size) || fclose(stream) != 0)
        abort();
}

size_t read_bytes(const char *path, unsigned char *bytes, size_t capacity)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        abort();
    const size_t size = fread(bytes, 1, capacity, stream);
    if (ferror(stream) || fgetc(stream) != EOF)
        abort();
    fclose(stream);
    return size;
}

void write_gzipped(const char *path, const void *data, size_t size)
{
    gzFile stream = gzopen(path, "wb");
    if (stream == NULL || gzwrite(stream, data, (unsigned)size) != (int)size ||
        gzclose(stream) != Z_OK)
        abort();
}

static void put_little_endian(unsigned char *bytes, uint64_t value, int count)
{
    for (int i = 0; i < count; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
}

void write_tensors(const char *path, const char *header, const void *data, size_t size)
{
    const size_t length = strlen(header);
    unsigned char *head = take(8 + length);
    put_little_endian(head, length, 8);
    memcpy(head + 8, header, length);
    write_bytes(path, head, 8 + length, data, size);
    free(head);
}

void write_npy(const char *path, int major, const char *dictionary, const void *data, size_t size)
{
    const size_t prefix = major == 1 ? 10 : 12;
    const size_t length = strlen(dictionary);
    const size_t total = (prefix + length + 1 + 63) / 64 * 64;
    unsigned char *head = take(total);
    memcpy(head, "\x93NUMPY", 6);
    head[6] = (unsigned char)major;
    head[7] = 0;
    put_little_endian(head + 8, total - prefix, major == 1 ? 2 : 4);
    memset(head + prefix, ' ', total - prefix);
    memcpy(head + prefix, dictionary, length);
    head[total - 1] = '\n';
    write_bytes(path, head, total, data, size);
    free(head);
}

void write_samples(const char *path, int64_t samples, int64_t inputs, const double *values,
                   int singles)
{
    char dictionary[128];
    const size_t count = (size_t)(samples * inputs);
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '%s', 'fortran_order': False, 'shape': (%lld, %lld), }",
             singles ? "<f4" : "<f8", (long long)samples, (long long)inputs);
    float *rounded = take(count * sizeof *rounded);
    for (size_t i = 0; i < count; i++)
        rounded[i] = (float)values[i];
    if (singles)
        write_npy(path, 1, dictionary, rounded, count * sizeof *rounded);
    else
        write_npy(path, 1, dictionary, values, count * sizeof *values);
    free(rounded);
}

unsigned char *idx_bytes(int axes, const uint32_t *sizes, const unsigned char *data,
                         size_t data_size, size_t *size)
{
    const size_t header = 4 + 4 * (size_t)axes;
    unsigned char *bytes = take(header + data_size);
    bytes[0] = 0;
    bytes[1] = 0;
    bytes[2] = 8; /* unsigned bytes */
    bytes[3] = (unsigned char)axes;
    for (int i = 0; i < axes; i++)
        for (int byte = 0; byte < 4; byte++)
            bytes[4 + 4 * i + byte] = (unsigned char)(sizes[i] >> (24 - 8 * byte));
    memcpy(bytes + header, data, data_size);
    *size = header + data_size;
    return bytes;
}
