// Dense networks over borrowed weights: dense.h.
#ifndef DIRICHLET_CPP_DENSE_HPP
#define DIRICHLET_CPP_DENSE_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "dirichlet/cpp/model.hpp"

namespace dirichlet
{

template <class Real> using dense_layer = typename precision<Real>::dense_layer;
template <class Real> using dense_gradient = typename precision<Real>::dense_gradient;

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

// A view of one layer; bias empty: none. What it does not say, scales and the kink of the
// activation, are fields of what it returns.
template <class Real>
dense_layer<Real> make_layer(std::int64_t inputs, std::int64_t outputs,
                             detail::same_t<span<const Real>> weights,
                             detail::same_t<span<const Real>> bias = {},
                             dirichlet_activation activation = DIRICHLET_ACTIVATION_IDENTITY,
                             double activation_parameter = 0, layout strides = {})
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
    layer.activation_parameter = activation_parameter;
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

// Where the gradient of one layer is added; empty: not wanted.
template <class Real>
dense_gradient<Real> make_gradient(std::int64_t inputs, std::int64_t outputs,
                                   detail::same_t<span<Real>> weights,
                                   detail::same_t<span<Real>> bias = {}, layout strides = {})
{
    if (strides.output_stride == 0)
        strides.output_stride = inputs;
    if (!weights.empty())
        detail::expect_layer(inputs, outputs, weights, bias, strides);
    else if (!bias.empty())
        detail::expect_strided("bias", bias, outputs, 1, strides.bias_stride, 1);
    auto gradient = make<dense_gradient<Real>>();
    gradient.weights = detail::optional(weights);
    gradient.output_stride = strides.output_stride;
    gradient.input_stride = strides.input_stride;
    gradient.bias = detail::optional(bias);
    gradient.bias_stride = strides.bias_stride;
    return gradient;
}

// A network. The number of samples n is found from the size of x, that of directions m from the
// size of v or u. A moved-from network can be assigned to and destroyed; all else fails.
template <class Real> class dense
{
    using C = precision<Real>;
    using input = span<const Real>;
    using gradients = span<const typename C::dense_gradient>;

  public:
    explicit dense(span<const typename C::dense_layer> layers,
                   const dirichlet_dense_options &options = make<dirichlet_dense_options>())
        : layers_(options.layers != 0 ? options.layers : detail::length(layers))
    {
        typename C::dense_network *handle = nullptr;
        detail::message_buffer message;
        const dirichlet_status status =
            C::dense_create(layers.data(), detail::length(layers), &options, &handle, message.text,
                            sizeof message.text);
        handle_.reset(handle);
        detail::finish(status, message.text);
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
    // Returns the geometric complexity.
    double energy_penalty(
        input x, double strength, gradients into,
        const dirichlet_dense_penalty_options &options = make<dirichlet_dense_penalty_options>())
    {
        double value = 0;
        done(C::dense_energy_penalty(handle(), samples(x), x.data(), &options, strength,
                                     into.data(), detail::length(into), &value));
        return value;
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
    void loss_hvp(input x, const loss<Real> &of, gradients tangents, double scale, gradients into)
    {
        const detail::sized<loss<Real>> functions{of, inputs(), outputs()};
        const auto table = detail::table_of(functions, samples(x));
        detail::expect("tangents", tangents, detail::length(into));
        done(C::dense_loss_hvp(handle(), samples(x), x.data(), &table, tangents.data(), scale,
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

    // norms (L), converged (L) or empty; returns the upper bound of the Lipschitz constant.
    double
    spectral_norms(span<double> norms, span<std::int32_t> converged = {},
                   const dirichlet_spectral_options &options = make<dirichlet_spectral_options>())
    {
        detail::expect("norms", norms, layers_);
        detail::expect_optional("converged", converged, layers_);
        double bound = 0;
        done(C::dense_spectral_norms(handle(), &options, norms.data(), detail::optional(converged),
                                     &bound));
        return bound;
    }
    void transfer(input x, span<double> input_side, span<double> parameter_side,
                  span<double> factors)
    {
        const std::int64_t n = samples(x);
        detail::expect("input_side", input_side, n);
        detail::expect("parameter_side", parameter_side, n);
        detail::expect("factors", factors, n, layers_);
        done(C::dense_transfer(handle(), n, x.data(), input_side.data(), parameter_side.data(),
                               factors.data()));
    }

    const char *message() const noexcept { return C::dense_message(handle()); }
    // Always 0 or 1 here: a custom loss that throws has no code of its own.
    std::int32_t callback_code() const noexcept { return C::dense_callback_code(handle()); }
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
    void done(dirichlet_status status) const { detail::finish(status, message()); }

    std::unique_ptr<typename C::dense_network, destroy> handle_;
    std::int64_t layers_ = 0;
};

} // namespace dirichlet

#endif
