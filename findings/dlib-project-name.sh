#!/bin/sh
# dlib 19.24: find_package(dlib) finds nothing in a CMake project that is itself named dlib.
#
# Expected: the name of a project has nothing to do with the packages that it finds.
# What happens: the installed dlibConfig.cmake makes the target dlib::dlib only where the variable
#   dlib_BINARY_DIR is not set, by which it means to notice a build of dlib itself. project(dlib) sets
#   that variable, so the package is "found" without its target. The same lines in a project of
#   another name work.
# Why it matters: bindings and examples are often in a folder and a project named like the library.
#   The message is about a missing target and leads nowhere near the cause.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q download libdlib19.1=19.24+dfsg-1 libdlib-dev=19.24+dfsg-1 >/dev/null
for package in *.deb; do dpkg -x "$package" root; done
config=$(dirname "$(find "$work/root" -name dlibConfig.cmake)")
echo "dlib 19.24+dfsg-1, $(cmake --version | head -n 1)"

try() { # the status of configuring a project named $1
    mkdir -p "$1"
    printf '%s\n' 'cmake_minimum_required(VERSION 3.13)' "project($1 LANGUAGES CXX)" \
        'find_package(dlib REQUIRED)' 'if(NOT TARGET dlib::dlib)' \
        '  message(FATAL_ERROR "found, without its target")' 'endif()' >"$1/CMakeLists.txt"
    cmake -S "$1" -B "$1/build" -Ddlib_DIR="$config" >"$1/log" 2>&1
}

try other || { cat other/log; echo "a project of another name fails too"; exit 1; }
echo "project(other): configured"
if try dlib; then
    echo "project(dlib) works as well"
    exit 1
fi
echo "project(dlib):"
grep -A 3 'CMake Error' dlib/log
grep -q 'without its target' dlib/log
