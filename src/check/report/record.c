#include "check/report/record.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

const dirichlet_callback check_callbacks[CHECK_CALLBACKS] = {
    DIRICHLET_CALLBACK_FORWARD,  DIRICHLET_CALLBACK_JVP,           DIRICHLET_CALLBACK_VJP,
    DIRICHLET_CALLBACK_ENERGIES, DIRICHLET_CALLBACK_PRODUCT_NORMS, DIRICHLET_CALLBACK_PARAMETER_VJP,
    DIRICHLET_CALLBACK_PREPARE};

const dirichlet_check_item check_items[CHECK_ITEMS] = {
    DIRICHLET_CHECK_RETURN,     DIRICHLET_CHECK_WRITTEN,  DIRICHLET_CHECK_BOUNDS,
    DIRICHLET_CHECK_INPUTS,     DIRICHLET_CHECK_FINITE,   DIRICHLET_CHECK_NONNEGATIVE,
    DIRICHLET_CHECK_REPEAT,     DIRICHLET_CHECK_ROWS,     DIRICHLET_CHECK_DIRECTIONS,
    DIRICHLET_CHECK_POINTS,     DIRICHLET_CHECK_LINEAR,   DIRICHLET_CHECK_TRANSPOSED,
    DIRICHLET_CHECK_DERIVATIVE, DIRICHLET_CHECK_ENERGIES, DIRICHLET_CHECK_NORMS,
    DIRICHLET_CHECK_PARAMETERS};

void record_begin(struct check_record *record)
{
    memset(record, 0, sizeof *record);
    for (int c = 0; c < CHECK_CALLBACKS; c++)
        for (int i = 0; i < CHECK_ITEMS; i++) {
            record->line[c][i].sample = -1;
            record->line[c][i].factor = NAN;
        }
}

static int place_of(int32_t value, const int32_t *values, int count)
{
    int place = 0;
    while (place < count - 1 && values[place] != value)
        place++;
    return place;
}

struct check_line *record_line(struct check_record *record, dirichlet_callback callback,
                               dirichlet_check_item item)
{
    return &record->line[place_of(callback, check_callbacks, CHECK_CALLBACKS)]
                        [place_of(item, check_items, CHECK_ITEMS)];
}

/* found / allowed, where nothing found is nothing and anything is too much where nothing may be. */
static double part_of_allowed(double found, double allowed)
{
    if (found <= 0.0)
        return 0.0;
    const double part = found / allowed;
    return isnan(part) ? INFINITY : part;
}

void record_case(struct check_record *record, dirichlet_callback callback,
                 dirichlet_check_item item, int64_t sample, double found, double allowed)
{
    struct check_line *line = record_line(record, callback, item);
    const bool worse =
        part_of_allowed(found, allowed) > part_of_allowed(line->found, line->allowed);
    if (line->looked && !worse)
        return;
    line->looked = true;
    line->sample = sample;
    line->found = found;
    line->allowed = allowed;
}

void record_return(struct check_record *record, dirichlet_callback callback, int64_t sample,
                   int32_t code)
{
    const dirichlet_check_item item =
        code == DIRICHLET_CALLBACK_OUT_OF_DOMAIN ? DIRICHLET_CHECK_FINITE : DIRICHLET_CHECK_RETURN;
    record_case(record, callback, item, code == 0 ? -1 : sample, code == 0 ? 0.0 : 1.0, 0.0);
    if (code != 0 && record_line(record, callback, item)->code == 0)
        record_line(record, callback, item)->code = code;
}

bool line_fails(const struct check_line *line)
{
    return line->looked && !(line->found <= line->allowed);
}

bool record_is_clean(const struct check_record *record, dirichlet_callback callback)
{
    const int place = place_of(callback, check_callbacks, CHECK_CALLBACKS);
    for (int i = 0; i < CHECK_ITEMS; i++)
        if (line_fails(&record->line[place][i]))
            return false;
    return true;
}
