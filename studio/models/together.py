"""Independent jobs side by side, each on one core: many short operations share cores badly one by one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

import torch

Job = Callable[[int], None]

IDLE = 0.1  # seconds without work after which a thread ends


class Round:
    """Jobs that whoever is free takes one by one; each is told the number of the thread it is on."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._waiting = iter(jobs)
        self._gradients = torch.is_grad_enabled()
        self._changed = threading.Condition()
        self._helping = 0
        self._closed = False
        self._failure: BaseException | None = None

    def help(self, number: int) -> None:
        """Work beside the caller, unless that has already ended."""
        with self._changed:
            if self._closed:
                return
            self._helping += 1
        self.work(number)
        with self._changed:
            self._helping -= 1
            self._changed.notify()

    def work(self, number: int) -> None:
        try:
            with torch.set_grad_enabled(self._gradients):
                for job in self._waiting:
                    if self._failure is None:
                        job(number)
        except BaseException as error:
            self._failure = error

    def close(self) -> None:
        """Wait for all who took part; raises what a job has raised."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._helping)
        if self._failure is not None:
            raise self._failure


class Team:
    """Threads beside the caller's, as many as torch uses there; they end when nothing came for a while.

    Within a job torch has one thread, so what several jobs compute does not
    depend on how many threads there are. For one caller at a time.
    """

    def __init__(self) -> None:
        self._others: list[tuple[threading.Thread, SimpleQueue[Round]]] = []

    def run(self, jobs: Sequence[Job]) -> None:
        """Return when all jobs are done; raises what the first to fail raised."""
        threads = torch.get_num_threads()
        round_ = Round(jobs)
        if min(threads, len(jobs)) < 2:
            round_.work(0)
            round_.close()
            return
        for number in range(1, min(threads, len(jobs))):
            self._other(number).put(round_)
        torch.set_num_threads(1)
        try:
            round_.work(0)
            round_.close()
        finally:
            torch.set_num_threads(threads)

    def _other(self, number: int) -> SimpleQueue[Round]:
        """Return where a living thread of this number waits for rounds."""
        if number <= len(self._others) and self._others[number - 1][0].is_alive():
            return self._others[number - 1][1]
        rounds: SimpleQueue[Round] = SimpleQueue()
        thread = threading.Thread(target=serve, args=(number, rounds), name=f"team-{number}")
        self._others[number - 1 : number] = [(thread, rounds)]
        thread.start()
        return rounds


def serve(number: int, rounds: SimpleQueue[Round]) -> None:
    """Help with one round after another, until none comes."""
    torch.set_num_threads(1)
    while True:
        try:
            rounds.get(timeout=IDLE).help(number)
        except Empty:
            return
