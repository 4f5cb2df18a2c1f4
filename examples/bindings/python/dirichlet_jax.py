"""A JAX function as a model of dirichlet.py."""

import math

import dirichlet_check
import jax
import jax.numpy as jnp
import numpy as np
from dirichlet_check import ModelError, examples, offer, settle

from dirichlet import Model


def jax_model(function, inputs, data=None, *, derivatives=True, check=True, **options):
    """A JAX function of one sample of the shape `inputs` (int or tuple), for example
    functools.partial(jax.jit(f), parameters). In float64 with jax_enable_x64, else in float32.

    Both products are tried at once, at `data` (n, ...) if it is given, else at rows that are made up,
    and those that work are offered: a custom_vjp has no JVP, a while_loop no VJP. There they are
    compared with forward, too; check=False leaves that out; derivatives=False offers neither product:
    differences alone. Other options are Model's. With indexed=True the function is called with the
    index of the sample as its second argument."""
    shape = tuple(np.atleast_1d(inputs).tolist())
    size, dtype = math.prod(shape), jnp.zeros(0).dtype

    def sample(x, *index):
        return jnp.ravel(function(x.reshape(shape), *index))

    def jvp_of_sample(x, v, *index):
        return jax.vmap(lambda t: jax.jvp(lambda x: sample(x, *index), (x,), (t,))[1])(v)

    def vjp_of_sample(x, u, *index):
        return jax.vmap(lambda c: jax.vjp(lambda x: sample(x, *index), x)[1](c)[0])(u)

    told = [jax.ShapeDtypeStruct((), jnp.int32)] if options.get("indexed") else []
    y = jax.eval_shape(sample, jax.ShapeDtypeStruct((size,), dtype), *told)
    forward, jvp, vjp = map(jax.vmap, (sample, jvp_of_sample, vjp_of_sample))
    model = Model(size, y.size, forward=forward, dtype=dtype, **options)
    x = examples(data, size, dtype)
    if derivatives:
        if y.dtype not in (jnp.float32, jnp.float64):
            raise ModelError(
                f"the function gives {y.dtype}, whose derivatives have few digits: cast parameters "
                "to float32, or measure by differences, with derivatives=False"
            )
        model.jvp, model.vjp = jvp, vjp
        offer(model, x)
    if check and settle(model, x, data is None):
        model.first = dirichlet_check.check
    return model
