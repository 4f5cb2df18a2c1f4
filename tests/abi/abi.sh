#!/bin/sh
# Checks the binary interface of a built library.
#   abi.sh exports REPOSITORY SHARED_LIBRARY    exported == declared == version script
#   abi.sh layout REPOSITORY                    everything public is pinned, nothing has holes
#   abi.sh tails REPOSITORY COMPILER            nor padding at its end, on 32 bits either
#   abi.sh imports REPOSITORY STATIC_LIBRARY    only what imports.txt allows
#   abi.sh data STATIC_LIBRARY                  no writable data
# NM and OBJDUMP name the tools. Prints what is wrong; exit 1 if anything is.
set -eu
export LC_ALL=C
: "${NM:=nm}" "${OBJDUMP:=objdump}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The public headers as one text without comments. mpi.h and runner.h are none of the library's
# interface: they declare nothing that the library exports.
headers() {
    find "$1/include/dirichlet" -name '*.h' ! -name mpi.h ! -name runner.h | sort | xargs cat | awk '
        { text = text $0 "\n" }
        END {
            while ((start = index(text, "/*")) > 0) {
                rest = substr(text, start + 2)
                text = substr(text, 1, start - 1) " " substr(rest, index(rest, "*/") + 2)
            }
            printf "%s", text
        }'
}

same() { # what, file, file
    if ! diff "$2" "$3" >"$work/diff"; then
        echo "$1:"
        cat "$work/diff"
        exit 1
    fi
}

exports() {
    # A name directly before a parenthesis is a function; a callback type has its
    # name inside one.
    headers "$1" | grep -o 'dirichlet_[a-z0-9_]* *(' | tr -d ' (' | sort >"$work/declared"
    [ -s "$work/declared" ]
    [ "$(uniq -d "$work/declared")" = "" ] || { echo "declared twice"; exit 1; }
    headers "$1" | tr '\n' ' ' | grep -o 'DIRICHLET_API [^;(]*(' |
        grep -o 'dirichlet_[a-z0-9_]*(' | tr -d '(' | sort >"$work/marked"
    same "declared (<) but not marked DIRICHLET_API (>)" "$work/declared" "$work/marked"

    {
        echo 'DIRICHLET_0.2 {'
        echo 'global:'
        sed 's/.*/    &;/' "$work/declared"
        printf 'local:\n    *;\n};\n'
    } >"$work/map"
    same "cmake/dirichlet.map is not what the headers declare (>)" \
        "$1/cmake/dirichlet.map" "$work/map"

    "$NM" -D --defined-only "$2" | awk '$2 != "A" { print $3 }' | sort >"$work/exported"
    sed 's/$/@@DIRICHLET_0.2/' "$work/declared" >"$work/expected"
    same "exported (<) and declared (>)" "$work/exported" "$work/expected"
    echo "$(wc -l <"$work/declared") functions exported, declared and in the version script"
}

layout() {
    {
        headers "$1" | sed -n 's/^#define \(DIRICHLET_[A-Z0-9_]*\)[[:space:]][[:space:]]*[^[:space:]].*/CONSTANT(\1,/p' |
            grep -v -e 'CONSTANT(DIRICHLET_API,' -e 'CONSTANT(DIRICHLET_CALL,' \
                -e 'CONSTANT(DIRICHLET_VERSION' -e '_SIZE_0_[0-9]*,'
        headers "$1" | awk '
            /^typedef struct [a-z0-9_]* \{/ {
                type = $3
                print "STRUCT(" type ","
                next
            }
            /^}/ { type = "" }
            type != "" && /;/ {
                if (match($0, /\((DIRICHLET_CALL )?\*[a-z0-9_]*\)/)) {
                    name = substr($0, RSTART, RLENGTH - 1)
                    sub(/.*\*/, "", name)
                } else {
                    sub(/;.*/, "")
                    sub(/\[.*/, "")
                    name = $NF
                    sub(/^\*/, "", name)
                }
                print "FIELD(" type ", " name ","
            }'
    } >"$work/public"
    [ "$(wc -l <"$work/public")" -gt 100 ]
    cat "$1"/tests/abi/constants.c "$1"/tests/abi/layout*.c >"$work/pinned"
    while read -r line; do
        grep -qF "$line" "$work/pinned" || echo "$line ...) is not pinned"
    done <"$work/public" >"$work/lacking"
    if [ -s "$work/lacking" ]; then
        cat "$work/lacking"
        exit 1
    fi
    holes "$work/pinned"
    sizes "$1"
    echo "$(wc -l <"$work/public") constants, structs and fields are pinned"
}

# A hole would hold what C leaves unspecified: the fields of a struct add up to its size.
holes() {
    awk -F '[(), ]+' '
        function judge() {
            if (type != "" && sum != size) {
                print type " has " size " bytes, its fields " sum
                bad = 1
            }
        }
        $1 == "STRUCT" && NF > 2 { judge(); type = $2; size = $3; sum = 0; structs++ }
        $1 == "FIELD" { sum += $5 }
        END { judge(); if (structs == 0) bad = 1; exit bad }' "$1"
}

# Every struct has a size of this release, which tails.c looks at.
sizes() {
    sed -n 's/^STRUCT(\([a-z0-9_]*\),.*/\1/p' "$work/pinned" >"$work/structs"
    while read -r type; do
        name=$(echo "$type" | tr '[:lower:]' '[:upper:]')_SIZE_0_2
        grep -q "^#define $name\\>" "$1/include/dirichlet/sizes.h" ||
            echo "sizes.h lacks $name"
        grep -q "\\<$name\\>" "$1/tests/abi/tails.c" || echo "tails.c lacks $name"
    done <"$work/structs" >"$work/lacking"
    if [ -s "$work/lacking" ]; then
        cat "$work/lacking"
        exit 1
    fi
}

tails() {
    "$2" -std=c11 -ffreestanding -I"$1/include" -fsyntax-only "$1/tests/abi/tails.c"
    # Only compilers for x86 know these flags.
    flags='-m32 -malign-double'
    echo 'int compiled;' >"$work/empty.c"
    # shellcheck disable=SC2086
    if "$2" -ffreestanding $flags -fsyntax-only "$work/empty.c" 2>"$work/error"; then
        "$2" -std=c11 -ffreestanding $flags -I"$1/include" -fsyntax-only "$1/tests/abi/tails.c"
        echo "no padding at the end of a struct, of 64 and of 32 bits"
    else
        echo "no padding at the end of a struct, of the width of this machine"
    fi
}

imports() {
    # Lines "object symbol" for what an object takes from elsewhere.
    "$NM" -A --undefined-only "$2" | sed 's/.*:\([^:]*\.o\): *[Uwv] /\1 /' >"$work/undefined"
    "$NM" --defined-only "$2" | awk 'NF == 3 { print $3 }' | sort -u >"$work/defined"
    [ -s "$work/undefined" ]
    grep -v '^#' "$1/tests/abi/imports.txt" | sort >"$work/allowed"
    awk -v defined="$work/defined" -v allowed="$work/allowed" '
        BEGIN {
            while ((getline line < defined) > 0) ours[line] = 1
            while ((getline line < allowed) > 0) {
                split(line, part, " ")
                if (part[2] == "") anywhere[part[1]] = 1
                else only[part[1] " " part[2]] = 1
            }
        }
        !($2 in ours) && !($2 in anywhere) && !(($2 " " $1) in only) {
            print $1 " must not import " $2
            bad = 1
        }
        END { exit bad }' "$work/undefined"
    echo "$(cut -d' ' -f2 "$work/undefined" | sort -u | wc -l) imported symbols, all allowed"
}

data() {
    # Constants with addresses in them are in .data.rel.ro: written by the dynamic
    # linker alone.
    "$OBJDUMP" -h "$1" | awk '
        /file format/ { object = $1 }
        $2 ~ /^\.(data|bss|tdata|tbss|init_array|fini_array|ctors|dtors)/ &&
            $2 !~ /^\.data\.rel\.ro/ && $3 !~ /^0+$/ {
            print object " has " $3 " bytes (hexadecimal) of " $2
            bad = 1
        }
        $2 == ".text" { objects++ }
        END { if (objects == 0) bad = 1; print objects " objects read"; exit bad }'
}

check=$1
shift
"$check" "$@"
