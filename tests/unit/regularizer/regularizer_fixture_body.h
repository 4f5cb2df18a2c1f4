/* What the tests of regularizer.h share. */
#ifndef DIRICHLET_UNIT_REGULARIZER_FIXTURE_BODY_H
#define DIRICHLET_UNIT_REGULARIZER_FIXTURE_BODY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/model.h"
#include "dirichlet/regularizer.h"
#include "dirichlet/status.h"
#include "support/check.h"
#include "support/sine_model.h"

typedef PRECISION(dirichlet_parameter) parameter_view;
typedef PRECISION(dirichlet_singular) singular_view;
typedef PRECISION(dirichlet_model) model_table;
typedef PRECISION(dirichlet_objective) objective_table;

/* What a call must leave alone where it fails. */
#define UNTOUCHED ((real)-77.25)

/* What the last call found wrong. */
static dirichlet_error heard = DIRICHLET_INIT(dirichlet_error);

static void expect(dirichlet_status got, dirichlet_status wanted, const char *text)
{
    CHECK_IN(got == wanted, "status %d, wanted %d: %s", got, wanted, heard.message);
    CHECK_IN(strstr(heard.message, text) != NULL, "\"%s\" lacks \"%s\"", heard.message, text);
    CHECK(heard.status == got && (got == DIRICHLET_OK) == (heard.message[0] == '\0'));
}

static void expect_success(dirichlet_status got)
{
    CHECK_IN(got == DIRICHLET_OK, "%s", heard.message);
    CHECK(heard.status == DIRICHLET_OK && heard.message[0] == '\0');
}

static void fill(real *values, int64_t count, uint64_t seed)
{
    PRECISION(sine_data)(count, seed, values);
}

static void put(real *values, int64_t count, real value)
{
    for (int64_t i = 0; i < count; i++)
        values[i] = value;
}

static bool all_are(const real *values, int64_t count, real value)
{
    for (int64_t i = 0; i < count; i++)
        if (memcmp(&values[i], &value, sizeof value) != 0)
            return false;
    return true;
}

/* |a - b| relative to `scale`, infinite where either is not a number. */
static double off_by(double a, double b, double scale)
{
    const double error = fabs(a - b) / scale;
    return error >= 0.0 ? error : (double)INFINITY;
}

#endif
