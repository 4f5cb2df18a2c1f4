"""Dense networks over numpy arrays where they are."""

import gc
import unittest
import weakref

import numpy as np
from support import EXACT, TestCase, W, X

from dirichlet import ACTIVATIONS, Dense, Error, Estimator, measure


def reference(weights, x):
    """Energies of a tanh network without biases, the last layer linear."""
    jacobian, h = np.broadcast_to(np.eye(x.shape[1]), (len(x),) + (x.shape[1],) * 2), x
    for index, weight in enumerate(weights):
        jacobian, h = weight @ jacobian, h @ weight.T
        if index < len(weights) - 1:
            h = np.tanh(h)
            jacobian = (1 - h**2)[:, :, None] * jacobian
    return (jacobian**2).sum((1, 2))


def layouts(weight):
    """The same matrix in other memory."""
    outputs, inputs = weight.shape
    yield "rows", weight.copy()
    yield "columns", np.asfortranarray(weight)
    wide = np.zeros((outputs, inputs + 1), weight.dtype)  # the bias in the last column: FANN
    wide[:, :-1] = weight
    yield "rows with a gap", wide[:, :-1]
    spread = np.zeros((2 * inputs, 3 * outputs), weight.dtype)
    spread[::2, ::3] = weight.T
    yield "every other number", spread[::2, ::3].T
    single = np.zeros((outputs, inputs, 2), weight.dtype)
    single[..., 1] = weight
    yield "interleaved", single[..., 1]


class Networks(TestCase):
    def test_layouts(self):
        random = np.random.default_rng(2)
        weights = [random.normal(size=shape) / 2 for shape in ((6, 3), (5, 6), (2, 5))]
        for dtype, bound in ((np.float64, 1e-13), (np.float32, 2e-6)):
            x = X.astype(dtype)
            cast = [weight.astype(dtype) for weight in weights]
            expected = reference([w.astype(np.float64) for w in cast], x.astype(np.float64))
            for index in range(3):
                for name, view in layouts(cast[index]):
                    views = cast[:index] + [view] + cast[index + 1 :]
                    kinds = ["tanh", "tanh", "identity"]
                    dense = Dense([(w, None, kind) for w, kind in zip(views, kinds)])
                    what = f"{dtype.__name__}, layer {index} by {name}"
                    self.assert_close(what, dense.energies(x), expected, bound)
                    self.assert_close("measured", measure(dense, x).value, expected.mean(), bound)

    def test_bias_and_activation(self):
        bias = np.full((4, 3), np.pi / 2)[::2, 1]  # sin(z + pi/2) has the slope -sin z
        dense = Dense([(W, bias, "sin")])
        self.assert_close("bias", dense.energies(X), np.sin(X @ W.T) ** 2 @ (W**2).sum(1), 1e-13)
        dense = Dense([(W, None, "leaky_relu", 0.5)])
        slopes = np.where(X @ W.T > 0, 1, 0.5)
        self.assert_close("parameter", dense.energies(X), slopes**2 @ (W**2).sum(1), 1e-13)
        for given, slope in ((None, 0.01), (0, 0), (-0.5, -0.5), (0.01, 0.01)):
            dense = Dense([(W, None, "leaky_relu", given)])
            slopes = np.where(X @ W.T > 0, 1, slope)
            self.assert_close(f"slope {given}", dense.energies(X), slopes**2 @ (W**2).sum(1), 1e-13)
        zero = Dense([(W, None, "elu", {"parameter": 0}), (np.eye(2), None, "identity")])
        slopes = np.where(X @ W.T > 0, 1, 0)
        self.assert_close("elu of 0", zero.energies(X), slopes**2 @ (W**2).sum(1), 1e-13)
        for activation in ACTIVATIONS:
            options = {"second": 6.0} if activation == "clamp" else {}
            dense = Dense([(W, None, activation, options)])
            self.assertEqual(np.isfinite(dense.energies(X)).all(), True)

    def test_parameters_of_activations(self):
        z, squares = X @ W.T, (W**2).sum(1)
        slopes = np.array([-0.5, 9.0, 0.0, 9.0])[::2]
        for name, options, derivative in (
            ("prelu", {"negative_slopes": slopes}, np.where(z > 0, 1, slopes)),
            ("prelu", {"parameter": -2}, np.where(z > 0, 1, -2)),
            ("clamp", {"parameter": -0.5, "second": 1}, (z > -0.5) & (z < 1)),
            ("sin", {"input_scale": 3, "output_scale": 0.5}, 1.5 * np.cos(3 * z)),
        ):
            dense = Dense([(W, None, name, options)])
            self.assert_close(name, dense.energies(X), derivative**2 @ squares, 1e-13)
        for kink, slope in (("outside", 0.01), ("inside", 1), ("mean", 0.505)):
            dense = Dense([(W, None, "leaky_relu", {"kink": kink})])
            zero = np.zeros((1, W.shape[1]))
            self.assert_close(kink, dense.energies(zero), slope**2 * squares.sum(), 1e-13)

    def test_weights_are_borrowed(self):
        weight = W.copy()
        dense = Dense([(weight, None, "sin")])
        estimator = Estimator(dense)
        self.assert_close("before", estimator.update(X), EXACT, 1e-13)
        weight *= 2
        changed = np.cos(X @ weight.T) ** 2 @ (weight**2).sum(1)
        self.assert_close("changed in place", estimator.update(X), changed, 1e-13)
        self.assert_close("both", estimator.result().value, (EXACT + changed).mean() / 2, 1e-13)
        lives = weakref.ref(weight)
        del weight
        gc.collect()
        self.assertIsNotNone(lives())
        del dense, estimator
        gc.collect()
        self.assertIsNone(lives())

    def test_a_single_row_or_column(self):
        column = np.ones((5, 4))[:, :1]
        self.assert_close("5 x 1", Dense([(column, None, "identity")]).energies([[3.0]]), 5, 1e-14)
        row = np.broadcast_to(np.ones(4), (1, 4))  # its stride of 0 is not used
        energies = Dense([(row, None, "identity")]).energies(np.ones((1, 4)))
        self.assert_close("1 x 4", energies, 4, 1e-14)

    def test_refused(self):
        unaligned = np.frombuffer(bytes(49), offset=1).reshape(2, 3)
        record = np.zeros(3, [("odd", "u1"), ("row", "f8", 2)])["row"].T
        for error, text, layers in (
            (ValueError, "layers is empty", []),
            (ValueError, r"layers\[0\] must be \(weight", [(W, "tanh")]),
            (ValueError, r"layers\[0\]: weight has strides", [(W[::-1], None, "tanh")]),
            (ValueError, "weight has strides", [(np.broadcast_to(W[:1], (4, 3)), None, "tanh")]),
            (ValueError, "weight has strides", [(record, None, "tanh")]),
            (ValueError, "weight has strides", [(unaligned, None, "tanh")]),
            (ValueError, "weight must be a numpy array of 2", [(W[0], None, "tanh")]),
            (ValueError, "weight must be a numpy array", [(W.tolist(), None, "tanh")]),
            (ValueError, "bias must be a numpy array of 1", [(W, W, "tanh")]),
            (ValueError, "bias has the length 3, expected 2", [(W, np.ones(3), "tanh")]),
            (ValueError, "bias is float32", [(W, np.ones(2, np.float32), "tanh")]),
            (ValueError, "dtype is int64", [(np.ones((2, 3), np.int64), None, "tanh")]),
            (ValueError, "dtype is >f8", [(W.astype(">f8"), None, "tanh")]),
            (ValueError, "activation is 'tan'", [(W, None, "tan")]),
            (ValueError, "output_scale is 0, which would make", [(W, None, "elu", {"output_scale": 0})]),
            (TypeError, r"layers\[0\]: parameter is 'abc'", [(W, None, "elu", "abc")]),
            (ValueError, r"layers\[0\]: activation is \['a'\]", [(W, None, ["a"])]),
            (Error, "activation_parameter", [(W, None, "elu", np.inf)]),
            (Error, "activation_parameter", [(W, None, "relu", 1.0)]),
            (ValueError, "'slope' is no parameter", [(W, None, "prelu", {"slope": 1})]),
            (ValueError, "kink is 'at'", [(W, None, "relu", {"kink": "at"})]),
            (ValueError, "length 3, expected 2",
             [(W, None, "prelu", {"negative_slopes": np.ones(3)})]),
            (Error, "only prelu", [(W, None, "relu", {"negative_slopes": np.ones(2)})]),
            (Error, "inputs", [(W, None, "tanh"), (W, None, "tanh")]),
        ):
            with self.subTest(text), self.assertRaisesRegex(error, text):
                Dense(layers)


if __name__ == "__main__":
    unittest.main()
