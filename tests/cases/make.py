"""Makes the cases of made/ and their right values: spellings of further tools, written by hand.

    python3 make.py        (needs numpy)

Layer l has W[o][i] = ((5 o + 3 i + 4 l + 1) mod 17 - 8) / 8 and b[o] = ((3 o + 5 l + 2) mod 7 - 3) / 4,
as the files beside this one, whose samples are used. The right value is the mean of the squared
Frobenius norms of the Jacobians, multiplied out in float64.
"""
import json
import struct
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "made"
CODES = {"F4": "<u1", "F32": "<f4", "F64": "<f8", "F16": "<f2", "I64": "<i8", "I8": "<i1"}
samples = {6: np.load(Path(__file__).parent / "x.npy").astype(float)}
cases = []


def weight(layer, outputs, inputs):
    o, i = np.arange(outputs)[:, None], np.arange(inputs)
    return ((5 * o + 3 * i + 4 * layer + 1) % 17 - 8) / 8


def bias(layer, outputs):
    return ((3 * np.arange(outputs) + 5 * layer + 2) % 7 - 3) / 4


WIDTHS = (6, 5, 4, 3)
LAYERS = [(weight(l, k, d), bias(l, k)) for l, (d, k) in enumerate(zip(WIDTHS, WIDTHS[1:]))]


def complexity(layers, x=samples[6], slopes=None, between=None):
    """GC of a relu network; slopes: of the negative half, a layer; between: s, t behind the
    activation of a layer, h -> s h + t."""
    total = 0.0
    for h in x:
        jacobian = np.eye(len(h))
        for l, (w, b) in enumerate(layers):
            z, jacobian = w @ h + b, w @ jacobian
            if l + 1 < len(layers):
                slope = np.where(z > 0, 1.0, 0.0 if slopes is None else slopes[l])
                h, jacobian = slope * z, slope[:, None] * jacobian
                if between is not None:
                    s, t = between[l]
                    h, jacobian = s * h + t, s[:, None] * jacobian
        total += np.sum(jacobian**2)
    return total / len(x)


def write(name, tensors, metadata=None, dtype="F32"):
    header, data = {}, b""
    if metadata is not None:
        header["__metadata__"] = metadata
    for key, value in tensors.items():
        kind, value = value if isinstance(value, tuple) else (dtype, value)
        array = np.ascontiguousarray(np.asarray(value, CODES[kind]))
        if kind == "F4":  # two numbers in a byte
            array = np.zeros((array.size + 1) // 2, np.uint8)
        header[key] = {"dtype": kind, "shape": list(np.shape(value)),
                       "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (FOLDER / f"{name}.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)


def case(name, tensors, right=None, refused=None, options="", metadata=None, dtype="F32", what=""):
    if tensors is not None:
        write(name, tensors, metadata, dtype)
    entry = {"weights": f"made/{name}.safetensors", "data": "x.npy", "options": options}
    entry.update({"right": right} if refused is None else {"refused": refused})
    cases.append({**entry, "what": what})


def plain(names, kinds=("weight", "bias"), layers=LAYERS, transposed=False):
    tensors = {}
    for name, (w, b) in zip(names, layers):
        tensors[name + kinds[0]] = w.T if transposed else w
        if b is not None:
            tensors[name + kinds[1]] = b
    return tensors


NUMBERS = ("0.", "2.", "4.")
RIGHT = complexity(LAYERS)


def spellings():
    case("f16", plain(NUMBERS), RIGHT, dtype="F16", what="float16, exact")
    case("haiku", plain(["mlp/~/linear_0.", "mlp/~/linear_1.", "mlp/~/linear_2."], ("w", "b"),
                        transposed=True), RIGHT, what="Haiku: w is inputs x outputs")
    case("nnx", plain(["['layers'][0]['", "['layers'][1]['", "['layers'][2]['"],
                      ("kernel'].value", "bias'].value"), transposed=True), RIGHT,
         what="keystr of Flax NNX")
    case("keras", plain(["dense/", "dense_1/", "dense_2/"], ("kernel", "bias"), transposed=True),
         RIGHT, what="dense comes before dense_1")
    case("blocks", plain(["blocks.0.", "blocks.2.", "blocks.10."]), RIGHT, what="2 before 10")
    case("autoencoder", plain(["encoder.0.", "encoder.2.", "decoder.0."]), RIGHT,
         what="decoder is not first")
    case("optimizer", {**plain(NUMBERS), "optimizer.state.0.exp_avg": LAYERS[0][0],
                       "optimizer.state.0.step": ("I64", 7)}, RIGHT, what="an optimizer's state")
    case("empty", {**plain(NUMBERS), "unused": np.zeros((0, 3))}, RIGHT, what="an empty tensor")


def reparametrized():
    def norms(w):
        return np.sqrt(np.sum(w**2, axis=1, keepdims=True))

    old = {}
    for name, (w, b) in zip(NUMBERS, LAYERS):
        old.update({name + "weight_g": norms(w), name + "weight_v": 3 * w, name + "bias": b})
    case("weight-norm-old", old, RIGHT, what="torch.nn.utils.weight_norm")
    scaled, spectral = [], {}
    for name, (w, b) in zip(NUMBERS, LAYERS):
        u, s, v = np.linalg.svd(w)
        scaled.append((w / s[0], b))
        spectral.update({name + "weight_orig": w, name + "weight_u": u[:, 0],
                         name + "weight_v": v[0], name + "bias": b})
    case("spectral-norm-old", spectral, complexity(scaled), what="torch.nn.utils.spectral_norm")
    masks = [np.where((np.arange(w.size).reshape(w.shape) * 7) % 3 > 0, 1.0, 0.0)
             for w, _ in LAYERS]
    pruned = {}
    for name, (w, b), mask in zip(NUMBERS, LAYERS, masks):
        pruned.update({name + "weight_orig": w, name + "weight_mask": mask, name + "bias": b})
    case("pruned", pruned, complexity([(w * m, b) for (w, b), m in zip(LAYERS, masks)]),
         what="torch.nn.utils.prune")
    case("unknown-parametrization",
         {"0.parametrizations.weight.original": LAYERS[0][0], "0.bias": LAYERS[0][1],
          **plain(NUMBERS[1:], layers=LAYERS[1:])}, refused="a parametrization that is not known",
         what="a parametrization of somebody's own")


def normalized():
    def numbers(l, size):
        k = np.arange(size)
        return {"scale": 1 + ((3 * k + l) % 5) / 4, "offset": ((2 * k + l) % 5 - 2) / 4,
                "mean": ((k + 2 * l) % 7 - 3) / 4, "variance": 0.5 + ((4 * k + l) % 3) / 2}

    def fold(n, epsilon):
        scale = n["scale"] / np.sqrt(n["variance"] + epsilon)
        return scale, n["offset"] - scale * n["mean"]

    stats = [numbers(l, k) for l, k in enumerate(WIDTHS[1:3])]

    def before(epsilon):
        folded = []
        for (w, b), n in zip(LAYERS, stats):
            scale, offset = fold(n, epsilon)
            folded.append((scale[:, None] * w, scale * b + offset))
        return complexity(folded + LAYERS[2:])

    after = complexity(LAYERS, between=[fold(n, 1e-5) for n in stats] + [None])
    torch = {"weight": "scale", "bias": "offset", "running_mean": "mean", "running_var": "variance"}
    keras = {"gamma": "scale", "beta": "offset", "moving_mean": "mean",
             "moving_variance": "variance"}

    def norm(name, n, spelling=torch):
        return {name + key: n[value] for key, value in spelling.items()}

    counter = {"2.num_batches_tracked": ("I64", 9)}
    case("batch-norm-after", {**plain(["0.", "3.", "6."]), **norm("2.", stats[0]), **counter,
                              **norm("5.", stats[1])}, after, what="behind the activation")
    bare = [(w, None) for w, _ in LAYERS]
    case("batch-norm-no-bias", {**plain(["0.", "3.", "6."], layers=bare), **norm("1.", stats[0]),
                                **norm("4.", stats[1])},
         complexity([(s[:, None] * w, t) for (w, _), (s, t) in
                     zip(LAYERS, [fold(n, 1e-5) for n in stats])] + [(LAYERS[2][0], 0 * bias(2, 3))]),
         what="layers without a bias before it")
    named = {**plain(["fc1.", "fc2.", "fc3."]), **norm("bn1.", stats[0]), **norm("bn2.", stats[1])}
    case("batch-norm-named", named, refused="--batch-norm", what="before or after: not told")
    case("batch-norm-named", None, before(1e-5), options="--batch-norm before")
    case("batch-norm-named", None, after, options="--batch-norm after")
    case("batch-norm-named", None, before(1e-3), options="--batch-norm before --eps 1e-3")
    case("batch-norm-keras", {**plain(["dense/", "dense_1/", "dense_2/"], ("kernel", "bias"),
                                      transposed=True),
                              **norm("batch_normalization/", stats[0], keras),
                              **norm("batch_normalization_1/", stats[1], keras)},
         refused="--batch-norm", what="Keras")
    case("batch-norm-keras", None, before(1e-3), options="--batch-norm before")
    spellings_of_norms(stats, norm, before)
    flax = {}
    for l, n in enumerate(stats):
        flax.update({f"params/BatchNorm_{l}/scale": n["scale"],
                     f"params/BatchNorm_{l}/bias": n["offset"],
                     f"batch_stats/BatchNorm_{l}/mean": n["mean"],
                     f"batch_stats/BatchNorm_{l}/var": n["variance"]})
    case("batch-norm-flax", {**plain([f"params/Dense_{l}/" for l in range(3)], ("kernel", "bias"),
                                     transposed=True), **flax}, before(1e-5),
         options="--batch-norm before", what="Flax keeps the statistics in another tree")
    names = [f"linears.{l}." for l in range(3)]
    case("batch-norm-lists", {**plain(names), **norm("norms.0.", stats[0]),
                              **norm("norms.1.", stats[1])}, refused="--batch-norm")
    case("batch-norm-lists", None, before(1e-5), options="--batch-norm before",
         what="two lists side by side")
    case("batch-norm-dropout", {**plain(["0.", "4.", "8."]), **norm("2.", stats[0]),
                                **norm("6.", stats[1])}, refused="--batch-norm",
         what="Linear, Dropout or ReLU, BatchNorm1d, ReLU or Dropout")
    case("batch-norm-dropout", None, before(1e-5), options="--batch-norm before")
    case("batch-norm-dropout", None, after, options="--batch-norm after")
    case("batch-norm-twice", {**plain(["fc1.", "fc2.", "fc3."]), **norm("bn1.", stats[0]),
                              **norm("norm1.", stats[0])}, refused="another one",
         options="--batch-norm before")
    inputs = fold(numbers(0, 6), 1e-5)
    case("input-norm-named", {**plain(["fc1.", "fc2.", "fc3."]), **norm("bn.", numbers(0, 6))},
         complexity([(LAYERS[0][0] * inputs[0], LAYERS[0][1] + LAYERS[0][0] @ inputs[1])]
                    + LAYERS[1:]), what="no layer gives so many numbers")
    case("input-norm", {**plain(["1.", "3.", "5."]), **norm("0.", numbers(0, 6))},
         complexity([(LAYERS[0][0] * fold(numbers(0, 6), 1e-5)[0],
                      LAYERS[0][1] + LAYERS[0][0] @ fold(numbers(0, 6), 1e-5)[1])] + LAYERS[1:]),
         what="of the inputs, before the first layer")


def spellings_of_norms(stats, norm, before):
    """stats: of two normalizations; norm: their tensors, before: the right value; see normalized."""
    numbered = [f"{k}." for k in (0, 3, 6)]
    paddle = {"weight": "scale", "bias": "offset", "_mean": "mean", "_variance": "variance"}
    case("batch-norm-paddle", {**plain(numbered, transposed=True), **norm("1.", stats[0], paddle),
                               **norm("4.", stats[1], paddle)}, before(1e-5),
         what="paddle: _mean and _variance, weights inputs x outputs")
    burn = {"gamma": "scale", "beta": "offset", "running_mean": "mean", "running_var": "variance"}
    case("batch-norm-burn", {**plain(numbered, transposed=True), **norm("1.", stats[0], burn),
                             **norm("4.", stats[1], burn)}, before(1e-5),
         what="burn: gamma, but the usual epsilon")
    mindspore = {"gamma": "scale", "beta": "offset", "moving_mean": "mean",
                 "moving_variance": "variance"}
    case("batch-norm-mindspore", {**plain(numbered), **norm("1.", stats[0], mindspore),
                                  **norm("4.", stats[1], mindspore)}, refused="--eps",
         what="MindSpore: Keras' names, the usual epsilon")
    case("batch-norm-mindspore", None, before(1e-5), options="--eps 1e-5")
    haiku = {"scale": "scale", "offset": "offset", "~/mean_ema/average": "mean",
             "~/var_ema/average": "variance", "~/mean_ema/hidden": "mean",
             "~/var_ema/hidden": "variance"}
    rows = {key: value[None, :] for l, n in enumerate(stats)
            for key, value in norm(f"batch_norm{l or ''}/".replace("norm1", "norm_1"), n,
                                   haiku).items()}
    case("batch-norm-haiku", {**plain(["linear/", "linear_1/", "linear_2/"], ("w", "b"),
                                      transposed=True), **rows}, before(1e-5),
         options="--batch-norm before", what="Haiku: averages of shape (1, units)")
    one = {key: value for key, value in rows.items() if "ema" not in key}
    case("layer-norm-haiku", {**plain(["linear/", "linear_1/", "linear_2/"], ("w", "b"),
                                      transposed=True), **one}, refused="RMS normalization",
         what="Haiku: scale and offset alone")


def sloped():
    slopes = [((3 * np.arange(k) + l) % 5 - 1) / 8 for l, k in enumerate(WIDTHS[1:3])]
    each = {**plain(NUMBERS), "1.weight": slopes[0], "3.weight": slopes[1]}
    right = complexity(LAYERS, slopes=slopes + [None])
    case("prelu", each, refused="RMS normalization", what="slopes of each unit, or RMS normalization")
    case("prelu", None, right, options="--activation prelu")
    case("prelu-named", {**plain(["fc1.", "fc2.", "fc3."]), "prelu1.weight": slopes[0],
                         "prelu2.weight": slopes[1]}, right, what="slopes by their names")
    case("prelu-named", None, refused="holds slopes of prelu", options="--activation tanh")
    single = [np.full(5, 0.375), np.full(4, -0.125)]
    case("prelu-single", {**plain(NUMBERS), "1.weight": [0.375], "3.weight": [-0.125]},
         complexity(LAYERS, slopes=single + [None]), what="one slope, as PyTorch has it by default")
    case("prelu-lost", {**plain(["fc1.", "fc2.", "fc3."]), "act.weight": [0.25]},
         refused="of which layer", what="one for two layers: which, is not told")


def left_open():
    """What a fresh reader got wrong numbers from."""
    names = ["fc1.", "fc2.", "out."]
    case("shared-act", {**plain(names), "act.weight": [0.25]}, refused="of which layer",
         what="one PReLU for two hidden layers")
    case("temperature", {**plain(NUMBERS), "temperature.weight": [2.0]}, refused="'temperature.weight'")
    case("keras-prelu", {**plain(["dense/", "dense_1/", "dense_2/"], ("kernel", "bias"),
                                 transposed=True), "p_re_lu/alpha": np.full(5, 0.25)},
         refused="'p_re_lu/alpha'", what="slopes under a name that is not known")
    case("layer-scale", {**plain(NUMBERS), "1.scale_factor": np.full(5, 2.0)},
         refused="'1.scale_factor'")
    case("two-parametrizations",
         {"0.parametrizations.weight.original0": np.ones((5, 1)),
          "0.parametrizations.weight.original1": LAYERS[0][0], "0.bias": LAYERS[0][1],
          "0.parametrizations.weight.1._u": np.ones(5), "0.parametrizations.weight.1._v": np.ones(6),
          **plain(NUMBERS[1:], layers=LAYERS[1:])}, refused="a parametrization that is not known")
    case("top-scale", {"weight": LAYERS[0][0], "bias": LAYERS[0][1], "weight_scale": [0.5]},
         refused="'weight_scale'")
    case("flax-bare-norm", {**plain([f"params/Dense_{l}/" for l in range(3)], ("kernel", "bias"),
                                    transposed=True),
                            "batch_stats/BatchNorm_0/mean": np.zeros(5),
                            "batch_stats/BatchNorm_0/var": np.ones(5)},
         refused="beside which layer", what="one normalization, two hidden layers")
    one = {"bn.weight": np.full(5, 2.0), "bn.bias": np.zeros(5), "bn.running_mean": np.zeros(5),
           "bn.running_var": np.ones(5)}
    two = {**plain(["fc1.", "out."], layers=[LAYERS[0], (weight(1, 5, 5), bias(1, 5))])}
    s = 2 / np.sqrt(1 + 1e-5)
    (w, b), last = LAYERS[0], (weight(1, 5, 5), bias(1, 5))
    case("one-norm", {**two, **one}, complexity([(s * w, s * b), last]), options="--batch-norm before")
    case("one-norm", None, complexity([(w, b), (s * last[0], last[1])]), options="--batch-norm after")
    case("one-norm", None, complexity([(s * w, s * b), last]),
         options="--layers fc1,out --batch-norm before")
    case("plain-norm-option", plain(NUMBERS), refused="no batch normalization", options="--eps 1e-3")
    gated = [(weight(0, 5, 6), None), (weight(1, 6, 5), None), (weight(2, 5, 6), None)]
    case("gated", plain(["mlp.w1.", "mlp.w2.", "mlp.w3."], layers=gated), refused="'mlp.w1'")
    twins = [LAYERS[0], (weight(1, 6, 5), bias(1, 6))] * 2
    case("twins", plain(["q1.0.", "q1.2.", "q2.0.", "q2.2."], layers=twins), refused="--prefix")
    squares = [(weight(l, 6, 6), bias(l, 6)) for l in range(2)]
    case("packed", {"0.weight_packed": ("I8", np.ones((6, 3))), **plain(NUMBERS[1:], layers=squares)},
         refused="'0.weight_packed'", metadata={"format": "pt"}, what="the first layer in whole numbers")
    for name in ("input_scale", "logit_scale", "temperature", "beta"):
        case(f"top-{name}", {**plain(NUMBERS), name: [2.0]}, refused=f"'{name}'",
             what="a number that the network may multiply with")
        case(f"top-{name}", None, RIGHT, options="--layers 0,2,4")
    case("square-w", plain(["l0.", "l1."], ("w", "b"), layers=squares), refused="--layout",
         what="w, but not Haiku's")
    flat = {}
    for name, (w, b) in zip(NUMBERS, squares):
        flat.update({name + "weight_g": np.linalg.norm(w, axis=0), name + "weight_v": 3 * w,
                     name + "bias": b})
    case("weight-norm-flat", flat, refused="does not go with", metadata={"format": "pt"},
         what="paddle's lengths have one axis, of rows or of columns")
    pair = [(weight(l, 6, 6), bias(l, 6)) for l in range(2)] * 2
    for name, names in (("numbered-nets", ("net1.0.", "net1.2.", "net2.0.", "net2.2.")),
                        ("folds", ("fold_0.fc1.", "fold_0.fc2.", "fold_1.fc1.", "fold_1.fc2.")),
                        ("estimators", ("estimators.0.0.", "estimators.0.2.", "estimators.1.0.",
                                        "estimators.1.2."))):
        case(name, plain(names, layers=pair), refused="beside each other", metadata={"format": "pt"})
        case(name, None, complexity(pair[:2]), options=f"--prefix {names[0].rsplit('.', 2)[0]}")
    case("f4", {**plain(NUMBERS), "1.running_mean": ("F4", np.zeros(6)), "1.running_var": np.ones(6),
                "1.weight": np.ones(6), "1.bias": np.zeros(6)}, refused="'1.running_mean'",
         options="--batch-norm before")


def refused():
    w, b = LAYERS[0]
    rest = plain(NUMBERS[1:], layers=LAYERS[1:])
    case("int8", {"0.weight": ("I8", 8 * w), "0.bias": b, **rest}, refused="whole numbers",
         what="quantized, no scale")
    case("convolution", {"0.weight": w.reshape(5, 2, 3), "0.bias": b, **rest},
         refused="convolution")
    case("embedding", {"embed.weight": w, **rest}, refused="an embedding")
    case("lora", {**plain(NUMBERS), "0.lora_A": w[:2], "0.lora_B": w[:, :2]},
         refused="an adapter (LoRA)")
    case("recurrent", {"rnn.weight_ih_l0": w, "rnn.weight_hh_l0": w[:, :5], **rest},
         refused="a recurrent layer")
    case("rms-norm", {**plain(NUMBERS), "1.weight": np.ones(5)}, refused="RMS normalization")
    case("flax-layer-norm", {**plain([f"Dense_{l}/" for l in range(3)], ("kernel", "bias"),
                                     transposed=True), "LayerNorm_0/scale": np.ones(5),
                             "LayerNorm_0/bias": np.zeros(5)}, refused="RMS normalization")
    case("unknown-matrix", {**plain(NUMBERS), "mixing": w}, refused="'mixing'")
    case("beside", {**plain(NUMBERS), "2.gain": np.ones(4)}, refused="'2.gain'")
    case("lone-bias", {**plain(NUMBERS), "3.bias": np.ones(4)}, refused="'3.bias'")
    case("lost-share", plain(NUMBERS), refused="'3.weight'",
         metadata={"3.weight": "1.weight"}, what="shared with a tensor that is not there")
    actor = plain(["actor.0.", "actor.2."], layers=LAYERS[:2])
    critic = plain(["critic.0.", "critic.2."], layers=[LAYERS[0], (weight(1, 1, 5), bias(1, 1))])
    case("actor-critic", {**actor, **critic}, refused="--prefix", what="two networks")
    case("actor-critic", None, complexity(LAYERS[:2]), options="--prefix actor")
    heads = plain(["body.0.", "heads.0.", "heads.1."],
                  layers=[LAYERS[0], (weight(1, 5, 5), bias(1, 5)), (weight(2, 1, 5), bias(2, 1))])
    case("numbered-heads", heads, refused="'heads.0' and 'heads.1'", what="numbered, but parallel")
    case("numbered-heads", None, complexity([LAYERS[0], (weight(2, 1, 5), bias(2, 1))]),
         options="--layers body.0,heads.1")
    case("numbered-heads", None, refused="'heads.7' is no dense layer", options="--layers heads.7")
    square = plain(NUMBERS, layers=[(weight(l, 6, 6), bias(l, 6)) for l in range(3)])
    case("square", square, refused="--layout", what="PyTorch's or paddle's")
    right = complexity([(weight(l, 6, 6), bias(l, 6)) for l in range(3)])
    case("square", None, right, options="--layout out-in")
    case("square-torch", square, right, metadata={"format": "pt"}, what="said by the metadata")


def no_chain():
    """Sizes that chain, of layers that are not one behind the other, or may not be."""
    sizes = (6, 5, 6, 4, 6)
    chain = [(weight(l, k, d), bias(l, k)) for l, (d, k) in enumerate(zip(sizes, sizes[1:]))]
    case("residual-blocks", plain([f"blocks.{i}.fc{j}." for i in (0, 1) for j in (1, 2)],
                                  layers=chain), refused="skip connection")
    case("residual-blocks", None, complexity(chain),
         options="--layers blocks.0.fc1,blocks.0.fc2,blocks.1.fc1,blocks.1.fc2")
    square = [LAYERS[0], (weight(1, 5, 5), bias(1, 5)), (weight(2, 5, 5), bias(2, 5)),
              (weight(3, 3, 5), bias(3, 3))]
    case("residual-function", plain(["0.", "1.fn.", "2.fn.", "3."], layers=square),
         refused="'1.fn'", what="h + fn(h)")
    case("residual-numbered", plain(["res1.", "res2.", "res3.", "res4."], layers=square),
         refused="'res1'")
    gate = [LAYERS[0], (weight(1, 5, 5), bias(1, 5)), (weight(2, 3, 5), bias(2, 3))]
    case("gate", plain(["fc1.", "gate.", "fc2."], layers=gate), refused="'gate'",
         what="h * sigmoid(gate(h))")
    both = LAYERS + [(weight(3, 1, 3), bias(3, 1))]
    case("generator", plain(["generator.0.", "generator.2.", "discriminator.0.", "discriminator.2."],
                            layers=both), refused="'generator.0' and 'discriminator.0'")
    case("generator", None, complexity(LAYERS[:2]), options="--prefix generator")
    case("low-rank", plain(["fc1.u.", "fc1.v.", "fc2."]), refused="'fc1.u' and 'fc1.v'",
         what="two factors of one layer")
    case("letters", plain(["a.", "b.", "c."]), refused="'a' and 'b'")
    case("time", plain(["fc1.", "time_mlp.0.", "time_mlp.2.", "fc2."], layers=square),
         refused="'time_mlp.0'", what="of another input")
    case("actor-mean", plain(["actor.trunk.0.", "actor.trunk.2.", "actor.mean."]), RIGHT,
         what="one way through: a trunk and its head")
    case("ensemble-of-nets", plain([f"my_ens.{i}.{j}." for i in (0, 1) for j in (0, 2)], layers=chain),
         refused="beside each other")
    twin = chain[:2] * 2
    case("momentum", plain(["[0]['Dense_0']", "[0]['Dense_1']", "[1][0].trace['Dense_0']",
                            "[1][0].trace['Dense_1']"], ("['kernel']", "['bias']"), twin, True),
         refused="a layer and its copy", what="optax: weights, and the state of sgd with momentum")
    case("momentum-torch", plain(["0.fc1.", "0.fc2.", "1.state.fc1.", "1.state.fc2."], layers=twin),
         refused="a layer and its copy")
    case("linear-pair", plain(["0.", "1.", "3."]), refused="--activation",
         what="Sequential(Linear, Linear, ReLU, Linear)")
    case("linear-pair", None, complexity(LAYERS, slopes=[1.0, 0.0, None]),
         options="--activation identity,relu")
    case("gamma", {**plain(NUMBERS), "gamma": np.full(5, 2.0)}, refused="'gamma'")
    case("gamma", None, RIGHT, options="--layers 0,2,4", what="left out by the option")
    case("rezero", {**plain(NUMBERS), "alpha": [2.0]}, refused="'alpha'")
    case("top-number", {**plain(NUMBERS), "omega_0": [30.0]}, refused="'omega_0'",
         what="sin(omega_0 z)")
    case("top-known", {**plain(NUMBERS), "log_std": np.zeros(3), "obs_mean": np.zeros(6),
                       "global_step": [9.0]}, RIGHT, what="left out, and listed")
    case("hidden-vector", {**plain(NUMBERS), "ln_g": np.ones(4), "ln_b": np.zeros(4)},
         refused="'ln_b'", what="of a normalization written by hand")


def spelled_by_frameworks():
    """Names that Keras 3, optax, Flax, Equinox and Paddle write."""
    keras = plain([f"layers/dense{end}/vars/" for end in ("", "_1", "_2")], ("0", "1"),
                  transposed=True)
    case("keras-vars", {**keras, "layers/dropout/seed_generator/vars/0": ("I64", [1, 2]),
                        "optimizer/vars/0": ("I64", 3), "optimizer/vars/2": LAYERS[0][0]}, RIGHT,
         what=".weights.h5 and .keras number the variables of a layer")
    numbers = [1 + np.arange(5) / 4, np.arange(5) / 8, np.arange(5) / 4 - 0.5, 0.5 + np.arange(5) % 2]
    norm = {f"layers/batch_normalization/vars/{i}": v for i, v in enumerate(numbers)}
    two = plain(["layers/dense/vars/", "layers/dense_1/vars/"], ("0", "1"),
                [LAYERS[0], (weight(1, 3, 5), bias(1, 3))], True)
    scale = numbers[0] / np.sqrt(numbers[3] + 1e-3)
    right = complexity([(scale[:, None] * LAYERS[0][0],
                         scale * (LAYERS[0][1] - numbers[2]) + numbers[1]),
                        (weight(1, 3, 5), bias(1, 3))])
    case("keras-vars-norm", {**two, **norm}, refused="--batch-norm")
    case("keras-vars-norm", None, right, options="--batch-norm before", what="epsilon 1e-3")
    case("keras-vars-recurrent", {**two, "layers/simple_rnn/cell/vars/0": LAYERS[0][0].T,
                                  "layers/simple_rnn/cell/vars/1": np.eye(5),
                                  "layers/simple_rnn/cell/vars/2": np.zeros(5)},
         refused="'layers/simple_rnn/cell/vars/0'")
    case("keras-adam", {**plain(["sequential/dense/", "sequential/dense_1/", "sequential/dense_2/"],
                                ("kernel", "bias"), transposed=True), "adam/learning_rate": [0.001],
                        "adam/sequential_dense_kernel_momentum": LAYERS[0][0].T}, RIGHT,
         what="saved with the variables of its optimizer")
    slopes = [np.full(5, 0.375), np.full(4, -0.125)]
    sloped = complexity(LAYERS, slopes=slopes + [None])
    each = {"p_re_lu/alpha": slopes[0], "p_re_lu_1/alpha": slopes[1]}
    case("keras-prelu-each", {**plain(["dense/", "dense_1/", "dense_2/"], ("kernel", "bias"),
                                      transposed=True), **each}, sloped)
    case("flax-prelu", {**plain([f"params/Dense_{l}/" for l in range(3)], ("kernel", "bias"),
                                transposed=True),
                        "params/PReLU_0/negative_slope": 0.375,
                        "params/PReLU_1/negative_slope": -0.125}, sloped)
    case("paddle-prelu", {**plain(NUMBERS, transposed=True), "1._weight": [0.375],
                          "3._weight": [-0.125]}, sloped)
    nested = plain(["Dense_2/", "Dense_1/", "Dense_0/"], ("kernel", "bias"), transposed=True)
    case("flax-nested", nested, refused="--layers Dense_2,Dense_1,Dense_0",
         what="Dense(3)(relu(Dense(4)(relu(Dense(5)(x))))) counts from the outside")
    case("flax-nested", None, RIGHT, options="--layers Dense_2,Dense_1,Dense_0")
    case("flax-nested-prelu", {**nested, "PReLU_0/negative_slope": -0.125,
                               "PReLU_1/negative_slope": 0.375}, refused="of which layer",
         options="--layers Dense_2,Dense_1,Dense_0", what="slopes too are counted from the outside")
    attention = {"attn.q_proj.weight": np.eye(6), "conv.weight": np.ones((2, 1, 3)),
                 "mixing": np.eye(6)}
    case("head", {**plain(NUMBERS), **attention}, refused="an attention layer")
    case("head", None, RIGHT, options="--layers 0,2,4", what="of a larger network, on its features")
    case("lora", None, refused="an adapter (LoRA)", options="--layers 0,2,4")


FOLDER.mkdir(exist_ok=True)
spellings()
reparametrized()
normalized()
sloped()
left_open()
no_chain()
refused()
spelled_by_frameworks()
(FOLDER / "index.json").write_text("[\n" + ",\n".join(" " + json.dumps(c) for c in cases) + "\n]\n")
