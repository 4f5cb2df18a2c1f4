#include "estimator/plan/plan.h"

#include "core/arithmetic/extremes.h"
#include "model/probes.h"

/* Probe indices must fit the counter of the random numbers. */
#define MOST_PROBES (INT64_C(1) << 28)

const char *dirichlet_method_name(dirichlet_method method)
{
    switch (method) {
    case DIRICHLET_METHOD_AUTO: return "auto";
    case DIRICHLET_METHOD_EXACT: return "exact";
    case DIRICHLET_METHOD_RADEMACHER: return "rademacher";
    case DIRICHLET_METHOD_SPHERE: return "sphere";
    case DIRICHLET_METHOD_GAUSSIAN: return "gaussian";
    case DIRICHLET_METHOD_ORTHOGONAL: return "orthogonal";
    case DIRICHLET_METHOD_UNIT: return "unit";
    case DIRICHLET_METHOD_HUTCHPP: return "hutchpp";
    case DIRICHLET_METHOD_FINITE_DIFFERENCE: return "finite_difference";
    default: return "unknown";
    }
}

static bool has_vjp_side(const struct model_offer *offer)
{
    return offer->vjp || offer->product_norms;
}

/* Products an exact energy takes; 0 if there is no callback for it. */
static int64_t exact_products(const struct model_offer *offer)
{
    if (offer->energies || (has_vjp_side(offer) && offer->jvp))
        return smaller(offer->inputs, offer->outputs);
    if (has_vjp_side(offer))
        return offer->outputs;
    return offer->jvp ? offer->inputs : 0;
}

/* Has Hutch++ the smaller error with m products, where n > m would be exact? What J is like is not
 * known, so that the largest relative variances are compared: that of an orthonormal frame is
 *
 *     2 (n - m) / ((n + 2) m),
 *
 * where J has rank 1; that of Hutch++ with l probes beside the best s directions is
 *
 *     2/l ||A - A_s||_F^2 / tr(A)^2  <=  1 / (2 s l),
 *
 * reached where J has 2 s equal singular values: with R the sum of the eigenvalues after the first
 * s, of which none exceeds (tr(A) - R) / s, that of their squares is at most R (tr(A) - R) / s.
 * Both are what was measured (docs/guide/choosing.md). */
static bool is_hutchpp_better(int64_t n, int64_t m)
{
    const double s = (double)(m / 3);
    const double l = (double)m - 2.0 * s;
    return ((double)n + 2.0) * (double)m < 4.0 * s * l * (double)(n - m);
}

/* A model's own energies are taken at their cost, unless a budget was given that the
 * products they replace would exceed and there is another way to keep it. */
static dirichlet_method choose(const struct model_offer *offer, int64_t probes, int64_t budget)
{
    const int64_t exact = exact_products(offer);
    const bool products = has_vjp_side(offer) || offer->jvp;
    if (offer->energies && (probes == 0 || !products))
        return DIRICHLET_METHOD_EXACT;
    if (exact > 0 && (probes == DIRICHLET_PROBES_ALL || probes_afford(exact, budget)))
        return DIRICHLET_METHOD_EXACT;
    if (!products)
        return DIRICHLET_METHOD_FINITE_DIFFERENCE;
    return offer->vjp && offer->jvp && is_hutchpp_better(exact, budget)
               ? DIRICHLET_METHOD_HUTCHPP
               : DIRICHLET_METHOD_ORTHOGONAL;
}

static void take_side(const struct model_offer *offer, enum side side, struct plan *plan)
{
    const bool from_output = side == SIDE_NORMS || side == SIDE_VJP;
    plan->side = side;
    plan->direction_size = from_output ? offer->outputs : offer->inputs;
    plan->product_size = from_output ? offer->inputs : offer->outputs;
}

static enum side vjp_side(const struct model_offer *offer)
{
    return offer->product_norms ? SIDE_NORMS : SIDE_VJP;
}

static dirichlet_status missing(const struct plan *plan, const char *callbacks,
                                struct message *message)
{
    return message_fail(message, DIRICHLET_E_MISSING_CALLBACK, "method %s needs model.%s",
                        dirichlet_method_name(plan->method), callbacks);
}

static dirichlet_status plan_exact(const struct model_offer *offer, struct plan *plan,
                                   struct message *message)
{
    plan->products = plan->directions = exact_products(offer);
    plan->exact = true;
    if (plan->products == 0)
        return missing(plan, "energies, model.vjp, model.product_norms or model.jvp", message);
    const bool from_input = offer->jvp && plan->products == offer->inputs &&
                            !(has_vjp_side(offer) && plan->products == offer->outputs);
    take_side(offer, from_input ? SIDE_JVP : vjp_side(offer), plan);
    if (offer->energies)
        plan->side = SIDE_ENERGIES;
    return DIRICHLET_OK;
}

static dirichlet_status plan_finite_difference(const struct model_offer *offer, int64_t probes,
                                               struct plan *plan, struct message *message)
{
    if (!offer->forward)
        return missing(plan, "forward", message);
    take_side(offer, SIDE_FORWARD, plan);
    plan->directions = smaller(probes_asked(probes, offer->inputs), offer->inputs);
    plan->products = plan->directions;
    return DIRICHLET_OK;
}

/* One-sided Hutch++: the sketch starts on the side with the shorter directions, since that
 * one needs fewer of them to span everything. */
static dirichlet_status plan_hutchpp(const struct model_offer *offer, int64_t probes,
                                     struct plan *plan, struct message *message)
{
    if (!offer->vjp || !offer->jvp)
        return missing(plan, offer->vjp ? "jvp" : "vjp", message);
    if (probes == 1 || probes == 2)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "options.probes is %lld: hutchpp needs at least 3", (long long)probes);
    take_side(offer, offer->outputs <= offer->inputs ? SIDE_VJP : SIDE_JVP, plan);
    const int64_t budget = larger(probes_asked(probes, plan->direction_size), 3);
    plan->sketch = smaller(budget / 3, plan->direction_size);
    plan->directions = budget - plan->sketch;
    plan->products = budget;
    return DIRICHLET_OK;
}

/* The side with the shorter directions, if auto may choose it: the same number of them leaves a
 * smaller part of the space. */
static enum side probe_side(const struct model_offer *offer, bool automatic)
{
    if (!has_vjp_side(offer))
        return SIDE_JVP;
    return automatic && offer->jvp && offer->inputs < offer->outputs ? SIDE_JVP : vjp_side(offer);
}

static dirichlet_status plan_probes(const struct model_offer *offer, int64_t probes, bool automatic,
                                    struct plan *plan, struct message *message)
{
    const bool without_replacement =
        plan->method == DIRICHLET_METHOD_ORTHOGONAL || plan->method == DIRICHLET_METHOD_UNIT;
    if (!has_vjp_side(offer) && !offer->jvp)
        return missing(plan, "vjp, model.product_norms or model.jvp", message);
    take_side(offer, probe_side(offer, automatic), plan);
    const int64_t n = plan->direction_size;
    if (without_replacement && probes > n)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "options.probes is %lld: method %s has only %lld directions",
                            (long long)probes, dirichlet_method_name(plan->method), (long long)n);
    plan->directions = probes_asked(probes, n);
    plan->products = plan->directions;
    plan->exact = (without_replacement && plan->directions == n) ||
                  (n == 1 && plan->method != DIRICHLET_METHOD_GAUSSIAN);
    return DIRICHLET_OK;
}

/* Resolve auto; the number of directions it leaves is below what an exact energy takes. */
static dirichlet_method plan_auto(const struct model_offer *offer, int64_t *probes)
{
    const int64_t budget = *probes > 0 ? *probes : DIRICHLET_DEFAULT_PROBES;
    const dirichlet_method method = choose(offer, *probes, budget);
    if (method != DIRICHLET_METHOD_FINITE_DIFFERENCE)
        *probes = budget;
    else if (probes_afford(offer->inputs, *probes))
        *probes = offer->inputs;
    return method;
}

dirichlet_status plan_make(const struct model_offer *offer, dirichlet_method method, int64_t probes,
                           struct plan *plan, struct message *message)
{
    const struct plan blank = {0};
    *plan = blank;
    plan->method = method;
    if (probes < DIRICHLET_PROBES_ALL || probes > MOST_PROBES)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "options.probes is %lld: it must be in 0 .. 2^28, or "
                            "DIRICHLET_PROBES_ALL",
                            (long long)probes);
    const bool automatic = method == DIRICHLET_METHOD_AUTO;
    if (automatic)
        plan->method = plan_auto(offer, &probes);
    switch (plan->method) {
    case DIRICHLET_METHOD_EXACT: return plan_exact(offer, plan, message);
    case DIRICHLET_METHOD_FINITE_DIFFERENCE:
        return plan_finite_difference(offer, probes, plan, message);
    case DIRICHLET_METHOD_HUTCHPP: return plan_hutchpp(offer, probes, plan, message);
    case DIRICHLET_METHOD_RADEMACHER:
    case DIRICHLET_METHOD_SPHERE:
    case DIRICHLET_METHOD_GAUSSIAN:
    case DIRICHLET_METHOD_ORTHOGONAL:
    case DIRICHLET_METHOD_UNIT: return plan_probes(offer, probes, automatic, plan, message);
    default:
        return message_fail(message, DIRICHLET_E_CONSTANT,
                            "options.method is %d, which is not a method", (int)method);
    }
}

double plan_sampled_fraction(const struct plan *plan)
{
    const bool without_replacement =
        plan->method == DIRICHLET_METHOD_ORTHOGONAL || plan->method == DIRICHLET_METHOD_UNIT;
    return without_replacement ? (double)plan->directions / (double)plan->direction_size : 0.0;
}
