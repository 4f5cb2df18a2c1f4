#include "check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

static long judged;
static long failed;

void heading(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    putchar('\n');
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
}

void note(const char *what, double value)
{
    printf("         %-52s %11.4g\n", what, value);
}

void between(const char *what, double value, double low, double high)
{
    const bool good = value >= low && value <= high;
    judged++;
    failed += !good;
    printf("  %s %-52s %11.4g  in [%.4g, %.4g]\n", good ? "  ok  " : "FAILED", what, value, low,
           high);
}

void at_most(const char *what, double value, double bound)
{
    between(what, value, -INFINITY, bound);
}

void at_least(const char *what, double value, double bound)
{
    between(what, value, bound, INFINITY);
}

void holds(bool condition, const char *format, ...)
{
    judged++;
    if (condition)
        return;
    va_list arguments;
    va_start(arguments, format);
    failed++;
    printf("  FAILED ");
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
}

int verdict(void)
{
    printf("\n%ld checks, %ld failed\n", judged, failed);
    return judged > 0 && failed == 0 ? 0 : 1;
}
