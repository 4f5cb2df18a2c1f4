/* The caller's arrays of parameters, checked and read; body for both precisions. */
#ifndef DIRICHLET_REGULARIZER_PARAMETERS_BODY_H
#define DIRICHLET_REGULARIZER_PARAMETERS_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/real.h"
#include "core/interface/message.h"
#include "core/interface/versioned_struct.h"
#include "core/matrix/strides.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "regularizer/checks.h"

typedef PRECISION(dirichlet_parameter) parameter;

/* A strided matrix. */
struct view {
    const real *data;
    int64_t rows;
    int64_t columns;
    int64_t row_stride;
    int64_t column_stride;
};

static struct view transposed(struct view view)
{
    return (struct view){view.data, view.columns, view.rows, view.column_stride, view.row_stride};
}

static struct view view_of(const parameter *p)
{
    return (struct view){p->values, p->rows, p->columns, p->row_stride, p->column_stride};
}

/* The same parameters with rows and columns exchanged where that has the inner loop of a pass
 * over them take shorter steps. */
static parameter along_memory(parameter p)
{
    parameter turned = p;
    if (p.column_stride <= p.row_stride)
        return p;
    turned.rows = p.columns;
    turned.columns = p.rows;
    turned.row_stride = p.column_stride;
    turned.column_stride = p.row_stride;
    turned.gradient_row_stride = p.gradient_column_stride;
    turned.gradient_column_stride = p.gradient_row_stride;
    return turned;
}

static dirichlet_status check_values(parameter *p, const char *name, struct message *message)
{
    const struct strided_matrix values = {.rows = p->rows,
                                          .columns = p->columns,
                                          .row_stride = &p->row_stride,
                                          .column_stride = &p->column_stride,
                                          .element_size = sizeof(real),
                                          .largest = INT64_MAX,
                                          .view = name,
                                          .data_name = "values",
                                          .row_stride_name = "row_stride",
                                          .column_stride_name = "column_stride"};
    if (p->values == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "%s.values is NULL", name);
    dirichlet_status status = extent_check(p->rows, INT64_MAX, name, "rows", message);
    if (status == DIRICHLET_OK)
        status = extent_check(p->columns, INT64_MAX, name, "columns", message);
    return status == DIRICHLET_OK ? strides_check(&values, message) : status;
}

static dirichlet_status check_gradient(parameter *p, const char *name, struct message *message)
{
    const struct strided_matrix gradient = {.rows = p->rows,
                                            .columns = p->columns,
                                            .row_stride = &p->gradient_row_stride,
                                            .column_stride = &p->gradient_column_stride,
                                            .element_size = sizeof(real),
                                            .largest = INT64_MAX,
                                            .view = name,
                                            .data_name = "gradient",
                                            .row_stride_name = "gradient_row_stride",
                                            .column_stride_name = "gradient_column_stride"};
    return p->gradient == NULL ? DIRICHLET_OK : strides_check(&gradient, message);
}

/* Element `index` with its strides settled; `name` receives "parameters[index]". */
static dirichlet_status read_parameter(const parameter *parameters, int64_t index, parameter *out,
                                       struct message *name, struct message *message)
{
    dirichlet_status status = versioned_struct_read_element(out, sizeof *out, parameters, index,
                                                            "parameters", name, message);
    if (status == DIRICHLET_OK)
        status = check_values(out, name->text, message);
    if (status == DIRICHLET_OK)
        status = check_gradient(out, name->text, message);
    if (status == DIRICHLET_OK)
        status = regularizer_check_flag(out->bias, name->text, ".bias", message);
    if (status == DIRICHLET_OK && out->reserved != 0)
        status = message_fail(message, DIRICHLET_E_RANGE, "%s.reserved is %d: it must be 0",
                              name->text, (int)out->reserved);
    return status;
}

/* One that has been checked before. */
static parameter parameter_at(const parameter *parameters, int64_t index)
{
    struct message name;
    parameter out = {0};
    (void)read_parameter(parameters, index, &out, &name, NULL);
    return out;
}

/* What is wrong with numbers whose sum is not finite. */
static dirichlet_status report_values(const parameter *p, const char *name, struct message *message)
{
    for (int64_t i = 0; i < p->rows; i++)
        for (int64_t j = 0; j < p->columns; j++)
            if (!isfinite(p->values[i * p->row_stride + j * p->column_stride]))
                return message_fail(message, DIRICHLET_E_NOT_FINITE,
                                    "%s.values is not finite in row %lld, column %lld", name,
                                    (long long)i, (long long)j);
    return message_fail(message, DIRICHLET_E_OVERFLOW,
                        "%s.values: the norm is too large for a double", name);
}

#endif
