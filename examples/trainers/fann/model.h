/* A network of FANN as models of libdirichlet: its forward pass, a backward pass over its neurons,
 * and a view of its weights where they are. */
#ifndef FANN_MODEL_H
#define FANN_MODEL_H

#include <dirichlet/dirichlet.h>
#include <doublefann.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

/* -- glue -- */
static inline int32_t forward(int64_t first, int64_t samples, int64_t points, const double *x,
                              double *y, void *user)
{
    struct fann *net = user;
    (void)first; /* every sample is alike to it: ignores_first */
    for (int64_t n = 0; n < samples * points; n++, x += net->num_input, y += net->num_output)
        memcpy(y, fann_run(net, (double *)x), net->num_output * sizeof *y); /* x is only read */
    return 0;
}

/* a'(s) of an activation a of FANN; NAN for those that jump or bend in places of their own. (Its
 * fann_activation_derived is for training: it is cut near 0 and 1 and not that of every a.) */
static inline double derivative(enum fann_activationfunc_enum activation, double s)
{
    switch (activation) {
    case FANN_LINEAR: return 1;
    case FANN_SIGMOID: return 1 / (2 * cosh(s) * cosh(s));       /* of 1 / (1 + exp(-2 s)) */
    case FANN_SIGMOID_SYMMETRIC: return 1 / (cosh(s) * cosh(s)); /* tanh s */
    case FANN_GAUSSIAN: return -2 * s * exp(-s * s);
    case FANN_GAUSSIAN_SYMMETRIC: return -4 * s * exp(-s * s); /* 2 exp(-s^2) - 1 */
    case FANN_ELLIOT: return 1 / (2 * (1 + fabs(s)) * (1 + fabs(s)));
    case FANN_ELLIOT_SYMMETRIC: return 1 / ((1 + fabs(s)) * (1 + fabs(s))); /* s / (1 + |s|) */
    case FANN_LINEAR_PIECE: return s > 0 && s < 1;
    case FANN_LINEAR_PIECE_SYMMETRIC: return s > -1 && s < 1;
    case FANN_SIN: return cos(s) / 2; /* (1 + sin s) / 2 */
    case FANN_SIN_SYMMETRIC: return cos(s);
    case FANN_COS: return -sin(s) / 2;
    case FANN_COS_SYMMETRIC: return -sin(s);
    default: return NAN;
    }
}

/* FANN passes over a neuron without connections: a bias. */
static inline int is_bias(const struct fann_neuron *neuron)
{
    return neuron->first_con == neuron->last_con;
}

/* The name of the first activation without a derivative above, or NULL: ask before measuring. */
static inline const char *unknown_activation(const struct fann *net)
{
    const struct fann_neuron *end = (net->last_layer - 1)->last_neuron;
    for (const struct fann_neuron *at = net->first_layer->first_neuron; at < end; at++)
        if (!is_bias(at) && isnan(derivative(at->activation_function, 0)))
            return FANN_ACTIVATIONFUNC_NAMES[at->activation_function];
    return NULL;
}

/* s = steepness z for the sum z over a neuron's inputs; FANN stops it at +-150 / steepness. */
static inline int is_stopped(const struct fann_neuron *neuron)
{
    return fabs(neuron->sum) >= 150 / neuron->activation_steepness;
}

/* FANN has no gradient by the inputs, but all that it takes: the neurons in the order of their
 * layers, each with its range of connections, and in each a sum and a value that the next fann_run
 * writes anew; here they hold the derivative by the neuron's value, and of that by z. */
static inline int32_t vjp(int64_t first, int64_t samples, int64_t directions, const double *x,
                          const double *u, double *jtu, void *user)
{
    struct fann *net = user;
    (void)first;
    const struct fann_layer *inputs = net->first_layer, *outputs = net->last_layer - 1;
    if (unknown_activation(net) != NULL)
        return DIRICHLET_CALLBACK_UNSUPPORTED;
    for (int64_t row = 0; row < samples * directions; row++) {
        if (row % directions == 0) {
            fann_run(net, (double *)x + row / directions * net->num_input);
            for (struct fann_neuron *at = inputs->last_neuron; at < outputs->last_neuron; at++)
                at->value = is_stopped(at) ? 0
                                           : at->activation_steepness *
                                                 derivative(at->activation_function, at->sum);
        }
        for (struct fann_neuron *any = inputs->first_neuron; any < outputs->last_neuron; any++)
            any->sum = 0;
        for (unsigned o = 0; o < net->num_output; o++)
            outputs->first_neuron[o].sum = u[row * net->num_output + o];
        for (struct fann_neuron *to = outputs->last_neuron; to-- > inputs->last_neuron;)
            for (unsigned c = to->first_con; c < to->last_con; c++)
                net->connections[c]->sum += to->sum * to->value * net->weights[c];
        for (unsigned i = 0; i < net->num_input; i++)
            jtu[row * net->num_input + i] = inputs->first_neuron[i].sum;
    }
    return 0;
}

/* Says a(steepness z) to the library, of a layer without an activation yet. Returns NULL, or the
 * activation that it does not have. */
static inline const char *set_activation(dirichlet_dense_layer_f64 *layer,
                                         const struct fann_neuron *neuron)
{
    layer->input_scale = neuron->activation_steepness;
    switch (neuron->activation_function) {
    case FANN_LINEAR: layer->activation = DIRICHLET_ACTIVATION_IDENTITY; break;
    case FANN_SIGMOID:
        layer->activation = DIRICHLET_ACTIVATION_SIGMOID;
        layer->input_scale *= 2;
        break;
    case FANN_SIGMOID_SYMMETRIC: layer->activation = DIRICHLET_ACTIVATION_TANH; break;
    case FANN_ELLIOT_SYMMETRIC: layer->activation = DIRICHLET_ACTIVATION_SOFTSIGN; break;
    case FANN_SIN_SYMMETRIC: layer->activation = DIRICHLET_ACTIVATION_SIN; break;
    case FANN_LINEAR_PIECE:
    case FANN_LINEAR_PIECE_SYMMETRIC:
        layer->activation = DIRICHLET_ACTIVATION_CLAMP;
        layer->activation_parameter = neuron->activation_function == FANN_LINEAR_PIECE ? 0 : -1;
        layer->activation_second = 1;
        break;
    default: return FANN_ACTIVATIONFUNC_NAMES[neuron->activation_function];
    }
    return NULL;
}

/* Whether the neurons of a layer all have the activation and steepness of the first. */
static inline int is_uniform(const struct fann_layer *layer)
{
    const struct fann_neuron *first = layer->first_neuron;
    for (const struct fann_neuron *at = first; at < layer->last_neuron; at++)
        if (!is_bias(at) && (at->activation_function != first->activation_function ||
                             at->activation_steepness != first->activation_steepness))
            return 0;
    return 1;
}

/* Whether FANN stops a neuron at one of these points; the library knows no such end. */
static inline int stops(struct fann *net, int64_t samples, const double *x)
{
    for (int64_t n = 0; n < samples; n++, x += net->num_input) {
        const struct fann_neuron *end = (net->last_layer - 1)->last_neuron;
        fann_run(net, (double *)x);
        for (const struct fann_neuron *at = net->first_layer->last_neuron; at < end; at++)
            if (!is_bias(at) && is_stopped(at))
                return 1;
    }
    return 0;
}

/* The weights of fann_create_standard as a dense network: a row for each neuron, its bias last.
 * Returns NULL, or why they are none at these points. */
static inline const char *view(struct fann *net, int64_t samples, const double *x,
                               dirichlet_dense_layer_f64 *layers)
{
    if (net->network_type != FANN_NETTYPE_LAYER || net->connection_rate < 1)
        return "shortcuts or missing connections: the weights have another order";
    for (const struct fann_layer *l = net->first_layer + 1; l < net->last_layer; l++, layers++) {
        const struct fann_neuron *neuron = l->first_neuron;
        const int64_t row = neuron->last_con - neuron->first_con;
        *layers = (dirichlet_dense_layer_f64){.struct_size = sizeof *layers,
                                              .inputs = row - 1,
                                              .outputs = l->last_neuron - neuron -
                                                         1, /* the last one is a bias */
                                              .weights = net->weights + neuron->first_con,
                                              .output_stride = row,
                                              .input_stride = 1,
                                              .bias = net->weights + neuron->first_con + row - 1,
                                              .bias_stride = row};
        if (!is_uniform(l))
            return "neurons of one layer that differ";
        const char *unsaid = set_activation(layers, neuron);
        if (unsaid != NULL)
            return unsaid;
    }
    return stops(net, samples, x) ? "a neuron stops at 150 / steepness" : NULL;
}
/* -- end of glue -- */

#endif
