"""The library's check of models as Python asks for it: what it finds in functions of numpy, and what
it does not complain about. tests/unit has all that can be wrong."""

import unittest

import numpy as np
from support import TestCase, W, X, forward, jvp, vjp

from dirichlet import Dense, Error, Model, ModelError, OutOfDomain, check, measure


def model(**functions):
    return Model(3, 2, **{"forward": forward, "jvp": jvp, "vjp": vjp, **functions})


class Check(TestCase):
    def refused(self, item, callback, wrong, x=X, **options):
        """The item of this callback is among those that do not hold, and told."""
        with self.assertRaises(ModelError) as caught:
            check(wrong, x, **options)
        report = caught.exception.report
        failed = [finding for finding in report.findings if not finding.holds]
        print(f"refused for {item} of {callback}: {caught.exception}")
        self.assertIn((item, callback), [(finding.item, finding.callback) for finding in failed])
        self.assertEqual(report.failed, len(failed))
        for finding in failed:
            self.assertIn(finding.text, str(caught.exception))
        return report

    def test_sound_models_pass(self):
        for dtype in (np.float32, np.float64):
            for limits in ({}, {"max_samples": 1}, {"max_samples": 3}, {"batch": 5}):
                check(model(dtype=dtype, **limits), X)
            check(model(dtype=dtype, jvp=None, vjp=None), X)
            check(model(dtype=dtype), X[:1])
            check(model(dtype=dtype), 0 * X)
        check(Model(3, 2, vjp=vjp), X)
        check(Dense([(W, None, "tanh"), (np.eye(2), np.ones(2), "relu")]), X)
        x = X.copy()
        x[:10] = np.nan
        check(model(), x)
        self.refused("derivative", "jvp", model(jvp=lambda x, v: 2 * jvp(x, v)), x)

    def test_measure_checks_once(self):
        calls = []

        def counted(model, x):
            calls.append(1)
            check(model, x)

        sound = model(first=counted)
        for _ in range(2):
            measure(sound, X)
        self.assertEqual(len(calls), 1)
        wrong = model(vjp=lambda x, u: vjp(x, u) / 2, first=check)
        for _ in range(2):
            with self.assertRaisesRegex(ModelError, "vjp"):
                measure(wrong, X)

    def test_sizes(self):
        """Products are judged by size: 1e-20 and 1e20 are no alarm, and hide none."""
        for factor in (1e-20, 1.0, 1e20):
            for dtype in (np.float32, np.float64):

                def times(function, more=1.0, factor=factor):
                    return lambda *arguments: factor * more * function(*arguments)

                functions = {"forward": times(forward), "jvp": times(jvp), "vjp": times(vjp)}
                check(Model(3, 2, dtype=dtype, **functions), X)
                for name, function in (("jvp", jvp), ("vjp", vjp)):
                    wrong = {**functions, name: times(function, 1.05)}
                    self.refused("derivative", name, Model(3, 2, dtype=dtype, **wrong))

    def test_small_mistakes(self):
        """What is found follows from the precision."""
        for dtype, more in ((np.float32, 1e-2), (np.float64, 1e-6)):
            for name, function in (("jvp", jvp), ("vjp", vjp)):

                def wrong(x, directions, function=function, more=more):
                    return function(x, directions) * (1 + more)

                # Of two that disagree by less than differences are known to it is not said which.
                with self.assertRaises(ModelError) as caught:
                    check(model(dtype=dtype, **{name: wrong}), X)
                failed = [f.item for f in caught.exception.report.findings if not f.holds]
                print(f"{name} of {dtype.__name__} off by {more}: {failed}")
                self.assertTrue(set(failed) <= {"derivative", "transposed"})
                alone = {"forward": forward, "dtype": dtype}
                self.refused("derivative", name, Model(3, 2, **alone, **{name: wrong}))

    def test_one_output_of_many(self):
        def wrong(x, v):
            value = jvp(x, v)
            value[..., 1] = 0
            return value

        self.refused("derivative", "jvp", model(jvp=wrong))

    def test_randomness_and_states(self):
        random = np.random.default_rng(8)
        for name, function in (("forward", forward), ("jvp", jvp), ("vjp", vjp)):

            def noisy(*arguments, function=function):
                return function(*arguments) * random.random()

            self.refused("repeat", name, model(**{name: noisy}))
        with self.assertRaisesRegex(ModelError, "like functional dropout"):
            check(model(forward=lambda x: forward(x) * random.random()), X)

    def test_rows_that_depend_on_each_other(self):
        self.refused("rows", "forward", model(forward=lambda x: forward(x - x.mean(0))))
        with self.assertRaisesRegex(ModelError, "max_samples=1 takes one at a time"):
            check(model(forward=lambda x: forward(x - x.mean(0))), X)
        check(model(forward=lambda x: forward(x - 0 * x.mean(0)), max_samples=4), X)

        def at_least_two(x):
            if len(x) < 2:
                raise KeyError("two rows")
            return forward(x)

        self.refused("return", "forward", model(forward=at_least_two))
        with self.assertRaisesRegex(ModelError, "KeyError: 'two rows'") as caught:
            check(model(forward=at_least_two), X)
        self.assertIsInstance(caught.exception.__cause__, KeyError)
        check(model(forward=lambda x: forward(x + (x - x.mean(0))), max_samples=1), X)

    def test_coarse_forward(self):
        """Rounding inside of forward, on the way or at its end, is not taken for a mistake."""

        def wide(x):
            return np.float64(forward(x).astype(np.float32))

        def inner(x):
            return forward(np.float64(x.astype(np.float16)))

        def coarse(x):
            return np.round(forward(x), 3)

        for function in (wide, inner, coarse):
            check(model(forward=function), X)
            self.refused("derivative", "jvp", model(forward=function, jvp=lambda x, v: 1.5 * jvp(x, v)))

    def test_rounding_that_depends_on_the_batch(self):
        """A single row takes another way through a product of float32, inside a model of float64."""

        def inner(x):
            rounded = np.float64(forward(x).astype(np.float32))
            return rounded * (1 + 2**-23 * (len(x) == 1))

        check(model(forward=inner), X)
        self.refused("rows", "forward", model(forward=lambda x: inner(x) * (1 + 1e-3 * len(x))))

    def test_domains(self):
        """Points that leave the domain are not blamed on the products."""

        def root(x):
            with np.errstate(invalid="ignore"):
                return np.sqrt(x[:, :2])

        def slope(x, v):
            return v[..., :2] / (2 * root(x)[:, None])

        check(Model(3, 2, forward=root, jvp=slope), np.abs(X) + 1e-3)
        wrong = Model(3, 2, forward=root, jvp=lambda x, v: 2 * slope(x, v))
        self.refused("derivative", "jvp", wrong, X**2 + 1)

    def test_the_report(self):
        report = check(model(), X)
        self.assertEqual((report.failed, report.count), (0, len(report.findings)))
        self.assertGreater(report.calls, 10)
        looked = {(finding.item, finding.callback) for finding in report.findings}
        for item in ("return", "written", "bounds", "inputs", "finite", "repeat", "rows"):
            for callback in ("forward", "jvp", "vjp"):
                self.assertIn((item, callback), looked)
        for finding in report.findings:
            self.assertTrue(finding.holds and finding.found <= finding.allowed, finding)
        wrong = self.refused("derivative", "vjp", model(vjp=lambda x, u: vjp(x, u) / 2))
        self.assertFalse(wrong.findings[0].holds)
        self.assertGreater(wrong.findings[0].found, wrong.findings[0].allowed)
        self.assertTrue(0 <= wrong.findings[0].sample < 16)

    def test_all_functions(self):
        """Energies, norms and prepare are looked at, too; and indices."""
        def energies(x):
            return np.cos(x @ W.T) ** 2 @ (W**2).sum(1)

        def norms(x, u):
            return (vjp(x, u) ** 2).sum(-1)

        check(model(energies=energies, product_norms=norms), X)
        self.refused("energies", "energies", model(energies=lambda x: 1.01 * energies(x)))
        self.refused("norms", "product_norms", model(product_norms=lambda x, u: 2 * norms(x, u)))
        self.refused("nonnegative", "energies", model(energies=lambda x: -energies(x)))
        factors = 1.0 + np.arange(60) % 7

        def told(function):
            return lambda *a: function(*a[:-1]) * factors[a[-1]].reshape(
                -1, *[1] * (function(*a[:-1]).ndim - 1))  # fmt: skip

        functions = {"forward": forward, "jvp": jvp, "vjp": vjp}
        sound = Model(3, 2, indexed=True, **{k: told(f) for k, f in functions.items()})
        x = X.copy()
        x[2] = np.nan  # the rows behind it are looked at, by their own indices
        seen = []
        sound.prepare = lambda x, indices: seen.extend(indices)
        sound.jvp, sound.vjp = (
            lambda *a, function=function: function(*a[:-1]) for function in (sound.jvp, sound.vjp)
        )
        for first in (0, 13):
            seen.clear()
            check(sound, x, first_sample=first)
            self.assertEqual(set(seen), {first + row for row in range(3, 19)})
        shifted = Model(3, 2, indexed=True, forward=sound.forward, vjp=told(vjp),
                        jvp=lambda x, v, i: told(jvp)(x, v, i + 1))  # fmt: skip
        self.refused("derivative", "jvp", shifted)
        once = Model(3, 2, forward=forward, prepare=lambda x: x.copy(),
                     vjp=lambda x, u, prepared: vjp(prepared, u))  # fmt: skip
        check(once, X)

    def test_parameters(self):
        for dtype in (np.float32, np.float64):
            theta = W.astype(dtype).ravel()
            gradient = np.ones(6, dtype)

            def own(x, theta=theta):
                return np.sin(x @ theta.reshape(2, 3).T)

            def parameter_vjp(x, c, theta=theta, gradient=gradient, factor=1):
                gradient += factor * ((c * np.cos(x @ theta.reshape(2, 3).T)).T @ x).ravel()

            both = {"parameters": theta, "gradient": gradient}
            sound = Model(3, 2, forward=own, parameter_vjp=parameter_vjp, dtype=dtype)
            report = check(sound, X, **both)
            self.assertIn("parameters", [finding.item for finding in report.findings])
            self.assertTrue(np.array_equal(theta, W.astype(dtype).ravel()))
            self.assertTrue((gradient == 1).all())
            wrong = Model(3, 2, forward=own, dtype=dtype,
                          parameter_vjp=lambda x, c: parameter_vjp(x, c, factor=1.1))  # fmt: skip
            self.refused("parameters", "parameter_vjp", wrong, **both)
        with self.assertRaisesRegex(ValueError, "gradient must be a contiguous array"):
            check(sound, X, parameters=theta, gradient=np.zeros(5))

    def test_what_is_raised(self):
        def stopped(x):
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            check(model(forward=stopped), X)

        def undefined(x):
            raise OutOfDomain("here")

        with self.assertRaises(ModelError) as caught:
            check(model(forward=undefined), X)
        self.assertEqual(str(caught.exception.__cause__), "here")
        with self.assertRaises(Error) as caught:
            check(Model(3, 2), X)
        self.assertEqual(caught.exception.status, 40)
        self.assertEqual(check(model(), X * np.nan).calls, 0)

    def test_half_precision(self):
        """The noise of a coarser type is its type's, once it has been seen."""
        half = model(forward=lambda x: forward(x).astype(np.float16))
        check(half, X)
        self.assertEqual(half.forward_noise, 2**-10)


if __name__ == "__main__":
    unittest.main()
