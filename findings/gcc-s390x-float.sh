#!/bin/sh
# gcc 12 for s390x: -std=c11 computes float expressions in double, -std=gnu11 in float.
#
# Expected: on machines with float instructions FLT_EVAL_METHOD is 0 whatever the dialect, as gcc has
#   it on x86-64, arm64, ppc64le and riscv64.
# What happens: with -std=c11 it is 1 on s390x: a product and a sum of floats are made in double and
#   rounded once, so that the same source gives other bits than anywhere else, and other bits than
#   with -std=gnu11 on the same machine.
# Why it matters: "the same bits on every IEEE machine" is tested on little-endian machines, where it
#   holds. Error-free transformations of floats (two-sum, two-product) are not those of their proofs.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q download cpp-12-s390x-linux-gnu=12.2.0-14cross1 >/dev/null
dpkg -x cpp-12-s390x-linux-gnu*.deb root
compiler=$(find "$PWD/root" -name cc1)
echo 'float f(float a, float b, float c) { return a * b + c; }' >f.c

echo "gcc 12.2.0-14cross1 for s390x"
for dialect in c11 gnu11; do
    method=$(echo | "$compiler" -quiet -E -dM -std=$dialect - | awk '/__FLT_EVAL_METHOD__ / { print $3 }')
    "$compiler" -quiet -O2 -ffp-contract=off -std=$dialect f.c -o $dialect.s
    widened=$(grep -c -w ldebr $dialect.s || true)
    echo "-std=$dialect: FLT_EVAL_METHOD $method, a * b + c widens $widened floats to double"
    echo "$method $widened" >$dialect
done
read -r method widened <c11
[ "$method" = 1 ] && [ "$widened" -gt 0 ]
read -r method widened <gnu11
[ "$method" = 0 ] && [ "$widened" = 0 ]
