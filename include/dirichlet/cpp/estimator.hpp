// Measuring: estimator.h.
#ifndef DIRICHLET_CPP_ESTIMATOR_HPP
#define DIRICHLET_CPP_ESTIMATOR_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "dirichlet/cpp/model.hpp"

namespace dirichlet
{

// Called after every tile with the samples used so far; an exception cancels the update.
using progress_callback = callback<std::int64_t>;

// An estimator and the callables it was made of, which its clones share. x is (n, d), n being found
// from its size; weights and energies are (n) or empty. A moved-from estimator can be assigned to
// and destroyed; all else fails with DIRICHLET_E_NULL.
template <class Real> class estimator
{
    using C = precision<Real>;

  public:
    using table = typename C::model_table;

    explicit estimator(model<Real> functions,
                       dirichlet_estimator_options options = make<dirichlet_estimator_options>(),
                       progress_callback progress = {})
        : callables_(std::make_shared<const callables>(
              callables{std::move(functions), std::move(progress)})),
          inputs_(callables_->functions.inputs)
    {
        create(detail::table_of(callables_->functions), options);
    }

    // Of a table as in C; what it points to must outlive the estimator and its clones.
    explicit estimator(const table &functions,
                       dirichlet_estimator_options options = make<dirichlet_estimator_options>(),
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
        detail::message_buffer message;
        const dirichlet_status status = dirichlet_estimator_deserialize(
            bytes.data(), bytes.size(), allocator, &handle, message.text, sizeof message.text);
        result.handle_.reset(handle);
        detail::finish(status, message.text);
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
    // Of callbacks in C; one that throws has no code.
    std::int32_t callback_code() const noexcept
    {
        return dirichlet_estimator_callback_code(handle());
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

    static std::int32_t call_progress(std::int64_t samples, void *user)
    {
        const auto &all = *static_cast<const callables *>(user);
        return detail::guarded([&] { all.progress(samples); });
    }
    void create(const table &functions, dirichlet_estimator_options &options)
    {
        if (callables_->progress) {
            options.progress = call_progress;
            options.progress_user = const_cast<callables *>(callables_.get());
        }
        dirichlet_estimator *handle = nullptr;
        detail::message_buffer message;
        const dirichlet_status status =
            C::estimator_create(&functions, &options, &handle, message.text, sizeof message.text);
        handle_.reset(handle);
        detail::finish(status, message.text);
    }
    void done(dirichlet_status status) const { detail::finish(status, message()); }

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
        span<double> energies = {})
{
    const std::int64_t samples = detail::samples(x, functions.inputs);
    detail::expect_optional("weights", weights, samples);
    detail::expect_optional("energies", energies, samples);
    auto result = make<dirichlet_result>();
    detail::message_buffer message;
    const dirichlet_status status = precision<Real>::measure(
        &functions, samples, x.data(), detail::optional(weights), &options, &result,
        detail::optional(energies), message.text, sizeof message.text);
    detail::finish(status, message.text);
    return result;
}

template <class Real>
dirichlet_result
measure(const model<Real> &functions, detail::same_t<span<const Real>> x,
        span<const double> weights = {},
        const dirichlet_estimator_options &options = make<dirichlet_estimator_options>(),
        span<double> energies = {})
{
    return measure<Real>(detail::table_of(functions), x, weights, options, energies);
}

} // namespace dirichlet

#endif
