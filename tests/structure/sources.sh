#!/bin/sh
# Checks what the sources may include, and how long files and functions may be.
#   sources.sh REPOSITORY
# Prints every violation; exit 1 if there is one.
set -eu
cd "$1"
export LC_ALL=C

# Folder of src/ and the folders its files may include from. The order of dependence
# is core < model < {check, estimator, dense, regularizer, random}.
allowed='core core
model core model
check core model check
estimator core model estimator
dense core model dense
regularizer core model regularizer
random core model random'

# The rooms of a part, each of which may include from itself and from those before it.
rooms='core arithmetic statistics vector interface lent blas matrix
check report slope subject items calls
estimator plan state record directions differences engine
dense activation plan network rows forward energy loss penalty spectral chain workspace tiles calls'

# What may be included with <>: nothing that touches files, time, threads or signals.
standard='float.h limits.h math.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdlib.h string.h'

violations=$(
    # Lines "file included", one for each #include.
    includes() {
        find "$@" -type f -name '*.[ch]' | sort | xargs awk '
            sub(/^[[:space:]]*#[[:space:]]*include[[:space:]]*/, "") && /^["<]/ {
                end = index(substr($0, 2), substr($0, 1, 1) == "<" ? ">" : "\"")
                if (end > 0)
                    print FILENAME, substr($0, 1, end + 1)
            }'
    }

    # The headers of C++ need the standard library, whose headers have no suffix, and no more.
    find include -type f -name '*.hpp' | sort | while read -r file; do
        sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*\(["<][^">]*[">]\).*/\1/p' "$file" |
            grep -v -e '^"dirichlet/' -e '^<[a-z_]*>$' |
            sed "s|^|$file: a public header must not include |"
    done

    includes src | awk -v allowed="$allowed" -v rooms="$rooms" -v standard="$standard" '
        BEGIN {
            for (i = split(allowed, lines, "\n"); i > 0; i--) {
                count = split(lines[i], word, " ")
                known[word[1]] = 1
                for (j = 2; j <= count; j++)
                    below[word[1], word[j]] = 1
            }
            for (i = split(rooms, lines, "\n"); i > 0; i--) {
                count = split(lines[i], word, " ")
                divided[word[1]] = 1
                for (j = 2; j <= count; j++)
                    place[word[1], word[j]] = j
            }
            only["<cblas.h>"] = "src/core/blas/blas_cblas.c"
            only["<link.h>"] = "src/core/blas/loaded_object.c"
            only["<stdio.h>"] = "src/core/interface/message.c"
            only["<immintrin.h>"] = "src/core/statistics/philox.c"
            only["<errno.h>"] = only["<fenv.h>"] = "src/core/interface/environment"
        }
        {
            split($1, file, "/")
            part = file[2]
            room = file[3]
            name = substr($2, 2, length($2) - 2)
            split(name, from, "/")
        }
        !known[part] { print $1 ": the folder " part " has no place in the dependency order"; next }
        divided[part] && !place[part, room] { print $1 ": " part " has no room " room; next }
        /"dirichlet\// { next }
        $2 ~ /^".*\// {
            if (!below[part, from[1]])
                print $1 ": " part " must not include " $2
            else if (from[1] == part && divided[part] &&
                     !(place[part, from[2]] && place[part, from[2]] <= place[part, room]))
                print $1 ": the room " room " must not include " $2
            next
        }
        $2 in only {
            if (index($1, only[$2]) != 1)
                print $1 ": only " only[$2] " includes " $2
            next
        }
        from[1] == "Random123" { if (part != "core") print $1 ": only core names Random123"; next }
        $2 !~ /^</ || index(" " standard " ", " " name " ") == 0 { print $1 ": includes " $2 }'

    includes include | while read -r file name; do
        case "$file $name" in
        # In no other header, and none of the library's code.
        'include/dirichlet/mpi.h <'* | 'include/dirichlet/runner.h <'*) continue ;;
        *' "dirichlet/mpi.h"') echo "$file: a program includes mpi.h itself, if it uses MPI" ;;
        *' "dirichlet/runner.h"') echo "$file: a program includes runner.h itself, if it wants threads" ;;
        esac
        case $name in
        '"dirichlet/'* | '<stddef.h>' | '<stdint.h>') ;;
        *) echo "$file: a public header must not include $name" ;;
        esac
    done

    includes examples | while read -r file name; do
        case $name in
        '"core/'* | '"model/'* | '"check/'* | '"estimator/'* | '"dense/'* | '"regularizer/'* | '"random/'*)
            echo "$file: an example must not look inside the library ($name)" ;;
        esac
    done

    grep -l 'cblas_' -r src --include='*.[ch]' | grep -v '^src/core/blas/blas_cblas\.c$' |
        sed 's/$/: only core\/blas_cblas.c calls CBLAS/'

    find src -name '*.c' | sed 's/^src.//' | while read -r file; do
        grep -qwF "$file" src/CMakeLists.txt || echo "src/$file: not in src/CMakeLists.txt"
    done

    find src include tests examples -type f \( -name '*.[ch]' -o -name '*.[ch]pp' \) | sort | while read -r file; do
        awk -v file="$file" '
            /^{/ { start = NR }
            /^}/ && start {
                if (NR - start - 1 > 60 && file ~ /^src\//)
                    print file ":" start ": a function of " NR - start - 1 " lines (at most 60)"
                start = 0
            }
            END { if (NR > 500) print file ": " NR " lines (at most 500)" }' "$file"
    done
)

if [ -n "$violations" ]; then
    printf '%s\n' "$violations"
    exit 1
fi
echo "$(find src -name '*.[ch]' | wc -l) files of src/ keep to the structure"
