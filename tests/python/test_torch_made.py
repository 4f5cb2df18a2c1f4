"""PyTorch modules when a model is made of them, and what they are told: rows, checks, one forward pass
for all products."""

import unittest

import numpy as np
from support import EXACT, TestCase, W, X, needs

import dirichlet
from dirichlet import ModelError, measure


def torch_model(*arguments, **options):  # only where torch is installed
    return dirichlet.torch_model(*arguments, **options)


def module(function):
    import torch

    class Module(torch.nn.Module):
        calls = 0

        def forward(self, *arguments):
            self.calls += 1
            return function(*arguments)

    return Module().double()


@needs("torch")
class Made(TestCase):
    def test_checked_once(self):
        """When it is made, not again when it measures; and not at all if that is what is said."""
        import torch

        weight = torch.tensor(W)
        sine = module(lambda x: torch.sin(x @ weight.T))
        model = torch_model(sine, 3, dtype=np.float64)
        made, sine.calls = sine.calls, 0
        measure(model, X)
        measured, sine.calls = sine.calls, 0
        torch_model(sine, 3, dtype=np.float64, check=False)
        print(f"calls: {made} when made, {measured} to measure, {sine.calls} unchecked")
        self.assertLess(sine.calls, made / 3)
        self.assertLess(measured, made / 3)

        wrong = module(lambda x: torch.sin(x @ weight.T) + x[:, :2].detach())
        for data in (None, X):
            with self.assertRaises(ModelError) as caught:
                torch_model(wrong, 3, data, dtype=np.float64)
            failed = {f.item for f in caught.exception.report.findings if not f.holds}
            self.assertEqual(failed, {"derivative"})
        measure(torch_model(wrong, 3, dtype=np.float64, check=False), X)

    def test_differences_are_checked_too(self):
        import torch

        noisy = module(lambda x: torch.nn.functional.dropout(x, 0.5))
        with self.assertRaisesRegex(ModelError, "functional dropout"):
            torch_model(noisy, 3, dtype=np.float64, derivatives=False)

    def test_domain(self):
        """Rows that are made up lie where it is not defined: the first samples are then looked at."""
        import torch

        x = 6 + X**2
        root = module(lambda x: torch.sqrt(x - 5))
        model = torch_model(root, 3, dtype=np.float64)
        self.assert_close("domain", measure(model, x).energies, (0.25 / (x - 5)).sum(1), 1e-12)
        wrong = module(lambda x: torch.sqrt(x - 5) + x.detach())
        model = torch_model(wrong, 3, dtype=np.float64)
        with self.assertRaisesRegex(ModelError, "does not derive counts as constant"):
            measure(model, x)
        with self.assertRaisesRegex(ModelError, "does not derive counts as constant"):
            torch_model(wrong, 3, x, dtype=np.float64)


@needs("torch")
class Told(TestCase):
    def test_indices(self):
        import torch

        factors = 1.0 + np.arange(len(X)) % 7
        weight, table = torch.tensor(W), torch.tensor(factors)
        conditional = module(lambda x, i: table[i][:, None] * torch.sin(x @ weight.T))
        model = torch_model(conditional, 3, dtype=np.float64, indexed=True)
        order = np.random.default_rng(2).permutation(len(X))
        expected = factors**2 * EXACT
        for side in ("vjp", "jvp", "forward"):
            bound = 1e-8 if side == "forward" else 1e-13
            self.assert_close(f"torch, {side}", measure(model, X).energies, expected, bound)
            energies = measure(model, X[order], indices=order).energies
            self.assert_close("shuffled", energies, expected[order], bound)
            setattr(model, side, None)

    def test_one_forward_pass_for_all_products(self):
        import torch

        weight = torch.tensor(W)
        sine = module(lambda x: torch.sin(x @ weight.T))
        for limits in ({}, {"max_directions": 1}):
            model = torch_model(sine, 3, dtype=np.float64, max_samples=10, check=False, **limits)
            measure(model, X[:1])
            for options in ({"method": "exact"}, {"method": "rademacher", "probes": 5}):
                sine.calls = 0
                measure(model, X, **options)
                self.assertEqual(sine.calls, 4)
            self.assert_close("torch, prepared", measure(model, X).energies, EXACT, 1e-13)

    def test_parameters_of_the_moment(self):
        """No graph outlives the call that it was made in."""
        import torch

        linear = torch.nn.Linear(3, 2, bias=False).double()
        model = torch_model(linear, 3, max_directions=1)
        estimator = dirichlet.Estimator(model)
        for _ in range(3):
            energy = float((linear.weight**2).sum())
            self.assert_close("torch, in training", estimator.update(X[:8]), energy, 1e-13)
            with torch.no_grad():
                linear.weight *= 2


if __name__ == "__main__":
    unittest.main()
