/* What is known of the fields of a public struct: what values a call may succeed with. It is
 * written down here once more, from the headers, so that the library's own checks are not asked. */
#ifndef DIRICHLET_FUZZ_STRUCTS_KIND_H
#define DIRICHLET_FUZZ_STRUCTS_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_kind {
    FIELD_ANY,     /* any bits */
    FIELD_INTEGER, /* low <= value <= high */
    FIELD_REAL,    /* likewise, and finite */
    FIELD_SET,     /* one of the constants */
    FIELD_POINTER, /* of an array or a function, or NULL */
    FIELD_NEEDED,  /* likewise, and not NULL */
    FIELD_NESTED,  /* of another struct, which must be right too, or NULL */
    FIELD_OUT      /* written by the library */
};

#define MOST_CONSTANTS 24

struct field {
    size_t offset;
    size_t size;
    enum field_kind kind;
    double low; /* all bounds are exact in double, or the largest integer */
    double high;
    const int32_t *constants; /* the last one is -1 */
};

struct kind {
    const char *name;
    size_t size;  /* of the struct */
    size_t least; /* struct_size that is accepted */
    int field_count;
    const struct field *fields;             /* all but struct_size, in their order */
    bool (*holds_together)(const void *it); /* what one field says of another; or NULL */
};

#define FIELD_OF(type, name, kind, low, high, constants)                                           \
    {                                                                                              \
        offsetof(type, name), sizeof(((type *)0)->name), kind, low, high, constants                \
    }
#define ANY(type, name) FIELD_OF(type, name, FIELD_ANY, 0, 0, NULL)
#define INTEGER(type, name, low, high) FIELD_OF(type, name, FIELD_INTEGER, low, high, NULL)
#define REAL(type, name, low, high) FIELD_OF(type, name, FIELD_REAL, low, high, NULL)
#define SET(type, name, constants) FIELD_OF(type, name, FIELD_SET, 0, 0, constants)
#define POINTER(type, name) FIELD_OF(type, name, FIELD_POINTER, 0, 0, NULL)
#define NEEDED(type, name) FIELD_OF(type, name, FIELD_NEEDED, 0, 0, NULL)
#define NESTED(type, name) FIELD_OF(type, name, FIELD_NESTED, 0, 0, NULL)
#define OUT(type, name) FIELD_OF(type, name, FIELD_OUT, 0, 0, NULL)
#define KIND_OF(type, fields, rule)                                                                \
    {                                                                                              \
#type, sizeof(type), sizeof(size_t), (int)(sizeof(fields) / sizeof *(fields)), fields,     \
            rule                                                                                   \
    }

/* A struct that the library fills in, of which nothing is read but its size. */
#define FILLED(type)                                                                               \
    {                                                                                              \
#type, sizeof(type), sizeof(size_t), 0, NULL, NULL                                         \
    }

#define MOST_INTEGER 9223372036854775807.0
#define MOST_REAL 1.7976931348623157e308

/* Numbers in a row of the model in use: what a stride must step over. */
extern int64_t row_now;

extern const int32_t methods[];
extern const int32_t penalty_methods[];

extern const struct kind kind_allocator;
extern const struct kind kind_parallel;
extern const struct kind kind_error;
extern const struct kind kind_capabilities;
extern const struct kind kind_estimator_options;
extern const struct kind kind_result;
extern const struct kind kind_estimator_description;
extern const struct kind kind_penalty_result;
extern const struct kind kind_spectral_options;
extern const struct kind kind_spectral_result;
extern const struct kind kind_jacobian_norms_options;
extern const struct kind kind_jacobian_norms;
extern const struct kind kind_energy_penalty_options;
extern const struct kind kind_parameter_norm_options;
extern const struct kind kind_spectral_penalty_options;
extern const struct kind kind_flatness_options;
extern const struct kind kind_flatness;
extern const struct kind kind_initialization_options;
extern const struct kind kind_dense_options;
extern const struct kind kind_dense_penalty_options;
extern const struct kind kind_dense_transfer_options;
extern const struct kind kind_dense_transfer_result;
extern const struct kind kind_dense_lipschitz;
extern const struct kind kind_dense_description;
extern const struct kind kind_dense_plan;

extern const struct kind kind_check_options;
extern const struct kind kind_check_report;
extern const struct kind kind_check_finding;

extern const struct kind kind_filled_model_f64; /* that a network fills in */
extern const struct kind kind_model_f64;
extern const struct kind kind_batch_f64;
extern const struct kind kind_dense_layer_f64;
extern const struct kind kind_dense_gradient_f64;
extern const struct kind kind_dense_tangent_f64;
extern const struct kind kind_loss_f64;
extern const struct kind kind_parameter_f64;
extern const struct kind kind_singular_f64;
extern const struct kind kind_objective_f64;
extern const struct kind kind_filled_model_f32;
extern const struct kind kind_model_f32;
extern const struct kind kind_batch_f32;
extern const struct kind kind_dense_layer_f32;
extern const struct kind kind_dense_gradient_f32;
extern const struct kind kind_dense_tangent_f32;
extern const struct kind kind_loss_f32;
extern const struct kind kind_parameter_f32;
extern const struct kind kind_singular_f32;
extern const struct kind kind_objective_f32;

#endif
