// Penalties for any trainer, and spectral norms: regularizer.h. What is returned is the value,
// without the strength.
#ifndef DIRICHLET_CPP_REGULARIZER_HPP
#define DIRICHLET_CPP_REGULARIZER_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include "dirichlet/cpp/model.hpp"

namespace dirichlet
{

template <class Real> using parameter = typename precision<Real>::parameter;

// A matrix (rows, columns) in rows, and its gradient; gradient empty: not wanted. Other layouts:
// make<parameter<Real>>().
template <class Real>
parameter<Real> make_parameter(std::int64_t rows, std::int64_t columns,
                               detail::same_t<span<const Real>> values,
                               detail::same_t<span<Real>> gradient = {}, bool bias = false)
{
    detail::expect("values", values, rows, columns);
    detail::expect_optional("gradient", gradient, rows, columns);
    auto view = make<parameter<Real>>();
    view.values = values.data();
    view.gradient = detail::optional(gradient);
    view.rows = rows;
    view.columns = columns;
    view.row_stride = view.gradient_row_stride = columns;
    view.column_stride = view.gradient_column_stride = 1;
    view.bias = bias ? 1 : 0;
    return view;
}

template <class Real>
double parameter_norm(span<const typename precision<Real>::parameter> parameters,
                      dirichlet_norm norm, double strength, bool biases = false)
{
    double value = 0;
    detail::message_buffer message;
    const dirichlet_status status = precision<Real>::parameter_norm(
        parameters.data(), detail::length(parameters), norm, biases ? 1 : 0, strength, &value,
        message.text, sizeof message.text);
    detail::finish(status, message.text);
    return value;
}

// The singular vectors that spectral_penalty keeps from step to step, those of biases empty.
template <class Real> class spectral_state
{
  public:
    using singular = typename precision<Real>::singular;

    explicit spectral_state(span<const typename precision<Real>::parameter> parameters)
    {
        for (const auto &matrix : parameters) {
            const bool bias = matrix.bias != 0 || matrix.columns < 1;
            vectors_.emplace_back(bias ? 0 : static_cast<std::size_t>(matrix.columns));
            singulars_.push_back(make<singular>());
            singulars_.back().vector = vectors_.back().data();
        }
    }
    spectral_state(spectral_state &&) noexcept = default;
    spectral_state &operator=(spectral_state &&) noexcept = default;

    // sigma and residual of every parameter, as of the last call.
    span<const singular> values() const noexcept { return singulars_; }

    // dirichlet_spectral_penalty_*, of the same parameters as before.
    double penalty(span<const typename precision<Real>::parameter> parameters, double strength,
                   const dirichlet_spectral_penalty_options &options =
                       make<dirichlet_spectral_penalty_options>())
    {
        detail::expect("parameters", parameters, detail::length(values()));
        for (std::size_t i = 0; i < vectors_.size(); i++)
            if (parameters[i].bias == 0)
                detail::expect("vector", span<const Real>(vectors_[i]), parameters[i].columns);
        double value = 0;
        detail::message_buffer message;
        const dirichlet_status status = precision<Real>::spectral_penalty(
            parameters.data(), detail::length(parameters), singulars_.data(), &options, strength,
            &value, message.text, sizeof message.text);
        detail::finish(status, message.text);
        return value;
    }

  private:
    std::vector<std::vector<Real>> vectors_; // moving it moves none of the vectors in it
    std::vector<singular> singulars_;
};

// ||A||_2 of a matrix (rows, columns); row_stride 0: columns.
template <class Real>
dirichlet_spectral_result
operator_norm(detail::same_t<span<const Real>> values, std::int64_t rows, std::int64_t columns,
              const dirichlet_spectral_options &options = make<dirichlet_spectral_options>(),
              std::int64_t row_stride = 0, std::int64_t column_stride = 1,
              const dirichlet_allocator *allocator = nullptr)
{
    if (row_stride == 0)
        row_stride = columns;
    detail::expect_strided("values", values, rows, columns, row_stride, column_stride);
    auto result = make<dirichlet_spectral_result>();
    detail::message_buffer message;
    const dirichlet_status status = precision<Real>::operator_norm(
        values.data(), rows, columns, row_stride, column_stride, &options, allocator, &result,
        message.text, sizeof message.text);
    detail::finish(status, message.text);
    return result;
}

// norms: (n), or empty.
template <class Real>
dirichlet_jacobian_norms jacobian_norms(
    const typename precision<Real>::model_table &functions, detail::same_t<span<const Real>> x,
    span<double> norms = {},
    const dirichlet_jacobian_norms_options &options = make<dirichlet_jacobian_norms_options>())
{
    const std::int64_t samples = detail::samples(x, functions.inputs);
    detail::expect_optional("norms", norms, samples);
    auto result = make<dirichlet_jacobian_norms>();
    detail::message_buffer message;
    const dirichlet_status status = precision<Real>::jacobian_norms(
        &functions, samples, x.data(), &options, detail::optional(norms), &result, message.text,
        sizeof message.text);
    detail::finish(status, message.text);
    return result;
}

template <class Real>
dirichlet_jacobian_norms jacobian_norms(
    const model<Real> &functions, detail::same_t<span<const Real>> x, span<double> norms = {},
    const dirichlet_jacobian_norms_options &options = make<dirichlet_jacobian_norms_options>())
{
    return jacobian_norms<Real>(detail::table_of(functions), x, norms, options);
}

// The geometric complexity of any model; backward empty: the value alone.
template <class Real>
double energy_penalty(
    const model<Real> &functions, const parameter_vjp<detail::same_t<Real>> &backward,
    detail::same_t<span<const Real>> x, double strength,
    const dirichlet_energy_penalty_options &options = make<dirichlet_energy_penalty_options>())
{
    const auto table = detail::table_of(functions);
    detail::sized<parameter_vjp<Real>> user{backward, functions.inputs, functions.outputs};
    double value = 0;
    detail::message_buffer message;
    const dirichlet_status status = precision<Real>::energy_penalty(
        &table, backward ? detail::call_parameter_vjp<Real> : nullptr, &user,
        detail::samples(x, functions.inputs), x.data(), &options, strength, &value, message.text,
        sizeof message.text);
    detail::finish(status, message.text);
    return value;
}

// theta and gradient: (p); gradient empty: the values alone.
template <class Real>
dirichlet_flatness
flatness_penalty(const objective<Real> &of, detail::same_t<span<const Real>> theta,
                 double learning_rate, double strength, detail::same_t<span<Real>> gradient = {},
                 const dirichlet_flatness_options &options = make<dirichlet_flatness_options>())
{
    using calls = detail::objective_calls<Real>;
    detail::expect_optional("gradient", gradient, detail::length(theta));
    detail::sized<objective<Real>> user{of, detail::length(theta), 1};
    auto table = make<typename precision<Real>::objective_table>();
    table.parameters = detail::length(theta);
    table.gradient = of.gradient ? calls::gradient : nullptr;
    table.hvp = of.hvp ? calls::hvp : nullptr;
    table.user = &user;
    auto result = make<dirichlet_flatness>();
    detail::message_buffer message;
    const dirichlet_status status = precision<Real>::flatness_penalty(
        &table, theta.data(), learning_rate, strength, detail::optional(gradient), &options,
        &result, message.text, sizeof message.text);
    detail::finish(status, message.text);
    return result;
}

} // namespace dirichlet

#endif
