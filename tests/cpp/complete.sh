#!/bin/sh
# Checks that the C++ headers call every function that the library exports, those of one precision
# through precision<Real>, whose names have no suffix, and know every field of the structs that they
# have types of their own for.
#   complete.sh REPOSITORY
set -eu
cd "$1/include/dirichlet"
precisions=$(tr -s ' \\\n' ' ' <cpp/precision.hpp)
missing() {
    echo "the C++ headers do not $1"
    exit 1
}

count=0
for function in $(sed -n 's/^    dirichlet_\(.*\);$/\1/p' "$1/cmake/dirichlet.map"); do
    case $function in
    *_f32 | *_f64)
        name=${function%_f??}
        case $precisions in
        *"auto $name = dirichlet_${name}_##suffix;"*) ;;
        *) missing "name dirichlet_$function" ;;
        esac
        grep -Eq "(C|precision<Real>)::$name\(" cpp/*.hpp
        ;;
    *) grep -q "dirichlet_$function(" dirichlet.hpp cpp/*.hpp ;;
    esac || missing "call dirichlet_$function"
    count=$((count + 1))
done
[ "$count" -gt 0 ]

# Each field of a struct of C's headers, but those that are the library's or the wrapper's own, is
# set or told by a line of the C++ header.
#   fields HEADER STRUCT LINE FILE     FIELD in LINE stands for the field's name
told=0
fields() {
    names=$(sed -n "/^typedef struct $2 {/,/^} $2;/s/^    [a-z][^;]*[ *]\([a-z_]*\)[;[].*/\1/p" "$1")
    for field in $names; do
        case $field in
        struct_size | user | retain | release | message) continue ;;
        esac
        grep -q "$(echo "$3" | sed "s/FIELD/$field/")" "$4" || missing "know $field of $2"
        told=$((told + 1))
    done
    [ -n "$names" ] || missing "find $2 in $1"
}
fields model.h dirichlet_model_f64 'table\.FIELD = ' cpp/model.hpp
fields loss.h dirichlet_loss_f64 'table\.FIELD = ' cpp/model.hpp
fields batch.h dirichlet_batch_f64 'table\.FIELD = ' cpp/batch.hpp
fields status.h dirichlet_error 'FIELD() const noexcept' cpp/error.hpp
echo "$count functions can be called from C++, $told fields be set and read"
