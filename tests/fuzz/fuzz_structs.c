/* Any bytes as the structs of a call: sizes from nothing to beyond ours, with and without something
 * in the part that is not known, and any values in the fields. structs/scene.h says what is
 * checked. The first byte says which call, the next two what callbacks return, and when. */
#include <stdbool.h>

#include <dirichlet/dirichlet.h>

#include "fuzz/structs/calls.h"
#include "harness.h"

int64_t within(int64_t value, int64_t low, int64_t high)
{
    return value <= high ? value : low + value % (high - low + 1);
}

size_t small_budget(size_t bytes)
{
    return bytes <= ((size_t)1 << 22) ? bytes : (size_t)1 << 22;
}

static void call_describe_library(struct scene *scene)
{
    dirichlet_capabilities *capabilities =
        scene_give(scene, scene_result(scene, &kind_capabilities));
    scene_ready(scene);
    scene_check(scene, dirichlet_describe_library(capabilities));
}

/* Of a network of two layers. */
static void call_expect(struct scene *scene)
{
    dirichlet_initialization_options options = {.struct_size = sizeof options};
    scene_change(scene, &kind_initialization_options, &options);
    const dirichlet_initialization_options *given = scene_give_or_null(
        scene, scene_lay_out(scene, &kind_initialization_options, &options, 1, false));
    int64_t *widths = scene_numbers(scene, 3 * sizeof *widths, false);
    double *energy = scene_numbers(scene, sizeof *energy, true);
    dirichlet_error *error = scene_error(scene);
    for (int i = 0; i < 3; i++)
        widths[i] = 5 + i;
    scene_ready(scene);
    scene_check(scene, dirichlet_expected_energy(given, widths, 2, 0.1, energy, error));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scene scene = scene_begin(data, size);
    const int which = scene_choose(&scene, 2 * CALLS_WITH_PRECISION + 2);
    const uint8_t stop = scene_byte(&scene);
    scene.stop_at = 1 + scene_choose(&scene, 16);
    scene.stop_code = stop < 0xc0 ? 0 : (int32_t)(int8_t)(stop - 0xe0);
    scene.plain = scene.stop_code == 0;
    scene_now = &scene;
    if (which == 0)
        call_describe_library(&scene);
    else if (which == 1)
        call_expect(&scene);
    else if (which % 2 == 0)
        call_f64(&scene, (which - 2) / 2);
    else
        call_f32(&scene, (which - 2) / 2);
    scene_end(&scene);
    return 0;
}
