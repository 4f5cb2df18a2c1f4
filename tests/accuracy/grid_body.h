/* What both grids of cases are made of: every activation, and widths. */

static const struct {
    const char *name;
    dirichlet_activation kind;
    double parameter;
} activations[] = {
    {"identity", DIRICHLET_ACTIVATION_IDENTITY, 0.0},
    {"relu", DIRICHLET_ACTIVATION_RELU, 0.0},
    {"leaky_relu", DIRICHLET_ACTIVATION_LEAKY_RELU, 0.2},
    {"elu", DIRICHLET_ACTIVATION_ELU, 1.5},
    {"gelu", DIRICHLET_ACTIVATION_GELU, 0.0},
    {"gelu_tanh", DIRICHLET_ACTIVATION_GELU_TANH, 0.0},
    {"silu", DIRICHLET_ACTIVATION_SILU, 0.0},
    {"softplus", DIRICHLET_ACTIVATION_SOFTPLUS, 0.0},
    {"tanh", DIRICHLET_ACTIVATION_TANH, 0.0},
    {"sigmoid", DIRICHLET_ACTIVATION_SIGMOID, 0.0},
    {"sin", DIRICHLET_ACTIVATION_SIN, 0.0},
};

#define ACTIVATION_COUNT (sizeof activations / sizeof activations[0])

/* d, width of the hidden layers, k. */
struct widths {
    int64_t inputs, hidden, outputs;
};

/* Work of the reference for one sample, in multiplications: that of the hidden layers, for forward
 * pass, Jacobian and gradient. */
static double reference_work(struct widths w, int64_t depth)
{
    const double hidden = (double)w.hidden * (double)w.hidden * (double)(depth - 2);
    return depth < 2 ? 0.0 : hidden * (double)(w.inputs + 4);
}
