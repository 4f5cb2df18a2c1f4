/* A progress bar with the time left, on standard error; shown only on a terminal and only
 * once the work has taken over a second. */
#ifndef EXAMPLES_PROGRESS_H
#define EXAMPLES_PROGRESS_H

#include <stdint.h>

struct progress {
    double start;
    double last_drawn;
    int64_t total;
    int terminal;
    int drawn;
};

double seconds_now(void); /* monotonic */
void progress_start(struct progress *progress, int64_t total);

/* So much is done; note: what is to stand behind the bar, or "". */
void progress_show(struct progress *progress, int64_t done, const char *note);
void progress_end(struct progress *progress); /* wipes the bar */

#endif
