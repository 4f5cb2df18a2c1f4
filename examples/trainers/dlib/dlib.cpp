// The geometric complexity of a convolutional network of dlib, by dlib's own backward pass, while
// dlib trains it on digits; then of networks with its other layers.
//   dlib [FOLDER OF MNIST]
#include <dirichlet/dirichlet.hpp>
#include <dlib/dnn.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "../common/check.hpp"
#include "../common/contract.hpp"
#include "../common/digits.hpp"

using dirichlet::span;

// Smooth, so that differences are sharp: a relu has kinks, and so has a max_pool.
template <class Below>
using block = dlib::avg_pool<2, 2, 2, 2, dlib::htan<dlib::con<8, 3, 3, 1, 1, Below>>>;
using network = dlib::loss_multiclass_log<
    dlib::fc<digits::classes, block<block<dlib::input<dlib::matrix<float>>>>>>;

// -- glue --
// Finds the layers that behave as in training always, so that no image has an output of its own,
// and the one whose backward pass is wrong in dlib 19.24 (from some 10 images at once on).
struct refused_layers {
    std::string *found; // not in here: dlib copies its visitors

    template <class Layer> void operator()(Layer &) {}
    template <dlib::layer_mode mode> void operator()(dlib::bn_<mode> &)
    {
        *found = mode == dlib::CONV_MODE ? "bn_con: take affine" : "bn_fc: take affine";
    }
    void operator()(dlib::dropout_ &) { *found = "dropout: take multiply"; }
    void operator()(dlib::layer_norm_ &) { *found = "layer_norm: take differences"; }
};

// A network of grey images below its loss layer. dlib works in float32 alone.
template <class Net> dirichlet::model<float> model_of(Net &net, std::int64_t side, std::int64_t k)
{
    static_assert(std::is_same_v<std::decay_t<decltype(dlib::input_layer(net))>,
                                 dlib::input<dlib::matrix<float>>>,
                  "other input layers scale or order their images: say so in `input` below");
    std::string refused;
    dlib::visit_computational_layers(net, refused_layers{&refused});
    if (!refused.empty())
        throw std::invalid_argument("no VJP through dlib's " + refused);
    const std::int64_t d = side * side;
    struct pass { // the rows whose forward pass the network holds, for its backward passes
        const float *rows = nullptr;
        dlib::resizable_tensor images;
    };
    const auto last = std::make_shared<pass>();
    const auto forward = [=, &net](std::int64_t n, span<const float> x) -> const dlib::tensor & {
        last->rows = nullptr;
        last->images.set_size(n, 1, side, side); // what input<matrix<float>> makes
        std::copy(x.begin(), x.end(), last->images.host());
        return net.forward(last->images);
    };

    dirichlet::model<float> model{d, k};
    model.max_directions = 1; // a call of vjp is one backward pass
    model.forward = [=](std::int64_t n, span<const float> x, span<float> y) {
        std::copy_n(forward(n, x).host(), n * k, y.data());
    };
    model.prepare = [=](std::int64_t n, span<const float> x) { // once for all products of a sample
        forward(n, x);
        last->rows = x.data();
    };
    model.vjp = [=, &net](std::int64_t n, std::int64_t, span<const float> x, span<const float> u,
                          span<float> jtu) {
        if (last->rows != x.data())
            forward(n, x);
        dlib::resizable_tensor cotangents(n, k);
        std::copy(u.begin(), u.end(), cotangents.host());
        net.back_propagate_error(last->images, cotangents);
        std::copy_n(net.get_final_data_gradient().host(), n * d, jtu.data());
    };
    return model;
}
// -- end of glue --

template <class Network> double measured(Network &net, const digits &on, dirichlet_method method)
{
    auto options = dirichlet::make<dirichlet_estimator_options>();
    options.method = method;
    options.probes = dirichlet::probes_all;
    const auto model = model_of(net.subnet(), digits::side, digits::classes);
    return dirichlet::measure(model, on.images, {}, options).value;
}

void report(const char *when, network &net, const digits &on, checks &checks)
{
    const double gc = measured(net, on, DIRICHLET_METHOD_EXACT);
    std::printf("GC %s training = %.6f\n", when, gc);
    checks.agree("by finite differences", measured(net, on, DIRICHLET_METHOD_FINITE_DIFFERENCE), gc,
                 1e-4);
}

// What a forward pass that is done once for all directions is worth. Printed, not judged.
void time_prepare(network &net, const digits &on)
{
    const auto with = model_of(net.subnet(), digits::side, digits::classes);
    auto without = model_of(net.subnet(), digits::side, digits::classes);
    without.prepare = {};
    const auto run = [&](const auto &model) {
        return [&] { dirichlet::measure(model, on.images); };
    };
    std::printf("without prepare the exact GC takes %.2f times as long\n",
                times_as_long(run(with), run(without), 11));
}

using images = std::vector<dlib::matrix<float>>;

images images_of(const digits &all, std::int64_t first, std::int64_t count)
{
    images result;
    for (std::int64_t i = first; i < first + count; i++)
        result.push_back(dlib::mat(&all.images[i * digits::pixels], digits::side, digits::side));
    return result;
}

// A network with the same weights every time; dlib makes them when the first image comes.
network initialized(const digits &on)
{
    std::srand(1);
    network net;
    net(images_of(on, 0, 1)[0]);
    return net;
}

// Trains it, calling `each_epoch` after every epoch.
template <class Function> network trained(const digits &on, Function each_epoch)
{
    constexpr std::int64_t batch = 20;
    network net = initialized(on);
    dlib::dnn_trainer<network, dlib::adam> trainer(net);
    trainer.set_learning_rate(3e-3);
    for (int epoch = 0; epoch < 3; epoch++) {
        for (std::int64_t first = 0; first < on.count; first += batch)
            trainer.train_one_step(
                images_of(on, first, batch),
                std::vector<unsigned long>(&on.labels[first], &on.labels[first] + batch));
        each_epoch(trainer.get_net()); // and not `net`, unasked: a thread is still training it
    }
    return net;
}

bool same_weights(network &a, network &b)
{
    std::vector<float> weights[2];
    const auto collect = [](std::vector<float> &into) {
        return [&into](std::size_t, dlib::tensor &parameters) {
            into.insert(into.end(), parameters.begin(), parameters.end());
        };
    };
    dlib::visit_layer_parameters(a, collect(weights[0]));
    dlib::visit_layer_parameters(b, collect(weights[1]));
    return !weights[0].empty() && weights[0] == weights[1];
}

// A hidden layer of this type, whose derivative has to be the one of its values.
template <template <class> class Hidden>
void test_layer(const char *name, const digits &on, checks &checks, double bound)
{
    using tested = dlib::loss_multiclass_log<dlib::fc<
        digits::classes, Hidden<dlib::fc<digits::side, dlib::input<dlib::matrix<float>>>>>>;
    std::srand(1);
    tested net;
    net(images_of(on, 0, 1)[0]);
    checks.agree(name, measured(net, on, DIRICHLET_METHOD_FINITE_DIFFERENCE),
                 measured(net, on, DIRICHLET_METHOD_EXACT), bound);
}

void test_layers(const digits &on, checks &checks)
{
    test_layer<dlib::relu>("relu", on, checks, 1e-2); // differences step over its kinks
    test_layer<dlib::elu>("elu", on, checks, 1e-3);
    test_layer<dlib::mish>("mish", on, checks, 1e-4);
    test_layer<dlib::gelu>("gelu", on, checks, 1e-4);
    test_layer<dlib::affine>("affine", on, checks, 1e-4);
    test_layer<dlib::multiply>("multiply", on, checks, 1e-4);
}

template <template <class> class Hidden>
void refuse(const char *name, const digits &on, checks &checks)
{
    std::string refused;
    try {
        test_layer<Hidden>(name, on, checks, 1);
    } catch (const std::invalid_argument &error) {
        refused = error.what();
    }
    std::printf("%s\n", refused.c_str());
    checks.is_true("refused by its name", refused.find(name) != std::string::npos);
}

int main(int argc, char **argv)
try {
    const std::string folder = argc > 1 ? argv[1] : DIGITS;
    const digits training = read_digits(folder, "train", 2000);
    const digits held_out = read_digits(folder, "t10k", 100);
    checks checks;

    network start = initialized(training);
    keeps_contract(checks, model_of(start.subnet(), digits::side, digits::classes),
                   span<const float>(held_out.images));
    time_prepare(start, held_out);
    report("before", start, held_out, checks);
    network net = trained(training, [&](network &now) {
        std::printf("GC = %.6f\n", measured(now, held_out, DIRICHLET_METHOD_EXACT));
    });
    report("after", net, held_out, checks);

    const auto guesses = net(images_of(held_out, 0, held_out.count));
    int right = 0;
    for (std::int64_t i = 0; i < held_out.count; i++)
        right += static_cast<std::int64_t>(guesses[i]) == held_out.labels[i];
    std::printf("%d of %d digits right\n", right, static_cast<int>(held_out.count));
    checks.is_true("it has learned", right >= 75);

    network unmeasured = trained(training, [](network &) {});
    checks.is_true("the same bits without measurements", same_weights(net, unmeasured));

    test_layers(held_out, checks);
    refuse<dlib::bn_con>("bn_con", held_out, checks);
    refuse<dlib::bn_fc>("bn_fc", held_out, checks);
    refuse<dlib::dropout>("dropout", held_out, checks);
    refuse<dlib::layer_norm>("layer_norm", held_out, checks);
    return checks.exit_status();
} catch (const std::exception &error) {
    std::fprintf(stderr, "dlib: %s\n", error.what());
    return 1;
}
