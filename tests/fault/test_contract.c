/* What model.h says of callbacks beside their numbers: negative returns, prepare, and who holds
 * `user`. */
#include <math.h>
#include <string.h>

#include "dirichlet/check.h"
#include "dirichlet/regularizer.h"
#include "support/check.h"
#include "support/counting_allocator.h"
#include "support/subject.h"

#define ROWS 40
#define EDGE 2.0 /* beyond which the first input of a row is out of the domain */

/* The subject's model behind callbacks that look at their arguments first. */
struct watched {
    struct subject subject;
    dirichlet_model_f64 inner;
    int64_t prepared_first; /* of the last call of prepare, */
    int64_t prepared_samples;
    const double *prepared_x;
    double prepared[ROWS * SUBJECT_WIDTH]; /* and what x held */
    int64_t prepares;
    int64_t products;
    int64_t unprepared; /* products of rows that were not prepared, or that have moved since */
    int64_t fail_at;    /* the call of prepare that fails with 77; 0: none */
    int64_t held;
};

static int32_t domain(const struct watched *it, int64_t rows, const double *x)
{
    for (int64_t i = 0; i < rows; i++)
        if (x[i * it->inner.inputs] > EDGE)
            return DIRICHLET_CALLBACK_OUT_OF_DOMAIN;
    return 0;
}

static void see_product(struct watched *it, int64_t first, int64_t samples, const double *x)
{
    const size_t bytes = (size_t)(samples * it->inner.inputs) * sizeof *x;
    it->products++;
    if (it->prepares == 0 || first != it->prepared_first || samples != it->prepared_samples ||
        x != it->prepared_x || memcmp(x, it->prepared, bytes) != 0)
        it->unprepared++;
}

static int32_t prepare(int64_t first, int64_t samples, const double *x, void *user)
{
    struct watched *it = user;
    if (++it->prepares == it->fail_at)
        return 77;
    CHECK(samples <= ROWS);
    it->prepared_first = first;
    it->prepared_samples = samples;
    it->prepared_x = x;
    memcpy(it->prepared, x, (size_t)(samples * it->inner.inputs) * sizeof *x);
    return 0;
}

static int32_t forward(int64_t first, int64_t samples, int64_t points, const double *x, double *y,
                       void *user)
{
    const struct watched *it = user;
    const int32_t code = domain(it, samples * points, x);
    return code != 0 ? code : it->inner.forward(first, samples, points, x, y, it->inner.user);
}

static int32_t jvp(int64_t first, int64_t samples, int64_t directions, const double *x,
                   const double *v, double *jv, void *user)
{
    struct watched *it = user;
    const int32_t code = domain(it, samples, x);
    see_product(it, first, samples, x);
    return code != 0 ? code : it->inner.jvp(first, samples, directions, x, v, jv, it->inner.user);
}

static int32_t vjp(int64_t first, int64_t samples, int64_t directions, const double *x,
                   const double *u, double *jtu, void *user)
{
    struct watched *it = user;
    const int32_t code = domain(it, samples, x);
    see_product(it, first, samples, x);
    return code != 0 ? code : it->inner.vjp(first, samples, directions, x, u, jtu, it->inner.user);
}

static int32_t energies(int64_t first, int64_t samples, const double *x, double *out, void *user)
{
    const struct watched *it = user;
    const int32_t code = domain(it, samples, x);
    return code != 0 ? code : it->inner.energies(first, samples, x, out, it->inner.user);
}

static int32_t norms(int64_t first, int64_t samples, int64_t directions, const double *x,
                     const double *u, double *out, void *user)
{
    struct watched *it = user;
    const int32_t code = domain(it, samples, x);
    see_product(it, first, samples, x);
    return code != 0
               ? code
               : it->inner.product_norms(first, samples, directions, x, u, out, it->inner.user);
}

static void hold(void *user)
{
    ((struct watched *)user)->held++;
}

static void let_go(void *user)
{
    ((struct watched *)user)->held--;
}

/* The same callbacks as the subject's, whose copy is in `it`. */
static dirichlet_model_f64 watch(struct watched *it, int a)
{
    memset(it, 0, sizeof *it);
    subject_make(&arrangements[a], 64, &it->subject);
    it->subject.sine.max_samples = 16;
    it->subject.sine.max_directions = 2;
    it->inner = sine_model_f64(&it->subject.sine, it->subject.callbacks);
    dirichlet_model_f64 model = it->inner;
    model.forward = model.forward == NULL ? NULL : forward;
    model.jvp = model.jvp == NULL ? NULL : jvp;
    model.vjp = model.vjp == NULL ? NULL : vjp;
    model.energies = model.energies == NULL ? NULL : energies;
    model.product_norms = model.product_norms == NULL ? NULL : norms;
    model.prepare = prepare;
    model.retain = hold;
    model.release = let_go;
    model.user = it;
    return model;
}

static dirichlet_estimator *estimator_of(const dirichlet_model_f64 *model, struct watched *it,
                                         int32_t on_nonfinite)
{
    dirichlet_estimator *estimator = NULL;
    it->subject.options.on_nonfinite = on_nonfinite;
    CHECK(dirichlet_estimator_create_f64(model, &it->subject.options, &estimator, NULL) ==
          DIRICHLET_OK);
    return estimator;
}

/* A callback that will not do it is one that is missing; other negative numbers have no meaning
 * yet and stop the call. */
static void reserved_codes(void **state)
{
    (void)state;
    static struct subject subject;
    const int32_t codes[] = {DIRICHLET_CALLBACK_UNSUPPORTED, -3, -1000, INT32_MIN};
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int32_t precision = 32; precision <= 64; precision += 32)
            for (int c = 0; c < 4; c++) {
                double found[ROWS] = {0};
                dirichlet_estimator *estimator = NULL;
                subject_make(&arrangements[a], precision, &subject);
                subject.sine.fail_at = 2;
                subject.sine.code = codes[c];
                subject.sine.max_samples = 16;
                CHECK(subject_create(&subject, &estimator) == DIRICHLET_OK);
                const struct bytes before = bytes_of(estimator);
                CHECK_IN(subject_update(&subject, estimator, 0, ROWS, NULL, found) ==
                             (c == 0 ? DIRICHLET_E_MISSING_CALLBACK : DIRICHLET_E_CALLBACK),
                         "%s, %d: %s", arrangements[a].name, (int)codes[c],
                         dirichlet_estimator_message(estimator));
                const dirichlet_error error = last_error(estimator);
                CHECK(c == 0 || error.callback_code == codes[c]);
                CHECK(strstr(error.message, "model.") != NULL && found[0] == 0.0);
                const struct bytes after = bytes_of(estimator);
                CHECK(bytes_equal(&before, &after));
                dirichlet_estimator_destroy(estimator);
            }
}

/* A row where f is not defined is as one whose data are NaN. */
static void out_of_domain(void **state)
{
    (void)state;
    static struct watched it;
    static const int64_t rows[] = {0, 7, 23, ROWS - 1};
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        for (int skip = 0; skip < 2; skip++) {
            double found[ROWS];
            const dirichlet_model_f64 model = watch(&it, a);
            dirichlet_estimator *wanted = estimator_of(&model, &it, DIRICHLET_NONFINITE_SKIP);
            for (int r = skip; r < 4; r++)
                subject_set(&it.subject, rows[r], 0, NAN);
            CHECK(dirichlet_estimator_update_f64(wanted, ROWS, it.subject.wide, NULL, NULL) ==
                  DIRICHLET_OK);
            const struct bytes wanted_bytes = bytes_of(wanted);
            dirichlet_estimator_destroy(wanted);
            for (int r = skip; r < 4; r++)
                subject_set(&it.subject, rows[r], 0, 2.0 * EDGE);
            dirichlet_estimator *estimator = estimator_of(
                &model, &it, skip ? DIRICHLET_NONFINITE_SKIP : DIRICHLET_NONFINITE_FAIL);
            const dirichlet_status status =
                dirichlet_estimator_update_f64(estimator, ROWS, it.subject.wide, NULL, found);
            CHECK_IN(status == (skip ? DIRICHLET_OK : DIRICHLET_E_NOT_FINITE), "%s: %s",
                     arrangements[a].name, dirichlet_estimator_message(estimator));
            const struct bytes bytes = bytes_of(estimator);
            for (int r = skip; skip && r < 4; r++)
                CHECK(isnan(found[rows[r]]));
            CHECK_IN(skip ? bytes_equal(&bytes, &wanted_bytes)
                          : last_error(estimator).sample == rows[0],
                     "%s", arrangements[a].name);
            CHECK_IN(it.unprepared == 0, "%s: products of single rows", arrangements[a].name);
            dirichlet_estimator_destroy(estimator);
        }
}

/* Before the products of some rows comes prepare with the same rows, which then stay where they
 * are. */
static void products_are_prepared(void **state)
{
    (void)state;
    static struct watched it;
    int64_t products = 0;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++) {
        const dirichlet_model_f64 model = watch(&it, a);
        dirichlet_estimator *estimator = estimator_of(&model, &it, DIRICHLET_NONFINITE_FAIL);
        CHECK(dirichlet_estimator_update_f64(estimator, ROWS, it.subject.wide, NULL, NULL) ==
              DIRICHLET_OK);
        CHECK_IN(it.unprepared == 0, "%s: %d of %d products", arrangements[a].name,
                 (int)it.unprepared, (int)it.products);
        products += it.products;
        dirichlet_estimator_destroy(estimator);
        if (model.vjp == NULL && model.jvp == NULL)
            continue;
        dirichlet_jacobian_norms result = {.struct_size = sizeof result};
        CHECK(dirichlet_jacobian_norms_f64(&model, ROWS, it.subject.wide, NULL, NULL, &result,
                                           NULL) == DIRICHLET_OK);
        CHECK_IN(it.unprepared == 0, "jacobian_norms, %s", arrangements[a].name);
        CHECK(dirichlet_model_check_f64(&model, 8, it.subject.wide, NULL, NULL, NULL) ==
              DIRICHLET_OK);
    }
    CHECK(products > ARRANGEMENT_COUNT);
}

static void prepare_may_fail(void **state)
{
    (void)state;
    static struct watched it;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++) {
        const dirichlet_model_f64 model = watch(&it, a);
        dirichlet_estimator *estimator = estimator_of(&model, &it, DIRICHLET_NONFINITE_SKIP);
        const struct bytes before = bytes_of(estimator);
        for (it.fail_at = 1;; it.fail_at++) {
            it.prepares = 0;
            const dirichlet_status status =
                dirichlet_estimator_update_f64(estimator, ROWS, it.subject.wide, NULL, NULL);
            if (status == DIRICHLET_OK)
                break;
            const dirichlet_error error = last_error(estimator);
            const struct bytes after = bytes_of(estimator);
            CHECK(status == DIRICHLET_E_CALLBACK && error.callback_code == 77);
            CHECK(strstr(error.message, "model.prepare") != NULL && bytes_equal(&before, &after));
        }
        CHECK(it.fail_at == it.prepares + 1 && (it.products == 0) == (it.prepares == 0));
        dirichlet_estimator_destroy(estimator);
    }
}

/* Once for every handle that keeps the table, whatever allocation fails on the way; not at all by
 * calls that keep nothing. */
static void held_as_long_as_needed(void **state)
{
    (void)state;
    static struct watched it;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++) {
        struct counting_allocator counts = {0};
        const dirichlet_allocator hooks = counting_hooks(&counts);
        dirichlet_model_f64 model = watch(&it, a);
        it.subject.options.allocator = &hooks;
        for (int64_t at = 1;; at++) {
            dirichlet_estimator *estimator = NULL;
            counting_arm(&counts, at, 0);
            const dirichlet_status made =
                dirichlet_estimator_create_f64(&model, &it.subject.options, &estimator, NULL);
            CHECK(it.held == (made == DIRICHLET_OK));
            if (made == DIRICHLET_OK) {
                dirichlet_estimator *copy = NULL;
                const dirichlet_status copied = dirichlet_estimator_clone(estimator, &copy);
                CHECK(it.held == 1 + (copied == DIRICHLET_OK));
                dirichlet_estimator_destroy(estimator);
                CHECK(it.held == (copied == DIRICHLET_OK));
                dirichlet_estimator_destroy(copy);
                CHECK(it.held == 0);
                if (copied == DIRICHLET_OK)
                    break;
            }
        }
        model.retain = NULL; /* one without the other */
        dirichlet_estimator *out = NULL;
        CHECK(dirichlet_estimator_create_f64(&model, NULL, &out, NULL) != DIRICHLET_OK);
        CHECK(out == NULL && it.held == 0 && counts.live == 0);
    }
}

static int64_t retained;
static int64_t released;

static void count_retain(void *user)
{
    (void)user;
    retained++;
}

static void count_release(void *user)
{
    (void)user;
    released++;
}

static void short_calls_hold_nothing(void **state)
{
    (void)state;
    static struct watched it;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++) {
        dirichlet_result result = {.struct_size = sizeof result};
        dirichlet_penalty_result penalty = {.struct_size = sizeof penalty};
        dirichlet_jacobian_norms norms_found = {.struct_size = sizeof norms_found};
        dirichlet_model_f64 model = watch(&it, a);
        model.retain = count_retain;
        model.release = count_release;
        CHECK(dirichlet_measure_f64(&model, ROWS, it.subject.wide, NULL, &it.subject.options,
                                    &result, NULL, NULL) == DIRICHLET_OK);
        CHECK(retained == released); /* an estimator lives as long as this call */
        retained = released = 0;
        if (model.forward != NULL)
            CHECK(dirichlet_energy_penalty_f64(&model, ROWS, it.subject.wide, NULL, 1.0, &penalty,
                                               NULL) == DIRICHLET_OK);
        if (model.vjp != NULL || model.jvp != NULL)
            CHECK(dirichlet_jacobian_norms_f64(&model, ROWS, it.subject.wide, NULL, NULL,
                                               &norms_found, NULL) == DIRICHLET_OK);
        CHECK(dirichlet_model_check_f64(&model, 8, it.subject.wide, NULL, NULL, NULL) ==
              DIRICHLET_OK);
        CHECK_IN(retained == 0 && released == 0, "%s", arrangements[a].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reserved_codes),         cmocka_unit_test(out_of_domain),
        cmocka_unit_test(products_are_prepared),  cmocka_unit_test(prepare_may_fail),
        cmocka_unit_test(held_as_long_as_needed), cmocka_unit_test(short_calls_hold_nothing)};
    return check_report("fault.contract", cmocka_run_group_tests(tests, NULL, NULL));
}
