/* Files for the tests, written byte by byte: independent of the writers of examples/common. */
#ifndef TESTS_MEASURE_FILES_H
#define TESTS_MEASURE_FILES_H

#include <stddef.h>
#include <stdint.h>

void write_bytes(const char *path, const void *head, size_t head_size, const void *body,
                 size_t body_size);

/* The bytes of a file of at most `capacity`. */
size_t read_bytes(const char *path, unsigned char *bytes, size_t capacity);

/* The bytes gzipped. */
void write_gzipped(const char *path, const void *data, size_t size);

/* A safetensors file out of the text of its header and its data. */
void write_tensors(const char *path, const char *header, const void *data, size_t size);

/* A .npy file; major: version 1, 2 or 3; dictionary: the text of its header. */
void write_npy(const char *path, int major, const char *dictionary, const void *data, size_t size);

/* An array (samples, inputs) of float64 or, where singles is true, of float32. */
void write_samples(const char *path, int64_t samples, int64_t inputs, const double *values,
                   int singles);

/* The bytes of an IDX file: `axes` sizes and the data; from malloc. */
unsigned char *idx_bytes(int axes, const uint32_t *sizes, const unsigned char *data,
                         size_t data_size, size_t *size);

#endif
