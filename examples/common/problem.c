#include "problem.h"

#include <stdarg.h>
#include <stdio.h>

#include "printable.h"

int problem_set(struct problem *problem, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(problem->text, sizeof problem->text, format, arguments);
    va_end(arguments);
    /* Names out of files may hold anything: keep it one line, and the terminal as it is. */
    printable_make(problem->text);
    problem->ran_out = 0;
    return -1;
}

int problem_no_memory(struct problem *problem, const char *name)
{
    (void)problem_set(problem, "%s: not enough memory", name);
    problem->ran_out = 1;
    return -1;
}
