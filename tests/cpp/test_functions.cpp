// Penalties, norms, initialization and noise have the bits in C++ that they have in C.
#include "support.hpp"

#include <cmath>
#include <optional>

using namespace test;

namespace
{

const std::int64_t rows = 4, columns = 3, n = 6;

// A matrix, whose gradient is wanted, and a bias, whose is not.
template <class Real> struct parameters {
    std::vector<Real> matrix = numbers<Real>(rows * columns), bias = numbers<Real>(rows, 2),
                      gradient = std::vector<Real>(rows * columns, 1);
    std::vector<dirichlet::parameter<Real>> views = {
        dirichlet::make_parameter<Real>(rows, columns, matrix, gradient),
        dirichlet::make_parameter<Real>(rows, 1, bias, {}, true)};
};

template <class Real> void norms(void **)
{
    using C = precision<Real>;
    parameters<Real> ours, theirs;
    auto value = make<dirichlet_penalty_result>();
    auto norm = make<dirichlet_parameter_norm_options>();
    norm.norm = DIRICHLET_NORM_SQUARED_L2;
    norm.biases = 1;
    CHECK(C::parameter_norm(theirs.views.data(), 2, &norm, 0.5, &value, nullptr) == 0);
    CHECK(same_bits(dirichlet::parameter_norm<Real>(ours.views, norm, 0.5), value));
    CHECK(same_bits(ours.gradient, theirs.gradient));
    CHECK(same_bits(dirichlet::parameter_norm<Real>(ours.views, norm.norm, 0, true), value));
    CHECK(dirichlet::parameter_norm<Real>(ours.views, norm.norm, 0).value < value.value);

    // Two steps, the state moved between them.
    std::vector<Real> vector(columns);
    typename C::singular singulars[2] = {make<typename C::singular>(),
                                         make<typename C::singular>()};
    singulars[0].vector = vector.data();
    auto options = make<dirichlet_spectral_penalty_options>();
    options.seed = 5;
    dirichlet::spectral_state<Real> state(ours.views);
    for (int step = 0; step < 2; step++) {
        CHECK(C::spectral_penalty(theirs.views.data(), 2, singulars, &options, 0.5, &value,
                                  nullptr) == 0);
        CHECK(same_bits(state.penalty(ours.views, 0.5, options), value));
        CHECK(same_bits(ours.gradient, theirs.gradient));
        CHECK(same_bits(state.values()[0].sigma, singulars[0].sigma));
        dirichlet::spectral_state<Real> moved = std::move(state);
        state = std::move(moved);
    }

    auto result = make<dirichlet_spectral_result>();
    CHECK(C::operator_norm(ours.matrix.data(), rows, columns, columns, 1, nullptr, nullptr, &result,
                           nullptr) == 0);
    CHECK(same_bits(dirichlet::operator_norm<Real>(ours.matrix, rows, columns), result));
    int told = 0;
    const auto transposed = dirichlet::operator_norm<Real>(
        ours.matrix, columns, rows, make<dirichlet_spectral_options>(), 1, columns, nullptr,
        [&](const dirichlet_progress &) { told++; });
    CHECK(told > 0);
    CHECK(std::abs(transposed.norm - result.norm) <= 1e-9 * result.norm);
}

template <class Real> void of_models(void **)
{
    using C = precision<Real>;
    sine subject = sine_make(4, 3);
    const auto table = sine_table<Real>(subject, SINE_ALL);
    const auto model = wrap<Real>(table);
    const std::vector<Real> x = numbers<Real>(n * 4);

    std::vector<double> norms(n), norms_c(n);
    auto jacobians = make<dirichlet_jacobian_norms>();
    CHECK(C::jacobian_norms(&table, n, x.data(), nullptr, norms_c.data(), &jacobians, nullptr) ==
          0);
    std::vector<double> largest;
    CHECK(same_bits(dirichlet::jacobian_norms(
                        model, x, norms, make<dirichlet_jacobian_norms_options>(),
                        [&](const dirichlet_progress &now) { largest.push_back(now.value); }),
                    jacobians));
    CHECK(same_bits(norms, norms_c));
    CHECK(largest.size() == n && largest.back() == jacobians.norm);
}

template <class Real> void penalty_of_models(void **)
{
    using C = precision<Real>;
    sine subject = sine_make(4, 3);
    auto table = sine_table<Real>(subject, SINE_FORWARD);
    auto model = wrap<Real>(table);
    const std::vector<Real> x = numbers<Real>(n * 4);

    // The trainer's backward pass, for the one parameter t of t f(x): its gradient is <c, f>.
    struct trainer {
        typename C::model_table forward;
        double gradient;

        void add(std::int64_t count, const Real *points, const Real *cotangents)
        {
            std::vector<Real> y(static_cast<std::size_t>(count * 3));
            raise(forward.forward(0, count, 1, points, y.data(), forward.user));
            for (std::size_t i = 0; i < y.size(); i++)
                gradient += double(y[i]) * double(cotangents[i]);
        }
        static std::int32_t forward_of(std::int64_t first, std::int64_t samples,
                                       std::int64_t points, const Real *at, Real *y, void *user)
        {
            const auto &of = static_cast<trainer *>(user)->forward;
            return of.forward(first, samples, points, at, y, of.user);
        }
        static std::int32_t backward(std::int64_t, std::int64_t samples, std::int64_t points,
                                     const Real *at, const Real *cotangents, void *user)
        {
            static_cast<trainer *>(user)->add(samples * points, at, cotangents);
            return 0;
        }
    } theirs = {table, 0}, ours = {table, 0};
    auto of_c = table;
    of_c.forward = trainer::forward_of;
    of_c.parameter_vjp = trainer::backward;
    of_c.ignores_first = 1; // as the model below: the sums are in one order
    of_c.user = &theirs;
    model.parameter_vjp = [&](std::int64_t count, span<const Real> points,
                              span<const Real> cotangents) {
        expect_size(points.size(), count * 4);
        expect_size(cotangents.size(), count * 3);
        ours.add(count, points.data(), cotangents.data());
    };
    auto options = make<dirichlet_energy_penalty_options>();
    options.probes = 2;
    auto value = make<dirichlet_penalty_result>();
    CHECK(C::energy_penalty(&of_c, n, x.data(), &options, 0.5, &value, nullptr) == 0);
    std::int64_t done = 0;
    CHECK(same_bits(
        dirichlet::energy_penalty(model, x, 0.5, options,
                                  [&](const dirichlet_progress &now) { done = now.samples; }),
        value));
    CHECK(same_bits(ours.gradient, theirs.gradient) && ours.gradient > 0);
    CHECK(done == n && value.samples == n && value.products == 2 * n && value.exact == 0);

    // The value alone, of a batch with other indices: energies of its own.
    model.parameter_vjp = {};
    CHECK(same_bits(dirichlet::energy_penalty(model, x, 0.5, options), value));
    std::vector<double> energies[2] = {std::vector<double>(n), std::vector<double>(n)};
    const std::int64_t indices[n] = {5, 4, 3, 2, 1, 0};
    auto c_batch = make<typename C::batch_table>();
    c_batch.samples = n;
    c_batch.x = x.data();
    c_batch.indices = indices;
    c_batch.energies = energies[0].data();
    dirichlet::batch<Real> batch;
    batch.x = x;
    batch.indices = indices;
    batch.energies = energies[1];
    auto table_of_batch = table;
    table_of_batch.ignores_first = 1;
    CHECK(C::energy_penalty_batch(&table_of_batch, &c_batch, &options, 0, &value, nullptr) == 0);
    CHECK(same_bits(dirichlet::energy_penalty(model, batch, 0, options), value));
    CHECK(same_bits(energies[0], energies[1]) && energies[0][0] > 0);
}

// Loss = 1/2 sum_i i theta_i^2: R = sum_i (i theta_i)^2 and dR/dtheta_i = 2 i^2 theta_i.
template <class Real> void flatness(void **)
{
    const std::vector<Real> theta = {1, -2, 3};
    std::vector<Real> gradient(3, 1);
    dirichlet::objective<Real> objective;
    objective.gradient = [](span<const Real> at, double &loss, span<Real> into) {
        loss = 0;
        for (std::size_t i = 0; i < at.size(); i++) {
            into[i] = Real(i) * at[i];
            loss += 0.5 * double(at[i]) * double(into[i]);
        }
    };
    objective.hvp = [](span<const Real>, span<const Real> v, span<Real> into) {
        for (std::size_t i = 0; i < v.size(); i++)
            into[i] = Real(i) * v[i];
    };
    const auto result = dirichlet::flatness_penalty(objective, theta, 0.4, 1, gradient);
    CHECK(result.loss == 11 && result.squared_gradient_norm == 40 && result.exact == 1);
    CHECK(gradient == std::vector<Real>({1, -3, 25}));
    objective.hvp = {};
    const auto by_difference = dirichlet::flatness_penalty(objective, theta, 0.4, 1, gradient);
    CHECK(by_difference.exact == 0 && by_difference.squared_gradient_norm == 40);
}

template <class Real> void random(void **)
{
    using C = precision<Real>;
    auto options = make<dirichlet_initialization_options>();
    options.scheme = DIRICHLET_INITIALIZATION_PYTORCH;
    options.bias = DIRICHLET_INITIAL_BIAS_UNIFORM;
    options.seed = 3;
    std::vector<Real> weights(rows * columns), weights_c(rows * columns), bias(rows), bias_c(rows);
    dirichlet::initialize<Real>(1, columns, rows, weights, bias, options);
    CHECK(C::initialize(&options, 1, columns, rows, weights_c.data(), columns, 1, bias_c.data(), 1,
                        nullptr) == 0);
    CHECK(same_bits(weights, weights_c) && same_bits(bias, bias_c));

    dirichlet::noise_add<Real>(DIRICHLET_NOISE_INPUT, 1, 2, 3, columns, 0.5, weights);
    CHECK(C::noise_add(DIRICHLET_NOISE_INPUT, 1, 2, 3, rows, columns, 0.5, weights_c.data(),
                       nullptr) == 0);
    CHECK(same_bits(weights, weights_c));
}

void random_of_no_precision(void **)
{
    auto options = make<dirichlet_initialization_options>();
    options.scheme = DIRICHLET_INITIALIZATION_HE;
    double value = 0;
    CHECK(dirichlet_initialization_variance(&options, 8, 4, &value, nullptr) == 0);
    CHECK(same_bits(dirichlet::initialization_variance(8, 4, options), value) && value == 0.25);
    // A scale of 0 can be given.
    const auto of_scale = [](std::optional<double> scale) {
        return dirichlet::initialization_variance(
            8, 4, dirichlet::make_initialization(DIRICHLET_INITIALIZATION_HE, 0, scale));
    };
    CHECK(of_scale({}) == 0.25 && of_scale(2) == 1 && of_scale(0) == 0);
    const std::int64_t widths[3] = {8, 4, 2};
    CHECK(dirichlet_expected_energy(&options, widths, 2, 0.5, &value, nullptr) == 0);
    CHECK(same_bits(dirichlet::expected_energy(widths, 0.5, options), value) && value > 0);

    std::vector<std::int64_t> labels(100, 1), labels_c = labels;
    std::int64_t changed = 0;
    CHECK(dirichlet_noise_labels(1, 2, 3, 100, 5, 0.5, labels_c.data(), &changed, nullptr) == 0);
    CHECK(dirichlet::noise_labels(1, 2, 3, 5, 0.5, labels) == changed && changed > 0);
    CHECK(same_bits(labels, labels_c));
}

} // namespace

int main()
{
    const CMUnitTest tests[] = {cmocka_unit_test(norms<float>),
                                cmocka_unit_test(norms<double>),
                                cmocka_unit_test(of_models<float>),
                                cmocka_unit_test(of_models<double>),
                                cmocka_unit_test(penalty_of_models<float>),
                                cmocka_unit_test(penalty_of_models<double>),
                                cmocka_unit_test(flatness<float>),
                                cmocka_unit_test(flatness<double>),
                                cmocka_unit_test(random<float>),
                                cmocka_unit_test(random<double>),
                                cmocka_unit_test(random_of_no_precision)};
    return check_report("cpp.functions", cmocka_run_group_tests(tests, nullptr, nullptr));
}
