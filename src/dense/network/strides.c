#include "dense/network/strides.h"

#include "core/blas/blas.h"
#include "core/matrix/strides.h"

dirichlet_status dense_extent_check(int64_t value, const char *view, const char *field,
                                    struct message *message)
{
    return extent_check(value, BLAS_LARGEST, view, field, message);
}

dirichlet_status dense_strides_check_matrix(int64_t outputs, int64_t inputs, size_t element_size,
                                            const char *view, int64_t *output_stride,
                                            int64_t *input_stride, struct message *message)
{
    const struct strided_matrix matrix = {.rows = outputs,
                                          .columns = inputs,
                                          .row_stride = output_stride,
                                          .column_stride = input_stride,
                                          .element_size = element_size,
                                          .largest = BLAS_LARGEST,
                                          .view = view,
                                          .data_name = "weights",
                                          .row_stride_name = "output_stride",
                                          .column_stride_name = "input_stride"};
    return strides_check(&matrix, message);
}

/* An array with a number for each output. */
static dirichlet_status check_vector(int64_t outputs, size_t element_size, const char *view,
                                     const char *name, const char *stride_name, int64_t *stride,
                                     struct message *message)
{
    int64_t single = 1;
    const struct strided_matrix vector = {.rows = outputs,
                                          .columns = 1,
                                          .row_stride = stride,
                                          .column_stride = &single,
                                          .element_size = element_size,
                                          .largest = BLAS_LARGEST,
                                          .view = view,
                                          .data_name = name,
                                          .row_stride_name = stride_name,
                                          .column_stride_name = stride_name};
    return strides_check(&vector, message);
}

dirichlet_status dense_strides_check_bias(int64_t outputs, size_t element_size, const char *view,
                                          int64_t *bias_stride, struct message *message)
{
    return check_vector(outputs, element_size, view, "bias", "bias_stride", bias_stride, message);
}

dirichlet_status dense_strides_check_slopes(int64_t outputs, size_t element_size, const char *view,
                                            int64_t *stride, struct message *message)
{
    return check_vector(outputs, element_size, view, "negative_slopes", "negative_slope_stride",
                        stride, message);
}
