// OpenCV's ANN_MLP: it has no gradients, so its geometric complexity is measured by predict alone,
// after the first and after the last iteration of its training, and compared with that of its
// weights, seen where they are as a dense network. Exit 1 if the two differ.
#include <dirichlet/dirichlet.h>
#include <opencv2/core.hpp>
#include <opencv2/ml.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>

using cv::ml::ANN_MLP;

constexpr int INPUTS = 3, WIDTH = 12, OUTPUTS = 2, SAMPLES = 128, LAYERS = 3, ITERATIONS = 300;

// -- glue --
static int32_t forward(int64_t samples, const double *x, double *y, void *user)
try { // no exception may pass through C
    const int rows = static_cast<int>(samples);
    const cv::Mat inputs(rows, INPUTS, CV_64F, const_cast<double *>(x)); // only read
    cv::Mat outputs(rows, OUTPUTS, CV_64F, y);
    static_cast<const ANN_MLP *>(user)->predict(inputs, outputs);
    return outputs.ptr<double>() != y; // a matrix of another size would not be written into y
} catch (const cv::Exception &) {
    return 1;
}

// Weights of one row for each input.
static dirichlet_dense_layer_f64 layer(const cv::Mat &weights, const cv::Mat &bias,
                                       dirichlet_activation activation)
{
    dirichlet_dense_layer_f64 view = {};
    view.struct_size = sizeof view;
    view.inputs = weights.rows;
    view.outputs = weights.cols;
    view.weights = weights.ptr<double>();
    view.output_stride = 1;
    view.input_stride = static_cast<int64_t>(weights.step1());
    view.bias = bias.ptr<double>();
    view.bias_stride = 1;
    view.activation = activation;
    return view;
}

// getWeights(1) to getWeights(LAYERS) are matrices of (inputs + 1) x outputs, the bias last, and
// each is followed by the activation, the last one too. getWeights(0) and getWeights(LAYERS + 1)
// are pairs (scale, shift) of the inputs and outputs: layers with a diagonal matrix, which `scales`
// keeps.
static void view(const ANN_MLP &net, dirichlet_dense_layer_f64 *layers, cv::Mat *scales)
{
    for (int l = 1; l <= LAYERS; l++) {
        const cv::Mat all = net.getWeights(l); // not a copy
        const int last = all.rows - 1;
        layers[l] = layer(all.rowRange(0, last), all.row(last), DIRICHLET_ACTIVATION_TANH);
    }
    for (const int l : {0, LAYERS + 1}) {
        const cv::Mat pairs = net.getWeights(l);
        const cv::Mat columns = pairs.reshape(1, static_cast<int>(pairs.total()) / 2);
        const cv::Mat scale = *scales++ = cv::Mat::diag(columns.col(0));
        const cv::Mat shift = *scales++ = columns.col(1).clone();
        layers[l] = layer(scale, shift, DIRICHLET_ACTIVATION_IDENTITY);
    }
}
// -- end of glue --

static cv::Mat points(SAMPLES, INPUTS, CV_64F), targets(SAMPLES, OUTPUTS, CV_64F);
static char message[DIRICHLET_MESSAGE_SIZE];

static double measure(const dirichlet_model_f64 &model)
{
    dirichlet_result gc = {};
    gc.struct_size = sizeof gc;
    if (dirichlet_measure_f64(&model, SAMPLES, points.ptr<double>(), nullptr, nullptr, &gc, nullptr,
                              message, sizeof message) != DIRICHLET_OK) {
        std::fprintf(stderr, "opencv-ml: %s\n", message);
        std::exit(1);
    }
    return gc.value;
}

// By the VJP of the weights.
static double measure_weights(const ANN_MLP &net)
{
    dirichlet_dense_layer_f64 layers[LAYERS + 2];
    cv::Mat scales[4];
    dirichlet_dense_f64 *network = nullptr;
    dirichlet_model_f64 model = {};
    model.struct_size = sizeof model;

    view(net, layers, scales);
    if (dirichlet_dense_create_f64(layers, LAYERS + 2, nullptr, &network, message,
                                   sizeof message) != DIRICHLET_OK ||
        dirichlet_dense_model_f64(network, &model) != DIRICHLET_OK) {
        std::fprintf(stderr, "opencv-ml: %s\n", message);
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

static bool compare(const char *when, ANN_MLP &net)
{
    dirichlet_model_f64 model = {};
    model.struct_size = sizeof model;
    model.inputs = INPUTS;
    model.outputs = OUTPUTS;
    model.forward = forward;
    model.user = &net;
    // All in double: the step that the library chooses is right. For CV_32F say float32's noise,
    // options.forward_noise = FLT_EPSILON, or use the float callbacks.
    const double differences = measure(model);
    const double apart = std::abs(differences / measure_weights(net) - 1);
    std::printf("after %s: loss %.6f  GC %.10f  relative difference from the VJP of its weights "
                "%.1e\n",
                when, loss(net), differences, apart);
    return apart <= 1e-8;
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

int main()
{
    const cv::Ptr<ANN_MLP> net = ANN_MLP::create();
    net->setLayerSizes(cv::Mat(cv::Vec4i(INPUTS, WIDTH, WIDTH, OUTPUTS)));
    net->setActivationFunction(ANN_MLP::SIGMOID_SYM, 2, 1); // tanh
    net->setTrainMethod(ANN_MLP::RPROP, 0.1); // without a number its first steps are of size 1
    make_data();

    train(*net, 1, 0); // there are no weights before the first iteration
    bool right = compare("1 iteration", *net);
    const double before = loss(*net);
    train(*net, ITERATIONS, ANN_MLP::UPDATE_WEIGHTS);
    right = compare("training", *net) && right;
    return right && loss(*net) < before / 20 ? 0 : 1;
}
