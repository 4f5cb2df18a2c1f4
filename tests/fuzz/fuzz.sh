#!/bin/sh
# fuzz.sh SEEDS FUZZER KIND SECONDS: a fresh corpus, then so long a run of the fuzzer.
# What it finds is printed, the input in base64.
set -eu
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
"$1" "$corpus"
mkdir "$corpus/found"
status=0
"$2" -max_total_time="$4" -max_len=16384 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$corpus/found/" "$corpus/$3" >"$corpus/log" 2>&1 || status=$?
tail -n 12 "$corpus/log"
executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$corpus/log")
if [ "$status" != 0 ] || [ -n "$(ls "$corpus/found")" ]; then
    cat "$corpus/log"
    for input in "$corpus/found"/*; do
        echo "$input"
        base64 "$input"
    done
    exit 1
fi
# A fuzzer that hardly ran has shown nothing.
[ "${executed:-0}" -ge 1000 ]
