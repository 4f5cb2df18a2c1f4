/* States that earlier versions of the library have written, and what these said of them. They are
 * of 12 samples of y = (3/4 x0^2 + x1, x0 x1 x2, x2^3 + x0), weighted, one of them not finite. */
#ifndef TESTS_UNIT_STORED_STATES_H
#define TESTS_UNIT_STORED_STATES_H

#include <stddef.h>
#include <stdint.h>

#include "dirichlet/estimator.h"

struct stored_state {
    const char *name;
    const unsigned char *bytes;
    size_t size;
    int32_t format;
    int32_t element_size;
    dirichlet_method method;
    dirichlet_result result; /* the fields that version 0.1 had */
    int32_t errors_unknown;  /* the present library does not know its standard errors */
};

#define STORED_STATE_COUNT 6
extern const struct stored_state stored_states[STORED_STATE_COUNT];

#endif
