/* quickstart: train a small network on handwritten digits and watch its geometric complexity.
 *
 * Read on in training.c (a step of gradient descent) and network.c (the library at work). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dirichlet/runner.h>

#include "blas_threads.h"
#include "command.h"
#include "digits.h"
#include "network.h"
#include "options.h"
#include "output.h"
#include "progress.h"
#include "training.h"

/* QUICKSTART_DATA and QUICKSTART_MEASURE, the default directory of the digits and the path of
 * the program `measure`, come from CMakeLists.txt. */

#define BATCH 64
#define HIDDEN 128

struct data {
    struct digits train;
    struct digits test;
};

static int read_data(const char *directory, struct data *data, struct problem *problem)
{
    if (digits_read(directory, "train", &data->train, problem) != 0 ||
        digits_read(directory, "t10k", &data->test, problem) != 0)
        return -1;
    if (data->test.inputs != data->train.inputs)
        return problem_set(problem, "%s: test images of %lld pixels, training images of %lld",
                           directory, (long long)data->test.inputs, (long long)data->train.inputs);
    return 0;
}

static void print_head(const struct network *network, const struct data *data,
                       const struct options *options)
{
    printf("ReLU network ");
    for (int l = 0; l <= network->layers; l++)
        printf("%s%lld", l > 0 ? "-" : "", (long long)network->sizes[l]);
    printf(", %lld training digits, batch %d, learning rate %g, momentum %g, seed %llu\n",
           (long long)data->train.count, BATCH, options->learning_rate, options->momentum,
           (unsigned long long)options->seed);
    printf("GC: geometric complexity of the logits on the %lld test digits\n\n",
           (long long)data->test.count);
    printf("epoch  training loss  test accuracy        GC  standard error\n");
}

/* One line of the table: how good the network is, and how complex. */
static int report(struct network *network, const struct data *data, int64_t epoch,
                  struct problem *problem)
{
    struct score train;
    struct score test;
    dirichlet_result gc;
    if (training_score(network, &data->train, &train, problem) != 0 ||
        training_score(network, &data->test, &test, problem) != 0)
        return -1;
    if (!isfinite(train.loss))
        return problem_set(problem, "the loss is no longer finite: lower the learning rate");
    if (network_measure(network, data->test.count, data->test.pixels, &gc, problem) != 0)
        return -1;
    printf("%5lld  %13.4f  %11.1f %%  %8.2f  %14.2f\n", (long long)epoch, train.loss,
           100.0 * test.accuracy, gc.value, gc.standard_error);
    fflush(stdout);
    return 0;
}

/* Two more lines: the complexity on the test images of each digit. */
static int report_digits(struct network *network, const struct digits *test,
                         struct problem *problem)
{
    dirichlet_result gc[DIGITS_CLASSES];
    int64_t *classes = malloc((size_t)test->count * sizeof *classes);
    if (classes == NULL)
        return problem_set(problem, "not enough memory");
    for (int64_t i = 0; i < test->count; i++)
        classes[i] = test->labels[i];
    const int result =
        network_measure_classes(network, test->count, test->pixels, classes, gc, problem);
    free(classes);
    if (result != 0)
        return -1;
    printf("\ndigit");
    for (int i = 0; i < DIGITS_CLASSES; i++)
        printf(" %7d", i);
    printf("\nGC   ");
    for (int i = 0; i < DIGITS_CLASSES; i++)
        printf(" %7.2f", gc[i].samples > 0 ? gc[i].value : (double)NAN);
    printf("\n");
    return 0;
}

static int train(struct training *training, const struct data *data, const struct options *options,
                 struct problem *problem)
{
    const double start = seconds_now();
    print_head(training->network, data, options);
    for (int64_t epoch = 0; epoch <= options->epochs; epoch++) {
        if (epoch > 0 && training_epoch(training, problem) != 0)
            return -1;
        if (report(training->network, data, epoch, problem) != 0)
            return -1;
    }
    const double seconds = seconds_now() - start;
    if (report_digits(training->network, &data->test, problem) != 0)
        return -1;
    printf("\nTrained in %.1f seconds.\n", seconds);
    return 0;
}

/* Give the trained network, made of parts that live until the end of this function, to
 * train(). */
static int make_and_train(struct network *network, const struct data *data,
                          const struct options *options, struct problem *problem)
{
    struct random random = {options->seed};
    struct sgd sgd;
    struct training training;
    network_initialize(network, &random);
    if (sgd_create(&sgd, network->count, options->learning_rate, options->momentum, problem) != 0)
        return -1;
    int result = training_create(&training, network, &data->train, &sgd, &random, BATCH, problem);
    if (result == 0) {
        result = train(&training, data, options, problem);
        training_destroy(&training);
    }
    sgd_destroy(&sgd);
    return result;
}

/* Measure the saved weights as anybody would, from the shell. */
static int measure(const struct options *options, struct problem *problem)
{
    char images[4096];
    char command[16384];
    if (digits_path(options->data, "t10k-images-idx3-ubyte", images, sizeof images, problem) ||
        command_text(QUICKSTART_MEASURE, options->output, images, command, sizeof command, problem))
        return -1;
    printf("The weights are in %s. Measured again, from the shell:\n\n", options->output);
    return command_run(command, problem);
}

/* The exit status. */
static int run(const struct options *options, const dirichlet_parallel *parallel, struct data *data,
               struct network *network, struct problem *problem)
{
    if (read_data(options->data, data, problem) != 0 ||
        file_check_writable(options->output, problem) != 0)
        return 2;
    const int64_t sizes[] = {data->train.inputs, HIDDEN, HIDDEN, DIGITS_CLASSES};
    if (network_create(network, sizes, 3, parallel, problem) != 0 ||
        make_and_train(network, data, options, problem) != 0)
        return 1;
    if (network_save(network, options->output, problem) != 0)
        return 2;
    return measure(options, problem) == 0 ? 0 : 1;
}

/* On one thread, or on those of a pool that ends last. */
static int run_on_threads(const struct options *options, struct problem *problem)
{
    struct data data = {0};
    struct network network = {0};
    dirichlet_runner *runner = NULL;
    dirichlet_parallel parallel;
    if (dirichlet_runner_create(options->threads, &runner) != DIRICHLET_OK) {
        problem_set(problem, "--threads: %d threads cannot be started", options->threads);
        return 1;
    }
    parallel = dirichlet_runner_parallel(runner);
    const int code =
        run(options, options->threads > 1 ? &parallel : NULL, &data, &network, problem);
    network_destroy(&network);
    digits_free(&data.train);
    digits_free(&data.test);
    dirichlet_runner_destroy(runner);
    return code;
}

int main(int argc, char **argv)
{
    struct options options;
    struct problem problem;
    int code = 0;
    if (options_parse(argc, argv, QUICKSTART_DATA, &options, &problem) != 0)
        code = 2;
    else if (options.help)
        fputs(options_help, stdout);
    else {
        if (options.threads > 1)
            blas_threads_restart_with_one(argv);
        code = run_on_threads(&options, &problem);
    }
    if (code != 0) {
        fflush(stdout);
        fprintf(stderr, "quickstart: %s\n", problem.text);
    }
    return code;
}
