#include "json.h"

#include <string.h>

#include "printable.h"

/* Parsed JSON takes some 64 bytes a value and more for texts: values are counted first. */
#define MOST_VALUES ((size_t)4000000)

/* No fewer than the JSON values of the text. */
static size_t count_values(const char *text, size_t length)
{
    size_t count = 1;
    int quoted = 0;
    for (size_t i = 0; i < length; i++) {
        if (quoted && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else
            count += !quoted && (text[i] == ',' || text[i] == '[' || text[i] == '{');
    }
    return count;
}

/* Whether a NUL is in the text, as such or escaped: the parser's strings would end there. */
static int has_nul(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\0' ||
            (text[i] == '\\' && length - i >= 6 && memcmp(text + i, "\\u0000", 6) == 0))
            return 1;
        i += text[i] == '\\'; /* whatever is escaped is no backslash of another */
    }
    return 0;
}

/* A text that is one JSON value and spaces; NULL if it is not. */
static cJSON *parse_json(const char *text, size_t length)
{
    const char *end = NULL;
    cJSON *json = cJSON_ParseWithLengthOpts(text, length, &end, 0);
    while (json != NULL && end < text + length && (*end == ' ' || *end == '\n'))
        end++;
    if (json == NULL || end == text + length)
        return json;
    cJSON_Delete(json);
    return NULL;
}

cJSON *json_read(const char *name, const char *what, const char *text, size_t length,
                 struct problem *problem)
{
    cJSON *json = NULL;
    if (has_nul(text, length))
        problem_set(problem, "%s: %s holds a NUL character", name, what);
    else if (!utf8_is_text(text, length))
        problem_set(problem, "%s: %s is not UTF-8", name, what);
    else if (count_values(text, length) > MOST_VALUES)
        problem_set(problem, "%s: %s holds more than %zu values", name, what, MOST_VALUES);
    else if ((json = parse_json(text, length)) == NULL)
        problem_set(problem, "%s: %s is not JSON", name, what);
    return json;
}
