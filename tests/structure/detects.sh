#!/bin/sh
# Checks that sources.sh and figures.sh beside it find what they are there for: a tree that is fine
# passes, and each single violation planted into it is reported.
#   detects.sh SOURCES_SH
set -eu
checker=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

plant() { # file, text
    mkdir -p "$tree/$(dirname "$1")"
    printf '%s\n' "$2" >"$tree/$1"
}

fresh() {
    rm -rf "${tree:?}"/*
    mkdir -p "$tree/tests" "$tree/examples"
    plant src/CMakeLists.txt 'core/blas/blas_cblas.c core/statistics/counter.c core/blas/x.c
model/b.c model/x.c dense/rows/c.c dense/rows/x.c estimator/plan/x.c elsewhere/x.c'
    plant include/dirichlet/a.h '#include <stdint.h>'
    plant src/core/blas/blas_cblas.c '#include <cblas.h>'
    plant src/core/statistics/counter.c '#include <Random123/philox.h>'
    plant src/model/b.c '#include "core/a.h"
#include "model/b.h"
#include <math.h>'
    plant src/dense/rows/c.c '#include "model/b.h"
#include "dense/rows/c.h"
#include "dense/activation/c.h"
#include "dirichlet/a.h"'
}

fresh
sh "$checker" "$tree" || { echo "the good tree was refused"; exit 1; }

count=0
refuses() { # file, text
    fresh
    plant "$1" "$2"
    if sh "$checker" "$tree" >/dev/null; then
        echo "not found in $1: $2"
        exit 1
    fi
    count=$((count + 1))
}

refuses src/core/blas/x.c '#include "model/b.h"'
refuses src/model/x.c '#include "estimator/x.h"'
refuses src/model/x.h '#  include "dense/x.h"'
refuses src/dense/rows/x.c '#include "estimator/x.h"'
refuses src/estimator/plan/x.c '#include "dense/x.h"'
refuses src/check/report/x.h '#include "estimator/plan/x.h"'
refuses src/check/report/x.h '#include "check/items/x.h"'
refuses src/dense/rows/x.c '#include "c.h"'
refuses src/dense/rows/x.c '#include "dense/energy/c.h"'
refuses src/core/blas/x.c '#include "core/matrix/c.h"'
refuses src/dense/kitchen/x.c '#include "dense/rows/c.h"'
refuses src/dense/rows/x.c '#include <cblas.h>'
refuses src/dense/rows/x.c 'void f(void) { cblas_dgemm(); }'
refuses src/dense/rows/x.c '#include <Random123/philox.h>'
refuses src/dense/rows/x.c '#include <stdio.h>'
refuses src/dense/rows/x.c '#include <signal.h>'
refuses src/dense/rows/x.c '#include <fenv.h>'
refuses src/dense/rows/x.c '#include <errno.h>'
refuses src/dense/rows/x.c '#include <link.h>'
refuses src/core/statistics/x.c '#include <immintrin.h>'
refuses src/elsewhere/x.c '#include "core/a.h"'
refuses src/dense/rows/y.c '#include "core/a.h"'
refuses include/dirichlet/x.h '#include <stdio.h>'
refuses include/dirichlet/x.hpp '#include <boost/x.hpp>'
refuses include/dirichlet/x.hpp '#include <math.h>'
refuses include/dirichlet/cpp/x.hpp "$(yes ';' | head -n 501)"
refuses include/dirichlet/x.h '#include <mpi.h>'
refuses include/dirichlet/x.h '#include "dirichlet/mpi.h"'
refuses include/dirichlet/x.h '#include <pthread.h>'
refuses include/dirichlet/x.h '#include "dirichlet/runner.h"'
refuses examples/x.c '#include "core/arena.h"'
refuses src/core/blas/x.c "$(printf 'void f(void)\n{\n'; yes ';' | head -n 61; printf '}')"
refuses tests/x.c "$(yes ';' | head -n 501)"

figures=$(dirname "$checker")/figures.sh

small() { # a good tree with a function
    fresh
    plant src/model/b.c "$(printf 'void f(void)\n{\n;\n}')"
}

small
sh "$figures" "$tree" >/dev/null || { echo "the figures of the good tree were refused"; exit 1; }

rises() { # what
    if sh "$figures" "$tree" >/dev/null; then
        echo "not found: $1"
        exit 1
    fi
    count=$((count + 1))
    small
}

lines() { # how many
    yes ';' | head -n "$1"
}

functions() { # how many, of how many lines
    for i in $(seq "$1"); do
        printf 'void f%d(void)\n{\n' "$i"
        lines "$2"
        printf '}\n'
    done
}

plant src/model/x.c "$(functions 20 1; functions 1 29)"
rises 'a function of 29 lines'
plant src/model/x.c "$(lines 371)"
rises 'a file of 371 lines'
for i in $(seq 14); do
    plant "src/model/x$i.c" ';'
done
rises 'a folder of 15 files'
plant src/model/x.c "$(functions 3 7)"
rises 'a median of 7 lines'
plant src/model/x.c "$(functions 7 1; functions 2 17)"
rises '90 % of the functions of 17 lines'
fresh
rises 'no function at all'
echo "$count planted violations found"
