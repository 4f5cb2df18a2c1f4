// Threads to lend to the library: what dirichlet/runner.h is for C, on std::thread.
//
//     dirichlet::runner runner(4);
//     const dirichlet_parallel parallel = runner.parallel();
//     options.parallel = &parallel;
//
// dirichlet.hpp does not include it; it needs the system's threads (-pthread). Keep the BLAS to one
// thread.
#ifndef DIRICHLET_CPP_RUNNER_HPP
#define DIRICHLET_CPP_RUNNER_HPP

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "dirichlet/cpp/error.hpp"
#include "dirichlet/parallel.h"

namespace dirichlet
{
inline namespace v0_2
{

// A pool of threads that are started once and wait for tasks, and end with it. It must outlive the
// handles made with it, and stays where it is.
//
// It may be lent to any number of handles, used by any number of threads at the same time, also
// from inside a task of its own: the calling thread does tasks of its call itself, and does not
// wait for threads that are busy elsewhere.
//
// What a callable of a model throws on one of its threads comes out of the call; of several
// exceptions one does.
class runner
{
  public:
    // `threads` >= 1 do tasks at the same time, the calling one among them. Throws
    // dirichlet::error (RANGE) for fewer, std::system_error where the system starts no further
    // thread, std::bad_alloc.
    explicit runner(std::int64_t threads = most_at_once()) : lanes_(threads)
    {
        if (threads < 1)
            throw error(DIRICHLET_E_RANGE, "threads must be >= 1");
        try {
            threads_.reserve(static_cast<std::size_t>(threads - 1));
            for (std::int64_t i = 1; i < threads; i++)
                threads_.emplace_back([this]() noexcept { work(); });
        } catch (...) {
            end();
            throw;
        }
    }
    ~runner() { end(); }
    runner(const runner &) = delete;
    runner &operator=(const runner &) = delete;

    // How many threads the machine runs at once; 1 where it does not say.
    static std::int64_t most_at_once() noexcept
    {
        return std::max<std::int64_t>(1, std::thread::hardware_concurrency());
    }

    std::int64_t threads() const noexcept { return lanes_; }

    // As an option of estimators, networks and long calls.
    dirichlet_parallel parallel() noexcept
    {
        return {sizeof(dirichlet_parallel), lanes_, run, this};
    }

  private:
    // A call in progress, on the stack of its thread.
    struct job {
        dirichlet_task_fn task;
        void *argument;
        std::int64_t tasks;
        std::int64_t next = 0; // that nobody has taken
        std::int64_t finished = 0;
        std::exception_ptr thrown = nullptr; // by a callable on another thread
        job *following = nullptr;
    };
    using lock = std::unique_lock<std::mutex>;

    static std::int32_t DIRICHLET_CALL run(std::int64_t tasks, dirichlet_task_fn task,
                                           void *argument, void *user) noexcept
    {
        if (tasks < 1)
            return 0;
        static_cast<runner *>(user)->run_job({task, argument, tasks});
        return 0;
    }

    // The calling thread waits only for tasks that other threads are doing, and these, if at all,
    // for tasks of calls of their own.
    void run_job(job all) noexcept
    {
        lock held(mutex_);
        enqueue(all);
        while (all.next < all.tasks)
            do_task(all, held);
        done_.wait(held, [&] { return all.finished == all.tasks; });
        if (all.thrown && !detail::pending())
            detail::pending() = std::move(all.thrown);
    }

    void enqueue(job &added) noexcept
    {
        (first_ == nullptr ? first_ : last_->following) = &added;
        last_ = &added;
        const std::int64_t wanted = std::min(added.tasks - 1, asleep_);
        for (std::int64_t i = 0; i < wanted; i++)
            work_.notify_one();
    }

    void dequeue(const job &done) noexcept
    {
        job *before = nullptr;
        job *at = first_;
        for (; at != &done; at = at->following)
            before = at;
        (before == nullptr ? first_ : before->following) = at->following;
        if (last_ == at)
            last_ = before;
    }

    // A task of a job that has one to take. The job is gone as soon as its last task counts as
    // finished and the mutex is let go.
    void do_task(job &from, lock &held) noexcept
    {
        const std::int64_t task = from.next++;
        if (from.next == from.tasks)
            dequeue(from);
        held.unlock();
        from.task(task, from.argument);
        std::exception_ptr thrown = std::exchange(detail::pending(), nullptr);
        held.lock();
        if (thrown && !from.thrown)
            from.thrown = std::move(thrown);
        if (++from.finished == from.tasks)
            done_.notify_all();
    }

    void work() noexcept
    {
        lock held(mutex_);
        while (!stop_) {
            if (first_ != nullptr) {
                do_task(*first_, held);
                continue;
            }
            asleep_++;
            work_.wait(held);
            asleep_--;
        }
    }

    void end() noexcept
    {
        {
            const lock held(mutex_);
            stop_ = true;
        }
        work_.notify_all();
        for (std::thread &thread : threads_)
            thread.join();
    }

    std::mutex mutex_; // for all that follows, and the jobs
    std::condition_variable work_;
    std::condition_variable done_;
    job *first_ = nullptr; // that has tasks nobody has taken; in order of arrival
    job *last_ = nullptr;
    std::int64_t asleep_ = 0;
    bool stop_ = false;
    const std::int64_t lanes_;
    std::vector<std::thread> threads_; // lanes_ - 1
};

} // namespace v0_2
} // namespace dirichlet

#endif
