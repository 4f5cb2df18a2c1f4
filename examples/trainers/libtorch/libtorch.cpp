// The geometric complexity of a residual network of libtorch: measured in several ways that
// must agree, and held down while it trains on digits.
//   libtorch [FOLDER OF MNIST]
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "../common/check.hpp"
#include "../common/contract.hpp"
#include "../common/digits.hpp"
#include "model.hpp"
#include "penalty.hpp"
#include "resnet.hpp"

const std::vector<std::int64_t> shape{1, digits::side, digits::side};

struct dataset {
    explicit dataset(digits all)
        : images(torch::tensor(all.images).view({-1, 1, digits::side, digits::side})),
          labels(torch::tensor(all.labels))
    {
    }
    torch::Tensor images, labels;
};

double measured(const dirichlet::model<float> &model, const torch::Tensor &images,
                dirichlet_method method, std::int64_t probes = dirichlet::probes_all,
                double *standard_error = nullptr)
{
    auto options = dirichlet::make<dirichlet_estimator_options>();
    options.method = method;
    options.probes = probes;
    options.seed = 1;
    const dirichlet::span<const float> x(images.data_ptr<float>(), images.numel());
    const auto result = dirichlet::measure(model, x, {}, options);
    if (standard_error != nullptr)
        *standard_error = result.standard_error_probes;
    return result.value;
}

// Exact by VJP, exact by JVP, by probes and by differences of forward passes.
void compare_methods(const char *when, ResNet net, const torch::Tensor &images, checks &checks)
{
    const evaluation mode(*net);
    auto all = model_of(net, shape, digits::classes);
    auto forward_mode = all;
    forward_mode.vjp = {}; // the exact method takes the cheaper side that is there

    keeps_contract(checks, all, {images.data_ptr<float>(), std::size_t(images.numel())});
    const double gc = measured(all, images, DIRICHLET_METHOD_EXACT);
    std::printf("GC %s training = %.6f, exact by VJP\n", when, gc);
    checks.agree("exact by JVP", measured(forward_mode, images, DIRICHLET_METHOD_EXACT), gc, 1e-6);
    checks.agree("by finite differences", measured(all, images, DIRICHLET_METHOD_FINITE_DIFFERENCE),
                 gc, 1e-4);
    for (const auto &[name, model] :
         {std::pair("4 probes by VJP", all), {"4 probes by JVP", forward_mode}}) {
        double error = 0;
        const double value = measured(model, images, DIRICHLET_METHOD_RADEMACHER, 4, &error);
        std::printf("  %-40s %.7g +- %.2g\n", name, value, error);
        checks.is_true("within 4 standard errors", std::abs(value - gc) <= 4 * error);
    }
}

// The gradient of the penalty against libtorch's second derivatives, relative to its length.
void check_penalty(ResNet net, const torch::Tensor &images, checks &checks)
{
    net->zero_grad();
    const auto model = model_of(net, shape, digits::classes);
    const double value = add_penalty(net, model, images, 1, 0, model.inputs);
    std::vector<torch::Tensor> ours;
    for (const auto &parameter : net->parameters())
        ours.push_back(parameter.grad().clone());

    net->zero_grad();
    const evaluation mode(*net);
    const auto x = images.clone().requires_grad_();
    const auto y = net->forward(x);
    auto energy = y.sum() * 0; // so that every parameter has a gradient, the last bias too
    for (const auto &output : y.sum(0).unbind()) {
        const auto row = torch::autograd::grad({output}, {x}, {}, true, /*create_graph=*/true)[0];
        energy = energy + row.square().sum() / images.size(0);
    }
    energy.backward();

    double difference = 0, length = 0;
    for (std::size_t i = 0; i < ours.size(); i++) {
        const auto theirs = net->parameters()[i].grad();
        difference += (ours[i] - theirs).square().sum().item<double>();
        length += theirs.square().sum().item<double>();
    }
    net->zero_grad();
    checks.agree("penalty", value, energy.item<double>(), 1e-4);
    checks.small("gradient of the penalty", std::sqrt(difference / length), 1e-3);
}

// What throws comes out of the call, and the level of forward-mode differentiation is free again.
void check_exceptions(ResNet net, const torch::Tensor &images, checks &checks)
{
    const evaluation mode(*net);
    auto wrong = model_of(net, {2, digits::side, digits::side / 2}, digits::classes);
    wrong.vjp = {};
    bool thrown = false;
    try {
        measured(wrong, images, DIRICHLET_METHOD_EXACT);
    } catch (const c10::Error &) {
        thrown = true;
    }
    checks.is_true("libtorch's exception comes out", thrown);
    checks.is_true("it has released its level", dual_level().index == 0);
}

// A module that writes into its input: f(x) = W sin(2 x), by VJPs, JVPs, differences and a penalty.
struct InPlaceImpl : torch::nn::Module {
    InPlaceImpl() { register_module("last", last); }
    torch::Tensor forward(torch::Tensor x) { return last(x.mul_(2).sin_()); }
    torch::nn::Linear last{torch::nn::LinearOptions(5, 3).bias(false)};
};
TORCH_MODULE(InPlace);

void check_in_place(checks &checks)
{
    torch::manual_seed(2);
    const InPlace net;
    const auto x = torch::randn({20, 5}), before = x.clone();
    auto model = model_of(net, {5}, 3);
    const auto columns = net->last->weight.detach().square().sum(0);
    const double gc = ((2 * x).cos() * 2).square().matmul(columns).mean().item<double>();
    checks.agree("in place, by VJP", measured(model, x, DIRICHLET_METHOD_EXACT), gc, 1e-5);
    model.vjp = {};
    checks.agree("in place, by JVP", measured(model, x, DIRICHLET_METHOD_EXACT), gc, 1e-5);
    checks.agree("in place, by differences", measured(model, x, DIRICHLET_METHOD_FINITE_DIFFERENCE),
                 gc, 1e-3);
    checks.agree("in place, penalty", add_penalty(net, model, x, 1, 0, 5), gc, 1e-3);
    checks.is_true("the data are as they were", torch::equal(x, before));
}

struct outcome {
    double loss, gc;
    int right;
};

outcome judged(ResNet net, const dataset &on)
{
    const evaluation mode(*net);
    const torch::NoGradGuard unrecorded;
    const auto logits = net->forward(on.images);
    const auto loss = torch::nn::functional::cross_entropy(logits, on.labels);
    const auto right = logits.argmax(1).eq(on.labels).sum();
    const auto model = model_of(net, shape, digits::classes);
    return {loss.item<double>(), measured(model, on.images, DIRICHLET_METHOD_EXACT),
            right.item<int>()};
}

ResNet initialized()
{
    torch::manual_seed(1);
    return ResNet(digits::classes);
}

// Trains with the penalty if strength > 0, measuring after each epoch if wanted.
ResNet trained(const dataset &on, double strength, const dataset *measured_on)
{
    constexpr int batch = 50, epochs = 6;
    ResNet net = initialized();
    const auto model = model_of(net, shape, digits::classes);
    torch::optim::Adam optimizer(net->parameters(), 3e-3);
    std::uint64_t step = 0;
    for (int epoch = 0; epoch < epochs; epoch++) {
        for (std::int64_t first = 0; first < on.images.size(0); first += batch) {
            const auto images = on.images.narrow(0, first, batch);
            const auto labels = on.labels.narrow(0, first, batch);
            optimizer.zero_grad();
            torch::nn::functional::cross_entropy(net->forward(images), labels).backward();
            if (strength > 0)
                add_penalty(net, model, images, strength, step++);
            optimizer.step();
        }
        if (measured_on != nullptr) {
            const outcome now = judged(net, *measured_on);
            std::printf("  strength %g, epoch %d: loss %.4f, GC %.4f\n", strength, epoch + 1,
                        now.loss, now.gc);
        }
    }
    return net;
}

bool same_weights(ResNet a, ResNet b)
{
    const auto left = a->parameters(), right = b->parameters();
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), torch::equal);
}

int main(int argc, char **argv)
try {
    const std::string folder = argc > 1 ? argv[1] : DIGITS;
    at::set_num_threads(1); // the library's callbacks and libtorch's threads share the cores
    at::set_num_interop_threads(1);
    const dataset training(read_digits(folder, "train", 1000));
    const dataset held_out(read_digits(folder, "t10k", 100));
    const auto few = held_out.images.narrow(0, 0, 20);
    checks checks;

    compare_methods("before", initialized(), few, checks);
    const ResNet plain = trained(training, 0, &held_out);
    compare_methods("after", plain, few, checks);
    check_penalty(plain, few.narrow(0, 0, 4), checks);
    check_exceptions(plain, few, checks);
    check_in_place(checks);
    checks.is_true("the same bits without measurements",
                   same_weights(plain, trained(training, 0, nullptr)));

    const ResNet held = trained(training, 0.003, &held_out);
    const outcome without = judged(plain, held_out), with = judged(held, held_out);
    std::printf("without penalty: loss %.4f, %d of 100 right, GC %.4f\n", without.loss,
                without.right, without.gc);
    std::printf("with penalty:    loss %.4f, %d of 100 right, GC %.4f\n", with.loss, with.right,
                with.gc);
    checks.is_true("GC at most a third", with.gc <= without.gc / 3);
    checks.is_true("loss at most 0.05 above", with.loss <= without.loss + 0.05);
    checks.is_true("both have learned", without.right >= 75 && with.right >= 75);
    return checks.exit_status();
} catch (const std::exception &error) {
    std::fprintf(stderr, "libtorch: %s\n", error.what());
    return 1;
}
