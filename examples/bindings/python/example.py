"""Geometric complexity of a small network, three ways: its backward pass, its weights, forward alone."""

import numpy as np

from dirichlet import Dense, Estimator, Model, check, measure

random = np.random.default_rng(1)
inputs, hidden, outputs = 8, 32, 3
W1, b1 = random.normal(size=(hidden, inputs)) / 2, random.normal(size=hidden)
W2 = random.normal(size=(hidden, outputs)) / 4  # (inputs, outputs), as Keras and Flax have it
x = random.normal(size=(1000, inputs))


def forward(x):
    return np.tanh(x @ W1.T + b1) @ W2


def vjp(x, u):  # J^T u for m cotangents u a sample: x (n, d), u (n, m, k) -> (n, m, d)
    slope = 1 - np.tanh(x @ W1.T + b1) ** 2
    return (u @ W2.T * slope[:, None, :]) @ W1


check(Model(inputs, outputs, forward=forward, vjp=vjp), x[:8])  # are they what they should be?
exact = measure(Model(inputs, outputs, vjp=vjp), x)
dense = measure(Dense([(W1, b1, "tanh"), (W2.T, None, "identity")]), x)  # the weights where they are
differences = measure(Model(inputs, outputs, forward=forward), x)
print("backward pass", exact, exact.interval)
print("weights      ", dense)
print("forward      ", differences)

stream = Estimator(Model(inputs, outputs, vjp=vjp), method="rademacher", probes=2, tolerance=0.05)
for batch in np.split(random.permutation(x), 10):  # until half the interval is 5 % of the value
    stream.update(batch)
print("in batches   ", stream.result())

for other in (dense, differences):
    assert abs(other.value / exact.value - 1) < 1e-8
assert abs(stream.result().value - exact.value) < 4 * stream.result().standard_error
