#include "core/strides.h"

#include <stdbool.h>

#include "core/blas.h"
#include "core/memory.h"

/* Between the name of a view and that of its field; arguments have no view. */
static const char *dot_after(const char *view)
{
    return view[0] != '\0' ? "." : "";
}

dirichlet_status extent_check(int64_t value, const char *view, const char *field,
                              struct message *message)
{
    if (value < 1 || value > BLAS_LARGEST)
        return message_fail(message, DIRICHLET_E_RANGE, "%s%s%s is %lld: it must be 1 to %lld",
                            view, dot_after(view), field, (long long)value,
                            (long long)BLAS_LARGEST);
    return DIRICHLET_OK;
}

static dirichlet_status check_stride(int64_t extent, const char *view, const char *field,
                                     int64_t *stride, struct message *message)
{
    if (extent == 1)
        *stride = 1;
    return extent_check(*stride, view, field, message);
}

/* Does the last element still have an address? */
static dirichlet_status check_span(int64_t outputs, int64_t inputs, int64_t output_stride,
                                   int64_t input_stride, size_t element_size, const char *view,
                                   const char *field, struct message *message)
{
    /* Every factor is at most BLAS_LARGEST, so these two products cannot overflow. */
    int64_t last = 0;
    int64_t bytes = 0;
    if (!size_add((outputs - 1) * output_stride, (inputs - 1) * input_stride, &last) ||
        !size_add(last, 1, &last) || !size_of_array(last, 1, 1, element_size, &bytes))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "%s%s%s: sizes and strides reach beyond the address space", view,
                            dot_after(view), field);
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

/* Two elements coincide where a output steps are as long as b input steps; the smallest such
 * pair is a = input_stride / g, b = output_stride / g. */
static bool elements_coincide(int64_t outputs, int64_t inputs, int64_t output_stride,
                              int64_t input_stride)
{
    const int64_t g = greatest_common_divisor(output_stride, input_stride);
    return input_stride / g < outputs && output_stride / g < inputs;
}

dirichlet_status strides_check_matrix(int64_t outputs, int64_t inputs, size_t element_size,
                                      const char *view, int64_t *output_stride,
                                      int64_t *input_stride, struct message *message)
{
    dirichlet_status status = check_stride(outputs, view, "output_stride", output_stride, message);
    if (status == DIRICHLET_OK)
        status = check_stride(inputs, view, "input_stride", input_stride, message);
    if (status == DIRICHLET_OK)
        status = check_span(outputs, inputs, *output_stride, *input_stride, element_size, view,
                            "weights", message);
    if (status == DIRICHLET_OK && elements_coincide(outputs, inputs, *output_stride, *input_stride))
        return message_fail(message, DIRICHLET_E_SHAPE,
                            "%s%soutput_stride is %lld and input_stride is %lld: "
                            "elements of the %lld x %lld weights overlap",
                            view, dot_after(view), (long long)*output_stride,
                            (long long)*input_stride, (long long)outputs, (long long)inputs);
    return status;
}

dirichlet_status strides_check_bias(int64_t outputs, size_t element_size, const char *view,
                                    int64_t *bias_stride, struct message *message)
{
    const dirichlet_status status =
        check_stride(outputs, view, "bias_stride", bias_stride, message);
    if (status != DIRICHLET_OK)
        return status;
    return check_span(outputs, 1, *bias_stride, 1, element_size, view, "bias", message);
}
