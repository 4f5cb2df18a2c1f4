#!/bin/sh
# Builds mnist with the wrapper compiler of the MPI in use: MPICC=mpicc.mpich ./build.sh
set -eu
program=$PWD/mnist
cd "$(dirname "$0")"
common=../../common
# shellcheck disable=SC2046
"${MPICC:-mpicc}" -std=c11 -O2 -Wall -I$common mnist.c shard.c \
    $common/file.c $common/idx.c $common/problem.c \
    $(pkg-config --cflags --libs dirichlet) -lz -lm -o "$program"
