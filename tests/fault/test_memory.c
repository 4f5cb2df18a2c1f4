/* Allocations that fail, each in turn, once or from then on, in every function that makes
 * any: MEMORY, nothing leaked, nothing written, and the next try as if nothing had been. */
#include <string.h>

#include "dirichlet/check.h"
#include "dirichlet/regularizer.h"
#include "support/check.h"
#include "support/counting_allocator.h"
#include "support/dense_subject.h"
#include "support/subject.h"

#define GROUPS 2

static long points = 0;

/* What a function under test gives out. */
struct output {
    dirichlet_estimator *made;
    dirichlet_result result;
    double energies[SUBJECT_ROWS];
    double deviations[SUBJECT_ROWS];
    double numbers[64];
    dirichlet_penalty_result penalty;
};

struct scene {
    struct subject subject;
    struct dense_subject dense;
    struct counting_allocator counts;
    dirichlet_allocator hooks;
    dirichlet_estimator *live; /* has seen 20 samples */
    struct bytes bytes;        /* of it */
    struct output output;
};

static void open_scene(struct scene *scene, const struct arrangement *arrangement,
                       int32_t precision)
{
    memset(scene, 0, sizeof *scene);
    subject_make(arrangement, precision, &scene->subject);
    dense_subject_make(&scene->dense);
    scene->hooks = counting_hooks(&scene->counts);
    scene->subject.options.allocator = &scene->hooks;
    scene->subject.options.max_samples = 130;
    scene->subject.options.groups = GROUPS;
    CHECK(subject_create(&scene->subject, &scene->live) == DIRICHLET_OK);
    CHECK(subject_update(&scene->subject, scene->live, 0, 20, NULL, NULL) == DIRICHLET_OK);
    scene->bytes = bytes_of(scene->live);
}

static void close_scene(struct scene *scene)
{
    dirichlet_estimator_destroy(scene->live);
    CHECK(scene->counts.live == 0 && scene->counts.bytes == 0 && scene->counts.damaged == 0);
}

static void blank(struct output *output)
{
    memset(output, 0x5c, sizeof *output);
    output->made = NULL;
    output->result.struct_size = sizeof output->result;
    output->penalty.struct_size = sizeof output->penalty;
}

/* Functions under test: fill scene->output. */
typedef dirichlet_status (*operation)(struct scene *scene);

static dirichlet_status create(struct scene *scene)
{
    return subject_create(&scene->subject, &scene->output.made);
}

static dirichlet_status update(struct scene *scene)
{
    return subject_update(&scene->subject, scene->live, 20, SUBJECT_ROWS - 20, NULL,
                          scene->output.energies);
}

/* Every second row, from the last one back, in one of two groups or none. */
#define BATCH_ROWS (SUBJECT_ROWS / 2)
static const int64_t *indices(void)
{
    static int64_t numbers[BATCH_ROWS];
    for (int64_t i = 0; i < BATCH_ROWS; i++)
        numbers[i] = SUBJECT_ROWS - 2 * i;
    return numbers;
}

static const int64_t *groups(void)
{
    static int64_t numbers[BATCH_ROWS];
    for (int64_t i = 0; i < BATCH_ROWS; i++)
        numbers[i] = i % (GROUPS + 1) - 1;
    return numbers;
}

static dirichlet_batch_f64 batch_f64(struct scene *scene, int64_t width)
{
    return (dirichlet_batch_f64){.struct_size = sizeof(dirichlet_batch_f64),
                                 .samples = BATCH_ROWS,
                                 .row_stride = 2 * width,
                                 .x = scene->subject.wide,
                                 .weights = scene->subject.weights,
                                 .indices = indices()};
}

static dirichlet_batch_f32 batch_f32(struct scene *scene, int64_t width)
{
    return (dirichlet_batch_f32){.struct_size = sizeof(dirichlet_batch_f32),
                                 .samples = BATCH_ROWS,
                                 .row_stride = 2 * width,
                                 .x = scene->subject.narrow,
                                 .weights = scene->subject.weights,
                                 .indices = indices()};
}

static dirichlet_status update_batch(struct scene *scene)
{
    dirichlet_batch_f64 wide = batch_f64(scene, scene->subject.sine.inputs);
    dirichlet_batch_f32 narrow = batch_f32(scene, scene->subject.sine.inputs);
    wide.groups = narrow.groups = groups();
    wide.energies = narrow.energies = scene->output.energies;
    wide.deviations = narrow.deviations = scene->output.deviations;
    return scene->subject.precision == 64
               ? dirichlet_estimator_update_batch_f64(scene->live, &wide)
               : dirichlet_estimator_update_batch_f32(scene->live, &narrow);
}

static dirichlet_status duplicate(struct scene *scene)
{
    return dirichlet_estimator_clone(scene->live, &scene->output.made);
}

static dirichlet_status deserialize(struct scene *scene)
{
    return dirichlet_estimator_deserialize(scene->bytes.data, scene->bytes.size, &scene->hooks,
                                           &scene->output.made, NULL);
}

static dirichlet_status measure(struct scene *scene)
{
    return subject_measure(&scene->subject, SUBJECT_ROWS, NULL, &scene->output.result,
                           scene->output.energies);
}

static dirichlet_status dense_f64(struct scene *scene)
{
    const dirichlet_dense_options options = {.struct_size = sizeof options,
                                             .allocator = &scene->hooks};
    dirichlet_dense_f64 *network = (dirichlet_dense_f64 *)scene;
    const dirichlet_status status =
        dirichlet_dense_create_f64(scene->dense.layers_f64, DENSE_LAYERS, &options, &network, NULL);
    CHECK((status == DIRICHLET_OK) == (network != NULL));
    if (status == DIRICHLET_OK)
        CHECK(dirichlet_dense_energies_f64(network, 16, scene->subject.wide,
                                           scene->output.numbers) == DIRICHLET_OK);
    dirichlet_dense_destroy_f64(network);
    return status;
}

static dirichlet_status dense_f32(struct scene *scene)
{
    const dirichlet_dense_options options = {.struct_size = sizeof options,
                                             .allocator = &scene->hooks};
    dirichlet_dense_f32 *network = (dirichlet_dense_f32 *)scene;
    const dirichlet_status status =
        dirichlet_dense_create_f32(scene->dense.layers_f32, DENSE_LAYERS, &options, &network, NULL);
    CHECK((status == DIRICHLET_OK) == (network != NULL));
    if (status == DIRICHLET_OK)
        CHECK(dirichlet_dense_energies_f32(network, 16, scene->subject.narrow,
                                           scene->output.numbers) == DIRICHLET_OK);
    dirichlet_dense_destroy_f32(network);
    return status;
}

/* The penalties take from the allocator of their options; no gradient is wanted, only numbers. */
static dirichlet_status penalty_f64(struct scene *scene)
{
    const dirichlet_energy_penalty_options options = {.struct_size = sizeof options,
                                                      .allocator = &scene->hooks};
    const dirichlet_model_f64 model = sine_model_f64(&scene->subject.sine, SINE_FORWARD);
    dirichlet_batch_f64 batch = batch_f64(scene, model.inputs);
    batch.energies = scene->output.energies;
    batch.deviations = scene->output.deviations;
    return dirichlet_energy_penalty_batch_f64(&model, &batch, &options, 0.1, &scene->output.penalty,
                                              NULL);
}

static dirichlet_status penalty_f32(struct scene *scene)
{
    const dirichlet_energy_penalty_options options = {.struct_size = sizeof options,
                                                      .allocator = &scene->hooks};
    const dirichlet_model_f32 model = sine_model_f32(&scene->subject.sine, SINE_FORWARD);
    dirichlet_batch_f32 batch = batch_f32(scene, model.inputs);
    batch.energies = scene->output.energies;
    batch.deviations = scene->output.deviations;
    return dirichlet_energy_penalty_batch_f32(&model, &batch, &options, 0.1, &scene->output.penalty,
                                              NULL);
}

static dirichlet_status check(struct scene *scene)
{
    const dirichlet_check_options options = {.struct_size = sizeof options,
                                             .allocator = &scene->hooks};
    const dirichlet_model_f64 wide = sine_model_f64(&scene->subject.sine, SINE_ALL);
    const dirichlet_model_f32 narrow = sine_model_f32(&scene->subject.sine, SINE_ALL);
    return scene->subject.precision == 64
               ? dirichlet_model_check_f64(&wide, 4, scene->subject.wide, &options, NULL, NULL)
               : dirichlet_model_check_f32(&narrow, 4, scene->subject.narrow, &options, NULL, NULL);
}

/* With a gradient, which no failure may have added to; the handle's own memory is not what fails.
 */
static dirichlet_status dense_penalty(struct scene *scene)
{
    const dirichlet_dense_options options = {.struct_size = sizeof options,
                                             .allocator = &scene->hooks};
    const dirichlet_batch_f64 batch = batch_f64(scene, DENSE_INPUTS);
    dirichlet_dense_f64 *network = NULL;
    dirichlet_dense_gradient_f64 gradients[DENSE_LAYERS];
    memset(gradients, 0, sizeof gradients);
    for (int l = 0; l < DENSE_LAYERS; l++)
        gradients[l].struct_size = sizeof gradients[l];
    gradients[0].weights = scene->output.numbers;
    gradients[0].output_stride = DENSE_INPUTS;
    gradients[0].input_stride = 1;
    dirichlet_status status =
        dirichlet_dense_create_f64(scene->dense.layers_f64, DENSE_LAYERS, &options, &network, NULL);
    if (status == DIRICHLET_OK)
        status = dirichlet_dense_energy_penalty_batch_f64(network, &batch, NULL, 0.1, gradients,
                                                          DENSE_LAYERS, &scene->output.penalty);
    dirichlet_dense_destroy_f64(network);
    return status;
}

static const struct {
    const char *name;
    operation run;
    int64_t least_allocations;
} operations[] = {{"create", create, 2},
                  {"update", update, 1},
                  {"update_batch", update_batch, 1},
                  {"clone", duplicate, 2},
                  {"deserialize", deserialize, 1},
                  {"measure", measure, 3},
                  {"dense_create_f64", dense_f64, 1},
                  {"dense_create_f32", dense_f32, 1},
                  {"model_check", check, 1},
                  {"energy_penalty_batch_f64", penalty_f64, 1},
                  {"energy_penalty_batch_f32", penalty_f32, 1},
                  {"dense_energy_penalty_batch_f64", dense_penalty, 2}};
#define OPERATION_COUNT (sizeof operations / sizeof *operations)

/* What came of it: the output, and the states behind the handles. */
struct outcome {
    struct output output;
    struct bytes live;
    struct bytes made;
};

static void take_outcome(struct scene *scene, struct outcome *outcome)
{
    memset(outcome, 0, sizeof *outcome);
    outcome->output = scene->output;
    outcome->live = bytes_of(scene->live);
    if (scene->output.made != NULL)
        outcome->made = bytes_of(scene->output.made);
    outcome->output.made = NULL;
    dirichlet_estimator_destroy(scene->output.made);
    scene->output.made = NULL;
}

/* Fail at allocation `at`, then try again. */
static void fail_once(struct scene *scene, operation run, int64_t at, int32_t sticky,
                      const struct outcome *wanted, const char *name)
{
    static struct outcome got;
    blank(&scene->output);
    struct output before = scene->output;
    const int64_t live = scene->counts.live;
    const int64_t bytes = scene->counts.bytes;
    counting_arm(&scene->counts, at, sticky);
    const dirichlet_status status = run(scene);
    CHECK_IN(status == DIRICHLET_E_MEMORY, "%s, allocation %d: %d", name, (int)at, status);
    CHECK(scene->counts.failed >= 1);
    CHECK(scene->counts.live == live && scene->counts.bytes == bytes);
    CHECK(memcmp(&before, &scene->output, sizeof before) == 0);
    const struct bytes state = bytes_of(scene->live);
    CHECK(bytes_equal(&state, &scene->bytes));
    counting_arm(&scene->counts, 0, 0);
    CHECK(run(scene) == DIRICHLET_OK);
    take_outcome(scene, &got);
    CHECK(memcmp(&got, wanted, sizeof got) == 0);
    points++;
}

static void every_allocation(void **state)
{
    (void)state;
    static struct scene scene;
    static struct outcome wanted;
    for (size_t o = 0; o < OPERATION_COUNT; o++)
        for (int a = 0; a < ARRANGEMENT_COUNT; a++)
            for (int32_t precision = 32; precision <= 64; precision += 32) {
                open_scene(&scene, &arrangements[a], precision);
                blank(&scene.output);
                counting_arm(&scene.counts, 0, 0);
                CHECK(operations[o].run(&scene) == DIRICHLET_OK);
                const int64_t allocations = scene.counts.calls;
                CHECK(allocations >= operations[o].least_allocations);
                take_outcome(&scene, &wanted);
                close_scene(&scene);
                for (int64_t at = 1; at <= allocations; at++)
                    for (int32_t sticky = 0; sticky < 2; sticky++) {
                        open_scene(&scene, &arrangements[a], precision);
                        fail_once(&scene, operations[o].run, at, sticky, &wanted,
                                  operations[o].name);
                        close_scene(&scene);
                    }
            }
}

static void dense_calls(struct scene *scene)
{
    const dirichlet_dense_options options = {.struct_size = sizeof options,
                                             .allocator = &scene->hooks};
    dirichlet_dense_f64 *network = NULL;
    dirichlet_model_f64 model = {.struct_size = sizeof model};
    double y[4 * DENSE_OUTPUTS];
    double products[4 * DENSE_INPUTS];
    double energies[4];
    counting_arm(&scene->counts, 0, 0);
    CHECK(dirichlet_dense_create_f64(scene->dense.layers_f64, DENSE_LAYERS, &options, &network,
                                     NULL) == DIRICHLET_OK);
    counting_arm(&scene->counts, 1, 1);
    const double *x = scene->subject.wide;
    dirichlet_dense_gradient_f64 gradients[DENSE_LAYERS];
    memset(gradients, 0, sizeof gradients);
    for (int l = 0; l < DENSE_LAYERS; l++)
        gradients[l].struct_size = sizeof gradients[l];
    CHECK(dirichlet_dense_model_f64(network, &model) == DIRICHLET_OK);
    CHECK(dirichlet_dense_forward_f64(network, 4, x, y) == DIRICHLET_OK);
    CHECK(dirichlet_dense_vjp_f64(network, 4, 1, x, y, products) == DIRICHLET_OK);
    CHECK(dirichlet_dense_jvp_f64(network, 4, 1, x, products, y) == DIRICHLET_OK);
    CHECK(dirichlet_dense_energies_f64(network, 4, x, energies) == DIRICHLET_OK);
    CHECK(dirichlet_dense_energy_sum_f64(network, 4, x, energies) == DIRICHLET_OK);
    CHECK(dirichlet_dense_product_norms_f64(network, 4, 1, x, y, energies) == DIRICHLET_OK);
    CHECK(dirichlet_dense_parameter_vjp_f64(network, 4, x, y, 1.0, gradients, DENSE_LAYERS) ==
          DIRICHLET_OK);
    dirichlet_dense_description description = {.struct_size = sizeof description};
    dirichlet_error error = {.struct_size = sizeof error};
    CHECK(dirichlet_dense_describe_f64(network, &description) == DIRICHLET_OK);
    CHECK(dirichlet_dense_last_error_f64(network, &error) == DIRICHLET_OK);
    CHECK(scene->counts.calls == 0);
    dirichlet_dense_destroy_f64(network);
}

/* All others make none: they succeed where there is no memory at all. */
static void no_allocation(void **state)
{
    (void)state;
    static struct scene scene;
    for (int a = 0; a < ARRANGEMENT_COUNT; a++) {
        dirichlet_estimator *other = NULL;
        dirichlet_result result = {.struct_size = sizeof result};
        dirichlet_estimator_description description = {.struct_size = sizeof description};
        dirichlet_error error = {.struct_size = sizeof error};
        open_scene(&scene, &arrangements[a], 64);
        CHECK(dirichlet_estimator_clone(scene.live, &other) == DIRICHLET_OK);
        counting_arm(&scene.counts, 1, 1);
        CHECK(subject_update(&scene.subject, scene.live, 20, 40, NULL, NULL) == DIRICHLET_OK);
        CHECK(dirichlet_estimator_merge(scene.live, other) == DIRICHLET_OK);
        CHECK(dirichlet_estimator_result(scene.live, &result) == DIRICHLET_OK);
        CHECK(dirichlet_estimator_group_result(scene.live, 0, &result) == DIRICHLET_E_NO_DATA);
        CHECK(dirichlet_estimator_describe(scene.live, &description) == DIRICHLET_OK);
        CHECK(dirichlet_estimator_last_error(scene.live, &error) == DIRICHLET_OK);
        (void)bytes_of(scene.live);
        CHECK(dirichlet_estimator_seek(scene.live, 9) == DIRICHLET_OK);
        CHECK(dirichlet_estimator_reset(scene.live) == DIRICHLET_OK);
        CHECK(dirichlet_estimator_update_f64(other, 0, NULL, NULL, &result.value) == DIRICHLET_OK);
        CHECK(scene.counts.calls == 0);
        dirichlet_estimator_destroy(other);
        dense_calls(&scene);
        close_scene(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation),
                                       cmocka_unit_test(no_allocation)};
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    printf("allocation failure points: %ld\n", points);
    return check_report("fault.memory", failures);
}
