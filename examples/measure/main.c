/* measure: the geometric complexity of a trained dense network, from files. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "network.h"
#include "npy.h"
#include "options.h"
#include "report.h"
#include "run.h"
#include "samples.h"

/* The files in memory. */
struct input {
    struct safetensors file;
    struct network network;
    struct samples samples;
};

/* The energies must not go where the input comes from, nor where they cannot. */
static int check_energies(const struct options *options, struct problem *problem)
{
    if (options->energies == NULL)
        return 0;
    const char *inputs[] = {options->weights, options->data};
    for (int i = 0; i < 2; i++)
        if (file_is_same(options->energies, inputs[i])) {
            problem_set(problem, "--energies: %s is the same file as %s, which is read",
                        options->energies, inputs[i]);
            return 2;
        }
    return file_check_writable(options->energies, problem) == 0 ? 0 : 2;
}

static int read_input(const struct options *options, struct input *input, struct problem *problem)
{
    if (safetensors_read(options->weights, &input->file, problem) != 0 ||
        network_find(options->weights, &input->file, &input->network, problem) != 0 ||
        samples_read(options->data, &input->samples, problem) != 0)
        return problem->ran_out ? 1 : 2;
    const struct layer *first = &input->network.layers[0];
    if (input->samples.inputs != first->inputs) {
        problem_set(problem, "%s: samples of %lld numbers, tensor '%s' of %s takes %lld",
                    options->data, (long long)input->samples.inputs, first->weight->name,
                    options->weights, (long long)first->inputs);
        return 2;
    }
    if (options->layer > input->network.count) {
        problem_set(problem, "--layer: %lld, the network has %d layers", (long long)options->layer,
                    input->network.count);
        return 2;
    }
    return 0;
}

static void free_input(struct input *input)
{
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
    if (options->tolerance > 0.0)
        run->order = samples_shuffled(run->limit, options->seed);
    if (options->energies != NULL)
        run->energies = malloc((size_t)run->limit * sizeof(double));
    if ((options->tolerance > 0.0 && run->order == NULL) ||
        (options->energies != NULL && run->energies == NULL)) {
        problem_no_memory(problem, run->options->data);
        return 1;
    }
    for (int64_t i = 0; run->energies != NULL && i < run->limit; i++)
        run->energies[i] = NAN;
    return 0;
}

static int print_report(const struct run *run, int is_f64, struct problem *problem)
{
    const struct network *network = run->network;
    const int layers = run->options->layer > 0 ? (int)run->options->layer : network->count;
    const struct report report = {run, is_f64 ? "f64" : "f32", layers, network->layers[0].inputs,
                                  network->layers[layers - 1].outputs};
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

static int measure(const struct options *options, struct input *input, struct problem *problem)
{
    int code = read_input(options, input, problem);
    if (code == 0)
        code = check_energies(options, problem);
    if (code != 0)
        return code;
    const int is_f64 = options->precision == PRECISION_OF_WEIGHTS
                           ? input->network.has_f64
                           : options->precision == PRECISION_F64;
    struct run run = {.options = options, .network = &input->network, .samples = &input->samples};
    code = prepare(&run, problem);
    if (code == 0)
        code = is_f64 ? run_f64(&run, problem) : run_f32(&run, problem);
    if (code == 0 && run.energies != NULL &&
        npy_write_vector(options->energies, run.limit, run.energies, problem) != 0)
        code = problem->ran_out ? 1 : 2;
    if (code == 0)
        code = print_report(&run, is_f64, problem);
    free(run.order);
    free(run.energies);
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
        fputs(options_help, stdout);
    else if (options.version)
        printf("measure, libdirichlet %s (%s)\n", dirichlet_version_string(),
               dirichlet_blas_name());
    else
        code = measure(&options, &input, &problem);
    free_input(&input);
    if (code != 0)
        fprintf(stderr, "measure: %s\n", problem.text);
    return code;
}
