#!/bin/sh
# A trainer of examples/trainers with the installed library.
#   run.sh NAME HEADER FOLDER WORK     builds FOLDER in WORK/NAME, runs NAME, counts its glue
# HEADER is one of the trainer's: exit 77 where the compiler has none. The environment is that of
# cmake/DirichletInstalledTests.cmake.
set -eu
unset LD_LIBRARY_PATH # the programs are to find the library by themselves
limit=140             # lines of glue: what cannot be measured has to be refused by name

name=$1
header=$2
folder=$3
work=$4

if ! printf '#if !__has_include(<%s>)\n#error\n#endif\n' "$header" |
    "$CXX" -E -x c++ - >/dev/null 2>&1; then
    echo "skipped: $name is not installed (no $header)"
    exit 77
fi

rm -rf "${work:?}/$name"
export CC CXX CFLAGS='-Wall -Wextra' CXXFLAGS='-Wall -Wextra'
"$CMAKE" -S "$folder" -B "$work/$name" -G "$GENERATOR" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_PREFIX_PATH="$PREFIX"
"$CMAKE" --build "$work/$name"
"$work/$name/$name"

# Lines of code, neither blank nor all comment, between "-- glue --" and "-- end of glue --".
find "$folder" -name '*.[ch]' -o -name '*.[ch]pp' | xargs cat | awk -v limit=$limit '
    /-- end of glue --/ { inside = 0; parts++ }
    inside && NF && !/^ *(\/\/|\/\*|\* )/ { lines++ }
    /-- glue --/ { inside = 1 }
    END {
        print "glue: " lines + 0 " lines, at most " limit
        exit !(parts > 0 && !inside && lines > 0 && lines <= limit)
    }'
