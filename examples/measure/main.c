/* measure: the geometric complexity of a trained dense network, from files. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dirichlet/runner.h>

#include "blas_threads.h"
#include "help.h"
#include "network/network.h"
#include "npy.h"
#include "options.h"
#include "output.h"
#include "report.h"
#include "run.h"
#include "samples.h"
#include "shards.h"

/* The files in memory. */
struct input {
    struct safetensors file;
    struct network network;
    struct samples samples;
    struct labels labels;
};

static int refuse_same(const char *option, const char *path, const char *input,
                       struct problem *problem)
{
    problem_set(problem, "%s: %s is the same file as %s, which is read", option, path, input);
    return 2;
}

/* Output must not go where the input comes from, nor where it cannot. */
static int check_output(const struct options *options, const struct safetensors *file,
                        const char *option, const char *path, struct problem *problem)
{
    const char *inputs[] = {options->weights, options->data, options->labels, options->mean,
                            options->deviation};
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
        if (inputs[i] != NULL && file_is_same(path, inputs[i]))
            return refuse_same(option, path, inputs[i], problem);
    for (int i = 0; i < file->shard_count; i++)
        if (file_is_same(path, file->shard_paths[i]))
            return refuse_same(option, path, file->shard_paths[i], problem);
    return file_check_writable(path, problem) == 0 ? 0 : 2;
}

static int check_outputs(const struct options *options, const struct safetensors *file,
                         struct problem *problem)
{
    int code = 0;
    if (options->energies != NULL)
        code = check_output(options, file, "--energies", options->energies, problem);
    if (code != 0 || options->gradient == NULL)
        return code;
    if (options->energies != NULL && file_is_same(options->gradient, options->energies)) {
        problem_set(problem, "--gradient: %s is the same file as %s of --energies",
                    options->gradient, options->energies);
        return 2;
    }
    return check_output(options, file, "--gradient", options->gradient, problem);
}

/* Behind the network, whose outputs they choose from. */
static int read_labels(const struct options *options, struct input *input, struct problem *problem)
{
    const int last = options->layer > 0 ? (int)options->layer - 1 : input->network.count - 1;
    if (options->labels == NULL ||
        labels_read(options->labels, input->samples.count, input->network.layers[last].outputs,
                    &input->labels, problem) == 0)
        return 0;
    return problem->ran_out ? 1 : 2;
}

static int read_input(const struct options *options, struct input *input, struct problem *problem)
{
    struct choices choices = {.data = options->data,
                              .prefix = options->prefix,
                              .layers = options->layers,
                              .layout = options->layout,
                              .batch_norm = options->batch_norm,
                              .epsilon = options->epsilon};
    if (weights_read(options->weights, &input->file, problem) != 0 ||
        samples_read(options->data, options->mean, options->deviation, &input->samples, problem) !=
            0)
        return problem->ran_out ? 1 : 2;
    choices.inputs = input->samples.inputs;
    choices.activations = options->activation.count;
    choices.slopes = activations_ask_for_slopes(&options->activation);
    if (network_find(options->weights, &input->file, &choices, &input->network, problem) != 0)
        return problem->ran_out ? 1 : 2;
    if (activations_check(&options->activation, &options->output_activation,
                          options->output_activation_is_given, &input->network, problem) != 0)
        return 2;
    if (options->layer > input->network.count) {
        problem_set(problem, "--layer: %lld, the network has %d layers", (long long)options->layer,
                    input->network.count);
        return 2;
    }
    return read_labels(options, input, problem);
}

static void free_input(struct input *input)
{
    labels_free(&input->labels);
    samples_free(&input->samples);
    network_free(&input->network);
    safetensors_free(&input->file);
}

/* The arrays a run needs beside the files. */
static int prepare(struct run *run, struct problem *problem)
{
    const struct options *options = run->options;
    const int64_t count = run->samples->count;
    run->limit = options->limit > 0 && options->limit < count ? options->limit : count;
    if (options->population > 0 && options->population < run->limit) {
        problem_set(problem, "--population: %lld, but there are %lld samples to measure",
                    (long long)options->population, (long long)run->limit);
        return 2;
    }
    if (run->labels != NULL && run->labels->class_count <= RUN_MOST_CLASSES)
        run->class_count = run->labels->class_count;
    if (run->class_count > 0)
        run->classes = calloc((size_t)run->class_count, sizeof *run->classes);
    if (options->tolerance > 0.0)
        run->order = samples_shuffled(run->limit, options->seed);
    if (options->energies != NULL)
        run->energies = malloc((size_t)run->limit * sizeof(double));
    if ((options->tolerance > 0.0 && run->order == NULL) ||
        (options->energies != NULL && run->energies == NULL) ||
        (run->class_count > 0 && run->classes == NULL)) {
        problem_no_memory(problem, run->options->data);
        return 1;
    }
    for (int64_t i = 0; run->energies != NULL && i < run->limit; i++)
        run->energies[i] = NAN;
    return 0;
}

static int prepare_spectral(struct run *run, struct spectral *spectral, struct problem *problem)
{
    spectral->jacobian_converged = 1;
    spectral->layers = calloc((size_t)run->layers, sizeof *spectral->layers);
    run->spectral = spectral;
    if (spectral->layers != NULL)
        return 0;
    problem_no_memory(problem, "--spectral");
    return 1;
}

/* What goes to files. */
static int write_output(const struct run *run, int is_f64, struct problem *problem)
{
    const struct options *options = run->options;
    if (options->energies != NULL &&
        npy_write_vector(options->energies, run->limit, run->energies, problem) != 0)
        return problem->ran_out ? 1 : 2;
    if (options->gradient == NULL)
        return 0;
    return gradient_write(options->gradient, run->gradient, is_f64, problem);
}

static int print_report(const struct run *run, int is_f64, struct problem *problem)
{
    const struct network *network = run->network;
    const struct report report = {run, is_f64 ? "f64" : "f32", network->layers[0].inputs,
                                  network->layers[run->layers - 1].outputs};
    if (run->options->json && report_json(&report) != 0) {
        problem_no_memory(problem, run->options->data);
        return 1;
    }
    if (!run->options->json)
        report_table(&report);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    problem_set(problem, "standard output cannot be written");
    return 1;
}

/* The arrays for what is wanted beside the energies. */
static int prepare_more(struct run *run, struct gradient *gradient, struct spectral *spectral,
                        struct problem *problem)
{
    if (run->options->gradient != NULL) {
        run->gradient = gradient;
        if (gradient_make(run->network, run->layers, gradient, problem) != 0)
            return problem->ran_out ? 1 : 2;
    }
    return run->options->spectral ? prepare_spectral(run, spectral, problem) : 0;
}

static void free_run(struct run *run)
{
    free(run->order);
    free(run->energies);
    free(run->classes);
    if (run->gradient != NULL)
        gradient_free(run->gradient);
    if (run->spectral != NULL)
        free(run->spectral->layers);
}

static int measure(const struct options *options, struct input *input,
                   const dirichlet_parallel *parallel, struct problem *problem)
{
    int code = read_input(options, input, problem);
    if (code == 0)
        code = check_outputs(options, &input->file, problem);
    if (code != 0)
        return code;
    const int is_f64 = options->precision == PRECISION_OF_WEIGHTS
                           ? input->network.has_f64
                           : options->precision == PRECISION_F64;
    struct gradient gradient = {.tensors = NULL};
    struct spectral spectral = {.layers = NULL};
    struct run run = {
        .options = options,
        .network = &input->network,
        .samples = &input->samples,
        .layers = options->layer > 0 ? (int)options->layer : input->network.count,
        .labels = options->labels != NULL ? &input->labels : NULL,
        .parallel = parallel,
    };
    code = prepare(&run, problem);
    if (code == 0)
        code = prepare_more(&run, &gradient, &spectral, problem);
    if (code == 0)
        code = is_f64 ? run_f64(&run, problem) : run_f32(&run, problem);
    if (code == 0 && run.spectral != NULL)
        code = run_spectral(&run, problem);
    if (code == 0)
        code = write_output(&run, is_f64, problem);
    if (code == 0)
        code = print_report(&run, is_f64, problem);
    free_run(&run);
    return code;
}

/* On the threads that are wanted. */
static int measure_on_threads(const struct options *options, struct input *input,
                              struct problem *problem)
{
    dirichlet_runner *runner = NULL;
    if (options->threads == 1)
        return measure(options, input, NULL, problem);
    if (dirichlet_runner_create(options->threads, &runner) != DIRICHLET_OK) {
        problem_set(problem, "--threads: %lld threads cannot be started",
                    (long long)options->threads);
        return 1;
    }
    const dirichlet_parallel parallel = dirichlet_runner_parallel(runner);
    const int code = measure(options, input, &parallel, problem);
    dirichlet_runner_destroy(runner);
    return code;
}

int main(int argc, char **argv)
{
    struct options options;
    struct problem problem;
    struct input input;
    int code = 0;
    memset(&input, 0, sizeof input);
    if (options_parse(argc, argv, &options, &problem) != 0)
        code = 2;
    else if (options.help)
        help_print();
    else if (options.version)
        printf("measure, libdirichlet %s (%s)\n", dirichlet_version_string(),
               dirichlet_blas_name());
    else {
        if (options.threads > 1)
            blas_threads_restart_with_one(argv);
        code = measure_on_threads(&options, &input, &problem);
    }
    free_input(&input);
    if (code != 0)
        fprintf(stderr, "measure: %s\n", problem.text);
    return code;
}
