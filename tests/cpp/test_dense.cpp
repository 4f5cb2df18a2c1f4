// Every call of a dense network has the bits in C++ that it has in C.
#include "support.hpp"

#include <cmath>
#include <optional>

using namespace test;

namespace
{

const std::int64_t n = 7, m = 2, d = DENSE_INPUTS, k = DENSE_OUTPUTS;

template <class Real> struct fixture {
    using C = precision<Real>;

    dense_subject subject;
    typename C::dense_network *c = nullptr;
    std::vector<Real> x = numbers<Real>(n * d), v = numbers<Real>(n * m * d, 2),
                      u = numbers<Real>(n * m * k, 3), targets = numbers<Real>(n * k, 4);

    fixture()
    {
        dense_subject_make(&subject);
        CHECK(C::dense_create(layers<Real>(subject).data(), DENSE_LAYERS, nullptr, &c, nullptr) ==
              0);
    }
    fixture(const fixture &) = delete;
    fixture &operator=(const fixture &) = delete;
    ~fixture() { C::dense_destroy(c); }
};

// Buffers for the gradient of every layer.
template <class Real> struct buffers {
    std::vector<Real> numbers;
    std::vector<dirichlet::dense_gradient<Real>> views;

    explicit buffers(const dense_subject &subject, Real start = 0) : numbers(DENSE_NUMBERS, start)
    {
        std::size_t at = 0;
        for (const auto &layer : layers<Real>(subject)) {
            const auto weights = static_cast<std::size_t>(layer.inputs * layer.outputs),
                       bias = static_cast<std::size_t>(layer.outputs);
            views.push_back(dirichlet::make_gradient<Real>(layer.inputs, layer.outputs,
                                                           span(&numbers[at], weights),
                                                           span(&numbers[at + weights], bias)));
            at += weights + bias;
            CHECK(at <= numbers.size());
        }
    }
};

// One direction for the parameters of every layer, and none for the bias of the last.
template <class Real>
std::vector<dirichlet::dense_tangent<Real>> directions(const dense_subject &subject)
{
    static const std::vector<Real> numbers = test::numbers<Real>(DENSE_NUMBERS, 9);
    std::vector<dirichlet::dense_tangent<Real>> views;
    for (const auto &layer : layers<Real>(subject)) {
        const auto weights = static_cast<std::size_t>(layer.inputs * layer.outputs),
                   bias = views.size() + 1 < DENSE_LAYERS ? std::size_t(layer.outputs) : 0;
        views.push_back(dirichlet::make_tangent<Real>(layer.inputs, layer.outputs,
                                                      span(&numbers[views.size()], weights),
                                                      span(&numbers[0], bias), {1, layer.outputs}));
    }
    CHECK(views.back().bias == nullptr && views.front().bias != nullptr);
    return views;
}

template <class Real> void products(void **)
{
    using C = precision<Real>;
    const fixture<Real> f;
    dirichlet::dense<Real> network(layers<Real>(f.subject));
    CHECK(network.inputs() == d && network.outputs() == k && network.layers() == DENSE_LAYERS);

    std::vector<Real> y(n * k), y_c(n * k);
    network.forward(f.x, y);
    CHECK(C::dense_forward(f.c, n, f.x.data(), y_c.data()) == 0);
    CHECK(same_bits(y, y_c));

    std::vector<Real> jv(n * m * k), jv_c(n * m * k);
    network.jvp(f.x, f.v, jv);
    CHECK(C::dense_jvp(f.c, n, m, f.x.data(), f.v.data(), jv_c.data()) == 0);
    CHECK(same_bits(jv, jv_c));

    std::vector<Real> jtu(n * m * d), jtu_c(n * m * d);
    network.vjp(f.x, f.u, jtu);
    CHECK(C::dense_vjp(f.c, n, m, f.x.data(), f.u.data(), jtu_c.data()) == 0);
    CHECK(same_bits(jtu, jtu_c));

    std::vector<double> norms(n * m), norms_c(n * m);
    network.product_norms(f.x, f.u, norms);
    CHECK(C::dense_product_norms(f.c, n, m, f.x.data(), f.u.data(), norms_c.data()) == 0);
    CHECK(same_bits(norms, norms_c));
    CHECK(network.last_plan().norms == 1);
}

template <class Real> void energies(void **)
{
    using C = precision<Real>;
    const fixture<Real> f;
    dirichlet::dense<Real> network(layers<Real>(f.subject));

    std::vector<double> energies(n), energies_c(n);
    network.energies(f.x, energies);
    CHECK(C::dense_energies(f.c, n, f.x.data(), energies_c.data()) == 0);
    CHECK(same_bits(energies, energies_c));

    double sum = 0;
    CHECK(C::dense_energy_sum(f.c, n, f.x.data(), &sum) == 0);
    CHECK(same_bits(network.energy_sum(f.x), sum));

    auto plan = make<dirichlet_dense_plan>();
    CHECK(C::dense_energy_plan(f.c, n, 1, &plan) == 0);
    CHECK(same_bits(network.energy_plan(n, true), plan));
    CHECK(C::dense_last_plan(f.c, &plan) == 0);
    CHECK(same_bits(network.last_plan(), plan));
    char text[DIRICHLET_DENSE_PLAN_TEXT_SIZE];
    CHECK(C::dense_plan_text(f.c, &plan, text, sizeof text) == 0);
    CHECK(network.plan_text(plan) == text && text[0] != '\0');

    // As a model, also after the handle has moved.
    const auto of_c = [&] {
        auto table = make<typename C::model_table>();
        CHECK(C::dense_model(f.c, &table) == 0);
        return dirichlet::measure<Real>(table, f.x);
    }();
    dirichlet::estimator<Real> estimator(network.table());
    dirichlet::dense<Real> moved = std::move(network);
    estimator.update(f.x);
    CHECK(same_bits(estimator.result(), of_c));
}

template <class Real> void gradients(void **)
{
    using C = precision<Real>;
    const fixture<Real> f;
    dirichlet::dense<Real> network(layers<Real>(f.subject));
    buffers<Real> ours(f.subject, 1), theirs(f.subject, 1);

    network.parameter_vjp(f.x, f.targets, 0.5, ours.views);
    CHECK(C::dense_parameter_vjp(f.c, n, f.x.data(), f.targets.data(), 0.5, theirs.views.data(),
                                 DENSE_LAYERS) == 0);
    CHECK(same_bits(ours.numbers, theirs.numbers));

    auto options = make<dirichlet_dense_penalty_options>();
    options.probes = 2;
    auto found = make<dirichlet_penalty_result>();
    CHECK(C::dense_energy_penalty(f.c, n, f.x.data(), &options, 0.5, theirs.views.data(),
                                  DENSE_LAYERS, &found) == 0);
    CHECK(same_bits(network.energy_penalty(f.x, 0.5, ours.views, options), found));
    CHECK(same_bits(ours.numbers, theirs.numbers));
    CHECK(found.samples == n && found.products == 2 * n && found.exact == 0);
}

// What a batch can say of the samples of a penalty.
template <class Real> void penalty_of_a_batch(void **)
{
    using C = precision<Real>;
    const fixture<Real> f;
    dirichlet::dense<Real> network(layers<Real>(f.subject));
    buffers<Real> ours(f.subject, 1), theirs(f.subject, 1);
    const std::int64_t rows = 3, stride = 2 * d + 1, indices[rows] = {11, 3, 7};
    const std::vector<double> weights = {1, 0.5, 2};

    auto table = make<typename C::batch_table>();
    table.samples = rows;
    table.row_stride = stride;
    table.x = f.x.data();
    table.weights = weights.data();
    table.indices = indices;
    dirichlet::batch<Real> batch;
    batch.x = span(f.x.data(), (rows - 1) * stride + d); // the last row ends with its last element
    batch.row_stride = stride;
    batch.weights = weights;
    batch.indices = indices;
    auto options = make<dirichlet_dense_penalty_options>();
    options.probes = 2;
    auto found = make<dirichlet_penalty_result>();
    CHECK(C::dense_energy_penalty_batch(f.c, &table, &options, 0.5, theirs.views.data(),
                                        DENSE_LAYERS, &found) == 0);
    CHECK(same_bits(network.energy_penalty(batch, 0.5, ours.views, options), found));
    CHECK(same_bits(ours.numbers, theirs.numbers) && found.samples == rows);

    options.probes = dirichlet::probes_all;
    CHECK(network.energy_penalty(batch, 0, ours.views, options).exact == 1);
}

// One loss by its kind, or by callbacks that compute the same.
template <class Real>
void compare_loss(const dirichlet::loss<Real> &loss, typename precision<Real>::loss_table table)
{
    using C = precision<Real>;
    const fixture<Real> f;
    dirichlet::dense<Real> network(layers<Real>(f.subject));
    buffers<Real> ours(f.subject), theirs(f.subject);
    const auto tangents = directions<Real>(f.subject);

    double value = 0;
    CHECK(C::dense_loss_gradient(f.c, n, f.x.data(), &table, 2, theirs.views.data(), DENSE_LAYERS,
                                 &value) == 0);
    CHECK(same_bits(network.loss_gradient(f.x, loss, 2, ours.views), value));
    CHECK(same_bits(ours.numbers, theirs.numbers));

    network.loss_hvp(f.x, loss, tangents, 2, ours.views);
    CHECK(C::dense_loss_hvp(f.c, n, f.x.data(), &table, tangents.data(), 2, theirs.views.data(),
                            DENSE_LAYERS) == 0);
    CHECK(same_bits(ours.numbers, theirs.numbers));

    auto flatness = make<dirichlet_flatness>();
    CHECK(C::dense_flatness_penalty(f.c, n, f.x.data(), &table, 0.1, 0.5, theirs.views.data(),
                                    DENSE_LAYERS, &flatness) == 0);
    CHECK(same_bits(network.flatness_penalty(f.x, loss, 0.1, 0.5, ours.views), flatness));
    CHECK(same_bits(ours.numbers, theirs.numbers));
    CHECK(network.flatness_penalty(f.x, loss, 0.1, 0.5).squared_gradient_norm > 0);
}

template <class Real> void losses(void **)
{
    const fixture<Real> f;
    auto table = make<typename precision<Real>::loss_table>();

    table.kind = DIRICHLET_LOSS_SQUARED;
    table.targets = f.targets.data();
    dirichlet::loss<Real> squared;
    squared.kind = DIRICHLET_LOSS_SQUARED;
    squared.targets = f.targets;
    compare_loss<Real>(squared, table);

    // The squared loss by callbacks.
    dirichlet::loss<Real> custom;
    custom.kind = DIRICHLET_LOSS_CUSTOM;
    std::int64_t seen = 0;
    custom.function = [&](std::int64_t first, std::int64_t count, span<const Real> y,
                          span<double> values, span<Real> cotangents) {
        expect_size(y.size(), count * k);
        expect_size(values.size(), count);
        expect_size(cotangents.size(), count * k);
        for (std::int64_t i = 0; i < count; i++) {
            values[i] = 0;
            for (std::int64_t j = i * k; j < (i + 1) * k; j++) {
                const Real gap = y[j] - f.targets[static_cast<std::size_t>(first * k + j)];
                values[i] += 0.5 * double(gap) * double(gap);
                cotangents[j] = gap;
            }
        }
        seen += count;
    };
    custom.curvature = [&](std::int64_t, std::int64_t count, span<const Real> y,
                           span<const Real> tangents, span<Real> products) {
        expect_size(y.size(), count * k);
        expect_size(tangents.size(), count * k);
        for (std::size_t j = 0; j < products.size(); j++)
            products[j] = tangents[j];
    };
    dirichlet::dense<Real> network(layers<Real>(f.subject));
    buffers<Real> one(f.subject), other(f.subject);
    const double a = network.loss_gradient(f.x, squared, 1, one.views),
                 b = network.loss_gradient(f.x, custom, 1, other.views);
    print_message("squared loss %.17g, by callbacks %.17g\n", a, b);
    CHECK(seen == n && std::abs(a - b) <= 1e-6 * a);
    const double squares[2] = {
        network.flatness_penalty(f.x, squared, 0, 0).squared_gradient_norm,
        network.flatness_penalty(f.x, custom, 0, 1, other.views).squared_gradient_norm};
    CHECK(std::abs(squares[0] - squares[1]) <= 1e-5 * squares[0]);

    const std::vector<std::int64_t> labels = {0, 1, 2, 2, 1, 0, 1};
    dirichlet::loss<Real> entropy;
    entropy.kind = DIRICHLET_LOSS_SOFTMAX_CROSS_ENTROPY;
    entropy.labels = labels;
    table = make<typename precision<Real>::loss_table>();
    table.kind = entropy.kind;
    table.labels = labels.data();
    compare_loss<Real>(entropy, table);
}

template <class Real> void diagnostics(void **)
{
    using C = precision<Real>;
    const fixture<Real> f;
    dirichlet::dense<Real> network(layers<Real>(f.subject));

    std::vector<dirichlet_spectral_result> norms(DENSE_LAYERS, make<dirichlet_spectral_result>());
    auto lipschitz = make<dirichlet_dense_lipschitz>();
    CHECK(C::dense_spectral_norms(f.c, nullptr, norms.data(), &lipschitz) == 0);
    std::int64_t matrices = 0;
    const auto ours = network.spectral_norms(
        make<dirichlet_spectral_options>(),
        [&](const dirichlet_progress &now) { matrices += now.total == DENSE_LAYERS; });
    CHECK(same_bits(ours.layers, norms) && same_bits(ours.lipschitz, lipschitz));
    CHECK(matrices == DENSE_LAYERS && ours.lipschitz.upper_bound > 0);

    std::vector<double> sides[3], factors(n * DENSE_LAYERS);
    for (auto &side : sides)
        side.resize(n);
    auto table = make<dirichlet_dense_transfer_result>();
    table.input_side = sides[0].data();
    table.parameter_side = sides[1].data();
    table.ratios = sides[2].data();
    table.factors = factors.data();
    CHECK(C::dense_transfer(f.c, n, f.x.data(), nullptr, &table) == 0);
    std::int64_t done = 0;
    const auto transfer =
        network.transfer(f.x, make<dirichlet_dense_transfer_options>(),
                         [&](const dirichlet_progress &now) { done = now.samples; });
    CHECK(same_bits(transfer.input_side, sides[0]) && same_bits(transfer.parameter_side, sides[1]));
    CHECK(same_bits(transfer.ratios, sides[2]) && same_bits(transfer.factors, factors));
    CHECK(done == n && transfer.ratios[0] > 0 && transfer.ratios[0] <= 1);
}

template <class Real> void described(void **)
{
    const fixture<Real> f;
    const dirichlet::dense<Real> network(layers<Real>(f.subject));
    auto description = make<dirichlet_dense_description>();
    CHECK(precision<Real>::dense_describe(f.c, &description) == 0);
    CHECK(same_bits(network.describe(), description));
    CHECK(description.inputs == d && description.outputs == k &&
          description.layers == DENSE_LAYERS && description.weights > 0);
}

// A slope of 0 is the default where it is not given, and 0 where it is.
template <class Real> void slopes(void **)
{
    const std::vector<Real> one = {1}, x = {-1};
    const auto value = [&](dirichlet_activation activation, std::optional<double> slope) {
        std::vector<Real> y = {9};
        const auto layer = dirichlet::make_layer<Real>(1, 1, one, {}, activation, slope);
        dirichlet::dense<Real>(span(&layer, 1)).forward(x, y);
        return y[0];
    };
    CHECK(value(DIRICHLET_ACTIVATION_LEAKY_RELU, {}) == Real(-0.01));
    CHECK(value(DIRICHLET_ACTIVATION_LEAKY_RELU, 0) == 0);
    CHECK(value(DIRICHLET_ACTIVATION_LEAKY_RELU, -0.5) == Real(0.5));
    CHECK(std::abs(value(DIRICHLET_ACTIVATION_ELU, {}) - Real(std::expm1(-1.0))) <= Real(1e-6));
    CHECK(value(DIRICHLET_ACTIVATION_ELU, 0) == 0);
}

// Rows of weights with the bias as their last column, and their transpose.
template <class Real> void layouts(void **)
{
    const std::vector<Real> rows = {1, 2, 3, 10, 4, 5, 6, 20}, columns = {1, 4, 2, 5, 3, 6},
                            bias = {10, 20}, x = {1, 1, 1};
    std::vector<Real> y[2] = {{0, 0}, {0, 0}};
    const dirichlet::dense_layer<Real> layers[2] = {
        dirichlet::make_layer<Real>(3, 2, rows, span(rows.data() + 3, 5),
                                    DIRICHLET_ACTIVATION_IDENTITY, {}, {4, 1, 4}),
        dirichlet::make_layer<Real>(3, 2, columns, bias, DIRICHLET_ACTIVATION_IDENTITY, {},
                                    {1, 2, 1})};
    for (int i = 0; i < 2; i++)
        dirichlet::dense<Real>(span(&layers[i], 1)).forward(x, y[i]);
    CHECK(y[0] == std::vector<Real>({16, 35}) && y[1] == y[0]);
}

} // namespace

int main()
{
    const CMUnitTest tests[] = {cmocka_unit_test(products<float>),
                                cmocka_unit_test(products<double>),
                                cmocka_unit_test(energies<float>),
                                cmocka_unit_test(energies<double>),
                                cmocka_unit_test(gradients<float>),
                                cmocka_unit_test(gradients<double>),
                                cmocka_unit_test(penalty_of_a_batch<float>),
                                cmocka_unit_test(penalty_of_a_batch<double>),
                                cmocka_unit_test(described<float>),
                                cmocka_unit_test(described<double>),
                                cmocka_unit_test(slopes<float>),
                                cmocka_unit_test(slopes<double>),
                                cmocka_unit_test(losses<float>),
                                cmocka_unit_test(losses<double>),
                                cmocka_unit_test(diagnostics<float>),
                                cmocka_unit_test(diagnostics<double>),
                                cmocka_unit_test(layouts<float>),
                                cmocka_unit_test(layouts<double>)};
    return check_report("cpp.dense", cmocka_run_group_tests(tests, nullptr, nullptr));
}
