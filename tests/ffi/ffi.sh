#!/bin/sh
# ffi.sh rust|go SOURCE_DIR BUILD_DIR WORK_DIR: install the library, then build and test the
# bindings against it, in copies outside the sources. 77 where the toolchain is absent.
set -eu
language=$1 source=$2 build=$3 work=$4

case $language in
rust) tool=cargo ;;
go) tool=go ;;
esac
command -v "$tool" >/dev/null || {
    echo "skipped: no $tool"
    exit 77
}

rm -rf "$work/prefix" "$work/$language"
mkdir -p "$work"
cmake --install "$build" --prefix "$work/prefix" >/dev/null
cp -R "$source/$language" "$work/$language"
pc=$(find "$work/prefix" -name dirichlet.pc)
PKG_CONFIG_PATH=$(dirname "$pc")
LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH")
export PKG_CONFIG_PATH LD_LIBRARY_PATH
cd "$work/$language"

case $language in
rust)
    export CARGO_TARGET_DIR="$work/cargo" RUST_BACKTRACE=0
    cargo test --offline --quiet -- --nocapture
    ;;
go)
    export GOPROXY=off GOFLAGS=-mod=mod GOCACHE="$work/go-cache"
    GODEBUG=cgocheck=1 go test -count=1 ./...
    go test -run '^$' -bench . ./...
    ;;
esac
