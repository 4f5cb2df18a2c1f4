// The geometric complexity of a tiny-dnn network, by tiny-dnn's own backward pass, while tiny-dnn
// trains it on digits; then of networks with its other layers and activations.
//   tiny-dnn [FOLDER OF MNIST]
#include <dirichlet/dirichlet.hpp>
#include <tiny_dnn/tiny_dnn.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

#include "../common/check.hpp"
#include "../common/contract.hpp"
#include "../common/digits.hpp"

using dirichlet::span;
using network = tiny_dnn::network<tiny_dnn::sequential>;

// -- glue --
// Rows of `width` numbers in tiny-dnn's form: a vector for each sample.
tiny_dnn::tensor_t rows(const float *first, std::int64_t count, std::int64_t width)
{
    tiny_dnn::tensor_t tensor;
    for (std::int64_t i = 0; i < count; i++)
        tensor.emplace_back(first + i * width, first + (i + 1) * width);
    return tensor;
}

void clear_gradients(network &net)
{
    for (auto *layer : net)
        layer->clear_grads();
}

// Layers whose backward pass is the derivative of their forward pass. In version 1.0.0a3 it is not
// for dropout (after training nothing passes), batch-norm (always that of the training phase),
// ave-unpool and deconv (which also adds to its last outputs), and lrn has none.
void require_derivatives(network &net)
{
    static const std::set<std::string> right = {"fully-connected", "conv",   "ave-pool",
                                                "max-pool",        "linear", "power"};
    for (const auto *layer : net)
        if (right.count(layer->layer_type()) == 0)
            throw std::invalid_argument("tiny-dnn's layer " + layer->layer_type() +
                                        " has no backward pass to measure by");
}

dirichlet::model<float> model_of(network &net)
{
    require_derivatives(net);
    const std::int64_t d = net.in_data_size(), k = net.out_data_size();
    const std::size_t last = net.layer_size() - 1;
    const auto passed = std::make_shared<const float *>(); // the rows that the layers hold
    const auto forward = [=, &net](std::int64_t n, span<const float> x) {
        net[0]->set_in_data({rows(x.data(), n, d)});
        for (auto *layer : net)
            layer->forward();
        clear_gradients(net); // a backward pass adds to what is there
        *passed = nullptr;
    };

    dirichlet::model<float> model{d, k};
    model.max_samples = 64;   // tiny-dnn keeps a gradient of all weights for each sample of a batch
    model.max_directions = 1; // a call of vjp is one backward pass
    model.forward = [=, &net](std::int64_t n, span<const float> x, span<float> y) {
        forward(n, x);
        const auto outputs = net[last]->output();
        float *row = y.data();
        for (const auto &output : outputs[0])
            row = std::copy(output.begin(), output.end(), row);
    };
    model.prepare = [=](std::int64_t n, span<const float> x) { // once for all products of a sample
        forward(n, x);
        *passed = x.data();
    };
    model.vjp = [=, &net](std::int64_t n, std::int64_t, span<const float> x, span<const float> u,
                          span<float> jtu) {
        if (*passed != x.data())
            forward(n, x);
        net[last]->set_out_grads({rows(u.data(), n, k)});
        for (std::size_t l = last + 1; l-- > 0;)
            net[l]->backward();
        float *row = jtu.data();
        for (const auto &gradient : *net[0]->inputs()[0]->get_gradient())
            row = std::copy(gradient.begin(), gradient.end(), row);
        clear_gradients(net); // of the weights too: training goes on as if nothing had been
    };
    return model;
}

// tan_hp1m2, which is sigmoid(2 z), and softmax are not among the library's.
dirichlet_activation activation_of(const tiny_dnn::layer &layer)
{
    const auto is = [&layer](auto activation) {
        return typeid(layer) == typeid(tiny_dnn::fully_connected_layer<decltype(activation)>);
    };
    namespace theirs = tiny_dnn::activation;
    if (is(theirs::identity()))
        return DIRICHLET_ACTIVATION_IDENTITY;
    if (is(theirs::relu()))
        return DIRICHLET_ACTIVATION_RELU;
    if (is(theirs::leaky_relu()))
        return DIRICHLET_ACTIVATION_LEAKY_RELU; // 0.01, as the library's without a parameter
    if (is(theirs::elu()))
        return DIRICHLET_ACTIVATION_ELU;
    if (is(theirs::tan_h()))
        return DIRICHLET_ACTIVATION_TANH;
    if (is(theirs::sigmoid()))
        return DIRICHLET_ACTIVATION_SIGMOID;
    throw std::invalid_argument("no view of tiny-dnn's layer " + layer.layer_type() +
                                " with this activation");
}

// The same network for the library's own passes: the weights stay where tiny-dnn has them.
dirichlet::dense<float> dense_view(network &net)
{
    std::vector<dirichlet::dense_layer<float>> layers;
    for (auto *layer : net) {
        const auto activation = activation_of(*layer); // of fully connected ones alone
        const auto parameters = layer->weights();
        const std::int64_t outputs = layer->out_data_size();
        const span<const float> bias =
            parameters.size() > 1 ? span<const float>(*parameters[1]) : span<const float>();
        layers.push_back(dirichlet::make_layer<float>(
            layer->in_data_size(), outputs, *parameters[0], bias, activation, {},
            {1, outputs})); // in x out: output stride 1, input stride `outputs`
    }
    return dirichlet::dense<float>(layers);
}
// -- end of glue --

double measured(network &net, const digits &on, dirichlet_method method)
{
    auto options = dirichlet::make<dirichlet_estimator_options>();
    options.method = method;
    options.probes = dirichlet::probes_all;
    return dirichlet::measure(model_of(net), on.images, {}, options).value;
}

void report(const char *when, network &net, const digits &on, checks &checks)
{
    const double gc = measured(net, on, DIRICHLET_METHOD_EXACT);
    std::printf("GC %s training = %.6f\n", when, gc);
    checks.agree("by finite differences", measured(net, on, DIRICHLET_METHOD_FINITE_DIFFERENCE), gc,
                 1e-4);
    auto view = dense_view(net);
    checks.agree("of the weights viewed in place", view.energy_sum(on.images) / on.count, gc, 1e-6);
}

// What a forward pass that is done once for all directions is worth. Printed, not judged.
void time_prepare(network &net, const digits &on)
{
    auto with = model_of(net), without = model_of(net);
    without.prepare = {};
    const auto run = [&](const auto &model) {
        return [&] { dirichlet::measure(model, on.images); };
    };
    std::printf("without prepare the exact GC takes %.2f times as long\n",
                times_as_long(run(with), run(without), 41));
}

// Trains a network that is always the same, calling `each_epoch` after every epoch.
template <class Function> network trained(const digits &on, network net, Function each_epoch)
{
    tiny_dnn::adam optimizer;
    const std::vector<tiny_dnn::label_t> labels(on.labels.begin(), on.labels.end());
    const auto images = rows(on.images.data(), on.count, on.pixels);
    net.train<tiny_dnn::mse>(
        optimizer, images, labels, 16, 5, [] {}, [&] { each_epoch(net); });
    return net;
}

network initialized()
{
    using namespace tiny_dnn;
    set_random_seed(1);
    ::network net;
    net << fully_connected_layer<activation::tan_h>(digits::pixels, 32)
        << fully_connected_layer<activation::identity>(32, digits::classes);
    net.init_weight();
    return net;
}

// 36 inputs and 8 outputs, on a few digits cut to 6 x 6.
template <class... Layers> network built(Layers &&...layers)
{
    tiny_dnn::set_random_seed(1);
    network net;
    (net << ... << std::forward<Layers>(layers));
    net.init_weight();
    return net;
}

constexpr int side = 6, inputs = side * side, outputs = 8;
using linear_outputs = tiny_dnn::fully_connected_layer<tiny_dnn::activation::identity>;

digits cut(const digits &from)
{
    digits result{from.count, {}, from.labels};
    for (std::int64_t i = 0; i < from.count; i++)
        for (int row = 4; row < 4 + side; row++) {
            const float *first = &from.images[i * digits::pixels + row * digits::side + 4];
            result.images.insert(result.images.end(), first, first + side);
        }
    return result;
}

// The backward pass and differences; these are blunt where there are kinks.
void compare(checks &checks, const char *what, network net, const digits &on, double bound)
{
    checks.agree(what, measured(net, on, DIRICHLET_METHOD_FINITE_DIFFERENCE),
                 measured(net, on, DIRICHLET_METHOD_EXACT), bound);
}

template <class Activation>
void test_activation(checks &checks, const char *name, const digits &on, double bound,
                     bool in_library)
{
    using hidden = tiny_dnn::fully_connected_layer<Activation>;
    for (const bool with_bias : {true, false}) {
        network net = built(hidden(inputs, 16, with_bias), hidden(16, outputs));
        compare(checks, name, net, on, bound);
        try {
            auto view = dense_view(net);
            checks.is_true("has a view", in_library);
            checks.agree("the view", view.energy_sum(on.images) / on.count,
                         measured(net, on, DIRICHLET_METHOD_EXACT), 1e-6);
        } catch (const std::invalid_argument &) {
            checks.is_true("no view of it", !in_library);
        }
    }
}

void test_activations(checks &checks, const digits &on)
{
    using namespace tiny_dnn::activation;
    test_activation<identity>(checks, "identity", on, 1e-4, true);
    test_activation<sigmoid>(checks, "sigmoid", on, 1e-4, true);
    test_activation<relu>(checks, "relu", on, 1e-2, true);
    test_activation<leaky_relu>(checks, "leaky_relu", on, 1e-2, true);
    test_activation<elu>(checks, "elu", on, 1e-3, true);
    test_activation<tan_h>(checks, "tan_h", on, 1e-4, true);
    test_activation<tan_hp1m2>(checks, "tan_hp1m2", on, 1e-4, false);
    test_activation<softmax>(checks, "softmax", on, 1e-4, false);
}

template <class Layer> void refuse(checks &checks, const char *name, Layer &&layer)
{
    network net = built(std::forward<Layer>(layer));
    std::string refused;
    try {
        model_of(net);
    } catch (const std::invalid_argument &error) {
        refused = error.what();
    }
    std::printf("%s\n", refused.c_str());
    checks.is_true("refused by its name", refused.find(name) != std::string::npos);
}

void test_layers(checks &checks, const digits &on)
{
    using namespace tiny_dnn;
    using tanh = activation::tan_h;
    compare(checks, "conv",
            built(convolutional_layer<tanh>(side, side, 3, 1, 4), linear_outputs(64, ::outputs)),
            on, 1e-4);
    compare(checks, "ave-pool",
            built(average_pooling_layer<tanh>(side, side, 1, 2), linear_outputs(9, ::outputs)), on,
            1e-4);
    // Behind other weights: equal pixels are ties.
    compare(checks, "max-pool",
            built(fully_connected_layer<tanh>(::inputs, ::inputs),
                  max_pooling_layer<tanh>(side, side, 1, 2), linear_outputs(9, ::outputs)),
            on, 1e-2);
    compare(checks, "linear",
            built(linear_layer<tanh>(::inputs, 2, 0.5), linear_outputs(::inputs, ::outputs)), on,
            1e-4);
    compare(checks, "power",
            built(fully_connected_layer<activation::sigmoid>(::inputs, 8),
                  power_layer(shape3d(8, 1, 1), 2, 1.5), linear_outputs(8, ::outputs)),
            on, 1e-4);
    refuse(checks, "dropout", dropout_layer(8, 0.3F, net_phase::test));
    refuse(checks, "batch-norm", batch_normalization_layer(1, 8, 1e-5F, 0.9F, net_phase::test));
    refuse(checks, "ave-unpool", average_unpooling_layer<tanh>(3, 3, 2, 2));
    refuse(checks, "deconv", deconvolutional_layer<tanh>(4, 4, 3, 1, 2));
    refuse(checks, "lrn", lrn_layer<tanh>(4, 4, 3, 2));
    refuse(checks, "q_fully-connected", quantized_fully_connected_layer<tanh>(8, 4));
}

int main(int argc, char **argv)
try {
    const std::string folder = argc > 1 ? argv[1] : DIGITS;
    const digits training = read_digits(folder, "train", 2000);
    const digits held_out = read_digits(folder, "t10k", 100);
    checks checks;

    network start = initialized();
    keeps_contract(checks, model_of(start), span<const float>(held_out.images));
    time_prepare(start, held_out);
    report("before", start, held_out, checks);
    network net = trained(training, initialized(), [&](network &now) {
        std::printf("GC = %.6f\n", measured(now, held_out, DIRICHLET_METHOD_EXACT));
    });
    report("after", net, held_out, checks);

    int right = 0;
    for (std::int64_t i = 0; i < held_out.count; i++) {
        const auto image = rows(&held_out.images[i * digits::pixels], 1, digits::pixels)[0];
        right += static_cast<std::int64_t>(net.predict_label(image)) == held_out.labels[i];
    }
    std::printf("%d of %d digits right\n", right, static_cast<int>(held_out.count));
    checks.is_true("it has learned", right >= 75);

    const network unmeasured = trained(training, initialized(), [](network &) {});
    checks.is_true("the same bits without measurements", net.has_same_weights(unmeasured, 0));

    const digits small = cut(read_digits(folder, "t10k", 20));
    test_activations(checks, small);
    test_layers(checks, small);
    return checks.exit_status();
} catch (const std::exception &error) {
    std::fprintf(stderr, "tiny-dnn: %s\n", error.what());
    return 1;
}
