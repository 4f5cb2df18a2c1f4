// The runner of C++: what every runner does, and exceptions of callables on its threads.
#include "cpp/support.hpp"

#include <dirichlet/cpp/runner.hpp>

#include <atomic>
#include <stdexcept>
#include <system_error>

#include "rounds.h"

using namespace test;

namespace
{

void with_every_size(void (*round)(const dirichlet_parallel *))
{
    for (const std::int64_t threads : {1, 2, 3, 4, 9}) {
        dirichlet::runner runner(threads);
        const dirichlet_parallel parallel = runner.parallel();
        CHECK(runner.threads() == threads && parallel.lanes == threads);
        CHECK(parallel.struct_size == sizeof parallel);
        round(&parallel);
    }
}

void every_task_once(void **)
{
    with_every_size(rounds_every_task_once);
}
void at_the_same_time(void **)
{
    with_every_size(rounds_at_the_same_time);
}
void several_callers(void **)
{
    with_every_size(rounds_several_callers);
}
void nested(void **)
{
    with_every_size(rounds_nested);
}
void while_others_are_busy(void **)
{
    with_every_size(rounds_while_others_are_busy);
}

void many_runners(void **)
{
    for (int i = 0; i < 200; i++) {
        dirichlet::runner runner(3);
        const dirichlet_parallel parallel = runner.parallel();
        if (i % 2 == 0)
            rounds_at_the_same_time(&parallel);
    }
}

void numbers_of_threads(void **)
{
    CHECK(dirichlet::runner::most_at_once() >= 1);
    CHECK(dirichlet::runner().threads() == dirichlet::runner::most_at_once());
    for (const std::int64_t threads : {std::int64_t{0}, std::int64_t{-1}, INT64_MIN}) {
        dirichlet_status status = DIRICHLET_OK;
        try {
            dirichlet::runner runner(threads);
        } catch (const dirichlet::error &error) {
            status = error.status();
        }
        CHECK(status == DIRICHLET_E_RANGE);
    }
}

struct throwing {
    std::atomic<int> here{0};
    std::atomic<int> left_over{0};
    int all = 0;
};

// All at the same time, so that every thread of the runner has an exception.
void DIRICHLET_CALL throw_together(std::int64_t task, void *argument)
{
    auto &subject = *static_cast<throwing *>(argument);
    if (dirichlet::detail::pending())
        subject.left_over++;
    subject.here++;
    while (subject.here < subject.all)
        std::this_thread::yield();
    dirichlet::detail::silent([&] { throw static_cast<int>(task + 1); });
}

// What a callable throws is the calling thread's afterwards, and stays on no thread of the pool.
void exceptions_of_tasks(void **)
{
    dirichlet::runner runner(4);
    const dirichlet_parallel parallel = runner.parallel();
    for (int i = 0; i < 200; i++) {
        throwing subject;
        int caught = 0;
        subject.all = 4;
        CHECK(parallel.parallel_for(4, throw_together, &subject, parallel.user) == 0);
        try {
            dirichlet::detail::finish(DIRICHLET_E_CALLBACK);
        } catch (int thrown) {
            caught = thrown;
        }
        CHECK(caught >= 1 && caught <= 4 && subject.left_over == 0);
    }
}

dirichlet::model<double> product(bool throws)
{
    dirichlet::model<double> model{3, 1};
    model.concurrent = true;
    model.energies = [throws](std::int64_t samples, span<const double> x, span<double> energies) {
        for (std::int64_t i = 0; i < samples; i++) {
            const double *at = x.data() + 3 * i;
            energies[static_cast<std::size_t>(i)] = at[0] * at[0] + at[1] * at[1];
            if (throws && i == samples - 1)
                throw std::domain_error("last");
        }
    };
    return model;
}

void measurements(void **)
{
    dirichlet::runner runner(4);
    const dirichlet_parallel parallel = runner.parallel();
    const auto x = numbers<double>(3 * 20000);
    auto options = make<dirichlet_estimator_options>();
    const dirichlet_result alone = dirichlet::measure<double>(product(false), x, {}, options);
    options.parallel = &parallel;
    for (int i = 0; i < 20; i++) {
        CHECK(same_bits(alone, dirichlet::measure<double>(product(false), x, {}, options)));
        bool thrown = false;
        try {
            dirichlet::measure<double>(product(true), x, {}, options);
        } catch (const std::domain_error &) {
            thrown = true;
        }
        CHECK(thrown);
    }
}

} // namespace

int main()
{
    const CMUnitTest tests[] = {
        cmocka_unit_test(every_task_once),       cmocka_unit_test(at_the_same_time),
        cmocka_unit_test(several_callers),       cmocka_unit_test(nested),
        cmocka_unit_test(while_others_are_busy), cmocka_unit_test(many_runners),
        cmocka_unit_test(numbers_of_threads),    cmocka_unit_test(exceptions_of_tasks),
        cmocka_unit_test(measurements),
    };
    return check_report("runner.cpp", cmocka_run_group_tests(tests, nullptr, nullptr));
}
