/* What has been looked at so far: of every callback and item the worst case. */
#ifndef DIRICHLET_CHECK_RECORD_H
#define DIRICHLET_CHECK_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arithmetic/arithmetic.h"
#include "dirichlet/check.h"

#define CHECK_CALLBACKS 7
#define CHECK_ITEMS 16

struct check_line {
    bool looked;
    int32_t code;      /* that the callback returned; 0 */
    int64_t sample;    /* index in the data set; -1: of none */
    double found;      /* holds where found <= allowed */
    double allowed;    /*  */
    double factor;     /* by which all cases are off alike; NaN: by none */
    const char *cause; /* what is likely, where it is known better than for the item; NULL */
};

struct check_record {
    struct check_line line[CHECK_CALLBACKS][CHECK_ITEMS];
    int64_t calls;
};

/* In the order of the report. */
extern const dirichlet_callback check_callbacks[CHECK_CALLBACKS];
extern const dirichlet_check_item check_items[CHECK_ITEMS];

void record_begin(struct check_record *record);

struct check_line *record_line(struct check_record *record, dirichlet_callback callback,
                               dirichlet_check_item item);

/* Note one case; the line keeps the worst. A NaN does not hold. */
void record_case(struct check_record *record, dirichlet_callback callback,
                 dirichlet_check_item item, int64_t sample, double found, double allowed);

/* What a callback returned: item RETURN, or FINITE for OUT_OF_DOMAIN. */
void record_return(struct check_record *record, dirichlet_callback callback, int64_t sample,
                   int32_t code);

/* Was the line looked at, and does it not hold? */
bool line_fails(const struct check_line *line);

/* Does everything hold that was looked at of the callback? */
bool record_is_clean(const struct check_record *record, dirichlet_callback callback);

#endif
