/* Callbacks that measure something else inside, three deep: other handles, the same bits. The same
 * handle is refused. */
#include <string.h>

#include "support/check.h"
#include "support/dense_subject.h"
#include "support/subject.h"

#define DEPTH 3
#define ROWS 6

struct level {
    struct subject subject;
    struct level *below; /* measured in every callback of this one */
    struct bytes alone;  /* what it gives when nothing happens inside */
    long measured;
};

static struct bytes measured(struct level *level)
{
    dirichlet_estimator *estimator = NULL;
    CHECK(subject_create(&level->subject, &estimator) == DIRICHLET_OK);
    CHECK(subject_update(&level->subject, estimator, 0, ROWS, NULL, NULL) == DIRICHLET_OK);
    const struct bytes bytes = bytes_of(estimator);
    dirichlet_estimator_destroy(estimator);
    return bytes;
}

static void measure_below(void *user)
{
    const struct level *level = user;
    const struct bytes bytes = measured(level->below);
    CHECK(bytes_equal(&bytes, &level->below->alone));
    level->below->measured++;
}

static void three_deep(void **state)
{
    (void)state;
    static struct level levels[DEPTH + 1];
    for (int a = 0; a < ARRANGEMENT_COUNT; a++) {
        memset(levels, 0, sizeof levels);
        for (int l = 0; l <= DEPTH; l++) {
            /* Another method and precision at every depth. */
            subject_make(&arrangements[(a + 5 * l) % ARRANGEMENT_COUNT], l % 2 == 0 ? 64 : 32,
                         &levels[l].subject);
            levels[l].alone = measured(&levels[l]);
        }
        for (int l = 0; l < DEPTH; l++) {
            levels[l].below = &levels[l + 1];
            levels[l].subject.sine.inside = measure_below;
            levels[l].subject.sine.inside_user = &levels[l];
        }
        const struct bytes nested = measured(&levels[0]);
        CHECK(bytes_equal(&nested, &levels[0].alone));
        CHECK(levels[1].measured > 0 && levels[2].measured >= levels[1].measured);
        CHECK(levels[3].measured >= levels[2].measured);
    }
}

/* A failure inside stays inside. */
static void inner_failure(void *user)
{
    struct level *level = user;
    dirichlet_estimator *estimator = NULL;
    CHECK(subject_create(&level->below->subject, &estimator) == DIRICHLET_OK);
    level->below->subject.sine.calls = 0;
    CHECK(subject_update(&level->below->subject, estimator, 0, ROWS, NULL, NULL) ==
          DIRICHLET_E_CALLBACK);
    dirichlet_error error = {.struct_size = sizeof error};
    CHECK(dirichlet_estimator_last_error(estimator, &error) == DIRICHLET_OK);
    CHECK(error.status == DIRICHLET_E_CALLBACK && error.callback_code == 5);
    dirichlet_estimator_destroy(estimator);
}

static void failure_inside(void **state)
{
    (void)state;
    static struct level levels[2];
    for (int a = 0; a < ARRANGEMENT_COUNT; a++) {
        memset(levels, 0, sizeof levels);
        for (int l = 0; l < 2; l++)
            subject_make(&arrangements[a], 64, &levels[l].subject);
        levels[0].alone = measured(&levels[0]);
        levels[0].below = &levels[1];
        levels[0].subject.sine.inside = inner_failure;
        levels[0].subject.sine.inside_user = &levels[0];
        levels[1].subject.sine.fail_at = 1;
        levels[1].subject.sine.code = 5;
        const struct bytes nested = measured(&levels[0]);
        CHECK(bytes_equal(&nested, &levels[0].alone));
    }
}

/* `seen`, if not NULL, has the handle during the updates. */
static struct bytes bytes_after_two_updates(struct subject *subject, dirichlet_estimator **seen)
{
    dirichlet_estimator *estimator = NULL;
    CHECK(subject_create(subject, &estimator) == DIRICHLET_OK);
    if (seen != NULL)
        *seen = estimator;
    CHECK(subject_update(subject, estimator, 0, ROWS, NULL, NULL) == DIRICHLET_OK);
    CHECK(subject_update(subject, estimator, 0, ROWS, NULL, NULL) == DIRICHLET_OK);
    const struct bytes bytes = bytes_of(estimator);
    dirichlet_estimator_destroy(estimator);
    return bytes;
}

/* An estimator and what its callback tries to do to it. */
struct itself {
    struct subject subject;
    dirichlet_estimator *estimator;
    long refused;
};

static void change_itself(void *user)
{
    struct itself *it = user;
    dirichlet_estimator *copy = NULL;
    CHECK(dirichlet_estimator_clone(it->estimator, &copy) == DIRICHLET_OK);
    CHECK(subject_update(&it->subject, it->estimator, 0, 1, NULL, NULL) == DIRICHLET_E_BUSY);
    CHECK(strstr(dirichlet_estimator_message(it->estimator), "is being updated") != NULL);
    const dirichlet_batch_f64 batch = {
        .struct_size = sizeof batch, .samples = 1, .x = it->subject.wide};
    CHECK(dirichlet_estimator_update_batch_f64(it->estimator, &batch) == DIRICHLET_E_BUSY);
    CHECK(dirichlet_estimator_reset(it->estimator) == DIRICHLET_E_BUSY);
    CHECK(dirichlet_estimator_seek(it->estimator, 3) == DIRICHLET_E_BUSY);
    CHECK(dirichlet_estimator_merge(it->estimator, copy) == DIRICHLET_E_BUSY);
    dirichlet_estimator_description description = {.struct_size = sizeof description};
    CHECK(dirichlet_estimator_describe(it->estimator, &description) == DIRICHLET_OK);
    CHECK(description.inputs == it->subject.sine.inputs && description.has_model == 1);
    CHECK(last_error(it->estimator).status == DIRICHLET_E_BUSY);
    CHECK(dirichlet_estimator_reset(copy) == DIRICHLET_OK); /* which is not being updated */
    dirichlet_estimator_destroy(copy);
    it->refused++;
}

static void the_same_handle(void **state)
{
    (void)state;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++) {
        struct itself it;
        memset(&it, 0, sizeof it);
        subject_make(&arrangements[a], 64, &it.subject);
        const struct bytes alone = bytes_after_two_updates(&it.subject, NULL);
        it.subject.sine.inside = change_itself;
        it.subject.sine.inside_user = &it;
        const struct bytes refused = bytes_after_two_updates(&it.subject, &it.estimator);
        CHECK(bytes_equal(&refused, &alone));
        CHECK(it.refused > 0);
    }
}

/* A loss that asks its own network for other things. */
static int32_t use_network(int64_t first, int64_t samples, const double *f, double *values,
                           double *cotangents, void *user)
{
    dirichlet_dense_f64 *network = user;
    const dirichlet_batch_f64 batch = {.struct_size = sizeof batch, .samples = 1, .x = f};
    dirichlet_penalty_result result = {.struct_size = sizeof result, .value = -5.0};
    dirichlet_dense_transfer_result transfer = {.struct_size = sizeof transfer};
    dirichlet_dense_lipschitz lipschitz = {.struct_size = sizeof lipschitz};
    dirichlet_dense_description description = {.struct_size = sizeof description};
    dirichlet_error error = {.struct_size = sizeof error};
    (void)first;
    CHECK(dirichlet_dense_energy_penalty_batch_f64(network, &batch, NULL, 1.0, NULL, 0, &result) ==
          DIRICHLET_E_BUSY);
    CHECK(dirichlet_dense_last_error_f64(network, &error) == DIRICHLET_OK);
    CHECK(error.status == DIRICHLET_E_BUSY && error.message[0] != '\0' && result.value == -5.0);
    CHECK(dirichlet_dense_transfer_f64(network, 1, f, NULL, &transfer) == DIRICHLET_E_BUSY);
    CHECK(dirichlet_dense_spectral_norms_f64(network, NULL, NULL, &lipschitz) == DIRICHLET_E_BUSY);
    CHECK(dirichlet_dense_describe_f64(network, &description) == DIRICHLET_OK);
    CHECK(description.inputs == DENSE_INPUTS);
    for (int64_t i = 0; i < samples; i++)
        values[i] = 1.0;
    memcpy(cotangents, f, (size_t)(samples * DENSE_OUTPUTS) * sizeof *cotangents);
    return 0;
}

static void the_same_network(void **state)
{
    (void)state;
    struct dense_subject dense;
    double x[4 * DENSE_INPUTS];
    double value = 0.0;
    dirichlet_dense_f64 *network = NULL;
    dirichlet_dense_gradient_f64 gradients[DENSE_LAYERS];
    memset(gradients, 0, sizeof gradients);
    for (int l = 0; l < DENSE_LAYERS; l++)
        gradients[l].struct_size = sizeof gradients[l];
    dense_subject_make(&dense);
    sine_data_f64(4 * DENSE_INPUTS, 7, x);
    CHECK(dirichlet_dense_create_f64(dense.layers_f64, DENSE_LAYERS, NULL, &network, NULL) ==
          DIRICHLET_OK);
    const dirichlet_loss_f64 loss = {.struct_size = sizeof loss,
                                     .kind = DIRICHLET_LOSS_CUSTOM,
                                     .function = use_network,
                                     .user = network};
    CHECK(dirichlet_dense_loss_gradient_f64(network, 4, x, &loss, 1.0, gradients, DENSE_LAYERS,
                                            &value) == DIRICHLET_OK);
    CHECK(value == 1.0);
    dirichlet_dense_destroy_f64(network);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_deep), cmocka_unit_test(failure_inside),
        cmocka_unit_test(the_same_handle), cmocka_unit_test(the_same_network)};
    return check_report("fault.reentry", cmocka_run_group_tests(tests, NULL, NULL));
}
