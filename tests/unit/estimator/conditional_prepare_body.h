/* When `prepare` is called, and who owns `user`. */
#ifndef DIRICHLET_UNIT_CONDITIONAL_PREPARE_BODY_H
#define DIRICHLET_UNIT_CONDITIONAL_PREPARE_BODY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "conditional_batch_body.h"
#include "conditional_fixture_body.h"
#include "core/arithmetic/real.h"
#include "dirichlet/estimator.h"
#include "support/check.h"
#include "support/conditional_model.h"
#include "support/counting_allocator.h"
#include "support/sine_model.h"
#include "support/subject.h"

static bool has_products(const struct arrangement *a)
{
    return (a->callbacks & (SINE_JVP | SINE_VJP | SINE_NORMS)) != 0;
}

static void expect_prepared(const struct conditional *c, const struct arrangement *a)
{
    CHECK_IN(c->unprepared == 0, "%s: %d products of rows not prepared", a->name,
             (int)c->unprepared);
    CHECK_IN(c->repeated == 0, "%s: %d preparations for nothing", a->name, (int)c->repeated);
    CHECK_IN(has_products(a) == (c->prepares > 0), "%s: %d preparations", a->name,
             (int)c->prepares);
    CHECK(c->strays == 0);
}

/* A model of one direction a call: every product is of the rows prepared last, which are prepared
 * once for all their products, and x is still where it was. */
static void prepared_products(void **state)
{
    static const int64_t rows[] = {0, 1, 4};
    static struct conditional_fixture f;
    double energies[CONDITIONAL_SAMPLES];
    (void)state;
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++) {
        make_conditional(&f, a);
        f.callbacks |= CONDITIONAL_PREPARE;
        for (int i = 0; i < 6; i++) {
            conditional_forget(&f.c);
            f.c.max_samples = rows[i % 3];
            f.c.max_directions = i / 3;
            dirichlet_estimator *estimator = create_conditional(&f);
            feed_in_batches(&f, estimator, 25, energies);
            expect_energies(energies, f.wanted, CONDITIONAL_SAMPLES, a->name);
            expect_prepared(&f.c, a);
            CHECK(f.c.prepares <= CONDITIONAL_SAMPLES);
            dirichlet_estimator_destroy(estimator);
        }
    }
}

static void prepared_shuffled(void **state)
{
    static struct conditional_fixture f;
    static struct shuffled s;
    (void)state;
    for (const struct arrangement *a = arrangements; a < arrangements + ARRANGEMENT_COUNT; a++)
        for (int64_t run = 1; run <= 5; run += 4) {
            make_conditional(&f, a);
            f.callbacks |= CONDITIONAL_PREPARE;
            f.c.max_directions = 1;
            shuffle(&f.c, run, 1, &s);
            dirichlet_estimator *estimator = create_conditional(&f);
            feed_shuffled(&s, estimator, CONDITIONAL_SAMPLES);
            expect_prepared(&f.c, a);
            dirichlet_estimator_destroy(estimator);
        }
}

/* One for each handle that has the model, from its making to its end. */
static void owners(void **state)
{
    static struct conditional_fixture f;
    dirichlet_estimator *made[4] = {NULL};
    dirichlet_result result = DIRICHLET_INIT(dirichlet_result);
    (void)state;
    make_conditional(&f, &arrangements[2]);
    f.callbacks |= CONDITIONAL_OWNERS;
    made[0] = create_conditional(&f);
    CHECK(f.c.retained == 1 && f.c.released == 0);
    CHECK(feed_conditional(&f, made[0], 0, 9, NULL) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_reset(made[0]) == DIRICHLET_OK);
    CHECK(f.c.retained == 1 && f.c.released == 0);
    CHECK(dirichlet_estimator_clone(made[0], &made[1]) == DIRICHLET_OK);
    CHECK(f.c.retained == 2 && f.c.released == 0);
    const struct bytes bytes = bytes_of(made[0]);
    CHECK(dirichlet_estimator_deserialize(bytes.data, bytes.size, NULL, &made[2], NULL) ==
          DIRICHLET_OK);
    CHECK(dirichlet_estimator_clone(made[2], &made[3]) == DIRICHLET_OK);
    CHECK(dirichlet_estimator_merge(made[0], made[2]) == DIRICHLET_OK);
    CHECK(f.c.retained == 2 && f.c.released == 0);
    dirichlet_estimator_destroy(made[0]);
    CHECK(f.c.released == 1);
    CHECK(feed_conditional(&f, made[1], 0, 9, NULL) == DIRICHLET_OK);
    for (int i = 1; i < 4; i++)
        dirichlet_estimator_destroy(made[i]);
    CHECK(f.c.retained == 2 && f.c.released == 2);
    const model_table model = PRECISION(conditional_model)(&f.c, f.callbacks);
    CHECK(PRECISION(dirichlet_measure)(&model, 9, row_at(&f.c, CONDITIONAL_FIRST), NULL, &f.options,
                                       &result, NULL, NULL) == DIRICHLET_OK);
    CHECK(f.c.retained == f.c.released);
}

/* Where no handle is made, nothing is kept; half an owner is refused. */
static void owners_of_failures(void **state)
{
    static struct conditional_fixture f;
    struct counting_allocator counts = {0};
    const dirichlet_allocator hooks = counting_hooks(&counts);
    dirichlet_estimator *estimator = NULL;
    dirichlet_estimator *copy = NULL;
    (void)state;
    make_conditional(&f, &arrangements[2]);
    f.callbacks |= CONDITIONAL_OWNERS;
    f.options.allocator = &hooks;
    model_table model = PRECISION(conditional_model)(&f.c, f.callbacks);
    for (int64_t at = 1;; at++) {
        counting_arm(&counts, at, 1);
        const dirichlet_status status =
            PRECISION(dirichlet_estimator_create)(&model, &f.options, &estimator, NULL);
        if (status == DIRICHLET_OK)
            break;
        CHECK(status == DIRICHLET_E_MEMORY && f.c.retained == f.c.released && counts.live == 0);
    }
    CHECK(f.c.retained == f.c.released + 1);
    for (int64_t at = 1;; at++) {
        counting_arm(&counts, at, 1);
        const dirichlet_status status = dirichlet_estimator_clone(estimator, &copy);
        if (status == DIRICHLET_OK)
            break;
        CHECK(status == DIRICHLET_E_MEMORY && f.c.retained == f.c.released + 1);
    }
    CHECK(f.c.retained == f.c.released + 2);
    counting_arm(&counts, 0, 0);
    dirichlet_estimator_destroy(copy);
    dirichlet_estimator_destroy(estimator);
    CHECK(f.c.retained == f.c.released && counts.live == 0);
    f.options.workspace_bytes = 1;
    CHECK(PRECISION(dirichlet_estimator_create)(&model, &f.options, &estimator, NULL) ==
          DIRICHLET_E_WORKSPACE);
    f.options.workspace_bytes = 0;
    CHECK(f.c.retained == f.c.released);
    model.release = NULL;
    CHECK(PRECISION(dirichlet_estimator_create)(&model, &f.options, &estimator, &f.error) ==
          DIRICHLET_E_NULL);
    CHECK_IN(strstr(f.error.message, "model.release") != NULL, "%s", f.error.message);
    model = PRECISION(conditional_model)(&f.c, f.callbacks);
    model.retain = NULL;
    CHECK(PRECISION(dirichlet_estimator_create)(&model, &f.options, &estimator, &f.error) ==
          DIRICHLET_E_NULL);
    CHECK_IN(strstr(f.error.message, "model.retain") != NULL, "%s", f.error.message);
    CHECK(f.c.retained == f.c.released && counts.live == 0);
}

#endif
