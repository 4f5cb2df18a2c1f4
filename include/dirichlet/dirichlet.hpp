// libdirichlet for C++17: the C headers with owning handles, callables as callbacks, and
// exceptions.
//
//   make.hpp         make<dirichlet_X_options>(): a struct of C's with all defaults
//   error.hpp        dirichlet::error; exceptions thrown in callbacks come out of the call again
//   span.hpp         views of the caller's arrays, sizes checked
//   precision.hpp    precision<float>, precision<double>: the C types and functions
//   callback.hpp     callables as callbacks, of progress too
//   model.hpp        model<Real>, loss<Real>, objective<Real>: what can be measured, of callables
//   batch.hpp        batch<Real>: samples with weights, indices, groups and strides
//   check.hpp        model_check()
//   estimator.hpp    estimator<Real>, measure()
//   dense.hpp        dense<Real>
//   random.hpp       initialize(), noise_add(), ...
//   regularizer.hpp  penalties, operator_norm(), jacobian_norms()
//   runner.hpp       runner: threads to lend; not included here
//
// What each does, and the rules for arrays, threads and lifetimes, is written in the C header of
// the same name. All functions throw dirichlet::error where C returns a status, and
// std::bad_alloc where memory of their own is not to be had. Handles can be moved, not copied.
//
// All names are in an inline namespace of the version, so that parts of one program that were
// compiled with the headers of different versions do not take each other's types.
#ifndef DIRICHLET_DIRICHLET_HPP
#define DIRICHLET_DIRICHLET_HPP

#include "dirichlet/dirichlet.h"

#include "dirichlet/cpp/make.hpp"
#include "dirichlet/cpp/error.hpp"
#include "dirichlet/cpp/span.hpp"
#include "dirichlet/cpp/precision.hpp"
#include "dirichlet/cpp/callback.hpp"
#include "dirichlet/cpp/model.hpp"
#include "dirichlet/cpp/batch.hpp"
#include "dirichlet/cpp/check.hpp"
#include "dirichlet/cpp/estimator.hpp"
#include "dirichlet/cpp/dense.hpp"
#include "dirichlet/cpp/random.hpp"
#include "dirichlet/cpp/regularizer.hpp"

// From dirichlet/version.h.
namespace dirichlet
{
inline namespace v0_2
{

inline std::int32_t version() noexcept
{
    return dirichlet_version();
}
inline const char *version_string() noexcept
{
    return dirichlet_version_string();
}
inline const char *blas_library() noexcept
{
    return dirichlet_blas_library();
}
inline const char *blas_name() noexcept
{
    return dirichlet_blas_name();
}
inline dirichlet_capabilities describe_library()
{
    auto capabilities = make<dirichlet_capabilities>();
    detail::finish(dirichlet_describe_library(&capabilities));
    return capabilities;
}
inline const char *method_name(dirichlet_method method) noexcept
{
    return dirichlet_method_name(method);
}

} // namespace v0_2
} // namespace dirichlet

#endif
