#!/bin/sh
# fuzz.sh SEEDS FUZZER KIND SECONDS: a fresh corpus, then so long a run of the fuzzer.
set -eu
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
"$1" "$corpus"
"$2" -max_total_time="$4" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$corpus/" "$corpus/$3" 2>&1 | tail -n 12
executed=$("$2" -runs=0 "$corpus/$3" 2>&1 | grep -c '^INFO: ' || true)
[ "$executed" -gt 0 ]
