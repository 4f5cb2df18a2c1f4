/* What a long call has done so far, and whether it is to go on. */
#ifndef DIRICHLET_PROGRESS_H
#define DIRICHLET_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#include "dirichlet/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The library fills it in: struct_size is its own, and a callback that was compiled with newer
 * headers must not read beyond it. */
typedef struct dirichlet_progress {
    size_t struct_size;
    int64_t samples;  /* used so far; of calls without samples: matrices, or steps of a search */
    int64_t total;    /* of these there are to be in this call; 0: not known beforehand */
    int64_t skipped;  /* non-finite samples left out */
    int64_t products; /* Jacobian products spent, as dirichlet_result counts them */
    double value;     /* of what is measured, so far; NaN before there is one */
    double standard_error; /* of the value; NaN where it is not known, 0 where it is exact */
} dirichlet_progress;

/* Called now and then from the thread that made the call, in its floating-point environment. Any
 * return but 0 cancels: the call fails with DIRICHLET_E_CANCELLED, that number in its error's
 * callback_code, and with what its documentation says of errors. The contract of the callbacks of
 * model.h holds. */
typedef int32_t(DIRICHLET_CALL *dirichlet_progress_fn)(const dirichlet_progress *progress,
                                                       void *user);

#ifdef __cplusplus
}
#endif

#endif
