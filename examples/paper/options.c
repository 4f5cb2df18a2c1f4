#define _POSIX_C_SOURCE 200809L
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* PAPER_DATA, the directory of the subset of MNIST in the sources, comes from CMakeLists.txt. */

#define MOST_THREADS 256

static const char help[] =
    "  --quick       seconds, for a look\n"
    "  --full        more seeds than by default, and more steps or levels where they count\n"
    "  --seed N      of the first run; the others have those that follow (default 1)\n"
    "  --threads N   runs at the same time, 1 to 256 (default: as many as there are processors);\n"
    "                the last runs are helped by threads that have none; the numbers do not\n"
    "                depend on it\n"
    "  --csv FILE    write what every run measured\n"
    "  --plot STEM   write the figure to STEM.svg and STEM.png; needs gnuplot\n"
    "  --mnist DIR   directory of train-images-idx3-ubyte, train-labels-idx1-ubyte and the same\n"
    "                with t10k, gzipped or not (default: the subset in the sources)\n"
    "  --help\n"
    "\n"
    "The last line is `verdict: agrees NAME STATISTIC` or `verdict: disagrees NAME STATISTIC`.\n"
    "Exit status: 0 for either, 2 for bad input or options, 1 for any other failure.\n";

enum { QUICK = 1, FULL, SEED, THREADS, CSV, PLOT, MNIST, HELP };

static const struct option known[] = {{"quick", no_argument, NULL, QUICK},
                                      {"full", no_argument, NULL, FULL},
                                      {"seed", required_argument, NULL, SEED},
                                      {"threads", required_argument, NULL, THREADS},
                                      {"csv", required_argument, NULL, CSV},
                                      {"plot", required_argument, NULL, PLOT},
                                      {"mnist", required_argument, NULL, MNIST},
                                      {"help", no_argument, NULL, HELP},
                                      {NULL, 0, NULL, 0}};

void options_print_help(FILE *stream, const char *program, const char *summary)
{
    fprintf(stream, "%s [options]\n\n%s\n\n%s", program, summary, help);
}

static int parse_whole(const char *option, uint64_t least, uint64_t most, uint64_t *value,
                       struct problem *problem)
{
    char *end = NULL;
    errno = 0;
    const unsigned long long number = strtoull(optarg, &end, 10);
    if (optarg[0] < '0' || optarg[0] > '9' || *end != '\0' || errno != 0 || number < least ||
        number > most)
        return problem_set(problem, "%s: '%s' is not a whole number in %llu .. %llu", option,
                           optarg, (unsigned long long)least, (unsigned long long)most);
    *value = number;
    return 0;
}

static int parse_threads(struct options *options, struct problem *problem)
{
    uint64_t threads = 1;
    const int result = parse_whole("--threads", 1, MOST_THREADS, &threads, problem);
    options->threads = (int)threads;
    return result;
}

static int parse_text(const char *option, const char **text, struct problem *problem)
{
    if (*optarg == '\0')
        return problem_set(problem, "%s: its value is empty", option);
    *text = optarg;
    return 0;
}

static int parse_effort(enum effort effort, struct options *options, struct problem *problem)
{
    if (options->effort != EFFORT_DEFAULT && options->effort != effort)
        return problem_set(problem, "--quick and --full: one of the two");
    options->effort = effort;
    return 0;
}

static int take(int option, const char *argument, struct options *options, struct problem *problem)
{
    switch (option) {
    case QUICK: return parse_effort(EFFORT_QUICK, options, problem);
    case FULL: return parse_effort(EFFORT_FULL, options, problem);
    case SEED: return parse_whole("--seed", 0, UINT64_MAX, &options->seed, problem);
    case THREADS: return parse_threads(options, problem);
    case CSV: return parse_text("--csv", &options->csv, problem);
    case PLOT: return parse_text("--plot", &options->plot, problem);
    case MNIST: return parse_text("--mnist", &options->mnist, problem);
    case HELP: options->help = 1; return 0;
    case ':': return problem_set(problem, "'%s': its value is missing", argument);
    default: return problem_set(problem, "'%s': unknown option (see --help)", argument);
    }
}

static int processors(void)
{
    const long count = sysconf(_SC_NPROCESSORS_ONLN);
    if (count < 1)
        return 1;
    return count > MOST_THREADS ? MOST_THREADS : (int)count;
}

int options_parse(int argc, char **argv, struct options *options, struct problem *problem)
{
    *options = (struct options){.seed = 1, .threads = processors(), .mnist = PAPER_DATA};
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

int64_t options_choose(const struct options *options, int64_t quick, int64_t standard, int64_t full)
{
    switch (options->effort) {
    case EFFORT_QUICK: return quick;
    case EFFORT_FULL: return full;
    default: return standard;
    }
}
