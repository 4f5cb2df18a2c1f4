// The geometric complexity of a tiny-dnn network, by tiny-dnn's own backward pass, while tiny-dnn
// trains it on digits.
//   tiny-dnn [FOLDER OF MNIST]
#include <dirichlet/dirichlet.hpp>
#include <tiny_dnn/tiny_dnn.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "../common/check.hpp"
#include "../common/digits.hpp"

using dirichlet::span;
using network = tiny_dnn::network<tiny_dnn::sequential>;

// -- glue --
// Rows of `width` numbers, `stride` apart, in tiny-dnn's form: a vector for each sample.
tiny_dnn::tensor_t rows(const float *first, std::int64_t count, std::int64_t width,
                        std::int64_t stride)
{
    tiny_dnn::tensor_t tensor;
    for (std::int64_t i = 0; i < count; i++)
        tensor.emplace_back(first + i * stride, first + i * stride + width);
    return tensor;
}

void clear_gradients(network &net)
{
    for (auto *layer : net)
        layer->clear_grads();
}

dirichlet::model<float> model_of(network &net)
{
    const std::int64_t d = net.in_data_size(), k = net.out_data_size();
    const std::size_t last = net.layer_size() - 1;
    const auto forward = [&net, d](std::int64_t n, span<const float> x) {
        net[0]->set_in_data({rows(x.data(), n, d, d)});
        for (auto *layer : net)
            layer->forward();
    };

    dirichlet::model<float> model{d, k};
    model.max_samples = 64; // tiny-dnn keeps a gradient of all weights for each sample of a batch
    model.forward = [=, &net](std::int64_t n, span<const float> x, span<float> y) {
        forward(n, x);
        const auto outputs = net[last]->output();
        float *row = y.data();
        for (const auto &output : outputs[0])
            row = std::copy(output.begin(), output.end(), row);
    };
    model.vjp = [=, &net](std::int64_t n, std::int64_t m, span<const float> x, span<const float> u,
                          span<float> jtu) {
        forward(n, x);
        for (std::int64_t j = 0; j < m; j++) { // u and jtu are (n, m, width)
            clear_gradients(net);              // a backward pass adds to what is there
            net[last]->set_out_grads({rows(&u[j * k], n, k, m * k)});
            for (std::size_t l = last + 1; l-- > 0;)
                net[l]->backward();
            float *row = &jtu[j * d];
            for (const auto &gradient : *net[0]->inputs()[0]->get_gradient()) {
                std::copy(gradient.begin(), gradient.end(), row);
                row += m * d;
            }
        }
        clear_gradients(net); // of the weights: training goes on as if nothing had been
    };
    return model;
}
// -- end of glue --

// The same network for the library's own passes: the weights stay where tiny-dnn has them.
dirichlet::dense<float> dense_view(network &net)
{
    std::vector<dirichlet::dense_layer<float>> layers;
    for (std::size_t l = 0; l < net.layer_size(); l++) {
        const std::int64_t outputs = net[l]->out_data_size();
        const bool hidden = l + 1 < net.layer_size();
        layers.push_back(dirichlet::make_layer<float>(
            net[l]->in_data_size(), outputs, *net[l]->weights()[0], *net[l]->weights()[1],
            hidden ? DIRICHLET_ACTIVATION_TANH : DIRICHLET_ACTIVATION_IDENTITY, 0,
            {1, outputs})); // in x out: output stride 1, input stride `outputs`
    }
    return dirichlet::dense<float>(layers);
}

double measured(network &net, const digits &on, dirichlet_method method)
{
    auto options = dirichlet::make<dirichlet_estimator_options>();
    options.method = method;
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

// Trains a network that is always the same, calling `each_epoch` after every epoch.
template <class Function> network trained(const digits &on, network net, Function each_epoch)
{
    tiny_dnn::adam optimizer;
    const std::vector<tiny_dnn::label_t> labels(on.labels.begin(), on.labels.end());
    const auto images = rows(on.images.data(), on.count, on.pixels, on.pixels);
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

int main(int argc, char **argv)
try {
    const std::string folder = argc > 1 ? argv[1] : DIGITS;
    const digits training = read_digits(folder, "train", 2000);
    const digits held_out = read_digits(folder, "t10k", 100);
    checks checks;

    network start = initialized();
    report("before", start, held_out, checks);
    network net = trained(training, initialized(), [&](network &now) {
        std::printf("GC = %.6f\n", measured(now, held_out, DIRICHLET_METHOD_EXACT));
    });
    report("after", net, held_out, checks);

    int right = 0;
    for (std::int64_t i = 0; i < held_out.count; i++) {
        const auto image = rows(&held_out.images[i * digits::pixels], 1, digits::pixels, 0)[0];
        right += static_cast<std::int64_t>(net.predict_label(image)) == held_out.labels[i];
    }
    std::printf("%d of %d digits right\n", right, static_cast<int>(held_out.count));
    checks.is_true("it has learned", right >= 75);

    const network unmeasured = trained(training, initialized(), [](network &) {});
    checks.is_true("the same bits without measurements", net.has_same_weights(unmeasured, 0));
    return checks.exit_status();
} catch (const std::exception &error) {
    std::fprintf(stderr, "tiny-dnn: %s\n", error.what());
    return 1;
}
