"""Decoding on several threads: results in order, few at a time, and stopped within a moment."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

from studio.errors import Cancelled

WORKERS = max(1, min(4, os.cpu_count() or 1))
BYTES_AT_ONCE = 460_000_000

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

    def __init__(self, total: int = BYTES_AT_ONCE) -> None:
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


def in_order(
    function: Callable[[Item], Result], items: Sequence[Item], watch: Watch, workers: int = WORKERS
) -> Generator[Result, None, None]:
    """Yield `function(item)` for each item in order, with at most two results a worker in flight."""
    waiting: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="decode")
    try:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) >= 2 * workers:
                yield settled(waiting.popleft(), watch)
        while waiting:
            yield settled(waiting.popleft(), watch)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def settled(future: Future[Result], watch: Watch) -> Result:
    """Return a future's result, asking between short waits whether it is still wanted."""
    while not wait((future,), timeout=0.1).done:
        watch.check()
    return future.result()
