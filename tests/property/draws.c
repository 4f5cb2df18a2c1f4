#include "draws.h"

#include <math.h>

uint64_t draw_bits(struct draws *draws)
{
    draws->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t bits = draws->state;
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94d049bb133111eb);
    return bits ^ (bits >> 31);
}

double draw_uniform(struct draws *draws)
{
    return ((double)(draw_bits(draws) >> 12) + 0.5) * 0x1p-52;
}

double draw_normal(struct draws *draws)
{
    const double radius = sqrt(-2.0 * log(draw_uniform(draws)));
    return radius * cos(6.28318530717958647693 * draw_uniform(draws));
}

double draw_gamma(struct draws *draws, int shape)
{
    double product = 1.0;
    for (int i = 0; i < shape; i++)
        product *= draw_uniform(draws);
    return -log(product);
}

double draw_lognormal(struct draws *draws, double sigma)
{
    return exp(sigma * draw_normal(draws) - 0.5 * sigma * sigma);
}

void draw_normals_into(struct draws *draws, double scale, double *out, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        out[i] = scale * draw_normal(draws);
}

void draw_subset(struct draws *draws, double *list, int64_t size, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        const int64_t j = i + (int64_t)(draw_uniform(draws) * (double)(size - i));
        const double kept = list[i];
        list[i] = list[j];
        list[j] = kept;
    }
}
