"""Models that are told whose rows they get, and that prepare rows once for all of their products."""

import gc
import unittest
import weakref

import numpy as np
from support import EXACT, TestCase, W, X, forward, jvp, vjp

import dirichlet_c
from dirichlet import METHODS, Estimator, Model, OutOfDomain, energy_penalty, jacobian_norms, measure

FACTORS = 1 + np.arange(len(X)) % 7  # of each sample: f(x, i) = FACTORS[i] sin(W x)
SCALED = FACTORS**2 * EXACT


def times(function):
    """The function for samples with a factor each, by their indices."""

    def told(*arguments):
        *arrays, indices = arguments
        value = function(*arrays)
        return value * FACTORS[indices].reshape(-1, *[1] * (value.ndim - 1))

    return told


def conditional(**options):
    functions = {"forward": forward, "jvp": jvp, "vjp": vjp}
    return Model(3, 2, indexed=True, **{k: times(f) for k, f in functions.items()}, **options)


class Indices(TestCase):
    def judged(self, what, result):
        """Energies are those of the sample's own function."""
        parts = (result.standard_error_probes, result.standard_error_differences)
        if result.exact:
            return self.assert_close(what, result.energies, SCALED, 1e-13)
        if result.method == "finite_difference":
            return self.assert_close(what, result.energies, SCALED, 1e-8)
        error, allowed = abs(result.value - SCALED.mean()), 4 * np.linalg.norm(parts)
        print(f"{what}: {result}, error {error:.1e}, at most {allowed:.1e}")
        if not error <= allowed:
            self.fail(f"{what}: error {error}, at most {allowed}")

    def test_every_method(self):
        for method in METHODS:
            probes = {"exact": None, "auto": None, "finite_difference": "all"}.get(method, 2)
            probes = 6 if method == "hutchpp" else probes
            for limits in ({}, {"max_samples": 1}, {"max_samples": 7}, {"batch": 16}):
                model = conditional(**limits)
                options = {"method": method, "probes": probes, "seed": 2}
                self.judged(f"{method} {limits}", measure(model, X, **options))

    def test_energies_and_norms(self):
        energies = times(lambda x: EXACT_OF(x))
        norms = times(lambda x, u: (vjp(x, u) ** 2).sum(-1) ** 0.5)
        model = Model(3, 2, indexed=True, energies=lambda x, i: energies(x, i) * FACTORS[i])
        self.judged("energies", measure(model, X))
        model = Model(3, 2, indexed=True, product_norms=lambda x, u, i: norms(x, u, i) ** 2)
        self.judged("norms", measure(model, X, method="orthogonal", probes="all"))

    def test_parts_skips_and_shuffles(self):
        x = X.copy()
        x[5] = np.nan
        whole = Estimator(conditional(), on_nonfinite="skip")
        energies = whole.update(x)
        parts = [Estimator(conditional(), first_sample=i, on_nonfinite="skip") for i in (0, 25)]
        parts[0].update(x[:10])
        parts[0].update(x[10:25])
        parts[1].update(x[25:])
        parts[0].merge(parts[1])
        self.assertEqual(parts[0].result().value, whole.result().value)
        self.assert_close("skipped", np.delete(energies, 5), np.delete(SCALED, 5), 1e-13)
        order = np.random.default_rng(3).permutation(len(X))
        for options in ({}, {"method": "rademacher", "probes": 1}):
            shuffled = measure(conditional(), X[order], indices=order, **options)
            plain = measure(conditional(), X, **options)
            self.assert_close("shuffled", shuffled.energies, plain.energies[order], 1e-13)

    def test_indices_of_a_model_that_ignores_them(self):
        """Probes are drawn by the index, whatever the order and the batches."""
        order = np.random.default_rng(4).permutation(len(X))
        model = Model(3, 2, vjp=vjp)
        options = {"method": "rademacher", "probes": 1}
        plain = measure(model, X, **options).energies
        self.assert_close("by index", measure(model, X[order], indices=order, **options).energies,
                          plain[order], 1e-13)  # fmt: skip
        self.assertGreater(np.abs(measure(model, X[order], **options).energies - plain[order]).max(), 0.1)

    def test_penalties_and_norms(self):
        gradient = np.zeros_like(W)

        def parameter_vjp(x, c, indices):
            gradient[:] += (c * FACTORS[indices, None] * np.cos(x @ W.T)).T @ x

        model = conditional(parameter_vjp=parameter_vjp, max_samples=6)
        result = energy_penalty(model, X, 0.5, probes="all")
        self.assert_close("penalty", result.value, SCALED.mean(), 1e-8)
        self.assert_close("energies", result.energies, SCALED, 1e-8)
        self.assertEqual(result.deviations.tolist(), [0.0] * 40)
        expected = 0.5 * penalty_gradient(W, X, FACTORS)
        self.assert_close("penalty's gradient", gradient, expected, 1e-7)
        found = jacobian_norms(conditional(), X)
        right = [factor * np.linalg.norm(jvp(row[None], np.eye(3)[None])[0], 2)
                 for factor, row in zip(FACTORS, X)]  # fmt: skip
        self.assert_close("norms", found.norms, right, 1e-9)
        self.assertEqual((found.sample, found.converged), (int(np.argmax(right)), True))


def EXACT_OF(x):
    return np.cos(x @ W.T) ** 2 @ (W**2).sum(1)


def penalty_gradient(weights, x, factors):
    """Of mean_i s_i^2 sum_o cos^2(W_o x_i) ||W_o||^2."""
    z, squares = x @ weights.T, (weights**2).sum(1)
    slopes = -2 * np.cos(z) * np.sin(z) * squares * factors[:, None] ** 2
    own = 2 * weights * (factors**2 @ np.cos(z) ** 2)[:, None]
    return (slopes.T @ x + own) / len(x)


class Prepared(TestCase):
    def model(self, calls, **options):
        def prepare(x):
            calls.append(len(x))
            return x.copy(), np.cos(x @ W.T)

        def with_slopes(function):
            def product(x, directions, prepared):
                self.assertTrue(np.array_equal(prepared[0], x))
                return function(prepared[1][:, None, :], directions)

            return product

        return Model(
            3, 2, prepare=prepare, jvp=with_slopes(lambda slopes, v: slopes * (v @ W.T)),
            vjp=with_slopes(lambda slopes, u: (u * slopes) @ W),
            product_norms=with_slopes(lambda slopes, u: (((u * slopes) @ W) ** 2).sum(-1)),
            **options)  # fmt: skip

    def test_once_for_all_products(self):
        for method, probes in (("exact", None), ("rademacher", 5), ("hutchpp", 9), ("unit", 2)):
            for limits in ({"max_samples": 8}, {"max_samples": 8, "max_directions": 1}, {"batch": 8}):
                calls = []
                result = measure(self.model(calls, **limits), X, method=method, probes=probes)
                self.assertEqual(calls, [8] * 5)
                if not abs(result.value - EXACT.mean()) <= 5 * result.standard_error_probes + 1e-13:
                    self.fail(f"{method} {limits}: {result}, but {EXACT.mean()}")

    def test_nothing_is_kept(self):
        """What has been prepared is gone after the call, and belongs to it alone."""

        class State:
            pass

        alive = []

        def prepare(x):
            state = State()
            state.slopes = np.cos(x @ weights[0].T)
            alive.append(weakref.ref(state))
            return state

        weights = [W]
        model = Model(3, 2, prepare=prepare, max_directions=1,
                      vjp=lambda x, u, state: (u * state.slopes[:, None]) @ weights[0])  # fmt: skip
        estimator = Estimator(model)
        estimator.update(X)
        gc.collect()
        self.assertEqual([state() for state in alive], [None] * len(alive))
        weights[0] = 2 * W
        energies = np.cos(X @ weights[0].T) ** 2 @ (weights[0] ** 2).sum(1)
        self.assert_close("after a step", estimator.update(X), energies, 1e-13)

    def test_products_of_other_rows(self):
        """What has been prepared is for those rows alone; for others it is done again."""
        calls, callbacks = [], dirichlet_c.Callbacks()
        table = self.model(calls)._table(callbacks)
        one, other, u, product = X[:4].copy(), X[4:8].copy(), np.ones((4, 1, 2)), np.zeros((4, 1, 3))
        table.prepare(0, 4, one.ctypes.data, None)
        for first, x in ((0, one), (4, other), (0, other), (4, one), (0, one)):
            code = table.vjp(first, 4, 1, x.ctypes.data, u.ctypes.data, product.ctypes.data, None)
            self.assertEqual(code, 0)
            self.assertTrue(np.array_equal(product, vjp(x, u)))
        self.assertEqual(len(calls), 4)

    def test_norms_of_jacobians(self):
        calls = []
        found = jacobian_norms(self.model(calls, max_directions=1), X)
        right = [np.linalg.norm(jvp(x[None], np.eye(3)[None])[0], 2) for x in X]
        self.assert_close("norms", found.norms, right, 1e-9)
        self.assertEqual(sum(calls), 40)

    def test_exceptions(self):
        def failing(x):
            raise OSError("in prepare")

        with self.assertRaisesRegex(OSError, "in prepare"):
            measure(Model(3, 2, prepare=failing, vjp=lambda x, u, p: vjp(x, u)), X)

        def undefined(x):
            if (x[:, 0] > 1).any():
                raise OutOfDomain
            return None

        model = Model(3, 2, prepare=undefined, vjp=lambda x, u, p: vjp(x, u))
        result = measure(model, X, on_nonfinite="skip")
        inside = X[:, 0] <= 1
        self.assertEqual((result.samples, result.skipped), (inside.sum(), (~inside).sum()))
        self.assert_close("inside", result.value, EXACT[inside].mean(), 1e-13)


if __name__ == "__main__":
    unittest.main()
