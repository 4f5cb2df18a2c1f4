// Who owns what, what is refused before C sees it, and what cannot be written at all.
#include "support.hpp"

#include <array>
#include <limits>
#include <memory>

using namespace test;

namespace
{

template <class T>
constexpr bool only_moves =
    !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
    std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>;
static_assert(only_moves<dirichlet::estimator<float>>);
static_assert(only_moves<dirichlet::estimator<double>>);
static_assert(only_moves<dirichlet::dense<float>>);
static_assert(only_moves<dirichlet::dense<double>>);
static_assert(only_moves<dirichlet::spectral_state<float>>);
static_assert(only_moves<dirichlet::spectral_state<double>>);

// A callable that returns a code would have it ignored.
using progress = dirichlet::progress_callback;
static_assert(std::is_constructible_v<progress, void (*)(const dirichlet_progress &)>);
static_assert(!std::is_constructible_v<progress, int (*)(const dirichlet_progress &)>);
static_assert(!std::is_constructible_v<progress, void (*)(const char *)>);
using energies_callback = decltype(dirichlet::model<double>::energies);
static_assert(
    std::is_constructible_v<energies_callback, void (*)(std::int64_t, span<const double>, span<double>)>);
static_assert(std::is_constructible_v<energies_callback, void (*)(std::int64_t, std::int64_t,
                                                         span<const double>, span<double>)>);
static_assert(
    !std::is_constructible_v<energies_callback, int (*)(std::int64_t, span<const double>, span<double>)>);
static_assert(!std::is_constructible_v<energies_callback, int (*)(std::int64_t, std::int64_t,
                                                         span<const double>, span<double>)>);

// A span reads from temporaries, and writes only into what stays.
using reads = span<const double>;
using writes = span<double>;
static_assert(std::is_convertible_v<std::vector<double>, reads>);
static_assert(std::is_convertible_v<const std::vector<double> &, reads>);
static_assert(std::is_convertible_v<std::vector<double> &, writes>);
static_assert(std::is_convertible_v<std::array<double, 3> &, writes>);
static_assert(std::is_convertible_v<double (&)[3], writes>);
static_assert(std::is_convertible_v<writes, reads>);
static_assert(!std::is_convertible_v<std::vector<double>, writes>);
static_assert(!std::is_convertible_v<const std::vector<double> &, writes>);
static_assert(!std::is_convertible_v<reads, writes>);
static_assert(!std::is_convertible_v<std::vector<float> &, reads>);
static_assert(!std::is_convertible_v<std::vector<bool> &, reads>);

const std::int64_t d = DENSE_INPUTS, k = DENSE_OUTPUTS, n = 4;

template <class Real> void moved_from(void **)
{
    sine subject = sine_make(d, k);
    const auto model = wrap<Real>(sine_table<Real>(subject, SINE_VJP));
    const std::vector<Real> x = numbers<Real>(n * d);

    dirichlet::estimator from(model);
    from.update(x);
    dirichlet::estimator to = std::move(from);
    CHECK(to.result().samples == n && from.handle() == nullptr);
    for (const auto &call : std::vector<std::function<void()>>{
             [&] { from.update(x); }, [&] { from.reset(); }, [&] { from.seek(0); },
             [&] { from.result(); }, [&] { from.clone(); }, [&] { from.serialize(); },
             [&] { from.merge(to); }, [&] { to.merge(from); }, [&] { from.describe(); },
             [&] { from.group_result(0); }, [&] { from.update(dirichlet::batch<Real>{x}); }})
        CHECK(status_of(call) == DIRICHLET_E_NULL);
    CHECK(!from.stopped() && from.last_error().status == 0 && std::string(from.message()).empty());
    from = std::move(to);
    CHECK(from.result().samples == n);
    from = dirichlet::estimator(model); // frees the one it had
    CHECK(status_of([&] { from.result(); }) == DIRICHLET_E_NO_DATA);

    dense_subject dense;
    dense_subject_make(&dense);
    dirichlet::dense<Real> gone(layers<Real>(dense));
    dirichlet::dense<Real> network = std::move(gone);
    std::vector<Real> y(n * k);
    network.forward(x, y);
    for (const auto &call : std::vector<std::function<void()>>{
             [&] { gone.forward(x, y); }, [&] { gone.energy_sum(x); }, [&] { gone.table(); },
             [&] { gone.last_plan(); }, [&] { gone.energy_plan(1); },
             [&] { gone.plan_text(make<dirichlet_dense_plan>()); }, [&] { gone.describe(); },
             [&] { gone.spectral_norms(); }, [&] { gone.transfer(x); },
             [&] { gone.energy_penalty(dirichlet::batch<Real>{x}, 1, {}); }})
        CHECK(status_of(call) == DIRICHLET_E_NULL);
    CHECK(gone.inputs() == 0 && gone.outputs() == 0 && gone.last_error().status == 0);
    gone = std::move(network);
    gone.forward(x, y);
}

// All memory is given back when the scope is left by an exception, a constructor's included, and
// the callables go when the last estimator does.
template <class Real> void unwinding(void **)
{
    counting_allocator counts = {};
    const dirichlet_allocator hooks = counting_hooks(&counts);
    auto options = make<dirichlet_estimator_options>();
    options.allocator = &hooks;
    auto dense_options = make<dirichlet_dense_options>();
    dense_options.allocator = &hooks;
    dense_subject dense;
    dense_subject_make(&dense);
    const std::vector<Real> x = numbers<Real>(n * d);
    const auto alive = std::make_shared<int>(0);

    const auto scope = [&] {
        dirichlet::dense<Real> network(layers<Real>(dense), dense_options);
        dirichlet::model<Real> model{d, k};
        model.energies = [alive](std::int64_t, span<const Real>, span<double>) {
            throw std::runtime_error("stop");
        };
        dirichlet::estimator<Real> measured(network.table(), options), failing(model, options);
        auto clone = failing.clone();
        measured.update(x);
        clone = failing.clone();
        CHECK(counts.live > 0);
        clone.update(x);
    };
    std::string message;
    try {
        scope();
    } catch (const std::runtime_error &error) {
        message = error.what();
    }
    CHECK(message == "stop");
    CHECK(counts.live == 0 && counts.damaged == 0 && alive.use_count() == 1);

    const std::int64_t calls = counts.calls;
    std::int64_t failures = 0;
    for (std::int64_t at = 1; at <= calls; at++) {
        counting_arm(&counts, at, 0);
        failures += status_of([&] {
                        try {
                            scope();
                        } catch (const dirichlet::error &) {
                            throw;
                        } catch (const std::runtime_error &) {
                        }
                    }) == DIRICHLET_E_MEMORY;
        CHECK(counts.live == 0 && alive.use_count() == 1);
    }
    print_message("%lld of %lld allocations failed\n", (long long)failures, (long long)calls);
    CHECK(failures == calls);
}

// A clone keeps what the original was made of.
template <class Real> void clone_outlives(void **)
{
    const auto alive = std::make_shared<int>(0);
    {
        dirichlet::model<Real> model{1, 1};
        model.energies = [alive](std::int64_t, span<const Real>, span<double> energies) {
            energies[0] = 1;
        };
        const auto clones = [&] {
            dirichlet::estimator original(std::move(model), make<dirichlet_estimator_options>(),
                                          [alive](const dirichlet_progress &) { *alive += 1; });
            return original.clone();
        };
        auto clone = clones();
        CHECK(alive.use_count() == 3);
        clone.update(std::vector<Real>{1});
        CHECK(*alive == 1 && clone.result().value == 1);
    }
    CHECK(alive.use_count() == 1);
}

// A table of the caller's is retained and released by the library: once by each handle.
template <class Real> void retained(void **)
{
    struct owner {
        std::int64_t held, released;
    } counts = {0, 0};
    auto table = make<typename precision<Real>::model_table>();
    table.inputs = table.outputs = table.ignores_first = 1;
    table.energies = [](std::int64_t, std::int64_t count, const Real *, double *energies,
                        void *user) {
        CHECK(static_cast<owner *>(user)->held > 0);
        for (std::int64_t i = 0; i < count; i++)
            energies[i] = 1;
        return std::int32_t{0};
    };
    table.retain = [](void *user) { static_cast<owner *>(user)->held++; };
    table.release = [](void *user) {
        static_cast<owner *>(user)->held--;
        static_cast<owner *>(user)->released++;
    };
    table.user = &counts;
    {
        dirichlet::estimator<Real> first(table);
        CHECK(counts.held == 1);
        dirichlet::estimator<Real> moved = std::move(first);
        auto clone = moved.clone();
        CHECK(counts.held == 2 && counts.released == 0);
        moved = std::move(clone);
        CHECK(counts.held == 1 && counts.released == 1);
        moved.update(std::vector<Real>{1, 2});
        CHECK(moved.result().value == 1);
    }
    CHECK(counts.held == 0 && counts.released == 2);
    auto wrong = make<dirichlet_estimator_options>();
    wrong.confidence = 2;
    CHECK(status_of([&] { dirichlet::estimator<Real>(table, wrong); }) == DIRICHLET_E_RANGE);
    CHECK(dirichlet::measure<Real>(table, std::vector<Real>{1}).value == 1);
    CHECK(counts.held == 0);
}

// All that is known of a failure is in the exception.
template <class Real> void errors(void **)
{
    sine subject = sine_make(d, k);
    auto options = make<dirichlet_estimator_options>();
    options.first_sample = 100;
    dirichlet::estimator estimator(wrap<Real>(sine_table<Real>(subject, SINE_VJP)), options);
    auto bad = numbers<Real>(n * d);
    bad[d + 1] = std::numeric_limits<Real>::infinity();
    bool caught = false;
    try {
        estimator.update(bad);
    } catch (const dirichlet::error &error) {
        caught = true;
        CHECK(error.status() == DIRICHLET_E_NOT_FINITE && error.sample() == 101);
        CHECK(error.callback_code() == 0 && error.least_bytes() == 0);
        const dirichlet_error last = estimator.last_error();
        CHECK(last.status == error.status() && last.sample == 101 &&
              std::string(last.message) == error.what());
    }
    CHECK(caught);

    // The least workspace is one that does.
    std::uint64_t least = 0;
    options.workspace_bytes = 1;
    const auto make_one = [&] {
        return dirichlet::estimator(wrap<Real>(sine_table<Real>(subject, SINE_VJP)), options);
    };
    try {
        make_one();
    } catch (const dirichlet::error &error) {
        CHECK(error.status() == DIRICHLET_E_WORKSPACE);
        least = error.least_bytes();
    }
    CHECK(least > 1);
    options.workspace_bytes = static_cast<std::size_t>(least);
    make_one().update(numbers<Real>(n * d));
    options.workspace_bytes--;
    CHECK(status_of(make_one) == DIRICHLET_E_WORKSPACE);

    const dirichlet::error plain(DIRICHLET_E_SHAPE);
    CHECK(plain.sample() == -1 && std::string(plain.what()) == dirichlet_status_string(5));
}

// The words of an error are the library's own.
template <class Real> void messages(void **)
{
    using C = precision<Real>;
    auto details = make<dirichlet_error>();
    const char *expected = details.message;
    dirichlet_estimator *handle = nullptr;
    const auto refused = [&](const dirichlet::model<Real> &model,
                             const dirichlet_estimator_options &options) {
        const auto table = dirichlet::detail::table_of(model);
        const dirichlet_status status = C::estimator_create(&table, &options, &handle, &details);
        std::string message;
        CHECK(status != 0 && expected[0] != '\0');
        CHECK(status_of([&] { dirichlet::estimator<Real>(model, options); }, &message) == status);
        CHECK_IN(message == expected, "%s", message.c_str());
        message.clear();
        CHECK(status_of([&] { dirichlet::measure(model, numbers<Real>(d), {}, options); },
                        &message) == status);
        CHECK_IN(message == expected, "%s", message.c_str());
    };
    sine subject = sine_make(d, k);
    auto model = wrap<Real>(sine_table<Real>(subject, SINE_VJP));
    auto options = make<dirichlet_estimator_options>();
    refused(dirichlet::model<Real>{0, 1}, options);
    refused(dirichlet::model<Real>{d, 1}, options);
    options.confidence = 2;
    refused(model, options);
    options = dirichlet_estimator_options{};
    refused(model, options);

    // Of a handle, and where it has none the status in words.
    dirichlet::estimator estimator(model);
    auto bad = numbers<Real>(n * d);
    bad[d + 1] = std::numeric_limits<Real>::quiet_NaN();
    std::string message;
    CHECK(status_of([&] { estimator.update(bad); }, &message) == DIRICHLET_E_NOT_FINITE);
    CHECK(message == estimator.message() && message.find('1') != std::string::npos);
    print_message("%s\n", message.c_str());
    CHECK(status_of([&] { estimator.result(); }, &message) == DIRICHLET_E_NO_DATA);
    CHECK(message == dirichlet_status_string(DIRICHLET_E_NO_DATA));

    const std::vector<unsigned char> bytes(7);
    CHECK(status_of([&] { dirichlet::estimator<Real>::deserialize(bytes); }, &message) ==
          dirichlet_estimator_deserialize(bytes.data(), 7, nullptr, &handle, &details));
    CHECK(message == expected && expected[0] != '\0');

    auto state = estimator.serialize();
    auto without_model = dirichlet::estimator<Real>::deserialize(state);
    CHECK(status_of([&] { without_model.update(bad); }) == DIRICHLET_E_MISSING_CALLBACK);
}

// Sizes that do not fit: a status and the name of the array, and C is not called.
template <class Real> void sizes(void **)
{
    sine subject = sine_make(d, k);
    const auto model = wrap<Real>(sine_table<Real>(subject, SINE_ALL));
    dirichlet::estimator estimator(model);
    dense_subject dense;
    dense_subject_make(&dense);
    dirichlet::dense<Real> network(layers<Real>(dense));
    const std::vector<Real> x(n * d), odd(n * d + 1), u(n * k), less(n * d - 1);
    std::vector<Real> y(n * k), short_y(n * k - 1);
    std::vector<double> wide(n), narrow(n - 1);
    const std::vector<std::int64_t> few(n - 1);
    const auto batch = [&](auto member, auto value) {
        dirichlet::batch<Real> samples{x};
        samples.*member = value;
        return samples;
    };
    using samples = dirichlet::batch<Real>;
    std::vector<dirichlet::dense_gradient<Real>> gradients(DENSE_LAYERS);
    dirichlet::loss<Real> loss;
    loss.kind = DIRICHLET_LOSS_SQUARED;
    loss.targets = short_y;

    const std::pair<const char *, std::function<void()>> calls[] = {
        {"x", [&] { estimator.update(odd); }},
        {"weights", [&] { estimator.update(x, narrow); }},
        {"energies", [&] { estimator.update(x, wide, narrow); }},
        {"x", [&] { dirichlet::measure(model, odd); }},
        {"weights", [&] { dirichlet::measure(model, x, narrow); }},
        {"x", [&] { dirichlet::jacobian_norms(model, odd); }},
        {"norms", [&] { dirichlet::jacobian_norms(model, x, narrow); }},
        {"x", [&] { dirichlet::energy_penalty(model, odd, 1); }},
        {"x", [&] { dirichlet::model_check(model, odd); }},
        {"gradient",
         [&] { dirichlet::model_check(model, x, make<dirichlet_check_options>(), y, short_y); }},
        {"x", [&] { estimator.update(samples{odd}); }},
        {"x",
         [&] {
             estimator.update(samples{less, d + 1});
         }},
        {"weights",
         [&] { estimator.update(batch(&samples::weights, span<const double>(narrow))); }},
        {"indices",
         [&] { estimator.update(batch(&samples::indices, span<const std::int64_t>(few))); }},
        {"groups",
         [&] { estimator.update(batch(&samples::groups, span<const std::int64_t>(few))); }},
        {"energies", [&] { estimator.update(batch(&samples::energies, span<double>(narrow))); }},
        {"deviations",
         [&] { estimator.update(batch(&samples::deviations, span<double>(narrow))); }},
        {"x", [&] { dirichlet::energy_penalty(model, samples{odd}, 1); }},
        {"x", [&] { network.energy_penalty(samples{odd}, 1, gradients); }},
        {"x", [&] { network.forward(odd, y); }},
        {"y", [&] { network.forward(x, short_y); }},
        {"v", [&] { network.jvp(x, less, y); }},
        {"v", [&] { network.jvp(x, std::vector<Real>(5 * d), y); }},
        {"jv", [&] { network.jvp(x, x, short_y); }},
        {"u", [&] { network.vjp(x, less, y); }},
        {"jtu", [&] { network.vjp(x, u, y); }},
        {"v", [&] { network.jvp(std::vector<Real>(), x, y); }},
        {"energies", [&] { network.energies(x, narrow); }},
        {"norms", [&] { network.product_norms(x, u, narrow); }},
        {"cotangents", [&] { network.parameter_vjp(x, short_y, 1, gradients); }},
        {"targets", [&] { network.loss_gradient(x, loss, 1, gradients); }},
        {"tangents", [&] { network.loss_hvp(x, dirichlet::loss<Real>(), {}, 1, gradients); }},
        {"x", [&] { network.transfer(odd); }},
        {"weights", [&] { dirichlet::make_tangent<Real>(d, k + 1, y); }},
        {"weights", [&] { dirichlet::make_layer<Real>(d, n, less); }},
        {"weights",
         [&] {
             dirichlet::make_layer<Real>(d, n, x, {}, 0, {}, {1, n + 1, 1});
         }},
        {"bias", [&] { dirichlet::make_layer<Real>(d, n, x, span(x.data(), n - 1)); }},
        {"weights", [&] { dirichlet::make_gradient<Real>(d, k + 1, y); }},
        {"values", [&] { dirichlet::make_parameter<Real>(n, d, less); }},
        {"gradient", [&] { dirichlet::make_parameter<Real>(n, d, x, y); }},
        {"values", [&] { dirichlet::operator_norm<Real>(less, n, d); }},
        {"weights", [&] { dirichlet::initialize<Real>(0, d, n, y); }},
        {"values", [&] { dirichlet::noise_add<Real>(DIRICHLET_NOISE_INPUT, 1, 0, 0, d, 1, y); }},
    };
    const std::int64_t before = subject.calls;
    for (const auto &[name, call] : calls) {
        std::string message;
        CHECK_IN(status_of(call, &message) == DIRICHLET_E_SHAPE, "%s: %s", name, message.c_str());
        CHECK_IN(message.rfind(std::string(name) + " has ", 0) == 0, "%s: %s", name,
                 message.c_str());
    }
    CHECK(subject.calls == before);
    print_message("%zu calls refused\n", sizeof calls / sizeof calls[0]);

    // Other matrices than the state was made for.
    std::vector<dirichlet::parameter<Real>> parameters = {dirichlet::make_parameter<Real>(n, d, x)};
    dirichlet::spectral_state<Real> state(parameters);
    parameters[0] = dirichlet::make_parameter<Real>(d, n, x);
    CHECK(status_of([&] { state.penalty(parameters, 1); }) == DIRICHLET_E_SHAPE);

    // Rows that overlap.
    CHECK(status_of([&] { estimator.update(samples{x, d - 1}); }) == DIRICHLET_E_RANGE);

    // Nothing is a batch, too.
    const std::vector<Real> none;
    std::vector<Real> nothing;
    estimator.update(none);
    estimator.update(samples{});
    CHECK(network.transfer(none).ratios.empty());
    network.forward(none, nothing);
    network.jvp(none, none, nothing);
    CHECK(network.energy_sum(none) == 0);
}

} // namespace

int main()
{
    const CMUnitTest tests[] = {
        cmocka_unit_test(moved_from<float>),     cmocka_unit_test(moved_from<double>),
        cmocka_unit_test(unwinding<float>),      cmocka_unit_test(unwinding<double>),
        cmocka_unit_test(clone_outlives<float>), cmocka_unit_test(clone_outlives<double>),
        cmocka_unit_test(retained<float>),       cmocka_unit_test(retained<double>),
        cmocka_unit_test(errors<float>),         cmocka_unit_test(errors<double>),
        cmocka_unit_test(messages<float>),       cmocka_unit_test(messages<double>),
        cmocka_unit_test(sizes<float>),          cmocka_unit_test(sizes<double>)};
    return check_report("cpp.handles", cmocka_run_group_tests(tests, nullptr, nullptr));
}
