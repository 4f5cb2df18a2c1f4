"""Penalties, spectral norms, the transfer theorem and initial weights, beside closed forms."""

import unittest

import numpy as np
from support import EXACT, TestCase, W, X, forward
from test_rows import penalty_gradient

from dirichlet import (
    Dense,
    Error,
    Model,
    energy_penalty,
    expected_energy,
    initialize,
    measure,
    operator_norm,
    parameter_norm,
    spectral_penalty,
)

random = np.random.default_rng(5)
GRADIENT = penalty_gradient(W, X, np.ones(40))


def apart(shape, dtype=np.float64):
    """Zeros, every other number of a larger array."""
    return np.zeros([2 * size for size in shape], dtype)[tuple(slice(None, None, 2) for _ in shape)]


class DensePenalties(TestCase):
    dense = Dense([(W, None, "sin")])

    def test_exact(self):
        for strength in (1.0, -0.25):
            gradient = apart(W.shape)
            found = self.dense.energy_penalty(X, [(gradient, None)], strength)
            self.assert_close("dense penalty", found.value, EXACT.mean(), 1e-13)
            self.assert_close("its gradient", gradient, strength * GRADIENT, 1e-12)
            self.assertEqual((found.exact, found.standard_error, found.samples), (True, 0, 40))
        value = self.dense.energy_penalty(X).value
        self.assert_close("value alone", value, EXACT.mean(), 1e-13)

    def test_batches(self):
        wide, weights = np.zeros((40, 5)), 1.0 * (np.arange(40) % 3)
        wide[:, 1:4] = X
        gradient = np.zeros_like(W)
        found = self.dense.energy_penalty(wide[:, 1:4], [(gradient, None)], weights=weights)
        expected = np.average(EXACT, weights=weights)
        self.assert_close("weighted", found.value, expected, 1e-13)
        parts = [weight * penalty_gradient(W, row[None], np.ones(1)) for weight, row in zip(weights, X)]
        self.assert_close("weighted gradient", gradient, sum(parts) / weights.sum(), 1e-12)
        order = random.permutation(40)
        plain, shuffled = (
            self.dense.energy_penalty(x, probes=1, method="rademacher", indices=indices, seed=4).value
            for x, indices in ((X, None), (X[order], order))
        )
        self.assert_close("probes by index", shuffled, plain, 1e-13)
        other = self.dense.energy_penalty(X[order], probes=1, method="rademacher", seed=4).value
        self.assertGreater(abs(other / plain - 1), 1e-6)

    def test_refused(self):
        read_only = np.zeros_like(W)
        read_only.flags.writeable = False
        for error, text, gradients in (
            (ValueError, "gradients has 2 layers, expected 1", [(None, None)] * 2),
            (ValueError, "weight has the shape", [(np.zeros((3, 2)), None)]),
            (ValueError, "bias has the length 3", [(None, np.zeros(3))]),
            (ValueError, "weight is float32", [(np.zeros((2, 3), np.float32), None)]),
            (ValueError, "weight is read-only", [(read_only, None)]),
        ):
            with self.subTest(text), self.assertRaisesRegex(error, text):
                self.dense.energy_penalty(X, gradients)


class Norms(TestCase):
    def test_layers(self):
        weights = [random.normal(size=shape) for shape in ((30, 20), (4, 30))]
        dense = Dense([(weights[0], np.ones(30), "relu"), (weights[1], None, "identity")])
        found = dense.spectral_norms()
        right = [np.linalg.norm(weight, 2) for weight in weights]
        for norm, expected in zip(found.layers, right):
            self.assert_close("spectral norm", norm.norm, expected, 1e-9)
            self.assertTrue(norm.lower <= norm.norm <= norm.upper and norm.converged)
            self.assertGreaterEqual(norm.iterations, 1)
        self.assertTrue(found.converged)
        self.assertGreaterEqual(found.upper_bound, np.prod(right) * (1 - 1e-12))
        self.assert_close("Lipschitz bound", found.upper_bound, np.prod(right), 1e-8)
        once = dense.spectral_norms(max_iterations=1)
        self.assertFalse(once.converged)
        self.assertGreaterEqual(once.upper_bound, found.upper_bound)
        described = dense.describe()
        self.assertEqual((described.layers, described.weights, described.biases), (2, 720, 30))
        self.assertEqual((described.inputs, described.outputs), (20, 4))

    def test_matrices(self):
        for dtype in (np.float64, np.float32):
            matrix = apart((6, 9), dtype)
            matrix[:] = random.normal(size=(6, 9))
            found = operator_norm(matrix)
            expected = np.linalg.norm(matrix.astype(np.float64), 2)
            self.assert_close(f"operator norm, {dtype.__name__}", found.norm, expected, 1e-9)
            self.assertTrue(found.converged)
        with self.assertRaises(Error) as caught:
            operator_norm(np.full((2, 2), np.nan))
        self.assertEqual(caught.exception.status, 30)

    def test_transfer(self):
        weights = [random.normal(size=shape) / 3 for shape in ((8, 3), (2, 8))]
        dense = Dense([(weights[0], np.zeros(8), "tanh"), (weights[1], None, "identity")])
        found = dense.transfer(X)
        self.assertEqual((found.samples, found.factors.shape), (40, (40, 2)))
        self.assert_close("input side", found.input_side, dense.energies(X), 1e-7)
        left = found.input_side * (found.factors**2).sum(1)
        self.assertTrue((left <= found.parameter_side).all())
        self.assert_close("ratios", found.ratios, left / found.parameter_side, 1e-12)
        self.assertTrue((found.ratios > 0).all())


class Penalties(TestCase):
    def test_parameter_norms(self):
        for dtype, bound in ((np.float64, 1e-14), (np.float32, 1e-6)):
            weight, bias = random.normal(size=(4, 5)).astype(dtype), np.ones(4, dtype)
            for norm, value, slope in (("l1", np.abs, np.sign), ("squared_l2", np.square, lambda t: 2 * t)):
                gradients = [apart((4, 5), dtype), np.zeros(8, dtype)[::2]]
                found = parameter_norm([weight, bias], gradients, 0.5, norm=norm)
                self.assert_close(norm, found.value, value(weight.astype(float)).sum(), 1e-14)
                self.assert_close("its gradient", gradients[0], 0.5 * slope(weight), bound)
                self.assertFalse(gradients[1].any())
                found = parameter_norm([weight, bias], gradients, norm=norm, biases=True)
                expected = value(weight.astype(float)).sum() + 4
                self.assert_close("with biases", found.value, expected, 1e-14)
                self.assertTrue(gradients[1].all())
        with self.assertRaisesRegex(ValueError, "norm is 'l2', expected one of l1, squared_l2"):
            parameter_norm([weight], norm="l2")
        with self.assertRaisesRegex(ValueError, r"gradients\[0\] has the shape"):
            parameter_norm([weight], [np.zeros((5, 4), dtype)], norm="l1")

    def test_spectral(self):
        weight, bias, gradient = random.normal(size=(6, 4)), np.ones(6), np.zeros((6, 4))
        found = spectral_penalty([weight, bias], iterations=200)
        found = spectral_penalty([weight, bias], [gradient, None], 2.0, vectors=found.vectors)
        u, sigma, v = np.linalg.svd(weight)
        self.assert_close("sigma", found.sigma[0], sigma[0], 1e-9)
        self.assert_close("value", found.value, sigma[0] ** 2 / 2, 1e-9)
        self.assert_close("gradient", gradient, 2 * sigma[0] * np.outer(u[:, 0], v[0]), 1e-5)
        self.assertLess(found.residual[0], 1e-5)
        with self.assertRaisesRegex(ValueError, r"vectors\[0\] must be contiguous, of 4"):
            spectral_penalty([weight], vectors=[np.zeros(8)[::2]])

    def test_energies_of_any_model(self):
        weight, gradient, rows = W.copy(), np.zeros_like(W), []

        def parameter_vjp(x, c):
            rows.append(len(x))
            gradient[:] += (c * np.cos(x @ weight.T)).T @ x

        for limits in ({}, {"max_samples": 7}, {"batch": 11}):
            gradient[:], rows[:] = 0, []
            model = Model(3, 2, forward=forward, parameter_vjp=parameter_vjp, **limits)
            found = energy_penalty(model, X, probes="all")
            self.assert_close(f"energy penalty {limits}", found.value, EXACT.mean(), 1e-8)
            self.assert_close("its gradient", gradient, GRADIENT, 1e-7)
            self.assertEqual((found.exact, found.samples, found.products), (True, 40, 120))
            self.assertTrue(all(count <= (model.max_samples or 10**9) for count in rows), rows)
        weights = np.linspace(0, 1, 40)
        found = energy_penalty(model, X, 0.0, weights=weights)
        self.assert_close("weighted", found.value, np.average(EXACT, weights=weights), 1e-8)
        found = energy_penalty(model, X, 0.0, probes=2)
        self.assertTrue(abs(found.value - EXACT.mean()) <= 4 * found.standard_error)
        self.assertGreater(found.standard_error, 0)

    def test_nothing_is_added_before_an_error(self):
        gradient = np.zeros_like(W)

        def failing(x, c):
            raise OSError("of mine")

        model = Model(3, 2, forward=forward, parameter_vjp=failing)
        self.assertRaises(OSError, energy_penalty, model, X)
        with self.assertRaises(Error) as caught:
            parameter_norm([np.full((2, 2), np.inf)], [np.zeros((2, 2))], norm="l1")
        self.assertEqual(caught.exception.status, 30)
        self.assertFalse(gradient.any())


class Initial(TestCase):
    def test_schemes(self):
        for dtype in (np.float64, np.float32):
            weight, bias = apart((400, 300), dtype), np.full(400, 7, dtype)
            initialize(weight, bias, scheme="he", seed=3)
            self.assert_close("variance", weight.var(), 2 / 300, 0.02)
            self.assertFalse(bias.any())
            again = np.zeros((300, 400), dtype).T
            initialize(again, scheme="he", seed=3)
            self.assertTrue(np.array_equal(again, weight))
            initialize(again, scheme="he", seed=3, layer=1)
            self.assertFalse(np.array_equal(again, weight))
        initialize(weight, bias, initial_bias="uniform", distribution="uniform")
        self.assertTrue(bias.all() and (np.abs(bias) <= 300**-0.5).all())

    def test_scale(self):
        """0 is a scale; None is 1."""
        weights = [np.ones((5, 4)) for _ in range(4)]
        for weight, scale in zip(weights, (None, 1, 0, 2)):
            initialize(weight, scale=scale)
        self.assertTrue(np.array_equal(weights[0], weights[1]))
        self.assertTrue(np.array_equal(weights[3], 2 * weights[0]))
        self.assertFalse(weights[2].any())
        self.assertEqual(expected_energy([3, 4, 2], scale=0), 0)

    def test_expected_energy(self):
        widths = [10, 50, 5]
        expected = expected_energy(widths, scheme="he")
        self.assert_close("He, one hidden layer", expected, 5 * 10 * 2 / 10 * 50 * 2 / 50 / 2, 1e-13)
        found = []
        for layer in range(400):
            weights = [np.zeros(shape) for shape in ((50, 10), (5, 50))]
            for place, weight in enumerate(weights):
                initialize(weight, scheme="he", layer=2 * layer + place)
            network = Dense([(weights[0], None, "relu"), (weights[1], None, "identity")])
            found.append(measure(network, np.ones((1, 10))).value)
        error, allowed = abs(np.mean(found) - expected), 4 * np.std(found) / 20
        print(f"expected energy: error {error:.2g}, at most {allowed:.2g}")
        self.assertTrue(error <= allowed)

    def test_refused(self):
        weight = np.zeros((3, 2))
        for error, text, call in (
            (ValueError, "scheme is 'his'", lambda: initialize(weight, scheme="his")),
            (ValueError, "bias has the length 2", lambda: initialize(weight, np.zeros(2))),
            (Error, "scale", lambda: initialize(weight, scale=-1)),
            (TypeError, "no option gain", lambda: initialize(weight, gain=1)),
            (ValueError, "dtype is int64", lambda: initialize(np.zeros((3, 2), np.int64))),
        ):
            with self.subTest(text), self.assertRaisesRegex(error, text):
                call()


if __name__ == "__main__":
    unittest.main()
