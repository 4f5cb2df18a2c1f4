#!/bin/sh
# The first case gives the same value, to the last bit, with one lane and with two.
#   lanes.sh BENCH
set -eu

case=784-300-100-10
one=$("$1" --case $case --samples 256 --runs 1 --lanes 1 --json)
two=$("$1" --case $case --samples 256 --runs 1 --lanes 2 --json)
for lanes in 1 2; do
    json=$one
    [ $lanes = 1 ] || json=$two
    case $json in
    *"\"lanes\": $lanes, "*) ;;
    *)
        echo "$case: not $lanes lanes: $json"
        exit 1
        ;;
    esac
done
value_one=$(echo "$one" | sed -n 's/.*"geometric_complexity": \([0-9.e+-]*\), .*/\1/p')
value_two=$(echo "$two" | sed -n 's/.*"geometric_complexity": \([0-9.e+-]*\), .*/\1/p')
echo "$case: $value_one with one lane, $value_two with two"
if [ -z "$value_one" ] || [ "$value_one" != "$value_two" ]; then
    exit 1
fi
