"""A PyTorch module as a model of dirichlet.py."""

import contextlib
import functools
import math

import dirichlet_check
import numpy as np
import torch
from dirichlet_check import ModelError, examples, offer, settle
from torch.autograd import forward_ad

from dirichlet import NOISE, Model


def torch_model(module, inputs, data=None, *, derivatives=True, check=True, dtype=None, **options):
    """A PyTorch module, on its own device, whose samples have the shape `inputs` (int or tuple).
    While it is called it is in evaluation mode, without compiled parts and without autocast; its
    modes and gradients are left as they were.

    Both products are tried at once, at `data` (n, ...) if it is given, else at rows that are made up,
    and those that work are offered: many modules have no JVP. There, too, a check looks for what
    would give wrong numbers: randomness, samples that depend on each other, products that are not
    the derivative of forward. check=False leaves that out; derivatives=False offers neither product:
    differences alone, for quantized modules and those of half precision. dtype is that of the data,
    needed where there is no parameter to tell it; other options are Model's. With indexed=True the
    module is called with the indices of the samples as its second argument."""
    calls = _Calls(module, inputs, dtype)
    size, half = math.prod(calls.shape), _half(module)
    if half and derivatives:
        raise ModelError(
            f"the module has parts in {half}: {_ADVICE[half]}, or measure by {_OTHERWISE}"
        )
    options.setdefault("forward_noise", NOISE.get(half, 0.0) if half else 0.0)
    x = examples(data, size, calls.dtype)
    model = Model(size, 1, forward=calls.forward, dtype=calls.dtype, **options)
    with _unmoved(module):
        tried = x[: model.max_samples or None]
        model.outputs = model._call("forward", [tried], np.arange(len(tried))).shape[1]
        if derivatives:
            model.jvp, model.vjp, model.prepare = calls.jvp, calls.vjp, calls.prepare
            offer(model, x)
        later = check and settle(model, x, data is None)
    if derivatives or later:
        model.first = functools.partial(_first, module, derivatives, later)
    return model


_OTHERWISE = "differences, with derivatives=False"
_ADVICE = {
    "int8": "they have no derivatives. Measure the module before it is quantized",
    "float16": "its derivatives have 3 digits. Measure copy.deepcopy(module).float()",
    "bfloat16": "its derivatives have 2 digits. Measure copy.deepcopy(module).float()",
}


def _first(module, derivatives, later, model, x):
    with _unmoved(module):
        if derivatives:
            offer(model, x)
        if later:
            dirichlet_check.check(model, x)


@contextlib.contextmanager
def _unmoved(module):
    """A ModelError if buffers of the module were written meanwhile; they are then as before."""
    before = [
        (part, name, tensor, tensor.clone())
        for part in module.modules()
        for name, tensor in part.named_buffers(recurse=False)
        if not torch.nn.parameter.is_lazy(tensor)
    ]
    try:
        yield
    finally:
        moved = []
        for part, name, tensor, copy in before:
            if not _same(getattr(part, name, None), copy):
                moved.append(f"{name} of a {type(part).__name__}")
                tensor.data = copy
                setattr(part, name, tensor)
        if moved:
            raise ModelError(
                f"the module changes while it is called: {', '.join(moved[:3])}. Observers of a "
                "quantization? module.apply(torch.ao.quantization.disable_observer) stops them"
            )


def _same(tensor, other):
    if tensor is None or tensor.shape != other.shape or tensor.dtype != other.dtype:
        return False
    return bool(((tensor == other) | ((tensor != tensor) & (other != other))).all())  # or both NaN


def _tensors(module):
    return [*module.parameters(), *module.buffers()]


def _half(module):
    """The coarsest type that the module computes in, if that is less than float32."""
    kinds = {str(t.dtype).replace("torch.", "") for t in _tensors(module)}
    quantized = [part for part in module.modules() if ".quantized" in type(part).__module__]
    if quantized:  # packed weights are no parameters
        half = any(getattr(part, "dtype", None) == torch.float16 for part in quantized)
        kinds.add("float16" if half else "int8")
    scripts = [part for part in module.modules() if isinstance(part, torch.jit.ScriptModule)]
    if any("quantized::" in str(part.inlined_graph) for part in scripts):
        kinds.add("int8")
    return max(kinds & set(NOISE), key=NOISE.get, default=None)


class _Calls:
    """The module as functions of numpy arrays."""

    def __init__(self, module, inputs, dtype):
        self.module, self.shape = module, tuple(np.atleast_1d(inputs).tolist())
        known = [t for t in _tensors(module) if t.is_floating_point()] or [torch.empty(0)]
        self.device = known[0].device
        exact = [t.dtype for t in known if t.dtype in (torch.float32, torch.float64)]
        self.inner = known[0].dtype  # what the module itself takes
        self.dtype = np.dtype(dtype or str((exact or [torch.float32])[0]).replace("torch.", ""))
        if dtype is not None and self.inner not in (torch.float16, torch.bfloat16):
            self.inner = getattr(torch, self.dtype.name)
        # cuDNN's recurrent layers have no backward pass in evaluation mode; others have.
        self.recurrent = any(isinstance(part, torch.nn.RNNBase) for part in module.modules())

    def tensor(self, array):
        return torch.from_numpy(array).to(self.device)

    @contextlib.contextmanager
    def called(self):
        """For the backward pass, too: autocast would round it."""
        precise = torch.autocast(self.device.type, enabled=False)
        with _evaluation(self.module), _eager(), precise:
            yield

    def apply(self, x, indices):
        """The module's outputs (n, k). It may write into its input, which is a copy."""
        x = x.reshape(-1, *self.shape).to(self.inner, copy=True)
        y = self.module(x, *map(self.tensor, indices))
        if not isinstance(y, torch.Tensor):
            raise ModelError(
                f"the module returns a {type(y).__name__}, expected a tensor: wrap it in a module "
                "that gives the part to be measured"
            )
        return y.reshape(len(x), -1)

    # `indices` and what stands before the graph of `told` is empty, or of a model that is indexed
    # the indices of the rows.

    def forward(self, x, *indices):
        with self.called(), torch.no_grad():
            y = self.apply(self.tensor(x), indices).cpu()
        # numpy has no bfloat16; float16 tells its noise itself.
        return (y.float() if y.dtype == torch.bfloat16 else y).numpy()

    def prepare(self, x, *indices):
        return _Graph(self, x, indices)

    def vjp(self, x, u, *told):
        graph, u = told[-1], self.tensor(u)
        with self.derived():
            x, y = graph.inputs, graph.outputs
            rows = [torch.autograd.grad(y, x, c, retain_graph=True)[0] for c in u.to(y).unbind(1)]
        return torch.stack(rows, 1).cpu().numpy()

    def jvp(self, x, v, *told):
        x, tangents = self.tensor(x), []
        with self.called(), torch.no_grad(), forward_ad.dual_level():
            for direction in self.tensor(v).unbind(1):
                y = self.apply(forward_ad.make_dual(x, direction.contiguous()), told[:-1])
                tangents.append(forward_ad.unpack_dual(_full(y)).tangent)
        if any(tangent is None for tangent in tangents):
            raise RuntimeError(
                "the outputs do not depend on the inputs by forward-mode derivatives"
            )
        return torch.stack(tangents, 1).cpu().numpy()

    @contextlib.contextmanager
    def derived(self):
        cudnn = torch.backends.cudnn.flags(enabled=False) if self.recurrent else _nothing()
        with self.called(), torch.enable_grad(), cudnn:
            yield


class _Graph:
    """Outputs of some rows by one forward pass, the first time that they are asked for: a backward
    pass for each direction, in however many calls they come."""

    def __init__(self, calls, x, indices):
        self.calls, self.indices = calls, indices
        self.inputs = calls.tensor(x).requires_grad_()

    @functools.cached_property
    def outputs(self):
        with self.calls.derived():
            return _full(self.calls.apply(self.inputs, self.indices))


def _full(y):
    if y.dtype not in (torch.float32, torch.float64):
        raise ModelError(
            f"the module gives {y.dtype}, whose derivatives have few digits: measure it in float32, "
            "or by differences, with derivatives=False"
        )
    return y


_nothing = contextlib.nullcontext


@contextlib.contextmanager
def _evaluation(module):
    """Evaluation mode, and then that of before. What torch.export and jit.freeze make knows no
    modes: it is let be."""
    modes = [(part, getattr(part, "training", False)) for part in module.modules()]
    with contextlib.suppress(NotImplementedError, AttributeError):
        module.eval()
    try:
        yield
    finally:
        for part, training in modes:
            if getattr(part, "training", training) != training:
                part.training = training


def _eager():
    """Compiled parts as they were written: compiled code has no forward mode, and a backward pass
    for a single use."""
    known = hasattr(torch, "compiler") and hasattr(torch.compiler, "set_stance")
    return torch.compiler.set_stance("force_eager") if known else _nothing()
