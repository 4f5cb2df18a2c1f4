"""Batches with strides, weights, indices and groups; deviations; what an estimator says of itself."""

import tracemalloc
import unittest

import numpy as np
from support import EXACT, TestCase, X, forward, jvp, vjp

import dirichlet_c
from dirichlet import Error, Estimator, Model, measure


def model(**options):
    return Model(3, 2, **{"vjp": vjp, **options})


class Views(TestCase):
    def test_rows_are_read_where_they_are(self):
        wide = np.zeros((80, 7))
        wide[::2, 2:5] = X
        single = np.zeros((40, 3), np.float32)
        single[:] = X
        cube = np.zeros((40, 2, 3, 1))
        cube[:, 0] = X[:, :, None]
        for what, x, stride in (
            ("apart", wide[::2, 2:5], 14),
            ("contiguous", X, 3),
            ("images", cube[:, 0], 6),
            ("one row", wide[:1, 2:5], 0),
            ("backward", X[::-1], None),
            ("columns", np.asfortranarray(X), None),
            ("overlapping", np.lib.stride_tricks.sliding_window_view(X.ravel(), 3), None),
            ("single", single, None),
            ("swapped", X.astype(">f8"), None),
            ("unaligned", np.frombuffer(b"\0" + X.tobytes(), offset=1).reshape(40, 3), None),
        ):
            rows, found = dirichlet_c.rows(x, model())
            self.assertEqual(np.shares_memory(rows, x), stride is not None, what)
            self.assertIn(found, (0, 3) if stride is None else (stride,), what)
            result = measure(model(), x)
            expected = measure(model(), np.ascontiguousarray(x, np.float64).reshape(-1, 3))
            self.assertTrue(np.array_equal(result.energies, expected.energies), what)

    def test_memory(self):
        """A view of many columns is not copied."""
        wide = np.zeros((20000, 64))[:, 7:10]
        estimator = Estimator(model(energies=lambda x: np.zeros(len(x)), vjp=None, max_samples=64))
        estimator.update(wide[:10])
        tracemalloc.start()
        estimator.update(wide)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        print(f"at most {peak} bytes for {wide.size * 8}, beside 8 for each energy")
        self.assertLess(peak, 20000 * 8 + wide.size * 4)


class Batches(TestCase):
    groups = np.arange(40) % 4 - 1  # -1 is none of them

    def test_groups(self):
        weights = np.linspace(0.5, 2, 40)
        result = measure(model(), X, weights, groups=self.groups)
        for group in range(3):
            of = self.groups == group
            expected = np.average(EXACT[of], weights=weights[of])
            self.assert_close(f"group {group}", result.groups[group].value, expected, 1e-13)
            self.assertEqual(result.groups[group].samples, 10)
        self.assertEqual((len(result.groups), result.samples), (3, 40))
        self.assert_close("all", result.value, np.average(EXACT, weights=weights), 1e-13)
        plain = measure(model(), X[self.groups == 1])
        self.assert_close("error", measure(model(), X, groups=self.groups).groups[1].standard_error,
                          plain.standard_error, 1e-12)  # fmt: skip
        self.assertEqual(measure(model(), X, groups=np.full(40, 2)).groups[:2], [None, None])
        self.assertEqual(measure(model(), X, groups=np.full(40, -1)).groups, [])
        self.assertIsNone(measure(model(), X).groups)

    def test_groups_of_streams_and_states(self):
        whole = Estimator(model(), groups=3)
        whole.update(X, groups=self.groups)
        parts = [Estimator(model(), groups=3, first_sample=i) for i in (0, 15)]
        parts[0].update(X[:15], groups=self.groups[:15])
        parts[1].update(X[15:], groups=self.groups[15:])
        received = Estimator.from_bytes(parts[1].to_bytes())
        parts[0].merge(received)
        for group in range(3):
            self.assertEqual(parts[0].group_result(group), whole.group_result(group))
        self.assertEqual(parts[0].to_bytes(), whole.to_bytes())
        for call in (
            lambda: whole.update(X, groups=np.full(40, 3)),
            lambda: whole.group_result(3),
            lambda: whole.group_result(-1),
        ):
            with self.assertRaises(Error) as caught:
                call()
            self.assertEqual(caught.exception.status, 2)
        with self.assertRaises(Error) as caught:
            Estimator(model(), groups=2).group_result(0)
        self.assertEqual(caught.exception.status, 31)

    def test_deviations(self):
        estimator = Estimator(model(), method="rademacher", probes=4)
        energies, deviations = estimator.update(X, deviations=True)
        self.assertEqual(energies.shape, deviations.shape)
        errors = np.abs(energies - EXACT)
        self.assertTrue((deviations > 0).any())
        within = np.sqrt((errors**2).mean() / (deviations**2).mean())
        print(f"errors of the energies are {within:.2f} of their deviations")
        self.assertTrue(0.5 <= within <= 2)
        expected = np.sqrt((deviations**2).sum()) / 40
        self.assert_close("together", estimator.result().standard_error_probes, expected, 1e-9)
        self.assertEqual(measure(model(), X).deviations.tolist(), [0.0] * 40)
        single = measure(model(), X, method="rademacher", probes=1)
        self.assertTrue(np.isnan(single.deviations).all())
        stopped = Estimator(model(), max_samples=30)
        _, deviations = stopped.update(X, deviations=True)
        self.assertEqual(np.isnan(deviations).tolist(), [False] * 30 + [True] * 10)

    def test_errors_leave_everything(self):
        estimator = Estimator(model())
        with self.assertRaisesRegex(Error, "indices|index"):
            estimator.update(X, indices=np.arange(40) - 1)
        self.assertEqual(estimator.describe().next_sample, 0)
        estimator.update(X, indices=np.arange(40)[::-1] + 5)
        self.assertEqual(estimator.describe().next_sample, 45)


class Descriptions(TestCase):
    def test_a_live_one_and_its_state(self):
        options = {"method": "orthogonal", "probes": 2, "seed": 9, "first_sample": 10, "groups": 2,
                   "confidence": 0.9, "population": 1000}  # fmt: skip
        estimator = Estimator(Model(3, 2, jvp=jvp, dtype=np.float32), **options)
        estimator.update(X)
        live = estimator.describe()
        state = Estimator.from_bytes(estimator.to_bytes()).describe()
        print(live)
        for found in (live, state):
            for name, value in {
                "inputs": 3, "outputs": 2, "method": "orthogonal", "directions": 2, "seed": 9,
                "first_sample": 10, "next_sample": 50, "groups": 2, "confidence": 0.9,
                "population": 1000, "element_size": 4, "exact": False, "errors_unknown": False,
                "products_per_sample": 2,
            }.items():  # fmt: skip
                self.assertEqual(getattr(found, name), value, name)
        self.assertEqual((live.has_model, state.has_model), (True, False))
        self.assertGreater(live.workspace_bytes, 0)
        self.assertEqual((state.workspace_bytes, state.tile_samples), (0, 0))

    def test_differences(self):
        estimator = Estimator(Model(3, 2, forward=forward), step=1e-4)
        found = estimator.describe()
        self.assertEqual((found.method, found.step), ("finite_difference", 1e-4))
        other = Estimator(Model(3, 2, forward=forward), step=1e-3)
        for one in (estimator, other):
            one.update(X)
        with self.assertRaises(Error) as caught:
            estimator.merge(other)
        self.assertEqual(caught.exception.status, 50)

    def test_probes(self):
        """None is the library's default, 16 or all where these are few, and "all" every direction."""
        for outputs, probes, directions in (
            (50, None, 16),
            (18, None, 18),
            (18, 16, 16),
            (50, 3, 3),
            (50, "all", 50),
        ):
            wide = Model(60, outputs, vjp=lambda x, u: u @ np.ones((u.shape[-1], 60)))
            estimator = Estimator(wide, method="orthogonal", probes=probes)
            self.assertEqual(estimator.describe().directions, directions)


if __name__ == "__main__":
    unittest.main()
