/* Does a model keep its contract? Body for both precisions. */
#ifndef DIRICHLET_FUZZ_STRUCTS_CHECK_CALL_BODY_H
#define DIRICHLET_FUZZ_STRUCTS_CHECK_CALL_BODY_H

#include <stdint.h>

#include "core/arithmetic/real.h"
#include "dirichlet/dirichlet.h"
#include "fuzz/structs/calls.h"
#include "fuzz/structs/kinds_body.h"
#include "fuzz/structs/model_body.h"
#include "fuzz/structs/scene.h"

#define LINES 4 /* of the report, which has more */
#define CHECKED_ROWS 2

/* The parameters are none of the model's: parameter_vjp adds nothing, and nothing depends on them.
 */
static const dirichlet_check_options *some_check_options(struct scene *scene)
{
    dirichlet_check_options options = {.struct_size = sizeof options,
                                       .allocator = scene_allocator(scene)};
    scene_change(scene, &kind_check_options, &options);
    options.parameter_count = within(options.parameter_count, 0, MOST_WIDTH);
    if (scene_byte(scene) >= 0xc0) {
        options.parameters = some_numbers(scene, MOST_WIDTH);
        options.gradient = some_numbers(scene, MOST_WIDTH);
        scene->plain = false;
    }
    return scene_give_or_null(scene, scene_lay_out(scene, &kind_check_options, &options, 1, false));
}

static dirichlet_check_report *some_report(struct scene *scene)
{
    dirichlet_check_finding findings[LINES];
    dirichlet_check_report report = {.struct_size = sizeof report, .capacity = LINES};
    for (int i = 0; i < LINES; i++)
        findings[i] = (dirichlet_check_finding){.struct_size = sizeof findings[i]};
    report.findings = scene_lay_out(scene, &kind_check_finding, findings, LINES, true);
    scene_change(scene, &kind_check_report, &report);
    report.capacity = within(report.capacity, 0, LINES);
    return scene_lay_out(scene, &kind_check_report, &report, 1, true);
}

/* A broken contract is a finding, with which the report is written as by success. */
static void call_check(struct scene *scene)
{
    const model_table *model = some_model(scene);
    const real *x = some_numbers(scene, CHECKED_ROWS * inputs_now);
    const dirichlet_check_options *options = some_check_options(scene);
    dirichlet_check_report *report = some_report(scene);
    dirichlet_check_report *given = scene_give_or_null(scene, report);
    if (given != NULL)
        scene_follow(scene, given);
    scene->reports = true;
    dirichlet_error *error = scene_error(scene);
    scene_ready(scene);
    scene_check(scene,
                PRECISION(dirichlet_model_check)(model, CHECKED_ROWS, x, options, given, error));
}

#endif
