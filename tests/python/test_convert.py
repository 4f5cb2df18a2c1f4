"""examples/measure/convert_onnx.py: the layers of a graph, whatever its initializers are called, or refused."""

import importlib.util
import unittest
from pathlib import Path

import numpy as np
from support import needs

SCRIPT = Path(__file__).parent.parent.parent / "examples" / "measure" / "convert_onnx.py"
random = np.random.default_rng(4)
W1, B1, W2, B2 = (random.normal(size=s).astype("f4") for s in ((6, 6), 6, (6, 6), 6))


def chain(*nodes, **more):
    """Of nodes (operator, inputs, output, attributes)."""
    from onnx import TensorProto, helper, numpy_helper

    spec = importlib.util.spec_from_file_location("convert_onnx", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    arrays = {"w1": W1, "b1": B1, "w2": W2, "b2": B2, "t1": W1.T, "t2": W2.T, **more}
    used = {name for _, inputs, *_ in nodes for name in inputs}
    graph = helper.make_graph(
        [helper.make_node(kind, inputs, [output], **(rest[0] if rest else {}))
         for kind, inputs, output, *rest in nodes], "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 6])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.ascontiguousarray(a), name) for name, a in arrays.items()
         if name in used])
    return script.chain(graph)


LAST = ("Gemm", ["h", "w2", "b2"], "y", {"transB": 1})
FIRST = ("Gemm", ["x", "w1", "b1"], "z", {"transB": 1})
RELU = ("Relu", ["z"], "h")


@needs("onnx")
class Convert(unittest.TestCase):
    def check(self, *nodes, activation="relu"):
        tensors, activations = chain(*nodes)
        weights = [tensors[k] for k in tensors if k.endswith("weight")]
        biases = [tensors[k] for k in tensors if k.endswith("bias")]
        for found, right in zip(weights + biases, (W1, W2, B1, B2), strict=True):
            self.assertTrue(np.array_equal(found, right))
        self.assertEqual(activations, [activation, "identity"])

    def test_layouts(self):
        self.check(FIRST, RELU, LAST)
        self.check(("Gemm", ["x", "t1", "b1"], "z"), RELU, ("Gemm", ["h", "t2", "b2"], "y"))
        self.check(("MatMul", ["x", "t1"], "p"), ("Add", ["b1", "p"], "z"), ("Tanh", ["z"], "h"),
                   ("MatMul", ["h", "t2"], "q"), ("Add", ["q", "b2"], "y"), activation="tanh")
        self.check(FIRST, ("LeakyRelu", ["z"], "h", {"alpha": 0.25}), LAST, activation="leaky_relu:0.25")

    def test_a_weight_twice(self):
        tensors, _ = chain(FIRST, RELU, ("Gemm", ["h", "w1", "b1"], "y", {"transB": 1}))
        self.assertEqual(len(tensors), 4)

    def test_refused(self):
        for nodes in (
                (("Gemm", ["x", "w1", "b1"], "z", {"transB": 1, "alpha": 2.0}), RELU, LAST),
                (("Gemm", ["x", "w1", "b1"], "z", {"transA": 1}), RELU, LAST),
                (FIRST, RELU, ("Gemm", ["h", "w2", "b2"], "p"), ("Add", ["p", "x"], "y")),
                (FIRST, RELU, ("Gemm", ["h", "w2", "b2"], "p"), ("Add", ["p", "b1"], "y")),
                (FIRST, RELU, ("Gemm", ["h", "w2", "b2"], "p"), ("Mul", ["p", "b1"], "y")),
                (("MatMul", ["w1", "x"], "z"), RELU, LAST),
                (FIRST, ("Elu", ["z"], "h", {"alpha": 0.5}), LAST),
                (FIRST, RELU, ("Gemm", ["h", "w2", "b2"], "p", {"transB": 1})),
                (FIRST, ("Relu", ["z"], "p"), ("Relu", ["p"], "h"), LAST),
                (("Relu", ["x"], "z"), RELU, LAST)):
            with self.subTest(nodes=nodes), self.assertRaises(SystemExit):
                chain(*nodes)


if __name__ == "__main__":
    unittest.main()
