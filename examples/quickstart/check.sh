#!/bin/sh
# Checks the quickstart on the digits of the repository, with one epoch.
#   check.sh QUICKSTART DIRECTORY
set -eu
program=$1
directory="$2/it's a place"
rm -rf "$directory"
mkdir -p "$directory"
cd "$directory"

fail() {
    echo "quickstart: $1"
    exit 1
}

# Learning: the loss falls, the accuracy rises, and GC starts at 2 x 10 outputs in
# expectation (He initialization) and moves; every number passes only if it is one.
"$program" --epochs 1 --seed 7 >log || fail "exit status $?"
cat log
awk '$1 ~ /^[01]$/ && NF == 6 { loss[$1] = $2; accuracy[$1] = $3; gc[$1] = $5; error[$1] = $6 }
     END { exit !(loss[0] > 2 && loss[0] < 5 && loss[1] > 0 && loss[1] < 0.6 &&
                  accuracy[0] < 40 && accuracy[1] > 75 && accuracy[1] <= 100 &&
                  gc[0] > 14 && gc[0] < 28 && gc[1] > 40 && gc[1] < 300 &&
                  error[1] > 0 && error[1] < 0.1 * gc[1]) }' log ||
    fail "the table is not that of a network that learns"

# GC of the ten digits: some above that of all of them, some below.
awk '$1 == 1 && NF == 6 { gc = $5 }
     $1 == "GC" && NF == 11 { for (i = 2; i <= 11; i++) { above += $i > gc; below += $i > 0 && $i < gc } }
     END { exit !(above > 0 && below > 0 && above + below == 10) }' log ||
    fail "the digits are not around their mean"

# The saved weights, measured by `measure`, are the network of the last line.
awk '$1 == 1 && NF == 6 { gc = $5 }
     /^geometric complexity/ { measured = $3 }
     END { d = gc - measured; exit !(d > -0.006 && d < 0.006 && measured > 0) }' log ||
    fail "the table and measure disagree"

# The command line works as printed.
command=$(sed -n 's/^\$ //p' log)
sh -c "$command" >again || fail "the printed command fails"
sed '1,/^\$ /d' log | grep -v '^seconds' >before
grep -v '^seconds' again | cmp - before || fail "the printed command gives another result"

# Same seed, same weights; and a name that the shell and the options could mistake.
"$program" --epochs 1 --seed 7 --output "-o 'x'.safetensors" >log || fail "exit status $?"
cmp quickstart.safetensors "./-o 'x'.safetensors" || fail "the same seed gave other weights"
cp quickstart.safetensors one.safetensors
"$program" --epochs 1 --seed 7 --threads 3 >log || fail "exit status $?"
cmp quickstart.safetensors one.safetensors || fail "the weights depend on the threads"
"$program" --epochs 0 --seed 8 >log
cmp -s quickstart.safetensors "./-o 'x'.safetensors" && fail "the seed changes nothing"

# Bad input: one line, exit 2.
refuses() {
    status=0
    "$program" "$@" >out 2>message || status=$?
    [ "$status" -eq 2 ] || fail "$*: exit status $status"
    [ "$(wc -l <message)" -eq 1 ] || fail "$*: $(cat message)"
    grep -q '^quickstart: ' message || fail "$*: $(cat message)"
}
refuses --epochs -1
refuses --epochs
refuses --seed 1.5
refuses --learning-rate nan
refuses --momentum 1
refuses --threads 0
refuses --threads 257
refuses --unknown
refuses stray
refuses --data "$directory"
refuses --output "$directory/none/weights.safetensors"
[ ! -s out ] || fail "training began before --output was looked at"
refuses --output "$directory"
printf 'no IDX' >train-images-idx3-ubyte
refuses --data "$directory"
"$program" --help | grep -q -- --momentum || fail "--help"
echo "quickstart: all checks passed"
