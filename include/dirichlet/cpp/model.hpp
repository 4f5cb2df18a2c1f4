// Models, losses and objectives made of callables. What each one computes, and the contract that
// it keeps, is that of the callback of the same name in model.h, loss.h and regularizer.h, but for
// this: arrays come as spans of the right size, nothing is returned, and an exception stops the
// call and reaches whoever made it. Copies of a callable share what it refers to.
#ifndef DIRICHLET_CPP_MODEL_HPP
#define DIRICHLET_CPP_MODEL_HPP

#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

#include "dirichlet/cpp/precision.hpp"
#include "dirichlet/cpp/span.hpp"

namespace dirichlet
{

// A std::function that refuses what returns a value: a code of failure would be lost.
template <class... Arguments> class callback
{
  public:
    callback() = default;
    template <class F,
              class = std::enable_if_t<std::is_void_v<std::invoke_result_t<F &, Arguments...>>>>
    callback(F function) : function_(std::move(function))
    {
    }

    explicit operator bool() const noexcept { return static_cast<bool>(function_); }
    void operator()(Arguments... arguments) const { function_(arguments...); }

  private:
    std::function<void(Arguments...)> function_;
};

// model.h. An empty callable is a callback that the model does not have.
template <class Real> struct model {
    using input = span<const Real>;

    std::int64_t inputs = 0;
    std::int64_t outputs = 0;
    callback<std::int64_t, input, span<Real>> forward{};                  // n, x, y
    callback<std::int64_t, std::int64_t, input, input, span<Real>> jvp{}; // n, m, x, v, jv
    callback<std::int64_t, std::int64_t, input, input, span<Real>> vjp{}; // n, m, x, u, jtu
    callback<std::int64_t, input, span<double>> energies{};               // n, x, energies
    callback<std::int64_t, std::int64_t, input, input, span<double>> product_norms{};
    std::int64_t max_samples = 0;
    std::int64_t max_directions = 0;
};

// The trainer's backward pass of regularizer.h: n, x, cotangents.
template <class Real>
using parameter_vjp = callback<std::int64_t, span<const Real>, span<const Real>>;

// loss.h. Labels and targets are borrowed; function and curvature are those of a custom loss.
template <class Real> struct loss {
    using input = span<const Real>;

    dirichlet_loss_kind kind = 0;
    span<const std::int64_t> labels{};
    input targets{};
    // first, n, f, values, cotangents
    callback<std::int64_t, std::int64_t, input, span<double>, span<Real>> function{};
    // first, n, f, tangents, products
    callback<std::int64_t, std::int64_t, input, input, span<Real>> curvature{};
};

// A loss as a function of all its parameters, of regularizer.h.
template <class Real> struct objective {
    using input = span<const Real>;

    callback<input, double &, span<Real>> gradient{}; // theta, loss, gradient
    callback<input, input, span<Real>> hvp{};         // theta, v, hv
};

namespace detail
{

// The functions that C calls; `user` is the model.
template <class Real> struct model_calls {
    using model_type = model<Real>;

    static const model_type &self(void *user) noexcept
    {
        return *static_cast<const model_type *>(user);
    }
    static std::int32_t forward(std::int64_t n, const Real *x, Real *y, void *user)
    {
        const model_type &f = self(user);
        return guarded([&] { f.forward(n, view(x, n * f.inputs), view(y, n * f.outputs)); });
    }
    static std::int32_t jvp(std::int64_t n, std::int64_t m, const Real *x, const Real *v, Real *jv,
                            void *user)
    {
        const model_type &f = self(user);
        return guarded([&] {
            f.jvp(n, m, view(x, n * f.inputs), view(v, n * m * f.inputs),
                  view(jv, n * m * f.outputs));
        });
    }
    static std::int32_t vjp(std::int64_t n, std::int64_t m, const Real *x, const Real *u, Real *jtu,
                            void *user)
    {
        const model_type &f = self(user);
        return guarded([&] {
            f.vjp(n, m, view(x, n * f.inputs), view(u, n * m * f.outputs),
                  view(jtu, n * m * f.inputs));
        });
    }
    static std::int32_t energies(std::int64_t n, const Real *x, double *energies, void *user)
    {
        const model_type &f = self(user);
        return guarded([&] { f.energies(n, view(x, n * f.inputs), view(energies, n)); });
    }
    static std::int32_t product_norms(std::int64_t n, std::int64_t m, const Real *x, const Real *u,
                                      double *norms, void *user)
    {
        const model_type &f = self(user);
        return guarded([&] {
            f.product_norms(n, m, view(x, n * f.inputs), view(u, n * m * f.outputs),
                            view(norms, n * m));
        });
    }
};

// The table of a model that stays where it is.
template <class Real>
typename precision<Real>::model_table table_of(const model<Real> &functions) noexcept
{
    using calls = model_calls<Real>;
    auto table = make<typename precision<Real>::model_table>();
    table.inputs = functions.inputs;
    table.outputs = functions.outputs;
    table.max_samples = functions.max_samples;
    table.max_directions = functions.max_directions;
    table.forward = functions.forward ? calls::forward : nullptr;
    table.jvp = functions.jvp ? calls::jvp : nullptr;
    table.vjp = functions.vjp ? calls::vjp : nullptr;
    table.energies = functions.energies ? calls::energies : nullptr;
    table.product_norms = functions.product_norms ? calls::product_norms : nullptr;
    table.user = const_cast<model<Real> *>(&functions);
    return table;
}

// What else a callable has to know: the model's sizes, or the number of parameters.
template <class Functions> struct sized {
    const Functions &functions;
    std::int64_t inputs;
    std::int64_t outputs;

    static const sized &self(void *user) noexcept { return *static_cast<const sized *>(user); }
};

template <class Real>
std::int32_t call_parameter_vjp(std::int64_t n, const Real *x, const Real *cotangents, void *user)
{
    const auto &f = sized<parameter_vjp<Real>>::self(user);
    return guarded([&] { f.functions(n, view(x, n * f.inputs), view(cotangents, n * f.outputs)); });
}

template <class Real> struct loss_calls {
    using self = sized<loss<Real>>;

    static std::int32_t function(std::int64_t first, std::int64_t n, const Real *f, double *values,
                                 Real *cotangents, void *user)
    {
        const self &l = self::self(user);
        return guarded([&] {
            l.functions.function(first, n, view(f, n * l.outputs), view(values, n),
                                 view(cotangents, n * l.outputs));
        });
    }
    static std::int32_t curvature(std::int64_t first, std::int64_t n, const Real *f,
                                  const Real *tangents, Real *products, void *user)
    {
        const self &l = self::self(user);
        return guarded([&] {
            l.functions.curvature(first, n, view(f, n * l.outputs), view(tangents, n * l.outputs),
                                  view(products, n * l.outputs));
        });
    }
};

template <class Real>
typename precision<Real>::loss_table table_of(const sized<loss<Real>> &l, std::int64_t samples)
{
    expect_optional("labels", l.functions.labels, samples);
    expect_optional("targets", l.functions.targets, samples, l.outputs);
    auto table = make<typename precision<Real>::loss_table>();
    table.kind = l.functions.kind;
    table.labels = l.functions.labels.data();
    table.targets = l.functions.targets.data();
    table.function = l.functions.function ? loss_calls<Real>::function : nullptr;
    table.curvature = l.functions.curvature ? loss_calls<Real>::curvature : nullptr;
    table.user = const_cast<sized<loss<Real>> *>(&l);
    return table;
}

template <class Real> struct objective_calls {
    using self = sized<objective<Real>>;

    static std::int32_t gradient(const Real *theta, double *loss, Real *gradient, void *user)
    {
        const self &o = self::self(user);
        return guarded(
            [&] { o.functions.gradient(view(theta, o.inputs), *loss, view(gradient, o.inputs)); });
    }
    static std::int32_t hvp(const Real *theta, const Real *v, Real *hv, void *user)
    {
        const self &o = self::self(user);
        return guarded(
            [&] { o.functions.hvp(view(theta, o.inputs), view(v, o.inputs), view(hv, o.inputs)); });
    }
};

} // namespace detail
} // namespace dirichlet

#endif
