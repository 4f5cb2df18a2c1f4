"""Threads lent by the option `parallel`: the same bits, errors of other threads, shared pools."""

import ctypes
import gc
import threading
import time
import unittest
import weakref

import numpy as np
from dirichlet import Error, Estimator, Model, Threads, measure
from dirichlet_c import PARALLEL_FOR, TASK, Callbacks
from dirichlet_dense import Dense
from dirichlet_regularizer import energy_penalty, jacobian_norms
from support import EXACT, TestCase, W, X, forward, jvp, vjp

LANES = None, 1, 2, 4


def on_lanes(threads, tasks, body):
    """Runs body(i) as the library runs its tasks, through the pointer that it has."""
    callbacks = Callbacks()
    run = callbacks.keep(PARALLEL_FOR, threads.run)
    status, raised = callbacks.call(run, tasks, TASK(lambda i, _: body(i)), None, None)
    return status, raised


class Runner(TestCase):
    def test_each_task_is_run_once(self):
        for lanes in 1, 2, 4:
            threads = Threads(lanes)
            for tasks in 0, 1, 2, 4, 100:
                ran = []
                self.assertEqual(on_lanes(threads, tasks, ran.append), (0, None))
                self.assertEqual(sorted(ran), list(range(tasks)))

    def test_tasks_run_at_the_same_time(self):
        meeting = threading.Barrier(4)
        self.assertEqual(on_lanes(Threads(4), 4, lambda _: meeting.wait(60)), (0, None))

    def test_all_have_returned_at_the_end(self):
        ran = []
        on_lanes(Threads(2), 6, lambda i: (time.sleep(0.01), ran.append(i)))
        self.assertEqual(len(ran), 6)

    def test_tasks_and_threads_share_a_pool(self):
        threads, ran = Threads(2), []

        def outer(i):
            on_lanes(threads, 3, lambda j: ran.append((i, j)))

        others = [threading.Thread(target=on_lanes, args=(threads, 5, outer)) for _ in range(4)]
        for other in others:
            other.start()
        for other in others:
            other.join(60)
            self.assertFalse(other.is_alive())
        self.assertEqual(len(ran), 4 * 5 * 3)

    def test_a_pool_that_is_shut_runs_them_here(self):
        threads, ran = Threads(2), []
        threads._pool.shutdown()
        self.assertEqual(on_lanes(threads, 3, ran.append), (0, None))
        self.assertEqual(sorted(ran), [0, 1, 2])

    def test_an_interrupt_waits_for_the_tasks(self):
        threads, ran = Threads(2), []

        def task(i):
            if i == 0:
                ctypes.pythonapi.PyErr_SetInterrupt()
            time.sleep(0.05)
            ran.append(i)

        status, raised = on_lanes(threads, 4, task)
        self.assertEqual(len(ran), 4)
        self.assertEqual(status, 1)
        self.assertIsInstance(raised, KeyboardInterrupt)

    def test_numbers_that_are_none(self):
        for bad, kind in (0, ValueError), (-1, ValueError), ("2", TypeError), (1.5, TypeError):
            with self.assertRaises(kind):
                Estimator(Model(3, 2, vjp=vjp), parallel=bad)
            with self.assertRaises(kind):
                Dense([(W, None, "sin")], parallel=bad)


class Values(TestCase):
    def test_estimators(self):
        x = np.tile(X, (20, 1))
        for method in "exact", "rademacher", "hutchpp", "finite_difference":
            for concurrent in False, True:
                found = set()
                for lanes in LANES:
                    model = Model(3, 2, forward=forward, jvp=jvp, vjp=vjp, concurrent=concurrent)
                    estimator = Estimator(model, method=method, parallel=lanes)
                    energies = estimator.update(x)
                    found.add((estimator.result().value, energies.tobytes()))
                self.assertEqual(len(found), 1, method)
        self.assert_close("exact", measure(model, X, parallel=4).value, EXACT.mean(), 1e-14)

    def test_prepared_rows_are_those_of_the_thread(self):
        x = np.tile(X, (20, 1))
        for concurrent in False, True:
            model = Model(3, 2, prepare=lambda x: np.cos(x @ W.T),
                          vjp=lambda x, u, slopes: (u * slopes[:, None, :]) @ W,
                          max_samples=7, max_directions=1, concurrent=concurrent)  # fmt: skip
            found = measure(model, x, method="exact", parallel=4)
            self.assert_close("prepared", found.value, EXACT.mean(), 1e-14)

    def test_functions_are_one_at_a_time_unless_concurrent(self):
        inside, most = [], []

        def slow(x, u):
            inside.append(1)
            most.append(len(inside))
            time.sleep(1e-4)
            inside.pop()
            return vjp(x, u)

        measure(Model(3, 2, vjp=slow, max_samples=4), np.tile(X, (20, 1)), parallel=4)
        self.assertEqual(max(most), 1)

    def test_networks(self):
        x = np.tile(X, (20, 1))
        found = []
        for lanes in LANES:
            network = Dense([(W, None, "sin")], parallel=lanes)
            gradient = np.zeros_like(W)
            network.energy_penalty(x, [(gradient, None)])
            found.append((network.energies(x), measure(network, x, parallel=lanes).value, gradient))
            self.assert_close("energies", found[-1][0][:40], EXACT, 1e-14)
        for energies, value, gradient in found:  # a BLAS may choose other kernels for parts
            self.assert_close("lanes", energies, found[0][0], 1e-14)
            self.assert_close("lanes", value, found[0][1], 1e-14)
            self.assert_close("lanes", gradient, found[0][2], 1e-13)

    def test_calls(self):
        for call in jacobian_norms, energy_penalty:
            found = set()
            for lanes in LANES:
                model = Model(3, 2, forward=forward, jvp=jvp, vjp=vjp, concurrent=True,
                              parameter_vjp=lambda x, c: None)  # fmt: skip
                found.add(repr(call(model, X, parallel=lanes)))
            self.assertEqual(len(found), 1, call.__name__)


class Errors(TestCase):
    def test_of_functions_on_other_threads(self):
        def fails(x, u, indices):
            if 17 in indices:
                raise LookupError("seventeen")
            return vjp(x, u)

        for concurrent in False, True:
            for lanes in LANES:
                model = Model(3, 2, vjp=fails, indexed=True, max_samples=4, concurrent=concurrent)
                estimator = Estimator(model, parallel=lanes)
                with self.assertRaisesRegex(LookupError, "seventeen"):
                    estimator.update(X)
                self.assertEqual(estimator.describe().next_sample, 0)
                estimator.update(X[:10])
                self.assertEqual(estimator.result().samples, 10)

    def test_of_the_library_with_their_fields(self):
        x = X.copy()
        x[[11, 23]] = np.nan
        for lanes in LANES:
            with self.assertRaises(Error) as found:
                Estimator(Model(3, 2, vjp=vjp, concurrent=True), parallel=lanes).update(x)
            self.assertEqual(found.exception.sample, 11)


class Lives(TestCase):
    def test_a_pool_outlives_its_name_and_ends_with_its_handles(self):
        threads = Threads(2)
        first = Estimator(Model(3, 2, vjp=vjp), parallel=threads)
        second = Dense([(W, None, "sin")], parallel=threads)
        seen = weakref.ref(threads)
        del threads
        gc.collect()
        first.update(X)
        del first
        gc.collect()
        self.assertIsNotNone(seen())
        self.assert_close("energies", second.energies(X), EXACT, 1e-14)
        del second
        gc.collect()
        self.assertIsNone(seen())


if __name__ == "__main__":
    unittest.main()
