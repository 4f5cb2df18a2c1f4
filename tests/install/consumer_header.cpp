// The C++ header in a program of somebody else's: f(x) = 3 x, and an exception that comes back.
#include <dirichlet/dirichlet.hpp>

#include <cstdio>

int main()
{
    dirichlet::model<double> model{1, 1};
    model.energies = [](std::int64_t, dirichlet::span<const double> x,
                        dirichlet::span<double> energies) {
        for (std::size_t i = 0; i < x.size(); i++) {
            if (x[i] < 0)
                throw x[i];
            energies[i] = 9;
        }
    };
    const double x[2] = {1, -5};
    const double value = dirichlet::measure(model, dirichlet::span(x, 1)).value;
    double thrown = 0;
    try {
        dirichlet::measure(model, x);
    } catch (double element) {
        thrown = element;
    }
    std::printf("geometric complexity %g, thrown %g\n", value, thrown);
    return value == 9 && thrown == -5 ? 0 : 1;
}
