/* The report of dirichlet_model_check_f64 and its refusals: nothing is written on an error, nothing
 * leaks, the caller's parameters come back. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "net.h"
#include "support/check.h"
#include "support/counting_allocator.h"

#define SAMPLES 4
#define FIRST 10

struct fixture {
    struct net net;
    double x[SAMPLES * NET_WIDTH];
    dirichlet_model_f64 model;
    dirichlet_check_options options;
    dirichlet_check_report report;
    dirichlet_check_finding findings[DIRICHLET_CHECK_MOST_FINDINGS];
    dirichlet_error error;
};

static struct fixture *make_fixture(enum net_fault fault)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    uint64_t state = 77;
    for (int i = 0; i < 20; i++)
        (void)net_uniform(&state);
    net_draw_f64(&fixture->net, &state, 4, 3);
    fixture->net.fault = fault;
    fixture->net.first = FIRST;
    for (int64_t i = 0; i < SAMPLES * fixture->net.inputs; i++)
        fixture->x[i] = net_uniform(&state);
    fixture->model = net_model_f64(&fixture->net, NET_ALL | NET_PREPARE);
    fixture->options.struct_size = sizeof fixture->options;
    fixture->options.first_sample = FIRST;
    fixture->options.parameter_count = fixture->net.parameter_count;
    fixture->options.parameters = fixture->net.parameters.of_f64;
    fixture->options.gradient = fixture->net.gradient.of_f64;
    fixture->report.struct_size = sizeof fixture->report;
    fixture->report.findings = fixture->findings;
    fixture->report.capacity = DIRICHLET_CHECK_MOST_FINDINGS;
    for (int i = 0; i < DIRICHLET_CHECK_MOST_FINDINGS; i++)
        fixture->findings[i].struct_size = sizeof *fixture->findings;
    fixture->error.struct_size = sizeof fixture->error;
    return fixture;
}

static dirichlet_status run(struct fixture *fixture)
{
    return dirichlet_model_check_f64(&fixture->model, SAMPLES, fixture->x, &fixture->options,
                                     &fixture->report, &fixture->error);
}

/* What is refused is refused by `status`, before any call, with everything as it was. */
static void refuse(struct fixture *fixture, dirichlet_status wanted)
{
    const dirichlet_check_report report = fixture->report;
    const int64_t calls = fixture->net.calls;
    const dirichlet_status status = run(fixture);
    CHECK_IN(status == wanted, "status %d, not %d: %s", (int)status, (int)wanted,
             fixture->error.message);
    CHECK(fixture->error.status == wanted && fixture->error.message[0] != '\0');
    CHECK(memcmp(&report, &fixture->report, sizeof report) == 0);
    CHECK(fixture->net.calls == calls);
    free(fixture);
}

static void sound_report(void **state)
{
    struct fixture *fixture = make_fixture(SOUND);
    (void)state;
    CHECK(run(fixture) == DIRICHLET_OK);
    CHECK(fixture->error.status == DIRICHLET_OK && fixture->error.message[0] == '\0');
    CHECK(fixture->error.sample == -1);
    CHECK(fixture->report.failed == 0 && fixture->report.calls == fixture->net.calls);
    CHECK(fixture->report.count > 40);
    CHECK(fixture->report.count <= DIRICHLET_CHECK_MOST_FINDINGS);
    for (int64_t i = 0; i < fixture->report.count; i++) {
        const dirichlet_check_finding *finding = &fixture->findings[i];
        CHECK(finding->holds == 1 && finding->found <= finding->allowed);
        CHECK(strcmp(dirichlet_check_item_name(finding->item), "unknown") != 0);
        CHECK(strcmp(dirichlet_callback_name(finding->callback), "unknown") != 0);
        CHECK(strstr(finding->text, "holds") != NULL);
        for (int64_t j = 0; j < i; j++)
            CHECK(fixture->findings[j].item != finding->item ||
                  fixture->findings[j].callback != finding->callback);
    }
    free(fixture);
}

/* Short of room the first lines are there, and how many there would be. */
static void short_capacity(void **state)
{
    struct fixture *all = make_fixture(ENERGIES_HALF);
    (void)state;
    CHECK(run(all) == DIRICHLET_E_CONTRACT && all->report.failed == 1);
    for (int64_t capacity = 0; capacity < all->report.count; capacity += 5) {
        struct fixture *some = make_fixture(ENERGIES_HALF);
        some->report.capacity = capacity;
        CHECK(run(some) == DIRICHLET_E_CONTRACT);
        CHECK(some->report.count == all->report.count && some->report.failed == 1);
        CHECK(memcmp(some->findings, all->findings, (size_t)capacity * sizeof *all->findings) == 0);
        CHECK(some->findings[capacity].item == 0);
        free(some);
    }
    struct fixture *none = make_fixture(ENERGIES_HALF);
    none->report.capacity = 0;
    none->report.findings = NULL;
    CHECK(run(none) == DIRICHLET_E_CONTRACT && none->report.count == all->report.count);
    CHECK(strcmp(none->error.message, all->findings[0].text) == 0);
    CHECK(dirichlet_model_check_f64(&none->model, SAMPLES, none->x, NULL, NULL, NULL) ==
          DIRICHLET_E_CONTRACT);
    free(none);
    free(all);
}

/* Findings of an older, shorter struct: as much of them as there is room for. */
static void older_findings(void **state)
{
    struct fixture *fixture = make_fixture(SOUND);
    struct older {
        size_t struct_size;
        dirichlet_check_item item;
        dirichlet_callback callback;
        int32_t holds;
        int32_t code;
    } older[DIRICHLET_CHECK_MOST_FINDINGS];
    (void)state;
    for (int i = 0; i < DIRICHLET_CHECK_MOST_FINDINGS; i++)
        older[i].struct_size = sizeof *older;
    fixture->report.findings = (dirichlet_check_finding *)(void *)older;
    CHECK(run(fixture) == DIRICHLET_OK);
    for (int64_t i = 0; i < fixture->report.count; i++)
        CHECK(older[i].struct_size == sizeof *older && older[i].item > 0 && older[i].holds == 1);
    free(fixture);
}

#define WITH(assignment, status)                                                                   \
    do {                                                                                           \
        struct fixture *with = make_fixture(SOUND);                                                \
        with->assignment;                                                                          \
        refuse(with, status);                                                                      \
    } while (0)

static void refusals(void **state)
{
    (void)state;
    WITH(options.struct_size = 3, DIRICHLET_E_STRUCT_SIZE);
    WITH(options.first_sample = -1, DIRICHLET_E_RANGE);
    WITH(options.first_sample = INT64_MAX, DIRICHLET_E_OVERFLOW);
    WITH(options.forward_noise = -1e-3, DIRICHLET_E_RANGE);
    WITH(options.forward_noise = (double)NAN, DIRICHLET_E_RANGE);
    WITH(options.forward_noise = 1.0, DIRICHLET_E_RANGE);
    WITH(options.parameter_count = -1, DIRICHLET_E_RANGE);
    WITH(options.parameter_count = 0, DIRICHLET_E_NULL);
    WITH(options.parameter_count = INT64_MAX, DIRICHLET_E_OVERFLOW);
    WITH(options.gradient = NULL, DIRICHLET_E_NULL);
    WITH(options.parameters = NULL, DIRICHLET_E_NULL);
    WITH(options.reserved = with, DIRICHLET_E_RANGE);
    WITH(net.parameters.of_f64[0] = (double)NAN, DIRICHLET_E_NOT_FINITE);
    WITH(report.struct_size = 0, DIRICHLET_E_STRUCT_SIZE);
    WITH(report.capacity = -1, DIRICHLET_E_RANGE);
    WITH(report.findings = NULL, DIRICHLET_E_NULL);
    WITH(report.reserved = with, DIRICHLET_E_RANGE);
    WITH(findings[0].struct_size = 1, DIRICHLET_E_STRUCT_SIZE);
    WITH(findings[3].struct_size = 64, DIRICHLET_E_STRUCT_SIZE);
    WITH(model.inputs = 0, DIRICHLET_E_RANGE);
    WITH(model.inputs = INT64_MAX / 4, DIRICHLET_E_OVERFLOW);
    WITH(model.outputs = INT64_MAX / 4, DIRICHLET_E_OVERFLOW);
    WITH(x[2] = (double)INFINITY, DIRICHLET_E_NOT_FINITE);
}

static void other_refusals(void **state)
{
    struct fixture *fixture = make_fixture(SOUND);
    dirichlet_error *error = &fixture->error;
    const dirichlet_model_f64 *model = &fixture->model;
    dirichlet_model_f64 empty = {.struct_size = sizeof empty, .inputs = 4, .outputs = 3};
    (void)state;
    CHECK(dirichlet_model_check_f64(NULL, SAMPLES, fixture->x, NULL, NULL, error) ==
          DIRICHLET_E_NULL);
    CHECK(dirichlet_model_check_f64(model, SAMPLES, NULL, NULL, NULL, error) == DIRICHLET_E_NULL);
    CHECK(dirichlet_model_check_f64(model, 0, fixture->x, NULL, NULL, error) ==
          DIRICHLET_E_NO_DATA);
    CHECK(dirichlet_model_check_f64(model, -1, fixture->x, NULL, NULL, error) == DIRICHLET_E_RANGE);
    CHECK(dirichlet_model_check_f64(&empty, SAMPLES, fixture->x, NULL, NULL, error) ==
          DIRICHLET_E_MISSING_CALLBACK);
    fixture->x[fixture->net.inputs] = (double)NAN;
    CHECK(dirichlet_model_check_f64(model, SAMPLES, fixture->x, &fixture->options, NULL, error) ==
          DIRICHLET_E_NOT_FINITE);
    CHECK(error->sample == FIRST + 1);
    error->struct_size = 8;
    CHECK(dirichlet_model_check_f64(model, SAMPLES, fixture->x, NULL, NULL, error) ==
          DIRICHLET_E_STRUCT_SIZE);
    CHECK(fixture->net.calls == 0);
    free(fixture);
}

/* Two allocations, which come back whatever the callbacks do. */
static void memory(void **state)
{
    (void)state;
    for (int fault = SOUND; fault < NET_FAULTS; fault++) {
        struct fixture *fixture = make_fixture((enum net_fault)fault);
        struct net *before = malloc(sizeof *before);
        struct counting_allocator counts = {0};
        const dirichlet_allocator hooks = counting_hooks(&counts);
        memcpy(before, &fixture->net, sizeof *before);
        fixture->options.allocator = &hooks;
        counting_arm(&counts, 1, 1);
        CHECK(run(fixture) == DIRICHLET_E_MEMORY && fixture->report.count == 0);
        CHECK(fixture->net.calls == 0);
        counting_arm(&counts, 0, 0);
        const dirichlet_status status = run(fixture);
        CHECK(status == DIRICHLET_OK || status == DIRICHLET_E_CONTRACT);
        CHECK(counts.live == 0 && counts.damaged == 0 && counts.bytes == 0 && counts.calls == 2);
        CHECK(memcmp(&before->parameters, &fixture->net.parameters, sizeof before->parameters) ==
              0);
        CHECK(memcmp(&before->gradient, &fixture->net.gradient, sizeof before->gradient) == 0);
        free(before);
        free(fixture);
    }
}

/* A callback is called with no more than it takes, and by parts it is found as well. */
static void limits(void **state)
{
    (void)state;
    for (int64_t most = 1; most <= 9; most++) {
        struct fixture *fixture = make_fixture(JVP_DOUBLE);
        fixture->net.max_samples = fixture->model.max_samples = most;
        fixture->net.max_directions = fixture->model.max_directions = 10 - most;
        CHECK(run(fixture) == DIRICHLET_E_CONTRACT);
        CHECK(fixture->net.beyond_limits == 0);
        CHECK(fixture->findings[0].item == DIRICHLET_CHECK_DERIVATIVE);
        free(fixture);
    }
}

/* With a declared noise what does not repeat within it is let pass. */
static void declared_noise(void **state)
{
    struct fixture *fixture = make_fixture(JVP_SCALE);
    (void)state;
    fixture->net.strength = 1e-4;
    CHECK(run(fixture) == DIRICHLET_E_CONTRACT);
    fixture->options.forward_noise = 1e-3;
    CHECK(run(fixture) == DIRICHLET_OK);
    free(fixture);
}

/* A factor near 1 is told by what it is more. */
static void small_factor(void **state)
{
    struct fixture *fixture = make_fixture(JVP_SCALE);
    (void)state;
    fixture->net.strength = 1e-6;
    fixture->model = net_model_f64(&fixture->net, NET_JVP | NET_VJP);
    fixture->options.parameter_count = 0;
    fixture->options.parameters = NULL;
    fixture->options.gradient = NULL;
    CHECK(run(fixture) == DIRICHLET_E_CONTRACT);
    CHECK_IN(strstr(fixture->error.message, "everywhere 1 - 1e-06 times") != NULL, "%s",
             fixture->error.message);
    free(fixture);
}

static void names(void **state)
{
    (void)state;
    CHECK(strcmp(dirichlet_check_item_name(DIRICHLET_CHECK_REPEAT), "repeat") == 0);
    CHECK(strcmp(dirichlet_check_item_name(DIRICHLET_CHECK_PARAMETERS), "parameters") == 0);
    CHECK(strcmp(dirichlet_check_item_name(0), "unknown") == 0);
    CHECK(strcmp(dirichlet_callback_name(DIRICHLET_CALLBACK_VJP), "vjp") == 0);
    CHECK(strcmp(dirichlet_callback_name(7), "unknown") == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_report),   cmocka_unit_test(short_capacity),
        cmocka_unit_test(older_findings), cmocka_unit_test(refusals),
        cmocka_unit_test(other_refusals), cmocka_unit_test(memory),
        cmocka_unit_test(limits),         cmocka_unit_test(declared_noise),
        cmocka_unit_test(small_factor),   cmocka_unit_test(names)};
    return check_report("unit.check_report", cmocka_run_group_tests(tests, NULL, NULL));
}
