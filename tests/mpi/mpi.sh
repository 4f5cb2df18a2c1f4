#!/bin/sh
# Tests include/dirichlet/mpi.h against the installed library, with one implementation of MPI.
#   mpi.sh header|reduce|failures|example openmpi|mpich REPOSITORY WORK
# Everything that is written goes to WORK. The environment is that of
# cmake/DirichletInstalledTests.cmake. Exit 77 where that MPI is not installed.
set -eu
check=$1
mpi=$2
repository=$3
work=$4
here=$repository/tests/mpi

if ! command -v "mpicc.$mpi" >/dev/null || ! command -v "mpirun.$mpi" >/dev/null; then
    echo "skipped: mpicc.$mpi and mpirun.$mpi are not installed"
    exit 77
fi

rm -rf "$work"
mkdir -p "$work"

# What the wrapper compilers call; more ranks than cores, and root, for Open MPI.
export OMPI_CC="$CC" MPICH_CC="$CC" OMPI_CXX="$CXX" MPICH_CXX="$CXX"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1

# A rank that waits for ever ends here.
ranks() { # how many, program...
    number=$1
    shift
    timeout 120 "mpirun.$mpi" -n "$number" "$@"
}

# Without a warning in either language; MPI's own headers are not judged.
header() {
    flags='-fsyntax-only -O2 -pedantic -Wall -Wextra -Wshadow -Wconversion -Werror -Wno-long-long'
    flags="$flags -Wno-unused-command-line-argument"
    flags="$flags $("mpicc.$mpi" -show | tr ' ' '\n' | sed -n 's/^-I/-isystem /p' | tr '\n' ' ')"
    flags="$flags $(pkg-config --cflags dirichlet)"
    printf '#include <dirichlet/mpi.h>\n#include <dirichlet/mpi.h>\nint compiled;\n' \
        >"$work/header.c"
    cp "$work/header.c" "$work/header.cpp"
    count=0
    for standard in c99 c11 c17; do
        # shellcheck disable=SC2086
        "mpicc.$mpi" -std=$standard $flags -Wstrict-prototypes "$work/header.c"
        count=$((count + 1))
    done
    for standard in ${CXX:+c++98 c++11 c++17}; do
        # shellcheck disable=SC2086
        "mpicxx.$mpi" -std=$standard $flags "$work/header.cpp"
        count=$((count + 1))
    done
    echo "$count compilations without a warning"
}

# A program of this folder as C99 by every number of ranks, and as C++.
program() { # name
    # shellcheck disable=SC2046
    "mpicc.$mpi" -std=c99 -O2 -Wall -Wextra -pedantic -Werror "$here/$1.c" "$here/stream.c" \
        $(pkg-config --cflags --libs dirichlet) -lm -o "$work/$1"
    for number in 1 2 3 4 8; do
        ranks $number "$work/$1"
    done
    [ -n "$CXX" ] || return 0
    cp "$here/$1.c" "$work/$1.cpp"
    cp "$here/stream.c" "$work/stream.cpp"
    # shellcheck disable=SC2046
    "mpicxx.$mpi" -std=c++11 -O2 -Wall -Wextra -Werror \
        -DOMPI_SKIP_MPICXX -DMPICH_SKIP_MPICXX -I"$here" "$work/$1.cpp" "$work/stream.cpp" \
        $(pkg-config --cflags --libs dirichlet) -lm -o "$work/$1-cxx"
    echo "in C++:"
    ranks 3 "$work/$1-cxx"
}

reduce() { program reduce; }
failures() { program failures; }

# The lines that begin with GC are those of one rank, for any number of them. With 150 images,
# two batches, most of 8 ranks have none.
example() {
    example=$repository/examples/mpi
    images=$repository/examples/data/train-images-idx3-ubyte.gz
    lines=$(grep -c '[^[:space:]]' "$example/shard.c")
    echo "glue: $lines lines that are not blank (at most 50)"
    [ "$lines" -le 50 ]
    cd "$work"
    MPICC=mpicc.$mpi sh "$example/build.sh" mnist
    for samples in 1000 150; do
        for number in 1 2 3 4 8; do
            echo "$number ranks"
            ranks $number ./mnist "$images" $samples >output || { cat output; exit 1; }
            cat output
            grep '^GC' output >"$samples-$number"
            [ "$(grep -c 'the same bits' "$samples-$number")" = 2 ]
            diff "$samples-1" "$samples-$number"
        done
    done
    refused 'cannot be read' "$work"
    refused 'SAMPLES must be' "$images" 0
    refused 'SAMPLES must be' "$images" 10x
}

# The example ends on all ranks, and says why. mpirun may end before it has passed on what a rank
# wrote right before MPI_Abort (MPICH's does, now and then): the words may take several runs.
refused() { # why, arguments...
    why=$1
    shift
    for attempt in 1 2 3 4 5; do
        if ranks 2 ./mnist "$@" >output 2>&1; then
            echo "not refused: mnist $*"
            exit 1
        fi
        grep "$why" output && return
        echo "attempt $attempt: no reason was passed on"
    done
    cat output
    echo "not refused with \"$why\": mnist $*"
    exit 1
}

"$check"
