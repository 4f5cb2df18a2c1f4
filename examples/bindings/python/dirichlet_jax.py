"""A JAX function as a model of dirichlet.py."""

import math

import jax
import jax.numpy as jnp
import numpy as np
from dirichlet_check import ModelError, check, offer

from dirichlet import Model


def jax_model(function, inputs, data=None, **options):
    """A JAX function of one sample of the shape `inputs` (int or tuple), for example
    functools.partial(jax.jit(f), parameters). In float64 with jax_enable_x64, else in float32.

    Both products are tried at once, at `data` (n, ...) if it is given, and those that work are
    offered: a custom_vjp has no JVP, a while_loop no VJP. With the first samples they are compared
    with forward. derivatives=False: neither, differences alone; checked=False: no comparison. Other
    options are Model's."""
    shape = tuple(np.atleast_1d(inputs).tolist())
    size, dtype = math.prod(shape), jnp.zeros(0).dtype
    derivatives, checked = options.pop("derivatives", True), options.pop("checked", True)

    def sample(x):
        return jnp.ravel(function(x.reshape(shape)))

    def jvp_of_sample(x, v):
        return jax.vmap(lambda tangent: jax.jvp(sample, (x,), (tangent,))[1])(v)

    def vjp_of_sample(x, u):
        return jax.vmap(lambda cotangent: jax.vjp(sample, x)[1](cotangent)[0])(u)

    y = jax.eval_shape(sample, jax.ShapeDtypeStruct((size,), dtype))
    forward, jvp, vjp = map(jax.vmap, (sample, jvp_of_sample, vjp_of_sample))
    model = Model(size, y.size, forward=forward, dtype=dtype, **options)
    if derivatives:
        if y.dtype not in (jnp.float32, jnp.float64):
            raise ModelError(
                f"the function gives {y.dtype}, whose derivatives have few digits: cast parameters "
                "to float32, or measure by differences, with derivatives=False"
            )
        model.jvp, model.vjp = jvp, vjp
        offer(model, np.ones((1, size)) if data is None else np.reshape(data, (len(data), size)))
        model.first = check if checked else None
    return model
