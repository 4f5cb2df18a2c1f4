#!/bin/sh
# Compiles onnx.c with ONNX Runtime's library out of its Python package and the header of its C
# interface out of a Go module (the Python package has none), and compares what it prints, for files
# of any and of fixed batch size, with the energies of the same weights.
#   check.sh PREFIX PYTHON BUILD    the installed library, a Python with onnxruntime and onnx, a folder
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=$1 python=$2 build=$3
header=github.com/yalue/onnxruntime_go@v1.27.0
mkdir -p "$build"

cd "$build"
include=$(GOFLAGS=-mod=mod go mod download -json "$header" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
grep '#define ORT_API_VERSION' "$include/onnxruntime_c_api.h"
capi=$("$python" -c 'import onnxruntime, os; print(os.path.dirname(onnxruntime.__file__) + "/capi")')
library=$(echo "$capi"/libonnxruntime.so.*)
echo "$library"
ln -sf "$library" libonnxruntime.so.1
libraries=$(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --libs dirichlet)
# shellcheck disable=SC2086
${CC:-cc} -std=c11 -O2 -Wall -Wextra -Werror -I"$prefix/include" -isystem "$include" "$here/onnx.c" \
    -o onnx ./libonnxruntime.so.1 $libraries -lm -Wl,-rpath,"$PWD:$prefix/lib"

DIRICHLET_LIBRARY=$prefix/lib/libdirichlet.so \
    PYTHONPATH=$here/../bindings/python:$here/../../tests/python PYTHONDONTWRITEBYTECODE=1 \
    "$python" - <<'EOF'
import subprocess
import numpy as np
from test_onnx import B1, B2, W1, W2, network
from dirichlet import Dense

x = np.sin(1.0 + np.arange(64 * 8)).astype(np.float32).reshape(64, 8)
exact = Dense([(W1, B1, "tanh"), (W2, B2, "identity")]).energies(x.astype(np.float64)).mean()
for batch in ("samples", 1, 24):
    with open("network.onnx", "wb") as file:
        file.write(network(batch=batch))
    printed = subprocess.run(["./onnx", "network.onnx"], check=True, capture_output=True, text=True)
    error = abs(float(printed.stdout.split()[2]) / exact - 1)
    print(f"batch {batch}: {printed.stdout.strip()}, relative error {error:.1e}, at most 1e-04")
    assert error <= 1e-4
for dtype, reason in ((np.float64, "is not of float32"), (None, "usage")):
    if dtype:
        with open("network.onnx", "wb") as file:
            file.write(network(dtype))
    command = ["./onnx", "network.onnx"] if dtype else ["./onnx"]
    printed = subprocess.run(command, capture_output=True, text=True)
    assert printed.returncode == 1 and reason in printed.stderr, printed
EOF
