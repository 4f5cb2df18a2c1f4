#include "core/interface/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

dirichlet_status message_fail(struct message *message, dirichlet_status status, const char *format,
                              ...)
{
    if (message == NULL)
        return status;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message->text, sizeof message->text, format, arguments);
    va_end(arguments);
    return status;
}

void message_copy(const struct message *message, char *buffer, size_t buffer_size)
{
    if (buffer == NULL || buffer_size == 0)
        return;
    size_t length = strlen(message->text);
    if (length >= buffer_size)
        length = buffer_size - 1;
    memcpy(buffer, message->text, length);
    buffer[length] = '\0';
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
