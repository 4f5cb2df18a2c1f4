// Whether a model keeps its contract: check.h.
#ifndef DIRICHLET_CPP_CHECK_HPP
#define DIRICHLET_CPP_CHECK_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "dirichlet/cpp/model.hpp"

namespace dirichlet
{
inline namespace v0_2
{

struct check_report {
    std::vector<dirichlet_check_finding> findings;   // those that do not hold first
    std::int64_t failed = 0;                         // of these, that do not hold
    std::int64_t calls = 0;                          // of callbacks
    dirichlet_error first = make<dirichlet_error>(); // of these, in words; or nothing

    bool holds() const noexcept { return failed == 0; }
    // Throws an error with DIRICHLET_E_CONTRACT unless all holds:
    //     dirichlet::model_check(model, x).require();
    void require() const
    {
        if (!holds())
            throw error(DIRICHLET_E_CONTRACT, first);
    }
};

// Of a table as in C, or a model, on a few samples x (n, d). The report comes whatever it says; an
// exception of a callable comes out. parameters and gradient are those of parameter_vjp: the
// caller's arrays, in place of the fields of the options; both or none.
template <class Real>
check_report model_check(const typename precision<Real>::model_table &functions,
                         detail::same_t<span<const Real>> x,
                         dirichlet_check_options options = make<dirichlet_check_options>(),
                         detail::same_t<span<Real>> parameters = {},
                         detail::same_t<span<Real>> gradient = {})
{
    detail::expect("gradient", gradient, detail::length(parameters));
    if (!parameters.empty()) {
        options.parameter_count = detail::length(parameters);
        options.parameters = parameters.data();
        options.gradient = gradient.data();
    }
    check_report result;
    result.findings.assign(DIRICHLET_CHECK_MOST_FINDINGS, make<dirichlet_check_finding>());
    auto report = make<dirichlet_check_report>();
    report.capacity = DIRICHLET_CHECK_MOST_FINDINGS;
    report.findings = result.findings.data();
    const dirichlet_status status =
        precision<Real>::model_check(&functions, detail::samples(x, functions.inputs), x.data(),
                                     &options, &report, &result.first);
    detail::finish(status == DIRICHLET_E_CONTRACT ? DIRICHLET_OK : status, result.first);
    result.findings.resize(static_cast<std::size_t>(std::min(report.count, report.capacity)));
    result.failed = report.failed;
    result.calls = report.calls;
    return result;
}

template <class Real>
check_report model_check(const model<Real> &functions, detail::same_t<span<const Real>> x,
                         const dirichlet_check_options &options = make<dirichlet_check_options>(),
                         detail::same_t<span<Real>> parameters = {},
                         detail::same_t<span<Real>> gradient = {})
{
    return model_check<Real>(detail::table_of(functions), x, options, parameters, gradient);
}

inline const char *check_item_name(dirichlet_check_item item) noexcept
{
    return dirichlet_check_item_name(item);
}
inline const char *callback_name(dirichlet_callback callback) noexcept
{
    return dirichlet_callback_name(callback);
}

} // namespace v0_2
} // namespace dirichlet

#endif
