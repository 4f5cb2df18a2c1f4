#!/bin/sh
# Checks what the sources may include, and how long files and functions may be.
#   sources.sh REPOSITORY
# Prints every violation; exit 1 if there is one.
set -eu
cd "$1"
export LC_ALL=C

# Folder of src/ and the folders its files may include from. The order of dependence
# is core < model < {estimator, dense, regularizer, random}.
allowed='core core
model core model
estimator core model estimator
dense core model dense
regularizer core model regularizer
random core model random'

# The rooms of a part, each of which may include from itself and from those before it.
rooms='core arithmetic statistics vector interface blas matrix
estimator plan state directions differences engine
dense activation plan network rows forward energy loss penalty spectral chain workspace calls'

# What may be included with <>: nothing that touches files, time, threads or signals.
standard='float.h limits.h math.h stdarg.h stdbool.h stddef.h stdint.h stdlib.h string.h'

violations=$(
    # Lines "file included", one for each #include.
    includes() {
        find "$@" -type f -name '*.[ch]' | sort | while read -r file; do
            sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*\(["<][^">]*[">]\).*/\1/p' \
                "$file" | while read -r name; do echo "$file $name"; done
        done
    }

    # The headers of C++ need the standard library, whose headers have no suffix, and no more.
    find include -type f -name '*.hpp' | sort | while read -r file; do
        sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*\(["<][^">]*[">]\).*/\1/p' "$file" |
            grep -v -e '^"dirichlet/' -e '^<[a-z_]*>$' |
            sed "s|^|$file: a public header must not include |"
    done

    includes src | while read -r file name; do
        folder=$(echo "$file" | cut -d/ -f2)
        permitted=$(echo "$allowed" | sed -n "s/^$folder //p")
        if [ -z "$permitted" ]; then
            echo "$file: the folder $folder has no place in the dependency order"
            continue
        fi
        case $name in
        '"dirichlet/'*) continue ;;
        '"'*/*)
            from=$(echo "$name" | cut -d'"' -f2 | cut -d/ -f1)
            case " $permitted " in
            *" $from "*) ;;
            *) echo "$file: $folder must not include $name" ;;
            esac
            order=$(echo "$rooms" | sed -n "s/^$from / /p")
            [ "$from" = "$folder" ] && [ -n "$order" ] || continue
            room=$(echo "$file" | cut -d/ -f3)
            other=$(echo "$name" | cut -d/ -f2)
            case "$order " in
            *" $room "*) ;;
            *) echo "$file: $folder has no room $room"; continue ;;
            esac
            case "${order%% "$room"*} $room " in # those before it, and itself
            *" $other "*) ;;
            *) echo "$file: the room $room must not include $name" ;;
            esac
            ;;
        '<cblas.h>')
            [ "$file" = src/core/blas/blas_cblas.c ] ||
                echo "$file: only core/blas/blas_cblas.c names CBLAS"
            ;;
        '<Random123/'*)
            [ "$folder" = core ] || echo "$file: only core names Random123"
            ;;
        '<errno.h>' | '<fenv.h>')
            case $file in
            src/core/interface/environment.[ch]) ;;
            *) echo "$file: only core/interface/environment.[ch] touches the caller's environment" ;;
            esac
            ;;
        '<link.h>')
            [ "$file" = src/core/blas/loaded_object.c ] ||
                echo "$file: only core/blas/loaded_object.c asks what is loaded"
            ;;
        '<stdio.h>')
            [ "$file" = src/core/interface/message.c ] ||
                echo "$file: only core/interface/message.c formats text"
            ;;
        *)
            header=$(echo "$name" | tr -d '<>"')
            case "$name $standard " in
            '<'*" $header "*) ;;
            *) echo "$file: includes $name" ;;
            esac
            ;;
        esac
    done

    includes include | while read -r file name; do
        case "$file $name" in
        'include/dirichlet/mpi.h <'*) continue ;; # in no other header, and none of the library's code
        *' "dirichlet/mpi.h"') echo "$file: a program includes mpi.h itself, if it uses MPI" ;;
        esac
        case $name in
        '"dirichlet/'* | '<stddef.h>' | '<stdint.h>') ;;
        *) echo "$file: a public header must not include $name" ;;
        esac
    done

    includes examples | while read -r file name; do
        case $name in
        '"core/'* | '"model/'* | '"estimator/'* | '"dense/'* | '"regularizer/'* | '"random/'*)
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
