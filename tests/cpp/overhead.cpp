// What a callback in C++ costs over one in C: an update with a lambda, less one with a function
// that C calls itself, in turns so that a busy machine troubles both alike.
#include "support.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

int main()
{
    using test::span;
    const std::size_t calls = 1000;
    const std::vector<double> x(calls, 0.5);

    dirichlet::model<double> model{1, 1}; // f(x) = x, one sample a call
    model.max_samples = 1;
    model.vjp = [](std::int64_t, std::int64_t, span<const double>, span<const double> u,
                   span<double> jtu) { jtu[0] = u[0]; };
    auto table = test::make<dirichlet_model_f64>();
    table.inputs = table.outputs = table.max_samples = 1;
    table.ignores_first = 1;
    table.vjp = [](std::int64_t, std::int64_t, std::int64_t, const double *, const double *u,
                   double *jtu, void *) {
        *jtu = *u;
        return std::int32_t(0);
    };
    auto options = test::make<dirichlet_estimator_options>();
    options.method = DIRICHLET_METHOD_EXACT;
    dirichlet::estimator<double> estimators[2] = {dirichlet::estimator<double>(model, options),
                                                  dirichlet::estimator<double>(table, options)};
    double least[2] = {std::numeric_limits<double>::infinity(),
                       std::numeric_limits<double>::infinity()};
    for (int round = 0; round < 1000; round++)
        for (int i = 0; i < 2; i++) {
            const auto start = std::chrono::steady_clock::now();
            estimators[i].update(x);
            const std::chrono::duration<double, std::nano> took =
                std::chrono::steady_clock::now() - start;
            least[i] = std::min(least[i], took.count() / double(calls));
        }
    std::printf("C++: %.1f ns a callback over C (%.0f with a lambda, %.0f with a function, the "
                "library's own work in both)\n",
                least[0] - least[1], least[0], least[1]);
    return estimators[0].result().value == 1 && estimators[1].result().value == 1 ? 0 : 1;
}
