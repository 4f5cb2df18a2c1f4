#!/bin/sh
# FANN 2.2.0: with a steepness other than 1, training follows wrong gradients of gaussian, sine and
# cosine neurons; 0.5 is what every new network has.
#
# Expected: a step of batch training changes a weight by rate * (target - output) * d output / d
#   weight, as it does for sigmoid, linear and Elliot neurons.
# What happens: with s the steepness and z the sum, the neuron computes a(s z), and keeps s z. Its
#   derivative multiplies by s once too often for gaussians (half of the gradient at 0.5), and is
#   taken at s times s z for sines and cosines (9 % too long and half in the example). At steepness 1
#   all are right.
# Why it matters: periodic and radial units are what is tried when sigmoids do not fit. The direction
#   of the step is wrong, not only its length, wherever such neurons are mixed with others.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q download libfann2=2.2.0+ds-8 libfann-dev=2.2.0+ds-8 >/dev/null
for package in *.deb; do dpkg -x "$package" root; done
libraries=$(dirname "$(find root -name libdoublefann.so.2)")

cat >program.c <<'C'
#include <doublefann.h>
#include <math.h>
#include <stdio.h>

/* The step that training takes by the step that differences of fann_run ask for. */
static double ratio(enum fann_activationfunc_enum hidden, double steepness)
{
    const double start[4] = {0.9, 0.4, 0.7, -0.2}, rate = 1.0 / 1024, h = 1e-5;
    double x = 0.6, target = 0.1, output[3];
    struct fann *net = fann_create_standard(3, 1, 1, 1);
    struct fann_train_data *data = fann_create_train(1, 1, 1);
    fann_set_training_algorithm(net, FANN_TRAIN_BATCH);
    fann_set_train_error_function(net, FANN_ERRORFUNC_LINEAR);
    fann_set_learning_rate(net, (float)rate);
    fann_set_activation_function_hidden(net, hidden);
    fann_set_activation_function_output(net, FANN_LINEAR);
    fann_set_activation_steepness_hidden(net, steepness);
    fann_set_activation_steepness_output(net, 1);
    for (int side = -1; side <= 1; side++) {
        for (int k = 0; k < 4; k++)
            net->weights[k] = start[k];
        net->weights[0] += side * h;
        output[side + 1] = fann_run(net, &x)[0];
    }
    net->weights[0] = start[0];
    data->input[0][0] = x;
    data->output[0][0] = target;
    fann_train_epoch(net, data);
    const double step = net->weights[0] - start[0];
    const double asked = rate * (target - output[1]) * (output[2] - output[0]) / (2 * h);
    fann_destroy_train(data);
    fann_destroy(net);
    printf("%-24s steepness %-4g step / right step = %.4f\n", FANN_ACTIVATIONFUNC_NAMES[hidden],
           steepness, step / asked);
    return step / asked;
}

int main(void)
{
    const enum fann_activationfunc_enum right[] = {FANN_SIGMOID, FANN_SIGMOID_SYMMETRIC,
                                                   FANN_LINEAR, FANN_ELLIOT};
    const enum fann_activationfunc_enum wrong[] = {FANN_GAUSSIAN, FANN_GAUSSIAN_SYMMETRIC,
                                                   FANN_SIN_SYMMETRIC, FANN_COS_SYMMETRIC, FANN_SIN,
                                                   FANN_COS};
    int as_known = 1;
    for (int i = 0; i < 4; i++)
        as_known = fabs(ratio(right[i], 0.5) - 1) < 1e-3 && as_known;
    for (int i = 0; i < 6; i++) {
        as_known = fabs(ratio(wrong[i], 0.5) - 1) > 0.02 && as_known;
        as_known = fabs(ratio(wrong[i], 1) - 1) < 1e-3 && as_known;
    }
    return as_known ? 0 : 1;
}
C
cc program.c -o program -Iroot/usr/include -L"$libraries" -l:libdoublefann.so.2 -lm
echo "FANN 2.2.0+ds-8"
LD_LIBRARY_PATH=$libraries ./program
