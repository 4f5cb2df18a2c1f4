#!/bin/sh
# A program of examples/paper from outside: bad options, files, interruption, threads.
#   program.sh PROGRAM FOLDER
set -u
program=$1
name=$(basename "$program")
rm -rf "$2" && mkdir -p "$2" && cd "$2" || exit 1
failures=0

failed() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# Exit status 2 and one line, PROGRAM: ... EXPECTED ...
refuses() {
    expected=$1
    shift
    "$program" "$@" >out 2>error
    code=$?
    echo "$* -> $code, $(cat error)"
    [ $code = 2 ] && [ ! -s out ] && [ "$(wc -l <error)" = 1 ] &&
        grep -q "^$name: .*$expected" error || failed "$*"
}

refuses 'unknown option' --such
refuses 'unexpected argument' such
refuses 'missing' --quick --csv
refuses 'empty' --csv=
refuses 'not a whole number' --seed -1
refuses 'not a whole number' --seed 1x
refuses 'not a whole number' --seed 18446744073709551616
refuses 'not a whole number' --threads 0
refuses 'not a whole number' --threads 257
refuses 'one of the two' --quick --full
refuses 'no such file' --mnist .
refuses 'cannot be written' --csv no/such/folder
refuses 'cannot be written' --plot no/such/folder
(
    PATH=/no/such/folder
    exec "$program" --quick --plot figure
) 2>error
[ $? = 2 ] && grep -q 'gnuplot is not installed' error || failed "without gnuplot: $(cat error)"

"$program" --help | grep -q -e '--threads N' || failed --help

# The same seed gives the same numbers on any number of threads; another seed others.
"$program" --quick --seed 5 --threads 1 --csv one.csv >one || failed 'one thread'
"$program" --quick --seed 5 --threads 3 --csv three.csv >three || failed 'three threads'
plot=
command -v gnuplot >/dev/null && plot='--plot figure'
# shellcheck disable=SC2086
"$program" --quick --seed 6 --threads 3 --csv other.csv $plot >other 2>error || failed 'another seed'
[ ! -s error ] || failed "unexpected words: $(cat error)"
cmp one three && cmp one.csv three.csv || failed 'the numbers depend on the threads'
cmp -s one.csv other.csv && failed 'the numbers do not depend on the seed'
tail -n 1 one | tee verdict
grep -Eq "^verdict: (agrees|disagrees) $name [^ ]" verdict || failed 'the verdict'
head -n 2 one.csv

# Interrupted, it leaves the file that was there, and none besides. SIGTERM: a shell's background
# processes ignore SIGINT.
echo old >kept.csv
"$program" --full --csv kept.csv >out 2>error &
process=$!
sleep 0.5
kill -TERM $process
wait $process 2>/dev/null
code=$?
echo "interrupted: $code"
[ $code = 143 ] && [ "$(cat kept.csv)" = old ] || failed 'interrupted'
[ -z "$(find . -name '*.part*')" ] || failed 'parts of files are left'

if [ -n "$plot" ]; then
    head -c 8 figure.png | od -An -tx1 | grep -q '89 50 4e 47' || failed 'figure.png'
    grep -q '</svg>' figure.svg || failed 'figure.svg'
    iconv -f UTF-8 -t UTF-8 figure.svg >/dev/null || failed 'figure.svg: its bytes are no text'
    ls -l figure.svg figure.png
fi
echo "paper.program: $failures failures"
[ $failures = 0 ]
