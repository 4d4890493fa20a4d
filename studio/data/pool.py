"""Decoding on several threads: results in order, few at a time, and stopped within a moment."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TypeVar

from studio.data.cost import BUDGET
from studio.errors import Cancelled

WORKERS = max(1, min(4, os.cpu_count() or 1))
PATIENCE = 10.0  # seconds, longer than any picture takes to decode

Item = TypeVar("Item")
Result = TypeVar("Result")


class Watch:
    """Counts finished work for the asker and raises Cancelled once the asker gave up."""

    def __init__(self, progress: Callable[[int, int], None] | None, cancelled: Callable[[], bool] | None) -> None:
        self._progress = progress
        self._cancelled = cancelled
        self._done = 0
        self._total = 0

    def expect(self, total: int) -> None:
        self._total = total
        self.add(0)

    def add(self, count: int = 1) -> None:
        self._done = min(self._done + count, self._total)
        self.check()
        if self._progress is not None:
            self._progress(self._done, self._total)

    def check(self) -> None:
        if self._cancelled is not None and self._cancelled():
            raise Cancelled


class ByteBudget:
    """Bounds how many bytes pictures take that are decoded at the same time; one above the bound waits to be alone."""

    def __init__(self, total: int = BUDGET) -> None:
        self._total = total
        self._free = total
        self._changed = threading.Condition()

    @contextmanager
    def hold(self, size: int) -> Iterator[None]:
        share = min(size, self._total)
        with self._changed:
            self._changed.wait_for(lambda: self._free >= share)
            self._free -= share
        try:
            yield
        finally:
            with self._changed:
                self._free += share
                self._changed.notify_all()


class Hands:
    """Threads that work side by side; one that is stuck in the system is left behind, and holds up no exit.

    Those of `concurrent.futures` are waited for when Python ends: a share that does not answer would keep it for ever.
    """

    def __init__(self, workers: int) -> None:
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name=f"decode {number}", daemon=True) for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, function: Callable[[Item], Result], item: Item) -> Future[Result]:
        future: Future[Result] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(function(item))
            except BaseException as error:
                future.set_exception(error)

        self._tasks.put(work)
        return future

    def close(self) -> None:
        """Let every thread finish what it has begun, for so long as PATIENCE says."""
        for _ in self._threads:
            self._tasks.put(None)
        end = time.monotonic() + PATIENCE
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _run(self) -> None:
        while (work := self._tasks.get()) is not None:
            work()


def in_order(
    function: Callable[[Item], Result], items: Sequence[Item], watch: Watch, workers: int = WORKERS
) -> Generator[Result, None, None]:
    """Yield `function(item)` for each item in order, with at most two results a worker in flight."""
    waiting: deque[Future[Result]] = deque()
    pool = Hands(min(workers, len(items)))
    try:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) >= 2 * workers:
                yield settled(waiting.popleft(), watch)
        while waiting:
            yield settled(waiting.popleft(), watch)
    finally:
        for future in waiting:
            future.cancel()
        pool.close()


def settled(future: Future[Result], watch: Watch) -> Result:
    """Return a future's result, asking between short waits whether it is still wanted."""
    while not wait((future,), timeout=0.1).done:
        watch.check()
    return future.result()
