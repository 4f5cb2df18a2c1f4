#!/bin/sh
# Tests a binding against the installed library.
#   ffi.sh rust SOURCE BUILD WORK
# Everything that is written goes to WORK. The environment gives CMAKE, CC and CONFIG.
# Exit 77 where the language's tools are absent.
set -eu
language=$1
source=$2
build=$3
work=$4

case $language in
rust) tool=cargo ;;
esac
if ! command -v "$tool" >/dev/null; then
    echo "skipped: $tool is not installed"
    exit 77
fi

mkdir -p "$work"
rm -rf "$work/prefix"
"$CMAKE" --install "$build" --config "$CONFIG" --prefix "$work/prefix" >"$work/install.log"
PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name dirichlet.pc)")
LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH")
export PKG_CONFIG_PATH LD_LIBRARY_PATH
cd "$source/$language"

case $language in
rust)
    export CARGO_TARGET_DIR="$work/target"
    # The panic that a test means to see needs no trace.
    RUST_BACKTRACE=0 cargo test --offline --locked
    cargo bench --offline --locked
    ;;
esac
