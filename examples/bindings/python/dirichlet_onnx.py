"""A network in a file of ONNX, run by ONNX Runtime, as a model of dirichlet.py: forward alone."""

import math

import dirichlet_check
import numpy as np
import onnxruntime
from dirichlet_check import examples, settle

from dirichlet import NOISE, Model

_TYPES = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(float16)": np.float16}
# Operators that round their inputs to integers; one scale for all rows where it is dynamic.
_ROUNDING = {"QuantizeLinear", "DynamicQuantizeLinear", "MatMulInteger", "ConvInteger"}
_DYNAMIC = {"DynamicQuantizeLinear", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM"}


def onnx_model(
    file, *, inputs=None, output=None, session=None, data=None, check=True, **options
):
    """The network of `file` with the options of Model. ONNX has no derivatives: measured by
    differences.

    inputs   the shape of one sample, if the file leaves a dimension open
    output   which output, if there are several
    session  an InferenceSession of yours for that file, with threads and providers to your liking
    data     samples (n, ...) at which a check looks whether forward keeps its contract, or None: at
             rows that are made up; check=False: not at all

    A file of a fixed batch size is always given just as many rows. The noise of half precision and
    of integers is taken from the types in the file, and dynamic quantization, whose scales are those
    of a whole batch, gets one sample at a time; to look into the file needs the package onnx."""
    session = session or onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    if len(session.get_inputs()) != 1:
        names = ", ".join(entry.name for entry in session.get_inputs())
        raise ValueError(f"the file has the inputs {names}, expected one")
    entry, result = session.get_inputs()[0], _output(session, output)
    for place in (entry, result):
        if place.type not in _TYPES:
            raise TypeError(f"{place.name} is a {place.type}, expected one of {', '.join(_TYPES)}")
    taken, kinds = _TYPES[entry.type], {_TYPES[entry.type], _TYPES[result.type]}
    shape = _sample(entry, inputs)
    batch = entry.shape[0] if isinstance(entry.shape[0], int) else 0

    def forward(x):
        x = x.reshape(-1, *shape).astype(taken, copy=False)
        return session.run([result.name], {entry.name: x})[0].reshape(len(x), -1)

    half, integers, dynamic = _inside(file)
    if half or np.float16 in kinds:
        options.setdefault("forward_noise", NOISE["int8" if integers else half or "float16"])
    elif integers:
        options.setdefault("forward_noise", NOISE["int8"])
    if batch:
        options.setdefault("batch", batch)
    elif dynamic:
        options.setdefault("max_samples", 1)
    dtype = np.float64 if taken is np.float64 else np.float32
    outputs = forward(np.zeros((batch or 1, math.prod(shape)), dtype)).shape[1]
    model = Model(math.prod(shape), outputs, forward=forward, dtype=dtype, **options)
    if check and settle(model, examples(data, model.inputs, model.dtype), data is None):
        model.first = dirichlet_check.check
    return model


def _output(session, name):
    places = {entry.name: entry for entry in session.get_outputs()}
    if name is None and len(places) > 1:
        raise ValueError(f"the file has the outputs {', '.join(places)}: say which, output=NAME")
    if name is not None and name not in places:
        raise ValueError(f"output is {name!r}, expected one of {', '.join(places)}")
    return places[name] if name else next(iter(places.values()))


def _sample(entry, inputs):
    """The shape of one sample: what the file says, and `inputs` where it leaves that open."""
    if len(entry.shape) < 2:
        raise ValueError(f"{entry.name} has the shape {entry.shape}, expected a batch of samples")
    stated = entry.shape[1:]
    if inputs is None and not all(isinstance(size, int) for size in stated):
        raise ValueError(f"samples of {entry.name} have the shape {stated}: say it, inputs=SHAPE")
    shape = tuple(stated) if inputs is None else tuple(np.atleast_1d(inputs).tolist())
    fits = len(shape) == len(stated) and all(
        said == size for said, size in zip(stated, shape) if isinstance(said, int)
    )
    if not fits:
        raise ValueError(f"inputs is {inputs}, but the file says {stated}")
    return shape


def _inside(file):
    """The half type that the file computes in, if any; whether it rounds to integers; and whether
    with scales of a whole batch. Unknown, and so no, without the package onnx."""
    try:
        import onnx
    except ImportError:
        return None, False, False
    if isinstance(file, bytes):
        graph = onnx.load_from_string(file).graph
    else:
        graph = onnx.load(file, load_external_data=False).graph
    names = {onnx.TensorProto.FLOAT16: "float16", onnx.TensorProto.BFLOAT16: "bfloat16"}
    types = {tensor.data_type for tensor in graph.initializer}
    types |= {value.type.tensor_type.elem_type for value in (*graph.input, *graph.output)}
    casts = (node for node in graph.node if node.op_type in ("Cast", "CastLike"))
    types |= {a.i for node in casts for a in node.attribute if a.name == "to"}
    half = max((names[t] for t in types if t in names), key=NOISE.get, default=None)
    ops = {node.op_type for node in graph.node}
    rounding = ops & (_ROUNDING | _DYNAMIC) or {op for op in ops if op.startswith("QLinear")}
    return half, bool(rounding), bool(ops & _DYNAMIC)
