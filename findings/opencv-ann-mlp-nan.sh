#!/bin/sh
# OpenCV 4.6.0: ANN_MLP with RELU, LEAKYRELU or IDENTITY predicts NaN after an ordinary training.
#
# Expected: train without flags scales the outputs to a range that suits the activation, and predict
#   scales them back.
# What happens: the range of these three activations is 0 to 0. The scale of the outputs becomes 0,
#   the one back 1 / 0; train returns true, every prediction is NaN. With ANN_MLP::NO_OUTPUT_SCALE
#   all is well, and nothing says that the flag is needed.
# Why it matters: relu is what most people set first. The training itself is lost too: all targets
#   were scaled to the same number.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q download libopencv-core406=4.6.0+dfsg-12 libopencv-core-dev=4.6.0+dfsg-12 \
    libopencv-ml406=4.6.0+dfsg-12 libopencv-ml-dev=4.6.0+dfsg-12 libtbb12 libtbbbind-2-5 \
    libtbbmalloc2 libopenblas0-pthread libgfortran5 libquadmath0 >/dev/null
for package in *.deb; do dpkg -x "$package" root; done
folders=$(find "$PWD/root" -name '*.so.*' -exec dirname {} \; | sort -u | tr '\n' ':')

cat >program.cpp <<'CPP'
#include <cmath>
#include <cstdio>
#include <opencv2/core.hpp>
#include <opencv2/ml.hpp>

using cv::ml::ANN_MLP;

static float predicted(int activation, int flags)
{
    cv::Mat x(40, 2, CV_32F), y(40, 1, CV_32F), out;
    cv::RNG(1).fill(x, cv::RNG::UNIFORM, -1, 1);
    for (int i = 0; i < x.rows; i++)
        y.at<float>(i) = x.at<float>(i, 0) - 2 * x.at<float>(i, 1);
    const cv::Ptr<ANN_MLP> net = ANN_MLP::create();
    net->setLayerSizes(cv::Mat(cv::Vec3i(2, 8, 1)));
    net->setActivationFunction(activation);
    net->setTrainMethod(ANN_MLP::RPROP, 0.1);
    const bool trained = net->train(cv::ml::TrainData::create(x, cv::ml::ROW_SAMPLE, y), flags);
    net->predict(x.row(0), out);
    std::printf("activation %d, flags %d: train %s, predicts %g\n", activation, flags,
                trained ? "true" : "false", out.at<float>(0));
    return out.at<float>(0);
}

int main()
{
    std::printf("OpenCV %s\n", CV_VERSION);
    bool as_known = std::isfinite(predicted(ANN_MLP::SIGMOID_SYM, 0));
    for (const int activation : {ANN_MLP::IDENTITY, ANN_MLP::RELU, ANN_MLP::LEAKYRELU}) {
        as_known = std::isnan(predicted(activation, 0)) && as_known;
        as_known = std::isfinite(predicted(activation, ANN_MLP::NO_OUTPUT_SCALE)) && as_known;
    }
    return as_known ? 0 : 1;
}
CPP
g++ -std=c++17 program.cpp -o program -Iroot/usr/include/opencv4 \
    -Wl,-rpath-link,"$folders" -L"$(dirname "$(find root -name libopencv_ml.so.406)")" \
    -l:libopencv_ml.so.406 -l:libopencv_core.so.406
LD_LIBRARY_PATH=$folders ./program
