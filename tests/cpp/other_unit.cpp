// A second translation unit with the header: its estimator is used by the first one.
#include <dirichlet/dirichlet.hpp>

#include <stdexcept>

dirichlet::estimator<double> made_elsewhere()
{
    dirichlet::model<double> model{1, 1};
    model.forward = [](std::int64_t, dirichlet::span<const double>, dirichlet::span<double>) {
        throw std::length_error("thrown elsewhere");
    };
    return dirichlet::estimator(std::move(model));
}

double measured_elsewhere(const dirichlet::model<double> &model, dirichlet::span<const double> x)
{
    return dirichlet::measure(model, x).value;
}
