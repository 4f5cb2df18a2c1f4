// Structs of the C headers with everything at its default.
#ifndef DIRICHLET_CPP_MAKE_HPP
#define DIRICHLET_CPP_MAKE_HPP

#include <cstdint>

#include "dirichlet/estimator.h"

namespace dirichlet
{
inline namespace v0_2
{

// A struct of the C headers with its struct_size, and zero, the default, in all other fields.
template <class Struct> Struct make() noexcept
{
    Struct value{};
    value.struct_size = sizeof value;
    return value;
}

// What `probes` of options may be beside a number of them.
inline constexpr std::int64_t probes_default = 0;
inline constexpr std::int64_t probes_all = DIRICHLET_PROBES_ALL;

} // namespace v0_2
} // namespace dirichlet

#endif
