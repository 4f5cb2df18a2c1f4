#!/bin/sh
# OpenCV 4.6.0: two of ANN_MLP's activations are not the functions of its documentation.
#
# Expected, from ml.hpp: SIGMOID_SYM with default parameters is 1.7159 tanh(2/3 x); GAUSSIAN is
#   beta exp(-alpha x^2).
# What happens: SIGMOID_SYM is beta (1 - exp(-alpha x)) / (1 + exp(-alpha x)), which is beta
#   tanh(alpha x / 2): 1.7159 tanh(x / 3) by default, half the slope. GAUSSIAN squares alpha: beta
#   exp(-alpha^2 x^2).
# Why it matters: who takes the weights out of a trained network and evaluates it by the documented
#   formula gets another function; so does who sets alpha to reproduce a paper.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q download libopencv-core406=4.6.0+dfsg-12 libopencv-core-dev=4.6.0+dfsg-12 \
    libopencv-ml406=4.6.0+dfsg-12 libopencv-ml-dev=4.6.0+dfsg-12 libtbb12 libtbbbind-2-5 \
    libtbbmalloc2 libopenblas0-pthread libgfortran5 libquadmath0 >/dev/null
for package in *.deb; do dpkg -x "$package" root; done
folders=$(find "$PWD/root" -name '*.so.*' -exec dirname {} \; | sort -u | tr '\n' ':')
echo "documented:"
grep -h -e 'f(x)=.beta' -e '1\.7159' "root/usr/include/opencv4/opencv2/ml.hpp"

cat >program.cpp <<'CPP'
#include <cmath>
#include <cstdio>
#include <opencv2/core.hpp>
#include <opencv2/ml.hpp>

using cv::ml::ANN_MLP;

// The activation of z: a network of one input, whose weights are set to 1 and 0 after it was made.
static double activation(int kind, double alpha, double beta, double z)
{
    const cv::Ptr<ANN_MLP> net = ANN_MLP::create();
    net->setLayerSizes(cv::Mat(cv::Vec2i(1, 1)));
    net->setActivationFunction(kind, alpha, beta);
    net->setTermCriteria({cv::TermCriteria::MAX_ITER, 1, 0});
    const cv::Mat x = (cv::Mat_<float>(2, 1) << 0, 1), y = (cv::Mat_<float>(2, 1) << 0, 1);
    net->train(cv::ml::TrainData::create(x, cv::ml::ROW_SAMPLE, y),
               ANN_MLP::NO_INPUT_SCALE | ANN_MLP::NO_OUTPUT_SCALE);
    cv::Mat weights = net->getWeights(1), in(1, 1, CV_64F, cv::Scalar(z)), out;
    weights.at<double>(0) = 1;
    weights.at<double>(1) = 0;
    net->predict(in, out);
    return out.at<double>(0);
}

int main()
{
    std::printf("OpenCV %s\n", CV_VERSION);
    const double z = 0.7, sigmoid = activation(ANN_MLP::SIGMOID_SYM, 0, 0, z);
    const double gaussian = activation(ANN_MLP::GAUSSIAN, 2, 1, z);
    std::printf("SIGMOID_SYM of its own at %g: %.7f; 1.7159 tanh(2/3 x) = %.7f, 1.7159 tanh(x/3) = "
                "%.7f\n",
                z, sigmoid, 1.7159 * std::tanh(2 * z / 3), 1.7159 * std::tanh(z / 3));
    std::printf("GAUSSIAN, alpha 2, beta 1:   %.7f; exp(-2 x^2) = %.7f, exp(-4 x^2) = %.7f\n",
                gaussian, std::exp(-2 * z * z), std::exp(-4 * z * z));
    return std::fabs(sigmoid - 1.7159 * std::tanh(z / 3)) < 1e-12 &&
                   std::fabs(gaussian - std::exp(-4 * z * z)) < 1e-12
               ? 0
               : 1;
}
CPP
g++ -std=c++17 program.cpp -o program -Iroot/usr/include/opencv4 \
    -Wl,-rpath-link,"$folders" -L"$(dirname "$(find root -name libopencv_ml.so.406)")" \
    -l:libopencv_ml.so.406 -l:libopencv_core.so.406
LD_LIBRARY_PATH=$folders ./program
