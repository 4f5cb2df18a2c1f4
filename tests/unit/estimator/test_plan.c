/* The plan for every combination of callbacks, method, probes and shape, against the text
 * of estimator.h read once more, by itself. */
#include <math.h>
#include <string.h>

#include "estimator/plan/plan.h"
#include "support/check.h"
#include "support/sine_model.h"

static const struct shape {
    int64_t inputs;
    int64_t outputs;
} shapes[] = {{5, 3},   {3, 5},    {1, 1},    {4, 1},   {1, 4},   {16, 16}, {17, 16},
              {16, 17}, {100, 40}, {40, 100}, {20, 20}, {21, 21}, {30, 20}, {20, 30},
              {30, 21}, {21, 30},  {9, 12},   {12, 9},  {18, 18}, {19, 19}};
#define SHAPE_COUNT (sizeof shapes / sizeof *shapes)

static const dirichlet_method methods[] = {
    DIRICHLET_METHOD_AUTO,   DIRICHLET_METHOD_EXACT,    DIRICHLET_METHOD_RADEMACHER,
    DIRICHLET_METHOD_SPHERE, DIRICHLET_METHOD_GAUSSIAN, DIRICHLET_METHOD_ORTHOGONAL,
    DIRICHLET_METHOD_UNIT,   DIRICHLET_METHOD_HUTCHPP,  DIRICHLET_METHOD_FINITE_DIFFERENCE};
#define METHOD_COUNT (sizeof methods / sizeof *methods)

static const int64_t budgets[] = {
    DIRICHLET_PROBES_ALL, 0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 15, 16, 17, 31, 32, 40, 80, 100, 101};
#define BUDGET_COUNT (sizeof budgets / sizeof *budgets)

struct wanted {
    dirichlet_status status;
    dirichlet_method method;
    enum side side;
    int64_t products;
    bool exact;
    const char *named[3]; /* words the message must have */
};

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static struct wanted failure(dirichlet_status status, const char *a, const char *b, const char *c)
{
    const struct wanted wanted = {status, 0, SIDE_ENERGIES, 0, false, {a, b, c}};
    return wanted;
}

static struct wanted success(dirichlet_method method, enum side side, int64_t products, bool exact)
{
    const struct wanted wanted = {DIRICHLET_OK, method, side, products, exact, {0}};
    return wanted;
}

/* The cheaper side that has a callback; energies before both. */
static struct wanted exactly(const struct model_offer *o)
{
    const bool from_output = o->vjp || o->product_norms;
    const enum side output_side = o->product_norms ? SIDE_NORMS : SIDE_VJP;
    if (o->energies)
        return success(DIRICHLET_METHOD_EXACT, SIDE_ENERGIES, least(o->inputs, o->outputs), true);
    if (from_output && (!o->jvp || o->outputs <= o->inputs))
        return success(DIRICHLET_METHOD_EXACT, output_side, o->outputs, true);
    if (o->jvp)
        return success(DIRICHLET_METHOD_EXACT, SIDE_JVP, o->inputs, true);
    return failure(DIRICHLET_E_MISSING_CALLBACK, "energies", "vjp", "jvp");
}

static bool affordable(int64_t products, int64_t budget)
{
    return (double)products <= 1.25 * (double)budget;
}

/* 0: 16, or all n where these are at most a quarter more. */
static int64_t directions(int64_t probes, int64_t n)
{
    if (probes == DIRICHLET_PROBES_ALL || (probes == 0 && affordable(n, 16)))
        return n;
    return probes == 0 ? 16 : probes;
}

static struct wanted by_probes(const struct model_offer *o, dirichlet_method method, int64_t probes)
{
    const bool from_output = o->vjp || o->product_norms;
    const bool without_replacement =
        method == DIRICHLET_METHOD_ORTHOGONAL || method == DIRICHLET_METHOD_UNIT;
    const int64_t n = from_output ? o->outputs : o->inputs;
    if (!from_output && !o->jvp)
        return failure(DIRICHLET_E_MISSING_CALLBACK, "vjp", "product_norms", "jvp");
    if (without_replacement && probes > n)
        return failure(DIRICHLET_E_RANGE, "options.probes", dirichlet_method_name(method), "");
    const int64_t m = directions(probes, n);
    const enum side side = o->product_norms ? SIDE_NORMS : o->vjp ? SIDE_VJP : SIDE_JVP;
    return success(method, side, m,
                   (without_replacement && m == n) ||
                       (n == 1 && method != DIRICHLET_METHOD_GAUSSIAN));
}

static struct wanted hutchpp(const struct model_offer *o, int64_t probes)
{
    if (!o->vjp || !o->jvp)
        return failure(DIRICHLET_E_MISSING_CALLBACK, "hutchpp", o->vjp ? "model.jvp" : "model.vjp",
                       "");
    if (probes > 0 && probes < 3)
        return failure(DIRICHLET_E_RANGE, "options.probes", "hutchpp", "3");
    const int64_t products = directions(probes, least(o->outputs, o->inputs));
    return success(DIRICHLET_METHOD_HUTCHPP, o->outputs <= o->inputs ? SIDE_VJP : SIDE_JVP,
                   products < 3 ? 3 : products, false);
}

static struct wanted differences(const struct model_offer *o, int64_t probes)
{
    if (!o->forward)
        return failure(DIRICHLET_E_MISSING_CALLBACK, "finite_difference", "model.forward", "");
    return success(DIRICHLET_METHOD_FINITE_DIFFERENCE, SIDE_FORWARD,
                   least(directions(probes, o->inputs), o->inputs), false);
}

/* The worst relative variances of hutchpp and orthogonal with m of n products. */
static bool hutchpp_is_better(int64_t size, int64_t budget)
{
    const double n = (double)size;
    const double m = (double)budget;
    const double s = floor(m / 3.0);
    return 1.0 / (2.0 * s * (m - 2.0 * s)) < 2.0 * (n - m) / ((n + 2.0) * m);
}

static struct wanted automatic(const struct model_offer *o, int64_t probes)
{
    const int64_t budget = probes <= 0 ? 16 : probes;
    const struct wanted exact = exactly(o);
    const bool products = o->vjp || o->product_norms || o->jvp;
    if (o->energies && (probes == 0 || !products))
        return exact;
    if (exact.status == DIRICHLET_OK &&
        (probes == DIRICHLET_PROBES_ALL || affordable(exact.products, budget)))
        return exact;
    if (o->vjp && o->jvp && budget >= 3 && hutchpp_is_better(exact.products, budget))
        return hutchpp(o, budget);
    struct model_offer shorter = *o;
    if (o->jvp && o->inputs < o->outputs)
        shorter.vjp = shorter.product_norms = false;
    if (products)
        return by_probes(&shorter, DIRICHLET_METHOD_ORTHOGONAL, budget);
    return differences(o, affordable(o->inputs, budget) ? o->inputs : probes);
}

static struct wanted wanted_of(const struct model_offer *o, dirichlet_method method, int64_t probes)
{
    switch (method) {
    case DIRICHLET_METHOD_AUTO: return automatic(o, probes);
    case DIRICHLET_METHOD_EXACT: return exactly(o);
    case DIRICHLET_METHOD_HUTCHPP: return hutchpp(o, probes);
    case DIRICHLET_METHOD_FINITE_DIFFERENCE: return differences(o, probes);
    default: return by_probes(o, method, probes);
    }
}

static void check_plan(const struct model_offer *o, dirichlet_method method, int64_t probes,
                       int32_t callbacks)
{
    struct plan plan;
    struct message message = {0};
    const struct wanted wanted = wanted_of(o, method, probes);
    const dirichlet_status status = plan_make(o, method, probes, &plan, &message);
    CHECK_IN(status == wanted.status, "method %d probes %d callbacks %d shape %d %d: %d %s", method,
             (int)probes, callbacks, (int)o->inputs, (int)o->outputs, status, message.text);
    if (status != DIRICHLET_OK) {
        for (int i = 0; i < 3; i++)
            CHECK_IN(strstr(message.text, wanted.named[i]) != NULL, "%s lacks %s", message.text,
                     wanted.named[i]);
        return;
    }
    CHECK_IN(plan.method == wanted.method && plan.side == wanted.side &&
                 plan.products == wanted.products && plan.exact == wanted.exact,
             "method %d probes %d callbacks %d shape %d %d: method %d side %d products %d", method,
             (int)probes, callbacks, (int)o->inputs, (int)o->outputs, plan.method, plan.side,
             (int)plan.products);
    const bool from_output = plan.side == SIDE_VJP || plan.side == SIDE_NORMS;
    if (plan.side != SIDE_ENERGIES) {
        CHECK(plan.direction_size == (from_output ? o->outputs : o->inputs));
        CHECK(plan.product_size == (from_output ? o->inputs : o->outputs));
    }
    if (plan.method == DIRICHLET_METHOD_HUTCHPP) {
        CHECK(plan.sketch == least(plan.products / 3, least(o->inputs, o->outputs)));
        CHECK(plan.directions == plan.products - plan.sketch);
    } else {
        CHECK(plan.sketch == 0 && plan.directions == plan.products);
    }
}

static struct model_offer offer_of(int64_t inputs, int64_t outputs, int32_t callbacks)
{
    const struct model_offer offer = {.inputs = inputs,
                                      .outputs = outputs,
                                      .max_samples = INT64_MAX,
                                      .max_directions = INT64_MAX,
                                      .forward = (callbacks & SINE_FORWARD) != 0,
                                      .jvp = (callbacks & SINE_JVP) != 0,
                                      .vjp = (callbacks & SINE_VJP) != 0,
                                      .energies = (callbacks & SINE_ENERGIES) != 0,
                                      .product_norms = (callbacks & SINE_NORMS) != 0};
    return offer;
}

static void every_combination(void **state)
{
    (void)state;
    for (size_t s = 0; s < SHAPE_COUNT; s++)
        for (int32_t callbacks = 0; callbacks <= SINE_ALL; callbacks++) {
            const struct model_offer offer =
                offer_of(shapes[s].inputs, shapes[s].outputs, callbacks);
            for (size_t m = 0; m < METHOD_COUNT; m++)
                for (size_t b = 0; b < BUDGET_COUNT; b++)
                    check_plan(&offer, methods[m], budgets[b], callbacks);
        }
}

static void wrong_arguments(void **state)
{
    (void)state;
    const struct model_offer offer = offer_of(5, 3, SINE_ALL);
    const int64_t probes[] = {INT64_MIN, -2, (INT64_C(1) << 28) + 1, INT64_C(1) << 32, INT64_MAX};
    struct plan plan;
    for (size_t m = 0; m < METHOD_COUNT; m++)
        for (size_t p = 0; p < sizeof probes / sizeof *probes; p++) {
            struct message message = {0};
            CHECK(plan_make(&offer, methods[m], probes[p], &plan, &message) == DIRICHLET_E_RANGE);
            CHECK(strstr(message.text, "options.probes") != NULL);
        }
    CHECK(plan_make(&offer, DIRICHLET_METHOD_SPHERE, INT64_C(1) << 28, &plan, NULL) ==
          DIRICHLET_OK);
    for (dirichlet_method method = -100; method < 1000; method++) {
        struct message message = {0};
        bool known = false;
        for (size_t m = 0; m < METHOD_COUNT; m++)
            known = known || method == methods[m];
        CHECK(known == (strcmp(dirichlet_method_name(method), "unknown") != 0));
        if (known)
            continue;
        CHECK(plan_make(&offer, method, 0, &plan, &message) == DIRICHLET_E_CONSTANT);
        CHECK(strstr(message.text, "options.method") != NULL);
    }
}

/* On both sides of what is still exact, and of where Hutch++ is the better. */
static void borders_of_auto(void **state)
{
    (void)state;
    static const struct {
        int64_t size; /* of inputs and outputs */
        int64_t probes;
        dirichlet_method method;
        int64_t products;
    } cases[] = {
        {16, 0, DIRICHLET_METHOD_EXACT, 16},     {17, 0, DIRICHLET_METHOD_EXACT, 17},
        {20, 0, DIRICHLET_METHOD_EXACT, 20},     {21, 0, DIRICHLET_METHOD_HUTCHPP, 16},
        {5, 4, DIRICHLET_METHOD_EXACT, 5},       {6, 4, DIRICHLET_METHOD_ORTHOGONAL, 4},
        {10, 4, DIRICHLET_METHOD_ORTHOGONAL, 4}, {11, 4, DIRICHLET_METHOD_HUTCHPP, 4},
        {18, 3, DIRICHLET_METHOD_ORTHOGONAL, 3}, {19, 3, DIRICHLET_METHOD_HUTCHPP, 3},
        {2, 1, DIRICHLET_METHOD_ORTHOGONAL, 1},  {90, 2, DIRICHLET_METHOD_ORTHOGONAL, 2},
        {11, 8, DIRICHLET_METHOD_ORTHOGONAL, 8}, {12, 8, DIRICHLET_METHOD_HUTCHPP, 8},
        {40, 32, DIRICHLET_METHOD_EXACT, 40},    {41, 32, DIRICHLET_METHOD_HUTCHPP, 32},
        {125, 100, DIRICHLET_METHOD_EXACT, 125}, {126, 100, DIRICHLET_METHOD_HUTCHPP, 100}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const int64_t size = cases[i].size;
        const struct model_offer both = offer_of(size, size, SINE_FORWARD | SINE_JVP | SINE_VJP);
        const struct model_offer forward = offer_of(size, size, SINE_FORWARD);
        struct plan plan;
        CHECK(plan_make(&both, DIRICHLET_METHOD_AUTO, cases[i].probes, &plan, NULL) ==
              DIRICHLET_OK);
        CHECK_IN(plan.method == cases[i].method && plan.products == cases[i].products,
                 "size %d, probes %d: %s, %d products", (int)size, (int)cases[i].probes,
                 dirichlet_method_name(plan.method), (int)plan.products);
        CHECK(plan_make(&forward, DIRICHLET_METHOD_AUTO, cases[i].probes, &plan, NULL) ==
              DIRICHLET_OK);
        const bool all = cases[i].method == DIRICHLET_METHOD_EXACT;
        CHECK(plan.directions == (all ? size : cases[i].probes == 0 ? 16 : cases[i].probes));
        CHECK(plan_make(&forward, DIRICHLET_METHOD_AUTO, DIRICHLET_PROBES_ALL, &plan, NULL) ==
              DIRICHLET_OK);
        CHECK(plan.directions == size);
        CHECK(plan_make(&both, DIRICHLET_METHOD_AUTO, DIRICHLET_PROBES_ALL, &plan, NULL) ==
              DIRICHLET_OK);
        CHECK(plan.method == DIRICHLET_METHOD_EXACT && plan.products == size);
    }
}

/* Sizes of 2^62 plan without overflow; memory is another's business. */
static void huge_models(void **state)
{
    (void)state;
    const int64_t sizes[] = {INT64_C(1) << 31, INT64_C(1) << 62, INT64_MAX};
    for (size_t i = 0; i < 3; i++)
        for (size_t m = 0; m < METHOD_COUNT; m++) {
            const struct model_offer offer = offer_of(sizes[i], sizes[(i + m) % 3], SINE_ALL);
            check_plan(&offer, methods[m], 0, SINE_ALL);
        }
}

static void sampled_fraction(void **state)
{
    (void)state;
    struct plan plan = {.method = DIRICHLET_METHOD_UNIT, .direction_size = 8, .directions = 2};
    CHECK(plan_sampled_fraction(&plan) == 0.25);
    plan.method = DIRICHLET_METHOD_ORTHOGONAL;
    CHECK(plan_sampled_fraction(&plan) == 0.25);
    plan.method = DIRICHLET_METHOD_SPHERE;
    CHECK(plan_sampled_fraction(&plan) == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_combination), cmocka_unit_test(wrong_arguments),
        cmocka_unit_test(borders_of_auto), cmocka_unit_test(huge_models),
        cmocka_unit_test(sampled_fraction)};
    return check_report("unit.plan", cmocka_run_group_tests(tests, NULL, NULL));
}
