"""A function whose energies are known: f(x) = sin(W x), J = diag(cos(W x)) W."""

import importlib.metadata
import os
import unittest

import numpy as np

W = np.array([[1, -2, 0.5], [0.5, 1, -1]])
X = np.random.default_rng(7).normal(size=(40, 3))
EXACT = np.cos(X @ W.T) ** 2 @ (W**2).sum(1)  # energies of X


def forward(x):
    return np.sin(x @ W.T)


def jvp(x, v):
    return np.cos(x @ W.T)[:, None, :] * (v @ W.T)


def vjp(x, u):
    return (u * np.cos(x @ W.T)[:, None, :]) @ W


class TestCase(unittest.TestCase):
    def assert_close(self, what, value, expected, bound):
        """The relative error is printed and judged; NaN is no small error."""
        scale = np.max(np.abs(expected))
        error = np.max(np.abs(np.asarray(value, np.float64) - expected)) / scale
        print(f"{what}: relative error {error:.1e}, at most {bound:.0e}")
        if not error <= bound:
            self.fail(f"{what}: relative error {error}, at most {bound}")


def needs(*packages):
    """Skips a class where packages are not installed, and says so; in CI, where the variable
    DIRICHLET_FRAMEWORKS names them, they have to be there."""
    required, missing = os.environ.get("DIRICHLET_FRAMEWORKS", "").split(), []
    for package in packages:
        try:
            print(f"with {package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            if package in required:
                raise
            print(f"NOT RUN: {package} is not installed")
            missing.append(package)
    return unittest.skipIf(missing, f"not installed: {', '.join(missing)}")
