// Penalties for any trainer, and spectral norms: regularizer.h. Values come without the strength.
#ifndef DIRICHLET_CPP_REGULARIZER_HPP
#define DIRICHLET_CPP_REGULARIZER_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include "dirichlet/cpp/batch.hpp"
#include "dirichlet/cpp/model.hpp"

namespace dirichlet
{
inline namespace v0_2
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
dirichlet_penalty_result parameter_norm(span<const typename precision<Real>::parameter> parameters,
                                        const dirichlet_parameter_norm_options &options,
                                        double strength)
{
    auto result = make<dirichlet_penalty_result>();
    auto details = make<dirichlet_error>();
    const dirichlet_status status = precision<Real>::parameter_norm(
        parameters.data(), detail::length(parameters), &options, strength, &result, &details);
    detail::finish(status, details);
    return result;
}

template <class Real>
dirichlet_penalty_result parameter_norm(span<const typename precision<Real>::parameter> parameters,
                                        dirichlet_norm norm, double strength, bool biases = false)
{
    auto options = make<dirichlet_parameter_norm_options>();
    options.norm = norm;
    options.biases = biases ? 1 : 0;
    return parameter_norm<Real>(parameters, options, strength);
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
    dirichlet_penalty_result penalty(span<const typename precision<Real>::parameter> parameters,
                                     double strength,
                                     const dirichlet_spectral_penalty_options &options =
                                         make<dirichlet_spectral_penalty_options>())
    {
        detail::expect("parameters", parameters, detail::length(values()));
        for (std::size_t i = 0; i < vectors_.size(); i++)
            if (parameters[i].bias == 0)
                detail::expect("vector", span<const Real>(vectors_[i]), parameters[i].columns);
        auto result = make<dirichlet_penalty_result>();
        auto details = make<dirichlet_error>();
        const dirichlet_status status = precision<Real>::spectral_penalty(
            parameters.data(), detail::length(parameters), singulars_.data(), &options, strength,
            &result, &details);
        detail::finish(status, details);
        return result;
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
              const dirichlet_allocator *allocator = nullptr,
              const progress_callback &progress = {})
{
    if (row_stride == 0)
        row_stride = columns;
    detail::expect_strided("values", values, rows, columns, row_stride, column_stride);
    const auto all = detail::with_progress(options, progress);
    auto result = make<dirichlet_spectral_result>();
    auto details = make<dirichlet_error>();
    const dirichlet_status status =
        precision<Real>::operator_norm(values.data(), rows, columns, row_stride, column_stride,
                                       &all, allocator, &result, &details);
    detail::finish(status, details);
    return result;
}

// norms: (n), or empty.
template <class Real>
dirichlet_jacobian_norms jacobian_norms(
    const typename precision<Real>::model_table &functions, detail::same_t<span<const Real>> x,
    span<double> norms = {},
    const dirichlet_jacobian_norms_options &options = make<dirichlet_jacobian_norms_options>(),
    const progress_callback &progress = {})
{
    const std::int64_t samples = detail::samples(x, functions.inputs);
    detail::expect_optional("norms", norms, samples);
    const auto all = detail::with_progress(options, progress);
    auto result = make<dirichlet_jacobian_norms>();
    auto details = make<dirichlet_error>();
    const dirichlet_status status = precision<Real>::jacobian_norms(
        &functions, samples, x.data(), &all, detail::optional(norms), &result, &details);
    detail::finish(status, details);
    return result;
}

template <class Real>
dirichlet_jacobian_norms jacobian_norms(
    const model<Real> &functions, detail::same_t<span<const Real>> x, span<double> norms = {},
    const dirichlet_jacobian_norms_options &options = make<dirichlet_jacobian_norms_options>(),
    const progress_callback &progress = {})
{
    return jacobian_norms<Real>(detail::table_of(functions), x, norms, options, progress);
}

// The geometric complexity of any model, and its gradient by the model's parameter_vjp; without one
// the value alone.
template <class Real>
dirichlet_penalty_result energy_penalty(
    const model<Real> &functions, detail::same_t<span<const Real>> x, double strength,
    const dirichlet_energy_penalty_options &options = make<dirichlet_energy_penalty_options>(),
    const progress_callback &progress = {})
{
    const auto table = detail::table_of(functions);
    const auto all = detail::with_progress(options, progress);
    auto result = make<dirichlet_penalty_result>();
    auto details = make<dirichlet_error>();
    const dirichlet_status status = precision<Real>::energy_penalty(
        &table, detail::samples(x, functions.inputs), x.data(), &all, strength, &result, &details);
    detail::finish(status, details);
    return result;
}

template <class Real>
dirichlet_penalty_result energy_penalty(
    const model<Real> &functions, const batch<detail::same_t<Real>> &samples, double strength,
    const dirichlet_energy_penalty_options &options = make<dirichlet_energy_penalty_options>(),
    const progress_callback &progress = {})
{
    const auto table = detail::table_of(functions);
    const auto given = detail::table_of(samples, functions.inputs);
    const auto all = detail::with_progress(options, progress);
    auto result = make<dirichlet_penalty_result>();
    auto details = make<dirichlet_error>();
    const dirichlet_status status =
        precision<Real>::energy_penalty_batch(&table, &given, &all, strength, &result, &details);
    detail::finish(status, details);
    return result;
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
    auto details = make<dirichlet_error>();
    const dirichlet_status status =
        precision<Real>::flatness_penalty(&table, theta.data(), learning_rate, strength,
                                          detail::optional(gradient), &options, &result, &details);
    detail::finish(status, details);
    return result;
}

} // namespace v0_2
} // namespace dirichlet

#endif
