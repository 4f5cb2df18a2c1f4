/* Random numbers of the tests, independent of those of the library. */
#ifndef PROPERTY_DRAWS_H
#define PROPERTY_DRAWS_H

#include <stdint.h>

/* The state of a splitmix64 generator; any value is a seed. */
struct draws {
    uint64_t state;
};

uint64_t draw_bits(struct draws *draws);

/* Uniform on (0, 1). */
double draw_uniform(struct draws *draws);
double draw_normal(struct draws *draws);

/* Gamma distribution of a whole shape: mean = shape, variance = shape. */
double draw_gamma(struct draws *draws, int shape);

/* exp(sigma z - sigma^2 / 2), z normal: mean 1. */
double draw_lognormal(struct draws *draws, double sigma);

void draw_normals_into(struct draws *draws, double scale, double *out, int64_t count);

/* Put `count` of the numbers of the list, drawn without replacement, first. */
void draw_subset(struct draws *draws, double *list, int64_t size, int64_t count);

#endif
