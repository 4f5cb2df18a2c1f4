#include "dense/activation/activation.h"

#include <math.h>
#include <stddef.h>

#include "dirichlet/activation.h"

/* What activation_parameter is. */
enum parameter_use {
    FIXED,    /* not there: set 0 */
    DEFAULT,  /* any number; the default where none is given */
    LITERAL,  /* any number */
    INTERVAL, /* the lower end, and activation_second the upper one */
};

struct dense_activation_entry {
    dirichlet_activation kind;
    enum dense_bend bend;
    enum parameter_use use;
    double parameter;          /* the default, or what is fixed */
    dense_jet_function *jet;   /* everywhere, or outside */
    dense_jet_function *inner; /* between the kinks; NULL: there are none */
    double lower, upper;       /* kinks; upper infinite: only one */
};

static const struct dense_activation_entry table[] = {
    {DIRICHLET_ACTIVATION_IDENTITY, DENSE_BEND_KINK, FIXED, 1, dense_jet_line, NULL, 0, 0},
    {DIRICHLET_ACTIVATION_RELU, DENSE_BEND_KINK, FIXED, 0, dense_jet_zero, dense_jet_line, 0,
     INFINITY},
    {DIRICHLET_ACTIVATION_LEAKY_RELU, DENSE_BEND_KINK, DEFAULT, 0.01, dense_jet_slope,
     dense_jet_line, 0, INFINITY},
    {DIRICHLET_ACTIVATION_PRELU, DENSE_BEND_KINK, LITERAL, 0, dense_jet_slope, dense_jet_line, 0,
     INFINITY},
    {DIRICHLET_ACTIVATION_RELU_SQUARED, DENSE_BEND_SMOOTH, FIXED, 0, dense_jet_zero,
     dense_jet_square, 0, INFINITY},
    {DIRICHLET_ACTIVATION_CLAMP, DENSE_BEND_STEPS, INTERVAL, 0, dense_jet_ends, dense_jet_line, 0,
     0},
    {DIRICHLET_ACTIVATION_HARD_SIGMOID, DENSE_BEND_STEPS, FIXED, 0, dense_jet_hard_sigmoid_ends,
     dense_jet_hard_sigmoid, -3, 3},
    {DIRICHLET_ACTIVATION_HARD_SWISH, DENSE_BEND_SMOOTH, FIXED, 0, dense_jet_hard_swish_ends,
     dense_jet_hard_swish, -3, 3},
    {DIRICHLET_ACTIVATION_ELU, DENSE_BEND_SMOOTH, DEFAULT, 1, dense_jet_exponential, dense_jet_line,
     0, INFINITY},
    {DIRICHLET_ACTIVATION_SELU, DENSE_BEND_SMOOTH, FIXED, DENSE_SELU_NEGATIVE,
     dense_jet_exponential, dense_jet_selu_line, 0, INFINITY},
    {DIRICHLET_ACTIVATION_GELU, DENSE_BEND_SMOOTH, FIXED, 0, dense_jet_gelu, NULL, 0, 0},
    {DIRICHLET_ACTIVATION_GELU_TANH, DENSE_BEND_SMOOTH, FIXED, 0, dense_jet_gelu_tanh, NULL, 0, 0},
    {DIRICHLET_ACTIVATION_SILU, DENSE_BEND_SMOOTH, FIXED, 0, dense_jet_silu, NULL, 0, 0},
    {DIRICHLET_ACTIVATION_MISH, DENSE_BEND_SMOOTH, FIXED, 0, dense_jet_mish, NULL, 0, 0},
    {DIRICHLET_ACTIVATION_SOFTPLUS, DENSE_BEND_SMOOTH, FIXED, 0, dense_jet_softplus, NULL, 0, 0},
    {DIRICHLET_ACTIVATION_TANH, DENSE_BEND_SMOOTH, FIXED, 0, dense_jet_tanh, NULL, 0, 0},
    {DIRICHLET_ACTIVATION_SOFTSIGN, DENSE_BEND_SMOOTH, FIXED, 0, dense_jet_softsign, NULL, 0, 0},
    {DIRICHLET_ACTIVATION_SIGMOID, DENSE_BEND_SMOOTH, FIXED, 0, dense_jet_sigmoid, NULL, 0, 0},
    {DIRICHLET_ACTIVATION_SIN, DENSE_BEND_SMOOTH, FIXED, 0, dense_jet_sin, NULL, 0, 0},
};

static const struct dense_activation_entry *find(dirichlet_activation kind)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].kind == kind)
            return &table[i];
    return NULL;
}

static dirichlet_status read_kind(struct dense_activation *a, const char *layer,
                                  struct message *message)
{
    a->entry = find(a->kind);
    if (a->entry == NULL)
        return message_fail(message, DIRICHLET_E_CONSTANT, "%s.activation is %d: no such constant",
                            layer, (int)a->kind);
    if (a->kink != DIRICHLET_KINK_OUTSIDE && a->kink != DIRICHLET_KINK_INSIDE &&
        a->kink != DIRICHLET_KINK_MEAN)
        return message_fail(message, DIRICHLET_E_CONSTANT, "%s.kink is %d: no such constant", layer,
                            (int)a->kink);
    if (a->kink != DIRICHLET_KINK_OUTSIDE && a->entry->inner == NULL)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "%s.kink is %d: this activation has no kink, set 0", layer,
                            (int)a->kink);
    return DIRICHLET_OK;
}

/* 0, or of a size that the layer's precision has: what would be lost or infinite is refused. */
static dirichlet_status check_number(double value, double least, double most, const char *layer,
                                     const char *field, struct message *message)
{
    if (!isfinite(value))
        return message_fail(message, DIRICHLET_E_RANGE, "%s.%s is %g: it must be finite", layer,
                            field, value);
    if (value != 0.0 && !(fabs(value) >= least && fabs(value) <= most))
        return message_fail(message, DIRICHLET_E_RANGE,
                            "%s.%s is %g: it must be 0 or of a size from %g to %g", layer, field,
                            value, least, most);
    return DIRICHLET_OK;
}

static dirichlet_status check_interval(const struct dense_activation *a, const char *layer,
                                       struct message *message)
{
    if (a->entry->use != INTERVAL && a->second != 0.0)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "%s.activation_second is %g: this activation has none, set 0", layer,
                            a->second);
    if (a->entry->use == INTERVAL && !(a->parameter < a->second))
        return message_fail(message, DIRICHLET_E_RANGE,
                            "%s.activation_parameter is %g: it must be below activation_second, %g",
                            layer, a->parameter, a->second);
    return DIRICHLET_OK;
}

static dirichlet_status check_parameter(const struct dense_activation *a, const char *layer,
                                        struct message *message)
{
    if (a->by_unit && a->kind != DIRICHLET_ACTIVATION_PRELU)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "%s.negative_slopes is given: only prelu has them", layer);
    if (a->by_unit && a->parameter != 0.0)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "%s.activation_parameter is %g beside negative_slopes: set 0", layer,
                            a->parameter);
    if (a->entry->use == FIXED && a->parameter != 0.0)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "%s.activation_parameter is %g: this activation has none, set 0", layer,
                            a->parameter);
    if (a->entry->use == FIXED && a->parameter_given)
        return message_fail(message, DIRICHLET_E_RANGE,
                            "%s.parameter_given is 1: this activation has none, set 0", layer);
    return DIRICHLET_OK;
}

/* Their products are what values, derivatives and second derivatives are multiplied by. */
static dirichlet_status check_scales(const struct dense_activation *a, double least, double most,
                                     const char *layer, struct message *message)
{
    const double slope = a->input_scale * a->output_scale;
    const double second = slope * a->input_scale;
    const double side = a->entry->use == INTERVAL || a->parameter == 0.0 ? 1.0 : a->parameter;
    const double products[] = {slope, second, slope * side, a->output_scale * side};
    for (size_t i = 0; i < sizeof products / sizeof *products; i++)
        if (!(fabs(products[i]) >= least && fabs(products[i]) <= most))
            return message_fail(message, DIRICHLET_E_RANGE,
                                "%s.input_scale is %g and output_scale %g: products of the scales "
                                "must be of a size from %g to %g",
                                layer, a->input_scale, a->output_scale, least, most);
    return DIRICHLET_OK;
}

static dirichlet_status check_numbers(const struct dense_activation *a, double least, double most,
                                      const char *layer, struct message *message)
{
    const struct {
        double value;
        const char *field;
    } numbers[] = {{a->parameter, "activation_parameter"},
                   {a->second, "activation_second"},
                   {a->input_scale, "input_scale"},
                   {a->output_scale, "output_scale"}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const dirichlet_status status =
            check_number(numbers[i].value, least, most, layer, numbers[i].field, message);
        if (status != DIRICHLET_OK)
            return status;
    }
    return DIRICHLET_OK;
}

/* Put in what 0 stands for. */
static void complete(struct dense_activation *a)
{
    if (a->entry->use == FIXED ||
        (a->entry->use == DEFAULT && a->parameter == 0.0 && !a->parameter_given))
        a->parameter = a->entry->parameter;
    a->lower = a->entry->use == INTERVAL ? a->parameter : a->entry->lower;
    a->upper = a->entry->use == INTERVAL ? a->second : a->entry->upper;
    if (a->input_scale == 0.0)
        a->input_scale = 1.0;
    if (a->output_scale == 0.0)
        a->output_scale = 1.0;
}

dirichlet_status dense_activation_read(struct dense_activation given, double least, double most,
                                       const char *layer, struct dense_activation *out,
                                       struct message *message)
{
    dirichlet_status status = read_kind(&given, layer, message);
    if (status == DIRICHLET_OK)
        status = check_parameter(&given, layer, message);
    if (status == DIRICHLET_OK)
        status = check_numbers(&given, least, most, layer, message);
    if (status == DIRICHLET_OK)
        status = check_interval(&given, layer, message);
    if (status != DIRICHLET_OK)
        return status;
    complete(&given);
    *out = given;
    return check_scales(&given, least, most, layer, message);
}

static bool is_scaled(struct dense_activation a)
{
    return a.input_scale != 1.0 || a.output_scale != 1.0;
}

bool dense_activation_is_identity(struct dense_activation activation)
{
    return activation.kind == DIRICHLET_ACTIVATION_IDENTITY && !is_scaled(activation);
}

bool dense_activation_is_linear_by_sides(struct dense_activation activation)
{
    return activation.entry->bend == DENSE_BEND_KINK;
}

enum dense_bend dense_activation_bend(struct dense_activation activation)
{
    if (dense_activation_is_identity(activation))
        return DENSE_BEND_NONE;
    if (activation.entry->bend == DENSE_BEND_KINK &&
        (activation.by_unit || activation.kink == DIRICHLET_KINK_MEAN))
        return DENSE_BEND_STEPS;
    return activation.entry->bend;
}

struct dense_sides dense_activation_sides(struct dense_activation activation)
{
    const double inside = activation.output_scale * activation.input_scale;
    const double outside = inside * activation.parameter;
    return (struct dense_sides){
        activation.input_scale > 0.0 ? inside : outside,
        activation.input_scale > 0.0 ? outside : inside,
        dense_activation_at(&activation, 0.0).derivative,
    };
}

/* a(u) is continuous everywhere. */
static struct dense_jet jet_at_kink(const struct dense_activation *a, double u)
{
    const struct dense_jet outside = a->entry->jet(u, a);
    const struct dense_jet inside = a->entry->inner(u, a);
    if (a->kink == DIRICHLET_KINK_MEAN)
        return (struct dense_jet){
            outside.value, outside.derivative + 0.5 * (inside.derivative - outside.derivative),
            outside.second + 0.5 * (inside.second - outside.second)};
    return a->kink == DIRICHLET_KINK_INSIDE ? inside : outside;
}

static struct dense_jet jet_at(const struct dense_activation *a, double u)
{
    if (a->entry->inner == NULL)
        return a->entry->jet(u, a);
    if (u > a->lower && u < a->upper)
        return a->entry->inner(u, a);
    if (u == a->lower || u == a->upper)
        return jet_at_kink(a, u);
    return a->entry->jet(u, a);
}

/* 0 u is 0 for every finite u and NaN otherwise. */
struct dense_jet dense_activation_at(const struct dense_activation *activation, double z)
{
    const double u = activation->input_scale * z;
    const double slope = activation->output_scale * activation->input_scale;
    const struct dense_jet jet = jet_at(activation, u);
    return (struct dense_jet){activation->output_scale * jet.value + 0.0 * u,
                              slope * jet.derivative, slope * activation->input_scale * jet.second};
}

/* relu is so cheap that a call for every element would show: this loop vectorizes. */
static void apply_relu(int64_t count, double *z, double *derivatives, double *bends)
{
    for (int64_t i = 0; bends != NULL && i < count; i++)
        bends[i] = 0.0;
    for (int64_t i = 0; derivatives != NULL && i < count; i++)
        derivatives[i] = z[i] > 0.0 ? 1.0 : 0.0;
    for (int64_t i = 0; i < count; i++)
        z[i] = (z[i] > 0.0 ? z[i] : 0.0) + 0.0 * z[i];
}

void dense_activation_apply(struct dense_activation activation, int64_t count, double *z,
                            double *derivatives, double *bends)
{
    if (dense_activation_is_identity(activation))
        return;
    if (activation.kind == DIRICHLET_ACTIVATION_RELU && !is_scaled(activation) &&
        activation.kink == DIRICHLET_KINK_OUTSIDE) {
        apply_relu(count, z, derivatives, bends);
        return;
    }
    for (int64_t i = 0; i < count; i++) {
        const struct dense_jet jet = dense_activation_at(&activation, z[i]);
        z[i] = jet.value;
        if (derivatives != NULL)
            derivatives[i] = jet.derivative;
        if (bends != NULL)
            bends[i] = jet.second;
    }
}
