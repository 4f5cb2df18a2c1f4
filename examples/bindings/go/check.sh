#!/bin/sh
# Tests the Go package and its programs against the installed library.
#   check.sh SOURCE DATA WORK
# Everything that is written goes to WORK. The environment gives PREFIX, and PKG_CONFIG_PATH and
# LD_LIBRARY_PATH for it. Exit 77 where Go is not installed.
set -eu
source=$1
data=$2
work=$3

if ! command -v go >/dev/null; then
    echo "skipped: go is not installed"
    exit 77
fi

mkdir -p "$work"
export CGO_ENABLED=1 GOPROXY=off GOTOOLCHAIN=local GOWORK=off GOFLAGS=-mod=readonly
export GOPATH="$work/path" GOCACHE="$work/cache"
# Go does not see when a header outside of its module changes, but it sees this.
headers=$(cat "$PREFIX"/include/dirichlet/*.h | cksum | cut -d' ' -f1)
export CGO_CFLAGS="-O2 -Wall -Werror -DHEADERS=$headers"
cd "$source"

# The strictest check of the pointers that C sees; Go 1.21 made it an experiment of the build.
strict() {
    case $(go env GOVERSION) in
    go1.19* | go1.20*) GODEBUG=cgocheck=2 "$@" ;;
    *) GOEXPERIMENT=cgocheck2 "$@" ;;
    esac
}

go version
go vet ./...
echo "== copies that vet has to find"
go vet ./testdata/copies 2>&1 | grep -c 'copies lock value' | tee "$work/copies"
test "$(cat "$work/copies")" = "$(grep -c ':=' testdata/copies/copies.go)"
echo "== tests"
go test -count=1 -v ./...
# Each builds Go's own packages once more, which takes a minute.
if [ -n "${DIRICHLET_GO_STRICT:-}" ]; then
    echo "== tests, every pointer checked"
    strict go test -count=1 ./...
    case $(go env GOARCH) in
    amd64 | arm64)
        echo "== tests, races detected"
        go test -count=1 -race ./...
        ;;
    esac
fi
echo "== benchmark"
go test -count=1 -run='^$' -bench=. .

echo "== mnist"
go run ./mnist "$data"

echo "== a module of its own"
rm -rf "$work/consumer"
mkdir -p "$work/consumer"
cp callbacks/main.go "$work/consumer"
cd "$work/consumer"
cat >go.mod <<END
module example.org/consumer

go 1.19

require dirichlet v0.0.0

replace dirichlet => $source
END
go build -o consumer .
./consumer | tee output
echo 'GC = 4.257901 +- 1.256249 (exact)' | diff - output
