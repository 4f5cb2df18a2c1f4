#!/bin/sh
# Tests a binding against the installed library.
#   ffi.sh rust|go SOURCE BUILD WORK
# Everything that is written goes to WORK. The environment gives CMAKE, CC and CONFIG.
# The tests of Rust take the programs QUICKSTART and MEASURE too.
# Exit 77 where the language's tools are absent.
set -eu
language=$1
source=$2
build=$3
work=$4

case $language in
rust) tool=cargo ;;
go) tool=go ;;
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

case $language in
rust)
    sh "$source/../../examples/integrations/rust/check.sh" "$work" "$QUICKSTART" "$MEASURE"
    ;;
go)
    cd "$source/go"
    export CGO_ENABLED=1 GOPROXY=off GOTOOLCHAIN=local GOWORK=off GOFLAGS=-mod=readonly
    export GOPATH="$work/path" GOCACHE="$work/cache"
    # Go does not see when a header outside of its module changes, but it sees this.
    headers=$(cat "$work"/prefix/include/dirichlet/*.h | cksum | cut -d' ' -f1)
    export CGO_CFLAGS="-O2 -DHEADERS=$headers"
    go vet ./...
    GODEBUG=cgocheck=1 go test -count=1 -v ./...
    ;;
esac
