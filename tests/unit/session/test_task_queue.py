"""Tasks are done a little at a time: in order, within a budget, told, cancelled, and ended by their errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from studio.errors import StudioError
from studio.jobs.feed import TASK, Feed
from studio.jobs.stepwise import Stepwise
from studio.session.task_queue import Task, TaskEnded, TaskPart, TaskProgress, TaskQueue
from studio.session.worker import Reply


class Clock:
    """Moves on by a tenth of a second with each step of a task."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def explain(error: Exception) -> StudioError:
    return StudioError(f"It broke: {error}.")


def counting(clock: Clock, steps: int, result: object = None) -> Stepwise[object]:
    for step in range(steps):
        clock.now += 0.1
        yield step + 1, steps
    return result


def task(number: int, work: Stepwise[object], cancelled: Callable[[], bool] = bool) -> Task:
    return Task(number, f"{TASK} {number}", "sweeps", work, cancelled)


def test_one_waits_for_the_other_and_a_budget_is_kept() -> None:
    clock, feed = Clock(), Feed()
    queue = TaskQueue(feed, clock)
    assert queue.advance(1, explain) == []
    queue.add(task(1, counting(clock, 5, "first")))
    queue.add(task(2, counting(clock, 2, "second")))
    assert queue.advance(0.35, explain) == []
    assert feed.take()[TASK] == TaskProgress(1, 3, 5, "sweeps")
    assert clock.now <= 0.35
    ended: list[Reply] = []
    rounds = 0
    while queue.waiting:
        ended += queue.advance(0.0, explain)
        rounds += 1
    values = [reply.value.value for reply in ended if isinstance(reply.value, TaskEnded)]
    assert values == ["first", "second"]
    assert [reply.task for reply in ended] == [f"{TASK} 1", f"{TASK} 2"]
    assert rounds == 2 + 1 + 2 + 1  # a step at least, and the end of each


def test_parts_come_before_the_end() -> None:
    queue = TaskQueue(Feed(), Clock())

    def work() -> Stepwise[object]:
        queue.deliver(1, f"{TASK} 1", "part")
        yield 1, 1
        return "whole"

    queue.add(task(1, work()))
    replies = queue.advance(10, explain)
    assert [type(reply.value) for reply in replies] == [TaskPart, TaskEnded]


def test_a_cancelled_task_is_ended_and_closed() -> None:
    closed: list[bool] = []

    def work() -> Iterator[tuple[int, int]]:
        try:
            while True:
                yield 1, 2
        finally:
            closed.append(True)

    clock, stop = Clock(), [False]
    queue = TaskQueue(Feed(), clock)
    queue.add(task(1, work(), lambda: stop[0]))  # type: ignore[arg-type]  # it has no result
    queue.advance(0, explain)
    stop[0] = True
    (reply,) = queue.advance(0, explain)
    assert isinstance(reply.value, TaskEnded)
    assert reply.value.cancelled
    assert closed == [True]
    assert not queue.waiting


def test_what_breaks_is_explained_and_the_next_goes_on() -> None:
    def breaking(error: Exception) -> Stepwise[object]:
        yield 1, 2
        raise error

    queue, clock = TaskQueue(Feed(), Clock()), Clock()
    queue.add(task(1, breaking(RuntimeError("no memory"))))
    queue.add(task(2, breaking(StudioError("The disk is full.", "Free some space."))))
    queue.add(task(3, counting(clock, 1, "third")))
    replies: list[Reply] = []
    while queue.waiting:
        replies += queue.advance(0, explain)
    errors = [reply.value.error for reply in replies if isinstance(reply.value, TaskEnded)]
    assert [str(error) for error in errors if error] == ["It broke: no memory.", "The disk is full. Free some space."]
    assert errors[2] is None
