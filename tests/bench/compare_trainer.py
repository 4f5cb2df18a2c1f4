#!/usr/bin/env python3
"""A step of training of a dense ReLU network: the trainer of examples/paper beside PyTorch and JAX.

    python3 tests/bench/compare_trainer.py BENCH DIRECTORY [--runs 15] [--json FILE]

BENCH is the program of bench_trainer.c (build/release/tests/bench/bench_trainer), DIRECTORY has
the images of MNIST (examples/data). 784-128-128-10, cross-entropy, plain gradient descent at 0.1 on
batches of 64, float32. Every contender is a process of its own, bound to the same one core, with
one thread; they take turns. A turn is a new network, 50 steps that are not timed, and 500 that are:
seconds a step, with choosing and gathering the batch. The loss after it must agree.

The peers, each where it can be imported by the Python given (see compare.py, also for --python):
    torch         nn.Sequential, torch.optim.SGD, autograd; batches gathered by index_select
    torch.loader  the same with batches from torch.utils.data.DataLoader, as its tutorials have it
    jax           the step compiled by jit, its parameters given up to it (donated); batches
                  gathered inside it
"""
import argparse
import gzip
import json
import os
import statistics
import sys
import time

import compare

STEPS = 500
BATCH = 64
RATE = 0.1
WIDTHS = (784, 128, 128, 10)
PEERS = ("torch", "torch.loader", "jax")


def images(directory):
    """Pixels of 0 to 1 and labels of the training images."""
    import numpy as np

    def read(name, header):
        path = os.path.join(directory, name)
        data = open(path, "rb").read() if os.path.exists(path) else gzip.open(path + ".gz").read()
        return np.frombuffer(data, np.uint8, offset=header)

    x = read("train-images-idx3-ubyte", 16).reshape(-1, WIDTHS[0])
    return x.astype(np.float32) / np.float32(255), read("train-labels-idx1-ubyte", 8)


class TorchPeer:
    def __init__(self, directory, loads):
        import torch
        torch.set_num_threads(1)
        x, labels = images(directory)
        self.torch = torch
        self.x, self.labels = torch.from_numpy(x), torch.from_numpy(labels.astype("int64"))
        self.loader = torch.utils.data.DataLoader(
            torch.utils.data.TensorDataset(self.x, self.labels), batch_size=BATCH, shuffle=True,
            drop_last=True) if loads else None

    def begin(self, seed):
        torch = self.torch
        torch.manual_seed(seed)
        layers = []
        for inputs, outputs in zip(WIDTHS, WIDTHS[1:]):
            linear = torch.nn.Linear(inputs, outputs)
            torch.nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
            torch.nn.init.zeros_(linear.bias)
            layers += [linear, torch.nn.ReLU()]
        self.model = torch.nn.Sequential(*layers[:-1])
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=RATE)
        self.batches = self.loaded() if self.loader else self.selected()

    def selected(self):
        while True:
            for index in self.torch.randperm(len(self.x)).split(BATCH):
                if len(index) == BATCH:
                    yield self.x.index_select(0, index), self.labels.index_select(0, index)

    def loaded(self):
        while True:
            yield from self.loader

    def run(self, steps):
        loss_of = self.torch.nn.functional.cross_entropy
        for _ in range(steps):
            x, labels = next(self.batches)
            self.optimizer.zero_grad()
            loss_of(self.model(x), labels).backward()
            self.optimizer.step()

    def loss(self):
        with self.torch.no_grad():
            return float(self.torch.nn.functional.cross_entropy(self.model(self.x), self.labels))


class JaxPeer:
    def __init__(self, directory):
        import jax
        import jax.numpy as jnp
        import numpy as np
        self.jax, self.np = jax, np
        x, labels = images(directory)
        self.x, self.labels = jnp.asarray(x), jnp.asarray(labels.astype("int32"))

        def loss(parameters, x, labels):
            for i, (w, b) in enumerate(parameters):
                x = x @ w + b
                if i + 1 < len(parameters):
                    x = jax.nn.relu(x)
            logs = jax.nn.log_softmax(x)
            return -jnp.mean(jnp.take_along_axis(logs, labels[:, None], axis=1))

        def step(parameters, x, labels, index):
            gradient = jax.grad(loss)(parameters, x[index], labels[index])
            return jax.tree_util.tree_map(lambda p, g: p - RATE * g, parameters, gradient)

        self.loss_of = jax.jit(loss)
        self.step = jax.jit(step, donate_argnums=0)

    def begin(self, seed):
        self.random = self.np.random.default_rng(seed)
        self.parameters = []
        for inputs, outputs in zip(WIDTHS, WIDTHS[1:]):
            w = self.random.standard_normal((inputs, outputs)) * (2.0 / inputs) ** 0.5
            self.parameters.append((self.jax.numpy.asarray(w.astype("float32")),
                                    self.jax.numpy.zeros(outputs, "float32")))
        self.order, self.place = None, len(self.x)

    def run(self, steps):
        for _ in range(steps):
            if self.place + BATCH > len(self.x):
                self.order, self.place = self.random.permutation(len(self.x)), 0
            self.place += BATCH
            self.parameters = self.step(self.parameters, self.x, self.labels,
                                        self.order[self.place - BATCH:self.place])
        self.jax.block_until_ready(self.parameters)

    def loss(self):
        return float(self.loss_of(self.parameters, self.x, self.labels))


def serve(peer, directory):
    """What `bench_trainer DIRECTORY --serve` does, in Python."""
    is_torch = peer != "jax"
    contender = TorchPeer(directory, peer == "torch.loader") if is_torch else JaxPeer(directory)
    print("ready", flush=True)
    for seed, _ in enumerate(sys.stdin):
        contender.begin(seed)
        contender.run(STEPS // 10)
        begin = time.perf_counter()
        contender.run(STEPS)
        seconds = (time.perf_counter() - begin) / STEPS
        print(seconds, contender.loss(), flush=True)


def start(bench, directory, pythons):
    contenders = {"libdirichlet": compare.Contender([bench, directory, "--serve"])}
    for label, python in pythons.items():
        for peer in PEERS:
            contender = compare.Contender([python, os.path.abspath(__file__), bench, directory,
                                           "--serve", peer])
            if contender.process.stdout.readline().strip() == "ready":
                contenders[peer + label] = contender
            else:
                contender.close()
                print(f"no {peer + label}", file=sys.stderr)
    return contenders


def take_turns(contenders, runs):
    for run in range(-1, runs):
        for contender in contenders.values():
            contender.run()
        if run < 0:  # the first turn, which loads and compiles
            for contender in contenders.values():
                contender.seconds.clear()
                contender.values.clear()
    for contender in contenders.values():
        contender.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("bench")
    parser.add_argument("directory")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--serve", choices=PEERS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        return serve(arguments.serve, arguments.directory)
    if arguments.runs < 1:
        parser.error("--runs must be at least 1")
    compare.THREADS = "1"
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    pythons = dict(item.split("=", 1) for item in arguments.python) or {"": sys.executable}
    contenders = start(arguments.bench, arguments.directory, pythons)
    take_turns(contenders, arguments.runs)
    own = contenders["libdirichlet"]
    loss = statistics.median(own.values)
    results = {}
    for name, contender in contenders.items():
        if not abs(statistics.median(contender.values) - loss) <= 0.2 * loss:
            sys.exit(f"{name} ends at a loss of {contender.values}, libdirichlet at {loss}")
        ratios = [theirs / ours for theirs, ours in zip(contender.seconds, own.seconds)]
        results[name] = {"seconds": statistics.median(contender.seconds),
                         "ratio": statistics.median(ratios), "least": min(ratios),
                         "loss": statistics.median(contender.values)}
        print("{:14s} {:7.4f} ms a step, {ratio:.2f} x (least {least:.2f}); loss {loss:.4f}".format(
            name, 1e3 * results[name]["seconds"], **results[name]))
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as out:
            json.dump(results, out, indent=1)


if __name__ == "__main__":
    main()
