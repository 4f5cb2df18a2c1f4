#!/bin/sh
# Tests the crates against the installed library, and that the example `safetensors` prints what
# `measure` does.
#   check.sh WORK QUICKSTART MEASURE
# Everything that is written goes to WORK. The environment gives CC, and PKG_CONFIG_PATH and
# LD_LIBRARY_PATH for that library. Exit 77 where Rust is not installed.
set -eu
work=$1
quickstart=$2
measure=$3

if ! command -v cargo >/dev/null; then
    echo "skipped: cargo is not installed"
    exit 77
fi

mkdir -p "$work"
cd "$(dirname "$0")"
images=$(cd ../../data && pwd)/t10k-images-idx3-ubyte.gz
export CARGO_TARGET_DIR="$work/target"

fail() {
    echo "check: $1"
    exit 1
}

cargo --version
# The panic that a test means to see needs no trace.
RUST_BACKTRACE=0 cargo test --offline --locked
RUSTDOCFLAGS="-D warnings" cargo doc --quiet --offline --locked --no-deps
cargo run --quiet --offline --locked --release --package overhead
cargo build --quiet --offline --locked --release --examples
"$work/target/release/examples/training"

"$quickstart" --epochs 1 --output "$work/trained.safetensors" >"$work/quickstart.log"
gzip -dc "$images" >"$work/images"
"$measure" --json --method exact "$work/trained.safetensors" "$images" |
    sed -n 's/.*"geometric_complexity":[[:space:]]*\([^,]*\),.*/measure \1/p' >"$work/figures"
complexity() { # TARGET
    "$1/release/examples/safetensors" "$work/trained.safetensors" "$work/images" |
        sed -n 's/^geometric complexity */safetensors /p'
}
complexity "$work/target" >>"$work/figures"
cat "$work/figures"
# Both are float32: 2e-6 is promised for each.
awk '{ gc[$1] = $2 }
     END { error = gc["safetensors"] / gc["measure"] - 1
           exit !(gc["measure"] > 10 && error >= -2e-6 && error <= 2e-6) }' "$work/figures" ||
    fail "safetensors and measure disagree"

# The static library needs no LD_LIBRARY_PATH.
if [ -e "$(pkg-config --variable=libdir dirichlet)/libdirichlet.a" ]; then
    DIRICHLET_STATIC=1 CARGO_TARGET_DIR="$work/static" \
        cargo build --quiet --offline --locked --release --examples
    (
        unset LD_LIBRARY_PATH
        complexity "$work/static"
    ) >"$work/static.figure"
    sed 's/^/static /' "$work/static.figure"
    grep -qxF "$(cat "$work/static.figure")" "$work/figures" ||
        fail "the static library gives another value"
fi

# Bad files: one line, exit 2.
refuses() { # WEIGHTS IMAGES
    status=0
    "$work/target/release/examples/safetensors" "$@" >"$work/out" 2>"$work/message" || status=$?
    [ "$status" -eq 2 ] || fail "$*: exit status $status: $(cat "$work/message")"
    [ "$(wc -l <"$work/message")" -eq 1 ] || fail "$*: $(cat "$work/message")"
    grep -q '^safetensors: ' "$work/message" || fail "$*: $(cat "$work/message")"
}
for bytes in 0 7 8 100 2000 -1; do
    head -c "$bytes" "$work/trained.safetensors" >"$work/cut"
    refuses "$work/cut" "$work/images"
done
for bytes in 0 10 100 -1; do
    head -c "$bytes" "$work/images" >"$work/cut"
    refuses "$work/trained.safetensors" "$work/cut"
done
for change in 's/F32/F64/' 's/fc2.weight/fc2.waiter/' 's/\[128,784\]/[784,128]/' \
    's/\[128,128\]/[128,127]/' 's/\[128,128\]/[128,-28]/' 's/:\[0,401408\]/:[9,401408]/' \
    's/:\[0,401408\]/:[9,1401408]/' 's/:\[401408,401920\]/:[401920,401408]/' 's/{"dtype"/{ dtype"/'; do
    LC_ALL=C sed "1$change" "$work/trained.safetensors" >"$work/changed"
    ! cmp -s "$work/changed" "$work/trained.safetensors" || fail "$change changes nothing"
    refuses "$work/changed" "$work/images"
done
refuses "$work/none" "$work/images"
refuses

# The files of tests/cases: the right value, or refused.
cases=$(cd ../../../tests/cases && pwd)
: >"$work/cases"
for index in index.json made/index.json; do
    sed -n 's/^ *{"weights": "\([^"]*\)", "data": "\([^"]*\)", "options": "\([^"]*\)", "\(right\|refused\)": "*\([^,"}]*\).*/\1|\2|\3|\4|\5/p' \
        "$cases/$index" >>"$work/cases"
done
right=0 refused=0
while IFS='|' read -r weights data options kind expected; do
    [ -z "$options" ] || continue
    status=0
    "$work/target/release/examples/safetensors" "$cases/$weights" "$cases/$data" \
        >"$work/out" 2>"$work/message" || status=$?
    if [ "$status" -eq 2 ]; then
        refused=$((refused + 1))
        continue
    fi
    [ "$status" -eq 0 ] && [ "$kind" = right ] || fail "$weights $data: read, though $kind"
    sed -n 's/^geometric complexity *//p' "$work/out" |
        awk -v right="$expected" '{ e = $1 / right - 1; exit !(e >= -1e-5 && e <= 1e-5) }' ||
        fail "$weights $data: $(head -n 1 "$work/out") instead of $expected"
    right=$((right + 1))
done <"$work/cases"
echo "check: $right files of tests/cases read, $refused refused"
[ "$right" -ge 4 ] && [ "$refused" -ge 40 ] || fail "too few of tests/cases"
# A crate of its own.
mkdir -p "$work/consumer/src"
cp dirichlet/examples/training.rs "$work/consumer/src/main.rs"
cat >"$work/consumer/Cargo.toml" <<END
[package]
name = "consumer"
version = "0.0.0"
edition = "2021"

[dependencies]
dirichlet = { path = "$PWD/dirichlet" }

[workspace]
END
cargo run --quiet --offline --release --manifest-path "$work/consumer/Cargo.toml"
echo "check: all checks passed"
