// Samples with all that may be known of them: batch.h.
#ifndef DIRICHLET_CPP_BATCH_HPP
#define DIRICHLET_CPP_BATCH_HPP

#include <cstdint>
#include <string>

#include "dirichlet/cpp/precision.hpp"
#include "dirichlet/cpp/span.hpp"

namespace dirichlet
{
inline namespace v0_2
{

// The number of samples n is found from the size of x: rows that begin row_stride elements apart
// (0: next to each other), the last of them whole. All else is (n), or empty: not said, not wanted.
template <class Real> struct batch {
    span<const Real> x{};
    std::int64_t row_stride = 0;
    span<const double> weights{};
    span<const std::int64_t> indices{};
    span<const std::int64_t> groups{};
    span<double> energies{};
    span<double> deviations{};
};

namespace detail
{

template <class T> std::int64_t strided_rows(span<T> x, std::int64_t stride, std::int64_t width)
{
    if (stride < width)
        throw error(DIRICHLET_E_RANGE, "row_stride is " + std::to_string(stride) + ", at least " +
                                           std::to_string(width) + " are needed");
    const std::int64_t last = length(x) % stride;
    if (last != 0 && last < width)
        wrong_size("x", x.size(),
                   "rows of " + std::to_string(width) + ", " + std::to_string(stride) + " apart,");
    return length(x) / stride + (last != 0);
}

template <class Real>
typename precision<Real>::batch_table table_of(const batch<Real> &b, std::int64_t inputs)
{
    const bool apart = inputs > 0 && b.row_stride != 0;
    const std::int64_t n = apart ? strided_rows(b.x, b.row_stride, inputs) : samples(b.x, inputs);
    expect_optional("weights", b.weights, n);
    expect_optional("indices", b.indices, n);
    expect_optional("groups", b.groups, n);
    expect_optional("energies", b.energies, n);
    expect_optional("deviations", b.deviations, n);
    auto table = make<typename precision<Real>::batch_table>();
    table.samples = n;
    table.row_stride = b.row_stride;
    table.x = b.x.data();
    table.weights = optional(b.weights);
    table.indices = optional(b.indices);
    table.groups = optional(b.groups);
    table.energies = optional(b.energies);
    table.deviations = optional(b.deviations);
    return table;
}

} // namespace detail
} // namespace v0_2
} // namespace dirichlet

#endif
