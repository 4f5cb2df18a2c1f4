"""What errors know, what the reserved exceptions mean, and progress."""

import pickle
import unittest

import numpy as np
from support import EXACT, TestCase, W, X, forward, jvp, vjp

from dirichlet import (
    Dense,
    Error,
    Estimator,
    Model,
    OutOfDomain,
    Unsupported,
    energy_penalty,
    jacobian_norms,
    measure,
)


def model(**functions):
    return Model(3, 2, **functions)


class Fields(TestCase):
    def failed(self, call, status, **fields):
        with self.assertRaises(Error) as caught:
            call()
        error = caught.exception
        print(f"{error.status}: {error}")
        expected = {"callback_code": 0, "sample": None, "least_bytes": 0, **fields}
        self.assertEqual(error.status, status)
        self.assertEqual({name: getattr(error, name) for name in expected}, expected)
        self.assertEqual(str(error), error.message)
        return error

    def test_a_sample_at_fault(self):
        x = X.copy()
        x[7, 1] = np.nan
        self.failed(lambda: measure(model(vjp=vjp), x), 30, sample=7)
        self.failed(lambda: measure(model(vjp=vjp), x, first_sample=100), 30, sample=107)
        estimator = Estimator(model(vjp=vjp))
        estimator.update(X)
        self.failed(lambda: estimator.update(x), 30, sample=47)
        self.failed(lambda: jacobian_norms(model(vjp=vjp), x), 30, sample=7)
        self.failed(lambda: energy_penalty(model(forward=forward), x), 30, sample=7)
        indices = np.arange(40)[::-1]
        self.failed(lambda: measure(model(vjp=vjp), x, indices=indices), 30, sample=32)

    def test_least_workspace(self):
        for call in (
            lambda bytes: Estimator(model(vjp=vjp), workspace_bytes=bytes),
            lambda bytes: Dense([(W, None, "tanh")], workspace_bytes=bytes),
            lambda bytes: energy_penalty(model(forward=forward), X, workspace_bytes=bytes),
            lambda bytes: jacobian_norms(model(vjp=vjp), X, workspace_bytes=bytes),
        ):
            with self.assertRaises(Error) as caught:
                call(1)
            least = caught.exception.least_bytes
            self.failed(lambda call=call: call(1), 22, least_bytes=least)
            self.assertGreater(least, 1)
            self.failed(lambda call=call, least=least: call(least - 1), 22, least_bytes=least)
            call(least)

    def test_others(self):
        error = self.failed(lambda: Estimator(model()), 40)
        self.failed(lambda: Estimator.from_bytes(b"nonsense"), 52)
        copy = pickle.loads(pickle.dumps(error))
        self.assertEqual((str(copy), copy.status, copy.sample), (str(error), 40, None))


class Reserved(TestCase):
    def test_unsupported(self):
        """As if the function had not been given, and what it said of it stays known."""

        def unable(x, u):
            raise Unsupported("no backward pass")

        for call in (
            lambda: measure(model(vjp=unable), X),
            lambda: jacobian_norms(model(vjp=unable), X),
            lambda: energy_penalty(model(forward=lambda x: unable(x, x)), X),
        ):
            with self.assertRaises(Error) as caught:
                call()
            print(caught.exception)
            self.assertEqual(caught.exception.status, 40)
            self.assertRegex(str(caught.exception), "vjp|forward")
            self.assertEqual(str(caught.exception.__cause__), "no backward pass")

    def test_out_of_domain(self):
        def inside(function):
            def checked(x, *directions):
                if (x[:, 0] > 0.8).any():
                    raise OutOfDomain("beyond 0.8")
                return function(x, *directions)

            return checked

        left = X[:, 0] <= 0.8
        first = int(np.argmin(left))
        self.assertGreater((~left).sum(), 1)
        for name, function in (("vjp", vjp), ("jvp", jvp), ("forward", forward)):
            wrong = model(**{name: inside(function)})
            with self.assertRaises(Error) as caught:
                measure(wrong, X)
            self.assertEqual((caught.exception.status, caught.exception.sample), (30, first))
            self.assertEqual(str(caught.exception.__cause__), "beyond 0.8")
            result = measure(wrong, X, on_nonfinite="skip")
            self.assertEqual((result.samples, result.skipped), (left.sum(), (~left).sum()))
            self.assert_close(f"skipped, {name}", result.energies[left], EXACT[left], 1e-6)
            self.assertTrue(np.isnan(result.energies[~left]).all())

    def test_what_is_raised_beside_them_comes_out(self):
        def mixed(x, u):
            if len(x) > 1:
                raise OutOfDomain
            if x[0, 0] == X[3, 0]:
                raise ZeroDivisionError("of mine")
            return vjp(x, u)

        with self.assertRaisesRegex(ZeroDivisionError, "of mine"):
            measure(model(vjp=mixed), X, on_nonfinite="skip")


class Progress(TestCase):
    calls = {  # of 40 samples, a few at a time
        "update": lambda progress: measure(model(vjp=vjp, max_samples=4), X, progress=progress),
        "jacobian norms": lambda progress: jacobian_norms(model(vjp=vjp), X, progress=progress),
        "energy penalty": lambda progress: energy_penalty(
            model(forward=forward), X, workspace_bytes=2000, progress=progress
        ),
        "transfer": lambda progress: Dense([(W, None, "tanh")]).transfer(X, progress=progress),
    }

    def test_states(self):
        for name, call in self.calls.items():
            seen = []
            call(seen.append)
            print(f"{name}: {len(seen)} reports, the last one {seen[-1]}")
            samples = [state.samples for state in seen]
            self.assertEqual(samples, sorted(samples))
            self.assertEqual((seen[-1].samples, seen[-1].total), (40, 40))
            self.assertTrue(all(state.value > 0 for state in seen))
        seen = []
        result = measure(model(vjp=vjp), X, progress=seen.append)
        self.assertEqual(seen[-1].value, result.value)
        self.assertEqual(seen[-1].standard_error, result.standard_error)
        self.assertEqual(seen[-1].products, result.products)
        x = X.copy()
        x[3] = np.nan
        measure(model(vjp=vjp), x, on_nonfinite="skip", progress=seen.append)
        self.assertEqual((seen[-1].samples, seen[-1].skipped), (39, 1))

    def test_spectral_norms(self):
        seen = []
        Dense([(W, None, "tanh"), (W.T, None, "identity")]).spectral_norms(progress=seen.append)
        self.assertEqual([(state.samples, state.total) for state in seen], [(0, 2), (1, 2)])
        self.assert_close("first norm", seen[1].value, np.linalg.norm(W, 2), 1e-9)

    def test_cancel(self):
        networks = Dense([(W, None, "tanh")])
        calls = {**self.calls, "spectral norms": lambda p: networks.spectral_norms(progress=p)}
        for name, call in calls.items():
            for code in (1, 7):
                with self.assertRaises(Error) as caught:
                    call(lambda state, code=code: state.cancel(code))
                print(f"{name}: {caught.exception}")
                self.assertEqual(
                    (caught.exception.status, caught.exception.callback_code), (42, code)
                )
        estimator = Estimator(model(vjp=vjp), progress=lambda state: state.cancel())
        self.assertRaises(Error, estimator.update, X)
        self.assertEqual(estimator.describe().next_sample, 0)
        for wrong in (0, -1, 2**31):
            with self.assertRaisesRegex(ValueError, "code is"):
                measure(model(vjp=vjp), X, progress=lambda state, wrong=wrong: state.cancel(wrong))

    def test_what_it_returns_means_nothing(self):
        self.assertEqual(measure(model(vjp=vjp), X, progress=lambda state: True).samples, 40)


if __name__ == "__main__":
    unittest.main()
