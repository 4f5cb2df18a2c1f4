/* Files of very many small layers take little longer than sorting their names does: what is
 * quadratic in them would take minutes. */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "files.h"
#include "support/check.h"
#include "tool.h"

#define LAYERS 40000
#define MOST_SECONDS 10.0 /* of a processor, for one file; it takes about half of one */

/* A file in the making: tensors of float32 of one size, with the same number throughout. */
struct made {
    char *header;
    size_t length;
    size_t capacity;
    float *data;
    size_t count;
};

static void begin(struct made *made)
{
    memset(made, 0, sizeof *made);
    made->capacity = (size_t)LAYERS * 600;
    made->header = malloc(made->capacity);
    made->data = malloc((size_t)LAYERS * 8 * sizeof *made->data);
    CHECK(made->header != NULL && made->data != NULL);
    made->length = (size_t)snprintf(made->header, made->capacity, "{\"__metadata__\":{}");
}

static void add(struct made *made, const char *name, int number, const char *part,
                const char *shape, size_t count, float value)
{
    const size_t from = made->count * sizeof *made->data;
    for (size_t i = 0; i < count; i++)
        made->data[made->count++] = value;
    made->length +=
        (size_t)snprintf(made->header + made->length, made->capacity - made->length,
                         ",\"%s%d%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%zu,%zu]}",
                         name, number, part, shape, from, made->count * sizeof *made->data);
}

static void end(struct made *made)
{
    strcpy(made->header + made->length, "}");
    write_tensors("many.safetensors", made->header, made->data, made->count * sizeof *made->data);
    free(made->header);
    free(made->data);
}

static double seconds_of_children(void)
{
    struct rusage usage;
    CHECK(getrusage(RUSAGE_CHILDREN, &usage) == 0);
    return (double)usage.ru_utime.tv_sec + 1e-6 * (double)usage.ru_utime.tv_usec;
}

static void run(const char *options, struct outcome *outcome)
{
    char line[256];
    const double one = 1.0;
    const double start = seconds_of_children();
    write_samples("one.npy", 1, 1, &one, 1);
    snprintf(line, sizeof line, "many.safetensors one.npy %s", options);
    tool_run(line, outcome);
    const double seconds = seconds_of_children() - start;
    CHECK_IN(seconds <= MOST_SECONDS, "%s: %g seconds", options, seconds);
}

static void check_value(const char *options, double right)
{
    static struct outcome outcome;
    run(options, &outcome);
    const char *first = "geometric complexity";
    CHECK_IN(outcome.code == 0 && strncmp(outcome.out, first, strlen(first)) == 0, "%s: %s",
             options, outcome.error);
    const double value = strtod(outcome.out + strlen(first), NULL);
    CHECK_IN(fabs(value / right - 1.0) <= 1e-3, "%s: %.10g instead of %.10g", options, value,
             right);
}

static void dense_layers(void **state)
{
    (void)state;
    struct made made;
    begin(&made);
    for (int i = 0; i < LAYERS; i++)
        add(&made, "l.", i, ".weight", "[1,1]", 1, -1.0F);
    for (int i = 0; i < LAYERS; i++) /* left out */
        add(&made, "count", i, "", "[2]", 2, 0.5F);
    end(&made);
    check_value("--activation identity --layout out-in", 1.0);
}

/* Each scales by 1 / sqrt(1 + 1e-5). */
static void batch_normalizations(void **state)
{
    (void)state;
    static const char *const parts[] = {".weight", ".bias", ".running_mean", ".running_var"};
    struct made made;
    begin(&made);
    for (int i = 0; i < LAYERS / 4; i++) {
        add(&made, "", 3 * i, ".weight", "[1,1]", 1, -1.0F);
        for (int part = 0; part < 4 && i + 1 < LAYERS / 4; part++)
            add(&made, "", 3 * i + 1, parts[part], "[1]", 1, 1.0F);
    }
    end(&made);
    check_value("--activation identity --layout out-in", pow(1.0 + 1e-5, 1.0 - LAYERS / 4.0));
    begin(&made);
    for (int i = 0; i < LAYERS / 4; i++)
        add(&made, "fc", i, ".weight", "[1,1]", 1, -1.0F);
    for (int i = 0; i + 1 < LAYERS / 4; i++)
        for (int part = 0; part < 4; part++)
            add(&made, "bn", i, parts[part], "[1]", 1, 1.0F);
    end(&made);
    check_value("--activation identity --layout out-in --batch-norm after",
                pow(1.0 + 1e-5, 1.0 - LAYERS / 4.0));
}

/* The first layer turns 1 into -1, which its slope halves. */
static void slopes(void **state)
{
    (void)state;
    struct made made;
    begin(&made);
    for (int i = 0; i < LAYERS / 2; i++)
        add(&made, "fc", i, ".weight", "[1,1]", 1, -1.0F);
    for (int i = 0; i + 1 < LAYERS / 2; i++)
        add(&made, "prelu", i, ".weight", "[1]", 1, i == 0 ? 0.5F : 1.0F);
    end(&made);
    check_value("--layout out-in", 0.25);
}

/* Branches of a list are no chain, however many there are. */
static void branches(void **state)
{
    (void)state;
    static struct outcome outcome;
    struct made made;
    begin(&made);
    for (int i = 0; i < LAYERS; i++)
        add(&made, "experts.", i, ".weight", "[1,1]", 1, 1.0F);
    end(&made);
    run("--layout out-in", &outcome);
    CHECK_IN(outcome.code == 2 && strstr(outcome.error, "beside each other") != NULL, "%s",
             outcome.error);
    begin(&made);
    for (int i = 0; i < LAYERS; i++)
        add(&made, "", i, i % 2 ? "th.weight" : "st.weight", "[1,1]", 1, 1.0F);
    end(&made);
    run("--layout out-in", &outcome);
    CHECK_IN(outcome.code == 2 && strstr(outcome.error, "--layers") != NULL, "%s", outcome.error);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dense_layers),
        cmocka_unit_test(batch_normalizations),
        cmocka_unit_test(slopes),
        cmocka_unit_test(branches),
    };
    tool_is(argc, argv);
    return check_report("measure.many_layers", cmocka_run_group_tests(tests, NULL, NULL));
}
