"""JAX functions beside the Jacobians of JAX's own automatic differentiation."""

import functools
import unittest

import numpy as np
from support import EXACT, TestCase, W, X, needs

import dirichlet
from dirichlet import ModelError, measure


def jax_model(*arguments, **options):  # only where jax is installed
    return dirichlet.jax_model(*arguments, **options)


@needs("jax")
class Jax(TestCase):
    def test_function(self):
        import jax
        import jax.numpy as jnp

        for x64, bound in ((True, 1e-13), (False, 2e-6)):
            jax.config.update("jax_enable_x64", x64)

            @jax.jit
            def network(weight, x):
                return jnp.sin(weight @ x)

            model = jax_model(functools.partial(network, jnp.array(W)), 3)
            self.assertEqual((model.inputs, model.outputs), (3, 2))
            self.assertEqual(model.dtype, np.float64 if x64 else np.float32)
            jacobians = jax.vmap(jax.jacrev(functools.partial(network, jnp.array(W))))(jnp.array(X))
            expected = np.sum(np.asarray(jacobians, np.float64) ** 2, (1, 2))
            self.assert_close("jax jacrev", expected, EXACT, bound)
            self.assert_close("jax vjp", measure(model, X).energies, expected, bound)
            model.vjp = None
            self.assert_close("jax jvp", measure(model, X).energies, expected, bound)
            model.jvp = None
            self.assert_close("jax forward", measure(model, X).energies, expected, 1e-3)

    def test_images(self):
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        x = np.random.default_rng(3).normal(size=(6, 4, 5))

        def function(image):
            return jnp.tanh(image @ image.T)

        model = jax_model(function, (4, 5))
        expected = np.sum(np.asarray(jax.vmap(jax.jacfwd(function))(x)) ** 2, (1, 2, 3, 4))
        self.assert_close("jax images", measure(model, x).energies, expected, 1e-13)

    def model(self, inner, **options):
        import jax.numpy as jnp

        return jax_model(lambda x: inner(jnp.array(W, x.dtype) @ x), 3, **options)

    def test_either_side(self):
        """A custom_vjp has no JVP and a while_loop no VJP: the other side is taken."""
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)

        @jax.custom_vjp
        def sine(z):
            return jnp.sin(z)

        def loop(z):
            start = 0, z
            return jax.lax.while_loop(
                lambda c: c[0] < 1, lambda c: (c[0] + 1, jnp.sin(c[1])), start
            )[1]

        sine.defvjp(lambda z: (jnp.sin(z), z), lambda z, g: (g * jnp.cos(z),))
        for inner, side, data in ((sine, "vjp", None), (loop, "jvp", X), (jnp.sin, "both", None)):
            model = self.model(inner, data=data)
            for name in ("jvp", "vjp"):
                self.assertEqual(getattr(model, name) is not None, side in (name, "both"))
            for probes in (None, 1):
                result = measure(model, X, probes=probes)
                allowed = 1e-13 * result.value + 5 * result.standard_error * (not result.exact)
                print(f"jax {side}: {result}, error {abs(result.value - EXACT.mean()):.1e}")
                self.assertTrue(abs(result.value - EXACT.mean()) <= allowed)
        with self.assertRaisesRegex(
            ModelError, "no derivative.*custom_vjp.*while_loop.*differences"
        ):
            self.model(lambda z: sine(loop(z)))
        result = measure(self.model(lambda z: sine(loop(z)), derivatives=False), X)
        self.assertEqual(result.method, "finite_difference")

    def test_products_that_disagree_with_forward(self):
        import jax
        import jax.numpy as jnp

        @jax.custom_vjp
        def wrong(z):
            return jnp.sin(z)

        wrong.defvjp(lambda z: (jnp.sin(z), z), lambda z, g: (g * jnp.sin(z),))

        def stopped(z):
            return jnp.sin(z) + jax.lax.stop_gradient(0.3 * z)

        for inner in (wrong, stopped):
            for data in (None, X):
                with self.assertRaisesRegex(ModelError, "does not derive counts as constant") as caught:
                    self.model(inner, data=data)
                print("refused:", caught.exception)
            self.assertGreater(measure(self.model(inner, check=False), X).value, 0)

    def test_indices(self):
        """A function of the sample and what belongs to it by its index."""
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        factors = 1.0 + np.arange(len(X)) % 7
        weight, table = jnp.array(W), jnp.array(factors)
        model = jax_model(lambda x, i: table[i] * jnp.sin(weight @ x), 3, indexed=True)
        expected = factors**2 * EXACT
        order = np.random.default_rng(2).permutation(len(X))
        self.assert_close("jax indexed", measure(model, X).energies, expected, 1e-13)
        energies = measure(model, X[order], indices=order).energies
        self.assert_close("jax shuffled", energies, expected[order], 1e-13)
        model.vjp = None
        self.assert_close("jax indexed, jvp", measure(model, X).energies, expected, 1e-13)

    def test_domain(self):
        """Made up rows are not held against a function that is not defined there."""
        import jax.numpy as jnp

        def function(x):
            return jnp.sqrt(x - 5)

        model = jax_model(function, 3)
        x = 6 + X**2
        self.assert_close("jax domain", measure(model, x).energies, (0.25 / (x - 5)).sum(1), 1e-6)
        self.assertIsNone(model.first)

    def test_half_precision(self):
        import jax.numpy as jnp

        for dtype, bound in ((jnp.bfloat16, 0.05), (jnp.float16, 0.01)):

            def half(z, dtype=dtype):
                return jnp.sin(z.astype(dtype))

            with self.assertRaisesRegex(ModelError, "float16, whose derivatives have few digits"):
                self.model(half)
            result = measure(self.model(half, derivatives=False), X)
            self.assert_close(f"jax {dtype.__name__}", result.value, EXACT.mean(), bound)


if __name__ == "__main__":
    unittest.main()
