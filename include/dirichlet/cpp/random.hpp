// Initialization and noise: random.h.
#ifndef DIRICHLET_CPP_RANDOM_HPP
#define DIRICHLET_CPP_RANDOM_HPP

#include <cstdint>
#include <optional>

#include "dirichlet/cpp/dense.hpp"

namespace dirichlet
{
inline namespace v0_2
{

using initialization_options = dirichlet_initialization_options;

// scale: 1 unless it is given; 0 too can be. Distribution and bias are fields of what is returned.
inline initialization_options make_initialization(dirichlet_initialization scheme,
                                                  std::uint64_t seed = 0,
                                                  std::optional<double> scale = {})
{
    auto options = make<initialization_options>();
    options.scheme = scheme;
    options.seed = seed;
    options.scale_given = scale ? 1 : 0;
    options.scale = scale.value_or(0);
    return options;
}

// Draws the weights and, unless it is empty, the bias of layer number `layer`.
template <class Real>
void initialize(std::int64_t layer, std::int64_t inputs, std::int64_t outputs,
                detail::same_t<span<Real>> weights, detail::same_t<span<Real>> bias = {},
                const initialization_options &options = make<initialization_options>(),
                layout strides = {})
{
    detail::expect_layer(inputs, outputs, weights, bias, strides);
    auto details = make<dirichlet_error>();
    const dirichlet_status status = precision<Real>::initialize(
        &options, layer, inputs, outputs, weights.data(), strides.output_stride,
        strides.input_stride, detail::optional(bias), strides.bias_stride, &details);
    detail::finish(status, details);
}

inline double
initialization_variance(std::int64_t inputs, std::int64_t outputs,
                        const initialization_options &options = make<initialization_options>())
{
    double variance = 0;
    auto details = make<dirichlet_error>();
    const dirichlet_status status =
        dirichlet_initialization_variance(&options, inputs, outputs, &variance, &details);
    detail::finish(status, details);
    return variance;
}

// widths: (L + 1), from the inputs to the outputs.
inline double
expected_energy(span<const std::int64_t> widths, double negative_slope = 0,
                const initialization_options &options = make<initialization_options>())
{
    double energy = 0;
    auto details = make<dirichlet_error>();
    const dirichlet_status status = dirichlet_expected_energy(
        &options, widths.data(), detail::length(widths) - 1, negative_slope, &energy, &details);
    detail::finish(status, details);
    return energy;
}

// Returns how many labels were replaced.
inline std::int64_t noise_labels(std::uint64_t seed, std::int64_t step, std::int64_t first_sample,
                                 std::int64_t classes, double probability,
                                 span<std::int64_t> labels)
{
    std::int64_t changed = 0;
    auto details = make<dirichlet_error>();
    const dirichlet_status status =
        dirichlet_noise_labels(seed, step, first_sample, detail::length(labels), classes,
                               probability, labels.data(), &changed, &details);
    detail::finish(status, details);
    return changed;
}

// values: (n, width).
template <class Real>
void noise_add(dirichlet_noise kind, std::uint64_t seed, std::int64_t step,
               std::int64_t first_sample, std::int64_t width, double standard_deviation,
               detail::same_t<span<Real>> values)
{
    auto details = make<dirichlet_error>();
    const dirichlet_status status = precision<Real>::noise_add(
        kind, seed, step, first_sample, detail::rows("values", values, width), width,
        standard_deviation, values.data(), &details);
    detail::finish(status, details);
}

} // namespace v0_2
} // namespace dirichlet

#endif
