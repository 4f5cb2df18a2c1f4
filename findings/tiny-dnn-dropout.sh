#!/bin/sh
# tiny-dnn 1.0.0a3: dropout keeps the share that it is told to drop, and passes gradients of a few
# units alone.
#
# Expected: dropout_layer(n, 0.2) drops a fifth of the units in training and scales the others by
#   1 / 0.8, so that the mean stays; backward multiplies by the same mask and scale.
# What happens: a fifth is kept, and scaled by 1 / 0.8: the mean is a quarter of what it is in the
#   test phase. Backward goes through the first N units alone, N the number of samples in the batch
#   (its loop takes the one size for the other), without the scale.
# Why it matters: with batches smaller than the layer most of the network below it does not learn,
#   and what is learned is evaluated at four times the size. At the usual rate of 0.5 the first of the
#   two does not show.
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
    const int units = 1000, samples = 20;
    set_random_seed(1);
    dropout_layer layer(units, float_t(0.2));
    network<sequential> net;
    net << layer;
    net.init_weight();
    net.set_netphase(net_phase::train);
    const tensor_t ones(samples, vec_t(units, 1));
    net[0]->set_in_data({ones});
    net[0]->forward();
    const tensor_t outputs = net[0]->output()[0];
    net[0]->clear_grads();
    net[0]->set_out_grads({ones});
    net[0]->backward();
    const tensor_t gradients = *net[0]->inputs()[0]->get_gradient();

    double kept = 0, mean = 0, below = 0, beyond = 0;
    for (int n = 0; n < samples; n++)
        for (int i = 0; i < units; i++) {
            kept += outputs[n][i] != 0;
            mean += outputs[n][i];
            (i < samples ? below : beyond) += gradients[n][i] != 0;
        }
    kept /= samples * units;
    mean /= samples * units;
    std::printf("tiny-dnn 1.0.0a3, rate 0.2, %d units, batch of %d\n", units, samples);
    std::printf("kept %.3f of the units, mean output %.3f for inputs of 1\n", kept, mean);
    std::printf("gradients that are not 0: %g in the first %d units, %g in the others\n", below,
                samples, beyond);
    return std::fabs(kept - 0.2) < 0.02 && std::fabs(mean - 0.25) < 0.02 && below > 0 && beyond == 0
               ? 0
               : 1;
}
CPP
g++ -std=c++17 -w -DCNN_SINGLE_THREAD -DCNN_NO_SERIALIZATION -Iroot/usr/include program.cpp \
    -o program -pthread
./program
