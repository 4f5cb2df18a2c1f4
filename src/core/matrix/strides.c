#include "core/matrix/strides.h"

#include <stdbool.h>

#include "core/interface/memory.h"

/* Between the name of a view and that of its field; arguments have no view. */
static const char *dot_after(const char *view)
{
    return view[0] != '\0' ? "." : "";
}

dirichlet_status extent_check(int64_t value, int64_t largest, const char *view, const char *field,
                              struct message *message)
{
    if (value < 1 || value > largest)
        return message_fail(message, DIRICHLET_E_RANGE, "%s%s%s is %lld: it must be 1 to %lld",
                            view, dot_after(view), field, (long long)value, (long long)largest);
    return DIRICHLET_OK;
}

static dirichlet_status check_stride(const struct strided_matrix *matrix, int64_t extent,
                                     const char *name, int64_t *stride, struct message *message)
{
    if (extent == 1)
        *stride = 1;
    return extent_check(*stride, matrix->largest, matrix->view, name, message);
}

/* Does the last element still have an address? */
static dirichlet_status check_span(const struct strided_matrix *matrix, struct message *message)
{
    int64_t down = 0;
    int64_t along = 0;
    int64_t last = 0;
    int64_t bytes = 0;
    if (!size_multiply(matrix->rows - 1, *matrix->row_stride, &down) ||
        !size_multiply(matrix->columns - 1, *matrix->column_stride, &along) ||
        !size_add(down, along, &last) || !size_add(last, 1, &last) ||
        !size_of_array(last, 1, 1, matrix->element_size, &bytes))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "%s%s%s: sizes and strides reach beyond the address space",
                            matrix->view, dot_after(matrix->view), matrix->data_name);
    return DIRICHLET_OK;
}

static int64_t greatest_common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Two elements coincide where a row steps are as long as b column steps; the smallest such pair
 * is a = column_stride / g, b = row_stride / g. */
static bool elements_coincide(const struct strided_matrix *matrix)
{
    const int64_t g = greatest_common_divisor(*matrix->row_stride, *matrix->column_stride);
    return *matrix->column_stride / g < matrix->rows && *matrix->row_stride / g < matrix->columns;
}

dirichlet_status strides_check(const struct strided_matrix *matrix, struct message *message)
{
    dirichlet_status status =
        check_stride(matrix, matrix->rows, matrix->row_stride_name, matrix->row_stride, message);
    if (status == DIRICHLET_OK)
        status = check_stride(matrix, matrix->columns, matrix->column_stride_name,
                              matrix->column_stride, message);
    if (status == DIRICHLET_OK)
        status = check_span(matrix, message);
    if (status == DIRICHLET_OK && elements_coincide(matrix))
        return message_fail(message, DIRICHLET_E_SHAPE,
                            "%s%s%s is %lld and %s is %lld: elements of the %lld x %lld %s overlap",
                            matrix->view, dot_after(matrix->view), matrix->row_stride_name,
                            (long long)*matrix->row_stride, matrix->column_stride_name,
                            (long long)*matrix->column_stride, (long long)matrix->rows,
                            (long long)matrix->columns, matrix->data_name);
    return status;
}
