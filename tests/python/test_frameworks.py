"""PyTorch and JAX models beside the Jacobians of their own automatic differentiation."""

import functools
import importlib.util
import unittest

import numpy as np
from support import EXACT, TestCase, W, X

from dirichlet import Dense, Estimator, jax_model, measure, torch_model


def installed(name):
    found = importlib.util.find_spec(name) is not None
    if not found:
        print(f"{name} is not installed: its models are not checked")
    return found


@unittest.skipUnless(installed("torch"), "torch is not installed")
class Torch(TestCase):
    def network(self, dtype):
        import torch

        torch.manual_seed(1)
        first, last = torch.nn.Linear(6, 12), torch.nn.Linear(12, 4)
        return torch.nn.Sequential(first, torch.nn.Tanh(), torch.nn.Dropout(), last).to(dtype)

    def expected(self, module, x):
        """Energies of a module in evaluation mode by torch's own Jacobian."""
        from torch.autograd.functional import jacobian

        return [float((jacobian(module, row[None]).double() ** 2).sum()) for row in x]

    def test_dense_network(self):
        import torch

        for dtype, bound in ((torch.float64, 1e-13), (torch.float32, 2e-6)):
            module = self.network(dtype)
            x = torch.randn(20, 6, dtype=dtype)
            expected = self.expected(module.eval(), x)
            module[2].train()  # dropout is off during the measurement, and on again afterwards
            model = torch_model(module, 6)
            self.assertEqual((model.inputs, model.outputs), (6, 4))
            result = measure(model, x)
            self.assert_close(f"torch vjp {dtype}", result.energies, expected, bound)
            self.assertEqual([part.training for part in module], [False, False, True, False])
            self.assertTrue(all(parameter.grad is None for parameter in module.parameters()))

            model.vjp = None
            self.assert_close(f"torch jvp {dtype}", measure(model, x).energies, expected, bound)
            model.jvp = None
            result = measure(model, x)
            self.assertEqual(result.method, "finite_difference")
            self.assert_close(f"torch forward {dtype}", result.energies, expected, 1e-3)

            views = [p.detach().numpy() for p in module.parameters()]  # these share torch's memory
            dense = Dense([(views[0], views[1], "tanh"), (views[2], views[3], "identity")])
            self.assert_close(f"torch weights {dtype}", dense.energies(x), expected, bound)

    def test_images(self):
        import torch

        torch.manual_seed(2)
        first, last = torch.nn.Conv2d(2, 3, 3), torch.nn.Linear(36, 5)
        module = torch.nn.Sequential(first, torch.nn.SiLU(), torch.nn.Flatten(), last).double()
        x = torch.randn(7, 2, 5, 6, dtype=torch.float64)
        model = torch_model(module, (2, 5, 6))
        self.assertEqual((model.inputs, model.outputs), (60, 5))
        expected = self.expected(module, x)
        self.assert_close("torch images", measure(model, x).energies, expected, 1e-13)
        result = measure(model, x, method="hutchpp", probes=12)  # by both products
        error, allowed = abs(result.value - np.mean(expected)), 4 * result.standard_error_probes
        print(f"torch hutchpp: error {error:.1e}, at most {allowed:.1e}")
        if not error <= allowed:
            self.fail("Hutch++ is off by more than four standard errors")

    def test_training(self):
        """Parameters are seen as they are, not as they were."""
        import torch

        module = torch.nn.Linear(3, 2, bias=False).double()
        estimator = Estimator(torch_model(module, 3))
        for _ in range(2):
            with torch.no_grad():
                module.weight *= 2
            energy = float((module.weight**2).sum().detach())
            self.assert_close("torch training", estimator.update(X), energy, 1e-13)

    def test_exceptions(self):
        import torch

        module = torch.nn.Sequential(torch.nn.Linear(3, 2)).double()
        model = torch_model(module, 3)
        module.append(torch.nn.Linear(7, 1).double())
        with self.assertRaisesRegex(RuntimeError, "shapes cannot be multiplied"):
            measure(model, X)


@unittest.skipUnless(installed("jax"), "jax is not installed")
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


if __name__ == "__main__":
    unittest.main()
