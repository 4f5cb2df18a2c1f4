#!/bin/sh
# Embeds the library in projects with hostile flags: the bits are those of a project without any.
#   hosts.sh SOURCE WORK COMPILER
# SOURCE is the repository, WORK a folder for the builds.
set -eu
source=$(cd "$1" && pwd)
work=$2
compiler=$3
here=$source/tests/environment/host_project
export LC_ALL=C
mkdir -p "$work"

build() { # name, flags, options...
    name=$1
    flags=$2
    shift 2
    cmake -S "$here" -B "$work/$name" -G Ninja -DCMAKE_C_COMPILER="$compiler" \
        -DCMAKE_C_FLAGS="-O2 $flags" -DCMAKE_BUILD_TYPE= -DDIRICHLET_SOURCE="$source" \
        -DDIRICHLET_BLAS=none "$@" >"$work/$name.log" 2>&1 &&
        cmake --build "$work/$name" --target host dirichlet_shared >>"$work/$name.log" 2>&1 || {
        cat "$work/$name.log"
        echo "$compiler $flags: does not build"
        exit 1
    }
    "$work/$name/host" >"$work/$name.txt"
}

compare() { # name, flags, options...
    build "$@"
    if ! diff "$work/plain.txt" "$work/$1.txt" >"$work/diff.txt"; then
        head -n 4 "$work/diff.txt" | cut -c1-200
        echo "$compiler $1 ($2): other bits"
        exit 1
    fi
    "$compiler" -O2 "$here/loaded.c" -I"$source/include" -L"$work/$1/dirichlet/src" -ldirichlet \
        -Wl,-rpath,"$work/$1/dirichlet/src" -o "$work/$1/loaded"
    "$work/$1/loaded"
    echo "$compiler $1 ($2): the same bits"
}

build plain ""
[ "$(wc -l <"$work/plain.txt")" = 11 ]
compare fast "-ffast-math"
compare Ofast "-Ofast"
compare unsafe "-funsafe-math-optimizations"
compare parts "-ffinite-math-only -fno-signed-zeros -freciprocal-math -fassociative-math -fno-trapping-math"
compare lto "-ffast-math" -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON
compare unity "" -DCMAKE_UNITY_BUILD=ON
