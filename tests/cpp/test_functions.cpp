// Penalties, norms, initialization and noise have the bits in C++ that they have in C.
#include "support.hpp"

#include <cmath>

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
    double value = 0;
    CHECK(C::parameter_norm(theirs.views.data(), 2, DIRICHLET_NORM_L2, 1, 0.5, &value, nullptr,
                            0) == 0);
    CHECK(same_bits(dirichlet::parameter_norm<Real>(ours.views, DIRICHLET_NORM_L2, 0.5, true),
                    value));
    CHECK(same_bits(ours.gradient, theirs.gradient));

    // Two steps, the state moved between them.
    std::vector<Real> vector(columns);
    typename C::singular singulars[2] = {make<typename C::singular>(),
                                         make<typename C::singular>()};
    singulars[0].vector = vector.data();
    auto options = make<dirichlet_spectral_penalty_options>();
    options.seed = 5;
    dirichlet::spectral_state<Real> state(ours.views);
    for (int step = 0; step < 2; step++) {
        CHECK(C::spectral_penalty(theirs.views.data(), 2, singulars, &options, 0.5, &value, nullptr,
                                  0) == 0);
        CHECK(same_bits(state.penalty(ours.views, 0.5, options), value));
        CHECK(same_bits(ours.gradient, theirs.gradient));
        CHECK(same_bits(state.values()[0].sigma, singulars[0].sigma));
        dirichlet::spectral_state<Real> moved = std::move(state);
        state = std::move(moved);
    }

    auto result = make<dirichlet_spectral_result>();
    CHECK(C::operator_norm(ours.matrix.data(), rows, columns, columns, 1, nullptr, nullptr, &result,
                           nullptr, 0) == 0);
    CHECK(same_bits(dirichlet::operator_norm<Real>(ours.matrix, rows, columns), result));
    const auto transposed = dirichlet::operator_norm<Real>(
        ours.matrix, columns, rows, make<dirichlet_spectral_options>(), 1, columns);
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
    CHECK(C::jacobian_norms(&table, n, x.data(), nullptr, norms_c.data(), &jacobians, nullptr, 0) ==
          0);
    CHECK(same_bits(dirichlet::jacobian_norms(model, x, norms), jacobians));
    CHECK(same_bits(norms, norms_c));

    // The trainer's backward pass, for the one parameter t of t f(x): its gradient is <c, f>.
    double sums[2] = {0, 0};
    const auto backward = [&](std::int64_t count, const Real *points, const Real *cotangents,
                              double *sum) {
        std::vector<Real> y(static_cast<std::size_t>(count * 3));
        raise(table.forward(count, points, y.data(), table.user));
        for (std::size_t i = 0; i < y.size(); i++)
            *sum += double(y[i]) * double(cotangents[i]);
    };
    struct context {
        const decltype(backward) *call;
        double *sum;
    } user = {&backward, &sums[0]};
    auto options = make<dirichlet_energy_penalty_options>();
    options.probes = 2;
    double value = 0;
    CHECK(C::energy_penalty(
              &table,
              [](std::int64_t count, const Real *points, const Real *cotangents, void *pointer) {
                  const auto *to = static_cast<context *>(pointer);
                  (*to->call)(count, points, cotangents, to->sum);
                  return std::int32_t(0);
              },
              &user, n, x.data(), &options, 0.5, &value, nullptr, 0) == 0);
    const auto ours = [&](std::int64_t count, span<const Real> points,
                          span<const Real> cotangents) {
        expect_size(points.size(), count * 4);
        expect_size(cotangents.size(), count * 3);
        backward(count, points.data(), cotangents.data(), &sums[1]);
    };
    CHECK(same_bits(dirichlet::energy_penalty(model, ours, x, 0.5, options), value));
    CHECK(same_bits(sums[0], sums[1]) && sums[0] > 0);
    CHECK(same_bits(dirichlet::energy_penalty(model, {}, x, 0.5, options), value));
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
                        nullptr, 0) == 0);
    CHECK(same_bits(weights, weights_c) && same_bits(bias, bias_c));

    dirichlet::noise_add<Real>(DIRICHLET_NOISE_INPUT, 1, 2, 3, columns, 0.5, weights);
    CHECK(C::noise_add(DIRICHLET_NOISE_INPUT, 1, 2, 3, rows, columns, 0.5, weights_c.data(),
                       nullptr, 0) == 0);
    CHECK(same_bits(weights, weights_c));
}

void random_of_no_precision(void **)
{
    auto options = make<dirichlet_initialization_options>();
    options.scheme = DIRICHLET_INITIALIZATION_HE;
    double value = 0;
    CHECK(dirichlet_initialization_variance(&options, 8, 4, &value, nullptr, 0) == 0);
    CHECK(same_bits(dirichlet::initialization_variance(8, 4, options), value) && value == 0.25);
    const std::int64_t widths[3] = {8, 4, 2};
    CHECK(dirichlet_expected_energy(&options, widths, 2, 0.5, &value, nullptr, 0) == 0);
    CHECK(same_bits(dirichlet::expected_energy(widths, 0.5, options), value) && value > 0);

    std::vector<std::int64_t> labels(100, 1), labels_c = labels;
    std::int64_t changed = 0;
    CHECK(dirichlet_noise_labels(1, 2, 3, 100, 5, 0.5, labels_c.data(), &changed, nullptr, 0) == 0);
    CHECK(dirichlet::noise_labels(1, 2, 3, 5, 0.5, labels) == changed && changed > 0);
    CHECK(same_bits(labels, labels_c));
}

} // namespace

int main()
{
    const CMUnitTest tests[] = {
        cmocka_unit_test(norms<float>),          cmocka_unit_test(norms<double>),
        cmocka_unit_test(of_models<float>),      cmocka_unit_test(of_models<double>),
        cmocka_unit_test(flatness<float>),       cmocka_unit_test(flatness<double>),
        cmocka_unit_test(random<float>),         cmocka_unit_test(random<double>),
        cmocka_unit_test(random_of_no_precision)};
    return check_report("cpp.functions", cmocka_run_group_tests(tests, nullptr, nullptr));
}
