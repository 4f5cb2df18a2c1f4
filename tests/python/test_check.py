"""The check of models, with functions of numpy: what it finds, and what it does not complain about."""

import unittest

import numpy as np
from support import TestCase, X, forward, jvp, vjp

from dirichlet import Model, ModelError, check, measure


def model(**functions):
    return Model(3, 2, **{"forward": forward, "jvp": jvp, "vjp": vjp, **functions})


class Check(TestCase):
    def refused(self, reason, wrong, x=X):
        with self.assertRaisesRegex(ModelError, reason) as caught:
            check(wrong, x)
        print("refused:", caught.exception)

    def test_sound_models_pass(self):
        for dtype in (np.float32, np.float64):
            for limits in ({}, {"max_samples": 1}, {"max_samples": 3}, {"batch": 5}):
                check(model(dtype=dtype, **limits), X)
            check(model(dtype=dtype, jvp=None, vjp=None), X)
            check(model(dtype=dtype), X[:1])
            check(model(dtype=dtype), 0 * X)
        check(Model(3, 2, vjp=vjp), X)  # nothing to compare with
        x = X.copy()
        x[:10] = np.nan
        check(model(), x)
        self.refused("jvp is not", model(jvp=lambda x, v: 2 * jvp(x, v)), x)

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
            with self.assertRaisesRegex(ModelError, "vjp is not the derivative"):
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
                    self.refused(f"{name} is not", Model(3, 2, dtype=dtype, **wrong))

    def test_small_mistakes(self):
        """What is found follows from the precision."""
        for dtype, more in ((np.float32, 1e-2), (np.float64, 1e-7)):
            for name, function in (("jvp", jvp), ("vjp", vjp)):

                def wrong(x, directions, function=function, more=more):
                    return function(x, directions) * (1 + more)

                self.refused(f"{name} is not", model(dtype=dtype, **{name: wrong}))

    def test_one_output_of_many(self):
        def wrong(x, v):
            value = jvp(x, v)
            value[..., 1] = 0
            return value

        self.refused("jvp is not the derivative.*vjp agrees", model(jvp=wrong))

    def test_randomness_and_states(self):
        random = np.random.default_rng(8)
        self.refused(
            "forward gives other values", model(forward=lambda x: forward(x) * random.random())
        )
        self.refused("vjp gives other values", model(vjp=lambda x, u: vjp(x, u) * random.random()))

    def test_rows_that_depend_on_each_other(self):
        self.refused(
            "samples depend on each other", model(forward=lambda x: forward(x - x.mean(0)))
        )
        check(model(forward=lambda x: forward(x - 0 * x.mean(0)), max_samples=4), X)

        def at_least_two(x):
            if len(x) < 2:
                raise KeyError("two rows")
            return forward(x)

        self.refused("one alone fails .KeyError: 'two rows'", model(forward=at_least_two))
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
            self.refused("jvp is not", model(forward=function, jvp=lambda x, v: 1.5 * jvp(x, v)))

    def test_rounding_that_depends_on_the_batch(self):
        """A single row takes another way through a product of float32, inside a model of float64."""

        def inner(x):
            rounded = np.float64(forward(x).astype(np.float32))
            return rounded * (1 + 2**-23 * (len(x) == 1))

        check(model(forward=inner), X)
        self.refused(
            "depend on each other", model(forward=lambda x: inner(x) * (1 + 1e-3 * len(x)))
        )

    def test_steps_beside_a_skip(self):
        """A part that moves in steps is constant from point to point, and still no constant."""

        def stepping(x):
            return x[:, :2] + np.round(forward(x), 2)

        def skip(x, v):
            return v[..., :2]

        self.refused("jvp is not", Model(3, 2, forward=stepping, jvp=skip))
        check(Model(3, 2, forward=stepping, jvp=lambda x, v: skip(x, v) + jvp(x, v)), X)

    def test_domains(self):
        """Points that leave the domain are not blamed on the products."""

        def root(x):
            with np.errstate(invalid="ignore"):
                return np.sqrt(x[:, :2])

        def slope(x, v):
            return v[..., :2] / (2 * root(x)[:, None])

        check(Model(3, 2, forward=root, jvp=slope), np.abs(X) + 1e-3)
        self.refused(
            "jvp is not", Model(3, 2, forward=root, jvp=lambda x, v: 2 * slope(x, v)), X**2 + 1
        )


if __name__ == "__main__":
    unittest.main()
