"""Converts a chain of dense layers from ONNX to safetensors: python3 convert_onnx.py IN.onnx OUT.safetensors

The initializers of a file tell neither the order of the layers nor how they are multiplied: a Gemm may
transpose them, a MatMul takes inputs x outputs. So the graph is followed, and what is no chain of
Gemm, or MatMul and Add, and activations is refused. The weights are written outputs x inputs, called by
the numbers of their nodes; the activations are printed as options of measure. Needs onnx, safetensors."""

import sys

import onnx
from onnx.numpy_helper import to_array

PLAIN = {"Relu": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "Softplus": "softplus", "Softsign": "softsign",
         "Mish": "mish"}
SHAPES = {"Flatten", "Identity", "Dropout"}


def require(fact, node):
    if not fact:
        sys.exit(f"convert_onnx: {node.op_type} '{node.name}': not a chain of dense layers as they are known")


def activation(node, attributes):
    """As --activation has it; None: not one of those that need no more than their name and a slope."""
    if node.op_type == "LeakyRelu":
        return f"leaky_relu:{attributes.get('alpha', 0.01):.9g}"
    if node.op_type == "Elu" and attributes.get("alpha", 1.0) == 1.0:
        return "elu"
    if node.op_type == "Gelu" and attributes.get("approximate", b"none") == b"none":
        return "gelu"
    return None if attributes else PLAIN.get(node.op_type)


def chain(graph):
    """Tensors by their names, and the activation behind each layer."""
    arrays = {initializer.name: to_array(initializer) for initializer in graph.initializer}
    tensors, activations, value = {}, [], None
    for i, node in enumerate(graph.node):
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        names = [name for name in node.input if name]
        inputs = [name for name in names if name not in arrays]
        constants = [arrays[name] for name in names if name in arrays]
        require(len(inputs) == 1 and value in (None, inputs[0]) and len(node.output) == 1, node)
        value = node.output[0]
        if node.op_type in ("Gemm", "MatMul"):
            scale = attributes.get("alpha", 1.0) * attributes.get("beta", 1.0)
            require(names[0] == inputs[0] and scale == attributes.get("alpha", 1.0) == 1.0
                    and not attributes.get("transA"), node)
            require(constants and constants[0].ndim == 2, node)
            matrix = constants[0] if attributes.get("transB") else constants[0].T.copy()
            tensors[f"{i}.weight"] = matrix
            activations.append("identity")
            layer, constants = i, constants[1:]
        if node.op_type in ("Gemm", "Add") and constants:
            require(tensors and node.op_type == "Gemm" or i == layer + 1, node)
            require(f"{layer}.bias" not in tensors and constants[0].size == len(matrix), node)
            tensors[f"{layer}.bias"] = constants[0].reshape(-1)
        elif node.op_type not in ("Gemm", "MatMul") and node.op_type not in SHAPES:
            name = activation(node, attributes)
            require(name and activations and activations[-1] == "identity", node)
            activations[-1] = name
    require(activations and [output.name for output in graph.output] == [value], graph.node[-1])
    return tensors, activations


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: convert_onnx.py IN.onnx OUT.safetensors")
    from safetensors.numpy import save_file

    tensors, activations = chain(onnx.load(sys.argv[1]).graph)
    save_file(tensors, sys.argv[2], {"format": "pt"})
    print(f"measure {sys.argv[2]} DATA --activation {','.join(activations[:-1]) or 'identity'}"
          f" --output-activation {activations[-1]}")
