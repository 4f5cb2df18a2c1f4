// A libtorch module as a model of the library: values, forward-mode and reverse-mode derivatives.
#ifndef LIBTORCH_MODEL_HPP
#define LIBTORCH_MODEL_HPP

#include <dirichlet/dirichlet.hpp>
#include <torch/csrc/autograd/forward_grad.h>
#include <torch/torch.h>

// -- glue --
// The library's buffers as tensors, for as long as the callback runs. They are the caller's data: a
// module, which may write into its input, gets a copy.
inline torch::Tensor view(dirichlet::span<const float> values, torch::IntArrayRef shape)
{
    return torch::from_blob(const_cast<float *>(values.data()), shape);
}

// Evaluation mode for as long as it lives; then every part is again in the mode that it was in.
struct evaluation {
    explicit evaluation(torch::nn::Module &net)
    {
        for (const auto &part : net.modules())
            modes.emplace_back(part, part->is_training());
        net.eval();
    }
    ~evaluation()
    {
        for (const auto &[part, training] : modes)
            part->train(training); // and what is in it, which has its turn later
    }
    std::vector<std::pair<std::shared_ptr<torch::nn::Module>, bool>> modes;
};

// A level of forward-mode differentiation. There is one in a process: exceptions must release it.
struct dual_level {
    ~dual_level() { torch::autograd::ForwardADLevel::release_idx(index); }
    const std::uint64_t index = torch::autograd::ForwardADLevel::get_next_idx();
};

// Of a module with inputs (n, shape...) and outputs (n, k), to be measured in evaluation mode.
template <class Net> auto model_of(Net net, std::vector<std::int64_t> shape, std::int64_t k)
{
    const std::int64_t d = c10::multiply_integers(shape);
    shape.insert(shape.begin(), -1);
    dirichlet::model<float> model{d, k};
    model.forward = [=](auto n, auto x, auto y) mutable {
        const torch::NoGradGuard unrecorded;
        view(y, {n, k}).copy_(net->forward(view(x, {n, d}).view(shape).clone()));
    };
    model.jvp = [=](auto n, auto m, auto x, auto v, auto jv) mutable {
        const torch::NoGradGuard unrecorded;
        for (std::int64_t j = 0; j < m; j++) {
            const dual_level level;
            const auto tangent = view(v, {n, m, d}).select(1, j).reshape(shape);
            const auto point = at::_make_dual(view(x, {n, d}).view(shape), tangent, level.index);
            const auto y = net->forward(point.clone());
            const auto jvp = y._fw_grad(level.index);
            TORCH_CHECK(jvp.defined(), "the outputs have no forward-mode derivative");
            view(jv, {n, m, k}).select(1, j).copy_(jvp);
        }
    };
    model.vjp = [=](auto n, auto m, auto x, auto u, auto jtu) mutable {
        const torch::AutoGradMode recorded(true);
        const auto point = view(x, {n, d}).requires_grad_();
        const auto y = net->forward(point.view(shape).clone()), all = view(u, {n, m, k});
        const auto to = view(jtu, {n, m, d});
        for (std::int64_t j = 0; j < m; j++) // `true` keeps the graph for the next direction
            to.select(1, j).copy_(torch::autograd::grad({y}, {point}, {all.select(1, j)}, true)[0]);
    };
    return model;
}
// -- end of glue --

#endif
