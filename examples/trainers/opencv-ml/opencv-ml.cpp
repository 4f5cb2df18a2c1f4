// OpenCV's ANN_MLP: it has no gradients, so its geometric complexity is measured by predict alone,
// after the first and after the last iteration of its training, and compared with that of its
// weights, seen as a dense network; then with each of its activations. Exit 1 if the two differ, or
// an activation that the library does not have is not refused.
#include <dirichlet/dirichlet.h>
#include <opencv2/core.hpp>
#include <opencv2/ml.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "../common/check.hpp"

using cv::ml::ANN_MLP;

constexpr int INPUTS = 3, WIDTH = 12, OUTPUTS = 2, SAMPLES = 128, ITERATIONS = 300;

// -- glue --
static int32_t forward(int64_t, int64_t samples, int64_t points, const double *x, double *y,
                       void *user)
try { // no exception may pass through C
    const int rows = static_cast<int>(samples * points);
    const cv::Mat inputs(rows, INPUTS, CV_64F, const_cast<double *>(x)); // only read
    cv::Mat outputs(rows, OUTPUTS, CV_64F, y);
    static_cast<const ANN_MLP *>(user)->predict(inputs, outputs);
    return outputs.ptr<double>() != y; // a matrix of another size would not be written into y
} catch (const cv::Exception &) {
    return 1;
}

// beta tanh(alpha z / 2), max(z, 0), or z with a slope for negative ones.
struct activation {
    dirichlet_activation kind;
    double inside = 1, outside = 1; // outside * kind(inside * z)
    double slope = 0;
};

// ANN_MLP tells its activation and its parameters (its own where none were set) to files alone.
static activation activation_of(const ANN_MLP &net)
{
    cv::FileStorage to(".yml", cv::FileStorage::WRITE | cv::FileStorage::MEMORY);
    net.write(to);
    const cv::FileStorage from(to.releaseAndGetString(),
                               cv::FileStorage::READ | cv::FileStorage::MEMORY);
    const std::string name = from["activation_function"];
    const double alpha = from["f_param1"], beta = from["f_param2"]; // 0 where there is none
    if (name == "IDENTITY")
        return {DIRICHLET_ACTIVATION_IDENTITY};
    if (name == "RELU")
        return {DIRICHLET_ACTIVATION_RELU};
    if (name == "LEAKYRELU")
        return {DIRICHLET_ACTIVATION_LEAKY_RELU, 1, 1, alpha};
    if (name == "SIGMOID_SYM")
        return {DIRICHLET_ACTIVATION_TANH, alpha / 2, beta};
    throw std::invalid_argument("no view of ANN_MLP's " + name + ", parameter " +
                                std::to_string(alpha));
}

// What is seen: weights where they are, or copies where a factor goes into them.
struct view {
    std::vector<dirichlet_dense_layer_f64> layers;
    std::vector<cv::Mat> kept;
};

// A layer of one row of weights for each input.
static void add(view &to, const cv::Mat &weights, const cv::Mat &bias, const activation &after)
{
    dirichlet_dense_layer_f64 layer = {};
    layer.struct_size = sizeof layer;
    layer.inputs = weights.rows;
    layer.outputs = weights.cols;
    layer.weights = weights.ptr<double>();
    layer.output_stride = 1;
    layer.input_stride = static_cast<int64_t>(weights.step1());
    layer.bias = bias.ptr<double>();
    layer.bias_stride = 1;
    layer.activation = after.kind;
    layer.parameter_given = after.kind == DIRICHLET_ACTIVATION_LEAKY_RELU;
    layer.activation_parameter = after.slope;
    to.layers.push_back(layer);
    to.kept.insert(to.kept.end(), {weights, bias});
}

static cv::Mat times(const cv::Mat &matrix, double factor)
{
    return factor == 1 ? matrix : cv::Mat(matrix * factor);
}

// Of pairs (scale, shift), one for each input or output: a diagonal matrix.
static void add_scaling(view &to, const cv::Mat &pairs, double factor)
{
    const cv::Mat columns = pairs.reshape(1, static_cast<int>(pairs.total()) / 2);
    add(to, cv::Mat::diag(cv::Mat(columns.col(0) * factor)), columns.col(1).clone(),
        {DIRICHLET_ACTIVATION_IDENTITY});
}

// getWeights(1) and on are matrices of (inputs + 1) x outputs, the bias last, and each is followed
// by the activation, the last one too. getWeights(0) and the last one but one scale the inputs and
// outputs. The factor outside an activation goes into the layer above it.
static view view_of(const ANN_MLP &net)
{
    const activation after = activation_of(net);
    const int last = static_cast<int>(net.getLayerSizes().total());
    view result;
    add_scaling(result, net.getWeights(0), 1);
    for (int l = 1; l < last; l++) {
        const cv::Mat all = net.getWeights(l); // not a copy
        const double outside = l > 1 ? after.outside : 1;
        add(result, times(all.rowRange(0, all.rows - 1), after.inside * outside),
            times(all.row(all.rows - 1), after.inside), after);
    }
    add_scaling(result, net.getWeights(last), after.outside);
    return result;
}
// -- end of glue --

static cv::Mat points(SAMPLES, INPUTS, CV_64F), targets(SAMPLES, OUTPUTS, CV_64F);

static dirichlet_error no_error()
{
    dirichlet_error error = {};
    error.struct_size = sizeof error;
    return error;
}

// The noise of differences is told, where there are any: ANN_MLP computes in double, and outputs
// that are cut look like a grid from afar.
static double measure(const dirichlet_model_f64 &model)
{
    dirichlet_error error = no_error();
    dirichlet_estimator_options options = {};
    dirichlet_result gc = {};
    options.struct_size = sizeof options;
    options.forward_noise = 2.2e-16;
    gc.struct_size = sizeof gc;
    if (dirichlet_measure_f64(&model, SAMPLES, points.ptr<double>(), nullptr, &options, &gc,
                              nullptr, &error) != DIRICHLET_OK) {
        std::fprintf(stderr, "opencv-ml: %s\n", error.message);
        std::exit(1);
    }
    return gc.value;
}

// By the VJP of the weights.
static double measure_weights(const ANN_MLP &net)
{
    const view seen = view_of(net);
    dirichlet_dense_f64 *network = nullptr;
    dirichlet_model_f64 model = {};
    dirichlet_error error = no_error();
    model.struct_size = sizeof model;

    if (dirichlet_dense_create_f64(seen.layers.data(), static_cast<int64_t>(seen.layers.size()),
                                   nullptr, &network, &error) != DIRICHLET_OK ||
        dirichlet_dense_model_f64(network, &model) != DIRICHLET_OK) {
        std::fprintf(stderr, "opencv-ml: %s\n", error.message);
        std::exit(1);
    }
    model.energies = nullptr; // it would know a shorter way
    model.product_norms = nullptr;
    const double gc = measure(model);
    dirichlet_dense_destroy_f64(network);
    return gc;
}

static double loss(const ANN_MLP &net)
{
    cv::Mat outputs;
    net.predict(points, outputs);
    return cv::norm(outputs, targets, cv::NORM_L2SQR) / SAMPLES;
}

// The library's check of the model, before its values are believed. cv::exp is right to 2.4e-13 and
// not the same in a long array, so that a row alone and among others differ by as much.
static bool keeps_contract(const dirichlet_model_f64 &model, dirichlet_error *error)
{
    dirichlet_check_options options = {};
    options.struct_size = sizeof options;
    options.forward_noise = 2.5e-13;
    return dirichlet_model_check_f64(&model, 8, points.ptr<double>(), &options, nullptr, error) ==
           DIRICHLET_OK;
}

static void compare(checks &checks, const char *what, ANN_MLP &net)
{
    dirichlet_model_f64 model = {};
    model.struct_size = sizeof model;
    model.inputs = INPUTS;
    model.outputs = OUTPUTS;
    model.ignores_first = 1;
    model.forward = forward;
    model.user = &net;
    dirichlet_error error = no_error();
    const bool holds = keeps_contract(model, &error);
    // All in double: the step that the library chooses is right. For CV_32F say float32's noise,
    // options.forward_noise = FLT_EPSILON, or use the float callbacks.
    const double differences = measure(model);
    std::printf("%s: loss %.6f  GC %.10f\n", what, loss(net), differences);
    checks.is_true(holds ? "keeps its contract" : error.message, holds);
    checks.agree("by the VJP of its weights", measure_weights(net), differences, 1e-8);
}

static void make_data()
{
    for (int n = 0; n < SAMPLES; n++) {
        double *x = points.ptr<double>(n), *y = targets.ptr<double>(n);
        for (int i = 0; i < INPUTS; i++) // spread evenly over (-1, 1)^3
            x[i] = 2 * std::fmod(n * (std::sqrt(2 + 3 * i) - 1), 1) - 1;
        y[0] = std::sin(3 * x[0]) * x[1];
        y[1] = x[2] * x[2] - x[0] / 2;
    }
}

static void train(ANN_MLP &net, int iterations, int flags)
{
    cv::Mat x, y; // train takes float32 alone
    points.convertTo(x, CV_32F);
    targets.convertTo(y, CV_32F);
    net.setTermCriteria({cv::TermCriteria::MAX_ITER, iterations, 0});
    net.train(cv::ml::TrainData::create(x, cv::ml::ROW_SAMPLE, y), flags);
}

// Parameters of 0 are those that OpenCV takes where none are given.
static cv::Ptr<ANN_MLP> make(int activation, double alpha, double beta)
{
    const cv::Ptr<ANN_MLP> net = ANN_MLP::create();
    net->setLayerSizes(cv::Mat(cv::Vec4i(INPUTS, WIDTH, WIDTH, OUTPUTS)));
    net->setActivationFunction(activation, alpha, beta);
    net->setTrainMethod(ANN_MLP::RPROP, 0.1); // without a number its first steps are of size 1
    return net;
}

static void test_training(checks &checks)
{
    const cv::Ptr<ANN_MLP> net = make(ANN_MLP::SIGMOID_SYM, 2, 1); // tanh
    train(*net, 1, 0); // there are no weights before the first iteration
    compare(checks, "after 1 iteration", *net);
    const double before = loss(*net);
    train(*net, ITERATIONS, ANN_MLP::UPDATE_WEIGHTS);
    compare(checks, "after training", *net);
    checks.is_true("it has learned", loss(*net) < before / 20);
}

static void test_activations(checks &checks)
{
    const struct {
        const char *what;
        int activation;
        double alpha, beta;
        int flags;
    } cases[] = {
        {"SIGMOID_SYM of ANN_MLP's own", ANN_MLP::SIGMOID_SYM, 0, 0, 0},
        {"SIGMOID_SYM, alpha 1, beta -2", ANN_MLP::SIGMOID_SYM, 1, -2, 0},
        {"SIGMOID_SYM, inputs as they are", ANN_MLP::SIGMOID_SYM, 0, 0, ANN_MLP::NO_INPUT_SCALE},
        // Without NO_OUTPUT_SCALE OpenCV 4.6 scales the outputs of these by 1 / 0.
        {"IDENTITY", ANN_MLP::IDENTITY, 0, 0, ANN_MLP::NO_OUTPUT_SCALE},
        {"RELU, alpha 2", ANN_MLP::RELU, 2, 0, ANN_MLP::NO_OUTPUT_SCALE},
        {"LEAKYRELU of its own", ANN_MLP::LEAKYRELU, 0, 0, ANN_MLP::NO_OUTPUT_SCALE},
        {"LEAKYRELU, alpha 0.3", ANN_MLP::LEAKYRELU, 0.3, 0, ANN_MLP::NO_OUTPUT_SCALE},
        {"LEAKYRELU, alpha -0.5", ANN_MLP::LEAKYRELU, -0.5, 0, ANN_MLP::NO_OUTPUT_SCALE},
    };
    for (const auto &one : cases) {
        const cv::Ptr<ANN_MLP> net = make(one.activation, one.alpha, one.beta);
        train(*net, 20, one.flags);
        compare(checks, one.what, *net);
    }
}

static void test_refusals(checks &checks)
{
    const cv::Ptr<ANN_MLP> net = make(ANN_MLP::GAUSSIAN, -0.5, 0);
    train(*net, 20, ANN_MLP::NO_OUTPUT_SCALE);
    std::string refused;
    try {
        view_of(*net);
    } catch (const std::invalid_argument &error) {
        refused = error.what();
    }
    std::printf("GAUSSIAN: %s\n", refused.c_str());
    checks.is_true("refused by its name", refused.find("GAUSSIAN") != std::string::npos);
}

int main()
try {
    checks checks;
    make_data();
    test_training(checks);
    test_activations(checks);
    test_refusals(checks);
    return checks.exit_status();
} catch (const std::exception &error) {
    std::fprintf(stderr, "opencv-ml: %s\n", error.what());
    return 1;
}
