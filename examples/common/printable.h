/* Texts out of files, made fit for a terminal. */
#ifndef EXAMPLES_PRINTABLE_H
#define EXAMPLES_PRINTABLE_H

#include <stddef.h>
#include <stdint.h>

/* The character at `text`, which is not its end, and how many bytes it has; 0: it is not UTF-8
 * (RFC 3629). */
size_t utf8_read(const char *text, uint32_t *character);

/* Whether all of `size` bytes is UTF-8. */
int utf8_is_text(const char *text, size_t size);

/* False for control characters (C0, DEL, and C1, U+0080 to U+009F, to which terminals listen as
 * well), for separators of lines, and for marks that turn the direction of writing around. */
int utf8_is_printable(uint32_t character);

/* Put '?' for each byte of what is not printable, or not UTF-8, which other terminals take for C1.
 */
void printable_make(char *text);

/* Print it to standard output, likewise. */
void printable_print(const char *text);

#endif
