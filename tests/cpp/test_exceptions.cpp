// What a callback throws comes out of the call, whichever callback it is, and nothing is left.
#include "support.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <thread>

using namespace test;

dirichlet::estimator<double> made_elsewhere();
double measured_elsewhere(const dirichlet::model<double> &model, span<const double> x);

namespace
{

const std::int64_t d = 4, k = 3, n = 5;

// Not a std::exception, and counted, so that a copy that is never destroyed shows.
struct thrown {
    static int alive;
    int number;

    explicit thrown(int value) : number(value) { alive++; }
    thrown(const thrown &other) : number(other.number) { alive++; }
    thrown &operator=(const thrown &) = delete;
    ~thrown() { alive--; }
};
int thrown::alive = 0;

// The number of the thrown object that comes out of a call; 0 if none does.
template <class Call> int caught(Call &&call)
{
    try {
        call();
        return 0;
    } catch (const thrown &exception) {
        return exception.number;
    }
}

template <class Real> dirichlet::model<Real> throwing(std::int32_t which, int number)
{
    using input = span<const Real>;
    dirichlet::model<Real> model{d, k};
    if (which == SINE_FORWARD)
        model.forward = [=](std::int64_t, input, span<Real>) { throw thrown(number); };
    const auto product = [=](std::int64_t, std::int64_t, input, input, span<Real>) {
        throw thrown(number);
    };
    if (which == SINE_JVP)
        model.jvp = product;
    if (which == SINE_VJP)
        model.vjp = product;
    if (which == SINE_ENERGIES)
        model.energies = [=](std::int64_t, input, span<double>) { throw thrown(number); };
    if (which == SINE_NORMS)
        model.product_norms = [=](std::int64_t, std::int64_t, input, input, span<double>) {
            throw thrown(number);
        };
    return model;
}

template <class Real> void every_callback_of_a_model(void **)
{
    const std::vector<Real> x = numbers<Real>(n * d);
    for (std::int32_t which = SINE_FORWARD; which <= SINE_NORMS; which *= 2) {
        auto options = make<dirichlet_estimator_options>();
        if (which == SINE_NORMS)
            options.method = DIRICHLET_METHOD_RADEMACHER;
        dirichlet::estimator estimator(throwing<Real>(which, which), options);
        std::vector<double> energies(n, -1);
        for (int time = 0; time < 2; time++)
            CHECK_IN(caught([&] { estimator.update(x, {}, energies); }) == which, "callback %d",
                     which);
        CHECK(energies == std::vector<double>(n, -1));
        CHECK(status_of([&] { estimator.result(); }) == DIRICHLET_E_NO_DATA);
        CHECK(estimator.last_error().callback_code == 1);
        CHECK(caught([&] { dirichlet::measure(throwing<Real>(which, 9), x, {}, options); }) == 9);
        CHECK(thrown::alive == 0);
    }
    CHECK(caught([&] { dirichlet::jacobian_norms(throwing<Real>(SINE_VJP, 3), x); }) == 3);
    CHECK(caught([&] { dirichlet::energy_penalty(throwing<Real>(SINE_FORWARD, 4), x, 1); }) == 4);
    CHECK(thrown::alive == 0);
}

template <class Real> void every_other_callback(void **)
{
    using input = span<const Real>;
    sine subject = sine_make(d, k);
    const auto model = wrap<Real>(sine_table<Real>(subject, SINE_ALL));
    const std::vector<Real> x = numbers<Real>(n * d);

    auto with_backward = model;
    with_backward.parameter_vjp = [](std::int64_t, input, input) { throw thrown(2); };
    CHECK(caught([&] { dirichlet::energy_penalty(with_backward, x, 1); }) == 2);
    auto prepared = wrap<Real>(sine_table<Real>(subject, SINE_VJP));
    prepared.prepare = [](std::int64_t, input) { throw thrown(7); };
    CHECK(caught([&] { dirichlet::measure(prepared, x); }) == 7);

    dirichlet::objective<Real> objective;
    objective.gradient = [](input, double &, span<Real>) { throw thrown(3); };
    CHECK(caught([&] { dirichlet::flatness_penalty(objective, x, 0, 1); }) == 3);
    std::vector<Real> gradient(x.size());
    objective.gradient = [](input at, double &loss, span<Real> into) {
        loss = 1;
        std::copy(at.begin(), at.end(), into.begin());
    };
    objective.hvp = [](input, input, span<Real>) { throw thrown(4); };
    CHECK(caught([&] { dirichlet::flatness_penalty(objective, x, 0, 1, gradient); }) == 4);
    CHECK(gradient == std::vector<Real>(x.size()));

    dense_subject dense;
    dense_subject_make(&dense);
    dirichlet::dense<Real> network(layers<Real>(dense));
    const std::vector<Real> points = numbers<Real>(DENSE_INPUTS);
    std::vector<dirichlet::dense_gradient<Real>> none(DENSE_LAYERS,
                                                      make<dirichlet::dense_gradient<Real>>());
    std::vector<Real> buffer(DENSE_NUMBERS);
    none[0].weights = buffer.data();
    none[0].output_stride = DENSE_INPUTS;
    none[0].input_stride = 1;
    dirichlet::loss<Real> loss;
    loss.kind = DIRICHLET_LOSS_CUSTOM;
    loss.function = [](std::int64_t, std::int64_t, input, span<double>, span<Real>) {
        throw thrown(5);
    };
    CHECK(caught([&] { network.loss_gradient(points, loss, 1, none); }) == 5);
    loss.function = [](std::int64_t, std::int64_t, input, span<double> values, span<Real> c) {
        std::fill(values.begin(), values.end(), 1);
        std::fill(c.begin(), c.end(), Real(1));
    };
    loss.curvature = [](std::int64_t, std::int64_t, input, input, span<Real>) { throw thrown(6); };
    const std::vector<dirichlet::dense_tangent<Real>> still(DENSE_LAYERS,
                                                            make<dirichlet::dense_tangent<Real>>());
    CHECK(caught([&] { network.loss_hvp(points, loss, still, 1, none); }) == 6);
    CHECK(network.loss_gradient(points, loss, 1, none) == 1);
    CHECK(thrown::alive == 0);
}

// What a progress callback throws comes out of every call that has one; cancel is an error.
template <class Real> void progress(void **)
{
    sine subject = sine_make(d, k);
    const auto model = wrap<Real>(sine_table<Real>(subject, SINE_ALL));
    const std::vector<Real> x = numbers<Real>(n * d);
    dense_subject dense;
    dense_subject_make(&dense);
    dirichlet::dense<Real> network(layers<Real>(dense));
    const auto estimator = make<dirichlet_estimator_options>();
    const std::vector<Real> points = numbers<Real>(DENSE_INPUTS);

    using callback = dirichlet::progress_callback;
    const std::pair<const char *, std::function<void(callback)>> calls[] = {
        {"update", [&](callback p) { dirichlet::estimator(model, estimator, p).update(x); }},
        {"measure", [&](callback p) { dirichlet::measure(model, x, {}, estimator, {}, p); }},
        {"jacobian_norms",
         [&](callback p) {
             dirichlet::jacobian_norms(model, x, {}, make<dirichlet_jacobian_norms_options>(), p);
         }},
        {"energy_penalty",
         [&](callback p) {
             dirichlet::energy_penalty(model, x, 1, make<dirichlet_energy_penalty_options>(), p);
         }},
        {"energy_penalty of a batch",
         [&](callback p) {
             dirichlet::energy_penalty(model, dirichlet::batch<Real>{x}, 1,
                                       make<dirichlet_energy_penalty_options>(), p);
         }},
        {"operator_norm",
         [&](callback p) {
             dirichlet::operator_norm<Real>(x, n, d, make<dirichlet_spectral_options>(), 0, 1,
                                            nullptr, p);
         }},
        {"spectral_norms",
         [&](callback p) { network.spectral_norms(make<dirichlet_spectral_options>(), p); }},
        {"transfer",
         [&](callback p) {
             network.transfer(points, make<dirichlet_dense_transfer_options>(), p);
         }},
    };
    for (const auto &[name, call] : calls) {
        const auto &run = call;
        CHECK_IN(caught([&] { run([](const dirichlet_progress &) { throw thrown(8); }); }) == 8,
                 "%s", name);
        CHECK(thrown::alive == 0);
        dirichlet_status status = 0;
        std::int32_t code = 0;
        try {
            run([](const dirichlet_progress &) { throw dirichlet::cancel(40); });
        } catch (const dirichlet::error &error) {
            status = error.status();
            code = error.callback_code();
        }
        CHECK_IN(status == DIRICHLET_E_CANCELLED && code == 40, "%s: %d, %d", name, int(status),
                 int(code));
        // A cancellation without a number is one all the same.
        CHECK_IN(status_of([&] {
                     run([](const dirichlet_progress &) { throw dirichlet::cancel(0); });
                 }) == DIRICHLET_E_CANCELLED,
                 "%s", name);
    }
}

// The two things that a model can say instead of failing.
template <class Real> void reserved(void **)
{
    using input = span<const Real>;
    const std::vector<Real> x = numbers<Real>(n * d);
    sine subject = sine_make(d, k);
    const auto whole = wrap<Real>(sine_table<Real>(subject, SINE_VJP));
    auto model = whole;
    model.vjp = [](std::int64_t, std::int64_t, input, input, span<Real>) {
        throw dirichlet::unsupported();
    };
    std::string message;
    CHECK(status_of([&] { dirichlet::measure(model, x); }, &message) ==
          DIRICHLET_E_MISSING_CALLBACK);
    CHECK_IN(message.find("vjp") != std::string::npos, "%s", message.c_str());

    // Not defined at the third sample alone, which is left out.
    model.vjp = [&](std::int64_t samples, std::int64_t m, input at, input u, span<Real> jtu) {
        for (std::int64_t i = 0; i < samples; i++)
            if (at[i * d] == x[2 * d])
                throw dirichlet::out_of_domain();
        whole.vjp(0, samples, m, at, u, jtu);
    };
    auto options = make<dirichlet_estimator_options>();
    dirichlet::estimator strict(model, options);
    CHECK(status_of([&] { strict.update(x); }) == DIRICHLET_E_NOT_FINITE);
    CHECK(strict.last_error().sample == 2);
    options.on_nonfinite = DIRICHLET_NONFINITE_SKIP;
    std::vector<double> energies(n), expected(n);
    const auto result = dirichlet::measure(model, x, {}, options, energies);
    dirichlet::measure(whole, x, {}, options, expected);
    CHECK(result.skipped == 1 && result.samples == n - 1);
    for (std::size_t i = 0; i < n; i++)
        CHECK(i == 2 ? std::isnan(energies[i]) : energies[i] == expected[i]);
}

// An exception that a failing model keeps is the caller's own object, not a copy of its base.
void types(void **)
{
    dirichlet::model<double> model{1, 1};
    model.forward = [](std::int64_t, span<const double>, span<double>) {
        throw std::out_of_range("no such row");
    };
    std::string message;
    try {
        dirichlet::measure(model, std::vector<double>{1});
    } catch (const std::out_of_range &exception) {
        message = exception.what();
    }
    CHECK(message == "no such row");

    message.clear();
    try {
        made_elsewhere().update(std::vector<double>{1});
    } catch (const std::length_error &exception) {
        message = exception.what();
    }
    CHECK(message == "thrown elsewhere");
    CHECK(caught([] {
              measured_elsewhere(throwing<double>(SINE_VJP, 8), std::vector<double>(d));
          }) == 8);
}

// Failures in C keep their status beside those that are exceptions.
void codes_of_c(void **)
{
    sine subject = sine_make(d, k);
    subject.fail_at = 1;
    subject.code = 77;
    dirichlet::estimator<double> estimator(sine_table<double>(subject, SINE_VJP));
    CHECK(status_of([&] { estimator.update(numbers<double>(n * d)); }) == DIRICHLET_E_CALLBACK);
    CHECK(estimator.last_error().callback_code == 77);
    const auto code_of = [](auto &&call) {
        try {
            call();
        } catch (const dirichlet::error &error) {
            return error.callback_code();
        }
        return std::int32_t{0};
    };
    subject.calls = 0;
    CHECK(code_of([&] { estimator.update(numbers<double>(n * d)); }) == 77);
    subject.calls = 0;
    CHECK(code_of([&] {
              dirichlet::measure<double>(sine_table<double>(subject, SINE_VJP), numbers<double>(d));
          }) == 77);
    estimator.update(numbers<double>(n * d));
    CHECK(estimator.result().samples == n);
}

// The library may call once more before it gives up: the first exception is the one that counts.
void called_again(void **)
{
    dirichlet::model<double> model = throwing<double>(SINE_FORWARD, 1);
    int calls = 0;
    model.forward = [&](std::int64_t, span<const double>, span<double>) { throw thrown(++calls); };
    const auto table = dirichlet::detail::table_of(model);
    double x[d] = {}, y[k] = {};
    CHECK(table.forward(0, 1, 1, x, y, table.user) != 0);
    CHECK(table.forward(0, 1, 1, x, y, table.user) != 0);
    CHECK(calls == 1);
    CHECK(caught([] { dirichlet::detail::finish(DIRICHLET_E_CALLBACK); }) == 1);
    CHECK(table.forward(0, 1, 1, x, y, table.user) != 0 && calls == 2);
    // Nor is it lost where the library makes do without the callback.
    CHECK(caught([] { dirichlet::detail::finish(DIRICHLET_OK); }) == 2);
    dirichlet::detail::finish(DIRICHLET_OK);
    CHECK(thrown::alive == 0);
}

// A callback that measures something itself, fails in it, and goes on or not.
void nested(void **)
{
    sine subject = sine_make(d, k);
    const auto outer = wrap<double>(sine_table<double>(subject, SINE_VJP));
    const std::vector<double> x = numbers<double>(n * d);
    const double expected = dirichlet::measure(outer, x).value;

    for (const bool escapes : {false, true}) {
        auto model = outer;
        int inner = 0;
        model.vjp = [&, vjp = outer.vjp](std::int64_t samples, std::int64_t m,
                                         span<const double> points, span<const double> u,
                                         span<double> jtu) {
            const auto measure = [&] { dirichlet::measure(throwing<double>(SINE_FORWARD, 6), x); };
            if (escapes)
                measure();
            inner = caught(measure);
            vjp(0, samples, m, points, u, jtu);
        };
        dirichlet::estimator estimator(model);
        CHECK(caught([&] { estimator.update(x); }) == (escapes ? 6 : 0));
        CHECK(inner == (escapes ? 0 : 6));
        if (!escapes)
            CHECK(estimator.result().value == expected);
    }
    CHECK(thrown::alive == 0);
}

// While one thread has an exception on its way, another one throws, and catches its own.
void other_thread(void **)
{
    CHECK(dirichlet::detail::silent([] { throw thrown(1); }) != 0);
    int number = 0;
    std::thread([&] {
        number = caught(
            [] { dirichlet::measure(throwing<double>(SINE_VJP, 2), std::vector<double>(d)); });
    }).join();
    CHECK(number == 2);
    CHECK(caught([] { dirichlet::detail::finish(DIRICHLET_E_CALLBACK); }) == 1);
    CHECK(thrown::alive == 0);
}

// A clone has the original's callables; each thread gets what was thrown in it.
void threads(void **)
{
    dirichlet::model<double> model{1, 1};
    model.energies = [](std::int64_t, span<const double> x, span<double> energies) {
        if (x[0] != 0)
            throw int(x[0]);
        energies[0] = 1;
    };
    dirichlet::estimator first(model);
    auto second = first.clone();
    const auto wrong_ones = [](dirichlet::estimator<double> &estimator, int number, int *wrong) {
        for (int i = 0; i < 2000; i++) {
            const double x = i % 2 == 0 ? number : 0;
            int got = 0;
            try {
                estimator.update(span(&x, 1));
            } catch (int exception) {
                got = exception;
            }
            *wrong += got != int(x);
        }
    };
    int wrong[2] = {0, 0};
    std::thread other([&] { wrong_ones(second, 2, &wrong[1]); });
    wrong_ones(first, 1, &wrong[0]);
    other.join();
    CHECK(wrong[0] == 0 && wrong[1] == 0);
    CHECK(first.result().samples == 1000 && second.result().samples == 1000);
}

} // namespace

int main()
{
    const CMUnitTest tests[] = {cmocka_unit_test(every_callback_of_a_model<float>),
                                cmocka_unit_test(every_callback_of_a_model<double>),
                                cmocka_unit_test(every_other_callback<float>),
                                cmocka_unit_test(every_other_callback<double>),
                                cmocka_unit_test(progress<float>),
                                cmocka_unit_test(progress<double>),
                                cmocka_unit_test(reserved<float>),
                                cmocka_unit_test(reserved<double>),
                                cmocka_unit_test(types),
                                cmocka_unit_test(codes_of_c),
                                cmocka_unit_test(called_again),
                                cmocka_unit_test(nested),
                                cmocka_unit_test(other_thread),
                                cmocka_unit_test(threads)};
    return check_report("cpp.exceptions", cmocka_run_group_tests(tests, nullptr, nullptr));
}
