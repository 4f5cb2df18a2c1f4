#!/bin/sh
# Builds the example with the wrapper compiler of an MPI and the installed library.
#   MPICC=mpicc.mpich build.sh PROGRAM
set -eu
here=$(dirname "$0")
common=$here/../common
# shellcheck disable=SC2046
"${MPICC:-mpicc}" -std=c11 -O2 -Wall -I"$common" "$here/mnist.c" "$here/shard.c" \
    "$common/file.c" "$common/gzip.c" "$common/idx.c" "$common/printable.c" "$common/problem.c" \
    $(pkg-config --cflags --libs dirichlet) -lz -lm -o "$1"
