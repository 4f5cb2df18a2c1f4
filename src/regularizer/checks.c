#include "regularizer/checks.h"

#include <math.h>

#include "core/blas/blas.h"
#include "core/interface/memory.h"
#include "core/interface/versioned_struct.h"
#include "dirichlet/memory.h"

dirichlet_status regularizer_check_finite(double value, const char *name, struct message *message)
{
    if (!isfinite(value))
        return message_fail(message, DIRICHLET_E_RANGE, "%s is %g: it must be finite", name, value);
    return DIRICHLET_OK;
}

dirichlet_status regularizer_check_amount(double value, const char *name, struct message *message)
{
    if (!(value >= 0.0 && isfinite(value)))
        return message_fail(message, DIRICHLET_E_RANGE, "%s is %g: it must be finite and >= 0",
                            name, value);
    return DIRICHLET_OK;
}

dirichlet_status regularizer_check_count(int64_t value, int64_t least, const char *name,
                                         struct message *message)
{
    if (value < least)
        return message_fail(message, DIRICHLET_E_RANGE, "%s is %lld: it must be >= %lld", name,
                            (long long)value, (long long)least);
    return DIRICHLET_OK;
}

dirichlet_status regularizer_check_flag(int32_t value, const char *view, const char *field,
                                        struct message *message)
{
    if (value != 0 && value != 1)
        return message_fail(message, DIRICHLET_E_RANGE, "%s%s is %d: it must be 0 or 1", view,
                            field, (int)value);
    return DIRICHLET_OK;
}

dirichlet_status regularizer_check_pointer(const void *pointer, const char *name,
                                           struct message *message)
{
    if (pointer == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "%s is NULL", name);
    return DIRICHLET_OK;
}

dirichlet_status regularizer_check_blas(struct message *message)
{
    if (blas_fault() != NULL)
        return message_fail(message, DIRICHLET_E_BLAS_WIDTH, "%s", blas_fault());
    return DIRICHLET_OK;
}

dirichlet_status regularizer_check_samples(int64_t samples, const void *x, int64_t inputs,
                                           size_t element_size, struct message *message)
{
    int64_t bytes = 0;
    if (samples == 0)
        return message_fail(message, DIRICHLET_E_NO_DATA, "samples is 0: there is no mean of none");
    if (samples < 0)
        return message_fail(message, DIRICHLET_E_RANGE, "samples is %lld: it must be >= 1",
                            (long long)samples);
    if (x == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "x is NULL");
    if (!size_of_array(samples, inputs, 1, element_size, &bytes))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "samples is %lld: x cannot be that large", (long long)samples);
    return DIRICHLET_OK;
}

int64_t regularizer_budget(size_t workspace_bytes)
{
    const size_t bytes = workspace_bytes > 0 ? workspace_bytes : DIRICHLET_DEFAULT_WORKSPACE_BYTES;
    return bytes > (size_t)PTRDIFF_MAX ? PTRDIFF_MAX : (int64_t)bytes;
}

dirichlet_status regularizer_check_workspace(int64_t bytes, int64_t budget, struct message *message)
{
    if (bytes == INT64_MAX)
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "model.inputs and model.outputs are too large together");
    if (bytes > budget)
        return workspace_is_too_small(budget, bytes, message);
    return DIRICHLET_OK;
}

dirichlet_status regularizer_not_finite(int64_t sample, int64_t row, const char *what,
                                        struct message *message)
{
    return message_with_sample(message, sample,
                               message_fail(message, DIRICHLET_E_NOT_FINITE,
                                            "sample %lld (row %lld of x): %s", (long long)sample,
                                            (long long)row, what));
}

dirichlet_status regularizer_check_result(const dirichlet_penalty_result *result,
                                          struct message *message)
{
    return result == NULL ? DIRICHLET_OK
                          : versioned_struct_check(result->struct_size, "result", message);
}

void regularizer_hand_out(const dirichlet_penalty_result *found, dirichlet_penalty_result *result)
{
    if (result != NULL)
        (void)versioned_struct_write(found, sizeof *found, result, result->struct_size, "result",
                                     NULL);
}
