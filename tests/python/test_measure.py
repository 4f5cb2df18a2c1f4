"""Models of numpy functions: values, errors, exceptions."""

import gc
import unittest
import warnings

import numpy as np
from support import EXACT, TestCase, X, forward, jvp, vjp

from dirichlet import METHODS, NOISE, Error, Estimator, Model, measure

KEPT = []


def model(**options):
    return Model(3, 2, vjp=vjp, jvp=jvp, forward=forward, **options)


class Values(TestCase):
    def test_exact(self):
        for name, offered in (("vjp", {"vjp": vjp}), ("jvp", {"jvp": jvp})):
            for dtype, bound in ((np.float64, 1e-14), (np.float32, 1e-6)):
                result = measure(Model(3, 2, dtype=dtype, **offered), X)
                self.assert_close(f"{name} {dtype.__name__}", result.value, EXACT.mean(), bound)
                self.assert_close(f"{name} energies", result.energies, EXACT, bound)
                self.assertTrue(result.exact)
                self.assertEqual((result.method, result.samples), ("exact", 40))

    def test_differences(self):
        for dtype, bound in ((np.float64, 1e-8), (np.float32, 1e-4)):
            result = measure(Model(3, 2, forward=forward, dtype=dtype), X)
            self.assert_close(f"forward {dtype.__name__}", result.energies, EXACT, bound)
            self.assertEqual((result.method, result.exact), ("finite_difference", False))

    def test_methods(self):
        for method in METHODS:
            known = {"exact": None, "auto": None, "finite_difference": "all", "hutchpp": 3}
            probes = known.get(method, 2)
            result = measure(model(), X, method=method, probes=probes, seed=3)
            error = abs(result.value - EXACT.mean())
            # With a single probe beside the dominant directions the parts are not known apart.
            known = np.isfinite(result.standard_error_probes)
            part = result.standard_error_probes if known else result.standard_error
            allowed = 4 * part + 1e-8 * EXACT.mean()
            print(f"{method}: {result}, error {error:.1e}, at most {allowed:.1e}")
            if not error <= allowed:
                self.fail(f"{method}: error {error}, at most {allowed}")
            self.assertEqual(result.method, "exact" if method == "auto" else method)

    def test_error_of_the_mean(self):
        result = measure(model(), X)
        expected = EXACT.std(ddof=1) / np.sqrt(len(X))
        self.assert_close("standard error", result.standard_error, expected, 1e-13)
        lower, upper = result.interval
        self.assertTrue(lower < result.value < upper)
        self.assertIn(f"GC = {EXACT.mean():.6g} +- {expected:.2g} (exact, 40 samples)", str(result))

    def test_weights(self):
        weights = np.arange(40.0)
        value = measure(model(), X, weights).value
        self.assert_close("weighted", value, np.average(EXACT, weights=weights), 1e-14)

    def test_shapes_of_data(self):
        cube = X.reshape(4, 10, 3)[:, ::2].reshape(-1, 1, 3)
        result = measure(model(), cube.tolist())
        self.assert_close("a list", result.energies, EXACT.reshape(4, 10)[:, ::2].ravel(), 1e-14)
        backward = np.asfortranarray(X)[::-1]
        self.assert_close("strides", measure(model(), backward).energies, EXACT[::-1], 1e-14)
        self.assertEqual(Estimator(model()).update(X[:0]).shape, (0,))

    def test_shapes_of_results(self):
        for how in (np.asfortranarray, np.ndarray.tolist, lambda value: value.astype(np.longdouble)):
            result = measure(Model(3, 2, vjp=lambda x, u, how=how: how(vjp(x, u))), X)
            self.assert_close("results", result.energies, EXACT, 1e-14)

    def test_limits(self):
        seen = set()

        def watched(x, u):
            seen.add(u.shape[:2])
            return vjp(x, u)

        result = measure(Model(3, 2, vjp=watched, max_samples=7, max_directions=1), X)
        self.assert_close("limits", result.value, EXACT.mean(), 1e-14)
        self.assertTrue(all(n <= 7 and m == 1 for n, m in seen), seen)

    def test_batches_of_a_fixed_size(self):
        """Calls are filled up with copies of the last row, which are not in the result."""
        sizes = set()

        def seen(function):
            def counted(x, *directions):
                sizes.add(len(x))
                return function(x, *directions)

            return counted

        for name, function in (("vjp", vjp), ("jvp", jvp), ("forward", forward)):
            result = measure(Model(3, 2, batch=16, **{name: seen(function)}), X)
            self.assert_close(f"batches of 16: {name}", result.energies, EXACT, 1e-8)
        self.assertEqual(sizes, {16})
        with self.assertRaisesRegex(ValueError, "vjp gave the shape .* expected .16, 2, 3"):
            measure(Model(3, 2, batch=16, vjp=lambda x, u: vjp(x, u)[:8]), X)

    def test_types_are_not_thrown_away(self):
        """Half precision is known by its type, from the first call that shows it."""

        def half(x):
            return forward(x).astype(np.float16)

        for later in (False, True):
            calls = []

            def coarser(x, later=later, calls=calls):
                calls.append(1)
                return forward(x) if later and len(calls) <= 4 else half(x)

            model = Model(3, 2, forward=coarser)
            estimator = Estimator(model)
            energies = np.concatenate([estimator.update(X[:20]), estimator.update(X[20:])])
            self.assertEqual(model.forward_noise, NOISE["float16"])
            self.assertEqual(estimator.result().samples, 40)
            self.assert_close("float16", estimator.result().value, EXACT.mean(), 0.02)
            self.assert_close("energies", np.mean(energies), estimator.result().value, 1e-12)
        said = measure(Model(3, 2, forward=half, forward_noise=2**-10), X)
        found = measure(Model(3, 2, forward=half), X)
        self.assertTrue(np.array_equal(said.energies, found.energies))
        own = measure(Model(3, 2, forward=half), X, forward_noise=2**-9)
        self.assertFalse(np.array_equal(own.energies, found.energies))

    def test_values_of_too_few_digits(self):
        for name, function, dtype in (
            ("forward", forward, np.int8),
            ("vjp", vjp, np.float16),
            ("jvp", jvp, np.float16),
        ):

            def cut(*arguments, function=function, dtype=dtype):
                return function(*arguments).astype(dtype)

            with self.assertRaisesRegex(TypeError, f"{name} returned {np.dtype(dtype)}, which has"):
                measure(Model(3, 2, **{name: cut}), X)

    def test_what_is_done_first(self):
        seen = []
        estimator = Estimator(model(first=lambda model, x: seen.append(len(x))))
        for part in (X[:0], X[:20], X[20:]):
            estimator.update(part)
        self.assertEqual(seen, [20])

        def refuse(model, x):
            raise OSError("not this one")

        estimator = Estimator(model(first=refuse))
        for _ in range(2):
            self.assertRaises(OSError, estimator.update, X)
        with self.assertRaisesRegex(Error, "no sample"):
            estimator.result()

    def test_a_product_that_is_left_out_meanwhile(self):
        """Estimators that have begun go on with what the model still has."""
        offered = model()
        estimator = Estimator(offered)
        estimator.update(X[:20])
        offered.vjp = None
        offered.changes += 1
        estimator.update(X[20:])
        self.assertEqual(estimator.result().samples, 40)
        self.assertEqual(estimator.result().products, 20 * 2 + 20 * 3)
        self.assert_close("both sides", estimator.result().value, EXACT.mean(), 1e-14)

    def test_arrays_may_be_kept_and_written(self):
        def keeping(x, u):
            KEPT.append(x)
            value = vjp(x, u)
            u[:] = np.nan
            return value

        value = measure(Model(3, 2, vjp=keeping), X).value
        self.assert_close("arrays written", value, EXACT.mean(), 1e-14)
        self.assertTrue(np.array_equal(np.concatenate(KEPT)[:40], X))


class Streams(TestCase):
    def test_batches_and_parts(self):
        options = {"method": "rademacher", "probes": 1, "seed": 5}
        whole = Estimator(model(), **options)
        whole.update(X)
        parts = [Estimator(model(), first_sample=first, **options) for first in (0, 25)]
        parts[0].update(X[:10])
        parts[0].update(X[10:25])
        parts[1].update(X[25:])
        received = Estimator.from_bytes(parts[1].to_bytes())
        parts[0].merge(received)
        self.assertEqual(parts[0].to_bytes(), whole.to_bytes())
        self.assertEqual(parts[0].result().value, whole.result().value)
        with self.assertRaisesRegex(ValueError, "has no model"):
            received.update(X)

    def test_states_of_any_bytes(self):
        estimator = Estimator(model())
        estimator.update(X)
        state = estimator.to_bytes()
        array = np.frombuffer(state, np.uint8)
        for kind in (bytearray(state), memoryview(state), array, np.repeat(array, 2)[::2]):
            self.assertEqual(Estimator.from_bytes(kind).to_bytes(), state)

    def test_functions_outlive_their_names(self):
        estimator = Estimator(Model(3, 2, vjp=lambda x, u: vjp(x, u)), progress=lambda n: None)
        gc.collect()
        estimator.update(X)
        self.assert_close("after collection", estimator.result().value, EXACT.mean(), 1e-14)

    def test_stops(self):
        estimator = Estimator(model(), max_samples=np.int64(30))
        energies = estimator.update(X)
        self.assertTrue(estimator.stopped)
        self.assertEqual(estimator.result().stop_reason, "samples")
        self.assertEqual(np.isnan(energies).tolist(), [False] * 30 + [True] * 10)

    def test_skips(self):
        x = X.copy()
        x[3, 1] = np.nan
        with self.assertRaisesRegex(Error, "3"):
            measure(model(), x)
        result = measure(model(), x, on_nonfinite="skip")
        self.assertEqual((result.samples, result.skipped), (39, 1))
        self.assert_close("skipped", result.value, np.delete(EXACT, 3).mean(), 1e-14)


class Reentry(TestCase):
    """To use an estimator while it is updated is refused, in whatever way it is done."""

    uses = {
        "update": lambda own: own.update(X),
        "result": lambda own: own.result(),
        "stopped": lambda own: own.stopped,
        "to_bytes": lambda own: own.to_bytes(),
        "merge": lambda own: own.merge(Estimator(model())),
        "source": lambda own: Estimator(model()).merge(own),
    }

    def test_it_comes_out(self):
        for name, use in self.uses.items():
            for place in ("vjp", "progress"):

                def used(*arguments, use=use):
                    use(estimator)

                offered = {"vjp": used if place == "vjp" else vjp}
                options = {"progress": used} if place == "progress" else {}
                estimator = Estimator(Model(3, 2, **offered), **options)
                with self.subTest(name, place=place):
                    with self.assertRaisesRegex(RuntimeError, "within its own update"):
                        estimator.update(X)
                    with self.assertRaisesRegex(Error, "no sample"):
                        estimator.result()

    def test_what_is_caught_changes_nothing(self):
        refused = []

        def reentering(x, u):
            try:
                estimator.update(X[::-1])
            except RuntimeError as error:
                refused.append(error)
            return vjp(x, u)

        estimator = Estimator(Model(3, 2, vjp=reentering))
        for batch in (X[:20], X[20:]):
            estimator.update(batch)
        self.assertTrue(refused)
        self.assertEqual(estimator.result().samples, 40)
        self.assert_close("refused", estimator.result().value, EXACT.mean(), 1e-14)

    def test_another_estimator_is_free(self):
        inner = Estimator(model())

        def nesting(x, u):
            inner.update(x)
            return vjp(x, u)

        value = measure(Model(3, 2, vjp=nesting), X).value
        self.assert_close("outer", value, EXACT.mean(), 1e-14)
        self.assert_close("inner", inner.result().value, EXACT.mean(), 1e-14)


class Exceptions(TestCase):
    def test_what_is_raised_comes_out(self):
        cause = KeyError("cause")
        for kind in (ZeroDivisionError, KeyboardInterrupt):
            for name in ("forward", "jvp", "vjp", "progress"):

                def failing(*arguments, kind=kind):
                    raise kind("of mine") from cause

                offered = {"vjp": vjp} if name == "progress" else {name: failing}
                options = {"progress": failing} if name == "progress" else {}
                estimator = Estimator(Model(3, 2, **offered), **options)
                with self.assertRaisesRegex(kind, "of mine") as caught:
                    estimator.update(X)
                self.assertIs(caught.exception.__cause__, cause)
                with self.assertRaisesRegex(Error, "no sample"):
                    estimator.result()

    def test_the_estimator_goes_on(self):
        calls = []

        def failing_once(x, u):
            calls.append(1)
            if len(calls) == 2:
                raise OSError("once")
            return vjp(x, u)

        estimator = Estimator(Model(3, 2, vjp=failing_once))
        estimator.update(X[:20])
        self.assertRaises(OSError, estimator.update, X[20:])
        self.assertEqual(estimator.result().samples, 20)
        estimator.update(X[20:])
        self.assert_close("after an exception", estimator.result().value, EXACT.mean(), 1e-14)

    def test_wrong_results(self):
        for wrong in (lambda x, u: vjp(x, u)[:, :1], lambda x, u: x, lambda x, u: 0):
            with self.assertRaisesRegex(ValueError, r"vjp gave the shape \(.*expected \(\d+, 2, 3"):
                measure(Model(3, 2, vjp=wrong), X)
        with self.assertRaisesRegex(ValueError, r"forward gave the shape"):
            measure(Model(3, 2, forward=lambda x: x), X)

    def test_complex_results(self):
        """They are refused, not cast: a warning about that must not be what stops them."""
        for name, function in (("forward", forward), ("jvp", jvp), ("vjp", vjp)):
            for how in (lambda y: y + 0j, lambda y: (y + 1j).tolist()):

                def wrong(*arguments, function=function, how=how):
                    return how(function(*arguments))

                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    self.refuses(
                        TypeError,
                        f"{name} returned complex numbers",
                        lambda name=name, wrong=wrong: measure(Model(3, 2, **{name: wrong}), X),
                    )

    def refuses(self, error, text, call):
        with self.subTest(text), self.assertRaisesRegex(error, text):
            call()

    def test_wrong_options(self):
        for error, text, options in (
            (ValueError, "method is 'best', expected one of auto, exact", {"method": "best"}),
            (ValueError, "on_nonfinite is 1", {"on_nonfinite": 1}),
            (ValueError, "probes is .* out of range", {"probes": 2**64}),
            (ValueError, "probes is 0, expected a positive number, 'all' or None", {"probes": 0}),
            (ValueError, "probes is -1, expected a positive", {"probes": -1}),
            (ValueError, "seed is -1", {"seed": -1}),
            (TypeError, "probes is 1.5", {"probes": 1.5}),
            (TypeError, "tolerance is None", {"tolerance": None}),
            (TypeError, "tolerance is 'abc'", {"tolerance": "abc"}),
            (TypeError, "tolerance is .*1j", {"tolerance": np.complex128(1j)}),
            (TypeError, "confidence is 1000", {"confidence": 10**400}),
            (ValueError, "probes is '2', expected one of all", {"probes": "2"}),
            (ValueError, r"method is \['a'\], expected one of", {"method": ["a"]}),
            (ValueError, r"on_nonfinite is \[\], expected one of", {"on_nonfinite": []}),
            (TypeError, "progress is 3, which cannot be called", {"progress": 3}),
            (TypeError, "progress is 0", {"progress": 0}),
            (TypeError, "no option prob; options are method, on_nonfinite, probes", {"prob": 1}),
            (TypeError, "no option struct_size", {"struct_size": 1}),
            (ValueError, "parallel is 0, expected a positive", {"parallel": 0}),
            (Error, "tolerance is -1", {"tolerance": -1}),
        ):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.refuses(error, text, lambda options=options: Estimator(model(), **options))

    def test_wrong_arguments(self):
        other = Estimator(model(), method="unit")
        for error, text, call in (
            (ValueError, r"x has the shape \(3, 2\)", lambda: measure(model(), X.T[:, :2])),
            (ValueError, r"weights has the shape \(2,\)", lambda: measure(model(), X, [1, 2])),
            (ValueError, r"groups has the shape \(\)", lambda: measure(model(), X, groups=1)),
            (TypeError, "indices has the type float64", lambda: measure(model(), X, indices=X[:, 0])),
            (TypeError, "groups has the type uint64",
             lambda: measure(model(), X, groups=np.zeros(40, np.uint64))),
            (Error, "model.vjp", lambda: measure(Model(3, 2, forward=forward), X, method="exact")),
            (Error, "inputs is 0", lambda: measure(Model(0, 2, vjp=vjp), X)),
            (TypeError, "inputs is 3.5", lambda: Model(3.5, 2)),
            (TypeError, "x has complex numbers", lambda: measure(model(), X + 0j)),
            (TypeError, "x has complex numbers", lambda: measure(model(), (X + 1j).tolist())),
            (TypeError, "weights has complex", lambda: measure(model(), X, np.ones(40) + 0j)),
            (TypeError, "vjp is 3, which cannot be called", lambda: Model(3, 2, vjp=3)),
            (TypeError, "jvp is 0", lambda: Model(3, 2, vjp=vjp, jvp=0)),
            (TypeError, "forward is 'f'", lambda: Model(3, 2, forward="f")),
            (TypeError, "other is None, expected an", lambda: Estimator(model()).merge(None)),
            (TypeError, "other is b'', expected an", lambda: Estimator(model()).merge(b"")),
            (TypeError, "state is a str, expected bytes", lambda: Estimator.from_bytes("abc")),
            (TypeError, "state is a int, expected bytes", lambda: Estimator.from_bytes(5)),
            (TypeError, "state is a NoneType", lambda: Estimator.from_bytes(None)),
            (ValueError, "batch is 4 and max_samples 2", lambda: Model(3, 2, batch=4, max_samples=2)),
            (Error, "max_samples is -1", lambda: measure(Model(3, 2, batch=-1, vjp=vjp), X)),
            (TypeError, "first is 3, which cannot be called", lambda: Model(3, 2, first=3)),
            (TypeError, "prepare is 3, which cannot be called", lambda: Model(3, 2, prepare=3)),
            (TypeError, "forward_noise is 'a'", lambda: Model(3, 2, forward_noise="a")),
            (ValueError, "dtype is float16", lambda: Model(3, 2, dtype=np.float16)),
            (Error, "method", lambda: Estimator(model()).merge(other)),
            (Error, "does not hold", lambda: Estimator.from_bytes(b"nonsense")),
        ):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.refuses(error, text, call)


if __name__ == "__main__":
    unittest.main()
