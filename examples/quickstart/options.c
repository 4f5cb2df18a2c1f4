#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

#define MOST_THREADS 256

const char options_help[] =
    "quickstart [options]\n"
    "\n"
    "Train a 784-128-128-10 ReLU network on handwritten digits, follow its geometric\n"
    "complexity, save its weights and measure them.\n"
    "\n"
    "  --data DIR           directory of the IDX files, gzipped or not: train-images-idx3-ubyte,\n"
    "                       train-labels-idx1-ubyte and the same with t10k\n"
    "                       (default: examples/data of the sources)\n"
    "  --epochs N           passes over the training digits (default 20)\n"
    "  --seed S             of the initial weights and of the order of the digits (default 1)\n"
    "  --learning-rate R    (default 0.02)\n"
    "  --momentum M         0 <= M < 1 (default 0.9; 0: plain gradient descent)\n"
    "  --threads N          1 to 256 (default 1); the numbers do not depend on it\n"
    "  --output FILE        where the weights go (default quickstart.safetensors)\n"
    "  --help\n"
    "\n"
    "Exit status: 0, 2 for bad input or options, 1 for any other failure.\n";

enum { DATA = 1, EPOCHS, SEED, LEARNING_RATE, MOMENTUM, THREADS, OUTPUT, HELP };

static const struct option known[] = {{"data", required_argument, NULL, DATA},
                                      {"epochs", required_argument, NULL, EPOCHS},
                                      {"seed", required_argument, NULL, SEED},
                                      {"learning-rate", required_argument, NULL, LEARNING_RATE},
                                      {"momentum", required_argument, NULL, MOMENTUM},
                                      {"threads", required_argument, NULL, THREADS},
                                      {"output", required_argument, NULL, OUTPUT},
                                      {"help", no_argument, NULL, HELP},
                                      {NULL, 0, NULL, 0}};

static int parse_whole(const char *option, uint64_t most, uint64_t *value, struct problem *problem)
{
    char *end = NULL;
    errno = 0;
    const unsigned long long number = strtoull(optarg, &end, 10);
    if (optarg[0] < '0' || optarg[0] > '9' || *end != '\0' || errno != 0 || number > most)
        return problem_set(problem, "%s: '%s' is not a whole number in 0 .. %llu", option, optarg,
                           (unsigned long long)most);
    *value = number;
    return 0;
}

/* A number in [0, below). */
static int parse_number(const char *option, double below, double *value, struct problem *problem)
{
    char *end = NULL;
    const double number = strtod(optarg, &end);
    if (end == optarg || *end != '\0' || !(number >= 0.0 && number < below))
        return problem_set(problem, "%s: '%s' is not a number from 0 to below %g", option, optarg,
                           below);
    *value = number;
    return 0;
}

static int parse_epochs(struct options *options, struct problem *problem)
{
    uint64_t epochs = 0;
    const int result = parse_whole("--epochs", 1000000, &epochs, problem);
    options->epochs = (int64_t)epochs;
    return result;
}

static int parse_threads(struct options *options, struct problem *problem)
{
    uint64_t threads = 0;
    const int result = parse_whole("--threads", MOST_THREADS, &threads, problem);
    options->threads = (int)threads;
    return result == 0 && threads == 0 ? problem_set(problem, "--threads: 0 are too few") : result;
}

static int take(int option, const char *argument, struct options *options, struct problem *problem)
{
    switch (option) {
    case DATA: options->data = optarg; return 0;
    case OUTPUT: options->output = optarg; return 0;
    case HELP: options->help = 1; return 0;
    case EPOCHS: return parse_epochs(options, problem);
    case SEED: return parse_whole("--seed", UINT64_MAX, &options->seed, problem);
    case LEARNING_RATE:
        return parse_number("--learning-rate", 1e6, &options->learning_rate, problem);
    case THREADS: return parse_threads(options, problem);
    case MOMENTUM: return parse_number("--momentum", 1.0, &options->momentum, problem);
    case ':': return problem_set(problem, "'%s': its value is missing", argument);
    default: return problem_set(problem, "'%s': unknown option (see --help)", argument);
    }
}

int options_parse(int argc, char **argv, const char *data, struct options *options,
                  struct problem *problem)
{
    *options = (struct options){.data = data,
                                .output = "quickstart.safetensors",
                                .epochs = 20,
                                .seed = 1,
                                .learning_rate = 0.02,
                                .momentum = 0.9,
                                .threads = 1};
    while (optind < argc && !options->help) {
        const char *argument = argv[optind];
        const int option = getopt_long(argc, argv, "+:", known, NULL); /* "+:": no own messages */
        if (option == -1)
            return problem_set(problem, "'%s': unexpected argument (see --help)", argument);
        if (take(option, argument, options, problem) != 0)
            return -1;
    }
    return 0;
}
