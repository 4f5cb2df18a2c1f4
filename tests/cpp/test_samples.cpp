// Models whose function depends on which sample it is, and batches that say which one.
#include "support.hpp"

#include <array>
#include <cmath>

using namespace test;

namespace
{

const std::int64_t samples = 29;

// Factors whose products with anything are exact.
template <class Real> Real factor(std::int64_t sample)
{
    const Real factors[5] = {1, 4, 2, Real(0.5), 8};
    return factors[sample % 5];
}

// The sine model times a factor of the sample's own, looked up by its index.
template <class Real> dirichlet::model<Real> scaled(const typename precision<Real>::model_table &t)
{
    using input = span<const Real>;
    const auto scale = [](std::int64_t first, std::int64_t n, std::int64_t each, auto out, auto f) {
        for (std::int64_t i = 0; i < n; i++)
            for (std::int64_t j = 0; j < each; j++)
                out[i * each + j] *= f(first + i);
    };
    const auto once = [](std::int64_t i) { return factor<Real>(i); };
    const auto twice = [](std::int64_t i) { return factor<double>(i) * factor<double>(i); };
    dirichlet::model<Real> model{t.inputs, t.outputs};
    if (t.forward)
        model.forward = [=](std::int64_t first, std::int64_t n, std::int64_t p, input x,
                            span<Real> y) {
            expect_size(x.size(), n * p * t.inputs);
            expect_size(y.size(), n * p * t.outputs);
            raise(t.forward(first, n, p, x.data(), y.data(), t.user));
            scale(first, n, p * t.outputs, y, once);
        };
    if (t.jvp)
        model.jvp = [=](std::int64_t first, std::int64_t n, std::int64_t m, input x, input v,
                        span<Real> jv) {
            raise(t.jvp(first, n, m, x.data(), v.data(), jv.data(), t.user));
            scale(first, n, m * t.outputs, jv, once);
        };
    if (t.vjp)
        model.vjp = [=](std::int64_t first, std::int64_t n, std::int64_t m, input x, input u,
                        span<Real> jtu) {
            raise(t.vjp(first, n, m, x.data(), u.data(), jtu.data(), t.user));
            scale(first, n, m * t.inputs, jtu, once);
        };
    if (t.energies)
        model.energies = [=](std::int64_t first, std::int64_t n, input x, span<double> energies) {
            raise(t.energies(first, n, x.data(), energies.data(), t.user));
            scale(first, n, 1, energies, twice);
        };
    if (t.product_norms)
        model.product_norms = [=](std::int64_t first, std::int64_t n, std::int64_t m, input x,
                                  input u, span<double> norms) {
            raise(t.product_norms(first, n, m, x.data(), u.data(), norms.data(), t.user));
            scale(first, n, m, norms, twice);
        };
    return model;
}

dirichlet_estimator_options options_of(const arrangement &how)
{
    auto options = make<dirichlet_estimator_options>();
    options.method = how.method;
    options.probes = how.probes;
    options.seed = 7;
    options.first_sample = 3;
    return options;
}

// The rows of some samples, in the order of their indices in `which`.
template <class Real>
std::vector<Real> rows_of(const std::vector<Real> &x, const std::vector<std::int64_t> &which,
                          std::int64_t width)
{
    std::vector<Real> rows;
    for (const std::int64_t i : which)
        rows.insert(rows.end(), x.begin() + i * width, x.begin() + (i + 1) * width);
    return rows;
}

// Sample i has factor(i)^2 times the energy of the model without factors, by every method, also
// where it comes in another order.
template <class Real> void every_arrangement(void **)
{
    for (const arrangement &how : arrangements) {
        sine subject = sine_make(how.inputs, how.outputs);
        const auto table = sine_table<Real>(subject, how.callbacks);
        const auto model = scaled<Real>(table);
        const auto x = numbers<Real>(static_cast<std::size_t>(samples * how.inputs));
        const auto options = options_of(how);
        CHECK(!model.ignores_first() && wrap<Real>(table).ignores_first());
        std::vector<double> plain(samples), energies(samples), shuffled(samples);
        dirichlet::measure(wrap<Real>(table), x, {}, options, plain);
        dirichlet::measure(model, x, {}, options, energies);
        for (std::int64_t i = 0; i < samples; i++) {
            const double s = factor<double>(options.first_sample + i);
            CHECK_IN(energies[std::size_t(i)] == s * s * plain[std::size_t(i)], "%s, %d", how.name,
                     int(i));
        }

        std::vector<std::int64_t> order, indices;
        for (std::int64_t i = 0; i < samples; i++) {
            order.push_back(i * 12 % samples);
            indices.push_back(options.first_sample + order.back());
        }
        const auto rows = rows_of(x, order, how.inputs);
        dirichlet::batch<Real> batch;
        batch.x = rows;
        batch.indices = indices;
        batch.energies = shuffled;
        dirichlet::estimator<Real> estimator(model, options);
        estimator.update(batch);
        for (std::size_t i = 0; i < shuffled.size(); i++)
            CHECK_IN(shuffled[i] == energies[std::size_t(order[i])], "%s, shuffled %zu", how.name,
                     i);
        CHECK(estimator.describe().next_sample == options.first_sample + samples);
    }
}

// A batch with all that it can say has the bits that it has in C, and so do its groups.
template <class Real> void batches(void **)
{
    using C = precision<Real>;
    const std::int64_t d = 4, k = 3, stride = 6, n = 5, groups = 2;
    sine subject = sine_make(d, k);
    const auto table = sine_table<Real>(subject, SINE_VJP);
    auto options = make<dirichlet_estimator_options>();
    options.method = DIRICHLET_METHOD_RADEMACHER;
    options.probes = 4;
    options.groups = groups;
    const auto x = numbers<Real>(n * stride);
    const std::vector<double> weights = {1, 2, 0, 0.5, 1};
    const std::vector<std::int64_t> indices = {9, 4, 5, 6, 1}, classes = {0, 1, 1, -1, 0};

    std::vector<double> energies(n), deviations(n), energies_c(n), deviations_c(n);
    auto given = make<typename C::batch_table>();
    given.samples = n;
    given.row_stride = stride;
    given.x = x.data();
    given.weights = weights.data();
    given.indices = indices.data();
    given.groups = classes.data();
    given.energies = energies_c.data();
    given.deviations = deviations_c.data();
    dirichlet_estimator *handle = nullptr;
    CHECK(C::estimator_create(&table, &options, &handle, nullptr) == 0);
    CHECK(C::estimator_update_batch(handle, &given) == 0);

    dirichlet::batch<Real> batch;
    batch.row_stride = stride;
    batch.weights = weights;
    batch.indices = indices;
    batch.groups = classes;
    batch.energies = energies;
    batch.deviations = deviations;
    // With and without the padding of the last row.
    for (const std::size_t size : {std::size_t(n * stride), std::size_t((n - 1) * stride + d)}) {
        batch.x = span(x.data(), size);
        dirichlet::estimator<Real> estimator(wrap<Real>(table), options);
        estimator.update(batch);
        auto result = make<dirichlet_result>();
        CHECK(dirichlet_estimator_result(handle, &result) == 0);
        CHECK(same_bits(estimator.result(), result) && result.samples == n);
        CHECK(same_bits(energies, energies_c) && same_bits(deviations, deviations_c));
        CHECK(deviations[0] > 0);
        for (std::int64_t group = 0; group < groups; group++) {
            CHECK(dirichlet_estimator_group_result(handle, group, &result) == 0);
            CHECK(same_bits(estimator.group_result(group), result) && result.samples == 2);
        }
        CHECK(status_of([&] { estimator.group_result(groups); }) == DIRICHLET_E_RANGE);
        auto description = make<dirichlet_estimator_description>();
        CHECK(dirichlet_estimator_describe(handle, &description) == 0);
        CHECK(description.groups == groups && description.next_sample == 10 &&
              description.directions == 4 && description.has_model == 1);
        const auto state = dirichlet::estimator<Real>::deserialize(estimator.serialize());
        CHECK(state.describe().groups == groups && state.describe().has_model == 0);
        CHECK(same_bits(state.group_result(1), estimator.group_result(1)));
    }
    dirichlet_estimator_destroy(handle);
}

// Products come after a call of prepare for the same rows.
template <class Real> void prepared(void **)
{
    using input = span<const Real>;
    const std::int64_t d = 4, k = 3;
    sine subject = sine_make(d, k);
    const auto plain = wrap<Real>(sine_table<Real>(subject, SINE_VJP | SINE_JVP | SINE_NORMS));
    const auto x = numbers<Real>(samples * d);
    struct rows {
        std::int64_t first, count;
        const Real *x;
        std::vector<Real> copy;

        rows(std::int64_t index, std::int64_t n, input at)
            : first(index), count(n), x(at.data()), copy(at.begin(), at.end())
        {
        }
    };
    for (const bool told : {false, true}) {
        std::vector<rows> last;
        int prepares = 0, products = 0;
        const auto same = [&](std::int64_t first, std::int64_t n, input at) {
            const rows now(first, n, at);
            CHECK(!last.empty() && last[0].count == n && last[0].x == now.x);
            CHECK((!told || last[0].first == first) && last[0].copy == now.copy);
            products++;
        };
        auto model = plain;
        model.max_directions = 1;
        model.max_samples = 4;
        if (told)
            model.prepare = [&](std::int64_t first, std::int64_t n, input at) {
                last.assign(1, rows(first, n, at));
                prepares++;
            };
        else
            model.prepare = [&](std::int64_t n, input at) {
                last.assign(1, rows(-1, n, at));
                prepares++;
            };
        model.vjp = [&](std::int64_t first, std::int64_t n, std::int64_t m, input at, input u,
                        span<Real> jtu) {
            same(first, n, at);
            plain.vjp(first, n, m, at, u, jtu);
        };
        model.jvp = [&](std::int64_t first, std::int64_t n, std::int64_t m, input at, input v,
                        span<Real> jv) {
            same(first, n, at);
            plain.jvp(first, n, m, at, v, jv);
        };
        model.product_norms = [&](std::int64_t first, std::int64_t n, std::int64_t m, input at,
                                  input u, span<double> norms) {
            same(first, n, at);
            plain.product_norms(first, n, m, at, u, norms);
        };
        for (const auto method :
             {DIRICHLET_METHOD_EXACT, DIRICHLET_METHOD_ORTHOGONAL, DIRICHLET_METHOD_HUTCHPP}) {
            auto options = make<dirichlet_estimator_options>();
            options.method = method;
            options.probes = 3;
            const auto before = products;
            const auto result = dirichlet::measure(model, x, {}, options);
            CHECK(same_bits(result.value, dirichlet::measure(plain, x, {}, options).value));
            CHECK(products > before);
        }
        print_message("%d products after %d calls of prepare\n", products, prepares);
        CHECK(prepares > 0 && products > 2 * prepares);
    }
}

// A model that trusts it, also where rows are taken one by one because one is out of its domain.
template <class Real> void prepared_rows(void **)
{
    using input = span<const Real>;
    const std::int64_t d = 4, k = 3, outside = 13;
    sine subject = sine_make(d, k);
    const auto plain = wrap<Real>(sine_table<Real>(subject, SINE_VJP));
    const auto x = numbers<Real>(samples * d);
    auto options = make<dirichlet_estimator_options>();
    options.on_nonfinite = DIRICHLET_NONFINITE_SKIP;
    options.method = DIRICHLET_METHOD_EXACT;
    std::vector<double> expected(samples), energies(samples);
    dirichlet::measure(plain, x, {}, options, expected);

    std::vector<Real> kept;
    auto model = plain;
    model.max_directions = 1;
    model.prepare = [&](std::int64_t, input at) { kept.assign(at.begin(), at.end()); };
    model.vjp = [&](std::int64_t first, std::int64_t n, std::int64_t m, input, input u,
                    span<Real> jtu) {
        expect_size(kept.size(), n * d);
        if (first <= outside && outside < first + n)
            throw dirichlet::out_of_domain();
        plain.vjp(first, n, m, kept, u, jtu);
    };
    const auto result = dirichlet::measure(model, x, {}, options, energies);
    CHECK(result.skipped == 1 && result.samples == samples - 1);
    for (std::int64_t i = 0; i < samples; i++)
        CHECK(i == outside ? std::isnan(energies[std::size_t(i)])
                           : energies[std::size_t(i)] == expected[std::size_t(i)]);
}

// An empty callable stays empty, in either form; the other form counts.
void forms(void **)
{
    using input = span<const double>;
    const std::function<void(std::int64_t, input, span<double>)> none;
    dirichlet::model<double> model{1, 1};
    model.forward = none;
    model.energies = none;
    CHECK(!model.forward && !model.energies && model.ignores_first());
    void (*no_function)(std::int64_t, input, span<double>) = nullptr;
    model.energies = no_function;
    CHECK(!model.energies);
    void (*no_longer)(std::int64_t, std::int64_t, input, span<double>) = nullptr;
    model.energies = no_longer;
    CHECK(!model.energies && model.ignores_first());

    // Calls of the short form get the rows of all points.
    std::int64_t rows = 0;
    model.forward = [&](auto n, auto x, auto y) {
        rows = n;
        y[0] = x[0];
    };
    const std::array<double, 6> x = {5, 0, 0, 0, 0, 0};
    std::array<double, 6> y = {};
    model.forward(9, 2, 3, x, y);
    CHECK(rows == 6 && y[0] == 5 && model.ignores_first());
    model.forward = [&](auto first, auto n, auto p, auto, auto) { rows = first + n * p; };
    model.forward(9, 2, 3, x, y);
    CHECK(rows == 15 && !model.ignores_first());
    model.forward = {};
    CHECK(model.ignores_first());
    model.prepare = [](auto, auto, auto) {};
    CHECK(!model.ignores_first());
}

} // namespace

int main()
{
    const CMUnitTest tests[] = {cmocka_unit_test(every_arrangement<float>),
                                cmocka_unit_test(every_arrangement<double>),
                                cmocka_unit_test(batches<float>),
                                cmocka_unit_test(batches<double>),
                                cmocka_unit_test(prepared<float>),
                                cmocka_unit_test(prepared<double>),
                                cmocka_unit_test(prepared_rows<float>),
                                cmocka_unit_test(prepared_rows<double>),
                                cmocka_unit_test(forms)};
    return check_report("cpp.samples", cmocka_run_group_tests(tests, nullptr, nullptr));
}
