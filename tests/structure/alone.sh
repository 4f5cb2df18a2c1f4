#!/bin/sh
# Checks that every file of src/ compiles by itself, for each of the types that it is written for:
# double, float, and float carried in double.
#   alone.sh REPOSITORY COMPILER RANDOM123_INCLUDE_DIRECTORY [CBLAS_INCLUDE_DIRECTORY]
# Without the last core/blas/blas_cblas.c is left out.
set -eu
cd "$1"
compiler=$2
random=$3
cblas=${4:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

flags="-std=c11 -fsyntax-only -Wall -Wextra -Werror -Wno-unused-function -Iinclude -Isrc"
flags="$flags -isystem $random"
f64='-include core/arithmetic/real_f64.h'
f32='-include core/arithmetic/real_f32.h'
narrow='-include dense/rows/carry_f32.h'
wide='-include dense/rows/carry_f64.h'

# Lines "file flags", the first of a file without any: as an editor reads it. A file that names a
# type itself is for this one.
cases() {
    find src -name '*.[ch]' ! -name blas_cblas.c | sort | while read -r file; do
        echo "$file"
        if grep -q '#include "core/arithmetic/real_f[36][24].h"' "$file"; then
            continue
        fi
        # shellcheck disable=SC2086 # a list of flags
        reached=$($compiler $flags -MM -x c "$file" | sed "s|$file||")
        case $reached in
        *dense/rows/carry*)
            grep -q '#include "dense/rows/carry_f64.h"' "$file" || echo "$file $f32 $narrow"
            echo "$file $f32 $wide"
            echo "$file $f64 $wide"
            ;;
        *core/arithmetic/real.h*)
            echo "$file $f32"
            echo "$file $f64"
            ;;
        esac
    done
    [ -z "$cblas" ] || echo "src/core/blas/blas_cblas.c -isystem $cblas -D_POSIX_C_SOURCE=200809L"
}

cases >"$work/cases"
# shellcheck disable=SC2016 # the inner shell's
xargs -P 2 -I LINE sh -c 'set -- LINE; file=$1; shift
    '"$compiler $flags"' "$@" -x c "$file" 2>&1 || echo "$file does not stand alone: $*"' \
    <"$work/cases" >"$work/faults"
if [ -s "$work/faults" ]; then
    cat "$work/faults"
    exit 1
fi
count=$(cut -d' ' -f1 "$work/cases" | sort -u | wc -l)
echo "$compiler: $count files alone, $(wc -l <"$work/cases") with their types"
