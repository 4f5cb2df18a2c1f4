#!/bin/sh
# Tests examples/bindings/python with the installed library.
#   python.sh SOURCE
# The environment is that of cmake/DirichletInstalledTests.cmake, and may give DIRICHLET_PYTHON, an
# interpreter with numpy, for one that has PyTorch, JAX or ONNX Runtime too, and DIRICHLET_FRAMEWORKS,
# the names of packages that must be there. Exit 77 where there is no interpreter.
set -eu
source=$1

python=
for candidate in ${DIRICHLET_PYTHON:-python3 /usr/bin/python3}; do
    if "$candidate" -c 'import numpy' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "skipped: no Python with numpy (package python3-numpy)"
    exit 77
fi

DIRICHLET_LIBRARY=$LD_LIBRARY_PATH/libdirichlet.so
PYTHONPATH=$source/examples/bindings/python
PYTHONDONTWRITEBYTECODE=1
export DIRICHLET_LIBRARY PYTHONPATH PYTHONDONTWRITEBYTECODE

"$python" -c 'import sys, numpy; print("Python", sys.version.split()[0], "numpy", numpy.__version__)'
"$python" "$source/examples/bindings/python/example.py"
cd "$source/tests/python"
"$python" -W error::RuntimeWarning -m unittest -v \
    test_measure test_rows test_batches test_errors test_dense test_penalties test_library test_trained \
    test_threads test_check test_torch test_torch_made test_jax test_onnx test_convert 2>&1
