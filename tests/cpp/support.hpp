// What the tests of the C++ header share: the C library's test models, and models that call them
// through std::function.
#ifndef DIRICHLET_TESTS_CPP_SUPPORT_HPP
#define DIRICHLET_TESTS_CPP_SUPPORT_HPP

#include <dirichlet/dirichlet.hpp>

#include <cstring>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

// CMocka wants these included before it, and not as extern "C".
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

extern "C" {
#include "support/check.h"
#include "support/counting_allocator.h"
#include "support/dense_subject.h"
#include "support/sine_model.h"
}

namespace test
{

using dirichlet::make;
using dirichlet::precision;
using dirichlet::span;

// What a callback of `wrap` throws where the one in C fails.
struct refusal {
    std::int32_t code;
};

template <class T> bool same_bits(const T &a, const T &b)
{
    static_assert(std::is_trivially_copyable_v<T>);
    return std::memcmp(&a, &b, sizeof a) == 0;
}
template <class T> bool same_bits(const std::vector<T> &a, const std::vector<T> &b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

// Deterministic numbers in (-1, 1).
template <class Real> std::vector<Real> numbers(std::size_t count, std::uint64_t seed = 1)
{
    std::vector<Real> values(count);
    if constexpr (std::is_same_v<Real, float>)
        sine_data_f32(static_cast<std::int64_t>(count), seed, values.data());
    else
        sine_data_f64(static_cast<std::int64_t>(count), seed, values.data());
    return values;
}

template <class Real>
typename precision<Real>::model_table sine_table(sine &subject, std::int32_t callbacks)
{
    if constexpr (std::is_same_v<Real, float>)
        return sine_model_f32(&subject, callbacks);
    else
        return sine_model_f64(&subject, callbacks);
}

template <class Real>
span<const typename precision<Real>::dense_layer> layers(const dense_subject &s)
{
    if constexpr (std::is_same_v<Real, float>)
        return s.layers_f32;
    else
        return s.layers_f64;
}

inline void raise(std::int32_t code)
{
    if (code != 0)
        throw refusal{code};
}

inline void expect_size(std::size_t size, std::int64_t expected)
{
    CHECK(size == static_cast<std::size_t>(expected));
}

// The same model by lambdas, which check the sizes of what they get, and leave `first` out.
template <class Real> dirichlet::model<Real> wrap(const typename precision<Real>::model_table &t)
{
    using input = span<const Real>;
    dirichlet::model<Real> model{t.inputs, t.outputs};
    model.max_samples = t.max_samples;
    model.max_directions = t.max_directions;
    if (t.forward)
        model.forward = [t](std::int64_t n, input x, span<Real> y) {
            expect_size(x.size(), n * t.inputs);
            expect_size(y.size(), n * t.outputs);
            raise(t.forward(0, n, 1, x.data(), y.data(), t.user));
        };
    if (t.jvp)
        model.jvp = [t](std::int64_t n, std::int64_t m, input x, input v, span<Real> jv) {
            expect_size(x.size(), n * t.inputs);
            expect_size(v.size(), n * m * t.inputs);
            expect_size(jv.size(), n * m * t.outputs);
            raise(t.jvp(0, n, m, x.data(), v.data(), jv.data(), t.user));
        };
    if (t.vjp)
        model.vjp = [t](std::int64_t n, std::int64_t m, input x, input u, span<Real> jtu) {
            expect_size(x.size(), n * t.inputs);
            expect_size(u.size(), n * m * t.outputs);
            expect_size(jtu.size(), n * m * t.inputs);
            raise(t.vjp(0, n, m, x.data(), u.data(), jtu.data(), t.user));
        };
    if (t.energies)
        model.energies = [t](std::int64_t n, input x, span<double> energies) {
            expect_size(x.size(), n * t.inputs);
            expect_size(energies.size(), n);
            raise(t.energies(0, n, x.data(), energies.data(), t.user));
        };
    if (t.product_norms)
        model.product_norms = [t](std::int64_t n, std::int64_t m, input x, input u,
                                  span<double> norms) {
            expect_size(x.size(), n * t.inputs);
            expect_size(u.size(), n * m * t.outputs);
            expect_size(norms.size(), n * m);
            raise(t.product_norms(0, n, m, x.data(), u.data(), norms.data(), t.user));
        };
    return model;
}

// The status by which a call fails, 0 if it does not; `message` receives what().
template <class Call> dirichlet_status status_of(Call &&call, std::string *message = nullptr)
{
    try {
        call();
        return DIRICHLET_OK;
    } catch (const dirichlet::error &error) {
        if (message != nullptr)
            *message = error.what();
        return error.status();
    }
}

} // namespace test

#endif
