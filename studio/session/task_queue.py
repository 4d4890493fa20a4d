"""Work that takes long, done a little at a time between sweeps: one piece behind another."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from studio.errors import StudioError
from studio.jobs.feed import TASK, Feed
from studio.jobs.stepwise import Stepwise
from studio.session.worker import Reply


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """How far a task is; `words` say what is counted."""

    number: int
    done: int
    total: int
    words: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class TaskPart:
    """What a task has made on its way, to be kept at once."""

    number: int
    value: object


@dataclass(frozen=True, slots=True, eq=False)
class TaskEnded:
    """A task has ended: with a value, with an error, or because it was cancelled."""

    number: int
    value: object = None
    error: StudioError | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A piece of work in steps; `cancelled` is asked before each."""

    number: int
    name: str
    words: str
    work: Stepwise[object]
    cancelled: Callable[[], bool]


class TaskQueue:
    """Lives on the compute thread, which gives it time between two sweeps of the dream or two steps of a run."""

    def __init__(self, feed: Feed, clock: Callable[[], float] = time.perf_counter) -> None:
        self._feed = feed
        self._clock = clock
        self._tasks: deque[Task] = deque()
        self._parts: list[Reply] = []

    @property
    def waiting(self) -> bool:
        """Whether there is something to do."""
        return bool(self._tasks)

    def add(self, task: Task) -> None:
        """Do this when what was asked before it is done."""
        self._tasks.append(task)

    def deliver(self, number: int, name: str, value: object) -> None:
        """Hand on what a task has made, from within its steps."""
        self._parts.append(Reply(name, TaskPart(number, value)))

    def advance(self, budget: float, explain: Callable[[Exception], StudioError]) -> list[Reply]:
        """Take as many steps of the first task as fit into so many seconds, one at least; return what came of it."""
        if not self._tasks:
            return []
        task, ended = self._tasks[0], None
        now = self._clock()
        end = now + budget
        while ended is None:
            ended, before = self._step(task, explain), now
            now = self._clock()
            if now + (now - before) >= end:
                break
        replies, self._parts = self._parts, []
        if ended is not None:
            self._tasks.popleft()
            task.work.close()
            replies.append(Reply(task.name, ended))
        return replies

    def _step(self, task: Task, explain: Callable[[Exception], StudioError]) -> TaskEnded | None:
        if task.cancelled():
            return TaskEnded(task.number, cancelled=True)
        try:
            done, total = next(task.work)
        except StopIteration as end:
            return TaskEnded(task.number, end.value)
        except StudioError as error:
            return TaskEnded(task.number, error=error)
        except Exception as error:  # torch reports running out of memory as a RuntimeError
            return TaskEnded(task.number, error=explain(error))
        self._feed.put(TASK, TaskProgress(task.number, done, total, task.words))
        return None
