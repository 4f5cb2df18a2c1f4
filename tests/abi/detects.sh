#!/bin/sh
# Checks that abi.sh finds what it is there for: a small library that is fine passes
# every check, and each fault planted into it is reported by the check meant for it.
#   detects.sh ABI_SH C_COMPILER AR
set -eu
checker=$1
cc=$2
ar=$3
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

fresh() {
    mkdir -p "$tree/include/dirichlet" "$tree/cmake" "$tree/tests/abi"
    cat >"$tree/include/dirichlet/a.h" <<'END'
#include <stdlib.h>
#define DIRICHLET_API __attribute__((visibility("default")))
#define DIRICHLET_CALL
#define DIRICHLET_ONE 1 /* not dirichlet_comment() */
typedef struct dirichlet_pair {
    long first;
    int(DIRICHLET_CALL *second)(int);
} dirichlet_pair;
DIRICHLET_API int dirichlet_get(const dirichlet_pair *pair);
DIRICHLET_API void *
dirichlet_take(size_t size);
END
    printf 'DIRICHLET_0.2 {\nglobal:\n    dirichlet_get;\n    dirichlet_take;\nlocal:\n    *;\n};\n' \
        >"$tree/cmake/dirichlet.map"
    printf 'malloc memory.c.o\n__tls_get_addr\n_GLOBAL_OFFSET_TABLE_\n' >"$tree/tests/abi/imports.txt"
    echo 'CONSTANT(DIRICHLET_ONE, 1);' >"$tree/tests/abi/constants.c"
    cat >"$tree/tests/abi/layout.c" <<'END'
STRUCT(dirichlet_pair, 16);
FIELD(dirichlet_pair, first, 0, 8);
FIELD(dirichlet_pair, second, 8, 8);
END
    cat >"$tree/include/dirichlet/sizes.h" <<'END'
#include "dirichlet/a.h"
#define DIRICHLET_PAIR_SIZE_0_2 16
END
    echo 'int pair = DIRICHLET_PAIR_SIZE_0_2;' >"$tree/tests/abi/tails.c"
    printf '#include "dirichlet/a.h"\nint dirichlet_get(const dirichlet_pair *pair) { return (int)pair->first; }\n' \
        >"$tree/get.c"
    printf '#include "dirichlet/a.h"\nvoid *dirichlet_take(size_t size) { return malloc(size); }\n' \
        >"$tree/memory.c"
}

# The checks that fail.
failing() {
    rm -f "$tree"/*.o "$tree"/*.a
    for unit in get memory; do
        "$cc" -O1 -fPIC -fno-stack-protector -fvisibility=hidden -I"$tree/include" \
            -c "$tree/$unit.c" -o "$tree/$unit.c.o"
    done
    "$cc" -shared -Wl,--version-script="$tree/cmake/dirichlet.map" "$tree"/*.o -o "$tree/lib.so"
    (cd "$tree" && "$ar" rcs lib.a get.c.o memory.c.o)
    sh "$checker" exports "$tree" "$tree/lib.so" >/dev/null || printf 'exports '
    sh "$checker" layout "$tree" >/dev/null || printf 'layout '
    sh "$checker" imports "$tree" "$tree/lib.a" >/dev/null || printf 'imports '
    sh "$checker" data "$tree/lib.a" >/dev/null || printf 'data '
}

count=0
expect() { # the checks that must fail, what was planted
    found=$(failing)
    if [ "$found" != "$1" ]; then
        echo "$2: failing checks are '$found', expected '$1'"
        exit 1
    fi
    count=$((count + 1))
    fresh
}

# The real tree pins more than 100 names; a lower count there is a fault of the reader.
sed 's/-gt 100/-gt 3/' "$checker" >"$tree/abi.sh"
checker=$tree/abi.sh

fresh
expect '' 'nothing'
echo 'DIRICHLET_API void dirichlet_more(void);' >>"$tree/include/dirichlet/a.h"
expect 'exports ' 'a function that is declared alone'
echo 'DIRICHLET_API void dirichlet_get2(void) {}' >>"$tree/get.c"
sed -i 's/    dirichlet_get;/&\n    dirichlet_get2;/' "$tree/cmake/dirichlet.map"
expect 'exports ' 'a function that is exported but not declared'
sed -i 's/    dirichlet_get;/    *;/' "$tree/cmake/dirichlet.map"
expect 'exports ' 'a version script that exports everything'
sed -i 's/DIRICHLET_API int/int/' "$tree/include/dirichlet/a.h"
expect 'exports ' 'a function without DIRICHLET_API'
echo '#define DIRICHLET_TWO 2' >>"$tree/include/dirichlet/a.h"
expect 'layout ' 'a constant that is not pinned'
sed -i 's/    long first;/&\n    const char *third;/' "$tree/include/dirichlet/a.h"
expect 'layout ' 'a field that is not pinned'
sed -i 's/long first/int first/' "$tree/include/dirichlet/a.h"
sed -i 's/first, 0, 8/first, 0, 4/' "$tree/tests/abi/layout.c"
expect 'layout ' 'a struct with a hole'
sed -i '/SIZE_0_2/d' "$tree/include/dirichlet/sizes.h"
expect 'layout ' 'a struct without the size of its release'
echo >"$tree/tests/abi/tails.c"
expect 'layout ' 'a struct whose end nobody looks at'
echo '#include <stdlib.h>' >>"$tree/get.c"
echo 'void g(void); void g(void) { abort(); }' >>"$tree/get.c"
expect 'imports ' 'an import that is not allowed'
echo 'void *g(void); void *g(void) { return malloc(3); }' >>"$tree/get.c"
expect 'imports ' 'an import that only another object may have'
echo 'int counter; int *g(void); int *g(void) { return &counter; }' >>"$tree/get.c"
expect 'data ' 'a variable'
echo 'int *g(void); int *g(void) { static _Thread_local int n = 3; return &n; }' >>"$tree/get.c"
expect 'data ' 'a thread-local variable'
echo "$((count - 1)) planted faults found"
