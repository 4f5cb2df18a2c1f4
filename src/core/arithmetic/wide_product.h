/* Products of which no partial one over- or underflows: a fraction, and a power of two beside it.
 */
#ifndef DIRICHLET_CORE_WIDE_PRODUCT_H
#define DIRICHLET_CORE_WIDE_PRODUCT_H

#include <math.h>
#include <stdint.h>

struct wide_product {
    double fraction; /* 0, or of absolute value in [1/2, 1), or not finite */
    int64_t exponent;
};

static inline struct wide_product wide_product_of_none(void)
{
    return (struct wide_product){0.5, 1};
}

static inline void wide_product_multiply(struct wide_product *product, double factor)
{
    int of_factor = 0;
    int of_product = 0;
    product->fraction = frexp(product->fraction * frexp(factor, &of_factor), &of_product);
    product->exponent += of_factor + of_product;
}

/* As a double: infinite or 0 where the whole product is too large or too small for one. */
static inline double wide_product_value(const struct wide_product *product)
{
    const int64_t most = 4096;
    const int64_t exponent = product->exponent > most ? most : product->exponent;
    return ldexp(product->fraction, (int)(exponent < -most ? -most : exponent));
}

#endif
