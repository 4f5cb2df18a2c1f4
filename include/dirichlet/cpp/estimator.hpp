// Measuring: estimator.h.
#ifndef DIRICHLET_CPP_ESTIMATOR_HPP
#define DIRICHLET_CPP_ESTIMATOR_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "dirichlet/cpp/batch.hpp"
#include "dirichlet/cpp/model.hpp"

namespace dirichlet
{
inline namespace v0_2
{

// An estimator and the callables it was made of, which its clones share. x is (n, d), n being found
// from its size; weights and energies are (n) or empty. A moved-from estimator can be assigned to
// and destroyed; all else fails with DIRICHLET_E_NULL.
template <class Real> class estimator
{
    using C = precision<Real>;

  public:
    using table = typename C::model_table;

    explicit estimator(
        model<Real> functions,
        const dirichlet_estimator_options &options = make<dirichlet_estimator_options>(),
        progress_callback progress = {})
        : callables_(std::make_shared<const callables>(
              callables{std::move(functions), std::move(progress)})),
          inputs_(callables_->functions.inputs)
    {
        create(detail::table_of(callables_->functions), options);
    }

    // Of a table as in C; what it points to must outlive the estimator and its clones.
    explicit estimator(
        const table &functions,
        const dirichlet_estimator_options &options = make<dirichlet_estimator_options>(),
        progress_callback progress = {})
        : callables_(std::make_shared<const callables>(callables{{}, std::move(progress)})),
          inputs_(functions.inputs)
    {
        create(functions, options);
    }

    // dirichlet_estimator_deserialize.
    static estimator deserialize(span<const unsigned char> bytes,
                                 const dirichlet_allocator *allocator = nullptr)
    {
        estimator result;
        dirichlet_estimator *handle = nullptr;
        auto details = make<dirichlet_error>();
        const dirichlet_status status = dirichlet_estimator_deserialize(
            bytes.data(), bytes.size(), allocator, &handle, &details);
        result.handle_.reset(handle);
        detail::finish(status, details);
        return result;
    }

    void update(detail::same_t<span<const Real>> x, span<const double> weights = {},
                span<double> energies = {})
    {
        const std::int64_t samples = detail::samples(x, inputs_);
        detail::expect_optional("weights", weights, samples);
        detail::expect_optional("energies", energies, samples);
        done(C::estimator_update(handle(), samples, x.data(), detail::optional(weights),
                                 detail::optional(energies)));
    }
    void update(const batch<Real> &samples)
    {
        const auto given = detail::table_of(samples, inputs_);
        done(C::estimator_update_batch(handle(), &given));
    }
    void merge(const estimator &source)
    {
        done(dirichlet_estimator_merge(handle(), source.handle()));
    }
    void reset() { done(dirichlet_estimator_reset(handle())); }
    void seek(std::int64_t sample_index) { done(dirichlet_estimator_seek(handle(), sample_index)); }

    dirichlet_result result() const
    {
        auto value = make<dirichlet_result>();
        detail::finish(dirichlet_estimator_result(handle(), &value));
        return value;
    }
    dirichlet_result group_result(std::int64_t group) const
    {
        auto value = make<dirichlet_result>();
        detail::finish(dirichlet_estimator_group_result(handle(), group, &value));
        return value;
    }
    dirichlet_estimator_description describe() const
    {
        auto value = make<dirichlet_estimator_description>();
        detail::finish(dirichlet_estimator_describe(handle(), &value));
        return value;
    }
    bool stopped() const noexcept { return dirichlet_estimator_stopped(handle()) != 0; }
    estimator clone() const
    {
        estimator copy;
        dirichlet_estimator *handle_of_copy = nullptr;
        detail::finish(dirichlet_estimator_clone(handle(), &handle_of_copy));
        copy.handle_.reset(handle_of_copy);
        copy.callables_ = callables_;
        copy.inputs_ = inputs_;
        return copy;
    }
    std::vector<unsigned char> serialize() const
    {
        std::size_t size = 0;
        detail::finish(dirichlet_estimator_serialize(handle(), nullptr, 0, &size));
        std::vector<unsigned char> bytes(size);
        detail::finish(dirichlet_estimator_serialize(handle(), bytes.data(), size, &size));
        return bytes;
    }

    const char *message() const noexcept { return dirichlet_estimator_message(handle()); }
    // Of the last call that failed; a callable that throws has the callback_code 1.
    dirichlet_error last_error() const noexcept
    {
        auto details = make<dirichlet_error>();
        dirichlet_estimator_last_error(handle(), &details);
        return details;
    }
    // For other C functions; those that run callbacks belong to the members above, which take
    // their exceptions out.
    dirichlet_estimator *handle() const noexcept { return handle_.get(); }

  private:
    struct callables {
        model<Real> functions;
        progress_callback progress;
    };
    struct destroy {
        void operator()(dirichlet_estimator *handle) const noexcept
        {
            dirichlet_estimator_destroy(handle);
        }
    };

    estimator() = default;

    void create(const table &functions, const dirichlet_estimator_options &options)
    {
        const auto all = detail::with_progress(options, callables_->progress);
        dirichlet_estimator *handle = nullptr;
        auto details = make<dirichlet_error>();
        const dirichlet_status status = C::estimator_create(&functions, &all, &handle, &details);
        handle_.reset(handle);
        detail::finish(status, details);
    }
    void done(dirichlet_status status) const
    {
        status == DIRICHLET_OK ? detail::finish(status) : detail::finish(status, last_error());
    }

    std::shared_ptr<const callables> callables_; // outlives the handle
    std::unique_ptr<dirichlet_estimator, destroy> handle_;
    std::int64_t inputs_ = 0;
};

// dirichlet_measure_*, of a table as in C or a model. energies: (n), or empty.
template <class Real>
dirichlet_result
measure(const typename precision<Real>::model_table &functions, detail::same_t<span<const Real>> x,
        span<const double> weights = {},
        const dirichlet_estimator_options &options = make<dirichlet_estimator_options>(),
        span<double> energies = {}, const progress_callback &progress = {})
{
    const std::int64_t samples = detail::samples(x, functions.inputs);
    detail::expect_optional("weights", weights, samples);
    detail::expect_optional("energies", energies, samples);
    const auto all = detail::with_progress(options, progress);
    auto result = make<dirichlet_result>();
    auto details = make<dirichlet_error>();
    const dirichlet_status status =
        precision<Real>::measure(&functions, samples, x.data(), detail::optional(weights), &all,
                                 &result, detail::optional(energies), &details);
    detail::finish(status, details);
    return result;
}

template <class Real>
dirichlet_result
measure(const model<Real> &functions, detail::same_t<span<const Real>> x,
        span<const double> weights = {},
        const dirichlet_estimator_options &options = make<dirichlet_estimator_options>(),
        span<double> energies = {}, const progress_callback &progress = {})
{
    return measure<Real>(detail::table_of(functions), x, weights, options, energies, progress);
}

} // namespace v0_2
} // namespace dirichlet

#endif
