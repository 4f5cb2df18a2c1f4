// Arrays of the caller's, and the checks that C, which gets pointers alone, cannot make.
#ifndef DIRICHLET_CPP_SPAN_HPP
#define DIRICHLET_CPP_SPAN_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "dirichlet/cpp/error.hpp"

namespace dirichlet
{
inline namespace v0_2
{

// A view of contiguous elements: from a pointer and a size, an array, or anything with data() and
// size(). It owns nothing, and is empty by default. A temporary lasts for the call that it is given
// to: not long enough for what is stored, such as layers and a loss's targets.
template <class T> class span
{
    template <class U>
    using if_elements = std::enable_if_t<std::is_convertible_v<U (*)[], T (*)[]>>;
    // Of a temporary only what it refers to, or reads of it: writing into it would be in vain.
    template <class C>
    using element_of = std::remove_pointer_t<
        decltype(std::declval<std::conditional_t<std::is_lvalue_reference_v<C>, C, const C &>>()
                     .data())>;

  public:
    using value_type = std::remove_cv_t<T>;

    constexpr span() noexcept = default;
    constexpr span(T *data, std::size_t size) noexcept : data_(data), size_(size) {}
    template <class U, std::size_t N, class = if_elements<U>>
    constexpr span(U (&array)[N]) noexcept : data_(array), size_(N)
    {
    }
    template <class C, class = if_elements<element_of<C>>,
              class = decltype(std::declval<C &>().size())>
    constexpr span(C &&container) noexcept : data_(container.data()), size_(container.size())
    {
    }

    constexpr T *data() const noexcept { return data_; }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr bool empty() const noexcept { return size_ == 0; }
    constexpr T *begin() const noexcept { return data_; }
    constexpr T *end() const noexcept { return data_ + size_; }
    template <class Index> constexpr T &operator[](Index i) const noexcept { return data_[i]; }

  private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
};

namespace detail
{

// A type that a parameter does not deduce.
template <class T> struct same {
    using type = T;
};
template <class T> using same_t = typename same<T>::type;

// What a callback sees: `count` elements.
template <class T> span<T> view(T *data, std::int64_t count) noexcept
{
    return {data, static_cast<std::size_t>(count)};
}

template <class T> std::int64_t length(span<T> values) noexcept
{
    return static_cast<std::int64_t>(values.size());
}

// NULL for an array that is not wanted.
template <class T> T *optional(span<T> values) noexcept
{
    return values.empty() ? nullptr : values.data();
}

[[noreturn]] inline void wrong_size(const char *name, std::size_t size, const std::string &needed)
{
    throw error(DIRICHLET_E_SHAPE, std::string(name) + " has " + std::to_string(size) +
                                       " elements, " + needed + " are needed");
}

// The number of rows of `width` elements in an array.
template <class T> std::int64_t rows(const char *name, span<T> values, std::int64_t width)
{
    if (width < 1)
        throw error(DIRICHLET_E_RANGE, std::string(name) + " has rows of " + std::to_string(width));
    if (length(values) % width != 0)
        wrong_size(name, values.size(), "whole rows of " + std::to_string(width));
    return length(values) / width;
}

// The number of samples of a model. Where it has no inputs, as a deserialized estimator, which has
// no model, the library refuses the call without a look at x.
template <class T> std::int64_t samples(span<T> x, std::int64_t inputs)
{
    return inputs > 0 ? rows("x", x, inputs) : length(x);
}

// Refuses an array that does not have `count` rows of `width` elements.
template <class T>
void expect(const char *name, span<T> values, std::int64_t count, std::int64_t width = 1)
{
    if (rows(name, values, width) != count)
        wrong_size(name, values.size(), std::to_string(count) + " x " + std::to_string(width));
}

template <class T>
void expect_optional(const char *name, span<T> values, std::int64_t count, std::int64_t width = 1)
{
    if (!values.empty())
        expect(name, values, count, width);
}

// Directions of a sample, from an array (samples, directions, width); 1 where there is no sample.
template <class T>
std::int64_t directions(const char *name, span<T> values, std::int64_t samples, std::int64_t width)
{
    const std::int64_t all = rows(name, values, width);
    if (samples == 0 ? all != 0 : all % samples != 0)
        wrong_size(name, values.size(),
                   "as many rows for each of the " + std::to_string(samples) + " samples");
    return samples == 0 ? 1 : all / samples;
}

// Refuses an array that ends before the last element of a strided matrix. Sizes and strides that
// are wrong in themselves are left to the library.
template <class T>
void expect_strided(const char *name, span<T> values, std::int64_t rows, std::int64_t columns,
                    std::int64_t row_stride, std::int64_t column_stride)
{
    std::int64_t last = length(values) - 1;
    for (const auto &[count, stride] :
         {std::pair(rows, row_stride), std::pair(columns, column_stride)}) {
        if (count <= 1 || stride < 1)
            continue;
        if (count - 1 > last / stride)
            wrong_size(name, values.size(),
                       std::to_string(rows) + " x " + std::to_string(columns) + " with strides " +
                           std::to_string(row_stride) + " and " + std::to_string(column_stride));
        last -= (count - 1) * stride;
    }
    if (last < 0)
        wrong_size(name, values.size(), "more");
}

} // namespace detail
} // namespace v0_2
} // namespace dirichlet

#endif
