#!/bin/sh
# FANN 2.2.0: linear neurons are not linear; they stop at 150 / steepness.
#
# Expected: FANN_LINEAR is y = s x without bounds, as its manual says ("span: -inf < y < inf").
# What happens: fann_run cuts the scaled sum of every neuron at +-150 / s before the activation: at
#   300 with the steepness 0.5 of a new network, at 150 with 1, at 15 with 10.
# Why it matters: a regression on targets beyond it (temperatures in kelvin, prices, pixels) learns a
#   constant for all of them, and the derivative by the inputs is 0 there.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q download libfann2=2.2.0+ds-8 libfann-dev=2.2.0+ds-8 >/dev/null
for package in *.deb; do dpkg -x "$package" root; done
libraries=$(dirname "$(find root -name libdoublefann.so.2)")

cat >program.c <<'C'
#include <doublefann.h>
#include <stdio.h>

int main(void)
{
    const double steepness[] = {0.5, 1, 10};
    int as_known = 1;
    for (int i = 0; i < 3; i++) {
        struct fann *net = fann_create_standard(2, 1, 1); /* one weight, one bias */
        fann_set_activation_function_output(net, FANN_LINEAR);
        fann_set_activation_steepness_output(net, steepness[i]);
        net->weights[0] = 1000;
        net->weights[1] = 0;
        double small = 0.01, large = 1;
        const double inside = fann_run(net, &small)[0], beyond = fann_run(net, &large)[0];
        printf("steepness %g: 1000 * 0.01 -> %g, 1000 * 1 -> %g\n", steepness[i], inside, beyond);
        as_known = as_known && beyond == 150 / steepness[i];
        as_known = as_known && (steepness[i] > 1 || inside == 10 * steepness[i]);
        fann_destroy(net);
    }
    return as_known ? 0 : 1;
}
C
cc program.c -o program -Iroot/usr/include -L"$libraries" -l:libdoublefann.so.2 -lm
echo "FANN 2.2.0+ds-8"
LD_LIBRARY_PATH=$libraries ./program
