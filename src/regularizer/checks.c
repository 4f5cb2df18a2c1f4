#include "regularizer/checks.h"

#include <math.h>
#include <stddef.h>

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

dirichlet_status regularizer_called(int32_t code, const char *name, struct message *message)
{
    if (code != 0)
        return message_fail(message, DIRICHLET_E_CALLBACK, "%s returned %d", name, (int)code);
    return DIRICHLET_OK;
}
