#include "core/interface/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/interface/versioned_struct.h"

dirichlet_status message_fail(struct message *message, dirichlet_status status, const char *format,
                              ...)
{
    if (message == NULL)
        return status;
    va_list arguments;
    message->status = status;
    message->callback_code = 0;
    message->sample = -1;
    message->least_bytes = 0;
    va_start(arguments, format);
    (void)vsnprintf(message->text, sizeof message->text, format, arguments);
    va_end(arguments);
    return status;
}

dirichlet_status message_with_sample(struct message *message, int64_t sample,
                                     dirichlet_status status)
{
    if (message != NULL)
        message->sample = sample;
    return status;
}

dirichlet_status message_with_code(struct message *message, int32_t callback_code,
                                   dirichlet_status status)
{
    if (message != NULL)
        message->callback_code = callback_code;
    return status;
}

dirichlet_status message_with_least(struct message *message, int64_t bytes, dirichlet_status status)
{
    if (message != NULL)
        message->least_bytes = (uint64_t)bytes;
    return status;
}

bool error_is_usable(const dirichlet_error *error)
{
    return error == NULL ||
           (error->struct_size >= sizeof *error &&
            versioned_struct_check(error->struct_size, "error", NULL) == DIRICHLET_OK);
}

void message_hand_out(const struct message *message, dirichlet_status status,
                      dirichlet_error *error)
{
    if (error == NULL)
        return;
    error->status = status;
    error->callback_code = status == DIRICHLET_OK ? 0 : message->callback_code;
    error->sample = status == DIRICHLET_OK ? -1 : message->sample;
    error->least_bytes = status == DIRICHLET_OK ? 0 : message->least_bytes;
    if (status == DIRICHLET_OK)
        error->message[0] = '\0';
    else
        memcpy(error->message, message->text, sizeof error->message);
}

dirichlet_status message_last_error(const struct message *message, dirichlet_error *error)
{
    if (error == NULL)
        return DIRICHLET_E_NULL;
    if (!error_is_usable(error))
        return DIRICHLET_E_STRUCT_SIZE;
    message_hand_out(message, message->status, error);
    return DIRICHLET_OK;
}

size_t message_append(char *buffer, size_t size, size_t used, const char *format, ...)
{
    char part[DIRICHLET_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    const int written = vsnprintf(part, sizeof part, format, arguments);
    va_end(arguments);
    const size_t length = written > 0 ? strlen(part) : 0;
    if (buffer != NULL && used < size) {
        const size_t room = size - used - 1;
        const size_t kept = length < room ? length : room;
        memcpy(buffer + used, part, kept);
        buffer[used + kept] = '\0';
    }
    return used + length;
}
