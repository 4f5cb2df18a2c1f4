"""Whether rows are independent and products are the derivatives of forward, tried on a few samples.

    check(model, x)                         # a ModelError names what is wrong
    Model(..., forward=f, vjp=g, first=check)  # the same once, with the first samples measured

Frameworks give products without a complaint where they have none: parts without a derivative count
as constants. u . J v = J^T u . v holds for those all the same; one difference of forward does not.
"""

import numpy as np

TRIALS = 8  # points at which products are compared, each with a direction of its own
COTANGENTS = 4
FACTOR = 4  # errors of differences are known up to about so much


class ModelError(ValueError):
    """A model that must not be measured as it is."""


def check(model, x):
    """Raise a ModelError unless `model` (with forward) can be measured at samples like x (n, d)."""
    x = np.asarray(x, model.dtype)
    x = x[np.isfinite(x.sum(1))][:TRIALS]  # of the others the library says which they are
    if model.forward is None or not len(x):
        return  # nothing to compare with
    with np.errstate(all="ignore"):
        points = _Points(model, x)
        _same_again(model, points)
        _rows_alone(model, points)
        _products(model, points)


def offer(model, x):
    """Leave out the products that fail at x; raise a ModelError if no product is left. What they
    raised is in model.failed, by name."""
    x = np.ascontiguousarray(np.asarray(x)[:2], model.dtype)
    model.failed = getattr(model, "failed", {})
    _forward(model, x)  # what fails here is not for lack of a derivative
    for name, width in (("jvp", model.inputs), ("vjp", model.outputs)):
        if getattr(model, name) is not None:
            try:
                _call(model, name, x, np.ones((len(x), 1, width), model.dtype))
            except ModelError:
                raise
            except Exception as error:
                model.failed[name] = error
                setattr(model, name, None)
                model.changes += 1
    if model.jvp is model.vjp is None:
        causes = "; ".join(f"{name}: {_line(error)}" for name, error in model.failed.items())
        error = next(iter(model.failed.values()), None)
        raise ModelError(
            f"there is no derivative ({causes}): measure by differences, with derivatives=False"
        ) from error


class _Points:
    """The samples, in turns, moved a little off the kinks that data like to lie on (zeros, ties)."""

    def __init__(self, model, x):
        random = np.random.default_rng(1)
        x = x[np.arange(TRIALS) % len(x)]
        size = np.sqrt(np.mean(x.astype(np.float64) ** 2, 1, keepdims=True))
        self.size = np.where(size > 0, size, 1)
        moved = (x + self.size / 8 * random.normal(size=x.shape)).astype(model.dtype)
        self.y = _forward(model, moved)
        if not np.isfinite(self.y).all():  # it has left where the function is defined
            moved, self.y = x, _forward(model, x)
        self.x, self.eps = moved, float(np.finfo(model.dtype).eps)
        self.directions = random.normal(size=x.shape).astype(model.dtype)
        self.cotangents = random.normal(
            size=(TRIALS, min(model.outputs, COTANGENTS), model.outputs)
        ).astype(model.dtype)

    def beside(self, step):
        return (self.x + step * self.size * self.directions).astype(self.x.dtype)


def _call(model, name, *arrays):
    """Of as many rows at once as the model takes, in double."""
    rows = model.max_samples or len(arrays[0])
    parts = [[a[i : i + rows].copy() for a in arrays] for i in range(0, len(arrays[0]), rows)]
    function = getattr(model, name)
    values = [model._on_arrays(name, function, *part)[0] for part in parts]
    return np.concatenate(values).astype(np.float64)


def _forward(model, x):
    return _call(model, "forward", x)


def _line(error):
    text = str(error).strip().split("\n")[0]
    return f"{type(error).__name__}: {text[:160]}"


def _norms(values):
    """Of the rows, without overflow."""
    values = values.reshape(len(values), -1)
    largest = np.abs(values).max(1, keepdims=True)
    scaled = values / np.where(largest > 0, largest, 1)
    return largest[:, 0] * np.sqrt((scaled**2).sum(1))


def _distance(values, others):
    """The largest distance of rows, relative to their size; where both are 0 there is none."""
    size = np.maximum(_norms(values), _norms(others))
    return float(np.max(_ratio(_norms(values - others), size)))


def _same_again(model, points):
    """Rounding may depend on the order of a GPU's threads: half of the digits are taken."""
    for name in ("forward", "jvp", "vjp"):
        if getattr(model, name) is None:
            continue
        arrays = {"jvp": (points.directions[:, None],), "vjp": (points.cotangents,)}.get(name, ())
        once, again = (_call(model, name, points.x, *arrays) for _ in range(2))
        moved = _distance(once, again)
        if not moved <= np.sqrt(points.eps):
            raise ModelError(
                f"{name} gives other values for the same samples when it is called again (by "
                f"{moved:.2g} of their size): something random, or a state that changes, is on in "
                "evaluation too, like functional dropout"
            )


def _rows_alone(model, points):
    if 1 in (model.max_samples, model.batch):
        return
    try:
        alone = np.concatenate([_forward(model, points.x[i : i + 1]) for i in range(TRIALS)])
    except Exception as error:
        raise ModelError(
            f"samples depend on each other: one alone fails ({_line(error)}), as with batch "
            "normalization without running statistics"
        ) from error
    moved = _distance(alone, points.y)
    allowed = max(np.sqrt(points.eps), 64 * _noise(model, points))
    if not moved <= allowed:
        raise ModelError(
            f"samples depend on each other: one alone has other outputs than among {TRIALS} (by "
            f"{moved:.2g} of their size, rounding explains {allowed:.1g}). Normalization or scales "
            "over a batch, like those of dynamic quantization? max_samples=1 takes one at a time"
        )


def _noise(model, points):
    """Relative rounding noise of forward: fourth differences over steps in which it moves little,
    sigma^2 = mean difference^2 / C(8, 4) (Hamming; More and Wild, SIAM J. Sci. Comput. 33, 2011)."""
    step = np.sqrt(points.eps)
    table = np.stack([_forward(model, points.beside(i * step)) for i in range(-2, 3)])
    return float(np.median(_norms(np.diff(table, 4, 0)[0]) / np.sqrt(70) / _norms(points.y)))


def _products(model, points):
    if model.jvp is model.vjp is None:
        return
    points.steps = 0.5 * 0.25 ** np.arange(round(-np.log2(points.eps) / 3.5))
    points.table = np.stack([_difference(model, points, step) for step in points.steps])
    for name, other in (("jvp", "vjp"), ("vjp", "jvp")):
        off, known = _off(model, points, name) if getattr(model, name) else (0, 0)
        if off:
            second = _off(model, points, other)[0] if getattr(model, other) else None
            also = {None: "", 0: f"; {other} agrees with it"}.get(second, f"; {other} is off, too")
            raise ModelError(
                f"{name} is not the derivative of forward: off by {off:.2g} of its size from a "
                f"difference that is known to {known:.1g}{also}. What a framework does not derive "
                "counts as constant: no_grad and detach inside, kernels of integers or half "
                "precision, scripted or compiled parts"
            )


def _off(model, points, name):
    """By how much a product differs from central differences D of forward, and how well these are
    known; 0 if they agree.

    |D(h) - D(h/4)| holds truncation, kinks in reach and rounding noise, whatever their size, and is
    the tolerance at the step h. Products that are wrong are so everywhere, while a kink in reach is
    met at single points: most of the points decide."""
    product = _along(model, points, name)
    steps, table = points.steps, points.table
    if name == "vjp":
        table = np.einsum("tmk,stk->stm", points.cotangents, table)
    spread = np.stack([_norms(d) for d in table[:-1] - table[1:]])
    sizes = np.stack([_norms(d) for d in table])
    relative = np.median(_ratio(spread, np.maximum(sizes[:-1], sizes[1:])), 1)
    relative[(np.median(sizes[1:], 1) == 0) & (np.median(sizes[0]) > 0)] = np.inf  # between steps
    at = _step(relative)
    if at is None:
        return 0, 0  # forward is not finite around the points: nothing to compare with
    size = np.maximum(_norms(product), sizes[at])
    known = np.maximum(spread[at], relative[at] * sizes[at])
    resolution = points.eps * _norms(points.y) / (steps[at] * points.size[:, 0])
    if name == "vjp":
        resolution = resolution * _norms(points.cotangents)
    error = _norms(product - table[at])
    wrong = ~(error <= FACTOR * (known + resolution) + 64 * points.eps * size)
    if 2 * np.count_nonzero(wrong) <= TRIALS:
        return 0, 0
    return float(np.median(_ratio(error, size)[wrong])), float(relative[at])


def _step(relative):
    """Which step to believe: from large to small ones the first behind which |D(h) - D(h/4)| grows
    again, for there rounding begins. Below it may get smaller once more: where a part moves in
    steps (integers, half precision), it is constant on the smallest scale. None if all are NaN."""
    relative = np.append(np.where(np.isnan(relative), np.inf, relative), np.inf)
    for at in range(len(relative) - 1):
        if relative[at] <= 0.1 and relative[at] <= relative[at + 1]:
            return at
    return int(np.argmin(relative)) if np.isfinite(relative).any() else None


def _along(model, points, name):
    """J v, or u . J v by the products J^T u, at each of the points."""
    if name == "jvp":
        return _call(model, name, points.x, points.directions[:, None])[:, 0]
    product = _call(model, name, points.x, points.cotangents)
    return np.einsum("tmd,td->tm", product, points.directions.astype(np.float64))


def _ratio(values, sizes):
    return np.where(values > 0, values / np.where(sizes > 0, sizes, 1), values * 0)


def _difference(model, points, step):
    """(f(x + h v) - f(x - h v)) / 2 h."""
    ahead, behind = (_forward(model, points.beside(s)) for s in (step, -step))
    return (ahead - behind) / (2 * step * points.size)
