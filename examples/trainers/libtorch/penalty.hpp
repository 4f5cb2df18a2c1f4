// The geometric complexity of a libtorch module as a penalty in its training loop:
//
//     optimizer.zero_grad();
//     loss.backward();
//     add_penalty(net, model, images, strength, step);
//     optimizer.step();
#ifndef LIBTORCH_PENALTY_HPP
#define LIBTORCH_PENALTY_HPP

#include "model.hpp"

// Adds strength * dGC/dtheta of these images to the gradients of the parameters; returns their GC.
template <class Net>
double add_penalty(Net net, dirichlet::model<float> model, const torch::Tensor &images,
                   double strength, std::uint64_t step, std::int64_t probes = 1)
{
    auto options = dirichlet::make<dirichlet_energy_penalty_options>();
    options.probes = probes;
    options.seed = step; // other random directions in each step
    auto shape = images.sizes().vec();
    const evaluation mode(*net);
    model.parameter_vjp = [&](auto n, auto x, auto cotangents) {
        shape[0] = n;
        // A copy, for libtorch may keep it as some parameter's gradient.
        const auto c = view(cotangents, {n, model.outputs}).clone();
        net->forward(view(x, shape).clone()).backward(c); // adds to the gradients
    };
    const auto x = images.contiguous();
    const dirichlet::span<const float> samples(x.data_ptr<float>(), x.numel());
    return dirichlet::energy_penalty(model, samples, strength, options).value;
}

#endif
