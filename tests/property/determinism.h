/* What determinism.c and its two precisions share. */
#ifndef PROPERTY_DETERMINISM_H
#define PROPERTY_DETERMINISM_H

#include <stdint.h>

#include "dirichlet/dirichlet.h"

#define SAMPLES 300
#define MOST_BYTES 8192

/* What is left of a measurement: the result and the serialized state. */
struct trace {
    dirichlet_result result;
    unsigned char bytes[MOST_BYTES];
    size_t size;
};

/* A method and the callbacks it is to use. */
struct method_case {
    const char *name;
    dirichlet_method method;
    unsigned offers;
    int64_t probes;
};
#define METHOD_CASES 13
extern const struct method_case method_cases[METHOD_CASES];

void take_trace(const dirichlet_estimator *estimator, struct trace *trace);
void expect_same(const struct trace *expected, const struct trace *seen, const char *name,
                 const char *how);

/* Largest relative difference of the values and errors. */
double difference(const struct trace *a, const struct trace *b);

void callbacks_f64(void);
void callbacks_f32(void);
void dense_f64(void);
void dense_f32(void);

#endif
