// Models, losses and objectives made of callables. What each one computes, and the contract that
// it keeps, is that of the callback of the same name in model.h, loss.h and regularizer.h, but for
// this: arrays come as spans of the right size, nothing is returned, and an exception stops the
// call and reaches whoever made it (all but `unsupported` and `out_of_domain`, thrown by a callable
// of a model). Copies of a callable share what it refers to.
#ifndef DIRICHLET_CPP_MODEL_HPP
#define DIRICHLET_CPP_MODEL_HPP

#include <cstdint>

#include "dirichlet/cpp/callback.hpp"
#include "dirichlet/cpp/precision.hpp"

namespace dirichlet
{
inline namespace v0_2
{

// model.h. An empty callable is a callback that the model does not have. Each may begin with the
// index of its first sample, or leave it out; with it forward and parameter_vjp get samples and
// points, without it the number of rows. A model whose callables all leave it out ignores it.
template <class Real> struct model {
    using input = span<const Real>;
    template <class Result> using of_rows = sample_callback<std::int64_t, input, Result>;
    template <class Result>
    using of_directions = sample_callback<std::int64_t, std::int64_t, input, input, Result>;

    std::int64_t inputs = 0;
    std::int64_t outputs = 0;
    points_callback<input, span<Real>> forward{};   // [first, n, p | n], x, y
    of_directions<span<Real>> jvp{};                // [first,] n, m, x, v, jv
    of_directions<span<Real>> vjp{};                // [first,] n, m, x, u, jtu
    of_rows<span<double>> energies{};               // [first,] n, x, energies
    of_directions<span<double>> product_norms{};    // [first,] n, m, x, u, norms
    points_callback<input, input> parameter_vjp{};  // [first, n, p | n], x, cotangents
    sample_callback<std::int64_t, input> prepare{}; // [first,] n, x
    std::int64_t max_samples = 0;
    std::int64_t max_directions = 0;
    bool concurrent = false; // its callables may run at the same time: parallel.h. With a pool other
                             // than dirichlet::runner no exception may leave them

    bool ignores_first() const noexcept
    {
        return !(forward.looks_at_first() || jvp.looks_at_first() || vjp.looks_at_first() ||
                 energies.looks_at_first() || product_norms.looks_at_first() ||
                 parameter_vjp.looks_at_first() || prepare.looks_at_first());
    }
};

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
    bool concurrent = false; // its callables may run at the same time: parallel.h. With a pool other
                             // than dirichlet::runner no exception may leave them
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
    static std::int32_t DIRICHLET_CALL forward(std::int64_t first, std::int64_t n, std::int64_t p,
                                               const Real *x, Real *y, void *user)
    {
        const model_type &f = self(user);
        return answered(
            [&] { f.forward(first, n, p, view(x, n * p * f.inputs), view(y, n * p * f.outputs)); });
    }
    static std::int32_t DIRICHLET_CALL jvp(std::int64_t first, std::int64_t n, std::int64_t m,
                                           const Real *x, const Real *v, Real *jv, void *user)
    {
        const model_type &f = self(user);
        return answered([&] {
            f.jvp(first, n, m, view(x, n * f.inputs), view(v, n * m * f.inputs),
                  view(jv, n * m * f.outputs));
        });
    }
    static std::int32_t DIRICHLET_CALL vjp(std::int64_t first, std::int64_t n, std::int64_t m,
                                           const Real *x, const Real *u, Real *jtu, void *user)
    {
        const model_type &f = self(user);
        return answered([&] {
            f.vjp(first, n, m, view(x, n * f.inputs), view(u, n * m * f.outputs),
                  view(jtu, n * m * f.inputs));
        });
    }
    static std::int32_t DIRICHLET_CALL energies(std::int64_t first, std::int64_t n, const Real *x,
                                                double *energies, void *user)
    {
        const model_type &f = self(user);
        return answered([&] { f.energies(first, n, view(x, n * f.inputs), view(energies, n)); });
    }
    static std::int32_t DIRICHLET_CALL product_norms(std::int64_t first, std::int64_t n,
                                                     std::int64_t m, const Real *x, const Real *u,
                                                     double *norms, void *user)
    {
        const model_type &f = self(user);
        return answered([&] {
            f.product_norms(first, n, m, view(x, n * f.inputs), view(u, n * m * f.outputs),
                            view(norms, n * m));
        });
    }
    static std::int32_t DIRICHLET_CALL parameter_vjp(std::int64_t first, std::int64_t n,
                                                     std::int64_t p, const Real *x,
                                                     const Real *cotangents, void *user)
    {
        const model_type &f = self(user);
        return answered([&] {
            f.parameter_vjp(first, n, p, view(x, n * p * f.inputs),
                            view(cotangents, n * p * f.outputs));
        });
    }
    static std::int32_t DIRICHLET_CALL prepare(std::int64_t first, std::int64_t n, const Real *x,
                                               void *user)
    {
        const model_type &f = self(user);
        return answered([&] { f.prepare(first, n, view(x, n * f.inputs)); });
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
    table.ignores_first = functions.ignores_first() ? 1 : 0;
    table.concurrent = functions.concurrent ? 1 : 0;
    table.forward = functions.forward ? calls::forward : nullptr;
    table.jvp = functions.jvp ? calls::jvp : nullptr;
    table.vjp = functions.vjp ? calls::vjp : nullptr;
    table.energies = functions.energies ? calls::energies : nullptr;
    table.product_norms = functions.product_norms ? calls::product_norms : nullptr;
    table.parameter_vjp = functions.parameter_vjp ? calls::parameter_vjp : nullptr;
    table.prepare = functions.prepare ? calls::prepare : nullptr;
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

template <class Real> struct loss_calls {
    using self = sized<loss<Real>>;

    static std::int32_t DIRICHLET_CALL function(std::int64_t first, std::int64_t n, const Real *f,
                                                double *values, Real *cotangents, void *user)
    {
        const self &l = self::self(user);
        return silent([&] {
            l.functions.function(first, n, view(f, n * l.outputs), view(values, n),
                                 view(cotangents, n * l.outputs));
        });
    }
    static std::int32_t DIRICHLET_CALL curvature(std::int64_t first, std::int64_t n, const Real *f,
                                                 const Real *tangents, Real *products, void *user)
    {
        const self &l = self::self(user);
        return silent([&] {
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
    table.concurrent = l.functions.concurrent ? 1 : 0;
    table.user = const_cast<sized<loss<Real>> *>(&l);
    return table;
}

template <class Real> struct objective_calls {
    using self = sized<objective<Real>>;

    static std::int32_t DIRICHLET_CALL gradient(const Real *theta, double *loss, Real *gradient,
                                                void *user)
    {
        const self &o = self::self(user);
        return silent(
            [&] { o.functions.gradient(view(theta, o.inputs), *loss, view(gradient, o.inputs)); });
    }
    static std::int32_t DIRICHLET_CALL hvp(const Real *theta, const Real *v, Real *hv, void *user)
    {
        const self &o = self::self(user);
        return silent(
            [&] { o.functions.hvp(view(theta, o.inputs), view(v, o.inputs), view(hv, o.inputs)); });
    }
};

} // namespace detail
} // namespace v0_2
} // namespace dirichlet

#endif
