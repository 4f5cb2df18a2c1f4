"""Geometric complexity of a trained relu network: python3 trained.py WEIGHTS.safetensors DATA.npy

The weights are tensors NAME.weight (outputs x inputs) and NAME.bias of float32 or float64, as PyTorch
saves them, in the order of the numbers in their names. What that leaves open is refused, with the
reason and status 2: examples/measure has options for it (docs/guide/files.md)."""

import json
import re
import struct
import sys
from itertools import combinations

import numpy as np

import dirichlet

DTYPES = {"F32": "<f4", "F64": "<f8"}


class Refused(Exception):
    pass


def read(path):
    """The tensors and the metadata of a file."""
    with open(path, "rb") as file:
        data = file.read()
    try:
        (length,) = struct.unpack("<Q", data[:8])
        header = json.loads(data[8:8 + length])
        metadata = header.pop("__metadata__", None) or {}
        return {name: tensor(entry, data[8 + length:]) for name, entry in header.items()}, metadata
    except (struct.error, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise Refused(f"not a safetensors file of float32 or float64: {error!r}") from None


def tensor(entry, data):
    begin, end = entry["data_offsets"]
    values = np.frombuffer(data[begin:end], DTYPES[entry["dtype"]])
    return values.reshape(entry["shape"])


def skeleton(part):
    """A part of a name with its numbers taken out, and they: fc2 is fc# and 2, dense is dense# before
    dense_1."""
    part = re.sub(r"[_-](?=\d+$)", "", part)
    numbers = [int(number) for number in re.findall(r"\d+", part)]
    return re.sub(r"\d+", "#", part) + ("" if numbers else "#"), numbers


def number_order(a, b):
    """-1 or 1 where numbers say which of two paths comes first, in the first part in which they differ;
    None where they do not."""
    for one, other in zip(a.split("."), b.split(".")):
        if one != other:
            (text, numbers), (other_text, other_numbers) = skeleton(one), skeleton(other)
            if text != other_text or numbers == other_numbers:
                return None
            return -1 if numbers < other_numbers else 1
    return None


# Numbered, but not one behind the other: heads.0 and heads.1 of a list, head1 and head2, w1 and w3.
LISTS = {
    "heads", "branches", "towers", "experts", "models", "members", "ensemble", "ensembles", "critics",
    "actors", "nets", "networks", "policies", "values", "agents", "players", "learners", "estimators",
    "folds", "seeds", "copies", "replicas", "particles", "tasks", "students", "teachers",
    "ens", "subnets", "mlps"}
SINGLES = {
    "head", "branch", "tower", "expert", "member", "critic", "actor", "q", "qf", "qnet", "qnetwork",
    "out", "output", "model", "policy", "value", "w", "net", "network", "agent", "player", "learner",
    "estimator", "fold", "seed", "copy", "replica", "particle", "task", "student", "teacher", "twin"}


# Layers that do more than to take what the one before them gives.
DOUBTFUL = {"gate", "gates", "gated", "gating", "glu", "att", "attn", "se", "film", "fn", "highway", "res",
            "residual", "residuals", "resblock", "resblocks", "resnet", "skip", "skips", "shortcut",
            "downsample", "rnn", "lstm", "gru", "recurrent", "cell", "router", "aux", "auxiliary",
            "time", "timestep", "temb", "cond", "condition", "conditioning", "context", "hyper", "hypernet"}


def words(part):
    """Those of a name: res and block of ResBlock_1."""
    return {word.lower() for word in re.findall("[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+", part)}


def check_sequence(paths):
    """Refuse layers that are not of one sequence: their names have to differ in a single part. Blocks of
    several layers may be led around by a skip connection, a tree beside another may be its copy, and
    where numbers are left out for activations, there may be none between neighbours."""
    for path in paths:
        if words(path) & DOUBTFUL:
            raise Refused(f"{path} may be more than a layer behind the one before")
    parts = [path.split(".") for path in paths]
    places = [column for column in zip(*parts) if len(set(column)) > 1]
    if len({len(part) for part in parts}) > 1 or len(places) > 1:
        raise Refused(f"layers of more than one sequence: {', '.join(paths)}")
    if places and all(part.isdigit() for part in places[0]):
        gaps = {int(b) - int(a) for a, b in zip(places[0], places[0][1:])}
        if 1 in gaps and max(gaps) > 1:
            raise Refused(f"is there an activation between all of {', '.join(paths)}?")


def are_branches(a, b):
    before = ""
    for one, other in zip(a.lower().split("."), b.lower().split(".")):
        if one != other:
            word, other_word = (re.match("[^0-9_]*", part).group() for part in (one, other))
            return bool(words(before) & LISTS) if not word + other_word else word == other_word and word in SINGLES
        before = one
    return False


def chains(layers, inputs, transposed):
    for weight, bias in layers:
        outputs, takes = weight.shape[::-1] if transposed else weight.shape
        if takes != inputs or (bias is not None and bias.shape != (outputs,)):
            return False
        inputs = outputs
    return True


def layers(tensors, metadata, inputs):
    """Weights and biases from the input to the output."""
    weights = {name[:-7]: value for name, value in tensors.items() if name.endswith(".weight")}
    for name, value in tensors.items():
        path, _, part = name.rpartition(".")
        if path not in weights or value.ndim != {"weight": 2, "bias": 1}.get(part):
            raise Refused(f"tensor '{name}' is no weight and no bias of one")
    for key, value in metadata.items():
        if value in tensors or key.endswith((".weight", ".bias")):
            raise Refused(f"__metadata__ says that '{key}' is shared")
    for a, b in combinations(weights, 2):
        if number_order(a, b) is None or are_branches(a, b):
            raise Refused(f"no number says which comes first: {a}, {b}")
    names = sorted(weights, key=lambda a: sum(number_order(b, a) == -1 for b in weights if b != a))
    check_sequence(names)
    found = [(weights[name], tensors.get(f"{name}.bias")) for name in names]
    if not found or not chains(found, inputs, False):
        raise Refused(f"the sizes do not fit each other and samples of {inputs} numbers")
    if metadata.get("format") != "pt" and chains(found, inputs, True):
        raise Refused("weights of outputs x inputs and of inputs x outputs fit alike")
    return found


def complexity(weights, data):
    if re.search(r"\d-of-\d", weights):
        raise Refused("one of several files of weights")
    x = np.load(data, allow_pickle=False)
    if not isinstance(x, np.ndarray):
        raise Refused(f"{data} holds several arrays")
    if x.dtype.kind not in "biuf":
        raise Refused(f"{data} holds {x.dtype}, not real numbers")
    x = np.ascontiguousarray(x.reshape(len(x), -1), float)
    found = [(w.astype(float), None if b is None else b.astype(float))
             for w, b in layers(*read(weights), x.shape[1])]
    network = [(w, b, "relu") for w, b in found[:-1]] + [(*found[-1], "identity")]
    return dirichlet.measure(dirichlet.Dense(network), x)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: trained.py WEIGHTS.safetensors DATA.npy")
    try:
        print("geometric complexity", complexity(*sys.argv[1:]).value)
    except (Refused, OSError, ValueError) as problem:
        text = f"trained: {sys.argv[1]}: {problem}"  # names in files may hold what terminals obey
        print("".join(c if c.isprintable() else "?" for c in text), file=sys.stderr)
        sys.exit(2)
