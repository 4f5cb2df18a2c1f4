// Failures of the library as exceptions, and exceptions of callbacks on their way through it.
#ifndef DIRICHLET_CPP_ERROR_HPP
#define DIRICHLET_CPP_ERROR_HPP

#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "dirichlet/status.h"

namespace dirichlet
{

// What a call of the library found wrong: a status of status.h, and the library's message as
// what(), or where there is none the status in words.
class DIRICHLET_API error : public std::runtime_error
{
  public:
    explicit error(dirichlet_status status, const std::string &message = "")
        : std::runtime_error(message.empty() ? dirichlet_status_string(status) : message),
          status_(status)
    {
    }

    dirichlet_status status() const noexcept { return status_; }

  private:
    dirichlet_status status_;
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

// Runs the body of a callback; an exception stays here and becomes the callback's return value.
template <class Body> std::int32_t guarded(Body &&body) noexcept
{
    if (pending())
        return 1;
    try {
        body();
        return 0;
    } catch (...) {
        pending() = std::current_exception();
        return 1;
    }
}

// After every call that may have run callbacks: their exception comes before the status.
inline void finish(dirichlet_status status, const char *message = "")
{
    if (std::exception_ptr exception = std::exchange(pending(), nullptr))
        std::rethrow_exception(exception);
    if (status != DIRICHLET_OK)
        throw error(status, message);
}

// The buffer for the messages of functions without a handle.
struct message_buffer {
    char text[DIRICHLET_MESSAGE_SIZE] = "";
};

} // namespace detail
} // namespace dirichlet

#endif
