#!/bin/sh
# Checks that the C++ headers call every function that the library exports: those of one
# precision through precision<Real>, whose names have no suffix.
#   complete.sh REPOSITORY
set -eu
cd "$1/include/dirichlet"
count=0
for function in $(sed -n 's/^    dirichlet_\(.*\);$/\1/p' "$1/cmake/dirichlet.map"); do
    case $function in
    *_f32 | *_f64)
        name=${function%_f??}
        grep -q "auto $name = dirichlet_${name}_##suffix;" cpp/precision.hpp &&
            grep -Eq "(C|precision<Real>)::$name\(" cpp/*.hpp
        ;;
    *) grep -q "dirichlet_$function(" dirichlet.hpp cpp/*.hpp ;;
    esac || {
        echo "the C++ headers do not call dirichlet_$function"
        exit 1
    }
    count=$((count + 1))
done
[ "$count" -gt 0 ]
echo "$count functions can be called from C++"
