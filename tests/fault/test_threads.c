/* Four threads, each with handles of its own, all at once: the bits of one thread alone.
 * Built with ThreadSanitizer, it also shows that nothing is shared behind the handles.
 * CMocka is not made for threads: they note what they got, the main one checks. */
#include <pthread.h>
#include <string.h>

#include "support/check.h"
#include "dirichlet/regularizer.h"
#include "support/dense_subject.h"
#include "support/pool.h"
#include "support/subject.h"
#include "support/threaded_model.h"

#define THREADS 4
#define ROUNDS 50
#define DENSE_ROWS 32

struct work {
    struct subject subjects[ARRANGEMENT_COUNT];
    const dirichlet_estimator *shared; /* read by all: functions that take it const */
    struct bytes bytes[ARRANGEMENT_COUNT];
    struct bytes shared_bytes;
    double energies[DENSE_ROWS];
    long failed;
};

static void run_estimators(struct work *work)
{
    for (int a = 0; a < ARRANGEMENT_COUNT; a++) {
        dirichlet_estimator *estimator = NULL;
        dirichlet_estimator *copy = NULL;
        struct bytes *bytes = &work->bytes[a];
        dirichlet_status status = subject_create(&work->subjects[a], &estimator);
        for (int64_t first = 0; first < 60 && status == DIRICHLET_OK; first += 20)
            status = subject_update(&work->subjects[a], estimator, first, 20, NULL, NULL);
        if (status == DIRICHLET_OK)
            status = dirichlet_estimator_clone(estimator, &copy);
        if (status == DIRICHLET_OK)
            status =
                dirichlet_estimator_serialize(copy, bytes->data, sizeof bytes->data, &bytes->size);
        work->failed += status != DIRICHLET_OK;
        dirichlet_estimator_destroy(estimator);
        dirichlet_estimator_destroy(copy);
    }
}

static void run_dense(struct work *work)
{
    struct dense_subject dense;
    dirichlet_dense_f64 *network = NULL;
    dense_subject_make(&dense);
    dirichlet_status status =
        dirichlet_dense_create_f64(dense.layers_f64, DENSE_LAYERS, NULL, &network, NULL);
    if (status == DIRICHLET_OK)
        status = dirichlet_dense_energies_f64(network, DENSE_ROWS, work->subjects[0].wide,
                                              work->energies);
    work->failed += status != DIRICHLET_OK;
    dirichlet_dense_destroy_f64(network);
}

static void run_shared(struct work *work)
{
    dirichlet_estimator *copy = NULL;
    dirichlet_result result = {.struct_size = sizeof result};
    struct bytes *bytes = &work->shared_bytes;
    dirichlet_status status = dirichlet_estimator_result(work->shared, &result);
    if (status == DIRICHLET_OK)
        status = dirichlet_estimator_clone(work->shared, &copy);
    if (status == DIRICHLET_OK)
        status = dirichlet_estimator_serialize(work->shared, bytes->data, sizeof bytes->data,
                                               &bytes->size);
    work->failed += status != DIRICHLET_OK || dirichlet_estimator_stopped(work->shared) != 0;
    dirichlet_estimator_destroy(copy);
}

static void *run(void *argument)
{
    struct work *work = argument;
    run_estimators(work);
    run_dense(work);
    run_shared(work);
    return NULL;
}

static void prepare(struct work *work, const dirichlet_estimator *shared)
{
    memset(work, 0, sizeof *work);
    work->shared = shared;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        subject_make(&arrangements[a], a % 2 == 0 ? 64 : 32, &work->subjects[a]);
}

static void separate_handles(void **state)
{
    (void)state;
    static struct work alone;
    static struct work works[THREADS];
    static struct subject subject;
    dirichlet_estimator *shared = NULL;
    subject_make(&arrangements[7], 64, &subject);
    CHECK(subject_create(&subject, &shared) == DIRICHLET_OK);
    CHECK(subject_update(&subject, shared, 0, 50, NULL, NULL) == DIRICHLET_OK);
    prepare(&alone, shared);
    run(&alone);
    CHECK(alone.failed == 0);
    for (int round = 0; round < ROUNDS; round++) {
        pthread_t threads[THREADS];
        for (int t = 0; t < THREADS; t++)
            prepare(&works[t], shared);
        for (int t = 0; t < THREADS; t++)
            CHECK(pthread_create(&threads[t], NULL, run, &works[t]) == 0);
        for (int t = 0; t < THREADS; t++)
            CHECK(pthread_join(threads[t], NULL) == 0);
        for (int t = 0; t < THREADS; t++) {
            CHECK(works[t].failed == 0);
            for (int a = 0; a < ARRANGEMENT_COUNT; a++)
                CHECK(bytes_equal(&works[t].bytes[a], &alone.bytes[a]));
            CHECK(bytes_equal(&works[t].shared_bytes, &alone.shared_bytes));
            CHECK(memcmp(works[t].energies, alone.energies, sizeof alone.energies) == 0);
        }
    }
    dirichlet_estimator_destroy(shared);
}

#define LENT_ROWS 200
#define LENT_INPUTS 40 /* at most */
#define LENT_LANES 4

/* What one thread measures on threads of its own. */
struct lent_work {
    struct threaded model;
    double x[LENT_ROWS * LENT_INPUTS];
    int32_t concurrent;
    struct bytes bytes[ARRANGEMENT_COUNT];
    double norms[LENT_ROWS];
    dirichlet_penalty_result penalty;
    long failed;
};

static void lend_to_estimators(struct lent_work *work, const dirichlet_parallel *parallel)
{
    for (int a = 0; a < ARRANGEMENT_COUNT; a++) {
        const dirichlet_model_f64 model =
            threaded_model_f64(&work->model, arrangements[a].callbacks | THREADED_PREPARE);
        const dirichlet_estimator_options options = {.struct_size = sizeof options,
                                                     .method = arrangements[a].method,
                                                     .probes = arrangements[a].probes,
                                                     .parallel = parallel};
        dirichlet_estimator *estimator = NULL;
        struct bytes *bytes = &work->bytes[a];
        dirichlet_status status =
            dirichlet_estimator_create_f64(&model, &options, &estimator, NULL);
        if (status == DIRICHLET_OK)
            status = dirichlet_estimator_update_f64(estimator, LENT_ROWS, work->x, NULL, NULL);
        if (status == DIRICHLET_OK)
            status = dirichlet_estimator_serialize(estimator, bytes->data, sizeof bytes->data,
                                                   &bytes->size);
        work->failed += status != DIRICHLET_OK;
        dirichlet_estimator_destroy(estimator);
    }
}

static void lend_to_regularizers(struct lent_work *work, const dirichlet_parallel *parallel)
{
    const dirichlet_model_f64 model = threaded_model_f64(
        &work->model, SINE_FORWARD | SINE_VJP | THREADED_PARAMETERS | THREADED_PREPARE);
    const dirichlet_jacobian_norms_options norms = {.struct_size = sizeof norms,
                                                    .parallel = parallel};
    const dirichlet_energy_penalty_options penalty = {
        .struct_size = sizeof penalty, .probes = 3, .parallel = parallel};
    dirichlet_jacobian_norms result = {.struct_size = sizeof result};
    work->penalty.struct_size = sizeof work->penalty;
    work->failed += dirichlet_jacobian_norms_f64(&model, LENT_ROWS, work->x, &norms, work->norms,
                                                 &result, NULL) != DIRICHLET_OK;
    work->failed += dirichlet_energy_penalty_f64(&model, LENT_ROWS, work->x, &penalty, 1.0,
                                                 &work->penalty, NULL) != DIRICHLET_OK;
}

static void run_lent(struct lent_work *work, int kind)
{
    struct pool pool = {.kind = kind};
    const dirichlet_parallel parallel = pool_lend(&pool, LENT_LANES);
    if (work->concurrent)
        threaded_make(12, 9, &work->model);
    else
        threaded_make(LENT_INPUTS, 30, &work->model);
    work->model.concurrent = work->concurrent;
    work->model.max_samples = work->concurrent ? 16 : 0;
    sine_data_f64(LENT_ROWS * LENT_INPUTS, 8, work->x);
    lend_to_estimators(work, &parallel);
    lend_to_regularizers(work, &parallel);
    work->failed += pool.calls == 0 || work->model.gradients_abroad != 0;
}

static void *run_lent_threads(void *argument)
{
    run_lent(argument, POOL_THREADS);
    return NULL;
}

static void expect_same(const struct lent_work *work, const struct lent_work *alone)
{
    CHECK(work->failed == 0);
    for (int a = 0; a < ARRANGEMENT_COUNT; a++)
        CHECK_IN(bytes_equal(&work->bytes[a], &alone->bytes[a]), "%s", arrangements[a].name);
    CHECK(memcmp(work->norms, alone->norms, sizeof work->norms) == 0);
    CHECK(memcmp(&work->penalty, &alone->penalty, sizeof work->penalty) == 0);
    CHECK(memcmp(work->model.gradient, alone->model.gradient, sizeof alone->model.gradient) == 0);
}

/* Four threads, each of which lends four more: tiles run there, and now and then, where the vectors
 * are longer, rows. */
static void lent_threads(void **state)
{
    (void)state;
    static struct lent_work alone;
    static struct lent_work works[THREADS];
    for (int round = 0; round < ROUNDS; round++) {
        pthread_t threads[THREADS];
        memset(&alone, 0, sizeof alone);
        memset(works, 0, sizeof works);
        alone.concurrent = round % 10 != 0;
        run_lent(&alone, POOL_IN_ORDER);
        for (int t = 0; t < THREADS; t++) {
            works[t].concurrent = alone.concurrent;
            CHECK(pthread_create(&threads[t], NULL, run_lent_threads, &works[t]) == 0);
        }
        for (int t = 0; t < THREADS; t++)
            CHECK(pthread_join(threads[t], NULL) == 0);
        for (int t = 0; t < THREADS; t++)
            expect_same(&works[t], &alone);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(separate_handles),
                                       cmocka_unit_test(lent_threads)};
    return check_report("fault.threads", cmocka_run_group_tests(tests, NULL, NULL));
}
