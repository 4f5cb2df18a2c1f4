/* Figures, printed and judged. A NaN lies within no bounds. */
#ifndef PROPERTY_CHECK_H
#define PROPERTY_CHECK_H

#include <stdbool.h>

/* Print a heading; the figures that follow belong to it. */
void heading(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Print a figure that is not judged. */
void note(const char *what, double value);

/* Print a figure; it fails unless it is at most, or at least, the bound, or between. */
void at_most(const char *what, double value, double bound);
void at_least(const char *what, double value, double bound);
void between(const char *what, double value, double low, double high);

/* Print only where the condition does not hold. */
void holds(bool condition, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The exit status of the program: 0 if nothing failed and something was judged. */
int verdict(void);

#endif
