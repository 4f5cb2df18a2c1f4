#define _XOPEN_SOURCE 700
#include "printable.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The least character that so many bytes are for: shorter ones have one spelling alone. */
static const uint32_t least_of_length[] = {0, 0, 0x80, 0x800, 0x10000};

static size_t length_by_first(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    return (first & 0xf0) == 0xe0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/* The bytes of the character at `text`, of `size` bytes at most, and itself; 0: not UTF-8. */
static size_t read_within(const char *text, size_t size, uint32_t *character)
{
    const unsigned char first = (unsigned char)text[0];
    const size_t length = length_by_first(first);
    if (length == 0 || length > size)
        return 0;
    *character = length == 1 ? first : first & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        const unsigned char next = (unsigned char)text[i];
        if ((next & 0xc0) != 0x80)
            return 0;
        *character = *character << 6 | (next & 0x3fU);
    }
    const int is_surrogate = *character >= 0xd800 && *character < 0xe000;
    return *character < least_of_length[length] || *character > 0x10ffff || is_surrogate ? 0
                                                                                         : length;
}

static int is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x2028 ||
           character == 0x2029;
}

/* Marks that turn the writing around, or isolate what follows (Unicode's bidirectional controls).
 */
static int turns_around(uint32_t character)
{
    return character == 0x61c || character == 0x200e || character == 0x200f ||
           (character >= 0x202a && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069);
}

size_t utf8_read(const char *text, uint32_t *character)
{
    return read_within(text, strnlen(text, 4), character);
}

int utf8_is_text(const char *text, size_t size)
{
    uint32_t character = 0;
    for (size_t i = 0; i < size;) {
        const size_t length = read_within(text + i, size - i, &character);
        if (length == 0)
            return 0;
        i += length;
    }
    return 1;
}

int utf8_is_printable(uint32_t character)
{
    return !is_control(character) && !turns_around(character);
}

/* Bytes of the character at `text` where it may be printed, else 0. */
static size_t printable_length(const char *text)
{
    uint32_t character = 0;
    const size_t length = utf8_read(text, &character);
    return length > 0 && utf8_is_printable(character) ? length : 0;
}

void printable_make(char *text)
{
    while (*text != '\0') {
        const size_t length = printable_length(text);
        if (length == 0)
            *text = '?';
        text += length == 0 ? 1 : length;
    }
}

void printable_print(const char *text)
{
    while (*text != '\0') {
        const size_t length = printable_length(text);
        fwrite(length == 0 ? "?" : text, 1, length == 0 ? 1 : length, stdout);
        text += length == 0 ? 1 : length;
    }
}
