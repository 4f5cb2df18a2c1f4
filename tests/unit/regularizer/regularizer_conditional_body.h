/* Norms of Jacobians and the energy penalty of a model that looks at the index of its samples. */
#ifndef DIRICHLET_UNIT_REGULARIZER_CONDITIONAL_BODY_H
#define DIRICHLET_UNIT_REGULARIZER_CONDITIONAL_BODY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/arithmetic/real.h"
#include "dirichlet/estimator.h"
#include "dirichlet/regularizer.h"
#include "regularizer_fixture_body.h"
#include "support/check.h"
#include "support/conditional_model.h"

#define CONDITIONAL_COUNT 24
#define CONDITIONAL_START 61 /* index of the first sample */
#define CONDITIONAL_GAP 2    /* numbers between the rows of a batch */

static const real *conditional_row(const struct conditional *c, int64_t index)
{
    const void *data = sizeof(real) == sizeof(double) ? (const void *)c->wide : c->narrow;
    return (const real *)data + index * c->inputs;
}

/* Every index was asked for, none else, and its rows were its own. */
static void expect_indices(const struct conditional *c)
{
    CHECK_IN(c->strays == 0, "%d strays", (int)c->strays);
    for (int64_t i = 0; i < CONDITIONAL_INDICES; i++)
        CHECK((c->seen[i] > 0) ==
              (i >= CONDITIONAL_START && i < CONDITIONAL_START + CONDITIONAL_COUNT));
}

static double norm_alone(const struct conditional *c, int32_t callbacks, int64_t index)
{
    struct conditional alone = *c;
    dirichlet_jacobian_norms result = DIRICHLET_INIT(dirichlet_jacobian_norms);
    double norm = NAN;
    alone.frozen = index;
    const model_table model = PRECISION(conditional_model)(&alone, callbacks);
    expect_success(PRECISION(dirichlet_jacobian_norms)(&model, 1, conditional_row(&alone, index),
                                                       NULL, &norm, &result, &heard));
    return norm;
}

static void check_conditional_norms(struct conditional *c, int32_t callbacks, size_t budget)
{
    const dirichlet_jacobian_norms_options options = {.struct_size = sizeof options,
                                                      .first_sample = CONDITIONAL_START,
                                                      .workspace_bytes = budget};
    dirichlet_jacobian_norms result = DIRICHLET_INIT(dirichlet_jacobian_norms);
    double norms[CONDITIONAL_COUNT];
    int64_t largest = 0;
    const model_table model = PRECISION(conditional_model)(c, callbacks);
    conditional_forget(c);
    expect_success(PRECISION(dirichlet_jacobian_norms)(&model, CONDITIONAL_COUNT,
                                                       conditional_row(c, CONDITIONAL_START),
                                                       &options, norms, &result, &heard));
    expect_indices(c);
    CHECK(c->unprepared == 0 && c->repeated == 0 && c->prepares > 0);
    for (int64_t i = 0; i < CONDITIONAL_COUNT; i++) {
        const double alone = norm_alone(c, callbacks, CONDITIONAL_START + i);
        CHECK_IN(norms[i] == alone, "sample %d: %.17g, not %.17g", (int)i, norms[i], alone);
        largest = norms[i] > norms[largest] ? i : largest;
    }
    CHECK(result.sample == CONDITIONAL_START + largest && result.norm == norms[largest]);
}

static void test_conditional_norms(void **state)
{
    static const int32_t callbacks[] = {SINE_VJP, SINE_JVP, SINE_VJP | SINE_JVP};
    static struct conditional c;
    (void)state;
    for (int turned = 0; turned < 2; turned++)
        for (int side = 0; side < 3; side++)
            for (int64_t limit = 0; limit < 4; limit++)
                for (size_t budget = 0; budget < 12000; budget += 5500) {
                    c = conditional_make(turned ? 3 : 5, turned ? 5 : 3);
                    c.max_samples = limit;
                    c.max_directions = limit / 2;
                    check_conditional_norms(
                        &c, callbacks[side] | CONDITIONAL_PREPARE | CONDITIONAL_OWNERS, budget);
                    CHECK(c.retained == 0 && c.released == 0);
                }
}

/* Codes of its callbacks, and where it is not defined. */
static void test_conditional_norm_faults(void **state)
{
    static struct conditional c;
    const dirichlet_jacobian_norms_options options = {.struct_size = sizeof options,
                                                      .first_sample = CONDITIONAL_START};
    dirichlet_jacobian_norms result = {.struct_size = sizeof result, .norm = -1.0};
    double norms[CONDITIONAL_COUNT] = {-1.0};
    static const int32_t codes[] = {7, -1, -5, 0};
    (void)state;
    for (int prepare = 0; prepare < 2; prepare++)
        for (int i = 0; i < 4; i++) {
            const char *name = prepare ? "model.prepare" : "model.vjp";
            c = conditional_make(5, 3);
            c.max_samples = 5;
            c.faulty = prepare ? CONDITIONAL_PREPARE | (i == 3 ? SINE_VJP : 0) : SINE_VJP;
            c.fail_at = 2;
            c.code = codes[i];
            c.undefined = i == 3 ? CONDITIONAL_START + 13 : -1;
            const model_table model =
                PRECISION(conditional_model)(&c, SINE_VJP | CONDITIONAL_PREPARE);
            const dirichlet_status wanted = i == 3   ? DIRICHLET_E_NOT_FINITE
                                            : i == 1 ? DIRICHLET_E_MISSING_CALLBACK
                                                     : DIRICHLET_E_CALLBACK;
            expect(PRECISION(dirichlet_jacobian_norms)(&model, CONDITIONAL_COUNT,
                                                       conditional_row(&c, CONDITIONAL_START),
                                                       &options, norms, &result, &heard),
                   wanted, i == 3 ? "" : name);
            CHECK(heard.callback_code == (i == 3 ? 0 : codes[i]));
            CHECK_IN(heard.sample == (i == 3 ? CONDITIONAL_START + 13 : -1), "sample %d",
                     (int)heard.sample);
            CHECK(norms[0] == -1.0 && result.norm == -1.0);
        }
}

/* ---- The energy penalty ---- */

struct conditional_penalty {
    struct conditional c;
    dirichlet_energy_penalty_options options;
    dirichlet_penalty_result result;
};

static void make_conditional_penalty(struct conditional_penalty *p, int64_t probes)
{
    memset(p, 0, sizeof *p);
    p->c = conditional_make(5, 3);
    p->options.struct_size = sizeof p->options;
    p->options.probes = probes;
    p->options.seed = 4;
    p->options.first_sample = CONDITIONAL_START;
    p->result.struct_size = sizeof p->result;
    p->result.value = -1.0;
}

/* Calls that keep nothing own nothing: retain and release are not called. */
#define PENALTY_CALLBACKS (SINE_FORWARD | CONDITIONAL_PARAMETERS | CONDITIONAL_OWNERS)

static dirichlet_status conditional_penalty_of(struct conditional_penalty *p, int64_t index,
                                               int64_t samples, double strength)
{
    const model_table model = PRECISION(conditional_model)(&p->c, PENALTY_CALLBACKS);
    p->options.first_sample = index;
    return PRECISION(dirichlet_energy_penalty)(&model, samples, conditional_row(&p->c, index),
                                               &p->options, strength, &p->result, &heard);
}

/* All coordinates: the mean of the energies and its derivative, at the times of the samples. */
static void test_conditional_penalty(void **state)
{
    static struct conditional_penalty p;
    const bool single = sizeof(real) == sizeof(float);
    (void)state;
    for (int64_t limit = 0; limit < 8; limit++)
        for (size_t budget = 0; budget < 9000; budget += 2900) {
            double energy = 0.0;
            double worst = 0.0;
            make_conditional_penalty(&p, DIRICHLET_PROBES_ALL);
            p.c.max_samples = limit;
            p.options.workspace_bytes = budget;
            expect_success(conditional_penalty_of(&p, CONDITIONAL_START, CONDITIONAL_COUNT, 0.5));
            expect_indices(&p.c);
            CHECK(limit == 0 || p.c.most_rows <= limit);
            for (int64_t i = 0; i < CONDITIONAL_COUNT; i++)
                energy += conditional_energy(&p.c, CONDITIONAL_START + i) / CONDITIONAL_COUNT;
            CHECK_IN(off_by(p.result.value, energy, energy) <= (single ? 1e-5 : 1e-10),
                     "%.17g, not %.17g", p.result.value, energy);
            for (int64_t e = 0; e < 15; e++) {
                double slope = 0.0;
                for (int64_t i = 0; i < CONDITIONAL_COUNT; i++)
                    slope += conditional_slope(&p.c, CONDITIONAL_START + i, e / 5, e % 5) /
                             CONDITIONAL_COUNT;
                worst = fmax(worst, off_by(p.c.gradient[e], 0.5 * slope, 0.5));
            }
            CHECK_IN(worst <= (single ? 1e-4 : 1e-9), "gradient off by %.2e", worst);
            CHECK(p.c.retained == 0 && p.c.released == 0);
        }
}

/* The same samples in another order, with their rows apart. */
struct penalty_batch {
    real x[CONDITIONAL_COUNT * (CONDITIONAL_WIDTH + CONDITIONAL_GAP)];
    int64_t indices[CONDITIONAL_COUNT];
    double weights[CONDITIONAL_COUNT];
    double energies[CONDITIONAL_COUNT];
    double deviations[CONDITIONAL_COUNT];
    PRECISION(dirichlet_batch) view;
};

static void make_penalty_batch(const struct conditional *c, struct penalty_batch *b)
{
    const int64_t stride = c->inputs + CONDITIONAL_GAP;
    memset(b, 0, sizeof *b);
    for (int64_t i = 0; i < CONDITIONAL_COUNT * stride; i++)
        b->x[i] = (real)NAN;
    for (int64_t i = 0; i < CONDITIONAL_COUNT; i++) {
        b->indices[i] = CONDITIONAL_START + i * 7 % CONDITIONAL_COUNT;
        b->weights[i] = i == 3 ? 0.0 : 0.5 + (double)(i % 4);
        memcpy(b->x + i * stride, conditional_row(c, b->indices[i]),
               (size_t)c->inputs * sizeof(real));
    }
    b->view.struct_size = sizeof b->view;
    b->view.samples = CONDITIONAL_COUNT;
    b->view.row_stride = stride;
    b->view.x = b->x;
    b->view.weights = b->weights;
    b->view.indices = b->indices;
    b->view.energies = b->energies;
    b->view.deviations = b->deviations;
}

/* Sums of penalties of single samples: their energies are the batch's, their gradients, with
 * strengths of w / sum w, its gradient. */
static void check_against_singles(struct conditional_penalty *p, const struct penalty_batch *b,
                                  double strength)
{
    static struct conditional_penalty one;
    const double rounding = sizeof(real) == sizeof(float) ? 3e-6 : 1e-14;
    double sum = 0.0;
    double value = 0.0;
    double scale = 0.0;
    make_conditional_penalty(&one, p->options.probes);
    for (int64_t i = 0; i < CONDITIONAL_COUNT; i++)
        sum += b->weights[i];
    for (int64_t i = 0; i < CONDITIONAL_COUNT; i++) {
        expect_success(
            conditional_penalty_of(&one, b->indices[i], 1, strength * b->weights[i] / sum));
        CHECK_IN(off_by(b->energies[i], one.result.value, one.result.value) <= 1e-15,
                 "row %d: %.17g, not %.17g", (int)i, b->energies[i], one.result.value);
        value += b->weights[i] * one.result.value / sum;
    }
    CHECK_IN(off_by(p->result.value, value, value) <= 1e-14, "%.17g, not %.17g", p->result.value,
             value);
    for (int64_t e = 0; e < 15; e++)
        scale = fmax(scale, fabs(one.c.gradient[e]));
    for (int64_t e = 0; e < 15; e++)
        CHECK_IN(off_by(p->c.gradient[e], one.c.gradient[e], scale) <= rounding / 1e-3,
                 "gradient %d: %.17g, not %.17g", (int)e, p->c.gradient[e], one.c.gradient[e]);
}

static void test_conditional_penalty_batch(void **state)
{
    static struct conditional_penalty p;
    static struct penalty_batch b;
    (void)state;
    for (int64_t probes = DIRICHLET_PROBES_ALL; probes <= 4; probes++)
        for (int64_t limit = 0; limit < 6; limit += 2) {
            make_conditional_penalty(&p, probes);
            p.c.max_samples = limit;
            p.options.first_sample = 0; /* not looked at where there are indices */
            make_penalty_batch(&p.c, &b);
            const model_table model = PRECISION(conditional_model)(&p.c, PENALTY_CALLBACKS);
            expect_success(PRECISION(dirichlet_energy_penalty_batch)(&model, &b.view, &p.options,
                                                                     0.75, &p.result, &heard));
            CHECK(p.c.strays == 0 && (limit == 0 || p.c.most_rows <= limit));
            check_against_singles(&p, &b, 0.75);
            CHECK(p.result.samples == CONDITIONAL_COUNT);
            CHECK(p.result.exact == (probes <= 0));
        }
}

static void test_conditional_penalty_faults(void **state)
{
    static struct conditional_penalty p;
    static const int32_t codes[] = {7, -1, -5, 0};
    (void)state;
    for (int backward = 0; backward < 2; backward++)
        for (int i = 0; i < 4; i++) {
            make_conditional_penalty(&p, 2);
            p.c.max_samples = 6;
            p.c.faulty = backward ? CONDITIONAL_PARAMETERS : SINE_FORWARD;
            p.c.fail_at = 2;
            p.c.code = codes[i];
            p.c.undefined = i == 3 ? CONDITIONAL_START + 13 : -1;
            const dirichlet_status wanted = i == 3   ? DIRICHLET_E_NOT_FINITE
                                            : i == 1 ? DIRICHLET_E_MISSING_CALLBACK
                                                     : DIRICHLET_E_CALLBACK;
            expect(conditional_penalty_of(&p, CONDITIONAL_START, CONDITIONAL_COUNT, 1.0), wanted,
                   i == 3     ? ""
                   : backward ? "model.parameter_vjp"
                              : "model.forward");
            CHECK(heard.callback_code == (i == 3 ? 0 : codes[i]));
            CHECK(heard.sample == (i == 3 ? CONDITIONAL_START + 13 : -1));
            CHECK(p.result.value == -1.0);
        }
}

#endif
