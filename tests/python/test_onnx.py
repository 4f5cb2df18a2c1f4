"""Networks in files of ONNX, run by ONNX Runtime, beside the exact energies of their weights."""

import os
import tempfile
import unittest

import numpy as np
from support import TestCase, needs

import dirichlet
from dirichlet import NOISE, Dense, Model, measure


def onnx_model(*arguments, **options):  # only where onnxruntime is installed
    return dirichlet.onnx_model(*arguments, **options)


random = np.random.default_rng(9)
W1, B1 = random.normal(size=(32, 8)) / 3, random.normal(size=32) / 4
W2, B2 = random.normal(size=(3, 32)) / 6, random.normal(size=3)
X = random.normal(size=(50, 8))


def network(dtype=np.float32, batch="samples", shape=(8,), outputs=("y",)):
    """tanh(x W1' + b1) W2' + b2 as bytes."""
    from onnx import helper, numpy_helper

    arrays = {"w1": W1.T, "b1": B1, "w2": W2.T, "b2": B2}
    stored = [numpy_helper.from_array(a.astype(dtype), name) for name, a in arrays.items()]
    steps = [
        helper.make_node("Flatten", ["x"], ["flat"]),
        helper.make_node("MatMul", ["flat", "w1"], ["h1"]),
        helper.make_node("Add", ["h1", "b1"], ["h2"]),
        helper.make_node("Tanh", ["h2"], ["h3"]),
        helper.make_node("MatMul", ["h3", "w2"], ["h4"]),
        helper.make_node("Add", ["h4", "b2"], ["y"]),
    ]
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    x = helper.make_tensor_value_info("x", kind, [batch, *shape])
    results = [helper.make_tensor_value_info(name, kind, None) for name in outputs]
    graph = helper.make_graph(steps, "network", [x], results, stored)
    opsets = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()


@needs("onnx", "onnxruntime")
class Onnx(TestCase):
    def setUp(self):
        self.exact = Dense([(W1, B1, "tanh"), (W2, B2, "identity")]).energies(X)

    def test_precisions(self):
        """What is said of each precision; without it, what comes out."""
        for dtype, bound in ((np.float64, 1e-8), (np.float32, 1e-4), (np.float16, 0.01)):
            model = onnx_model(network(dtype))
            self.assertEqual((model.inputs, model.outputs, model.batch), (8, 3, 0))
            self.assertEqual(model.dtype, np.float64 if dtype is np.float64 else np.float32)
            self.assertEqual(model.forward_noise, NOISE.get(dtype.__name__, 0))
            result = measure(model, X)
            name = f"onnx {dtype.__name__}: reported noise {result.noise / result.value:.1e}"
            self.assert_close(name, result.value, self.exact.mean(), bound)

    def test_files_and_sessions(self):
        import onnxruntime

        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "network.onnx")
            with open(path, "wb") as file:
                file.write(network())
            session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
            for options in ({}, {"session": session}, {"output": "y"}, {"inputs": 8}):
                energies = measure(onnx_model(path, **options), X).energies
                self.assert_close("onnx file", energies, self.exact, 1e-3)

    def test_fixed_batches(self):
        for batch in (1, 16):
            model = onnx_model(network(batch=batch))
            self.assertEqual(model.batch, batch)
            value = measure(model, X).value
            self.assert_close(f"onnx, batches of {batch}", value, self.exact.mean(), 1e-4)

    def test_shapes(self):
        model = onnx_model(network(shape=(2, 4)))
        value = measure(model, X.reshape(50, 2, 4)).value
        self.assert_close("onnx images", value, self.exact.mean(), 1e-4)
        with self.assertRaisesRegex(ValueError, r"say it, inputs=SHAPE"):
            onnx_model(network(shape=("rows", 4)))
        with self.assertRaisesRegex(ValueError, r"inputs is 9, but the file says \[8\]"):
            onnx_model(network(), inputs=9)
        open_shape = onnx_model(network(shape=("rows", 4)), inputs=(2, 4))
        self.assert_close("onnx, open", measure(open_shape, X).value, self.exact.mean(), 1e-4)

    def test_outputs(self):
        with self.assertRaisesRegex(ValueError, "outputs y, h1: say which"):
            onnx_model(network(outputs=("y", "h1")))
        with self.assertRaisesRegex(ValueError, "output is 'z', expected one of y, h1"):
            onnx_model(network(outputs=("y", "h1")), output="z")
        model = onnx_model(network(outputs=("y", "h1")), output="h1")
        value = measure(model, X).value
        self.assert_close("onnx, inner output", value, (W1.astype(np.float32) ** 2).sum(), 1e-4)

    def test_integers(self):
        """Dynamic quantization has one scale for a batch: an outlier changes all other samples."""
        from onnxruntime.quantization import quantize_dynamic

        with tempfile.TemporaryDirectory() as folder:
            plain, quantized = (os.path.join(folder, name) for name in ("f.onnx", "q.onnx"))
            with open(plain, "wb") as file:
                file.write(network())
            quantize_dynamic(plain, quantized)
            model = onnx_model(quantized)
            self.assertEqual((model.forward_noise, model.max_samples), (NOISE["int8"], 1))
            value = measure(model, X).value
            self.assert_close("onnx int8, noise said", value, self.exact.mean(), 0.1)
            naive = Model(8, 3, forward=model.forward, dtype=np.float32, max_samples=1)
            with self.assertRaisesRegex(dirichlet.Error, "noise swamps the value"):
                measure(naive, X, forward_noise=2**-23)
            result = measure(naive, X)
            off = abs(result.value - self.exact.mean()) / result.standard_error_differences
            print(f"onnx int8, nothing said: off by {off:.2g} of the stated errors")
            self.assertLess(off, 3)

            x = np.concatenate([X, 100 * X[:1]])
            for noise in (0.0, NOISE["int8"]):
                together = onnx_model(quantized, max_samples=51, forward_noise=noise, check=False)
                with self.assertRaisesRegex(dirichlet.Error, "say max_samples = 1"):
                    measure(together, x)
            off = np.mean(np.abs(measure(model, x).energies[:50] / self.exact - 1))
            print(f"onnx int8 beside an outlier, one at a time: single samples off by {off:.2g}")
            self.assertLess(off, 0.1)

    def test_checked_when_made(self):
        """Scales of a whole batch are found at rows that are made up, and at those given."""
        from onnxruntime.quantization import quantize_dynamic

        with tempfile.TemporaryDirectory() as folder:
            plain, quantized = (os.path.join(folder, name) for name in ("f.onnx", "q.onnx"))
            with open(plain, "wb") as file:
                file.write(network())
            quantize_dynamic(plain, quantized)
            x = np.concatenate([X[:7], 100 * X[:1]])
            with self.assertRaisesRegex(dirichlet.ModelError, "max_samples=1 takes one") as caught:
                onnx_model(quantized, max_samples=51, data=x)
            print("refused:", caught.exception)
            for data in (x, None):
                self.assertIsNone(onnx_model(quantized, data=data).first)
                self.assertIsNone(onnx_model(plain, data=data).first)


if __name__ == "__main__":
    unittest.main()
