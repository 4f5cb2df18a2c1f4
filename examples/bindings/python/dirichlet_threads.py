"""Threads that run the tasks of libdirichlet (dirichlet/parallel.h), for dirichlet_c.py."""

import threading
from concurrent.futures import ThreadPoolExecutor
from operator import index


class Threads:
    """So many threads for the option `parallel`. Handles that are given the same share them."""

    def __init__(self, lanes):
        self.lanes = index(lanes)
        if self.lanes < 1:
            raise ValueError(f"parallel is {lanes}, expected a positive number")
        self._pool = ThreadPoolExecutor(self.lanes, "dirichlet")

    def run(self, tasks, task, argument):
        """Call task(i, argument) for i < tasks, and return once all of them have returned: ctypes
        gives the interpreter's lock away during those of the library. The main thread only waits:
        a KeyboardInterrupt comes there, and must not leave tasks behind that still run."""
        if threading.current_thread() is not threading.main_thread():
            return self._share(tasks, task, argument)
        begun, ended, failed = threading.Lock(), threading.Event(), []

        def once():
            if begun.acquire(False):
                try:
                    self._share(tasks, task, argument)
                except BaseException as error:
                    failed.append(error)
                finally:
                    ended.set()

        sent = False
        while not ended.is_set():
            try:
                if not sent:
                    self._pool.submit(once)  # again, if an interrupt came before the next line
                    sent = True
                ended.wait()
            except RuntimeError:  # no thread can be started
                once()
            except BaseException as error:
                failed.append(error)
        if failed:
            raise failed[0]

    def _share(self, tasks, task, argument):
        """A part of them here: what no thread has begun is done here too, so that tasks may use the
        same threads again without waiting for each other."""
        sent, failed = [], []

        def guarded(i):
            try:
                task(i, argument)
            except BaseException as error:
                failed.append(error)

        try:
            sent += (self._pool.submit(guarded, i) for i in range(1, tasks))
        except RuntimeError:  # no thread can be started
            pass
        for i in range(tasks):
            if i == 0 or i > len(sent) or sent[i - 1].cancel():
                guarded(i)
        for future in sent:
            if not future.cancelled():
                future.result()
        if failed:
            raise failed[0]
