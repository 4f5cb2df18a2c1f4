#!/bin/sh
# Every source refuses to be compiled where the compiler may change what numbers mean, however it
# is compiled.
#   refused.sh REPOSITORY COMPILER
set -eu
cd "$1"
compiler=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

refuses() { # flags
    find src -name '*.c' ! -name blas_cblas.c | while read -r file; do
        # shellcheck disable=SC2086
        if "$compiler" -std=c11 $1 -Iinclude -Isrc -E "$file" >/dev/null 2>"$work/text"; then
            echo "$file is compiled with $1"
        elif ! grep -q '#error.*libdirichlet' "$work/text"; then
            echo "$file with $1: $(cat "$work/text")"
        fi
    done >"$work/found"
    if [ -s "$work/found" ]; then
        cat "$work/found"
        exit 1
    fi
    echo "$1: refused"
}

refuses -ffast-math
refuses -Ofast
refuses -ffinite-math-only
# clang has no macros for the parts; a pragma switches them off.
if ! "$compiler" --version | grep -q clang; then
    refuses -funsafe-math-optimizations
    refuses -freciprocal-math
    refuses "-ffast-math -fno-finite-math-only"
    ! echo 'int main(void) { return 0; }' | "$compiler" -mfpmath=387 -E - >/dev/null 2>&1 ||
        refuses -mfpmath=387
fi
