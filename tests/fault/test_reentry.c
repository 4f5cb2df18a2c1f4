/* Callbacks that measure something else inside, three deep: other handles, the same bits. The same
 * handle is refused. */
#include <string.h>

#include "support/check.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(three_deep),
                                       cmocka_unit_test(failure_inside),
                                       cmocka_unit_test(the_same_handle)};
    return check_report("fault.reentry", cmocka_run_group_tests(tests, NULL, NULL));
}
