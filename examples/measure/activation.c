#include "activation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How many numbers stand behind the name. */
struct known {
    const char *name;
    dirichlet_activation kind;
    int least, most;
};

static const struct known activations[] = {
    {"identity", DIRICHLET_ACTIVATION_IDENTITY, 0, 0},
    {"relu", DIRICHLET_ACTIVATION_RELU, 0, 0},
    {"leaky_relu", DIRICHLET_ACTIVATION_LEAKY_RELU, 0, 1},
    {"prelu", DIRICHLET_ACTIVATION_PRELU, 0, 1} /* 0: the file has slopes */,
    {"relu_squared", DIRICHLET_ACTIVATION_RELU_SQUARED, 0, 0},
    {"clamp", DIRICHLET_ACTIVATION_CLAMP, 2, 2},
    {"hard_sigmoid", DIRICHLET_ACTIVATION_HARD_SIGMOID, 0, 0},
    {"hard_swish", DIRICHLET_ACTIVATION_HARD_SWISH, 0, 0},
    {"elu", DIRICHLET_ACTIVATION_ELU, 0, 1},
    {"selu", DIRICHLET_ACTIVATION_SELU, 0, 0},
    {"gelu", DIRICHLET_ACTIVATION_GELU, 0, 0},
    {"gelu_tanh", DIRICHLET_ACTIVATION_GELU_TANH, 0, 0},
    {"silu", DIRICHLET_ACTIVATION_SILU, 0, 0},
    {"mish", DIRICHLET_ACTIVATION_MISH, 0, 0},
    {"softplus", DIRICHLET_ACTIVATION_SOFTPLUS, 0, 0},
    {"tanh", DIRICHLET_ACTIVATION_TANH, 0, 0},
    {"softsign", DIRICHLET_ACTIVATION_SOFTSIGN, 0, 0},
    {"sigmoid", DIRICHLET_ACTIVATION_SIGMOID, 0, 0},
    {"sin", DIRICHLET_ACTIVATION_SIN, 0, 0},
    {NULL, 0, 0, 0},
};

static const struct {
    const char *text;
    dirichlet_kink kink;
} kinks[] = {{"kink=outside", DIRICHLET_KINK_OUTSIDE},
             {"kink=inside", DIRICHLET_KINK_INSIDE},
             {"kink=mean", DIRICHLET_KINK_MEAN}};

/* What is being read. */
struct reading {
    const char *option;
    const char *text;
    const struct known *known;
    int numbers;
};

static const struct known *find_name(const char *text, size_t length)
{
    const struct known *known = activations;
    while (known->name != NULL &&
           (strlen(known->name) != length || memcmp(known->name, text, length) != 0))
        known++;
    return known;
}

static int read_number(const struct reading *reading, const char *part, double *value,
                       struct problem *problem)
{
    char *end = NULL;
    *value = strtod(part, &end);
    if (end == part || (*end != ':' && *end != '\0') || !isfinite(*value))
        return problem_set(problem, "%s: '%s': a part of it is not a number; see measure --help",
                           reading->option, reading->text);
    return 0;
}

static int read_scale(const struct reading *reading, const char *part, double *value,
                      struct problem *problem)
{
    if (read_number(reading, part, value, problem) != 0)
        return -1;
    if (*value == 0.0)
        return problem_set(problem, "%s: '%s': a scale is 0", reading->option, reading->text);
    return 0;
}

static int read_parameter(struct reading *reading, const char *part, struct activation *activation,
                          struct problem *problem)
{
    const int first = reading->numbers++ == 0;
    double *value = first ? &activation->parameter : &activation->second;
    if (reading->numbers > reading->known->most)
        return problem_set(problem, "%s: '%s' has too many parts; see measure --help",
                           reading->option, reading->text);
    if (read_number(reading, part, value, problem) != 0)
        return -1;
    activation->has_number = 1;
    return 0;
}

static int read_part(struct reading *reading, const char *part, struct activation *activation,
                     struct problem *problem)
{
    const size_t length = strcspn(part, ":");
    for (size_t i = 0; i < sizeof kinks / sizeof *kinks; i++)
        if (strlen(kinks[i].text) == length && memcmp(part, kinks[i].text, length) == 0) {
            activation->kink = kinks[i].kink;
            return 0;
        }
    if (strncmp(part, "s=", 2) == 0)
        return read_scale(reading, part + 2, &activation->input_scale, problem);
    if (strncmp(part, "c=", 2) == 0)
        return read_scale(reading, part + 2, &activation->output_scale, problem);
    return read_parameter(reading, part, activation, problem);
}

int activation_read(const char *option, const char *text, struct activation *activation,
                    struct problem *problem)
{
    size_t length = strcspn(text, ":");
    struct reading reading = {option, text, find_name(text, length), 0};
    if (reading.known->name == NULL)
        return problem_set(problem, "%s: '%s' is not a name it knows; see measure --help", option,
                           text);
    *activation = (struct activation){.kind = reading.known->kind, .text = text};
    for (const char *part = text + length; *part == ':'; part += strcspn(part, ":"))
        if (read_part(&reading, ++part, activation, problem) != 0)
            return -1;
    if (reading.numbers < reading.known->least)
        return problem_set(problem, "%s: '%s' lacks a number; see measure --help", option, text);
    return 0;
}

const char *activation_name(const struct activation *activation)
{
    const struct known *known = activations;
    while (known->name != NULL && known->kind != activation->kind)
        known++;
    return known->name != NULL ? known->name : "unknown";
}

int activation_has_default(const struct activation *activation)
{
    return activation->kind == DIRICHLET_ACTIVATION_LEAKY_RELU ||
           activation->kind == DIRICHLET_ACTIVATION_ELU;
}

int activation_takes_parameter(const struct activation *activation)
{
    return activation_has_default(activation) && !activation->has_number;
}
