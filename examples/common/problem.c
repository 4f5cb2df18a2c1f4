#include "problem.h"

#include <stdarg.h>
#include <stdio.h>

int problem_set(struct problem *problem, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(problem->text, sizeof problem->text, format, arguments);
    va_end(arguments);
    /* Names out of files may hold anything: keep it one line, and the terminal as it is. */
    for (char *character = problem->text; *character != '\0'; character++)
        if ((unsigned char)*character < ' ' || *character == '\x7f')
            *character = '?';
    return -1;
}
