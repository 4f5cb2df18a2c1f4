// Geometric complexity of a function of your own, f(x) = sin(W x), from one lambda.
#include <dirichlet/dirichlet.hpp>

#include <cmath>
#include <cstdio>

using dirichlet::span;

int main()
try {
    const double w[2][3] = {{1, -2, 0.5}, {0.5, 1, -1}};
    const double x[12] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    const auto slope = [&](const double *at, int o) { // cos((W x)_o)
        return std::cos(w[o][0] * at[0] + w[o][1] * at[1] + w[o][2] * at[2]);
    };

    dirichlet::model<double> model{3, 2};
    model.vjp = [&](std::int64_t samples, std::int64_t directions, span<const double> points,
                    span<const double> u, span<double> jtu) { // jtu = J^T u, J_oi = slope_o W_oi
        for (std::int64_t m = 0; m < samples * directions; m++) {
            const double *at = &points[m / directions * 3];
            for (int i = 0; i < 3; i++)
                jtu[3 * m + i] =
                    u[2 * m] * slope(at, 0) * w[0][i] + u[2 * m + 1] * slope(at, 1) * w[1][i];
        }
    };

    dirichlet::model_check(model, x).require(); // that the lambda keeps its contract
    const dirichlet_result gc = dirichlet::measure(model, x);
    std::printf("GC = %.6f +- %.6f (%s)\n", gc.value, gc.standard_error,
                dirichlet::method_name(gc.method));

    double expected = 0; // mean of ||J||_F^2 = sum_o cos^2((W x)_o) ||W_o||^2
    for (int n = 0; n < 4; n++)
        expected +=
            (std::pow(slope(x + 3 * n, 0), 2) * 5.25 + std::pow(slope(x + 3 * n, 1), 2) * 2.25) / 4;
    return std::abs(gc.value - expected) <= 1e-12 * expected ? 0 : 1;
} catch (const dirichlet::error &error) { // what the lambda throws comes out as it is
    std::fprintf(stderr, "callbacks: %s\n", error.what());
    return 1;
}
