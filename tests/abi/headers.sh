#!/bin/sh
# Compiles every public header alone, twice included, under each standard.
#   headers.sh INCLUDE_DIRECTORY C_COMPILER CXX_COMPILER
set -eu
include=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags='-fsyntax-only -pedantic -Wall -Wextra -Wshadow -Wconversion -Werror'
count=0
for header in "$include"/dirichlet/*.h; do
    name=dirichlet/$(basename "$header")
    printf '#include "%s"\n#include "%s"\nint compiled;\n' "$name" "$name" >"$work/header.c"
    cp "$work/header.c" "$work/header.cpp"
    for standard in c99 c11 c17; do
        # shellcheck disable=SC2086
        "$2" -std=$standard $flags -Wstrict-prototypes -I"$include" "$work/header.c"
        count=$((count + 1))
    done
    for standard in c++98 c++11 c++17; do
        # shellcheck disable=SC2086
        "$3" -std=$standard $flags -I"$include" "$work/header.cpp"
        count=$((count + 1))
    done
done
for header in "$include"/dirichlet/*.hpp "$include"/dirichlet/cpp/*.hpp; do
    name=${header#"$include"/}
    printf '#include "%s"\n#include "%s"\nint compiled;\n' "$name" "$name" >"$work/header.cpp"
    for standard in c++17 c++20; do
        # shellcheck disable=SC2086
        "$3" -std=$standard $flags -I"$include" "$work/header.cpp"
        count=$((count + 1))
    done
done
[ "$count" -gt 0 ]
echo "$count compilations without a warning"
