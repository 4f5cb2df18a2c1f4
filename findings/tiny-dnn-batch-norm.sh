#!/bin/sh
# tiny-dnn 1.0.0a3: batch normalization in the test phase has the gradient of the training phase.
#
# Expected: after set_netphase(test) it is a fixed affine map, with running means and variances;
#   backward divides by the standard deviation. Here that is by 1.
# What happens: forward does so; backward goes on subtracting means over the batch, as if these had
#   been computed from it. Samples get gradients from each other, of the wrong sign here.
# Why it matters: saliency maps, adversarial directions and Jacobians of trained networks are wrong,
#   and change with what else is in the batch. Nothing is NaN or 0.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q download tiny-dnn=1.0.0a3+ds-3 libstb-dev=0.0~git20220908.8b5f1f3+ds-1 \
    libgemmlowp-dev=0.0~git20211220.e844ffd-1 libcereal-dev=1.3.2+dfsg-4 rapidjson-dev >/dev/null
for package in *.deb; do dpkg -x "$package" root; done
mkdir -p root/usr/include/third_party
ln -s ../stb root/usr/include/third_party/stb # the package includes it by this name

cat >program.cpp <<'CPP'
#include <cmath>
#include <cstdio>
#include <tiny_dnn/tiny_dnn.h>

using namespace tiny_dnn;

int main()
{
    batch_normalization_layer layer(1, 6);
    network<sequential> net;
    net << layer;
    net.init_weight();
    layer.set_mean(vec_t(6, 0));
    layer.set_variance(vec_t(6, 1));
    net.set_netphase(net_phase::test);
    const tensor_t inputs = {{1, 2, 3, 4, 5, 6}, {2, 4, 1, 3, 6, 5}};
    const vec_t ones(6, 1);
    net[0]->set_in_data({inputs});
    net[0]->forward();
    net[0]->clear_grads();
    net[0]->set_out_grads({tensor_t{ones, ones}});
    net[0]->backward();

    bool as_known = true;
    std::printf("tiny-dnn 1.0.0a3, test phase, mean 0, variance 1\n");
    for (int n = 0; n < 2; n++)
        for (int i = 0; i < 6; i++) {
            const auto output = net[0]->output()[0][n][i];
            const auto gradient = (*net[0]->inputs()[0]->get_gradient())[n][i];
            std::printf("input %g -> %g, gradient of the sum %g\n", inputs[n][i], output, gradient);
            as_known = as_known && std::fabs(output - inputs[n][i]) < 1e-3;
            as_known = as_known && std::fabs(gradient - 1) > 0.5;
        }
    return as_known ? 0 : 1;
}
CPP
g++ -std=c++17 -w -DCNN_SINGLE_THREAD -DCNN_NO_SERIALIZATION -Iroot/usr/include program.cpp \
    -o program -pthread
./program
