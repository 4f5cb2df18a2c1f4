#!/bin/sh
# ADOL-C 2.7.2: vec_jac reports a failure whenever it is told to reuse the last forward sweep.
#
# Expected: vec_jac(tag, m, n, repeat, x, u, z) with repeat = 1 after a call with repeat = 0 at the
#   same point multiplies another u from the left, without a new forward sweep, and returns 3 or
#   another number from 0 on.
# What happens: the product is right, and the return value is -1, which by the manual means that the
#   tape does not hold at this point.
# Why it matters: several products at one point are what repeat is for. Who checks the return code,
#   as the manual asks, throws right results away; who does not misses the tapes that do not hold.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q download libadolc2=2.7.2-6 libadolc-dev=2.7.2-6 >/dev/null
for package in *.deb; do dpkg -x "$package" root; done
libraries=$(dirname "$(find root -name 'libadolc.so.2' | head -n 1)")

cat >program.cpp <<'CPP'
#include <adolc/adouble.h>
#include <adolc/drivers/drivers.h>
#include <adolc/taping.h>
#include <cmath>
#include <cstdio>

int main()
{
    double x[2] = {0.3, 2}, y[2], z[2], u[2][2] = {{1, 0}, {0, 1}};
    adouble ax[2], ay[2];
    trace_on(1);
    for (int i = 0; i < 2; i++)
        ax[i] <<= x[i];
    ay[0] = ax[0] * ax[1];
    ay[1] = sin(ax[0]);
    for (int i = 0; i < 2; i++)
        ay[i] >>= y[i];
    trace_off();

    int codes[2];
    bool right = true;
    const double rows[2][2] = {{2, 0.3}, {std::cos(0.3), 0}};
    for (int repeat = 0; repeat < 2; repeat++) {
        codes[repeat] = vec_jac(1, 2, 2, repeat, x, u[repeat], z);
        std::printf("repeat %d: returned %d, row %g %g\n", repeat, codes[repeat], z[0], z[1]);
        for (int i = 0; i < 2; i++)
            right = right && std::fabs(z[i] - rows[repeat][i]) < 1e-15;
    }
    return right && codes[0] >= 0 && codes[1] == -1 ? 0 : 1;
}
CPP
g++ -std=c++17 -w -Iroot/usr/include program.cpp -o program -L"$libraries" -l:libadolc.so.2
echo "ADOL-C 2.7.2-6"
LD_LIBRARY_PATH=$libraries ./program
