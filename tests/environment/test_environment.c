/* Every public function gives the same bits in whatever floating-point environment it is called,
 * and leaves it, the exceptions raised before and errno as it found them. Callbacks run in it. */
#include <errno.h>
#include <fenv.h>
#include <stdio.h>
#include <string.h>

#include "environment/run.h"
#include "support/check.h"

static struct run expected;
static struct run found;
static const char *map; /* cmake/dirichlet.map */

static void run_in(struct run *run, int environment, int tiny)
{
    memset(run, 0, sizeof *run);
    run->environment = environment;
    run_all_f64(run, tiny);
    run_all_f32(run, tiny);
    run_rest(run);
}

/* The first call whose results differ; NULL: none. */
static const char *first_difference(const struct run *a, const struct run *b)
{
    size_t start = 0;
    for (int i = 0; i < a->called_count; i++) {
        if (a->ends[i] != b->ends[i] ||
            memcmp(a->bytes + start, b->bytes + start, a->ends[i] - start) != 0)
            return a->called[i];
        start = a->ends[i];
    }
    return NULL;
}

static void check_run(const struct run *run, int tiny)
{
    const char *name = host_name(run->environment);
    const char *complaint = run->complaint == NULL ? "" : run->complaint;
    const char *differs = first_difference(&expected, run);
    printf("%-16s tiny %d: %d calls, %ld refused (%s), %ld callbacks, %zu bytes compared\n", name,
           tiny, run->called_count, run->refused, run->refused > 0 ? run->last_refused : "-",
           run->callbacks, run->size);
    CHECK_IN(run->changed == 0, "%s: %ld calls changed the environment, %s", name, run->changed,
             complaint);
    CHECK_IN(run->other_callback == 0, "%s: %ld callbacks in another environment, of %s", name,
             run->other_callback, complaint);
    CHECK_IN(run->size == expected.size && differs == NULL, "%s, tiny %d: %s gives other bits",
             name, tiny, differs == NULL ? "something" : differs);
    CHECK(run->refused <= (tiny ? 20 : 0));
    CHECK(run->live == 0 && run->held == 0 && run->callbacks > 1000);
}

static void same_bits_everywhere(void **state)
{
    (void)state;
    for (int tiny = 0; tiny < 2; tiny++) {
        run_in(&expected, 0, tiny);
        for (int i = 0; i < host_count(); i++) {
            run_in(&found, i, tiny);
            check_run(&found, tiny);
        }
    }
}

static bool was_called(const struct run *run, const char *name)
{
    for (int i = 0; i < run->called_count; i++)
        if (strcmp(run->called[i], name) == 0)
            return true;
    return false;
}

static void nothing_left_out(void **state)
{
    (void)state;
    char line[200];
    char name[100];
    int functions = 0;
    FILE *file = fopen(map, "r");
    CHECK(file != NULL);
    run_in(&expected, 0, 0);
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, " dirichlet_%80[a-z0-9_];", name) == 1) {
            char whole[120];
            (void)snprintf(whole, sizeof whole, "dirichlet_%s", name);
            CHECK_IN(was_called(&expected, whole), "%s is not called here", whole);
            functions++;
        }
    (void)fclose(file);
    printf("%d functions\n", functions);
    CHECK(functions > 80);
}

static int32_t change_environment(int64_t first, int64_t samples, const double *x, double *energies,
                                  void *user)
{
    (void)first;
    (void)x;
    (void)user;
    for (int64_t i = 0; i < samples; i++)
        energies[i] = 1.0;
    (void)fesetround(FE_DOWNWARD);
    (void)feraiseexcept(FE_OVERFLOW);
    errno = EDOM;
    return 0;
}

/* What a callback changes is the caller's as if it had been called directly. */
static void callbacks_may_change_it(void **state)
{
    (void)state;
    const double x[4] = {0};
    const dirichlet_model_f64 model = {
        .struct_size = sizeof model, .inputs = 1, .outputs = 1, .energies = change_environment};
    dirichlet_result result = {.struct_size = sizeof result};
    host_set(0);
    (void)feclearexcept(FE_ALL_EXCEPT);
    const dirichlet_status status =
        dirichlet_measure_f64(&model, 4, x, NULL, NULL, &result, NULL, NULL);
    const int rounding = fegetround();
    const int error_number = errno;
    const int flags = fetestexcept(FE_ALL_EXCEPT);
    host_reset();
    CHECK(status == DIRICHLET_OK && result.value == 1.0);
    CHECK(rounding == FE_DOWNWARD && error_number == EDOM);
    CHECK((flags & FE_OVERFLOW) != 0 && (flags & FE_DIVBYZERO) == 0);
}

/* A loss that calls its own network, which is refused, and notes the environments it sees. */
struct calling_loss {
    dirichlet_dense_f64 *network;
    struct host host;
    long calls;
    long other;
    long refused;
};

static int32_t call_own_network(int64_t first, int64_t samples, const double *f, double *values,
                                double *cotangents, void *user)
{
    struct calling_loss *loss = user;
    const struct host before = host_read();
    (void)first;
    loss->refused += dirichlet_dense_forward_f64(loss->network, 1, f, values) == DIRICHLET_E_BUSY;
    const struct host after = host_read();
    loss->other += !host_equal(&before, &loss->host) || !host_equal(&after, &loss->host);
    loss->calls++;
    memcpy(values, f, (size_t)samples * sizeof *values);
    memcpy(cotangents, f, (size_t)samples * sizeof *cotangents);
    return 0;
}

static void refused_inside_a_callback(void **state)
{
    (void)state;
    const double weight = 0.7;
    static double x[20000];
    const dirichlet_dense_layer_f64 layer = {.struct_size = sizeof layer,
                                             .inputs = 1,
                                             .outputs = 1,
                                             .weights = &weight,
                                             .output_stride = 1,
                                             .input_stride = 1};
    double slope = 0.0;
    const dirichlet_dense_gradient_f64 gradient = {sizeof gradient, &slope, 1, 1, NULL, 0};
    const dirichlet_dense_options options = {.struct_size = sizeof options,
                                             .workspace_bytes = 20000};
    struct calling_loss calling = {0};
    const dirichlet_loss_f64 loss = {.struct_size = sizeof loss,
                                     .kind = DIRICHLET_LOSS_CUSTOM,
                                     .function = call_own_network,
                                     .user = &calling};
    CHECK(dirichlet_dense_create_f64(&layer, 1, &options, &calling.network, NULL) == DIRICHLET_OK);
    host_set(2);
    calling.host = host_read();
    const dirichlet_status status = dirichlet_dense_loss_gradient_f64(
        calling.network, 20000, x, &loss, 1.0, &gradient, 1, NULL);
    const struct host after = host_read();
    host_reset();
    dirichlet_dense_destroy_f64(calling.network);
    CHECK(status == DIRICHLET_OK && host_equal(&after, &calling.host));
    CHECK(calling.calls > 2 && calling.refused == calling.calls && calling.other == 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bits_everywhere),
        cmocka_unit_test(nothing_left_out),
        cmocka_unit_test(callbacks_may_change_it),
        cmocka_unit_test(refused_inside_a_callback),
    };
    if (argc != 2)
        return 2;
    map = argv[1];
    printf("subnormal numbers can%s be flushed here\n", host_flushes() ? "" : "not");
    return check_report("environment.calls",
                        cmocka_run_group_tests_name("environment.calls", tests, NULL, NULL));
}
