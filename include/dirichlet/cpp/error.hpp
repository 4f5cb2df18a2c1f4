// Failures of the library as exceptions, and exceptions of callbacks on their way through it.
#ifndef DIRICHLET_CPP_ERROR_HPP
#define DIRICHLET_CPP_ERROR_HPP

#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "dirichlet/cpp/make.hpp"
#include "dirichlet/status.h"

namespace dirichlet
{
inline namespace v0_2
{

// What a call of the library found wrong, the fields of dirichlet_error: a status of status.h, and
// the library's message as what(), or where there is none the status in words.
class DIRICHLET_API error : public std::runtime_error
{
  public:
    explicit error(dirichlet_status status, const std::string &message = "")
        : std::runtime_error(message.empty() ? dirichlet_status_string(status) : message),
          status_(status)
    {
    }
    error(dirichlet_status status, const dirichlet_error &details)
        : error(status, std::string(details.message))
    {
        callback_code_ = details.callback_code;
        sample_ = details.sample;
        least_bytes_ = details.least_bytes;
    }

    dirichlet_status status() const noexcept { return status_; }
    // The number by which a callback in C stopped the call; 0: none did.
    std::int32_t callback_code() const noexcept { return callback_code_; }
    // Index in the data set of the sample at fault; -1: of none.
    std::int64_t sample() const noexcept { return sample_; }
    // The smallest workspace_bytes that would do, where the workspace was too small; else 0.
    std::uint64_t least_bytes() const noexcept { return least_bytes_; }

  private:
    dirichlet_status status_;
    std::int32_t callback_code_ = 0;
    std::int64_t sample_ = -1;
    std::uint64_t least_bytes_ = 0;
};

// What a callback of a model throws to say one of the two things that DIRICHLET_CALLBACK_* stand
// for. They go no further: the library answers as model.h says.
struct DIRICHLET_API unsupported : std::logic_error {
    explicit unsupported(const std::string &what = "the model cannot do this") : logic_error(what)
    {
    }
};
struct DIRICHLET_API out_of_domain : std::domain_error {
    explicit out_of_domain(const std::string &what = "the model is not defined here")
        : domain_error(what)
    {
    }
};

// What a progress callback throws to stop the call, which then throws an error with
// DIRICHLET_E_CANCELLED and this number. Anything else that it throws comes out as it is.
struct DIRICHLET_API cancel : std::runtime_error {
    explicit cancel(std::int32_t number = 1) : runtime_error("cancelled"), code(number) {}
    std::int32_t code; // not 0
};

namespace detail
{

// The exception by which a callback has stopped the call in progress. Callbacks run on the thread
// that called the library, so one for each thread is enough. It is empty whenever code of the
// caller's runs, and so nested calls do not meet in it.
DIRICHLET_API inline std::exception_ptr &pending() noexcept
{
    thread_local std::exception_ptr exception;
    return exception;
}

// Runs the body of a callback, which returns what C is to have; an exception stays here and
// becomes 1.
template <class Body> std::int32_t guarded(Body &&body) noexcept
{
    if (pending())
        return 1;
    try {
        return body();
    } catch (...) {
        pending() = std::current_exception();
        return 1;
    }
}

// That of a callback that has nothing to say.
template <class Body> std::int32_t silent(Body &&body) noexcept
{
    return guarded([&] {
        body();
        return std::int32_t{0};
    });
}

// That of a callback of a model.
template <class Body> std::int32_t answered(Body &&body) noexcept
{
    return guarded([&]() -> std::int32_t {
        try {
            body();
            return 0;
        } catch (const unsupported &) {
            return DIRICHLET_CALLBACK_UNSUPPORTED;
        } catch (const out_of_domain &) {
            return DIRICHLET_CALLBACK_OUT_OF_DOMAIN;
        }
    });
}

// After every call that may have run callbacks: their exception comes before the status.
inline void rethrow()
{
    if (std::exception_ptr exception = std::exchange(pending(), nullptr))
        std::rethrow_exception(exception);
}
inline void finish(dirichlet_status status)
{
    rethrow();
    if (status != DIRICHLET_OK)
        throw error(status);
}
inline void finish(dirichlet_status status, const dirichlet_error &details)
{
    rethrow();
    if (status != DIRICHLET_OK)
        throw error(status, details);
}

} // namespace detail
} // namespace v0_2
} // namespace dirichlet

#endif
