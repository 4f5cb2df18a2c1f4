/* What the initialization promises: the variance of a weight and the mean of the energy. */
#include "dirichlet/random.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arithmetic/wide_product.h"
#include "core/interface/environment.h"
#include "core/interface/memory.h"
#include "core/interface/message.h"
#include "core/matrix/strides.h"
#include "dirichlet/status.h"
#include "random/options.h"

static double variance_of(const dirichlet_initialization_options *options, int64_t inputs,
                          int64_t outputs)
{
    return options->scale * options->scale * plain_variance(options->scheme, inputs, outputs);
}

static dirichlet_status find_variance(const dirichlet_initialization_options *given, int64_t inputs,
                                      int64_t outputs, double *variance, struct message *message)
{
    dirichlet_initialization_options options;
    dirichlet_status status = options_of_initialization(given, &options, message);
    if (status == DIRICHLET_OK)
        status = extent_check(inputs, MOST_UNITS, "", "inputs", message);
    if (status == DIRICHLET_OK)
        status = extent_check(outputs, MOST_UNITS, "", "outputs", message);
    if (status != DIRICHLET_OK)
        return status;
    if (variance == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "variance is NULL");
    const double value = variance_of(&options, inputs, outputs);
    if (!isfinite(value) || (value == 0.0 && options.scale > 0.0))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "options.scale is %g: its square is beyond a double", options.scale);
    *variance = value;
    return DIRICHLET_OK;
}

dirichlet_status dirichlet_initialization_variance(const dirichlet_initialization_options *options,
                                                   int64_t inputs, int64_t outputs,
                                                   double *variance, dirichlet_error *error)
{
    struct message text = {0};
    struct environment caller;
    if (!error_is_usable(error))
        return DIRICHLET_E_STRUCT_SIZE;
    environment_enter(&caller);
    const dirichlet_status status = find_variance(options, inputs, outputs, variance, &text);
    message_hand_out(&text, status, error);
    environment_leave(&caller);
    return status;
}

static dirichlet_status check_widths(const int64_t *widths, int64_t layer_count,
                                     struct message *message)
{
    int64_t bytes = 0;
    if (widths == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "widths is NULL");
    if (layer_count < 1)
        return message_fail(message, DIRICHLET_E_RANGE, "layer_count is %lld: it must be >= 1",
                            (long long)layer_count);
    if (layer_count == INT64_MAX || !size_of_array(layer_count + 1, 1, 1, sizeof *widths, &bytes))
        return message_fail(message, DIRICHLET_E_OVERFLOW,
                            "layer_count is %lld: too many for the address space",
                            (long long)layer_count);
    for (int64_t l = 0; l <= layer_count; l++) {
        struct message name = {0};
        (void)message_fail(&name, DIRICHLET_OK, "widths[%lld]", (long long)l);
        const dirichlet_status status = extent_check(widths[l], MOST_UNITS, "", name.text, message);
        if (status != DIRICHLET_OK)
            return status;
    }
    return DIRICHLET_OK;
}

/* Row i of W_l turns ||M||_F^2 of what is below into a mean of Var(W_l) ||M||_F^2, and its unit's
 * slope, 1 or p by turns whatever the squares are, into (1 + p^2) / 2 of that. */
static double energy_of(const dirichlet_initialization_options *options, const int64_t *widths,
                        int64_t layer_count, double slope)
{
    const double length = hypot(1.0, slope);
    struct wide_product energy = wide_product_of_none();
    wide_product_multiply(&energy, (double)widths[layer_count]);
    for (int64_t l = 0; l < layer_count; l++) {
        wide_product_multiply(&energy, (double)widths[l]);
        wide_product_multiply(&energy, plain_variance(options->scheme, widths[l], widths[l + 1]));
        wide_product_multiply(&energy, options->scale);
        wide_product_multiply(&energy, options->scale);
        if (l == 0)
            continue;
        wide_product_multiply(&energy, length);
        wide_product_multiply(&energy, 0.5 * length);
    }
    return wide_product_value(&energy);
}

static dirichlet_status find_energy(const dirichlet_initialization_options *given,
                                    const int64_t *widths, int64_t layer_count, double slope,
                                    double *energy, struct message *message)
{
    dirichlet_initialization_options options;
    dirichlet_status status = options_of_initialization(given, &options, message);
    if (status == DIRICHLET_OK)
        status = check_widths(widths, layer_count, message);
    if (status != DIRICHLET_OK)
        return status;
    if (!isfinite(slope))
        return message_fail(message, DIRICHLET_E_RANGE, "negative_slope is %g: it must be finite",
                            slope);
    if (energy == NULL)
        return message_fail(message, DIRICHLET_E_NULL, "energy is NULL");
    const double value = energy_of(&options, widths, layer_count, slope);
    if (!isfinite(value))
        return message_fail(message, DIRICHLET_E_OVERFLOW, "energy exceeds a double");
    *energy = value;
    return DIRICHLET_OK;
}

dirichlet_status dirichlet_expected_energy(const dirichlet_initialization_options *options,
                                           const int64_t *widths, int64_t layer_count,
                                           double negative_slope, double *energy,
                                           dirichlet_error *error)
{
    struct message text = {0};
    struct environment caller;
    if (!error_is_usable(error))
        return DIRICHLET_E_STRUCT_SIZE;
    environment_enter(&caller);
    const dirichlet_status status =
        find_energy(options, widths, layer_count, negative_slope, energy, &text);
    message_hand_out(&text, status, error);
    environment_leave(&caller);
    return status;
}
