"""The one thread that touches torch: it trains, dreams and answers, and nobody else does."""

from __future__ import annotations

import dataclasses
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal

from studio.data.freed import Tidy
from studio.jobs.control import RunControl
from studio.jobs.feed import Feed
from studio.session.job import Job
from studio.session.worker import Reply, done

if TYPE_CHECKING:
    from studio.session.workshop import Workshop

DREAMING = "Dreaming"
FAILED_PAUSE = 1.0  # seconds
IDLE_BUDGET = 0.020  # seconds of dreaming between two looks at the queue
SHARED_BUDGET = 0.002  # the same, between two training steps


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """A task and its work, done with some items; while it waits, others may be added where it `grows`."""

    task: str
    work: Callable[[Workshop, tuple[Any, ...]], object]
    items: tuple[Any, ...] = ()
    grows: bool = False

    def __call__(self, workshop: Workshop) -> object:
        return self.work(workshop, self.items)


class ComputeThread(QThread):
    """Owns the Workshop and with it every torch object.

    A request is a callable that is given the workshop; it runs between sweeps,
    or between steps while a run goes on, and its Reply comes back by signal.
    """

    replied = Signal(object)  # Reply
    began = Signal(object)  # RunBegan
    ended = Signal(object)  # RunEnded, exactly once for each run

    def __init__(self, feed: Feed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compute")
        self._feed = feed
        self._condition = threading.Condition()
        self._requests: deque[Request] = deque()
        self._asked = self._answered = 0  # requests
        self._run: tuple[Job, RunControl] | None = None
        self._run_after = 0  # so many requests: what was asked before a run must not come about in its midst
        self._control: RunControl | None = None
        self._closing = False
        self._tidy = Tidy()

    def ask(self, task: str, work: Callable[[Workshop], object]) -> None:
        """Run `work(workshop)` soon."""
        self._add(Request(task, lambda workshop, _items: work(workshop)))

    def ask_more(self, task: str, items: tuple[Any, ...], work: Callable[[Workshop, tuple[Any, ...]], object]) -> None:
        """Run `work(workshop, items)` soon, or add to the items of the latest request if that is such a one.

        Then the work is that of the request that waited, and there is one Reply for both.
        """
        with self._condition:
            if self._requests and self._requests[-1].task == task and self._requests[-1].grows:
                waiting = self._requests.pop()
                self._requests.append(dataclasses.replace(waiting, items=(*waiting.items, *items)))
                return
        self._add(Request(task, work, items, grows=True))

    def _add(self, request: Request) -> None:
        with self._condition:
            self._requests.append(request)
            self._asked += 1
            self._condition.notify_all()
            control = self._control
        if control is not None:
            control.wake()

    def _taken(self) -> Request | None:
        """Take the next request, where there is one: nothing is added to it any more."""
        with self._condition:
            return self._requests.popleft() if self._requests else None

    def train(self, job: Job, control: RunControl) -> None:
        """Begin a run as soon as the thread is free and has answered what was asked before."""
        with self._condition:
            self._run, self._run_after = (job, control), self._asked
            self._condition.notify_all()

    def close(self) -> None:
        """Stop the run, keeping what it learned, and end the thread."""
        with self._condition:
            self._closing = True
            self._condition.notify_all()
            control = self._control
        if control is not None:
            control.stop(keep=True)

    def run(self) -> None:
        # Imported here: the window shows while torch loads.
        from studio.session.workshop import Workshop

        workshop = Workshop(self._feed)
        while True:
            pause = self._serve(workshop, IDLE_BUDGET)
            with self._condition:
                if self._closing and not self._requests:
                    return
                begin = None
                if self._run is not None and self._answered >= self._run_after and not self._closing:
                    begin, self._run = self._run, None
                    self._control = begin[1]
                elif not self._requests and pause > 0:
                    self._condition.wait(pause if workshop.playing else None)
            if begin is not None:
                self._train(workshop, *begin)

    def _serve(self, workshop: Workshop, budget: float) -> float:
        """Answer what was asked, let the dream play and go on with tasks; returns the seconds until there is more."""
        while (request := self._taken()) is not None:
            self._answered += 1
            self.replied.emit(done(request.task, partial(request, workshop), workshop.explain))
        try:
            pause = workshop.play(budget)
        except Exception as error:  # a dream that fails must end neither the run nor the thread
            workshop.player.pause()
            self.replied.emit(Reply(DREAMING, error=workshop.explain(error)))
            pause = FAILED_PAUSE
        for reply in workshop.work(min(budget, pause)):  # a step at least: the dream may want all the time there is
            self.replied.emit(reply)
            self._tidy.look()
        return 0.0 if workshop.tasks.waiting else pause

    def _train(self, workshop: Workshop, job: Job, control: RunControl) -> None:
        try:
            ended = workshop.train(job, control, lambda: self._serve(workshop, SHARED_BUDGET), self.began.emit)
        except Exception as error:  # torch reports running out of memory as a RuntimeError
            ended = workshop.failed(error)
        with self._condition:
            self._control = None
        self.ended.emit(ended)
        self._tidy.look()
