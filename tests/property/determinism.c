/* One seed, one answer. The value, its errors and the serialized state have the same bits
 * however the samples are cut: into batches, into parts that are merged in any order,
 * into tiles by the limits of the model or by the workspace. With callbacks that compute
 * each row alone that holds for all methods; with dense networks where the products do not
 * run on a BLAS, whose rounding depends on the shape of a call. */
#include "determinism.h"

#include <math.h>
#include <string.h>

#include "check.h"
#include "models.h"

const struct method_case method_cases[METHOD_CASES] = {
    {"energies", DIRICHLET_METHOD_EXACT, OFFER_ENERGIES, 0},
    {"exact by vjp", DIRICHLET_METHOD_EXACT, OFFER_VJP, 0},
    {"exact by jvp", DIRICHLET_METHOD_EXACT, OFFER_JVP, 0},
    {"rademacher", DIRICHLET_METHOD_RADEMACHER, OFFER_VJP, 4},
    {"rademacher, one probe", DIRICHLET_METHOD_RADEMACHER, OFFER_VJP, 1},
    {"rademacher by norms", DIRICHLET_METHOD_RADEMACHER, OFFER_NORMS, 4},
    {"sphere", DIRICHLET_METHOD_SPHERE, OFFER_JVP, 3},
    {"gaussian", DIRICHLET_METHOD_GAUSSIAN, OFFER_VJP, 5},
    {"orthogonal", DIRICHLET_METHOD_ORTHOGONAL, OFFER_VJP, 3},
    {"unit", DIRICHLET_METHOD_UNIT, OFFER_JVP, 3},
    {"hutchpp", DIRICHLET_METHOD_HUTCHPP, OFFER_VJP | OFFER_JVP, 10},
    {"finite differences", DIRICHLET_METHOD_FINITE_DIFFERENCE, OFFER_FORWARD, DIRICHLET_PROBES_ALL},
    {"finite differences, probes", DIRICHLET_METHOD_FINITE_DIFFERENCE, OFFER_FORWARD, 4}};

void take_trace(const dirichlet_estimator *estimator, struct trace *trace)
{
    memset(trace, 0, sizeof *trace);
    trace->result.struct_size = sizeof trace->result;
    require_ok(dirichlet_estimator_result(estimator, &trace->result), "result", "");
    require_ok(dirichlet_estimator_serialize(estimator, trace->bytes, MOST_BYTES, &trace->size),
               "serialize", "");
}

void expect_same(const struct trace *expected, const struct trace *seen, const char *name,
                 const char *how)
{
    holds(memcmp(&expected->result, &seen->result, sizeof seen->result) == 0,
          "%s, %s: %.17g +- %.17g is not %.17g +- %.17g", name, how, seen->result.value,
          seen->result.standard_error, expected->result.value, expected->result.standard_error);
    holds(expected->size == seen->size && memcmp(expected->bytes, seen->bytes, seen->size) == 0,
          "%s, %s: the serialized states differ", name, how);
}

static double relative(double a, double b)
{
    if (a == b || (isnan(a) && isnan(b)))
        return 0.0;
    const double result = fabs(a - b) / fmax(fabs(a), fabs(b));
    return isnan(result) ? INFINITY : result;
}

double difference(const struct trace *a, const struct trace *b)
{
    const double value = relative(a->result.value, b->result.value);
    return fmax(value, relative(a->result.standard_error, b->result.standard_error));
}

int main(void)
{
    heading("Callbacks: identical bits");
    callbacks_f64();
    callbacks_f32();
    heading("Dense networks on the products of: %s", dirichlet_blas_name());
    dense_f64();
    dense_f32();
    return verdict();
}
