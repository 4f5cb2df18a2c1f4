#define _POSIX_C_SOURCE 200809L
#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define BAR_WIDTH 40
#define FIRST_SHOWN 1.0 /* seconds */
#define REDRAWN 0.1

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void progress_start(struct progress *progress, int64_t total)
{
    progress->start = seconds_now();
    progress->last_drawn = progress->start;
    progress->total = total;
    progress->terminal = isatty(STDERR_FILENO);
    progress->drawn = 0;
}

void progress_show(struct progress *progress, int64_t done, const char *note)
{
    const double now = seconds_now();
    const double passed = now - progress->start;
    if (!progress->terminal || passed < FIRST_SHOWN || now - progress->last_drawn < REDRAWN ||
        done <= 0 || progress->total <= 0)
        return;
    char bar[BAR_WIDTH + 1];
    const double share = done < progress->total ? (double)done / (double)progress->total : 1.0;
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = i < (int)(share * BAR_WIDTH) ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    fprintf(stderr, "\r[%s] %3.0f %%  %.0f s left  %s\033[K", bar, 100.0 * share,
            passed * (1.0 - share) / share, note);
    fflush(stderr);
    progress->last_drawn = now;
    progress->drawn = 1;
}

void progress_end(struct progress *progress)
{
    if (progress->drawn)
        fprintf(stderr, "\r\033[K");
    progress->drawn = 0;
}
