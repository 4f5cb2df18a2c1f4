#include "options.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct name {
    const char *text;
    int32_t value;
};

static const struct name methods[] = {
    {"auto", DIRICHLET_METHOD_AUTO},
    {"exact", DIRICHLET_METHOD_EXACT},
    {"rademacher", DIRICHLET_METHOD_RADEMACHER},
    {"sphere", DIRICHLET_METHOD_SPHERE},
    {"gaussian", DIRICHLET_METHOD_GAUSSIAN},
    {"orthogonal", DIRICHLET_METHOD_ORTHOGONAL},
    {"unit", DIRICHLET_METHOD_UNIT},
    {"hutchpp", DIRICHLET_METHOD_HUTCHPP},
    {"finite-difference", DIRICHLET_METHOD_FINITE_DIFFERENCE},
    {NULL, 0},
};

static const struct name layouts[] = {
    {"out-in", LAYOUT_OUT_IN},
    {"in-out", LAYOUT_IN_OUT},
    {NULL, 0},
};

static const struct name places[] = {
    {"before", BATCH_NORM_BEFORE},
    {"after", BATCH_NORM_AFTER},
    {NULL, 0},
};

static const struct name precisions[] = {
    {"f32", PRECISION_F32},
    {"f64", PRECISION_F64},
    {NULL, 0},
};

enum kind {
    FLAG,            /* int, no value */
    TEXT,            /* const char * */
    ACTIVATION,      /* struct activation */
    ACTIVATIONS,     /* struct activations */
    METHOD,          /* one of the names above, int32_t */
    PRECISION,       /* enum precision */
    LAYOUT,          /* enum layout */
    PLACE,           /* enum batch_norm_place */
    COUNT,           /* int64_t >= 1 */
    PROBES,          /* the same, or "all" */
    SEED,            /* uint64_t */
    POSITIVE,        /* double > 0 */
    PARAMETER,       /* double, of activations */
    PROPER_FRACTION, /* double in (0, 1) */
};

/* Where the value of an option goes. */
struct rule {
    const char *option;
    enum kind kind;
    size_t offset;
};

static const struct rule rules[] = {
    {"--activation", ACTIVATIONS, offsetof(struct options, activation)},
    {"--activation-parameter", PARAMETER, offsetof(struct options, activation_parameter)},
    {"--output-activation", ACTIVATION, offsetof(struct options, output_activation)},
    {"--method", METHOD, offsetof(struct options, method)},
    {"--precision", PRECISION, offsetof(struct options, precision)},
    {"--probes", PROBES, offsetof(struct options, probes)},
    {"--seed", SEED, offsetof(struct options, seed)},
    {"--tolerance", POSITIVE, offsetof(struct options, tolerance)},
    {"--confidence", PROPER_FRACTION, offsetof(struct options, confidence)},
    {"--limit", COUNT, offsetof(struct options, limit)},
    {"--layer", COUNT, offsetof(struct options, layer)},
    {"--population", COUNT, offsetof(struct options, population)},
    {"--workspace", COUNT, offsetof(struct options, workspace)},
    {"--threads", COUNT, offsetof(struct options, threads)},
    {"--layers", TEXT, offsetof(struct options, layers)},
    {"--prefix", TEXT, offsetof(struct options, prefix)},
    {"--layout", LAYOUT, offsetof(struct options, layout)},
    {"--batch-norm", PLACE, offsetof(struct options, batch_norm)},
    {"--eps", POSITIVE, offsetof(struct options, epsilon)},
    {"--mean", TEXT, offsetof(struct options, mean)},
    {"--std", TEXT, offsetof(struct options, deviation)},
    {"--labels", TEXT, offsetof(struct options, labels)},
    {"--energies", TEXT, offsetof(struct options, energies)},
    {"--gradient", TEXT, offsetof(struct options, gradient)},
    {"--spectral", FLAG, offsetof(struct options, spectral)},
    {"--json", FLAG, offsetof(struct options, json)},
    {"--help", FLAG, offsetof(struct options, help)},
    {"--version", FLAG, offsetof(struct options, version)},
    {NULL, FLAG, 0},
};

static const char *name_of(const struct name *names, int32_t value)
{
    while (names->text != NULL && names->value != value)
        names++;
    return names->text != NULL ? names->text : "unknown";
}

const char *options_method_name(dirichlet_method method)
{
    return name_of(methods, method);
}

static int read_name(const char *option, const char *text, const struct name *names, int32_t *value,
                     struct problem *problem)
{
    for (; names->text != NULL; names++)
        if (strcmp(names->text, text) == 0) {
            *value = names->value;
            return 0;
        }
    return problem_set(problem, "%s: '%s' is not a name it knows; see measure --help", option,
                       text);
}

/* Digits alone: no sign, no spaces. */
static int read_unsigned(const char *text, uint64_t *value)
{
    char *end = NULL;
    if (*text < '0' || *text > '9')
        return 0;
    errno = 0;
    const unsigned long long number = strtoull(text, &end, 10);
    *value = number;
    return errno == 0 && *end == '\0' && number <= UINT64_MAX;
}

static int read_count(const char *option, const char *text, int64_t *count, struct problem *problem)
{
    uint64_t value = 0;
    if (!read_unsigned(text, &value) || value < 1 || value > INT64_MAX)
        return problem_set(problem, "%s: '%s' is not a whole number of 1 or more", option, text);
    *count = (int64_t)value;
    return 0;
}

static int read_probes(const char *option, const char *text, int64_t *probes,
                       struct problem *problem)
{
    if (strcmp(text, "all") != 0)
        return read_count(option, text, probes, problem);
    *probes = DIRICHLET_PROBES_ALL;
    return 0;
}

static int read_seed(const char *option, const char *text, uint64_t *seed, struct problem *problem)
{
    if (!read_unsigned(text, seed))
        return problem_set(problem, "%s: '%s' is not a whole number of 0 to 2^64 - 1", option,
                           text);
    return 0;
}

static int read_real(const char *option, const char *text, enum kind kind, double *value,
                     struct problem *problem)
{
    char *end = NULL;
    const double number = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(number))
        return problem_set(problem, "%s: '%s' is not a number", option, text);
    if (kind == PROPER_FRACTION && !(number > 0.0 && number < 1.0))
        return problem_set(problem, "%s: %s is not between 0 and 1", option, text);
    if (kind == POSITIVE && !(number > 0.0))
        return problem_set(problem, "%s: %s is not above 0", option, text);
    *value = number;
    return 0;
}

static int set_value(const struct rule *rule, const char *text, struct options *options,
                     struct problem *problem)
{
    void *field = (char *)options + rule->offset;
    int32_t value = 0;
    switch (rule->kind) {
    case ACTIVATION:
        options->output_activation_is_given = 1;
        return activation_read(rule->option, text, field, problem);
    case ACTIVATIONS: return activations_read(rule->option, text, field, problem);
    case METHOD: return read_name(rule->option, text, methods, field, problem);
    case COUNT: return read_count(rule->option, text, field, problem);
    case PROBES: return read_probes(rule->option, text, field, problem);
    case SEED: return read_seed(rule->option, text, field, problem);
    case PARAMETER:
        options->activation_parameter_is_given = 1;
        return read_real(rule->option, text, rule->kind, field, problem);
    case POSITIVE:
    case PROPER_FRACTION: return read_real(rule->option, text, rule->kind, field, problem);
    case PRECISION:
        if (read_name(rule->option, text, precisions, &value, problem) != 0)
            return -1;
        *(enum precision *)field = (enum precision)value;
        return 0;
    case LAYOUT:
        if (read_name(rule->option, text, layouts, &value, problem) != 0)
            return -1;
        *(enum layout *)field = (enum layout)value;
        return 0;
    case PLACE:
        if (read_name(rule->option, text, places, &value, problem) != 0)
            return -1;
        *(enum batch_norm_place *)field = (enum batch_norm_place)value;
        return 0;
    case TEXT: *(const char **)field = text; return 0;
    case FLAG: break;
    }
    *(int *)field = 1;
    return 0;
}

static const struct rule *find_rule(const char *argument, size_t length)
{
    const struct rule *rule = rules;
    while (rule->option != NULL &&
           (strlen(rule->option) != length || memcmp(rule->option, argument, length) != 0))
        rule++;
    return rule->option != NULL ? rule : NULL;
}

/* The option at *at, as "--x V" or "--x=V"; *at moves to the last argument it used. */
static int read_option(int count, char **arguments, int *at, struct options *options,
                       struct problem *problem)
{
    const char *argument = arguments[*at];
    const char *equals = strchr(argument, '=');
    const size_t length = equals != NULL ? (size_t)(equals - argument) : strlen(argument);
    const struct rule *rule = find_rule(argument, length);
    if (rule == NULL)
        return problem_set(problem, "unknown option '%.*s'; see measure --help", (int)length,
                           argument);
    if (rule->kind == FLAG && equals != NULL)
        return problem_set(problem, "%s takes no value", rule->option);
    if (rule->kind != FLAG && equals == NULL && *at + 1 == count)
        return problem_set(problem, "%s needs a value", rule->option);
    const char *text = equals != NULL ? equals + 1 : "";
    if (rule->kind != FLAG && equals == NULL)
        text = arguments[++*at];
    if (rule->kind == TEXT && *text == '\0')
        return problem_set(problem, "%s needs a value", rule->option);
    return set_value(rule, text, options, problem);
}

static int read_file_name(const char *argument, struct options *options, struct problem *problem)
{
    if (options->weights == NULL)
        options->weights = argument;
    else if (options->data == NULL)
        options->data = argument;
    else
        return problem_set(problem, "'%s' is one file too many; see measure --help", argument);
    return 0;
}

/* The gradient is that of exact energies: it would not fit an estimate. */
static int check_gradient(const struct options *options, struct problem *problem)
{
    if (options->gradient == NULL)
        return 0;
    if (options->method != DIRICHLET_METHOD_AUTO && options->method != DIRICHLET_METHOD_EXACT)
        return problem_set(problem, "--gradient is exact, --method %s is not: take exact",
                           name_of(methods, options->method));
    if (options->probes != 0)
        return problem_set(problem, "--gradient is exact: it goes without --probes");
    return 0;
}

static int takes_parameter(const struct options *options)
{
    int takes = activation_takes_parameter(&options->output_activation);
    for (int i = 0; i < options->activation.count; i++)
        takes = takes || activation_takes_parameter(&options->activation.items[i]);
    return takes;
}

static int check_together(const struct options *options, struct problem *problem)
{
    if (options->weights == NULL || options->data == NULL)
        return problem_set(problem, "%s file is missing; usage: measure WEIGHTS.safetensors DATA",
                           options->weights == NULL ? "the weights" : "the data");
    if (options->activation_parameter_is_given && !takes_parameter(options))
        return problem_set(problem, "--activation-parameter: neither %s nor %s has one",
                           options->activation.text, options->output_activation.text);
    if (options->threads > OPTIONS_MOST_THREADS)
        return problem_set(problem, "--threads: %lld is not a whole number in 1 .. %d",
                           (long long)options->threads, OPTIONS_MOST_THREADS);
    return check_gradient(options, problem);
}

int options_parse(int count, char **arguments, struct options *options, struct problem *problem)
{
    int names_only = 0;
    memset(options, 0, sizeof *options);
    options->threads = 1;
    (void)activations_read("--activation", "relu", &options->activation, problem);
    options->activation.is_default = 1;
    options->output_activation =
        (struct activation){.kind = DIRICHLET_ACTIVATION_IDENTITY, .text = "identity"};
    for (int i = 1; i < count; i++) {
        const char *argument = arguments[i];
        int result = 0;
        if (!names_only && strcmp(argument, "--") == 0)
            names_only = 1;
        else if (!names_only && argument[0] == '-' && argument[1] != '\0')
            result = read_option(count, arguments, &i, options, problem);
        else
            result = read_file_name(argument, options, problem);
        if (result != 0)
            return result;
    }
    if (options->help || options->version)
        return 0;
    return check_together(options, problem);
}
