#define _XOPEN_SOURCE 700
#include "names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Between the parts of a name; brackets and quotes are those of jax.tree_util.keystr. */
static const char separators[] = "./[]'\"";

static int is_dropped(const char *part, size_t length, int is_first)
{
    static const char *const trees[] = {"params", "batch_stats"};
    if (length == 1 && *part == '~')
        return 1;
    for (int i = 0; is_first && i < 2; i++)
        if (strlen(trees[i]) == length && memcmp(part, trees[i], length) == 0)
            return 1;
    return 0;
}

/* Take ".value" or ".raw_value" off the end, unless nothing would be left. */
static void drop_value(char *path)
{
    char *dot = strrchr(path, '.');
    if (dot != NULL && (strcmp(dot, ".value") == 0 || strcmp(dot, ".raw_value") == 0))
        *dot = '\0';
}

/* Take TensorFlow's ":0" off the end. */
static void drop_counter(char *path)
{
    char *colon = strrchr(path, ':');
    if (colon != NULL && colon[1] != '\0' && colon[1 + strspn(colon + 1, "0123456789")] == '\0')
        *colon = '\0';
}

char *name_canonical(const char *name)
{
    char *path = malloc(strlen(name) + 2);
    size_t used = 0;
    if (path == NULL)
        return NULL;
    for (const char *at = name; *at != '\0';) {
        const size_t length = strcspn(at, separators);
        if (length > 0 && !is_dropped(at, length, used == 0)) {
            if (used > 0)
                path[used++] = '.';
            memcpy(path + used, at, length);
            used += length;
        }
        at += length + (at[length] != '\0');
    }
    path[used] = '\0';
    drop_counter(path);
    drop_value(path);
    return path;
}

static int parts_of(const char *text)
{
    int count = 0;
    for (text += strspn(text, separators); *text != '\0'; text += strspn(text, separators)) {
        text += strcspn(text, separators);
        count++;
    }
    return count;
}

/* A part of that name may stand among the parts of a tensor too: 0.parametrizations.weight.0._u. */
const char *name_module_end(const char *name, const char *part, size_t length, int behind)
{
    const char *end = name;
    int left = parts_of(name);
    for (const char *at = name + strspn(name, separators); *at != '\0';
         at += strspn(at, separators)) {
        const size_t size = strcspn(at, separators);
        at += size;
        if (--left >= behind && size == length && memcmp(at - size, part, length) == 0)
            end = at;
    }
    return end;
}

static size_t digits_of(const char *text)
{
    size_t count = 0;
    while (isdigit((unsigned char)text[count]))
        count++;
    return count;
}

/* Compare two runs of digits as numbers of any length. */
static int compare_numbers(const char **a, const char **b)
{
    while (**a == '0' && isdigit((unsigned char)(*a)[1]))
        (*a)++;
    while (**b == '0' && isdigit((unsigned char)(*b)[1]))
        (*b)++;
    const size_t length_a = digits_of(*a);
    const size_t length_b = digits_of(*b);
    int order = 0;
    if (length_a != length_b)
        order = length_a < length_b ? -1 : 1;
    else
        order = strncmp(*a, *b, length_a);
    *a += length_a;
    *b += length_b;
    return order;
}

int natural_order(const char *a, const char *b)
{
    const char *left = a;
    const char *right = b;
    while (*left != '\0' && *right != '\0') {
        int order = 0;
        if (isdigit((unsigned char)*left) && isdigit((unsigned char)*right)) {
            order = compare_numbers(&left, &right);
        } else {
            order = (unsigned char)*left - (unsigned char)*right;
            left++;
            right++;
        }
        if (order != 0)
            return order;
    }
    if (*left == '\0' && *right == '\0')
        return strcmp(a, b); /* the same but for leading zeros */
    return *left == '\0' ? -1 : 1;
}

/* Whether a part ends here, or in a number that another part without it would come before:
 * "_1" of dense_1. */
static int is_counter(const char *text)
{
    if (*text == '_' || *text == '-')
        text++;
    const size_t digits = digits_of(text);
    return digits > 0 && (text[digits] == '\0' || text[digits] == '.');
}

static int ends_part(const char *text)
{
    return *text == '\0' || *text == '.';
}

/* Whether two parts go on alike up to their ends, but for the numbers in them. */
static int rest_is_alike(const char *a, const char *b)
{
    while (!ends_part(a) && !ends_part(b)) {
        const size_t digits_a = digits_of(a);
        const size_t digits_b = digits_of(b);
        if ((digits_a > 0) != (digits_b > 0) || (digits_a == 0 && *a != *b))
            return 0;
        a += digits_a > 0 ? digits_a : 1;
        b += digits_b > 0 ? digits_b : 1;
    }
    return ends_part(a) && ends_part(b);
}

int name_order(const char *a, const char *b)
{
    for (;;) {
        int order = 0;
        while (isdigit((unsigned char)*a) && isdigit((unsigned char)*b))
            if ((order = compare_numbers(&a, &b)) != 0)
                break;
        if (order != 0)
            return rest_is_alike(a, b) ? order : 0;
        if (ends_part(a) && is_counter(b) && !ends_part(b))
            return -1;
        if (ends_part(b) && is_counter(a) && !ends_part(a))
            return 1;
        if (*a != *b || *a == '\0')
            return 0;
        a++;
        b++;
    }
}

const char *name_last(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot == NULL ? path : dot + 1;
}

long name_number(const char *path)
{
    const size_t length = strlen(path);
    size_t digits = 0;
    while (digits < length && isdigit((unsigned char)path[length - digits - 1]))
        digits++;
    return digits == 0 || digits > 9 ? -1 : strtol(path + length - digits, NULL, 10);
}

int name_is_number(const char *path)
{
    const char *last = name_last(path);
    return *last != '\0' && last[strspn(last, "0123456789")] == '\0';
}

int name_are_siblings(const char *a, const char *b)
{
    const size_t parent = (size_t)(name_last(a) - a);
    return parent == (size_t)(name_last(b) - b) && memcmp(a, b, parent) == 0;
}

int name_has_part(const char *path, const char *word, int starts)
{
    const size_t length = strlen(word);
    for (const char *at = path; at != NULL; at = strchr(at, '.')) {
        at += *at == '.';
        if (tolower((unsigned char)*at) == *word && strncasecmp(at, word, length) == 0 &&
            (starts || ends_part(at + length)))
            return 1;
    }
    return 0;
}

/* Letters up to a capital that begins the next word: Res and Block of ResBlock. */
static size_t word_length(const char *text)
{
    size_t length = 0;
    while (isalpha((unsigned char)text[length])) {
        const int is_upper = isupper((unsigned char)text[length]);
        if (length > 0 && is_upper &&
            (islower((unsigned char)text[length - 1]) || islower((unsigned char)text[length + 1])))
            break;
        length++;
    }
    return length;
}

const char *name_word(const char *part, size_t length, const char *const *words)
{
    for (size_t at = 0; at < length;) {
        const size_t size = word_length(part + at);
        for (int i = 0; size > 0 && words[i] != NULL; i++)
            if (strlen(words[i]) == size && strncasecmp(words[i], part + at, size) == 0)
                return words[i];
        at += size > 0 ? size : 1;
    }
    return NULL;
}

struct fork name_fork(const char *a, const char *b)
{
    struct fork fork = {.before = a};
    for (;;) {
        fork.length_a = strcspn(a, ".");
        fork.length_b = strcspn(b, ".");
        if (fork.length_a != fork.length_b || memcmp(a, b, fork.length_a) != 0 ||
            a[fork.length_a] == '\0' || b[fork.length_b] == '\0')
            break;
        fork.before = a;
        fork.length_before = fork.length_a;
        a += fork.length_a + 1;
        b += fork.length_b + 1;
    }
    fork.a = a;
    fork.b = b;
    return fork;
}
