#include "options.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char options_help[] =
    "measure WEIGHTS.safetensors DATA [options]\n"
    "\n"
    "Geometric complexity (1/|D|) sum ||df/dx||_F^2 of a trained dense network.\n"
    "\n"
    "WEIGHTS  tensors NAME.weight (out x in, PyTorch) or NAME.kernel (in x out, Flax and\n"
    "         Keras), NAME.bias where there is one; layers in natural order of their names\n"
    "DATA     .npy (float32 or float64, first axis: samples) or IDX images, also gzipped\n"
    "         (scaled by 1/255)\n"
    "\n"
    "  --activation NAME         of the hidden layers: identity relu leaky_relu elu gelu\n"
    "                            gelu_tanh silu softplus tanh sigmoid sin (default relu)\n"
    "  --output-activation NAME  of the last layer (default identity: the logits)\n"
    "  --layer L                 output after layer L's activation, L = 1 .. layers\n"
    "  --method NAME             auto exact rademacher sphere gaussian orthogonal unit\n"
    "                            hutchpp finite-difference (default auto)\n"
    "  --probes M                Jacobian products a sample\n"
    "  --seed S                  of the probes, and of the order under --tolerance\n"
    "  --tolerance R             stop once the interval is within +- R of the value; samples\n"
    "                            are then taken in random order\n"
    "  --confidence C            level of the interval (default 0.95)\n"
    "  --limit N                 use the first N samples\n"
    "  --population N            DATA is a sample of N without replacement; the samples'\n"
    "                            number: the error left is that of the probes alone\n"
    "                            (default: DATA is a sample of a distribution)\n"
    "  --precision f32|f64       of the computation (default: that of the weights)\n"
    "  --workspace BYTES         memory for tiles of samples (default 64 MiB)\n"
    "  --energies FILE.npy       write the energy of every sample (float64; NaN: not used)\n"
    "  --json                    print one JSON object\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0, 2 for bad input or options, 1 for any other failure.\n";

struct choice {
    const char *name;
    int32_t value;
};

static const struct choice activations[] = {{"identity", DIRICHLET_ACTIVATION_IDENTITY},
                                            {"relu", DIRICHLET_ACTIVATION_RELU},
                                            {"leaky_relu", DIRICHLET_ACTIVATION_LEAKY_RELU},
                                            {"elu", DIRICHLET_ACTIVATION_ELU},
                                            {"gelu", DIRICHLET_ACTIVATION_GELU},
                                            {"gelu_tanh", DIRICHLET_ACTIVATION_GELU_TANH},
                                            {"silu", DIRICHLET_ACTIVATION_SILU},
                                            {"softplus", DIRICHLET_ACTIVATION_SOFTPLUS},
                                            {"tanh", DIRICHLET_ACTIVATION_TANH},
                                            {"sigmoid", DIRICHLET_ACTIVATION_SIGMOID},
                                            {"sin", DIRICHLET_ACTIVATION_SIN},
                                            {NULL, 0}};

static const struct choice methods[] = {{"auto", DIRICHLET_METHOD_AUTO},
                                        {"exact", DIRICHLET_METHOD_EXACT},
                                        {"rademacher", DIRICHLET_METHOD_RADEMACHER},
                                        {"sphere", DIRICHLET_METHOD_SPHERE},
                                        {"gaussian", DIRICHLET_METHOD_GAUSSIAN},
                                        {"orthogonal", DIRICHLET_METHOD_ORTHOGONAL},
                                        {"unit", DIRICHLET_METHOD_UNIT},
                                        {"hutchpp", DIRICHLET_METHOD_HUTCHPP},
                                        {"finite-difference", DIRICHLET_METHOD_FINITE_DIFFERENCE},
                                        {NULL, 0}};

static const struct choice precisions[] = {
    {"f32", PRECISION_F32}, {"f64", PRECISION_F64}, {NULL, 0}};

const char *options_method_name(dirichlet_method method)
{
    for (const struct choice *choice = methods; choice->name != NULL; choice++)
        if (choice->value == method)
            return choice->name;
    return "unknown";
}

static int choose(const char *option, const char *text, const struct choice *choices,
                  int32_t *value, struct problem *problem)
{
    for (; choices->name != NULL; choices++)
        if (strcmp(choices->name, text) == 0) {
            *value = choices->value;
            return 0;
        }
    return problem_set(problem, "%s: '%s' is not one of its names (see --help)", option, text);
}

static int parse_count(const char *option, const char *text, int64_t *value,
                       struct problem *problem)
{
    char *end = NULL;
    errno = 0;
    const long long number = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || number < 1 || text[0] == ' ')
        return problem_set(problem, "%s: '%s' is not a whole number >= 1", option, text);
    *value = number;
    return 0;
}

static int parse_seed(const char *option, const char *text, uint64_t *value,
                      struct problem *problem)
{
    char *end = NULL;
    errno = 0;
    const unsigned long long number = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0)
        return problem_set(problem, "%s: '%s' is not a whole number in 0 .. 2^64 - 1", option,
                           text);
    *value = number;
    return 0;
}

/* A number in (0, below). */
static int parse_number(const char *option, const char *text, double below, double *value,
                        struct problem *problem)
{
    char *end = NULL;
    const double number = strtod(text, &end);
    if (end == text || *end != '\0' || !(number > 0.0 && number < below))
        return problem_set(problem, "%s: '%s' is not a number > 0 and %s", option, text,
                           isinf(below) ? "finite" : "< 1");
    *value = number;
    return 0;
}

static int parse_precision(const char *option, const char *text, struct options *options,
                           struct problem *problem)
{
    int32_t value = 0;
    const int result = choose(option, text, precisions, &value, problem);
    options->precision = (enum precision)value;
    return result;
}

/* An option that takes a value; 1 if it is none. */
static int parse_valued(const char *name, const char *text, struct options *options,
                        struct problem *problem)
{
    if (strcmp(name, "--activation") == 0)
        return choose(name, text, activations, &options->activation, problem);
    if (strcmp(name, "--output-activation") == 0)
        return choose(name, text, activations, &options->output_activation, problem);
    if (strcmp(name, "--method") == 0)
        return choose(name, text, methods, &options->method, problem);
    if (strcmp(name, "--precision") == 0)
        return parse_precision(name, text, options, problem);
    if (strcmp(name, "--probes") == 0)
        return parse_count(name, text, &options->probes, problem);
    if (strcmp(name, "--limit") == 0)
        return parse_count(name, text, &options->limit, problem);
    if (strcmp(name, "--population") == 0)
        return parse_count(name, text, &options->population, problem);
    if (strcmp(name, "--layer") == 0)
        return parse_count(name, text, &options->layer, problem);
    if (strcmp(name, "--workspace") == 0)
        return parse_count(name, text, &options->workspace, problem);
    if (strcmp(name, "--seed") == 0)
        return parse_seed(name, text, &options->seed, problem);
    if (strcmp(name, "--tolerance") == 0)
        return parse_number(name, text, INFINITY, &options->tolerance, problem);
    if (strcmp(name, "--confidence") == 0)
        return parse_number(name, text, 1.0, &options->confidence, problem);
    if (strcmp(name, "--energies") == 0) {
        options->energies = text;
        return 0;
    }
    return 1;
}

static int parse_flag(const char *name, struct options *options)
{
    if (strcmp(name, "--json") == 0)
        options->json = 1;
    else if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        options->help = 1;
    else if (strcmp(name, "--version") == 0)
        options->version = 1;
    else
        return 1;
    return 0;
}

static int take_file(const char *text, struct options *options, struct problem *problem)
{
    if (options->weights == NULL)
        options->weights = text;
    else if (options->data == NULL)
        options->data = text;
    else
        return problem_set(problem, "'%s': only WEIGHTS and DATA are expected", text);
    return 0;
}

/* `--name value` or `--name=value`; *next is the argument after it. */
static int parse_option(int argc, char **argv, int *next, struct options *options,
                        struct problem *problem)
{
    char name[32];
    const char *argument = argv[*next];
    const char *equals = strchr(argument, '=');
    const size_t length = equals == NULL ? strlen(argument) : (size_t)(equals - argument);
    (*next)++;
    if (equals == NULL && parse_flag(argument, options) == 0)
        return 0;
    const char *value = equals != NULL ? equals + 1 : *next < argc ? argv[*next] : NULL;
    if (length < sizeof name) {
        memcpy(name, argument, length);
        name[length] = '\0';
        const int result = parse_valued(name, value == NULL ? "" : value, options, problem);
        if (result != 1 && value == NULL)
            return problem_set(problem, "%s: its value is missing", name);
        *next += equals == NULL;
        if (result != 1)
            return result;
    }
    return problem_set(problem, "'%s': unknown option (see --help)", argument);
}

int options_parse(int argc, char **argv, struct options *options, struct problem *problem)
{
    const struct options defaults = {.activation = DIRICHLET_ACTIVATION_RELU};
    *options = defaults;
    for (int next = 1; next < argc;) {
        const int is_option = argv[next][0] == '-' && argv[next][1] != '\0';
        const int result = is_option ? parse_option(argc, argv, &next, options, problem)
                                     : take_file(argv[next++], options, problem);
        if (result != 0)
            return result;
        if (options->help || options->version)
            return 0;
    }
    if (options->data == NULL)
        return problem_set(problem, "%s is missing (see --help)",
                           options->weights == NULL ? "WEIGHTS.safetensors" : "DATA");
    return 0;
}
