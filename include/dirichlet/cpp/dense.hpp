// Dense networks over borrowed weights: dense.h.
#ifndef DIRICHLET_CPP_DENSE_HPP
#define DIRICHLET_CPP_DENSE_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dirichlet/cpp/batch.hpp"
#include "dirichlet/cpp/model.hpp"

namespace dirichlet
{
inline namespace v0_2
{

template <class Real> using dense_layer = typename precision<Real>::dense_layer;
template <class Real> using dense_gradient = typename precision<Real>::dense_gradient;
template <class Real> using dense_tangent = typename precision<Real>::dense_tangent;

// Strides of a layer; output_stride 0: inputs, as for weights (out, in) in rows.
struct layout {
    std::int64_t output_stride = 0;
    std::int64_t input_stride = 1;
    std::int64_t bias_stride = 1;
};

namespace detail
{

// Checks that weights and bias, if any, reach as far as their layout says.
template <class T>
void expect_layer(std::int64_t inputs, std::int64_t outputs, span<T> weights, span<T> bias,
                  layout &strides)
{
    if (strides.output_stride == 0)
        strides.output_stride = inputs;
    expect_strided("weights", weights, outputs, inputs, strides.output_stride,
                   strides.input_stride);
    if (!bias.empty())
        expect_strided("bias", bias, outputs, 1, strides.bias_stride, 1);
}

} // namespace detail

// A view of one layer; bias empty: none; activation_parameter not given: the activation's default,
// given: what it says, 0 too. What this does not say, scales and the kink of the
// activation, are fields of what it returns.
template <class Real>
dense_layer<Real> make_layer(std::int64_t inputs, std::int64_t outputs,
                             detail::same_t<span<const Real>> weights,
                             detail::same_t<span<const Real>> bias = {},
                             dirichlet_activation activation = DIRICHLET_ACTIVATION_IDENTITY,
                             std::optional<double> activation_parameter = {}, layout strides = {})
{
    detail::expect_layer(inputs, outputs, weights, bias, strides);
    auto layer = make<dense_layer<Real>>();
    layer.inputs = inputs;
    layer.outputs = outputs;
    layer.weights = weights.data();
    layer.output_stride = strides.output_stride;
    layer.input_stride = strides.input_stride;
    layer.bias = detail::optional(bias);
    layer.bias_stride = strides.bias_stride;
    layer.activation = activation;
    layer.parameter_given = activation_parameter ? 1 : 0;
    layer.activation_parameter = activation_parameter.value_or(0);
    return layer;
}

// Slopes of prelu, one for each output of the layer.
template <class Real>
void set_negative_slopes(dense_layer<Real> &layer, detail::same_t<span<const Real>> slopes,
                         std::int64_t stride = 1)
{
    detail::expect_strided("slopes", slopes, layer.outputs, 1, stride, 1);
    layer.negative_slopes = slopes.data();
    layer.negative_slope_stride = stride;
}

namespace detail
{

// What make_gradient and make_tangent have in common: a view that may leave out either array.
template <class View, class T>
View make_view(std::int64_t inputs, std::int64_t outputs, span<T> weights, span<T> bias,
               layout strides)
{
    if (strides.output_stride == 0)
        strides.output_stride = inputs;
    if (!weights.empty())
        expect_layer(inputs, outputs, weights, bias, strides);
    else if (!bias.empty())
        expect_strided("bias", bias, outputs, 1, strides.bias_stride, 1);
    auto view = make<View>();
    view.weights = optional(weights);
    view.output_stride = strides.output_stride;
    view.input_stride = strides.input_stride;
    view.bias = optional(bias);
    view.bias_stride = strides.bias_stride;
    return view;
}

} // namespace detail

// Where the gradient of one layer is added; empty: not wanted.
template <class Real>
dense_gradient<Real> make_gradient(std::int64_t inputs, std::int64_t outputs,
                                   detail::same_t<span<Real>> weights,
                                   detail::same_t<span<Real>> bias = {}, layout strides = {})
{
    return detail::make_view<dense_gradient<Real>>(inputs, outputs, weights, bias, strides);
}

// A direction in the parameters of one layer; empty: 0.
template <class Real>
dense_tangent<Real> make_tangent(std::int64_t inputs, std::int64_t outputs,
                                 detail::same_t<span<const Real>> weights,
                                 detail::same_t<span<const Real>> bias = {}, layout strides = {})
{
    return detail::make_view<dense_tangent<Real>>(inputs, outputs, weights, bias, strides);
}

// The spectral norm of each layer's weights, and what they say together.
struct dense_norms {
    std::vector<dirichlet_spectral_result> layers;
    dirichlet_dense_lipschitz lipschitz;
};

// The sides of the transfer theorem: (n), but factors (n, layers).
struct dense_transfer {
    std::vector<double> input_side, parameter_side, factors, ratios;
};

// A network. The number of samples n is found from the size of x, that of directions m from the
// size of v or u. A moved-from network can be assigned to and destroyed; all else fails.
template <class Real> class dense
{
    using C = precision<Real>;
    using input = span<const Real>;
    using gradients = span<const typename C::dense_gradient>;
    using tangents = span<const typename C::dense_tangent>;

  public:
    explicit dense(span<const typename C::dense_layer> layers,
                   const dirichlet_dense_options &options = make<dirichlet_dense_options>())
        : layers_(options.layers != 0 ? options.layers : detail::length(layers))
    {
        typename C::dense_network *handle = nullptr;
        auto details = make<dirichlet_error>();
        const dirichlet_status status =
            C::dense_create(layers.data(), detail::length(layers), &options, &handle, &details);
        handle_.reset(handle);
        detail::finish(status, details);
    }

    std::int64_t inputs() const noexcept { return C::dense_inputs(handle()); }
    std::int64_t outputs() const noexcept { return C::dense_outputs(handle()); }
    std::int64_t layers() const noexcept { return layers_; } // in use

    // The table for an estimator, which the network must outlive; it may be moved meanwhile.
    typename C::model_table table()
    {
        auto functions = make<typename C::model_table>();
        done(C::dense_model(handle(), &functions));
        return functions;
    }

    void forward(input x, span<Real> y)
    {
        const std::int64_t n = samples(x);
        detail::expect("y", y, n, outputs());
        done(C::dense_forward(handle(), n, x.data(), y.data()));
    }
    void jvp(input x, input v, span<Real> jv)
    {
        const std::int64_t n = samples(x), m = detail::directions("v", v, n, inputs());
        detail::expect("jv", jv, n * m, outputs());
        done(C::dense_jvp(handle(), n, m, x.data(), v.data(), jv.data()));
    }
    void vjp(input x, input u, span<Real> jtu)
    {
        const std::int64_t n = samples(x), m = detail::directions("u", u, n, outputs());
        detail::expect("jtu", jtu, n * m, inputs());
        done(C::dense_vjp(handle(), n, m, x.data(), u.data(), jtu.data()));
    }
    void energies(input x, span<double> energies)
    {
        const std::int64_t n = samples(x);
        detail::expect("energies", energies, n);
        done(C::dense_energies(handle(), n, x.data(), energies.data()));
    }
    double energy_sum(input x)
    {
        double sum = 0;
        done(C::dense_energy_sum(handle(), samples(x), x.data(), &sum));
        return sum;
    }
    void product_norms(input x, input u, span<double> norms)
    {
        const std::int64_t n = samples(x), m = detail::directions("u", u, n, outputs());
        detail::expect("norms", norms, n * m);
        done(C::dense_product_norms(handle(), n, m, x.data(), u.data(), norms.data()));
    }

    dirichlet_dense_plan energy_plan(std::int64_t samples, bool sum = false)
    {
        auto plan = make<dirichlet_dense_plan>();
        done(C::dense_energy_plan(handle(), samples, sum ? 1 : 0, &plan));
        return plan;
    }
    dirichlet_dense_plan last_plan() const
    {
        auto plan = make<dirichlet_dense_plan>();
        detail::finish(C::dense_last_plan(handle(), &plan));
        return plan;
    }
    std::string plan_text(const dirichlet_dense_plan &plan) const
    {
        std::string text(
            DIRICHLET_DENSE_PLAN_TEXT_SIZE * (1 + static_cast<std::size_t>(layers_) / 16), '\0');
        detail::finish(C::dense_plan_text(handle(), &plan, text.data(), text.size()));
        return text.c_str();
    }

    void parameter_vjp(input x, input cotangents, double scale, gradients into)
    {
        const std::int64_t n = samples(x);
        detail::expect("cotangents", cotangents, n, outputs());
        done(C::dense_parameter_vjp(handle(), n, x.data(), cotangents.data(), scale, into.data(),
                                    detail::length(into)));
    }
    // The value is the geometric complexity.
    dirichlet_penalty_result energy_penalty(
        input x, double strength, gradients into,
        const dirichlet_dense_penalty_options &options = make<dirichlet_dense_penalty_options>())
    {
        auto result = make<dirichlet_penalty_result>();
        done(C::dense_energy_penalty(handle(), samples(x), x.data(), &options, strength,
                                     into.data(), detail::length(into), &result));
        return result;
    }
    dirichlet_penalty_result energy_penalty(
        const batch<Real> &of, double strength, gradients into,
        const dirichlet_dense_penalty_options &options = make<dirichlet_dense_penalty_options>())
    {
        const auto table = detail::table_of(of, inputs());
        auto result = make<dirichlet_penalty_result>();
        done(C::dense_energy_penalty_batch(handle(), &table, &options, strength, into.data(),
                                           detail::length(into), &result));
        return result;
    }
    // Returns the loss.
    double loss_gradient(input x, const loss<Real> &of, double scale, gradients into)
    {
        const detail::sized<loss<Real>> functions{of, inputs(), outputs()};
        const auto table = detail::table_of(functions, samples(x));
        double value = 0;
        done(C::dense_loss_gradient(handle(), samples(x), x.data(), &table, scale, into.data(),
                                    detail::length(into), &value));
        return value;
    }
    void loss_hvp(input x, const loss<Real> &of, tangents direction, double scale, gradients into)
    {
        const detail::sized<loss<Real>> functions{of, inputs(), outputs()};
        const auto table = detail::table_of(functions, samples(x));
        detail::expect("tangents", direction, detail::length(into));
        done(C::dense_loss_hvp(handle(), samples(x), x.data(), &table, direction.data(), scale,
                               into.data(), detail::length(into)));
    }
    // into empty: the values alone, over all parameters.
    dirichlet_flatness flatness_penalty(input x, const loss<Real> &of, double learning_rate,
                                        double strength, gradients into = {})
    {
        const detail::sized<loss<Real>> functions{of, inputs(), outputs()};
        const auto table = detail::table_of(functions, samples(x));
        auto result = make<dirichlet_flatness>();
        done(C::dense_flatness_penalty(handle(), samples(x), x.data(), &table, learning_rate,
                                       strength, detail::optional(into), detail::length(into),
                                       &result));
        return result;
    }

    dense_norms
    spectral_norms(const dirichlet_spectral_options &options = make<dirichlet_spectral_options>(),
                   const progress_callback &progress = {})
    {
        const auto all = detail::with_progress(options, progress);
        const auto count = static_cast<std::size_t>(layers_);
        dense_norms result{{count, make<dirichlet_spectral_result>()},
                           make<dirichlet_dense_lipschitz>()};
        done(C::dense_spectral_norms(handle(), &all, result.layers.data(), &result.lipschitz));
        return result;
    }
    dense_transfer transfer(
        input x,
        const dirichlet_dense_transfer_options &options = make<dirichlet_dense_transfer_options>(),
        const progress_callback &progress = {})
    {
        const auto all = detail::with_progress(options, progress);
        const std::int64_t n = samples(x);
        const auto count = static_cast<std::size_t>(n), layers = static_cast<std::size_t>(layers_);
        using numbers = std::vector<double>;
        dense_transfer result{numbers(count), numbers(count), numbers(count * layers),
                              numbers(count)};
        auto table = make<dirichlet_dense_transfer_result>();
        table.input_side = result.input_side.data();
        table.parameter_side = result.parameter_side.data();
        table.factors = result.factors.data();
        table.ratios = result.ratios.data();
        done(C::dense_transfer(handle(), n, x.data(), &all, &table));
        return result;
    }

    dirichlet_dense_description describe() const
    {
        auto value = make<dirichlet_dense_description>();
        detail::finish(C::dense_describe(handle(), &value));
        return value;
    }
    const char *message() const noexcept { return C::dense_message(handle()); }
    // Of the last call that failed; a callable that throws has the callback_code 1.
    dirichlet_error last_error() const noexcept
    {
        auto details = make<dirichlet_error>();
        C::dense_last_error(handle(), &details);
        return details;
    }
    typename C::dense_network *handle() const noexcept { return handle_.get(); }

  private:
    struct destroy {
        void operator()(typename C::dense_network *handle) const noexcept
        {
            C::dense_destroy(handle);
        }
    };

    std::int64_t samples(input x) const
    {
        if (!handle_)
            throw error(DIRICHLET_E_NULL, "the network was moved from");
        return detail::rows("x", x, inputs());
    }
    void done(dirichlet_status status) const
    {
        status == DIRICHLET_OK ? detail::finish(status) : detail::finish(status, last_error());
    }

    std::unique_ptr<typename C::dense_network, destroy> handle_;
    std::int64_t layers_ = 0;
};

} // namespace v0_2
} // namespace dirichlet

#endif
