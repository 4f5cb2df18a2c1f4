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
        -DCONSUMER_HEADER="$here/consumer_header.cpp" "$@"
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
        built "$work/$kind" consumer_c consumer_cxx consumer_header
    done
    for version in 0.2 1.0 0.0.9 0.1.99; do
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
    if pkg-config --atleast-version=0.2 dirichlet; then
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
