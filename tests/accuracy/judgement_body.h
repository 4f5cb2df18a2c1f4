/* What the programs with a grid of cases say of their errors. */
#ifndef DIRICHLET_ACCURACY_JUDGEMENT_BODY_H
#define DIRICHLET_ACCURACY_JUDGEMENT_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "dirichlet/status.h"

/* A NaN counts as infinitely wrong. */
static void note(double *largest, double error)
{
    if (!(error <= *largest))
        *largest = isnan(error) ? INFINITY : error;
}

static void require(dirichlet_status status, const char *what)
{
    if (status == DIRICHLET_OK)
        return;
    fprintf(stderr, "%s: %s\n", what, dirichlet_status_string(status));
    exit(1);
}

static bool within(const char *name, double error, double bound)
{
    const bool good = error <= bound;
    printf("%-10s %8.1e  bound %8.1e  %s\n", name, error, bound, good ? "ok" : "FAILED");
    return good;
}

#endif
