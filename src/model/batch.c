#include "model/batch.h"

#include <math.h>
#include <stddef.h>

dirichlet_status batch_read_stride(int64_t *row_stride, int64_t inputs, struct message *message)
{
    if (*row_stride == 0)
        *row_stride = inputs;
    if (*row_stride < inputs)
        return message_fail(message, DIRICHLET_E_SHAPE, "row_stride is %lld: rows have %lld inputs",
                            (long long)*row_stride, (long long)inputs);
    return DIRICHLET_OK;
}

dirichlet_status batch_check_weights(const double *weights, int64_t samples,
                                     struct message *message)
{
    for (int64_t i = 0; weights != NULL && i < samples; i++) {
        if (!isfinite(weights[i]))
            return message_fail(message, DIRICHLET_E_NOT_FINITE, "weights[%lld] is not finite",
                                (long long)i);
        if (weights[i] < 0.0)
            return message_fail(message, DIRICHLET_E_RANGE, "weights[%lld] is negative",
                                (long long)i);
    }
    return DIRICHLET_OK;
}

dirichlet_status batch_check_indices(const int64_t *indices, int64_t samples,
                                     struct message *message)
{
    for (int64_t i = 0; indices != NULL && i < samples; i++)
        if (indices[i] < 0)
            return message_fail(message, DIRICHLET_E_RANGE,
                                "indices[%lld] is %lld: it must be >= 0", (long long)i,
                                (long long)indices[i]);
    return DIRICHLET_OK;
}

double batch_sum_of_weights(const double *weights, int64_t samples)
{
    double sum = 0.0;
    if (weights == NULL)
        return (double)samples;
    for (int64_t i = 0; i < samples; i++)
        sum += weights[i];
    return sum;
}

dirichlet_status batch_check_sum(double sum, struct message *message)
{
    if (!isfinite(sum))
        return message_fail(message, DIRICHLET_E_OVERFLOW, "weights: their sum is too large");
    if (!(sum > 0.0))
        return message_fail(message, DIRICHLET_E_NO_DATA, "weights: none is positive");
    return DIRICHLET_OK;
}
