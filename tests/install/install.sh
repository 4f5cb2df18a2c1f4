#!/bin/sh
# Installs a build to a prefix, moves the prefix, and uses it as its consumers do.
#   install.sh CHECK SOURCE BUILD WORK
# CHECK is one of the functions below. The environment gives CMAKE, GENERATOR, CC, CXX,
# BLAS (DIRICHLET_BLAS of subprojects) and BUILD_TYPE.
set -eu
check=$1
source=$2
build=$3
work=$4/$check
here=$source/tests/install
export LC_ALL=C

rm -rf "$work"
mkdir -p "$work"

# The prefix is moved after the installation: nothing in it may know where it was.
install_to() { # prefix
    "$CMAKE" --install "$build" --config "$BUILD_TYPE" --prefix "$work/before" >"$work/install.log"
    [ -f "$work/before/include/dirichlet/dirichlet.h" ]
    if grep -rlI -e "$work/before" -e "$source" -e "$build" "$work/before"; then
        echo "the files above name the place they were installed from or to"
        exit 1
    fi
    mv "$work/before" "$1"
}

configure() { # project, build directory, options...
    project=$1
    directory=$2
    shift 2
    "$CMAKE" -S "$here/$project" -B "$directory" -G "$GENERATOR" \
        -DCMAKE_C_COMPILER="$CC" -DCMAKE_CXX_COMPILER="$CXX" -DCONSUMER="$here/consumer.c" \
        -DCONSUMER_HEADER="$here/consumer_header.cpp" -DCONSUMER_RUNNER="$here/consumer_runner.c" "$@"
}

built() { # build directory, program...
    directory=$1
    shift
    "$CMAKE" --build "$directory"
    for program in "$@"; do
        "$directory/$program"
    done
}

find_package() {
    install_to "$work/prefix"
    for kind in dirichlet shared static; do
        configure package "$work/$kind" -DKIND=$kind -DCMAKE_PREFIX_PATH="$work/prefix"
        built "$work/$kind" consumer_c consumer_cxx consumer_header consumer_runner_c \
            consumer_runner_cxx
    done
    for version in 0.1 0.3 1.0 0.0.9 0.2.99; do
        configure refused "$work/$version" -DVERSION=$version -DCMAKE_PREFIX_PATH="$work/prefix"
    done
    # A static library without a shared one serves as dirichlet::dirichlet.
    rm "$work"/prefix/lib*/libdirichlet.so* "$work"/prefix/lib*/cmake/dirichlet/dirichlet-shared-*
    configure package "$work/only" -DKIND=dirichlet -DCMAKE_PREFIX_PATH="$work/prefix"
    built "$work/only" consumer_c consumer_cxx
}

pkg_config() {
    install_to "$work/prefix"
    PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name dirichlet.pc)")
    export PKG_CONFIG_PATH
    pkg-config --exact-version="$(sed -n 's/^#define DIRICHLET_VERSION_[A-Z]* //p' \
        "$work/prefix/include/dirichlet/version.h" | paste -sd.)" dirichlet
    if pkg-config --atleast-version=0.3 dirichlet; then
        echo "pkg-config finds a version that is not there"
        exit 1
    fi
    cp "$here/consumer.c" "$work/consumer.cpp"
    # shellcheck disable=SC2046
    "$CC" "$here/consumer.c" $(pkg-config --cflags --libs dirichlet) -o "$work/shared_c"
    # shellcheck disable=SC2046
    "$CXX" "$work/consumer.cpp" $(pkg-config --cflags --libs dirichlet) -o "$work/shared_cxx"
    # shellcheck disable=SC2046
    "$CXX" -std=c++17 "$here/consumer_header.cpp" $(pkg-config --cflags --libs dirichlet) \
        -o "$work/shared_header"
    for program in shared_c shared_cxx shared_header; do
        LD_LIBRARY_PATH=$(pkg-config --variable=libdir dirichlet) "$work/$program"
    done
    cp "$here/consumer_runner.c" "$work/consumer_runner.cpp"
    for threads in -pthread '-pthread -fopenmp'; do
        # shellcheck disable=SC2046,SC2086
        "$CC" -std=c99 -pedantic-errors -Wall -Wextra -Werror $threads "$here/consumer_runner.c" \
            $(pkg-config --cflags --libs dirichlet) -o "$work/runner_c"
        # shellcheck disable=SC2046,SC2086
        "$CXX" -std=c++17 -pedantic-errors -Wall -Wextra -Werror $threads \
            "$work/consumer_runner.cpp" $(pkg-config --cflags --libs dirichlet) -o "$work/runner_cxx"
        for program in runner_c runner_cxx; do
            LD_LIBRARY_PATH=$(pkg-config --variable=libdir dirichlet) "$work/$program" >"$work/said"
            cat "$work/said"
            grep -q '^pool, 3 lanes' "$work/said"
            [ "$threads" = -pthread ] || grep -q '^OpenMP, 3 lanes' "$work/said"
        done
    done
    # The linker prefers the shared library, so take it away.
    rm "$work"/prefix/lib*/libdirichlet.so*
    # shellcheck disable=SC2046
    "$CC" "$here/consumer.c" $(pkg-config --static --cflags --libs dirichlet) -o "$work/static_c"
    "$work/static_c"
    # shellcheck disable=SC2046
    "$CXX" "$work/consumer.cpp" $(pkg-config --static --cflags --libs dirichlet) \
        -o "$work/static_cxx"
    "$work/static_cxx"
}

# The loader must stop the program before its first instruction, and say why.
refused_by_loader() { # directory of libraries, message
    if LD_LIBRARY_PATH=$1 "$work/program" >"$work/output" 2>"$work/complaint"; then
        echo "a program of version 0.1 runs with the libraries of $1:"
        cat "$work/output"
        exit 1
    fi
    cat "$work/complaint"
    if [ -s "$work/output" ] || ! grep -qF -e "$2" "$work/complaint"; then
        echo "not the loader's: $2"
        exit 1
    fi
}

# Of version 0.1 only what the loader looks at is made here: the name and the version node.
older_program() {
    install_to "$work/prefix"
    mkdir "$work/older" "$work/renamed"
    printf 'DIRICHLET_0.1 {\nglobal:\n    dirichlet_version;\nlocal:\n    *;\n};\n' >"$work/map"
    "$CC" -shared -fPIC -Wl,-soname,libdirichlet.so.0 "-Wl,--version-script=$work/map" \
        "$here/older_library.c" -o "$work/older/libdirichlet.so.0"
    "$CC" "$here/older_program.c" "$work/older/libdirichlet.so.0" -o "$work/program"
    LD_LIBRARY_PATH=$work/older "$work/program"
    library=$(find "$work/prefix" -name 'libdirichlet.so.*' -type f)
    refused_by_loader "$(dirname "$library")" "libdirichlet.so.0: cannot open shared object file"
    # Somebody helps himself with a link of the old name.
    ln -s "$library" "$work/renamed/libdirichlet.so.0"
    refused_by_loader "$work/renamed" "version \`DIRICHLET_0.1' not found"
}

subproject() { # how
    configure subproject "$work/build" -DHOW="$1" -DDIRICHLET_SOURCE="$source" \
        -DDIRICHLET_BLAS="$BLAS"
    built "$work/build" consumer_c consumer_static
    "$CMAKE" --install "$work/build" --prefix "$work/prefix"
    if find "$work/prefix" -name '*dirichlet*' | grep .; then
        echo "the subproject installs the files above"
        exit 1
    fi
}

add_subdirectory() { subproject add_subdirectory; }
fetch_content() { subproject FetchContent; }

"$check"
