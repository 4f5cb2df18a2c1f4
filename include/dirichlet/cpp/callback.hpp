// Callables as callbacks: those of a model may leave out the index of their first sample.
#ifndef DIRICHLET_CPP_CALLBACK_HPP
#define DIRICHLET_CPP_CALLBACK_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <type_traits>
#include <utility>

#include "dirichlet/cpp/span.hpp"
#include "dirichlet/progress.h"

namespace dirichlet
{
inline namespace v0_2
{

namespace detail
{

// Whether F can be called so, and returns nothing: a code of failure would be lost.
template <class F, class... Arguments> constexpr bool is_callback()
{
    if constexpr (std::is_invocable_v<F &, Arguments...>)
        return std::is_void_v<std::invoke_result_t<F &, Arguments...>>;
    else
        return false;
}

} // namespace detail

// A std::function that refuses what returns a value.
template <class... Arguments> class callback
{
  public:
    callback() = default;
    template <class F, class = std::enable_if_t<detail::is_callback<F, Arguments...>()>>
    callback(F function) : function_(std::move(function))
    {
    }

    explicit operator bool() const noexcept { return static_cast<bool>(function_); }
    void operator()(Arguments... arguments) const { function_(arguments...); }

  private:
    std::function<void(Arguments...)> function_;
};

namespace detail
{

// Whether it can be empty, and then is: a wrapper around it has to be so too.
template <class F> struct nullable : std::is_pointer<F> {
};
template <class Signature> struct nullable<std::function<Signature>> : std::true_type {
};
template <class... Arguments> struct nullable<callback<Arguments...>> : std::true_type {
};
template <class F> bool is_empty(const F &function)
{
    if constexpr (nullable<F>::value)
        return !function;
    else
        return false;
}

} // namespace detail

// A callback of a model: takes the index of its first sample before all else, or leaves it out.
template <class... Arguments> class sample_callback : public callback<std::int64_t, Arguments...>
{
    using base = callback<std::int64_t, Arguments...>;

    template <class F> static base without_first(F function)
    {
        if (detail::is_empty(function))
            return {};
        return [f = std::move(function)](std::int64_t, Arguments... rest) mutable { f(rest...); };
    }

  public:
    sample_callback() = default;
    template <class F,
              std::enable_if_t<detail::is_callback<F, std::int64_t, Arguments...>(), int> = 0>
    sample_callback(F function)
        : base(std::move(function)), looks_at_first_(static_cast<bool>(*this))
    {
    }
    template <class F, std::enable_if_t<!detail::is_callback<F, std::int64_t, Arguments...>() &&
                                            detail::is_callback<F, Arguments...>(),
                                        int> = 0>
    sample_callback(F function) : base(without_first(std::move(function)))
    {
    }

    bool looks_at_first() const noexcept { return looks_at_first_; }

  private:
    bool looks_at_first_ = false;
};

// The same with points of each sample: takes (first, samples, points, arrays), or (rows, arrays)
// with as many rows as there are points of all samples.
template <class... Arrays>
class points_callback : public sample_callback<std::int64_t, std::int64_t, Arrays...>
{
    using base = sample_callback<std::int64_t, std::int64_t, Arrays...>;

    template <class F> static base of_rows(F function)
    {
        if (detail::is_empty(function))
            return {};
        return
            [f = std::move(function)](std::int64_t samples, std::int64_t points,
                                      Arrays... arrays) mutable { f(samples * points, arrays...); };
    }
    template <class F>
    static constexpr bool
        is_whole = detail::is_callback<F, std::int64_t, std::int64_t, std::int64_t, Arrays...>();

  public:
    points_callback() = default;
    template <class F, std::enable_if_t<is_whole<F>, int> = 0>
    points_callback(F function) : base(std::move(function))
    {
    }
    template <class F,
              std::enable_if_t<!is_whole<F> && detail::is_callback<F, std::int64_t, Arrays...>(),
                               int> = 0>
    points_callback(F function) : base(of_rows(std::move(function)))
    {
    }
};

// Called now and then with what has been done; an exception stops the call, see `cancel`.
using progress_callback = callback<const dirichlet_progress &>;

namespace detail
{

inline std::int32_t DIRICHLET_CALL call_progress(const dirichlet_progress *progress, void *user)
{
    const auto &function = *static_cast<const progress_callback *>(user);
    return guarded([&]() -> std::int32_t {
        // An older library may know fewer fields.
        dirichlet_progress known{};
        std::memcpy(&known, progress, std::min(progress->struct_size, sizeof known));
        try {
            function(known);
            return 0;
        } catch (const cancel &wish) {
            return wish.code != 0 ? wish.code : 1;
        }
    });
}

// Options with a callable in place of their callback, which stays where it is during the call.
template <class Options>
Options with_progress(Options options, const progress_callback &progress) noexcept
{
    if (progress) {
        options.progress = call_progress;
        options.progress_user = const_cast<progress_callback *>(&progress);
    }
    return options;
}

} // namespace detail
} // namespace v0_2
} // namespace dirichlet

#endif
